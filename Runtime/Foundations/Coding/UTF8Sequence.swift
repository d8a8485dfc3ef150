// UTF-8 as RFC 3629 defines it: the shortest form only, no surrogates, nothing above U+10FFFF. Used where the standard library's check,
// which says only yes or no, is not enough: to decode single scalars and to find the byte that is wrong.

enum UTF8Sequence {
    /// The scalar that begins at `offset`, and how many bytes it has. Nil when the bytes there are no UTF-8.
    static func decode(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> (scalar: UInt32, length: Int)? {
        guard offset >= 0, offset < bytes.count else { return nil }
        let first = UInt32(bytes[offset])
        if first < 0x80 { return (first, 1) }
        let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
        guard first >= 0xC2, first <= 0xF4, offset + length <= bytes.count else { return nil }
        var value = first & (0x7F >> UInt32(length))
        for index in 1..<length {
            let next = UInt32(bytes[offset + index])
            guard next & 0xC0 == 0x80 else { return nil }
            value = value << 6 | next & 0x3F
        }
        // Overlong forms of three and four bytes, surrogates, and what lies above Unicode; C2 above excluded overlong forms of two.
        let valid =
            switch length {
            case 3: value >= 0x800 && !(0xD800...0xDFFF).contains(value)
            case 4: value >= 0x1_0000 && value <= 0x10_FFFF
            default: true
            }
        return valid ? (value, length) : nil
    }

    /// The first byte in `range` that does not belong to valid UTF-8.
    static func firstError(_ bytes: UnsafeRawBufferPointer, in range: Range<Int>) -> Int? {
        let part = UnsafeRawBufferPointer(rebasing: bytes[..<range.upperBound])
        var position = range.lowerBound
        while position < part.count {
            guard let (_, length) = decode(part, at: position) else { return position }
            position += length
        }
        return nil
    }

    /// Appends the UTF-8 form of a scalar. `value` must be one: the callers have checked it.
    static func append(_ value: UInt32, to bytes: inout [UInt8]) {
        switch value {
        case 0..<0x80:
            bytes.append(UInt8(truncatingIfNeeded: value))
        case 0x80..<0x800:
            bytes.append(UInt8(truncatingIfNeeded: 0xC0 | value >> 6))
            bytes.append(UInt8(truncatingIfNeeded: 0x80 | value & 0x3F))
        case 0x800..<0x1_0000:
            bytes.append(UInt8(truncatingIfNeeded: 0xE0 | value >> 12))
            bytes.append(UInt8(truncatingIfNeeded: 0x80 | value >> 6 & 0x3F))
            bytes.append(UInt8(truncatingIfNeeded: 0x80 | value & 0x3F))
        default:
            bytes.append(UInt8(truncatingIfNeeded: 0xF0 | value >> 18))
            bytes.append(UInt8(truncatingIfNeeded: 0x80 | value >> 12 & 0x3F))
            bytes.append(UInt8(truncatingIfNeeded: 0x80 | value >> 6 & 0x3F))
            bytes.append(UInt8(truncatingIfNeeded: 0x80 | value & 0x3F))
        }
    }
}
