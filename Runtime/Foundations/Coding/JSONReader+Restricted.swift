// Optional and repeated values with a restriction, as members of generated types have them: null means absent.

extension JSONReader {
    /// All elements of an array, or nil for null.
    @inlinable
    public mutating func optionalArray<V: JSONCodable>(_: V.Type = V.self) throws(CodingError) -> [V]? {
        if try readNull() { return nil }
        return try array()
    }

    public mutating func optional(in bounds: ClosedRange<Int>) throws(CodingError) -> Int? {
        try readNull() ? nil : try integer(in: bounds)
    }

    public mutating func optional(pattern: Pattern) throws(CodingError) -> String? {
        try readNull() ? nil : try string(pattern: pattern)
    }

    public mutating func optional(length: ClosedRange<Int>) throws(CodingError) -> String? {
        try readNull() ? nil : try string(length: length)
    }

    public mutating func optional(union pattern: Pattern) throws(CodingError) -> String? {
        try readNull() ? nil : try string(union: pattern)
    }

    public mutating func optionalArray(in bounds: ClosedRange<Int>) throws(CodingError) -> [Int]? {
        try elements { reader throws(CodingError) in try reader.integer(in: bounds) }
    }

    public mutating func optionalArray(pattern: Pattern) throws(CodingError) -> [String]? {
        try elements { reader throws(CodingError) in try reader.string(pattern: pattern) }
    }

    public mutating func optionalArray(length: ClosedRange<Int>) throws(CodingError) -> [String]? {
        try elements { reader throws(CodingError) in try reader.string(length: length) }
    }

    public mutating func optionalArray(union pattern: Pattern) throws(CodingError) -> [String]? {
        try elements { reader throws(CodingError) in try reader.string(union: pattern) }
    }

    /// A union of numbers and text: either form, kept as text. Writing gives text, which every reader of a union accepts.
    public mutating func string(union pattern: Pattern) throws(CodingError) -> String {
        let start = startOfValue()
        guard try peekKind == .number else { return try string(pattern: pattern) }
        let text = String(decoding: bytes(in: try rawValue()), as: UTF8.self)
        if !pattern.matches(text) { throw error(rule: pattern.violation(by: text), at: start) }
        return text
    }

    private mutating func elements<V>(_ element: (inout JSONReader) throws(CodingError) -> V) throws(CodingError) -> [V]? {
        if try readNull() { return nil }
        var values: [V] = []
        try beginArray()
        while try nextElement() { values.append(try element(&self)) }
        return values
    }
}
