// Booleans, numbers and null (RFC 8259 §3, §6), and the schema's bounds on numbers.

extension JSONReader {
    /// `true` or `false`; strings and numbers that mean the same to people are refused.
    public mutating func boolean() throws(CodingError) -> Bool {
        switch next() {
        case UInt8(ascii: "t"):
            try literal("true")
            return true
        case UInt8(ascii: "f"):
            try literal("false")
            return false
        default:
            throw unexpected(value: "a boolean", hint: "write true or false, without quotes")
        }
    }

    /// Consumes null if that is the next value.
    public mutating func readNull() throws(CodingError) -> Bool {
        guard next() == UInt8(ascii: "n") else { return false }
        try literal("null")
        return true
    }

    /// An integer, also when it is written in a string, as clients of the older platform do: `64` or `"64"`, not `64.0`.
    public mutating func integer() throws(CodingError) -> Int { try integer(Int.self) }

    /// An integer from 0 to 2⁶⁴−1, also in a string.
    public mutating func unsignedInteger() throws(CodingError) -> UInt64 { try integer(UInt64.self) }

    /// An integer within bounds. 0 always passes, as older servers do not check it.
    public mutating func integer(in bounds: ClosedRange<Int>) throws(CodingError) -> Int {
        let start = startOfValue()
        let value = try integer()
        if value != 0, !bounds.contains(value) { throw error(rule: LexicalRules.boundsViolation(of: value, bounds), at: start) }
        return value
    }

    /// Any number, as the nearest binary fraction of 64 bits.
    public mutating func double() throws(CodingError) -> Double {
        let byte = next()
        guard byte == ASCII.minus || ASCII.isDigit(byte) else { throw unexpected(value: "a number") }
        let start = position
        _ = try skipNumber()
        let text = UnsafeRawBufferPointer(start: base + start, count: position - start)
        guard let value = LexicalForms.double(text), value.isFinite else {
            throw error(.range, "the number \(Excerpt.plain(text)) is too large for a floating-point number of 64 bits", at: start)
        }
        return value
    }

    /// An integer of any width, also in a string.
    mutating func integer<Integer: FixedWidthInteger>(_: Integer.Type) throws(CodingError) -> Integer {
        let byte = next()
        let start = position
        if byte == ASCII.minus || ASCII.isDigit(byte) {
            let isInteger = try skipNumber()
            let text = UnsafeRawBufferPointer(start: base + start, count: position &- start)
            guard isInteger else { throw notAnInteger(Excerpt.plain(text), at: start) }
            return try integer(from: text, at: start)
        }
        guard byte == ASCII.quote else { throw unexpected(value: "an integer") }
        let stop = StringScan.firstSpecialOrNonASCII(base, from: start + 1, to: count)
        guard stop < count, self.byte(stop) == ASCII.quote else {
            // Escapes or worse: read it as a string, for the sake of the error text.
            throw notAnInteger(Excerpt.quoted(try string()), at: start)
        }
        position = stop + 1
        return try integer(from: UnsafeRawBufferPointer(start: base + start + 1, count: stop - start - 1), at: start)
    }

    @inline(__always)
    private func integer<Integer: FixedWidthInteger>(
        from text: UnsafeRawBufferPointer, at start: Int
    ) throws(CodingError) -> Integer {
        switch LexicalForms.integer(text, Integer.self) {
        case .value(let value): return value
        case .outOfRange: throw error(rule: LexicalRules.widthViolation(of: Excerpt.plain(text), Integer.self), at: start)
        case .malformed: throw notAnInteger(Excerpt.quoted(String(decoding: text, as: UTF8.self)), at: start)
        }
    }

    @inline(never)
    private func notAnInteger(_ found: String, at start: Int) -> CodingError {
        error(.type, "expected an integer, found \(found)", hint: "write digits only, such as 64", at: start)
    }

    /// Consumes a literal whose first byte was seen.
    @inline(__always)
    mutating func literal(_ literal: StaticString) throws(CodingError) {
        let length = literal.utf8CodeUnitCount
        guard position &+ length <= count else { throw malformedLiteral(literal) }
        for index in 0..<length where byte(position &+ index) != literal.utf8Start[index] { throw malformedLiteral(literal) }
        position &+= length
    }

    @inline(never)
    private func malformedLiteral(_ literal: StaticString) -> CodingError {
        let word = document[position...].prefix { UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 }
        return error(.syntax, "expected \(literal), found \(Excerpt.quoted(String(decoding: word, as: UTF8.self)))")
    }

    /// Moves past a number, checking its form; `position` is at its first byte. Whether it is an integer: no fraction, no exponent.
    @inline(__always)
    mutating func skipNumber() throws(CodingError) -> Bool {
        let start = position
        var at = position
        if byte(at) == ASCII.minus { at &+= 1 }
        let digits = at
        while at < count, ASCII.isDigit(byte(at)) { at &+= 1 }
        guard at > digits else { throw malformedNumber(at: start, "digits must follow '-'") }
        if byte(digits) == ASCII.zero, at &- digits > 1 { throw malformedNumber(at: start, "leave out the leading zeros") }
        if at == count || !(byte(at) == ASCII.period || byte(at) | 0x20 == ASCII.lowerE) {
            position = at
            return true
        }
        position = try endOfFraction(from: at, numberStart: start)
        return false
    }

    /// The end of a number whose point or exponent is at `offset`.
    private func endOfFraction(from offset: Int, numberStart: Int) throws(CodingError) -> Int {
        var at = offset
        if byte(at) == ASCII.period {
            let digits = at + 1
            at = digits
            while at < count, ASCII.isDigit(byte(at)) { at += 1 }
            if at == digits { throw malformedNumber(at: numberStart, "digits must follow '.'") }
        }
        if at < count, byte(at) | 0x20 == ASCII.lowerE {
            at += 1
            if at < count, byte(at) == ASCII.plus || byte(at) == ASCII.minus { at += 1 }
            let digits = at
            while at < count, ASCII.isDigit(byte(at)) { at += 1 }
            if at == digits { throw malformedNumber(at: numberStart, "digits must follow 'e'") }
        }
        return at
    }

    @inline(never)
    private func malformedNumber(at start: Int, _ hint: String) -> CodingError {
        error(.syntax, "a malformed number", hint: hint, at: start)
    }

    /// The error for a value that breaks a rule of the schema.
    @inline(never)
    func error(rule violation: LexicalRules.Violation, at start: Int) -> CodingError {
        error(violation.kind, violation.message, hint: violation.hint, at: start)
    }
}
