// VXLAN network identifiers (RFC 7348 §5): 24 bits that tell the virtual networks of one underlay apart.

/// The number of a virtual network in VXLAN packets.
public struct VXLANNetworkIdentifier: FixedWidthNetworkValue {
    public static let greatest: UInt32 = 0xFF_FFFF

    public let rawValue: UInt32

    /// Nil for more than 24 bits.
    public init?(_ rawValue: UInt32) {
        guard rawValue <= Self.greatest else { return nil }
        self.rawValue = rawValue
    }

    public static func < (left: VXLANNetworkIdentifier, right: VXLANNetworkIdentifier) -> Bool { left.rawValue < right.rawValue }

    // MARK: Text

    public static let notation = Notation("a VXLAN network identifier", form: "a number from 0 to 16777215", example: "5001")

    public init(parsing text: String) throws(NotationError) {
        rawValue = try Self.notation.parse(text) { bytes throws(NotationProblem) in
            UInt32(try NumberNotation.decimal(bytes, maximum: UInt64(Self.greatest)))
        }
    }

    public var description: String { String(rawValue) }

    // MARK: Bytes

    public static let byteCount = 3

    public init?(bytes: some Collection<UInt8>) {
        guard let value: UInt32 = BigEndian.integer(bytes, count: 3) else { return nil }
        rawValue = value
    }

    public func append(to bytes: inout [UInt8]) { BigEndian.append(rawValue, count: 3, to: &bytes) }
}
