// The typed client of the configuration API. Generated code adds one accessor for each object type; all of them are this one
// collection. Relies on Coding and Resources; knows no schema type and no network library.

import Coding
import Resources
import Synchronization

/// A configuration server, seen by a program: `client.virtualNetworks.read(name: ["default-domain", "admin", "blue"])`.
public struct ConfigurationClient: Sendable {
    let transport: any ClientTransport
    private let written = WrittenRevision()

    public init(transport: any ClientTransport) { self.transport = transport }

    /// The latest revision that this client, or a copy of it, has made; 0 before the first. Who watches as well has seen all its own changes
    /// when the watch has come to this revision.
    public var writtenRevision: UInt64 { written.latest }

    /// The UUID of the object with a fully qualified name.
    public func uuid(ofType type: String, named name: [String]) async throws(ClientError) -> String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("type", type)
        writer.member("fq_name", name)
        writer.endObject()
        let reply = try await call(.post, "/fqname-to-id", body: writer.finish())
        return try decode(reply) { reader throws(CodingError) in
            var uuid = ""
            try reader.beginObject()
            while let member = try reader.nextMember() {
                if member == "uuid" { uuid = try reader.string() } else { try reader.skipValue() }
            }
            return uuid
        }
    }

    func call(_ method: ClientRequest.Method, _ path: String, body: [UInt8] = []) async throws(ClientError) -> [UInt8] {
        let reply = try await transport.send(ClientRequest(method, path, body: body))
        guard reply.status == 200 || reply.status == 202 else { throw ClientError(reply) }
        if let revision = reply.revision { written.note(revision) }
        return reply.body
    }

    /// Adds or removes one reference, and leaves the others as they are.
    public enum ReferenceOperation: String, Sendable {
        case add = "ADD"
        case delete = "DELETE"
    }

    /// Adds, with its data, or removes a reference between two objects. Adding one that is there replaces its data; removing one that is not
    /// there changes nothing.
    ///
    /// - Parameters:
    ///   - type: the schema's noun of the object that refers: `routing-instance`.
    ///   - target: the schema's noun and the fully qualified name of the object referred to.
    ///   - data: the data of the reference as JSON.
    public func updateReference(
        _ operation: ReferenceOperation, of type: String, uuid: String, to target: (type: String, name: [String]), data: [UInt8]? = nil
    ) async throws(ClientError) {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("type", type)
        writer.member("uuid", uuid)
        writer.member("ref-type", target.type)
        writer.member("ref-fq-name", target.name)
        writer.member("operation", operation.rawValue)
        if let data {
            writer.key("attr")
            writer.raw(data)
        }
        writer.endObject()
        _ = try await call(.post, "/ref-update", body: writer.finish())
    }

    /// Members that a newer server may add are passed over.
    func decode<Value>(_ bytes: [UInt8], _ body: (inout JSONReader) throws(CodingError) -> Value) throws(ClientError) -> Value {
        do {
            return try JSONReader.read(bytes, unknownMembers: .skip, body)
        } catch {
            throw ClientError(.malformedReply, "the server's reply cannot be read: \(error)")
        }
    }
}

/// Shared by all copies of a client.
private final class WrittenRevision: Sendable {
    private let value = Atomic<UInt64>(0)

    var latest: UInt64 { value.load(ordering: .acquiring) }

    func note(_ revision: UInt64) { value.max(revision, ordering: .acquiringAndReleasing) }
}

/// All objects of one type on a server.
public struct Collection<Object: ConfigurationObject>: Sendable {
    let client: ConfigurationClient

    public init(of type: Object.Type = Object.self, on client: ConfigurationClient) { self.client = client }

    private var path: String { "/\(Object.typeName)" }

    /// Which objects a list shows.
    public struct Selection: Sendable {
        /// Only children of these parents, by UUID.
        public var parents: [String] = []
        /// Only objects that refer to these, by UUID.
        public var referringTo: [String] = []
        /// Only these, by UUID.
        public var uuids: [String] = []

        public init(parents: [String] = [], referringTo: [String] = [], uuids: [String] = []) {
            self.parents = parents
            self.referringTo = referringTo
            self.uuids = uuids
        }

