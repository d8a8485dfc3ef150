// How the server proves to an etcd who it is, and makes sure that it talks to the right one. Files are named, never what is in them: no
// description, log line or error shows a password.

import Client
import ConfigServerCore
import Glibc
import NIOTransport

/// TLS and login for etcd.
public struct EtcdAccess: Sendable, Equatable, CustomStringConvertible {
    /// A user of etcd's own.
    struct Credentials: Sendable, Equatable, CustomStringConvertible {
        let user: String
        let password: String

        var description: String { user }
    }

    /// nil: plain HTTP.
    var security: TransportSecurity?
    var credentials: Credentials?

    public init() {}

    /// - Parameters:
    ///   - isSecure: etcd's addresses are `https://`.
    ///   - authorities: who may vouch for etcd (PEM); nil: the system's authorities.
    ///   - certificate: what to show to an etcd that asks (PEM), with its key.
    ///   - credentialsFile: a file with `USER:PASSWORD` in its first line.
    /// - Throws: `StoreError` in words for whoever named the files.
    public init(
        isSecure: Bool, authorities: String? = nil, certificate: String? = nil, key: String? = nil, credentialsFile: String? = nil
    ) throws(StoreError) {
        if isSecure {
            let security = TransportSecurity(authorities: authorities, certificate: certificate, key: key)
            if let key { try Self.requirePrivate(key) }
            do { try security.check() } catch { throw StoreError(.unusable, error.message) }
            self.security = security
        }
        if let credentialsFile { credentials = try Self.credentials(in: credentialsFile) }
    }

    private static func credentials(in path: String) throws(StoreError) -> Credentials {
        try requirePrivate(path)
        let line = try firstLine(of: path)
        guard let colon = line.firstIndex(of: ":"), colon != line.startIndex, line.index(after: colon) != line.endIndex else {
            throw StoreError(.unusable, "the first line of \(path) is not USER:PASSWORD")
        }
        return Credentials(user: String(line[..<colon]), password: String(line[line.index(after: colon)...]))
    }

    private static func firstLine(of path: String) throws(StoreError) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw unreadable(path) }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
        guard count >= 0 else { throw unreadable(path) }
        let line = bytes[..<count].prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        return String(decoding: line, as: UTF8.self)
    }

    private static func requirePrivate(_ path: String) throws(StoreError) {
        var status = stat()
        guard stat(path, &status) == 0 else { throw unreadable(path) }
        guard status.st_mode & 0o007 == 0 else { throw StoreError(.unusable, "everybody can reach \(path); run: chmod o= \(path)") }
    }

    private static func unreadable(_ path: String) -> StoreError {
        StoreError(.unusable, "\(path) cannot be read: \(String(cString: strerror(errno)))")
    }

    public var description: String {
        [security.map { _ in "TLS" }, credentials.map { "as \($0.user)" }].compactMap { $0 }.joined(separator: ", ")
    }
}
