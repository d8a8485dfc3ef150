// Which server a command talks to, and as whom: contexts, kept in a file under names, and what environment and options say otherwise. No
// password is kept, only where one is to be found.

import Coding
import Yams

/// A server and who to be there.
public struct ServerContext: Sendable, Equatable {
    public static let standardServer = "127.0.0.1:8082"

    /// `host:port`, several with commas between them; also as `http://host:port`.
    public var server: String?
    /// Where objects without a place go, and where short names are looked for first: `default-domain:default-project`.
    public var project: String?
    public var user: String?
    /// The user's domain in the identity service.
    public var domain: String?
    /// A file with the password in its first line.
    public var passwordFile: String?
    /// The identity service, `http://host:5000/v3`; nil: the configuration server has users of its own.
    public var identityURL: String?

    public init() {}

    static let keys: [(name: String, path: any (WritableKeyPath<ServerContext, String?> & Sendable))] = [
        ("server", \.server), ("project", \.project), ("user", \.user), ("domain", \.domain), ("password-file", \.passwordFile),
        ("identity-url", \.identityURL),
    ]

    /// What another one says, and where it says nothing, what this one does.
    public func overridden(by other: ServerContext) -> ServerContext {
        var result = self
        for (_, path) in Self.keys { if let value = other[keyPath: path] { result[keyPath: path] = value } }
        return result
    }

    public init(environment: [String: String]) {
        for (name, path) in Self.keys {
            let variable = "TUNGSTEN_" + name.uppercased().map { $0 == "-" ? "_" : $0 }
            if let value = environment[variable], !value.isEmpty { self[keyPath: path] = value }
        }
    }

    /// Addresses of the server, without `http://`.
    public func addresses() throws(CommandError) -> [String] {
        var result: [String] = []
        for text in (server ?? Self.standardServer).split(separator: ",") {
            var address = text.drop { $0 == " " }
            if address.hasPrefix("http://") { address = address.dropFirst(7) }
            if address.hasSuffix("/") { address = address.dropLast() }
            guard !address.isEmpty, !address.contains("/") else {
                throw CommandError(.invalid, "'\(text)' is not the address of a server; write it as host:port")
            }
            let hasPort = address.lastIndex(of: ":").map { Int(address[address.index(after: $0)...]) != nil } ?? false
            result.append(hasPort ? String(address) : address + ":8082")
        }
        guard !result.isEmpty else { throw CommandError(.invalid, "no server is named; write --server host:port") }
        return result
    }
}

/// All contexts of a user.
public struct ContextFile: Sendable, Equatable {
    public var current: String?
    public var contexts: [String: ServerContext] = [:]

    public init() {}

    /// - Parameter path: for errors.
    public init(_ text: String, path: String) throws(CommandError) {
        let node: Node?
        do { node = try Yams.compose(yaml: text) } catch {
            throw CommandError(.invalid, "\(path): this is not YAML: \(error)")
        }
        guard let node, !ValueReader.isNull(node) else { return }
        guard case .mapping(let members) = node else { throw CommandError(.invalid, "\(path): expected `current` and `contexts`") }
        current = members["current"].flatMap(ValueReader.text)
        guard case .mapping(let entries)? = members["contexts"] else { return }
        for (key, value) in entries {
            guard let name = ValueReader.text(key), case .mapping(let content) = value else {
                throw CommandError(.invalid, "\(path): a context has a name, and members such as `server: host:port`")
            }
            var context = ServerContext()
            for (key, value) in content {
                guard let key = ValueReader.text(key), let known = ServerContext.keys.first(where: { $0.name == key }) else {
                    throw CommandError(
                        .invalid,
                        "\(path): context \(name): unknown member; known: \(ServerContext.keys.map(\.name).joined(separator: ", "))")
                }
                context[keyPath: known.path] = ValueReader.text(value)
            }
            contexts[name] = context
        }
    }

    public func text() throws(CommandError) -> String {
        var members: [JSONValue.Member] = []
        if let current { members.append(.init(key: "current", value: .string(current))) }
        let entries = contexts.sorted { $0.key < $1.key }.map { name, context in
            JSONValue.Member(
                key: name,
                value: .object(
                    ServerContext.keys.compactMap { key in
                        context[keyPath: key.path].map { JSONValue.Member(key: key.name, value: .string($0)) }
                    }))
        }
        members.append(.init(key: "contexts", value: .object(entries)))
        return "# Servers that the command tungsten knows. `tungsten context` changes this file. No passwords belong in here.\n"
            + (try ObjectText.yaml(.object(members)))
    }

    /// The context of a name, or the current one; nil when there is none and none is named.
    public func context(_ name: String?) throws(CommandError) -> ServerContext? {
        guard let name = name ?? current else { return nil }
        guard let context = contexts[name] else {
            let known = contexts.keys.sorted().joined(separator: ", ")
            throw CommandError(
                .invalid, "there is no context '\(name)'; " + (known.isEmpty ? "`tungsten context add` makes one" : "known: \(known)"))
        }
        return context
    }
}
