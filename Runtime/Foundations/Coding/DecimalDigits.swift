// Integers as decimal text, written backwards into the end of a small buffer, two digits a division.

enum DecimalDigits {
    private static let pairs: StaticString = """
        00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748495051525354555657585960616263646566\
        6768697071727374757677787980818283848586878889909192939495969798\
        99
        """

    static func append(_ value: some FixedWidthInteger, to bytes: inout [UInt8]) {
        var rest = UInt64(truncatingIfNeeded: value.magnitude)
        if rest < 10, value >= 0 { return bytes.append(ASCII.zero &+ UInt8(truncatingIfNeeded: rest)) }
        // Twenty digits at most, and a sign.
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 24) { buffer in
            var position = 24
            while rest >= 100 {
                let (quotient, remainder) = rest.quotientAndRemainder(dividingBy: 100)
                rest = quotient
                position &-= 2
                buffer[position] = pairs.utf8Start[2 &* Int(truncatingIfNeeded: remainder)]
                buffer[position &+ 1] = pairs.utf8Start[2 &* Int(truncatingIfNeeded: remainder) &+ 1]
            }
            if rest >= 10 {
                position &-= 2
                buffer[position] = pairs.utf8Start[2 &* Int(truncatingIfNeeded: rest)]
                buffer[position &+ 1] = pairs.utf8Start[2 &* Int(truncatingIfNeeded: rest) &+ 1]
            } else {
                position &-= 1
                buffer[position] = ASCII.zero &+ UInt8(truncatingIfNeeded: rest)
            }
            if value < 0 {
                position &-= 1
                buffer[position] = ASCII.minus
            }
            bytes.append(contentsOf: UnsafeMutableBufferPointer(rebasing: buffer[position...]))
        }
    }
}
