// What every object of the configuration has whatever its type: its names, and how it names others.

import Coding

/// The members that identify an object and place it in the tree.
public struct ObjectIdentity: Sendable {
    /// Canonical text of the UUID: lower case, with dashes.
    public var uuid: String?
    /// The last element of the fully qualified name.
    public var name: String?
    /// From the root to the object: `["default-domain", "admin", "blue"]`.
    public var fullyQualifiedName: [String]
    public var parentType: String?
    public var parentUUID: String?
    public var parentLocation: String?
    /// The object's address: `http://host:8082/virtual-network/<uuid>`.
    public var location: String?

    /// JSON names in the order of `decode`'s index.
    public static let memberCount = 7

    public init(_ fullyQualifiedName: [String] = [], parentType: String? = nil) {
        self.fullyQualifiedName = fullyQualifiedName
        self.parentType = parentType
        name = fullyQualifiedName.last
    }

    /// Reads the member that generated tables list at `index`: uuid, name, fq_name, parent_type, parent_uuid, parent_href, href.
    public mutating func decode(_ index: Int, from reader: inout JSONReader) throws(CodingError) {
        switch index {
        case 0: uuid = try reader.optional()
        case 1: name = try reader.optional()
        case 2: fullyQualifiedName = try reader.array()
        case 3: parentType = try reader.optional()
        case 4: parentUUID = try reader.optional()
        case 5: parentLocation = try reader.optional()
        default: location = try reader.optional()
        }
    }

    public func encode(to writer: inout JSONWriter) {
        writer.member("uuid", uuid)
        writer.member("name", name)
        if !fullyQualifiedName.isEmpty { writer.member("fq_name", fullyQualifiedName) }
        writer.member("parent_type", parentType)
        writer.member("parent_uuid", parentUUID)
        writer.member("parent_href", parentLocation)
        writer.member("href", location)
    }
}

/// A reference to another object, by name or UUID or both, with the data that the reference carries.
public struct Reference<Data: JSONCodable>: JSONCodable {
    /// The fully qualified name of the target.
    public var to: [String]
    public var uuid: String?
    public var location: String?
    public var data: Data?

    public init(to: [String] = [], uuid: String? = nil, data: Data? = nil) {
        self.to = to
        self.uuid = uuid
        self.data = data
    }

    public init(from reader: inout JSONReader) throws(CodingError) {
        to = []
        try reader.beginObject()
        while let member = try reader.nextMember(referenceMembers) {
            switch member {
            case 0: to = try reader.array()
            case 1: uuid = try reader.optional()
            case 2: location = try reader.optional()
            default: data = try reader.optional()
            }
        }
    }

    public func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        if !to.isEmpty { writer.member("to", to) }
        writer.member("uuid", uuid)
        writer.member("href", location)
        writer.member("attr", data)
        writer.endObject()
    }
}

private let referenceMembers = MemberTable(["to", "uuid", "href", "attr"])

/// The data of a reference that carries none: JSON null, or an empty object as some clients send.
public struct NoData: JSONCodable {
    public init() {}

    public init(from reader: inout JSONReader) throws(CodingError) { try reader.skipValue() }

    public func encode(to writer: inout JSONWriter) { writer.null() }
}

/// An object seen from a relative: a child seen from its parent, or a referring object seen from its target.
public struct RelatedObject: JSONCodable {
    public var to: [String]
    public var uuid: String
    public var location: String?

    public init(from reader: inout JSONReader) throws(CodingError) {
        to = []
        uuid = ""
        try reader.beginObject()
        while let member = try reader.nextMember(referenceMembers) {
            switch member {
            case 0: to = try reader.array()
            case 1: uuid = try reader.string()
            case 2: location = try reader.optional()
            default: try reader.skipValue()
            }
        }
    }

    public func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("to", to)
        writer.member("uuid", uuid)
        writer.member("href", location)
        writer.endObject()
    }
}

/// Children and back references as a server delivers them, by member name: `virtual_machine_interface_back_refs`.
public struct RelatedObjects: Sendable {
    public private(set) var members: [(key: String, objects: [RelatedObject])] = []

    public init() {}

    public subscript(key: String) -> [RelatedObject] { members.first { $0.key == key }?.objects ?? [] }

    /// Reads the list under the member `key`.
    public mutating func decode(_ key: StaticString, from reader: inout JSONReader) throws(CodingError) {
        let objects: [RelatedObject] = try reader.array()
        members.append((key.description, objects))
    }

    public func encode(to writer: inout JSONWriter) {
        for (key, objects) in members {
            writer.key(key)
            writer.beginArray()
            for object in objects { object.encode(to: &writer) }
            writer.endArray()
        }
    }
}

/// A generated object type.
public protocol ConfigurationObject: JSONCodable {
    /// The schema's noun: `virtual-network`.
    static var typeName: String { get }
    var identity: ObjectIdentity { get set }
    init()
}
