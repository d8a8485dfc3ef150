// Everything the reader says when it refuses: out of line, as none of it is needed while things go well.

extension JSONReader {
    /// An error about the value at `offset`, or at the reader's position when there is none. Finds the member's path by reading the
    /// document up to there once more.
    public func error(_ kind: CodingError.Kind, _ message: String, hint: String? = nil, at offset: Int? = nil) -> CodingError {
        let offset = min(max(offset ?? position, 0), count)
        return CodingError(kind, message, offset: offset, path: JSONPath.describe(document, at: offset), hint: hint)
    }

    /// Where the reader stands: before a value that was not read yet, this is where the blanks before it begin.
    public var offset: Int { position }

    /// The error when the position holds another value than `expected`, or none.
    @inline(never)
    func unexpected(value expected: String, hint: String? = nil) -> CodingError {
        guard let kind = kindOfNextByte() else { return unexpected(sign: expected, hint: hint) }
        return error(.type, "expected \(expected), found \(Self.name(kind))", hint: hint)
    }

    /// The error when the position does not hold the sign that must stand there.
    @inline(never)
    func unexpected(sign expected: String, hint: String? = nil) -> CodingError {
        guard position < count else {
            let hint = depth > 0 ? "the document was cut off, or a bracket is not closed" : nil
            return error(.unexpectedEnd, "expected \(expected), found the end of the document", hint: hint)
        }
        let found = Excerpt.character(at: position, in: document)
        return error(.syntax, "expected \(expected), found \(found)", hint: adviceForNextByte() ?? hint)
    }

    @inline(never)
    func tooDeep(at offset: Int) -> CodingError {
        error(.depth, "more than \(maximumDepth) objects and arrays lie in each other", hint: "flatten the document", at: offset)
    }

    @inline(never)
    func unknownMember(at start: Int, _ table: MemberTable) throws(CodingError) -> CodingError {
        let name = try name(at: start)
        let hint = NearestNames.hint(for: name, known: table.names.map(\.description), noun: "member")
        return error(.unknownMember, "unknown member \(Excerpt.quoted(name))", hint: hint, at: start)
    }

    /// Only called when duplicates are to be refused.
    @inline(never)
    mutating func noteName(at start: Int) throws(CodingError) {
        guard var seen = namesSeen, let last = seen.indices.last else { return }
        namesSeen = nil
        let (isNew, name) = seen[last].insert(try name(at: start))
        namesSeen = seen
        if !isNew {
            throw error(
                .duplicateMember, "the member \(Excerpt.quoted(name)) occurs twice", hint: "leave one of the two out", at: start)
        }
    }

    /// The name whose opening quote is at `start`. It was read before, so that this does not fail.
    private func name(at start: Int) throws(CodingError) -> String {
        var again = JSONReader(rereading: self, from: start)
        return try again.string()
    }

    /// What the next byte begins, if it can begin a value.
    func kindOfNextByte() -> Kind? {
        guard position < count else { return nil }
        switch byte(position) {
        case ASCII.openBrace: return .object
        case ASCII.openBracket: return .array
        case ASCII.quote: return .string
        case ASCII.minus, ASCII.zero...ASCII.nine: return .number
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .boolean
        case UInt8(ascii: "n"): return .null
        default: return nil
        }
    }

    static func name(_ kind: Kind) -> String {
        switch kind {
        case .object: "an object"
        case .array: "an array"
        case .string: "a string"
        case .number: "a number"
        case .boolean: "a boolean"
        case .null: "null"
        }
    }

    /// What people usually meant by a byte that JSON does not have there.
    private func adviceForNextByte() -> String? {
        switch byte(position) {
        case ASCII.closeBrace, ASCII.closeBracket: "a comma before a closing bracket must go, a missing value must be written"
        case ASCII.apostrophe: "JSON strings stand in double quotes"
        case UInt8(ascii: "T"), UInt8(ascii: "F"), UInt8(ascii: "N"): "JSON writes true, false and null in lower case, and has no NaN"
        case UInt8(ascii: "I"): "JSON has no infinity"
        case ASCII.plus, ASCII.period: "a JSON number begins with a digit or '-'"
        case ASCII.slash, ASCII.numberSign: "JSON has no comments"
        case 0xEF where position == 0: "write UTF-8 without a byte order mark"
        case 0xFE, 0xFF: "write UTF-8, not UTF-16"
        default: nil
        }
    }
}
