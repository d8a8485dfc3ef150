// MPLS labels (RFC 3032): 20 bits, alone or in the three bytes that BGP puts before a prefix (RFC 8277 §2.2): label, traffic class, bottom
// of stack.

/// An MPLS label.
public struct MPLSLabel: NetworkValue {
    public static let greatest: UInt32 = 0xF_FFFF

    public let rawValue: UInt32

    /// Nil for more than 20 bits.
    public init?(_ rawValue: UInt32) {
        guard rawValue <= Self.greatest else { return nil }
        self.rawValue = rawValue
    }

    /// The packet behind the label is IPv4.
    public static let explicitNull = MPLSLabel(reserved: 0)
    /// The packet is looked at by each router on its way.
    public static let routerAlert = MPLSLabel(reserved: 1)
    /// The packet behind the label is IPv6.
    public static let explicitNullIPv6 = MPLSLabel(reserved: 2)
    /// Told to a neighbour that shall send packets without a label; never in a packet.
    public static let implicitNull = MPLSLabel(reserved: 3)

    private init(reserved: UInt32) { rawValue = reserved }

    /// 0 to 15 have fixed meanings (RFC 7274); no route is given one of them.
    public var isReserved: Bool { rawValue < 16 }

    public static func < (left: MPLSLabel, right: MPLSLabel) -> Bool { left.rawValue < right.rawValue }

    // MARK: Text

    public static let notation = Notation("an MPLS label", form: "a number from 0 to 1048575", example: "299776")

    public init(parsing text: String) throws(NotationError) {
        rawValue = try Self.notation.parse(text) { bytes throws(NotationProblem) in
            UInt32(try NumberNotation.decimal(bytes, maximum: UInt64(Self.greatest), "label"))
        }
    }

    public var description: String { String(rawValue) }

    // MARK: Bytes

    /// The three bytes that stand before a prefix in BGP.
    public func bytes(bottomOfStack: Bool = true) -> [UInt8] {
        var bytes: [UInt8] = []
        BigEndian.append(rawValue << 4 | (bottomOfStack ? 1 : 0), count: 3, to: &bytes)
        return bytes
    }

    /// The label in three bytes; traffic class and bottom of stack are dropped. Nil when there are more or fewer bytes.
    public init?(bytes: some Collection<UInt8>) {
        guard let value: UInt32 = BigEndian.integer(bytes, count: 3) else { return nil }
        rawValue = value >> 4
    }
}
