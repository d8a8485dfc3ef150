// Which engine keeps the configuration, as the command line names it.

import ConfigServerCore
import NIOTransport

/// `sqlite`, or `etcd:http://HOST:2379,http://HOST2:2379/prefix`.
public enum StoreChoice: Sendable, Equatable, CustomStringConvertible {
    /// A file in the data folder, for one server.
    case sqlite
    /// A cluster that several servers share. The prefix is what all keys begin with.
    case etcd([NIOTransport.Address], prefix: String)

    /// - Throws: `StoreError` with words for whoever wrote the text.
    public init(_ text: String) throws(StoreError) {
        guard text != "sqlite" else {
            self = .sqlite
            return
        }
        guard text.hasPrefix("etcd:") else {
            throw StoreError(.unusable, "'\(text)' is not a store; write sqlite, or etcd:http://HOST:PORT[,http://HOST:PORT…][/PREFIX]")
        }
        var addresses: [NIOTransport.Address] = []
        var prefix = ""
        for part in text.dropFirst(5).split(separator: ",", omittingEmptySubsequences: false) {
            guard part.hasPrefix("http://") else {
                throw StoreError(
                    .unusable, "'\(part)' is not an address of etcd; write http://HOST:PORT (TLS to etcd is not there yet)")
            }
            let rest = part.dropFirst(7)
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
        self = .etcd(addresses, prefix: prefix.isEmpty ? EtcdLayout.standardPrefix : prefix)
    }

    public var description: String {
        switch self {
        case .sqlite: "sqlite"
        case .etcd(let addresses, let prefix): "etcd:" + addresses.map { "http://\($0)" }.joined(separator: ",") + prefix
        }
    }

    /// - Parameter directory: the data folder in use, for the embedded store.
    func open(_ directory: DataDirectory?, heldChanges: Int) throws(StoreError) -> any Store {
        switch self {
        case .sqlite:
            guard let directory else { throw StoreError(.unusable, "the embedded store needs a data folder") }
            return try SQLiteStore(path: directory.database, heldChanges: heldChanges)
        case .etcd(let addresses, let prefix): return EtcdStore(addresses, prefix: prefix, heldChanges: heldChanges)
        }
    }
}
