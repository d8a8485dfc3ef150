// Patterns of the schema: regular expressions of XML Schema Part 2, appendix F. A pattern describes whole values, so there are no anchors:
// `^` and `$` are ordinary characters. Known: alternatives, groups, classes with ranges and negation, the escapes \s \d \w \i \c and their
// opposites, the quantifiers ? * + {n} {n,} {n,m}, and the dot. Refused: \p{…}, class subtraction, back references (which XML Schema does
// not have either). Matching takes time proportional to the value's length times the pattern's, whatever both are.

/// A compiled regular expression of XML Schema.
public struct Pattern: Sendable {
    /// The expression as it was written.
    public let source: String
    /// What matches, in words that can follow "expected": "a UUID in text form". Nil when nobody said.
    public let meaning: String?
    private let program: PatternProgram

    /// Compiles an expression, of whatever origin.
    ///
    /// The error's offset is the byte in the expression.
    public init(parsing source: String, meaning: String? = nil) throws(CodingError) {
        self.source = source
        self.meaning = meaning
        program = try PatternProgram(PatternParser.parse(source))
    }

    /// Compiles an expression that the schema compiler has checked.
    ///
    /// - Precondition: the expression is well formed.
    public init(_ source: StaticString, meaning: StaticString? = nil) {
        do throws(CodingError) {
            try self.init(parsing: source.description, meaning: meaning?.description)
        } catch {
            preconditionFailure("the pattern \(source) of generated code does not compile: \(error)")
        }
    }

    /// Whether the whole of `text` matches.
    public func matches(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { program.matches(UnsafeRawBufferPointer($0)) }
    }

    /// Whether the whole of the UTF-8 text matches. Bytes that are not UTF-8 match nothing.
    public func matches(utf8 bytes: some Collection<UInt8>) -> Bool {
        if let result = bytes.withContiguousStorageIfAvailable({ program.matches(UnsafeRawBufferPointer($0)) }) { return result }
        return Array(bytes).withUnsafeBytes { program.matches($0) }
    }

    /// What to say about a value that does not match: words, where there are any, since few read expressions.
    func violation(by text: String) -> LexicalRules.Violation {
        LexicalRules.Violation(
            kind: .pattern, message: "\(Excerpt.quoted(text)) has the wrong form",
            hint: meaning.map { "expected: \($0)" } ?? "it must match the pattern \(Excerpt.plain(source, limit: 240))")
    }
}
