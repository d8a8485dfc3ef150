// Integers as decimal text: the length first, then the digits from the last to the first, two a division.

enum DecimalDigits {
    /// Enough for every 64-bit integer: twenty digits, or nineteen and a sign.
    static let maximumLength = 20

    private static let pairs: StaticString = """
        0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849\
        5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899
        """

    /// Writes the digits, with a sign where needed, and returns how many bytes they are: at most `maximumLength`.
    @inline(__always)
    static func write(_ value: some FixedWidthInteger, to buffer: UnsafeMutableRawPointer) -> Int {
        var start = 0
        if value < 0 {
            buffer.storeBytes(of: ASCII.minus, as: UInt8.self)
            start = 1
        }
        return start &+ write(magnitude: UInt64(truncatingIfNeeded: value.magnitude), to: buffer + start)
    }

    private static func write(magnitude: UInt64, to buffer: UnsafeMutableRawPointer) -> Int {
        let length = length(of: magnitude)
        var rest = magnitude
        var position = length
        while rest >= 10 {
            let (quotient, remainder) = rest.quotientAndRemainder(dividingBy: 100)
            rest = quotient
            position &-= 2
            let pair = pairs.utf8Start + 2 &* Int(truncatingIfNeeded: remainder)
            buffer.storeBytes(of: pair[0], toByteOffset: position, as: UInt8.self)
            buffer.storeBytes(of: pair[1], toByteOffset: position &+ 1, as: UInt8.self)
        }
        // An odd number of digits leaves one.
        if position > 0 { buffer.storeBytes(of: ASCII.zero &+ UInt8(truncatingIfNeeded: rest), as: UInt8.self) }
        return length
    }

    private static func length(of magnitude: UInt64) -> Int {
        var rest = magnitude
        var length = 1
        while rest >= 10_000 {
            rest /= 10_000
            length &+= 4
        }
        if rest >= 10 { length &+= rest >= 1000 ? 3 : rest >= 100 ? 2 : 1 }
        return length
    }
}
