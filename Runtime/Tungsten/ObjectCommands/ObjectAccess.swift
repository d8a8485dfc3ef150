// Objects of any type on a server, as JSON, and the names that people call them by. Relies on a transport; knows no schema type.

import Client
import Coding
import Resources

/// The names of an object.
public struct ObjectName: Sendable, Hashable {
    public var type: String
    public var uuid: String
    public var fullyQualifiedName: [String]

    /// `default-domain:default-project:blue`
    public var joined: String { fullyQualifiedName.joined(separator: ":") }
}

/// An object with the version that was read.
public struct StoredObject: Sendable {
    public var type: ResourceType
    public var value: JSONValue
    /// For If-Match; nil when the server names none.
    public var entityTag: String?

    public var name: ObjectName {
        ObjectName(type: type.name, uuid: value["uuid"]?.string ?? "", fullyQualifiedName: value.names("fq_name"))
    }
}

extension JSONValue {
    /// A member that is a list of strings.
    func names(_ key: String) -> [String] { self[key]?.elements.compactMap(\.string) ?? [] }
}

/// A server, seen by a command.
public struct ObjectAccess: Sendable {
    public let transport: any ClientTransport
    public let schema: ObjectSchema
    /// Short names are looked for here first, and new objects without a place are put here; nil: nowhere in particular.
    public let project: [String]?

    public init(_ transport: any ClientTransport, _ schema: ObjectSchema, project: [String]? = nil) {
        self.transport = transport
        self.schema = schema
        self.project = project
    }

    // MARK: Requests

    func send(_ request: ClientRequest, _ action: String) async throws(CommandError) -> ClientReply {
        do throws(ClientError) {
            let reply = try await transport.send(request)
            guard 200..<300 ~= reply.status || reply.status == 304 else { throw ClientError(reply) }
            return reply
        } catch {
            throw CommandError(error, action)
        }
    }

    func parse(_ reply: ClientReply, _ action: String) throws(CommandError) -> JSONValue {
        do { return try JSONValue(parsing: reply.body) } catch {
            throw CommandError(.invalid, "\(action): the server's reply is not JSON: \(error)")
        }
    }

    func json(_ request: ClientRequest, _ action: String) async throws(CommandError) -> JSONValue {
        try parse(try await send(request, action), action)
    }

    // MARK: Reading

    /// - Parameter relatives: also children and objects that refer to it.
    public func read(_ type: ResourceType, uuid: String, relatives: Bool = false) async throws(CommandError) -> StoredObject {
        let query = relatives ? "" : "?exclude_back_refs=true&exclude_children=true"
        let action = "cannot read \(type.name) \(uuid)"
        let reply = try await send(ClientRequest(.get, "/\(type.name)/\(uuid)\(query)"), action)
        guard let value = try parse(reply, action)[type.name] else {
            throw CommandError(.invalid, "\(action): the reply holds no \(type.name)")
        }
        return StoredObject(type: type, value: value, entityTag: reply.entityTag)
    }

    /// The object that somebody names.
    public func read(_ type: ResourceType, _ text: String, relatives: Bool = false) async throws(CommandError) -> StoredObject {
        try await read(type, uuid: try await find(type, text).uuid, relatives: relatives)
    }

    /// Whole objects, in the order of their names.
    public func list(_ type: ResourceType, parent: String? = nil) async throws(CommandError) -> [StoredObject] {
        let query = parent.map { "&parent_id=\($0)" } ?? ""
        let reply = try await json(
            ClientRequest(.get, "/\(type.collection)?detail=true&exclude_hrefs=true\(query)"), "cannot list \(type.collection)")
        let objects = reply[type.collection]?.elements.compactMap { element in
            element[type.name].map { StoredObject(type: type, value: $0) }
        }
        return (objects ?? []).sorted { $0.name.fullyQualifiedName.lexicographicallyPrecedes($1.name.fullyQualifiedName) }
    }

    public func names(_ type: ResourceType) async throws(CommandError) -> [ObjectName] {
        let reply = try await json(ClientRequest(.get, "/\(type.collection)?exclude_hrefs=true"), "cannot list \(type.collection)")
        return (reply[type.collection]?.elements ?? []).map { element in
            ObjectName(type: type.name, uuid: element["uuid"]?.string ?? "", fullyQualifiedName: element.names("fq_name"))
        }
    }

    /// The UUID of a fully qualified name; nil when there is no such object.
    public func uuid(_ type: ResourceType, named name: [String]) async throws(CommandError) -> String? {
        let body = JSONValue.object([
            .init(key: "type", value: .string(type.name)), .init(key: "fq_name", value: .array(name.map(JSONValue.string))),
        ])
        do throws(CommandError) {
            let reply = try await json(ClientRequest(.post, "/fqname-to-id", body: body.bytes), "cannot find \(type.name) \(name)")
            return reply["uuid"]?.string
        } catch {
            guard error.kind == .notFound else { throw error }
            return nil
        }
    }

    // MARK: Names

    /// The object that somebody means: by UUID, by its whole name, or by the end of its name when no other ends so.
    ///
    /// - Parameter home: where a short name is looked for first, before this command's project: the project of the object that refers to it.
    public func find(_ type: ResourceType, _ text: String, near home: [String]? = nil) async throws(CommandError) -> ObjectName {
        if Self.isUUID(text) { return ObjectName(type: type.name, uuid: text.lowercased(), fullyQualifiedName: []) }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        // Names may hold colons themselves: target:64512:1 is one name.
        var guesses = [parts, [text]]
        var places = [home, project].compactMap { $0 }
        if places.count == 2, places[0] == places[1] { places.removeLast() }
        let below = places.filter { schema.possibleParents(of: type, length: $0.count + 1).contains("project") }.map { $0 + [text] }
        guesses = below + guesses
        for guess in guesses where schema.possibleLengths(of: type.name).contains(guess.count) {
            if let uuid = try await uuid(type, named: guess) {
                return ObjectName(type: type.name, uuid: uuid, fullyQualifiedName: guess)
            }
        }
        return try Self.choose(text, among: try await names(type), of: type)
    }

