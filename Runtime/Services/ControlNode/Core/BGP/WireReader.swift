// A bounded cursor over bytes in network order, and its counterpart for writing. Reading beyond the end gives nil; what that means is for
// the caller to say, as the same shortage is a lost attribute in one place and a broken session in another.

import NetworkTypes

public struct WireReader: Sendable {
    private let bytes: [UInt8]
    public private(set) var position: Int
    public let end: Int

    public init(_ bytes: [UInt8]) { self.init(bytes, bytes.indices) }

    /// - Parameter range: what to read; clamped to the bytes.
    public init(_ bytes: [UInt8], _ range: Range<Int>) {
        let range = range.clamped(to: bytes.indices)
        self.bytes = bytes
        position = range.lowerBound
        end = range.upperBound
    }

    public var count: Int { end - position }
    public var isAtEnd: Bool { position >= end }

    public mutating func integer<Integer: FixedWidthInteger & UnsignedInteger>(_ type: Integer.Type, count: Int) -> Integer? {
        guard count <= self.count else { return nil }
        var value: Integer = 0
        for index in position..<position + count { value = value << 8 | Integer(truncatingIfNeeded: bytes[index]) }
        position += count
        return value
    }

    public mutating func u8() -> UInt8? { integer(UInt8.self, count: 1) }
    public mutating func u16() -> UInt16? { integer(UInt16.self, count: 2) }
    public mutating func u24() -> UInt32? { integer(UInt32.self, count: 3) }
    public mutating func u32() -> UInt32? { integer(UInt32.self, count: 4) }
    public mutating func u64() -> UInt64? { integer(UInt64.self, count: 8) }

    /// A reader of the next bytes, which this one passes over.
    public mutating func take(_ count: Int) -> WireReader? {
        guard count >= 0, count <= self.count else { return nil }
        let part = WireReader(bytes, position..<position + count)
        position += count
        return part
    }

    public mutating func skip(_ count: Int) -> Bool { take(count) != nil }

    /// All bytes that are left.
    public var rest: ArraySlice<UInt8> { bytes[position..<end] }

    public mutating func ipv4() -> IPv4Address? { u32().map { IPv4Address(rawValue: $0) } }

    public mutating func ipv6() -> IPv6Address? {
        guard count >= 16, let high = u64(), let low = u64() else { return nil }
        return IPv6Address(high: high, low: low)
    }

    /// The bits of an address that a prefix of so many bits needs; those behind the length do not count (RFC 4271 §4.3).
    public mutating func ipv4Prefix(length: Int) -> IPv4Prefix? {
        let width = (length + 7) / 8
        guard 0...32 ~= length, let bits = integer(UInt32.self, count: width) else { return nil }
        // Swift's shift by 32 and more gives zero.
        return IPv4Prefix(IPv4Address(rawValue: bits << UInt32(32 - 8 * width)), length: length)
    }

    public mutating func ipv6Prefix(length: Int) -> IPv6Prefix? {
        let width = (length + 7) / 8
        guard 0...128 ~= length, width <= count else { return nil }
        let first = min(width, 8)
        guard let high = integer(UInt64.self, count: first), let low = integer(UInt64.self, count: width - first) else { return nil }
        let address = IPv6Address(high: high << UInt64(64 - 8 * first), low: low << UInt64(64 - 8 * (width - first)))
        return IPv6Prefix(address, length: length)
    }
}

extension [UInt8] {
    mutating func append16(_ value: UInt16) {
        append(UInt8(truncatingIfNeeded: value >> 8))
        append(UInt8(truncatingIfNeeded: value))
    }

    mutating func append24(_ value: UInt32) {
        append(UInt8(truncatingIfNeeded: value >> 16))
        append16(UInt16(truncatingIfNeeded: value))
    }

    mutating func append32(_ value: UInt32) {
        append16(UInt16(truncatingIfNeeded: value >> 16))
        append16(UInt16(truncatingIfNeeded: value))
    }

    mutating func append64(_ value: UInt64) {
        append32(UInt32(truncatingIfNeeded: value >> 32))
        append32(UInt32(truncatingIfNeeded: value))
    }

    /// As many bytes of an address as a prefix of so many bits needs.
    mutating func append(prefix: IPPrefix) {
        let count = (prefix.length + 7) / 8
        switch prefix {
        case .v4(let prefix):
            for index in 0..<count { append(UInt8(truncatingIfNeeded: prefix.network.rawValue >> UInt32(24 - 8 * index))) }
        case .v6(let prefix): append(contentsOf: prefix.network.bytes.prefix(count))
        }
    }

    mutating func append(address: IPAddress) {
        switch address {
        case .v4(let address): append32(address.rawValue)
        case .v6(let address):
            append64(address.high)
            append64(address.low)
        }
    }

    /// Writes a length that is known only now into the two bytes that were left for it.
    mutating func patch16(_ value: Int, at index: Int) {
        self[index] = UInt8(truncatingIfNeeded: value >> 8)
        self[index + 1] = UInt8(truncatingIfNeeded: value)
    }
}
