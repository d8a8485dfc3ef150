// Autonomous system numbers: two bytes (RFC 4271), four (RFC 6793), and how they are written (RFC 5396).

/// The number of an autonomous system.
public struct ASNumber: FixedWidthNetworkValue {
    public let rawValue: UInt32

    public init(_ rawValue: UInt32) { self.rawValue = rawValue }

    /// Stands for a four-byte number where only two bytes fit (RFC 6793).
    public static let transition = ASNumber(23456)

    /// Whether it fits two bytes.
    public var isTwoByte: Bool { rawValue <= 0xFFFF }
    /// For use inside an organisation (RFC 6996).
    public var isPrivate: Bool { (64512...65534).contains(rawValue) || (4_200_000_000...4_294_967_294).contains(rawValue) }
    /// 0 (RFC 7607), 23456, 65535 and 4294967295 (RFC 7300): no autonomous system has them.
    public var isReserved: Bool { rawValue == 0 || self == .transition || rawValue == 0xFFFF || rawValue == .max }

    public static func < (left: ASNumber, right: ASNumber) -> Bool { left.rawValue < right.rawValue }

    // MARK: Text

    public static let notation = Notation(
        "an AS number", form: "a number from 0 to 4294967295, or two from 0 to 65535 with a dot between them", example: "64512 or 1.10")

    /// `65546`, or `1.10`, which means the same.
    public init(parsing text: String) throws(NotationError) {
        self = try Self.notation.parse(text) { bytes throws(NotationProblem) in try Self.parse(bytes) }
    }

    static func parse(_ text: ArraySlice<UInt8>) throws(NotationProblem) -> ASNumber {
        guard let (high, low) = NumberNotation.divide(text, at: NumberNotation.dot) else {
            return ASNumber(UInt32(try NumberNotation.decimal(text, maximum: UInt64(UInt32.max), "AS number")))
        }
        let upper = try NumberNotation.decimal(high, maximum: 0xFFFF, "half of an AS number")
        return ASNumber(UInt32(upper << 16 | (try NumberNotation.decimal(low, maximum: 0xFFFF, "half of an AS number"))))
    }

    /// The plain decimal number.
    public var description: String { String(rawValue) }

    /// Both halves with a dot between them, `1.10`, whatever the number.
    public var dotted: String { "\(rawValue >> 16).\(rawValue & 0xFFFF)" }

    // MARK: Bytes

    public static let byteCount = 4

    /// Two bytes are accepted too.
    public init?(bytes: some Collection<UInt8>) {
        guard let value: UInt32 = BigEndian.integer(bytes, count: bytes.count == 2 ? 2 : 4) else { return nil }
        rawValue = value
    }

    public func append(to bytes: inout [UInt8]) { BigEndian.append(rawValue, to: &bytes) }
}
