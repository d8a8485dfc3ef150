// What was wrong with a run of netlink attributes. The reasons are those of the C codec (vrouter_attributes.h), and for the same bytes
// both name the same reason, attribute and offset.

/// An attribute that was refused, and why.
public struct AttributeError: Error, Sendable, Hashable {
    /// Why. More may come: a `switch` needs a default.
    public struct Reason: RawRepresentable, Sendable, Hashable {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// An attribute's length is less than its header or more than what is left.
        public static let truncated = Reason(rawValue: 1)
        /// A value is shorter or longer than its kind allows.
        public static let length = Reason(rawValue: 2)
        /// A number is outside its range, or is not one of an enumeration's, or has a bit set that has no meaning.
        public static let value = Reason(rawValue: 3)
        /// Text is not UTF-8, or has a zero byte before its end.
        public static let text = Reason(rawValue: 4)
        /// An attribute occurs twice.
        public static let repeated = Reason(rawValue: 5)
        /// A required attribute is not there.
        public static let missing = Reason(rawValue: 6)
        /// An attribute is not known, and may not be skipped.
        public static let unknown = Reason(rawValue: 7)
        /// A list has more elements than are allowed.
        public static let tooMany = Reason(rawValue: 8)
    }

    public let reason: Reason
    /// The message or structure that the attribute belongs to, as the schema calls it.
    public let set: String
    /// The attribute's name in the schema; nil when its number is not known.
    public let attribute: String?
    /// The attribute's number; 0 when there is none.
    public let number: Int
    /// Where the attribute begins, in bytes from the message's first attribute. A missing one begins where the attributes end.
    public let offset: Int
    /// What was found, and what would have been right.
    public let detail: String

    public init(_ reason: Reason, set: String, attribute: String?, number: Int, offset: Int, detail: String) {
        self.reason = reason
        self.set = set
        self.attribute = attribute
        self.number = number
        self.offset = offset
        self.detail = detail
    }
}

extension AttributeError: CustomStringConvertible {
    /// `next-hop.label, at byte 24: 70000000 is not from 0 to 16777215`
    public var description: String {
        "\(attribute.map { "\(set).\($0)" } ?? (number == 0 ? set : "\(set), attribute \(number)")), at byte \(offset): \(detail)"
    }
}
