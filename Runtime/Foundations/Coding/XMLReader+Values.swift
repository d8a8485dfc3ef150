// The content of an element as a value of the schema. Blanks around booleans and numbers do not count, as XML Schema's whiteSpace facet
// has it; strings are taken as they are.

extension XMLReader {
    /// A value of a type that can read itself.
    @inlinable
    public mutating func value<V: XMLCodable>(_: V.Type = V.self) throws(CodingError) -> V { try V(from: &self) }

    /// Text as it stands.
    public mutating func string() throws(CodingError) -> String { try text() }

    /// Text that matches `pattern` as a whole. The empty string always passes, as in JSON.
    public mutating func string(pattern: Pattern) throws(CodingError) -> String {
        let start = startOfElement
        let string = try text()
        if !string.isEmpty, !pattern.matches(string) { throw error(rule: pattern.violation(by: string), at: start) }
        return string
    }

    /// Text of so many characters (Unicode scalars). The empty string always passes, as in JSON.
    public mutating func string(length: ClosedRange<Int>) throws(CodingError) -> String {
        let start = startOfElement
        let string = try text()
        if let violation = LexicalRules.lengthViolation(of: string, length) { throw error(rule: violation, at: start) }
        return string
    }

    /// `true`, `false`, `1` or `0`.
    public mutating func boolean() throws(CodingError) -> Bool {
        let start = startOfElement
        let text = try text()
        switch Self.trimmed(text) {
        case "true", "1": return true
        case "false", "0": return false
        default: throw error(.type, "expected a boolean, found \(Excerpt.quoted(text))", hint: "write true or false", at: start)
        }
    }

    public mutating func integer() throws(CodingError) -> Int { try integer(Int.self) }

    /// An integer from 0 to 2⁶⁴−1.
    public mutating func unsignedInteger() throws(CodingError) -> UInt64 { try integer(UInt64.self) }

    /// An integer within bounds. 0 always passes, as in JSON.
    public mutating func integer(in bounds: ClosedRange<Int>) throws(CodingError) -> Int {
        let start = startOfElement
        let value = try integer()
        if value != 0, !bounds.contains(value) { throw error(rule: LexicalRules.boundsViolation(of: value, bounds), at: start) }
        return value
    }

    /// A decimal number, `INF`, `-INF` or `NaN`.
    public mutating func double() throws(CodingError) -> Double {
        let start = startOfElement
        let text = try text()
        let trimmed = Self.trimmed(text)
        if let special = LexicalForms.specialDouble(trimmed) { return special }
        var spelled = trimmed
        guard let value = spelled.withUTF8({ LexicalForms.double(UnsafeRawBufferPointer($0)) }) else {
            throw error(.type, "expected a number, found \(Excerpt.quoted(text))", hint: "write a decimal number such as 0.25", at: start)
        }
        guard value.isFinite else {
            throw error(.range, "the number \(Excerpt.plain(text)) is too large for a floating-point number of 64 bits", at: start)
        }
        return value
    }

    /// An integer of any width.
    mutating func integer<Integer: FixedWidthInteger>(_: Integer.Type) throws(CodingError) -> Integer {
        let start = startOfElement
        let text = try text()
        var digits = Self.trimmed(text)
        switch digits.withUTF8({ LexicalForms.integer(UnsafeRawBufferPointer($0), Integer.self) }) {
        case .value(let value): return value
        case .outOfRange: throw error(rule: LexicalRules.widthViolation(of: Excerpt.plain(text), Integer.self), at: start)
        case .malformed:
            throw error(.type, "expected an integer, found \(Excerpt.quoted(text))", hint: "write digits only, such as 64", at: start)
        }
    }

    private static func trimmed(_ text: String) -> Substring {
        let utf8 = text.utf8
        guard let first = utf8.firstIndex(where: { !ASCII.isBlank($0) }), let last = utf8.lastIndex(where: { !ASCII.isBlank($0) }) else {
            return ""
        }
        return text[first...last]
    }
}
