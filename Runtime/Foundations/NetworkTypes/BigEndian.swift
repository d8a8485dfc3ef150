// Integers in network byte order.

enum BigEndian {
    /// The value of exactly `count` bytes; nil when there are more or fewer.
    static func integer<Integer: FixedWidthInteger & UnsignedInteger>(
        _ bytes: some Collection<UInt8>, count: Int = Integer.bitWidth / 8
    ) -> Integer? {
        var value: Integer = 0
        var length = 0
        for byte in bytes {
            guard length < count else { return nil }
            value = value << 8 | Integer(byte)
            length += 1
        }
        return length == count ? value : nil
    }

    /// Appends the lowest `count` bytes of a value, most significant first.
    static func append<Integer: FixedWidthInteger & UnsignedInteger>(
        _ value: Integer, count: Int = Integer.bitWidth / 8, to bytes: inout [UInt8]
    ) {
        for index in (0..<count).reversed() { bytes.append(UInt8(truncatingIfNeeded: value >> Integer(8 * index))) }
    }
}
