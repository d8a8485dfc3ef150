// What generated code says about an object type so that one set of handlers and one client can serve all of them. A descriptor holds
// names and functions, no behaviour of any one type. Relies on Coding; knows no schema type.

import Coding

/// Everything generic code needs to know about one object type of the schema.
public struct ResourceType: Sendable {
    /// The schema's noun: `virtual-network`. Also the path of one object: `/virtual-network/<uuid>`.
    public let name: String
    /// The member that wraps the object in a request or reply: `virtual_network`.
    public let key: String
    /// The path and member of lists: `virtual-networks`.
    public let collection: String
    /// Types that may contain it; empty when it lives directly below the root.
    public let parents: [ParentDescriptor]
    public let properties: [PropertyDescriptor]
    public let references: [ReferenceDescriptor]
    /// The first sentence of the schema's documentation.
    public let summary: String

    public init(
        _ name: String, summary: String, parents: [ParentDescriptor], properties: [PropertyDescriptor], references: [ReferenceDescriptor]
    ) {
        self.name = name
        key = ResourceNaming.key(name)
        collection = name + "s"
        self.summary = summary
        self.parents = parents
        self.properties = properties
        self.references = references
    }
}

/// A type that may contain objects of the described type.
public struct ParentDescriptor: Sendable {
    /// `project`.
    public let type: String
    /// The metadata name of the relation in the graph: `project-virtual-network`.
    public let link: String
    /// The child is made by the system and does not keep its parent from being deleted.
    public let isDerived: Bool

    public init(_ type: String, link: String, isDerived: Bool = false) {
        self.type = type
        self.link = link
        self.isDerived = isDerived
    }
}

/// Reads one JSON value, checks it against the schema and writes it in its one normal form.
public typealias Normalise = @Sendable (_ reader: inout JSONReader, _ writer: inout JSONWriter) throws(CodingError) -> Void

/// A property of an object type.
public struct PropertyDescriptor: Sendable {
    /// How the value is stored and updated.
    public enum Shape: Sendable {
        case single
        /// Elements of the array `member` inside the value can be added, modified and deleted one by one.
        case list(member: String, element: Normalise)
        /// As `list`; elements are found by their member `key`.
        case map(member: String, key: String, element: Normalise)
    }

    public enum Presence: String, Sendable {
        case required
        case optional
        case systemOnly = "system-only"
        case adminOnly = "admin-only"
    }

    /// The schema's noun: `virtual-network-properties`.
    public let name: String
    /// The JSON member: `virtual_network_properties`.
    public let key: String
    public let shape: Shape
    public let presence: Presence
    /// Letters of CRUD that users may apply. Documentation: the older platform enforces neither this nor presence.
    public let operations: String
    public let normalise: Normalise

    private init(_ name: String, _ shape: Shape, _ presence: Presence, _ operations: String, _ normalise: @escaping Normalise) {
        self.name = name
        key = ResourceNaming.key(name)
        self.shape = shape
        self.presence = presence
        self.operations = operations
        self.normalise = normalise
    }

    /// A property whose type has a Swift type of its own.
    public init<Value: JSONCodable>(
        _ name: String, _ type: Value.Type, presence: Presence = .optional, operations: String = "CRUD"
    ) {
        self.init(name, .single, presence, operations, Self.normaliser(type))
    }

    /// An integer with bounds.
    public init(_ name: String, integer range: ClosedRange<Int>, presence: Presence = .optional, operations: String = "CRUD") {
        self.init(name, .single, presence, operations) { reader, writer throws(CodingError) in writer.value(try reader.integer(in: range)) }
    }

    /// A string with a pattern.
    public init(_ name: String, pattern: Pattern, presence: Presence = .optional, operations: String = "CRUD") {
        self.init(name, .single, presence, operations) { reader, writer throws(CodingError) in
            writer.value(try reader.string(pattern: pattern))
        }
    }

    /// A string of limited length.
    public init(_ name: String, length: ClosedRange<Int>, presence: Presence = .optional, operations: String = "CRUD") {
        self.init(name, .single, presence, operations) { reader, writer throws(CodingError) in
            writer.value(try reader.string(length: length))
        }
    }

    /// A union: a number or a string with a pattern, kept as text.
    public init(_ name: String, union pattern: Pattern, presence: Presence = .optional, operations: String = "CRUD") {
        self.init(name, .single, presence, operations) { reader, writer throws(CodingError) in
            writer.value(try reader.string(union: pattern))
        }
    }

    /// A property whose elements are stored one by one: `member` is the JSON name of the repeated member of `Value`.
    public init<Value: JSONCodable, Item: JSONCodable>(
        _ name: String, _ type: Value.Type, list member: String, of item: Item.Type, presence: Presence = .optional,
        operations: String = "CRUD"
    ) {
        self.init(name, .list(member: member, element: Self.normaliser(item)), presence, operations, Self.normaliser(type))
    }

    /// As a list; elements are found by the JSON member `key`.
    public init<Value: JSONCodable, Item: JSONCodable>(
        _ name: String, _ type: Value.Type, map member: String, key: String, of item: Item.Type, presence: Presence = .optional,
        operations: String = "CRUD"
    ) {
        self.init(name, .map(member: member, key: key, element: Self.normaliser(item)), presence, operations, Self.normaliser(type))
    }

    private static func normaliser<Value: JSONCodable>(_ type: Value.Type) -> Normalise {
        { reader, writer throws(CodingError) in try Value(from: &reader).encode(to: &writer) }
    }
}

/// A reference from the described type to another.
public struct ReferenceDescriptor: Sendable {
    /// The type referred to: `network-ipam`.
    public let target: String
    /// The JSON member: `network_ipam_refs`.
    public let key: String
    /// The metadata name in the graph: `virtual-network-network-ipam`.
    public let link: String
    /// Made by the system; does not keep its target from being deleted.
    public let isWeak: Bool
    /// Checks the data that the reference carries; nil when it carries none.
    public let normalise: Normalise?

    public init(_ target: String, link: String, isWeak: Bool = false) {
        self.target = target
        key = ResourceNaming.key(target) + "_refs"
        self.link = link
        self.isWeak = isWeak
        normalise = nil
    }

    public init<Data: JSONCodable>(_ target: String, link: String, data: Data.Type, isWeak: Bool = false) {
        self.target = target
        key = ResourceNaming.key(target) + "_refs"
        self.link = link
        self.isWeak = isWeak
        normalise = { reader, writer throws(CodingError) in try Data(from: &reader).encode(to: &writer) }
    }
}

enum ResourceNaming {
    /// `virtual-network` → `virtual_network`.
    static func key(_ name: String) -> String { String(name.map { $0 == "-" ? "_" : $0 }) }
}
