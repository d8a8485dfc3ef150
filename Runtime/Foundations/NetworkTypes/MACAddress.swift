// Ethernet addresses (IEEE 802, EUI-48).

/// A MAC address.
public struct MACAddress: FixedWidthNetworkValue {
    /// The address as a number, in the lowest 48 bits.
    public let rawValue: UInt64

    /// - Precondition: the value has no more than 48 bits.
    public init(rawValue: UInt64) {
        precondition(rawValue >> 48 == 0, "a MAC address has 48 bits")
        self.rawValue = rawValue
    }

    public init(_ first: UInt8, _ second: UInt8, _ third: UInt8, _ fourth: UInt8, _ fifth: UInt8, _ sixth: UInt8) {
        let high = UInt64(first) << 40 | UInt64(second) << 32 | UInt64(third) << 24
        rawValue = high | UInt64(fourth) << 16 | UInt64(fifth) << 8 | UInt64(sixth)
    }

    /// 00:00:00:00:00:00.
    public static let zero = MACAddress(rawValue: 0)
    /// ff:ff:ff:ff:ff:ff: all stations.
    public static let broadcast = MACAddress(rawValue: 0xFFFF_FFFF_FFFF)

    public var isBroadcast: Bool { self == .broadcast }
    /// Addresses a group of stations; the broadcast address does too.
    public var isMulticast: Bool { rawValue >> 40 & 1 != 0 }
    /// Given by an administrator or a program, not by a manufacturer.
    public var isLocallyAdministered: Bool { rawValue >> 40 & 2 != 0 }

    public static func < (left: MACAddress, right: MACAddress) -> Bool { left.rawValue < right.rawValue }

    // MARK: Text

    public static let notation = Notation(
        "a MAC address", form: "six pairs of hexadecimal digits with ':' or '-' between them", example: "02:00:5e:10:00:01")

    public init(parsing text: String) throws(NotationError) {
        self = try Self.notation.parse(text) { bytes throws(NotationProblem) in
            let values = try NumberNotation.hexadecimalPairs(bytes, count: 6)
            return MACAddress(rawValue: values.reduce(0) { $0 << 8 | UInt64($1) })
        }
    }

    public var description: String { NumberNotation.text(ofPairs: bytes) }

    // MARK: Bytes

    public static let byteCount = 6

    public init?(bytes: some Collection<UInt8>) {
        guard let value: UInt64 = BigEndian.integer(bytes, count: 6) else { return nil }
        rawValue = value
    }

    public func append(to bytes: inout [UInt8]) { BigEndian.append(rawValue, count: 6, to: &bytes) }
}
