// Which engine keeps the configuration, as the command line names it.

import ConfigServerCore
import NIOTransport

/// `sqlite`, or `etcd:https://HOST:2379,https://HOST2:2379/prefix`.
public enum StoreChoice: Sendable, Equatable, CustomStringConvertible {
    /// A file in the data folder, for one server.
    case sqlite
    /// A cluster that several servers share. The prefix is what all keys begin with.
    case etcd([NIOTransport.Address], prefix: String, access: EtcdAccess = EtcdAccess())

    /// A name as it was written, before the files are looked at that go with it.
    ///
    /// - Throws: `StoreError` with words for whoever wrote the text.
    public init(_ text: String) throws(StoreError) {
        guard text != "sqlite" else {
            self = .sqlite
            return
        }
        guard text.hasPrefix("etcd:") else {
            throw StoreError(.unusable, "'\(text)' is not a store; write sqlite, or etcd:https://HOST:PORT[,https://HOST:PORT…][/PREFIX]")
        }
        var addresses: [NIOTransport.Address] = []
        var prefix = ""
        var schemes: Set<Substring> = []
        for part in text.dropFirst(5).split(separator: ",", omittingEmptySubsequences: false) {
            guard let scheme = ["https://", "http://"].first(where: { part.hasPrefix($0) }) else {
                throw StoreError(.unusable, "'\(part)' is not an address of etcd; write https://HOST:PORT, or http://HOST:PORT without TLS")
            }
            schemes.insert(part.prefix(scheme.count))
            let rest = part.dropFirst(scheme.count)
            let authority = rest.prefix { $0 != "/" }
            let path = rest.dropFirst(authority.count)
            guard let address = NIOTransport.Address(String(authority)) else {
                throw StoreError(.unusable, "'\(authority)' is not HOST:PORT; etcd usually has the port 2379")
            }
            guard path.isEmpty || path == "/" || prefix.isEmpty || prefix == path else {
                throw StoreError(.unusable, "'\(text)' has two prefixes, \(prefix) and \(path); name one, after the last address")
            }
            addresses.append(address)
            if path.count > 1 { prefix = String(path.last == "/" ? path.dropLast() : path) }
        }
        guard schemes.count == 1 else {
            throw StoreError(.unusable, "'\(text)' has addresses with TLS and without; write https:// for all of them")
        }
        var access = EtcdAccess()
        if schemes == ["https://"] { access.security = TransportSecurity() }
        self = .etcd(addresses, prefix: prefix.isEmpty ? EtcdLayout.standardPrefix : prefix, access: access)
    }

    /// The same store with the files that it is reached with (EtcdAccess).
    ///
    /// - Throws: `StoreError` in words for whoever named the files.
    public func reached(
        authorities: String?, certificate: String?, key: String?, credentialsFile: String?
    ) throws(StoreError) -> StoreChoice {
        let isAnyNamed = [authorities, certificate, key, credentialsFile].contains { $0 != nil }
        guard case .etcd(let addresses, let prefix, let access) = self else {
            if isAnyNamed { throw StoreError(.unusable, "the files that etcd is reached with go with --store etcd:https://HOST:PORT") }
            return self
        }
        let isSecure = access.security != nil
        guard isSecure || authorities == nil && certificate == nil && key == nil else {
            throw StoreError(.unusable, "certificates are for TLS: write https://\(addresses[0]), not http://\(addresses[0])")
        }
        guard (certificate == nil) == (key == nil) else {
            throw StoreError(.unusable, "the certificate to show to etcd and its key go together; name both files")
        }
        if credentialsFile != nil, !isSecure, let far = addresses.first(where: { !$0.isLoopback }) {
            throw StoreError(.unusable, "everybody on the way could read the password for http://\(far); write https://\(far)")
        }
        let files = try EtcdAccess(
            isSecure: isSecure, authorities: authorities, certificate: certificate, key: key, credentialsFile: credentialsFile)
        return .etcd(addresses, prefix: prefix, access: files)
    }

    public var description: String {
        switch self {
        case .sqlite: "sqlite"
        case .etcd(let addresses, let prefix, let access):
            "etcd:" + addresses.map { "http\(access.security == nil ? "" : "s")://\($0)" }.joined(separator: ",") + prefix
        }
    }

    /// - Parameter directory: the data folder in use, for the embedded store.
    func open(_ directory: DataDirectory?, heldChanges: Int) throws(StoreError) -> any Store {
        switch self {
        case .sqlite:
            guard let directory else { throw StoreError(.unusable, "the embedded store needs a data folder") }
            return try SQLiteStore(path: directory.database, heldChanges: heldChanges)
        case .etcd(let addresses, let prefix, let access):
            return EtcdStore(addresses, prefix: prefix, access: access, heldChanges: heldChanges)
        }
    }
}

extension NIOTransport.Address {
    /// What is said to it stays on this machine.
    fileprivate var isLoopback: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }
}