    static func choose(_ text: String, among all: [ObjectName], of type: ResourceType) throws(CommandError) -> ObjectName {
        let matches = all.filter { $0.joined == text || $0.joined.hasSuffix(":" + text) }
        if matches.count == 1 { return matches[0] }
        guard matches.isEmpty else {
            let list = matches.map { "  \($0.joined)  (\($0.uuid))" }.sorted().prefix(20).joined(separator: "\n")
            throw CommandError(
                .invalid, "\(matches.count) \(type.collection) are called '\(text)'; give the whole name or the UUID of one:\n\(list)")
        }
        let last = all.map { $0.fullyQualifiedName.last ?? "" }
        let near = NearestNames.nearest(to: text, in: Array(Set(last + all.map(\.joined))).sorted())
        let hint = near.isEmpty ? "`tungsten get \(type.name)` lists those that there are" : "did you mean \(near.joined(separator: ", "))?"
        throw CommandError(.notFound, "there is no \(type.name) '\(text)'; \(hint)")
    }

    /// 8-4-4-4-12 hexadecimal digits, which no name of an object looks like by chance.
    static func isUUID(_ text: String) -> Bool {
        let groups = text.split(separator: "-", omittingEmptySubsequences: false)
        return groups.map(\.count) == [8, 4, 4, 4, 12] && groups.allSatisfy { $0.allSatisfy { $0.isASCII && $0.isHexDigit } }
    }

    // MARK: Writing

    /// - Parameter trial: the server checks and changes nothing.
    public func create(_ type: ResourceType, _ object: JSONValue, trial: Bool = false) async throws(CommandError) -> ObjectName {
        let name = object.names("fq_name").joined(separator: ":")
        let body = JSONValue.object([.init(key: type.name, value: object)])
        let reply = try await json(
            ClientRequest(.post, "/\(type.collection)\(trial ? "?dry_run=true" : "")", body: body.bytes),
            "cannot create \(type.name) \(name)")
        let made = reply[type.name]
        return ObjectName(type: type.name, uuid: made?["uuid"]?.string ?? "", fullyQualifiedName: made?.names("fq_name") ?? [])
    }

    /// Replaces members of an object that is still as it was read.
    public func update(_ object: StoredObject, _ members: [JSONValue.Member], trial: Bool = false) async throws(CommandError) {
        let name = object.name
        let body = JSONValue.object([.init(key: object.type.name, value: .object(members))])
        let headers = object.entityTag.map { [("If-Match", $0)] } ?? []
        let path = "/\(object.type.name)/\(name.uuid)\(trial ? "?dry_run=true" : "")"
        do throws(ClientError) {
            let reply = try await transport.send(ClientRequest(.put, path, body: body.bytes, headers: headers))
            guard reply.status != 412 || object.entityTag == nil || !Self.isStale(reply) else {
                throw ClientError(
                    .precondition,
                    "somebody changed it meanwhile, and nothing of yours was written; look at it again and repeat the command")
            }
            guard 200..<300 ~= reply.status else { throw ClientError(reply) }
        } catch {
            throw CommandError(error, "cannot change \(object.type.name) \(name.joined)")
        }
    }

    /// 412 also means that a quota is used up.
    private static func isStale(_ reply: ClientReply) -> Bool {
        !String(decoding: reply.body, as: UTF8.self).lowercased().contains("quota")
    }

    public func delete(_ name: ObjectName) async throws(CommandError) {
        guard let type = schema.catalogue[name.type] else { return }
        let shown = name.fullyQualifiedName.isEmpty ? name.uuid : name.joined
        do throws(CommandError) {
            _ = try await send(ClientRequest(.delete, "/\(type.name)/\(name.uuid)"), "cannot delete \(type.name) \(shown)")
        } catch {
            guard error.kind == .conflict, let object = try? await read(type, uuid: name.uuid, relatives: true) else { throw error }
            // The server names those that are in the way by their addresses; people want names.
            let users = Relatives(of: object, schema)
            let blocking = (users.children + users.backReferences).flatMap(\.names).filter { error.message.contains($0.uuid) }
            let lines = blocking.map { "  \($0.type) \($0.joined)" }
            guard !lines.isEmpty else { throw error }
            throw CommandError(
                .conflict,
                "cannot delete \(type.name) \(shown): it is still in use. Delete or detach these first:\n\(lines.prefix(20).joined(separator: "\n"))"
            )
        }
    }
}

/// Children of an object, and objects that refer to it, as its long form shows them.
public struct Relatives: Sendable {
    public struct Group: Sendable {
        public let type: String
        public let names: [ObjectName]
    }

    public let children: [Group]
    public let backReferences: [Group]

    public init(of object: StoredObject, _ schema: ObjectSchema) {
        func names(_ key: String, _ type: String) -> Group? {
            let names = (object.value[key]?.elements ?? []).map { element in
                ObjectName(type: type, uuid: element["uuid"]?.string ?? "", fullyQualifiedName: element.names("to"))
            }
            return names.isEmpty ? nil : Group(type: type, names: names.sorted { $0.joined < $1.joined })
        }
        children = schema.catalogue.children(of: object.type.name).compactMap { names($0.key, $0.type) }
        backReferences = schema.catalogue.backReferences(to: object.type.name).compactMap { names($0.key, $0.type) }
    }
}
