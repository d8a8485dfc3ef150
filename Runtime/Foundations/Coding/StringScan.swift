// Finds the bytes inside a JSON string that need attention, eight at a time. In a word with every byte's top bit as its flag, subtracting
// sets the flags of bytes that borrowed; a borrow can flag a byte wrongly only above one that is flagged rightly, so the lowest flag is exact.

enum StringScan {
    private static var ones: UInt64 { 0x0101_0101_0101_0101 }
    private static var flags: UInt64 { 0x8080_8080_8080_8080 }

    /// The first byte of `base[start..<end]` that is a quote, a backslash or a control character; `end` if there is none.
    @inline(__always)
    static func firstSpecial(_ base: UnsafeRawPointer, from start: Int, to end: Int) -> Int {
        var position = start
        while position &+ 8 <= end {
            let found = special(word(base, position))
            if found != 0 { return position &+ found.trailingZeroBitCount &>> 3 }
            position &+= 8
        }
        while position < end {
            let byte = base.load(fromByteOffset: position, as: UInt8.self)
            if byte < ASCII.space || byte == ASCII.quote || byte == ASCII.backslash { return position }
            position &+= 1
        }
        return end
    }

    /// As `firstSpecial`; bytes outside ASCII count too.
    @inline(__always)
    static func firstSpecialOrNonASCII(_ base: UnsafeRawPointer, from start: Int, to end: Int) -> Int {
        var position = start
        while position &+ 8 <= end {
            let word = word(base, position)
            let found = special(word) | word & flags
            if found != 0 { return position &+ found.trailingZeroBitCount &>> 3 }
            position &+= 8
        }
        while position < end {
            let byte = base.load(fromByteOffset: position, as: UInt8.self)
            if byte < ASCII.space || byte == ASCII.quote || byte == ASCII.backslash || byte >= 0x80 { return position }
            position &+= 1
        }
        return end
    }

    /// Little-endian, so that the first byte is the lowest.
    @inline(__always)
    private static func word(_ base: UnsafeRawPointer, _ position: Int) -> UInt64 {
        UInt64(littleEndian: base.loadUnaligned(fromByteOffset: position, as: UInt64.self))
    }

    @inline(__always)
    private static func special(_ word: UInt64) -> UInt64 {
        let quote = word ^ (ones &* UInt64(ASCII.quote))
        let backslash = word ^ (ones &* UInt64(ASCII.backslash))
        let isQuote = (quote &- ones) & ~quote
        let isBackslash = (backslash &- ones) & ~backslash
        let isControl = (word &- ones &* UInt64(ASCII.space)) & ~word
        return (isQuote | isBackslash | isControl) & flags
    }
}
