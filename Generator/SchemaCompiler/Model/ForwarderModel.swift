// The third representation of the messages between agent and forwarder: netlink attributes, with their numbers and bounds.

/// Messages made of netlink attributes.
public struct ForwarderModel {
    public internal(set) var family: ForwarderFamily?
    public internal(set) var files: [MessageFile] = []
    public internal(set) var enumerations: [ForwarderEnumeration] = []
    public internal(set) var structures: [AttributeSet] = []
    public internal(set) var messages: [AttributeSet] = []

    public init() {}

    /// The generic netlink family's name, which prefixes every name in C.
    public var prefix: String { family?.name ?? "" }
}

/// The generic netlink family of the messages.
public struct ForwarderFamily {
    public let name: String
    public let version: UInt8
    public let documentation: String
    public let location: SourceLocation
    /// Index into `ForwarderModel.files` of the file that declares it. What is generated about all messages goes with that file.
    public let file: Int
}

/// Named numbers, or named bits.
public struct ForwarderEnumeration {
    public let name: String
    public let base: AttributeScalar
    public let isFlags: Bool
    /// Numbers (bits) without a name pass the codecs.
    public let isExtensible: Bool
    /// The first sentence of each value's documentation is there for tools to show.
    public let hasSentences: Bool
    public let values: [NamedNumber]
    public let documentation: String
    public let location: SourceLocation

    /// The bits that may be set: of flags in the value itself; of an enumeration `1 << value`, which is why the values of one
    /// that is not extensible are below 64.
    public var mask: UInt64 {
        values.reduce(0) { $1.number < 64 ? $0 | 1 << $1.number : $0 }
    }
}

/// The attributes of a message, or of a structure nested in one.
public struct AttributeSet {
    public let name: String
    /// The command in the generic netlink header; nil for a structure.
    public let command: UInt8?
    public internal(set) var attributes: [Attribute]
    public let documentation: String
    public let location: SourceLocation
    /// The most bytes that all attributes together take on the wire, padding included.
    public internal(set) var maximumBytes = 0
}

/// One attribute.
public struct Attribute {
    public let name: String
    /// As given in the schema, 1…64.
    public let number: Int
    public let type: AttributeType
    /// The most elements of a list; nil for a single value.
    public let maximumCount: Int?
    public let isRequired: Bool
    /// A receiver that does not know this attribute refuses the message.
    public let refusesWhenUnknown: Bool
    /// The values allowed, where fewer than the width holds.
    public let range: ClosedRange<UInt64>?
    public let documentation: String
    public let location: SourceLocation

    /// Set in the wire number of attributes that must not be skipped. Netlink keeps the two bits above for itself.
    public static let mustUnderstand = 0x2000
    public var wireNumber: Int { refusesWhenUnknown ? number | Self.mustUnderstand : number }
}

/// A value of fixed width.
public enum AttributeScalar: String, CaseIterable, Sendable {
    case u8
    case u16
    case u32
    case u64
    case be16
    case be32
    case ipv4
    case ipv6
    case mac
    case uuid

    public var bytes: Int {
        switch self {
        case .u8: 1
        case .u16, .be16: 2
        case .u32, .be32, .ipv4: 4
        case .mac: 6
        case .u64: 8
        case .ipv6, .uuid: 16
        }
    }

    /// Numbers may be given a range.
    public var isNumber: Bool {
        switch self {
        case .u8, .u16, .u32, .u64, .be16, .be32: true
        case .ipv4, .ipv6, .mac, .uuid: false
        }
    }

    /// The greatest number of this width.
    public var greatest: UInt64 { bytes >= 8 ? .max : (1 << UInt64(bytes * 8)) - 1 }
}

/// What an attribute holds.
public enum AttributeType: Equatable {
    case scalar(AttributeScalar)
    /// Index into `ForwarderModel.enumerations`; flags as well.
    case enumeration(Int)
    case string(maximumLength: Int)
    case bytes(maximumLength: Int)
    case flag
    /// Index into `ForwarderModel.structures`.
    case structure(Int)
}

extension ForwarderModel {
    /// The attribute header: length and number.
    static let headerBytes = 4
    /// The length in the header has 16 bits and counts the header.
    static let maximumPayload = 65535 - headerBytes

    /// The most bytes that the value of an attribute takes, without header and padding.
    func maximumPayload(of attribute: Attribute) -> Int {
        let single: Int
        switch attribute.type {
        case .scalar(let scalar): single = scalar.bytes
        case .enumeration(let index): single = enumerations[index].base.bytes
        case .string(let length): single = length + 1
        case .bytes(let length): single = length
        case .flag: single = 0
        case .structure(let index): single = structures[index].maximumBytes
        }
        guard let count = attribute.maximumCount else { return single }
        // Structures are attributes of their own within the list; anything else stands packed.
        if case .structure = attribute.type { return count * (Self.headerBytes + Self.padded(single)) }
        return count * single
    }

    static func padded(_ bytes: Int) -> Int { (bytes + 3) & ~3 }
}
