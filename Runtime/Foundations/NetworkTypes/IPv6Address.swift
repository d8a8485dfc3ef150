// IPv6 addresses (RFC 4291). This file: the value. IPv6Address+Text.swift: its text.

/// An IPv6 address.
public struct IPv6Address: FixedWidthNetworkValue {
    /// The first 64 bits: the network's part.
    public let high: UInt64
    /// The last 64 bits: the interface's part.
    public let low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// An address of eight groups, as it is written.
    public init(
        _ first: UInt16, _ second: UInt16, _ third: UInt16, _ fourth: UInt16, _ fifth: UInt16, _ sixth: UInt16, _ seventh: UInt16,
        _ eighth: UInt16
    ) {
        high = UInt64(first) << 48 | UInt64(second) << 32 | UInt64(third) << 16 | UInt64(fourth)
        low = UInt64(fifth) << 48 | UInt64(sixth) << 32 | UInt64(seventh) << 16 | UInt64(eighth)
    }

    /// The IPv4-mapped address ::ffff:a.b.c.d.
    public init(mapping address: IPv4Address) {
        self.init(high: 0, low: 0xFFFF << 32 | UInt64(address.rawValue))
    }

    /// `::`.
    public static let any = IPv6Address(high: 0, low: 0)
    /// `::1`.
    public static let loopback = IPv6Address(high: 0, low: 1)

    public var isUnspecified: Bool { high == 0 && low == 0 }
    public var isLoopback: Bool { high == 0 && low == 1 }
    /// fe80::/10.
    public var isLinkLocal: Bool { high >> 54 == 0x3FA }
    /// fc00::/7 (RFC 4193).
    public var isUniqueLocal: Bool { high >> 57 == 0x7E }
    /// ff00::/8.
    public var isMulticast: Bool { high >> 56 == 0xFF }

    /// The IPv4 address of an IPv4-mapped address.
    public var mappedIPv4Address: IPv4Address? {
        high == 0 && low >> 32 == 0xFFFF ? IPv4Address(rawValue: UInt32(truncatingIfNeeded: low)) : nil
    }

    /// One of the eight groups of 16 bits.
    public func group(_ index: Int) -> UInt16 {
        precondition((0..<8).contains(index), "an IPv6 address has groups 0 to 7, not \(index)")
        return UInt16(truncatingIfNeeded: (index < 4 ? high : low) >> UInt64(16 * (3 - index % 4)))
    }

    /// The address so many further on; nil outside the address space.
    public func advanced(by distance: Int) -> IPv6Address? {
        let magnitude = UInt64(distance.magnitude)
        let (sum, carry) = distance < 0 ? low.subtractingReportingOverflow(magnitude) : low.addingReportingOverflow(magnitude)
        guard carry else { return IPv6Address(high: high, low: sum) }
        let (upper, overflow) = distance < 0 ? high.subtractingReportingOverflow(1) : high.addingReportingOverflow(1)
        return overflow ? nil : IPv6Address(high: upper, low: sum)
    }

    public static func < (left: IPv6Address, right: IPv6Address) -> Bool { (left.high, left.low) < (right.high, right.low) }

    // MARK: Bytes

    public static let byteCount = 16

    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 16, let high: UInt64 = BigEndian.integer(bytes.prefix(8)),
            let low: UInt64 = BigEndian.integer(bytes.dropFirst(8))
        else { return nil }
        self.init(high: high, low: low)
    }

    public func append(to bytes: inout [UInt8]) {
        BigEndian.append(high, to: &bytes)
        BigEndian.append(low, to: &bytes)
    }
}
