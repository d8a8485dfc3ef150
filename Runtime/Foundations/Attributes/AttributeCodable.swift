// What generated types promise: to read themselves from attributes and write themselves as attributes.

/// A message or structure made of netlink attributes.
public protocol AttributeCodable: Sendable {
    /// What the schema calls it; errors begin with it.
    static var attributeSet: StaticString { get }

    /// Reads all attributes that are left in the reader.
    init(from reader: inout AttributeReader) throws(AttributeError)

    /// Writes its attributes. Fails for a value that the reader would refuse.
    func encode(to writer: inout AttributeWriter) throws(AttributeError)
}

/// What is sent on its own.
public protocol AttributeMessage: AttributeCodable {
    /// The command in the generic netlink header.
    static var command: UInt8 { get }
    /// The most bytes that the attributes take.
    static var maximumBytes: Int { get }
}

extension AttributeCodable {
    /// Reads a message from its attributes, headers of the netlink message removed.
    public init(attributes bytes: [UInt8]) throws(AttributeError) { try self.init(attributes: bytes, in: bytes.indices) }

    /// Reads a message from a part of a buffer. Offsets in errors count from the beginning of that part.
    public init(attributes bytes: [UInt8], in range: Range<Int>) throws(AttributeError) {
        var reader = AttributeReader(bytes, in: range, of: Self.attributeSet)
        try self.init(from: &reader)
    }

    /// The attributes, as they follow the headers of a netlink message.
    public func attributes() throws(AttributeError) -> [UInt8] {
        var writer = AttributeWriter(of: Self.attributeSet)
        try encode(to: &writer)
        return writer.bytes
    }
}

/// A number with names: an enumeration, or a set of flags.
public protocol AttributeEnumeration: RawRepresentable, Sendable
where RawValue: FixedWidthInteger & UnsignedInteger & BitwiseCopyable & Sendable {
    /// Nil for a number (a bit, of flags) that the schema does not know, unless it says that others may pass.
    init?(checking rawValue: RawValue)

    /// Every value with a name, in the order of the schema. Of flags, every bit.
    static var named: [AttributeName<Self>] { get }
}

/// A value and what the schema calls it.
public struct AttributeName<Value: AttributeEnumeration>: Sendable {
    public let value: Value
    /// As the schema spells it: `vrf-translate`.
    public let name: String
    /// What it means, for people; where the schema asks for it.
    public let sentence: String?

    public init(_ value: Value, _ name: String, _ sentence: String? = nil) {
        self.value = value
        self.name = name
        self.sentence = sentence
    }
}

extension AttributeEnumeration {
    /// The value that the schema calls so.
    public init?(name: String) {
        guard let found = Self.named.first(where: { $0.name == name }) else { return nil }
        self = found.value
    }

    /// What the schema calls it; the number for a value without a name.
    public var name: String { Self.named.first { $0.value.rawValue == rawValue }?.name ?? "\(rawValue)" }

    /// What it means, where the schema gives sentences.
    public var sentence: String? { Self.named.first { $0.value.rawValue == rawValue }?.sentence }
}

extension AttributeEnumeration where Self: OptionSet {
    /// The names of the bits that are set, in the order of the schema; bits without a name as `bit-7`.
    public var names: [String] {
        var rest = rawValue
        var names: [String] = []
        for bit in Self.named where rawValue & bit.value.rawValue != 0 {
            names.append(bit.name)
            rest &= ~bit.value.rawValue
        }
        return names + (0..<RawValue.bitWidth).filter { rest >> $0 & 1 != 0 }.map { "bit-\($0)" }
    }
}

/// An attribute's number, with the mark that it must not be skipped by those who do not know it.
public struct AttributeNumber: ExpressibleByIntegerLiteral, Sendable, Hashable {
    let word: UInt16

    public init(integerLiteral value: UInt16) { word = value }
    private init(word: UInt16) { self.word = word }

    /// Marks a number: a receiver that does not know it refuses the message.
    public static func mustUnderstand(_ number: UInt16) -> AttributeNumber {
        AttributeNumber(word: number | AttributeHeader.mustUnderstand)
    }

    /// Without the mark.
    var number: Int { Int(word & AttributeHeader.numberMask) }
}

/// The 16-bit words of an attribute's header, and the bits that share the second with the number.
enum AttributeHeader {
    static let bytes = 4
    static let nested: UInt16 = 0x8000
    static let mustUnderstand: UInt16 = 0x2000
    static let numberMask: UInt16 = 0x1FFF
    /// The number of each element of a list of structures.
    static let element: UInt16 = 1
}