        var query: String {
            [("parent_id", parents), ("back_ref_id", referringTo), ("obj_uuids", uuids)].filter { !$0.1.isEmpty }
                .map { "&\($0.0)=\($0.1.joined(separator: ","))" }.joined()
        }
    }

    /// Creates the object and returns its identity as the server assigned it.
    @discardableResult public func create(_ object: Object) async throws(ClientError) -> ObjectIdentity {
        try await envelope(client.call(.post, path + "s", body: wrapped(object))).identity
    }

    /// Creates the object unless there is one with its name, which is left as it is: what a script does that may run twice.
    ///
    /// - Returns: the object as the server has it.
    @discardableResult public func ensure(_ object: Object) async throws(ClientError) -> Object {
        let name = object.identity.fullyQualifiedName
        do {
            return try await read(name: name)
        } catch  where error.code == .notFound {
            do {
                return try await read(uuid: create(object).uuid ?? "")
            } catch let conflict where conflict.code == .conflict {
                // Somebody else was faster; or the conflict is about something else, and there is still no object with the name.
                do { return try await read(name: name) } catch  where error.code == .notFound { throw conflict }
            }
        }
    }

    public func read(uuid: String, withRelatives: Bool = false) async throws(ClientError) -> Object {
        let query = withRelatives ? "" : "?exclude_back_refs=true&exclude_children=true"
        return try await envelope(client.call(.get, "\(path)/\(uuid)\(query)"))
    }

    public func read(name: [String], withRelatives: Bool = false) async throws(ClientError) -> Object {
        let uuid = try await client.uuid(ofType: Object.typeName, named: name)
        return try await read(uuid: uuid, withRelatives: withRelatives)
    }

    /// Replaces the properties and references that are set on `object`; those that are nil stay as they are.
    public func update(_ object: Object) async throws(ClientError) {
        guard let uuid = object.identity.uuid else {
            throw ClientError(.invalid, "an object needs the uuid that the server gave it to be updated: read it first")
        }
        _ = try await client.call(.put, "\(path)/\(uuid)", body: wrapped(object))
    }

    public func delete(uuid: String) async throws(ClientError) {
        _ = try await client.call(.delete, "\(path)/\(uuid)")
    }

    /// Whole objects, without children and back references.
    public func list(_ selection: Selection = Selection()) async throws(ClientError) -> [Object] {
        let reply = try await client.call(.get, "\(path)s?detail=true\(selection.query)")
        return try client.decode(reply) { reader throws(CodingError) in
            var objects: [Object] = []
            try reader.beginObject()
            while let member = try reader.nextMember() {
                guard member == Object.typeName + "s" else {
                    try reader.skipValue()
                    continue
                }
                try reader.beginArray()
                while try reader.nextElement() {
                    if let object = try Self.unwrap(&reader) { objects.append(object) }
                }
            }
            return objects
        }
    }

    public func count() async throws(ClientError) -> Int {
        let reply = try await client.call(.get, "\(path)s?count=true")
        return try client.decode(reply) { reader throws(CodingError) in
            var count = 0
            try reader.beginObject()
            while try reader.nextMember() != nil {
                try reader.beginObject()
                while let member = try reader.nextMember() {
                    if member == "count" { count = try reader.integer() } else { try reader.skipValue() }
                }
            }
            return count
        }
    }

    private func wrapped(_ object: Object) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key(Object.typeName)
        object.encode(to: &writer)
        writer.endObject()
        return writer.finish()
    }

    private func envelope(_ bytes: [UInt8]) throws(ClientError) -> Object {
        let object = try client.decode(bytes) { reader throws(CodingError) in try Self.unwrap(&reader) }
        guard let object else { throw ClientError(.malformedReply, "the server's reply holds no \(Object.typeName)") }
        return object
    }

    private static func unwrap(_ reader: inout JSONReader) throws(CodingError) -> Object? {
        var object: Object?
        try reader.beginObject()
        while let member = try reader.nextMember() {
            if member == Object.typeName { object = try Object(from: &reader) } else { try reader.skipValue() }
        }
        return object
    }
}
