// Why a text does not denote a network value. Parsers throw a NotationProblem, which knows what is wrong; the type's initialiser adds the
// text and what was expected. Relies on nothing; promises one line that is safe to log, whatever the text was.

/// A text that is not what it should be: `"1.2.3" is not an IPv4 address: it has 3 numbers; write four …`.
public struct NotationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The text, cut to a reasonable length, control characters escaped.
    public let text: String
    /// What was expected: `an IPv4 address`.
    public let expected: String
    /// What is wrong with the text: `it has 3 numbers`.
    public let problem: String
    /// How to mend it, or how such a value is written.
    public let hint: String

    public var description: String { "\"\(text)\" is not \(expected): \(problem); \(hint)" }

    init(_ notation: Notation, text: String, _ problem: NotationProblem) {
        self.text = NotationProblem.printable(text.unicodeScalars)
        expected = notation.name
        self.problem = problem.problem
        hint = problem.hint ?? "write \(notation.form), such as \(notation.example)"
    }
}

/// How the values of a type are written.
public struct Notation: Sendable, Equatable {
    /// With its article: `an IPv4 address`.
    public let name: String
    /// `four decimal numbers from 0 to 255 with dots between them`.
    public let form: String
    /// `192.0.2.1`.
    public let example: String

    init(_ name: String, form: String, example: String) {
        self.name = name
        self.form = form
        self.example = example
    }

    /// Runs a parser on the bytes of a text, and says what the text should have been when it fails.
    func parse<Value>(
        _ text: String, _ parser: (ArraySlice<UInt8>) throws(NotationProblem) -> Value
    ) throws(NotationError) -> Value {
        do throws(NotationProblem) {
            if text.isEmpty { throw NotationProblem("it is empty") }
            return try parser(Array(text.utf8)[...])
        } catch {
            throw NotationError(self, text: text, error)
        }
    }
}

/// What a parser found wrong.
struct NotationProblem: Error {
    let problem: String
    /// Where the general hint, the form of the notation, would not help.
    let hint: String?

    init(_ problem: String, hint: String? = nil) {
        self.problem = problem
        self.hint = hint
    }

    /// Part of a text in quotes, for a problem.
    static func quoted(_ bytes: ArraySlice<UInt8>) -> String {
        // A character has at most four bytes: no more than these can be shown.
        "\"" + printable(String(decoding: bytes.prefix(4 * (maximumCharacters + 1)), as: UTF8.self).unicodeScalars) + "\""
    }

    private static let maximumCharacters = 64

    static func printable(_ scalars: String.UnicodeScalarView) -> String {
        var result = ""
        for (index, scalar) in scalars.enumerated() {
            if index == maximumCharacters { return result + "…" }
            switch scalar.properties.generalCategory {
            case .control, .format, .surrogate, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned:
                result += "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
            default:
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
