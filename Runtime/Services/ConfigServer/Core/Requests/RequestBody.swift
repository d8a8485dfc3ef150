// The bodies of requests: JSON with an envelope for objects, JSON objects with a few members for actions. Reading a body finds its parts;
// what the parts mean is checked later, in the order that clients of the older platform know.

import Coding

enum RequestBody {
    /// A JSON object of an action.
    static func value(_ body: [UInt8]) throws(Refusal) -> JSONValue {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: body)
        } catch {
            throw Refusal("Bad Request, the body is not the JSON that it must be: ", error)
        }
        guard case .object = value else { throw Refusal(400, "Bad Request, the body must be a JSON object") }
        return value
    }
}

extension JSONValue {
    /// A member that must be a string, of an action's body.
    func required(_ key: String) throws(Refusal) -> String {
        guard let value = self[key], value != .null else { throw Refusal(400, "Bad Request, no \(key) in POST body", at: key) }
        guard let string = value.string, !string.isEmpty else { throw Refusal(400, "Bad Request, \(key) must be a string", at: key) }
        return string
    }
}

/// The parts of the body of a create or an update.
struct ObjectBody {
    var name: [String]?
    var parentType: String?
    var parentUUID: String?
    var uuid: String?
    /// Values as they were written; nil for null.
    var properties: [Int: [UInt8]?] = [:]
    /// Lists of references by number of the reference, as they were written; nil for null.
    var references: [Int: [UInt8]?] = [:]
    /// Members that the type does not have.
    var ignored: [String] = []

    init() {}

    /// Reads `{"virtual-network": {…}}`.
    init(_ body: [UInt8], of type: TypeEntry) throws(Refusal) {
        do {
            self = try JSONReader.read(body) { reader throws(CodingError) in
                var object: ObjectBody?
                try reader.beginObject()
                while let key = try reader.nextMember() {
                    if key == type.name {
                        object = try ObjectBody(from: &reader, of: type)
                    } else {
                        try reader.skipValue()
                    }
                }
                guard let object else {
                    throw CodingError(
                        .missingMember, "no member \"\(type.name)\"", hint: "write {\"\(type.name)\": {\"fq_name\": […], …}}")
                }
                return object
            }
        } catch {
            throw Refusal("Bad Request, the body is not the JSON that it must be: ", error)
        }
    }

    private init(from reader: inout JSONReader, of type: TypeEntry) throws(CodingError) {
        try reader.beginObject()
        while let key = try reader.nextMember() {
            switch type.members[key] {
            case .property(let index): properties[index] = .some(try Self.raw(&reader))
            case .reference(let index): references[index] = .some(try Self.raw(&reader))
            case .fullyQualifiedName: name = try reader.readNull() ? nil : try reader.array()
            case .uuid: uuid = try reader.optional()
            case .parentType: parentType = try reader.optional()
            case .parentUUID: parentUUID = try reader.optional()
            case .derived, .children, .backReferences: try reader.skipValue()
            case nil:
                ignored.append(key)
                try reader.skipValue()
            }
        }
    }

    private static func raw(_ reader: inout JSONReader) throws(CodingError) -> [UInt8]? {
        if try reader.readNull() { return nil }
        return reader.bytes(in: try reader.rawValue())
    }

    /// A property of the request by its member name; nil when it is absent or null.
    func value<Value: JSONCodable>(_ key: String, as: Value.Type = Value.self, of type: TypeEntry) throws(Refusal) -> Value? {
        guard case .property(let index)? = type.members[key], let bytes = properties[index].flatMap({ $0 }) else { return nil }
        do {
            return try Value(json: bytes)
        } catch {
            throw Refusal("Bad property in create: ", error, in: key)
        }
    }

    mutating func setValue<Value: JSONCodable>(_ key: String, _ value: Value, of type: TypeEntry) {
        guard case .property(let index)? = type.members[key] else { return }
        properties[index] = .some(value.json())
    }

    /// What to tell a client whose body has members that the type does not: a mistyped name would otherwise vanish without a word.
    func warning(_ type: TypeEntry) -> String? {
        guard !ignored.isEmpty else { return nil }
        let names = ignored.prefix(8).map { name in name.utf8.filter { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") } }
        let list = names.map { String(decoding: $0.prefix(64), as: UTF8.self) }.joined(separator: ", ")
        return "\(type.name) has no member \(list)\(ignored.count > 8 ? ", …" : ""); ignored"
    }
}

/// One entry of a list of references in a request.
struct ReferenceBody {
    var name: [String]?
    var uuid: String?
    /// nil: absent or null.
    var data: [UInt8]?

    static func list(_ bytes: [UInt8]) throws(CodingError) -> [ReferenceBody] {
        try JSONReader.read(bytes) { reader throws(CodingError) in
            var list: [ReferenceBody] = []
            try reader.beginArray()
            while try reader.nextElement() {
                var entry = ReferenceBody()
                try reader.beginObject()
                while let key = try reader.nextMember() {
                    switch key {
                    case "to": entry.name = try reader.readNull() ? nil : try reader.array()
                    case "uuid": entry.uuid = try reader.optional()
                    case "attr": entry.data = try reader.readNull() ? nil : reader.bytes(in: try reader.rawValue())
                    default: try reader.skipValue()
                    }
                }
                list.append(entry)
            }
            return list
        }
    }
}

extension Refusal {
    static func unknownType(_ name: String) -> Refusal {
        Refusal(404, "Unknown type '\(name)'; GET / lists the types there are, in the links with rel resource-base")
    }

    static func unknownName(_ type: String, _ name: String) -> Refusal { Refusal(404, "No \(type) object found for name \(name)") }

    static func unknownIdentifier(_ type: String, _ identifier: String) -> Refusal {
        Refusal(404, "No \(type) object found for id \(identifier)")
    }
}
