// IPv4 prefixes: what IPv4 has beyond NetworkPrefix.

/// The addresses of a network, such as 192.0.2.0/24.
public typealias IPv4Prefix = NetworkPrefix<IPv4Address>

extension IPv4Address: PrefixableAddress {
    public static let bitCount = 32

    public static let prefixNotation = Notation(
        "an IPv4 prefix", form: "an IPv4 address, '/' and a length from 0 to 32", example: "192.0.2.0/24")

    public func clearingBits(after count: Int) -> IPv4Address {
        IPv4Address(rawValue: rawValue & ~Self.mask(behind: count))
    }

    public func settingBits(after count: Int) -> IPv4Address {
        IPv4Address(rawValue: rawValue | Self.mask(behind: count))
    }

    /// The bits behind the first `count`. Swift's shift gives zero for 32 and more.
    private static func mask(behind count: Int) -> UInt32 { UInt32.max >> count }
}

extension NetworkPrefix where Address == IPv4Address {
    /// The address of all hosts; nil for prefixes of 31 and 32 bits, which have none (RFC 3021).
    public var broadcast: IPv4Address? { length <= 30 ? last : nil }

    /// The addresses that hosts can have: without network and broadcast address, where there are these.
    public var hosts: ClosedRange<IPv4Address> {
        guard length <= 30 else { return first...last }
        return IPv4Address(rawValue: first.rawValue + 1)...IPv4Address(rawValue: last.rawValue - 1)
    }

    /// The multicast prefix, 224.0.0.0/4.
    public static var multicast: IPv4Prefix { IPv4Prefix(IPv4Address(224, 0, 0, 0), length: 4) }
}
