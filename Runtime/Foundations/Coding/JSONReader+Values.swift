// Whole values: of types that can read themselves, skipped, or as the bytes they are.

extension JSONReader {
    /// The type of the next value, which is not consumed. The type is judged by the first byte; the rest may still be malformed.
    public var peekKind: Kind {
        mutating get throws(CodingError) {
            skipBlanks()
            guard let kind = kindOfNextByte() else { throw unexpected(value: "a value") }
            return kind
        }
    }

    /// A value of a type that can read itself.
    @inlinable
    public mutating func value<V: JSONCodable>(_: V.Type = V.self) throws(CodingError) -> V { try V(from: &self) }

    /// A value, or nil for null.
    @inlinable
    public mutating func optional<V: JSONCodable>(_: V.Type = V.self) throws(CodingError) -> V? {
        if try readNull() { return nil }
        return try V(from: &self)
    }

    /// All elements of an array; none for null. An element cannot be null.
    @inlinable
    public mutating func array<V: JSONCodable>(_: V.Type = V.self) throws(CodingError) -> [V] {
        var elements: [V] = []
        if try readNull() { return elements }
        try beginArray()
        while try nextElement() {
            try refuseNull()
            elements.append(try V(from: &self))
        }
        return elements
    }

    @usableFromInline
    mutating func refuseNull() throws(CodingError) {
        guard next() == UInt8(ascii: "n") else { return }
        throw error(.type, "null as an element of an array", hint: "leave the element out")
    }

    /// Moves past a value, checking its syntax.
    public mutating func skipValue() throws(CodingError) {
        if try skipScalar() { return }
        // Of each container opened here, whether it is an object: a loop, so that depth costs no stack.
        var open = [try enterAny()]
        while let isObject = open.last {
            guard try isObject ? nextName() : nextElement() else {
                open.removeLast()
                continue
            }
            if isObject { try skipName() }
            if try !skipScalar() { open.append(try enterAny()) }
        }
    }

    /// Enters the container that comes next; whether it is an object.
    private mutating func enterAny() throws(CodingError) -> Bool {
        guard next() == ASCII.openBrace else {
            try beginArray()
            return false
        }
        try beginObject()
        return true
    }

    private mutating func skipName() throws(CodingError) {
        let start = position
        try skipString()
        if namesSeen != nil { try noteName(at: start) }
        try colon()
    }

    /// Moves past a value that is no container. False, and nothing consumed, when the next value is one.
    private mutating func skipScalar() throws(CodingError) -> Bool {
        skipBlanks()
        switch kindOfNextByte() {
        case .object, .array: return false
        case .string: try skipString()
        case .number: _ = try skipNumber()
        case .boolean: _ = try boolean()
        case .null: _ = try readNull()
        case nil: throw unexpected(value: "a value")
        }
        return true
    }

    /// Moves past a value and gives the bytes it occupies.
    public mutating func rawValue() throws(CodingError) -> Range<Int> {
        let start = startOfValue()
        try skipValue()
        return start..<position
    }

    /// A copy of some bytes of the document.
    public func bytes(in range: Range<Int>) -> [UInt8] { Array(document[range]) }

    /// Reads a document's name again, for an error text.
    init(rereading reader: borrowing JSONReader, from position: Int) {
        base = reader.base
        count = reader.count
        self.position = position
        maximumDepth = reader.maximumDepth
        unknownMembers = reader.unknownMembers
        namesSeen = nil
    }
}
