// The third representation: what a configuration schema says, with every name resolved and every check done. Backends read
// this and nothing before it. The order of all lists is the order of declaration, file by file, so that output is stable.
//
// What backends pass around and look at over and over is a class: to hand on a value of ten strings would cost ten counts each time. Lowering
// makes the model; nothing changes it afterwards.

/// A configuration data model: objects that form a tree and a graph, and the types of their properties.
public final class Model {
    /// One entry per schema file that declares something, in the order in which the files were read.
    public internal(set) var files: [ModelFile] = []
    public internal(set) var objects: [ObjectType] = []
    public internal(set) var structures: [StructuredType] = []
    public internal(set) var simpleTypes: [SimpleType] = []
    /// Links by element name; every reference and parent relation of the objects points into this list.
    public internal(set) var links: [Link] = []
    /// Properties that every object has (`id-perms`, `perms2`, `annotations`, `display-name`), in order.
    public internal(set) var commonProperties: [Property] = []

    var objectIndex: [String: Int] = [:]
    var structureIndex: [String: Int] = [:]
    var simpleTypeIndex: [String: Int] = [:]

    public func object(_ name: String) -> ObjectType? { objectIndex[name].map { objects[$0] } }
    public func structure(_ name: String) -> StructuredType? { structureIndex[name].map { structures[$0] } }
    public func simpleType(_ name: String) -> SimpleType? { simpleTypeIndex[name].map { simpleTypes[$0] } }
}

/// What one schema file contributes.
public struct ModelFile {
    public let file: SourceFile
    public var documentation: String = ""
    public var objects: [String] = []
    public var structures: [String] = []
    public var simpleTypes: [String] = []

    public var name: String { file.name }
}

/// Which of the three states of presence an author intended. The server enforces none of the first two; it is documentation.
public enum Presence: String, Sendable {
    case required
    case optional
    /// Written by the system; users read it.
    case systemOnly = "system-only"
    /// Written by administrators.
    case adminOnly = "admin-only"
    /// One of several alternatives of a structure; exactly one is set.
    case exclusive
}

/// The operations that users may apply: a subset of create, read, update, delete.
public struct Operations: OptionSet, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    public static let create = Operations(rawValue: 1)
    public static let read = Operations(rawValue: 2)
    public static let update = Operations(rawValue: 4)
    public static let delete = Operations(rawValue: 8)
    public static let all: Operations = [.create, .read, .update, .delete]

    /// Parses letters of `CRUD` in any order; nil for any other letter.
    public init?(letters: String) {
        self = []
        for letter in letters {
            switch letter {
            case "C": insert(.create)
            case "R": insert(.read)
            case "U": insert(.update)
            case "D": insert(.delete)
            default: return nil
            }
        }
        if isEmpty { return nil }
    }

    public var letters: String {
        (contains(.create) ? "C" : "") + (contains(.read) ? "R" : "") + (contains(.update) ? "U" : "") + (contains(.delete) ? "D" : "")
    }
}

/// An object type: a node of the configuration tree with an address of its own in the API.
public final class ObjectType {
    public let name: String
    public let documentation: String
    public let location: SourceLocation
    /// Types that may contain it. Empty: it lives directly below the root.
    public internal(set) var parents: [ParentRelation] = []
    public internal(set) var children: [ParentRelation] = []
    /// Its own properties; the common ones are in `Model.commonProperties`.
    public internal(set) var properties: [Property] = []
    /// References to other objects, sorted by target; the tag reference that every object has is included.
    public internal(set) var references: [ReferenceRelation] = []
    /// References of other objects to this one.
    public internal(set) var backReferences: [ReferenceRelation] = []

    init(name: String, documentation: String, location: SourceLocation) {
        self.name = name
        self.documentation = documentation
        self.location = location
    }

    /// The parent when none is named: the only one, or `config-root` when there is none.
    public var solePossibleParent: String? {
        parents.isEmpty ? "config-root" : parents.count == 1 ? parents[0].parent : nil
    }
}

/// A parent contains a child.
public final class ParentRelation {
    public let parent: String
    public let child: String
    /// The name of the link element, which is the metadata name in the graph: `project-virtual-network`.
    public let link: String
    /// The child is made by the system and does not keep its parent from being deleted.
    public let derived: Bool
    public let documentation: String
    public let location: SourceLocation

    init(parent: String, child: String, link: String, derived: Bool, documentation: String, location: SourceLocation) {
        self.parent = parent
        self.child = child
        self.link = link
        self.derived = derived
        self.documentation = documentation
        self.location = location
    }
}

/// One object refers to another.
public final class ReferenceRelation {
    public let from: String
    public let to: String
    /// The name of the link element, which is the metadata name in the graph: `virtual-network-network-ipam`. The tag reference
    /// of every object is spelled `<object>-tag`.
    public let link: String
    /// The structured type of the data that the reference carries.
    public let data: String?
    /// A weak reference, made by the system: it does not keep its target from being deleted.
    public let derived: Bool
    public let presence: Presence
    public let operations: Operations
    public let documentation: String
    public let location: SourceLocation

