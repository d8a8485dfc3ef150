// The third representation of Sandesh messages: what processes tell the collector, as length-tagged XML.

/// Sandesh messages and the structures that they carry.
public struct SandeshModel {
    public internal(set) var files: [MessageFile] = []
    public internal(set) var enumerations: [SandeshEnumeration] = []
    public internal(set) var structures: [SandeshStructure] = []
    public internal(set) var messages: [SandeshMessage] = []

    public init() {}
}

/// Named numbers; an i32 on the wire.
public struct SandeshEnumeration {
    public let name: String
    public let values: [NamedNumber]
    public let documentation: String
    public let location: SourceLocation
}

/// Named fields.
public struct SandeshStructure {
    public let name: String
    public let fields: [SandeshField]
    public let documentation: String
    public let location: SourceLocation
}

/// What is sent on its own.
public struct SandeshMessage {
    /// What the receiver does with a message. The raw value is the schema's word.
    public enum Kind: String, CaseIterable, Sendable {
        case systemLog = "system-log"
        case objectLog = "object-log"
        case uve
        case trace
        case request
        case response
        case flow

        /// Where in the source the message arose comes first in its body.
        public var carriesSourcePlace: Bool { self == .systemLog || self == .trace || self == .objectLog }
        /// The receiver needs to be told whether more messages belong to the same answer.
        public var carriesMore: Bool { self == .response }
        /// Fields of logs and traces are all there, always: their tables have a column for each.
        public var allowsOptionalFields: Bool { self == .request || self == .response || self == .objectLog }
    }

    public let name: String
    public let kind: Kind
    public let fields: [SandeshField]
    /// Changes whenever what is sent changes: two builds that disagree on a message can be told apart.
    public internal(set) var versionSignature: Int32 = 0
    /// Whether a field, here or in a structure held, carries an object's key.
    public internal(set) var hasKey = false
    public let documentation: String
    public let location: SourceLocation
}

/// A field of a message or structure.
public struct SandeshField {
    public enum Cardinality: Equatable {
        case single
        case list
        /// Without order, each value once.
        case set
        case map(key: SandeshScalar)
    }
    public let name: String
    /// Written as the attribute `identifier`.
    public let number: Int
    public let type: SandeshType
    public let cardinality: Cardinality
    public let isOptional: Bool
    /// Attributes that tell the analytics nodes what to do with the value, sorted by name as they are written.
    public let annotations: [SandeshAnnotation]
    public let documentation: String
    public let location: SourceLocation

    /// The object table of the object that this field's value names; `*` when the sender chooses it for each message.
    public var key: String? { annotations.first { $0.name == "key" }?.value }
}

/// An attribute on a field's element: `aggtype="union"`.
public struct SandeshAnnotation: Equatable {
    public let name: String
    public let value: String
}

/// A scalar, by its name on the wire.
public enum SandeshScalar: String, CaseIterable, Sendable {
    case bool
    case byte
    case u16
    case i16
    case i32
    case u32
    case i64
    case u64
    case double
    case string
    case ipv4
    case ipaddr
    case xml
    case uuid = "uuid_t"

    /// Values that can be told apart and put in order: keys of maps, elements of sets.
    public var isOrdered: Bool {
        switch self {
        case .byte, .u16, .i16, .i32, .u32, .i64, .u64, .string: true
        case .bool, .double, .ipv4, .ipaddr, .xml, .uuid: false
        }
    }
}

/// What a field holds.
public enum SandeshType: Equatable {
    case scalar(SandeshScalar)
    /// Index into `SandeshModel.enumerations`.
    case enumeration(Int)
    /// Index into `SandeshModel.structures`.
    case structure(Int)
}
