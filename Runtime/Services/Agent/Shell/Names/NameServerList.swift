// Which name servers the host asks: those of resolv.conf(5), read again when the file changes, or those that the operator named.

import Glibc
import NIOCore

/// A name server's address.
public struct NameServer: Sendable {
    let address: SocketAddress

    /// `192.0.2.53`, `192.0.2.53:5353`, `2001:db8::53`, `[2001:db8::53]:5353`. Not a name: nobody is there to ask for its address.
    public init?(_ text: String) {
        guard let server = ServerAddress(text, defaultPort: NameServerList.port),
            let address = try? SocketAddress(ipAddress: server.host, port: server.port)
        else { return nil }
        self.address = address
    }
}

struct NameServerList {
    private let fixed: [SocketAddress]?
    private let path: String
    private var servers: [SocketAddress] = []
    private var stamp: (seconds: Int, nanoseconds: Int, size: Int)?

    static let standardPath = "/etc/resolv.conf"
    /// resolv.conf(5): more are not looked at.
    private static let greatestCount = 3
    static let port = 53

    /// - Parameter fixed: servers to ask instead of those of the file; empty: the file's.
    init(_ fixed: [SocketAddress], path: String = NameServerList.standardPath) {
        self.fixed = fixed.isEmpty ? nil : fixed
        self.path = path
    }

    /// The servers as of now, the preferred first.
    mutating func current() -> [SocketAddress] {
        if let fixed { return fixed }
        var status = stat()
        guard stat(path, &status) == 0 else {
            stamp = nil
            return []
        }
        let found = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_size)
        if stamp.map({ $0 != found }) ?? true {
            servers = Self.parse(Self.read(path))
            stamp = found
        }
        return servers
    }

    static func parse(_ text: String) -> [SocketAddress] {
        let named = text.split(whereSeparator: \.isNewline).compactMap { line -> SocketAddress? in
            let words = line.split { $0 == " " || $0 == "\t" }
            guard words.count >= 2, words[0] == "nameserver" else { return nil }
            return try? SocketAddress(ipAddress: String(words[1]), port: port)
        }
        return Array(named.prefix(greatestCount))
    }

    private static func read(_ path: String) -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { return "" }
        defer { close(file) }
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        let count = buffer.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress, $0.count) }
        return String(decoding: buffer.prefix(max(count, 0)), as: UTF8.self)
    }
}