    init(
        from: String, to: String, link: String, data: String?, derived: Bool, presence: Presence, operations: Operations,
        documentation: String, location: SourceLocation
    ) {
        self.from = from
        self.to = to
        self.link = link
        self.data = data
        self.derived = derived
        self.presence = presence
        self.operations = operations
        self.documentation = documentation
        self.location = location
    }
}

/// A link element of the schema, with all the pairs of objects that it joins.
public struct Link {
    public enum Kind: String {
        /// Parent and child.
        case has
        /// A reference.
        case ref
        /// An edge of the graph that the API does not show.
        case link
    }
    public struct End {
        public let from: String
        public let to: String
        public let kind: Kind
        public let derived: Bool
    }
    public let name: String
    public let data: String?
    public let documentation: String
    public let location: SourceLocation
    public var ends: [End]
}

/// A property of an object.
public final class Property {
    /// How the value is stored and updated.
    public enum Collection {
        case single
        /// Element by element: the property's type has exactly one repeated member, named here.
        case list(member: String)
        /// Element by element, found by the member `key` of each element.
        case map(member: String, key: String)
    }
    public let name: String
    public let type: TypeReference
    public let collection: Collection
    public let presence: Presence
    public let operations: Operations
    /// As written in the schema.
    public let defaultValue: String?
    public let documentation: String
    public let location: SourceLocation

    init(
        name: String, type: TypeReference, collection: Collection, presence: Presence, operations: Operations, defaultValue: String?,
        documentation: String, location: SourceLocation
    ) {
        self.name = name
        self.type = type
        self.collection = collection
        self.presence = presence
        self.operations = operations
        self.defaultValue = defaultValue
        self.documentation = documentation
        self.location = location
    }
}

/// A scalar as the wire knows it.
public enum Scalar: String, CaseIterable {
    case string
    case integer
    case unsignedInt
    case unsignedShort
    case unsignedLong
    case boolean
    /// ISO 8601 text.
    case dateTime
    /// Text.
    case time
}

/// The type of a property or member.
public enum TypeReference: Hashable {
    case scalar(Scalar)
    case simple(String)
    case structure(String)
}

/// A structured type: named members.
public final class StructuredType {
    public let name: String
    public let documentation: String
    public let location: SourceLocation
    public let members: [Member]

    init(name: String, documentation: String, location: SourceLocation, members: [Member]) {
        self.name = name
        self.documentation = documentation
        self.location = location
        self.members = members
    }
}

/// A member of a structured type.
public final class Member {
    public enum Cardinality: Equatable {
        case optional
        case required
        /// `maximum` nil: unbounded.
        case many(minimum: Int, maximum: Int?)
    }
    /// Where the value stands in XML.
    public enum Form {
        /// In a child element of the member's name.
        case element
        /// In an attribute of the start tag.
        case attribute
        /// Between the tags: the text of an element that has attributes but no children.
        case content

        /// With its article, for messages.
        var noun: String {
            switch self {
            case .element: "an element"
            case .attribute: "an attribute"
            case .content: "text"
            }
        }
    }
    public let name: String
    public let type: TypeReference
    public let cardinality: Cardinality
    /// nil where the schema says nothing.
    public let presence: Presence?
    public let operations: Operations?
    public let defaultValue: String?
    /// Members with the same number are alternatives.
    public let choice: Int?
    public let form: Form
    public let documentation: String
    public let location: SourceLocation

    init(
        name: String, type: TypeReference, cardinality: Cardinality, presence: Presence?, operations: Operations?, defaultValue: String?,
        choice: Int?, form: Form, documentation: String, location: SourceLocation
    ) {
        self.name = name
        self.type = type
        self.cardinality = cardinality
        self.presence = presence
        self.operations = operations
        self.defaultValue = defaultValue
        self.choice = choice
        self.form = form
        self.documentation = documentation
        self.location = location
    }

    public var isMany: Bool { if case .many = cardinality { true } else { false } }
}

/// A scalar with restrictions and a name.
public struct SimpleType {
    public struct EnumerationValue {
        public let value: String
        public let documentation: String
        public let location: SourceLocation
    }
    public let name: String
    public let documentation: String
    public let location: SourceLocation
    public var base: Scalar
    /// Allowed values; empty when the type is not an enumeration.
    public var enumeration: [EnumerationValue] = []
    public var minimum: Int?
    public var maximum: Int?
    public var minimumLength: Int?
    public var maximumLength: Int?
    /// XSD regular expressions, implicitly anchored; a value matches any of them.
    public var patterns: [String] = []
    /// A union accepts the text of any of these scalars as well as its patterns.
    public var unionScalars: [Scalar] = []
    /// Declared inside a member instead of at the top of the schema.
    public var isAnonymous = false

    public var isEnumeration: Bool { !enumeration.isEmpty }
}
