// Strings (RFC 8259 §7). Most hold no escape and become a Swift string from where they lie; the others are put together in a buffer.
// UTF-8 is checked in both ways, as are surrogate pairs.

extension JSONReader {
    /// A string.
    public mutating func string() throws(CodingError) -> String {
        guard next() == ASCII.quote else { throw unexpected(value: "a string") }
        let start = position &+ 1
        let stop = StringScan.firstSpecialOrNonASCII(base, from: start, to: count)
        guard stop < count, byte(stop) == ASCII.quote else { return try unusualString(from: start, firstStop: stop) }
        position = stop &+ 1
        return string(start..<stop)
    }

    /// A string that matches `pattern` as a whole. The empty string always passes, as older servers do not check it.
    public mutating func string(pattern: Pattern) throws(CodingError) -> String {
        let start = startOfValue()
        let string = try string()
        if !string.isEmpty, !pattern.matches(string) { throw error(rule: pattern.violation(by: string), at: start) }
        return string
    }

    /// A string of so many characters (Unicode scalars). The empty string always passes, as older servers do not check it.
    public mutating func string(length: ClosedRange<Int>) throws(CodingError) -> String {
        let start = startOfValue()
        let string = try string()
        if let violation = LexicalRules.lengthViolation(of: string, length) { throw error(rule: violation, at: start) }
        return string
    }

    /// Where the next value begins.
    mutating func startOfValue() -> Int {
        skipBlanks()
        return position
    }

    /// Moves past a string without building it. `position` is at its opening quote.
    mutating func skipString() throws(CodingError) {
        let start = position &+ 1
        var stop = StringScan.firstSpecialOrNonASCII(base, from: start, to: count)
        if stop < count, byte(stop) == ASCII.quote {
            position = stop &+ 1
            return
        }
        stop = StringScan.firstSpecial(base, from: stop, to: count)
        if stop < count, byte(stop) == ASCII.quote {
            try checkUTF8(in: start..<stop)
            position = stop &+ 1
        } else {
            _ = try escapedString(from: start, firstStop: stop)
        }
    }

    /// Bytes that are known to be UTF-8.
    @inline(__always)
    private func string(_ range: Range<Int>) -> String {
        String(decoding: UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count), as: UTF8.self)
    }

    /// The string that begins at `start` and is ASCII without escapes up to `firstStop`.
    private mutating func unusualString(from start: Int, firstStop: Int) throws(CodingError) -> String {
        let stop = StringScan.firstSpecial(base, from: firstStop, to: count)
        guard stop < count, byte(stop) == ASCII.quote else { return try escapedString(from: start, firstStop: stop) }
        try checkUTF8(in: start..<stop)
        position = stop &+ 1
        return string(start..<stop)
    }

    /// The string that begins at `start`, whose bytes up to `firstStop` need no decoding.
    private mutating func escapedString(from start: Int, firstStop: Int) throws(CodingError) -> String {
        var text: [UInt8] = []
        var runStart = start
        var stop = firstStop
        while true {
            text.append(contentsOf: UnsafeRawBufferPointer(start: base + runStart, count: stop - runStart))
            guard stop < count else {
                throw error(.unexpectedEnd, "the document ends inside a string", hint: "the closing quote is missing", at: start - 1)
            }
            let byte = byte(stop)
            if byte == ASCII.quote { break }
            guard byte == ASCII.backslash else {
                position = stop
                let found = "0x" + String(byte, radix: 16, uppercase: true)
                throw error(.syntax, "the control character \(found) must be escaped in a string", hint: "write it as \\u00XX, \\n, \\t …")
            }
            runStart = try unescape(at: stop, into: &text)
            stop = StringScan.firstSpecial(base, from: runStart, to: count)
        }
        // What the escapes stand for is valid in itself, and none of them is part of a sequence: the source decides.
        try checkUTF8(in: start..<stop)
        position = stop + 1
        return String(decoding: text, as: UTF8.self)
    }

    /// Decodes the escape whose backslash is at `offset`; returns where it ends.
    private func unescape(at offset: Int, into text: inout [UInt8]) throws(CodingError) -> Int {
        guard offset + 1 < count else { throw error(.unexpectedEnd, "the document ends inside a string", at: offset) }
        switch byte(offset + 1) {
        case ASCII.quote: text.append(ASCII.quote)
        case ASCII.backslash: text.append(ASCII.backslash)
        case ASCII.slash: text.append(ASCII.slash)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(ASCII.lineFeed)
        case UInt8(ascii: "r"): text.append(ASCII.carriageReturn)
        case UInt8(ascii: "t"): text.append(ASCII.tab)
        case UInt8(ascii: "u"): return try unescapeUnicode(at: offset, into: &text)
        default:
            let found = Excerpt.character(at: offset + 1, in: document)
            throw error(
                .syntax, "a backslash cannot stand before \(found) in a string", hint: "write a backslash itself as \\\\", at: offset)
        }
        return offset + 2
    }

    /// `\uXXXX`, or two of them that are a surrogate pair.
    private func unescapeUnicode(at offset: Int, into text: inout [UInt8]) throws(CodingError) -> Int {
        let unit = try codeUnit(at: offset)
        guard 0xD800...0xDFFF ~= unit else {
            UTF8Sequence.append(unit, to: &text)
            return offset + 6
        }
        let second = offset + 6
        guard unit < 0xDC00, second + 1 < count, byte(second) == ASCII.backslash, byte(second + 1) == UInt8(ascii: "u"),
            case let low = try codeUnit(at: second), 0xDC00...0xDFFF ~= low
        else {
            throw error(
                .encoding, "half of a surrogate pair",
                hint: "characters above U+FFFF are two escapes, \\uD800–\\uDBFF then \\uDC00–\\uDFFF, or plain UTF-8", at: offset)
        }
        UTF8Sequence.append(0x1_0000 + (unit - 0xD800) << 10 + (low - 0xDC00), to: &text)
        return second + 6
    }

    /// The four hexadecimal digits of the escape whose backslash is at `offset`.
    private func codeUnit(at offset: Int) throws(CodingError) -> UInt32 {
        var unit: UInt32 = 0
        for index in offset + 2..<offset + 6 {
            guard index < count, let digit = ASCII.hexadecimal(byte(index)) else {
                throw error(.syntax, "\\u must be followed by four hexadecimal digits", at: offset)
            }
            unit = unit << 4 | digit
        }
        return unit
    }

    private func checkUTF8(in range: Range<Int>) throws(CodingError) {
        guard let offset = UTF8Sequence.firstError(document, in: range) else { return }
        throw error(.encoding, "bytes that are not UTF-8", hint: "JSON is always UTF-8", at: offset)
    }
}
