// Route distinguishers (RFC 4364 §4.2): eight bytes before a prefix, that make equal prefixes of different VPNs different routes. Routers
// must carry types they do not know, so any eight bytes are a value; those of unknown types are written as a hexadecimal number.

/// What tells equal prefixes of different VPNs apart.
public struct RouteDistinguisher: FixedWidthNetworkValue {
    /// The eight bytes as a number: two of type, six of value.
    public let rawValue: UInt64

    public init(rawValue: UInt64) { self.rawValue = rawValue }

    public init(_ number: AdministeredNumber) { rawValue = UInt64(number.type) << 48 | number.value }

    /// Type 1, as agents make them: the host's address and the number of the routing table there.
    public init(_ address: IPv4Address, _ number: UInt16) { self.init(.address(address, number)) }

    /// `0:0`.
    public static let zero = RouteDistinguisher(rawValue: 0)

    public var type: UInt16 { UInt16(truncatingIfNeeded: rawValue >> 48) }

    /// Administrator and number; nil for unknown types.
    public var number: AdministeredNumber? {
        UInt8(exactly: type).flatMap { AdministeredNumber(type: $0, value: rawValue & 0xFFFF_FFFF_FFFF) }
    }

    public static func < (left: RouteDistinguisher, right: RouteDistinguisher) -> Bool { left.rawValue < right.rawValue }

    // MARK: Text

    public static let notation = Notation(
        "a route distinguisher", form: "an AS number or IPv4 address, ':' and a number", example: "64512:100 or 192.0.2.1:5")

    public init(parsing text: String) throws(NotationError) {
        self = try Self.notation.parse(text) { bytes throws(NotationProblem) in
            if let raw = try RawHexadecimal.parse(bytes) { return RouteDistinguisher(rawValue: raw) }
            return RouteDistinguisher(try AdministeredNumber.parse(bytes))
        }
    }

    public var description: String { number?.description ?? RawHexadecimal.text(rawValue) }

    // MARK: Bytes

    public static let byteCount = 8

    public init?(bytes: some Collection<UInt8>) {
        guard let value: UInt64 = BigEndian.integer(bytes) else { return nil }
        rawValue = value
    }

    public func append(to bytes: inout [UInt8]) { BigEndian.append(rawValue, to: &bytes) }
}
