// Ethernet segment identifiers (RFC 7432 §5): ten bytes that name the set of links by which a device is attached to several routers. The
// first byte is the type, which says how the other nine were made.

/// The name of an Ethernet segment.
public struct EthernetSegmentIdentifier: FixedWidthNetworkValue {
    /// The type and the first byte of the value.
    private let high: UInt16
    /// The last eight bytes.
    private let low: UInt64

    private init(high: UInt16, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// All zeros: the device is attached to one router only.
    public static let singleHomed = EthernetSegmentIdentifier(high: 0, low: 0)
    /// All ones: reserved (MAX-ET).
    public static let greatest = EthernetSegmentIdentifier(high: .max, low: .max)

    /// 0 given by the operator, 1 from LACP, 2 from spanning tree, 3 from a MAC address, 4 from a router id, 5 from an AS number.
    public var type: UInt8 { UInt8(truncatingIfNeeded: high >> 8) }

    public var isSingleHomed: Bool { self == .singleHomed }

    public static func < (left: EthernetSegmentIdentifier, right: EthernetSegmentIdentifier) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }

    // MARK: Text

    public static let notation = Notation(
        "an Ethernet segment identifier", form: "ten pairs of hexadecimal digits with ':' or '-' between them",
        example: "00:11:22:33:44:55:66:77:88:99")

    public init(parsing text: String) throws(NotationError) {
        self = try Self.notation.parse(text) { bytes throws(NotationProblem) in
            let values = try NumberNotation.hexadecimalPairs(bytes, count: 10)
            return EthernetSegmentIdentifier(
                high: values.prefix(2).reduce(0) { $0 << 8 | UInt16($1) }, low: values.dropFirst(2).reduce(0) { $0 << 8 | UInt64($1) })
        }
    }

    public var description: String { NumberNotation.text(ofPairs: bytes) }

    // MARK: Bytes

    public static let byteCount = 10

    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 10, let high: UInt16 = BigEndian.integer(bytes.prefix(2)),
            let low: UInt64 = BigEndian.integer(bytes.dropFirst(2))
        else { return nil }
        self.init(high: high, low: low)
    }

    public func append(to bytes: inout [UInt8]) {
        BigEndian.append(high, to: &bytes)
        BigEndian.append(low, to: &bytes)
    }
}
