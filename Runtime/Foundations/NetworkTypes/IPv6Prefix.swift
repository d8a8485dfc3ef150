// IPv6 prefixes: what IPv6 has beyond NetworkPrefix.

/// The addresses of a network, such as 2001:db8::/32.
public typealias IPv6Prefix = NetworkPrefix<IPv6Address>

extension IPv6Address: PrefixableAddress {
    public static let bitCount = 128

    public static let prefixNotation = Notation(
        "an IPv6 prefix", form: "an IPv6 address, '/' and a length from 0 to 128", example: "2001:db8::/32")

    public func clearingBits(after count: Int) -> IPv6Address {
        IPv6Address(high: high & ~Self.highMask(behind: count), low: low & ~Self.lowMask(behind: count))
    }

    public func settingBits(after count: Int) -> IPv6Address {
        IPv6Address(high: high | Self.highMask(behind: count), low: low | Self.lowMask(behind: count))
    }

    // The bits behind the first `count` in either half. Swift's shift gives zero for 64 and more.
    private static func highMask(behind count: Int) -> UInt64 { UInt64.max >> count }
    private static func lowMask(behind count: Int) -> UInt64 { UInt64.max >> max(count - 64, 0) }
}

extension NetworkPrefix where Address == IPv6Address {
    /// The multicast prefix, ff00::/8.
    public static var multicast: IPv6Prefix { IPv6Prefix(IPv6Address(0xFF00, 0, 0, 0, 0, 0, 0, 0), length: 8) }
}
