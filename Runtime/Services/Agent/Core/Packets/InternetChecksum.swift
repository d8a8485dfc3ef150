// The checksum of IPv4, ICMP, UDP and TCP (RFC 1071).

import NetworkTypes

/// The sum over a run of bytes, which may be given in parts. Only the last part may have an odd length.
public struct InternetChecksum: Sendable {
    private var sum: UInt64 = 0

    public init() {}

    /// The sum over one run of bytes.
    public static func of(_ bytes: some Sequence<UInt8>) -> UInt16 {
        var checksum = InternetChecksum()
        checksum.add(bytes)
        return checksum.value
    }

    /// What UDP and ICMPv6 put before their own bytes.
    public static func pseudoHeader(_ source: IPv4Address, _ destination: IPv4Address, _ number: UInt8, length: Int) -> InternetChecksum {
        var checksum = InternetChecksum()
        checksum.add(source.bytes)
        checksum.add(destination.bytes)
        checksum.sum += UInt64(number) + UInt64(length)
        return checksum
    }

    public mutating func add(_ bytes: some Sequence<UInt8>) {
        var isHigh = true
        for byte in bytes {
            sum += isHigh ? UInt64(byte) << 8 : UInt64(byte)
            isHigh.toggle()
        }
    }

    /// What is put into the header; 0 over a header that has the right one in it.
    public var value: UInt16 {
        var folded = sum
        while folded >> 16 != 0 { folded = (folded & 0xFFFF) + folded >> 16 }
        return ~UInt16(folded)
    }
}
