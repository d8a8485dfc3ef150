// The text of eight bytes whose meaning is not known, so that every route distinguisher and extended community has one.

/// Eight bytes without a better text: `0x` and sixteen hexadecimal digits.
enum RawHexadecimal {
    /// Nil when the text does not begin with `0x`.
    static func parse(_ text: ArraySlice<UInt8>) throws(NotationProblem) -> UInt64? {
        guard text.starts(with: "0x".utf8) else { return nil }
        let digits = text.dropFirst(2).map { NumberNotation.hexadecimalDigit($0) }
        guard digits.count == 16, !digits.contains(nil) else {
            throw NotationProblem("0x is not followed by 16 hexadecimal digits", hint: "write all eight bytes, such as 0x0002fbf000000064")
        }
        return digits.reduce(0) { $0 << 4 | UInt64($1 ?? 0) }
    }

    static func text(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return "0x" + String(repeating: "0", count: 16 - digits.count) + digits
    }
}
