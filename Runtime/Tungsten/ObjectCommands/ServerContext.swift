// Which server a command or a role talks to, as whom, and over which TLS: contexts, kept in a file under names, and what environment and
// options say otherwise. No password is kept, only where one is to be found.

import Coding
import Yams

/// A server and who to be there.
public struct ServerContext: Sendable, Equatable {
    public static let standardServer = "127.0.0.1:8082"

    /// `https://host:port`, several with commas between them; without a scheme it is `http://`.
    public var server: String?
    /// Where objects without a place go, where short names are looked for first, and what a login is for:
    /// `default-domain:default-project`.
    public var project: String?
    public var user: String?
    /// The user's domain in the identity service.
    public var domain: String?
    /// A file with the password in its first line.
    public var passwordFile: String?
    /// The identity service, `http://host:5000/v3`; nil: the configuration server has users of its own.
    public var identityURL: String?
    /// A file (PEM) with the authorities that may vouch for servers; nil: the system's.
    public var tlsAuthorities: String?
    /// Files (PEM) of the certificate to show to servers that ask, and of its key.
    public var tlsCertificate: String?
    public var tlsKey: String?

    public init() {}

    static let keys: [(name: String, path: any (WritableKeyPath<ServerContext, String?> & Sendable))] = [
        ("server", \.server), ("project", \.project), ("user", \.user), ("domain", \.domain), ("password-file", \.passwordFile),
        ("identity-url", \.identityURL), ("tls-authorities", \.tlsAuthorities), ("tls-certificate", \.tlsCertificate),
        ("tls-key", \.tlsKey),
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

    /// The project as its whole name; a name alone is one in `default-domain`.
    public var projectName: [String]? {
        guard let parts = project?.split(separator: ":").map(String.init), !parts.isEmpty else { return nil }
        return parts.count == 1 ? ["default-domain"] + parts : parts
    }

    /// The same as options of a command or a role.
    public var arguments: [String] {
        Self.keys.flatMap { name, path in self[keyPath: path].map { ["--" + name, $0] } ?? [] }
    }

    private var hasTLSFiles: Bool { tlsAuthorities != nil || tlsCertificate != nil || tlsKey != nil }

    /// The servers, at least one; all of them over TLS or none.
    public func servers() throws(CommandError) -> [ServerURL] {
        var result: [ServerURL] = []
        for text in (server ?? Self.standardServer).split(separator: ",") {
            guard let url = ServerURL(text.drop { $0 == " " }, standardPort: 8082), url.path.isEmpty else {
                throw CommandError(.invalid, "'\(text)' is not the address of a server; write it as https://host:port or host:port")
            }
            result.append(url)
        }
        guard let first = result.first else { throw CommandError(.invalid, "no server is named; write --server https://host:port") }
        guard result.allSatisfy({ $0.isSecure == first.isSecure }) else {
            throw CommandError(.invalid, "some servers are https:// and some are not; they are one service, so write https:// for all")
        }
        guard (tlsCertificate == nil) == (tlsKey == nil) else {
            throw CommandError(.invalid, "tls-certificate and tls-key go together; name both files")
        }
        if hasTLSFiles, !first.isSecure, identity?.isSecure != true {
            throw CommandError(.invalid, "TLS files are named, but \(first) is without TLS; write https://\(first.address)")
        }
        return result
    }

    private var identity: ServerURL? { identityURL.flatMap { ServerURL($0, standardPort: 5000) } }

    /// Where tokens come from; nil: from the configuration server.
    public func identityService() throws(CommandError) -> ServerURL? {
        guard let identityURL else { return nil }
        guard var url = identity else {
            throw CommandError(.invalid, "'\(identityURL)' is not an address of an identity service; write it as https://host:5000/v3")
        }
        if !url.path.hasSuffix("/v3") { url.path += "/v3" }
        return url
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
