// Regular expressions of XML Schema: what they match, what is refused, that they agree with a second, slow implementation, and that no
// pattern makes matching slow.

import Coding
import Testing

struct PatternCase: CustomTestStringConvertible, Sendable {
    let pattern: String
    let matching: [String]
    let others: [String]
    var testDescription: String { pattern }
}

@Suite struct PatternTests {
    static let cases: [PatternCase] = [
        .init(pattern: "", matching: [""], others: ["a"]),
        .init(pattern: "abc", matching: ["abc"], others: ["", "ab", "abcd", "xabc", "ABC"]),
        .init(pattern: "a|bc|", matching: ["a", "bc", ""], others: ["b", "abc"]),
        .init(pattern: "(ab)*", matching: ["", "ab", "abab"], others: ["a", "aba"]),
        .init(pattern: "a?b+c*", matching: ["b", "ab", "abbcc"], others: ["a", "ac", "c", ""]),
        .init(pattern: "a{3}", matching: ["aaa"], others: ["aa", "aaaa"]),
        .init(pattern: "a{2,}", matching: ["aa", "aaaaaaa"], others: ["a", ""]),
        .init(pattern: "a{2,4}b", matching: ["aab", "aaab", "aaaab"], others: ["ab", "aaaaab"]),
        .init(pattern: "a{0}b{0,0}", matching: [""], others: ["a", "b"]),
        .init(pattern: "(a*)*", matching: ["", "aaa"], others: ["b"]),
        .init(pattern: "(a|b?)+c", matching: ["c", "abac"], others: ["ab"]),
        .init(pattern: "^a$", matching: ["^a$"], others: ["a"]),
        .init(pattern: ".", matching: ["a", "é", "😀", " "], others: ["", "\n", "\r", "ab"]),
        .init(pattern: "[a-c1]", matching: ["a", "b", "c", "1"], others: ["d", "-", "2", ""]),
        .init(pattern: "[^a-c]", matching: ["d", "\n", "é"], others: ["a", "b", ""]),
        .init(pattern: "[-a]|[b-]", matching: ["-", "a", "b"], others: ["c"]),
        .init(pattern: "[\\]\\[\\\\\\-\\^]", matching: ["]", "[", "\\", "-", "^"], others: ["a"]),
        .init(pattern: "[α-ω€😀]", matching: ["β", "€", "😀"], others: ["a", "Ω"]),
        .init(pattern: "\\d+", matching: ["0", "42", "٣"], others: ["a", "½", ""]),
        .init(pattern: "\\D\\S\\W", matching: ["xx_", "x-."], others: ["1x_", "x _", "xxx"]),
        .init(pattern: "\\w", matching: ["a", "é", "1", "+", "$"], others: ["_", "-", " ", "."]),
        .init(pattern: "\\i\\c*", matching: ["a", "_b-1.x", ":a", "é"], others: ["1a", "-a", ""]),
        .init(pattern: "\\I\\C", matching: ["1 ", " !"], others: ["a ", "1a"]),
        .init(pattern: "[\\d\\-]+", matching: ["1-2"], others: ["a"]),
        .init(pattern: "[^\\d\\s]+", matching: ["ab"], others: ["a1", "a b"]),
        .init(pattern: "\\n\\r\\t\\.\\?\\*\\+\\{\\}\\(\\)\\|", matching: ["\n\r\t.?*+{}()|"], others: [""]),
        // Patterns of the data model.
        .init(
            pattern: "[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}",
            matching: ["6ba7b810-9dad-41d1-80b4-00c04fd430c8"],
            others: ["6BA7B810-9dad-41d1-80b4-00c04fd430c8", "6ba7b8109dad41d180b400c04fd430c8", "6ba7b810-9dad-41d1-80b4-00c04fd430c8 "]),
        .init(
            pattern:
                "((0|(1[0-9]{0,2})|(2(([0-4][0-9]?)|(5[0-5]?)|([6-9]?)))|([3-9][0-9]?))\\.){3}(0|(1[0-9]{0,2})|(2(([0-4][0-9]?)|(5[0-5]?)|([6-9]?)))|([3-9][0-9]?))",
            matching: ["0.0.0.0", "255.255.255.255", "192.0.2.1", "10.20.30.40"],
            others: ["256.0.0.1", "1.2.3", "1.2.3.4.5", "01.2.3.4", "1.2.3.", "a.b.c.d"]),
        .init(pattern: "0x[0-9A-Fa-f]{4}", matching: ["0x00fF"], others: ["0x00f", "00ff", "0x00fg"]),
        .init(pattern: "management|left|right|other[0-9]*", matching: ["left", "other", "other12"], others: ["lefty", "othera"]),
    ]

    @Test(arguments: cases)
    func matchesWholeValues(sample: PatternCase) throws {
        let pattern = try Pattern(parsing: sample.pattern)
        for text in sample.matching {
            #expect(pattern.matches(text), "\(text.debugDescription)")
            #expect(pattern.matches(utf8: Array(text.utf8)))
            #expect(pattern.matches(utf8: text.utf8.reversed().reversed()))
        }
        for text in sample.others { #expect(!pattern.matches(text), "\(text.debugDescription)") }
    }

    @Test(arguments: [
        ("a**", 2), ("*a", 0), ("a|+", 2), ("(a", 0), ("a)", 1), ("((a)", 0), ("[a", 0), ("a]", 1), ("[]", 1), ("[^]", 2), ("[b-a]", 1),
        ("a{", 2), ("a{2", 3), ("a{2,1}", 5), ("a{,2}", 2), ("a{99999999}", 6), ("a}", 1), ("\\", 1), ("\\p{Lu}", 1), ("\\q", 1),
        ("[a-z-[aeiou]]", 4), ("[a-\\d]", 5), ("[\\d-z]", 3), ("(?:a)", 1), ("a{2}{3}", 4), ("[[]", 1), ("é*+", 3), ("[a\\", 3),
    ])
    func refusesWrongPatternsAtTheRightByte(source: String, offset: Int) {
        let error = failure { () throws(CodingError) in try Pattern(parsing: source) }
        #expect(error?.offset == offset, "\(error?.description ?? "")")
    }

    @Test(arguments: [
        "((a{1000}){1000}){1000}", "(a{300}b{300}){200}", "((((){65536}){65536}){65536}){65536}", "(((a?){60000})?){60000}",
    ])
    func refusesPatternsThatWouldNeedTooMuch(source: String) {
        #expect(failure { () throws(CodingError) in try Pattern(parsing: source) }?.kind == .unsupported)
    }

    @Test func errorsShowControlCharacters() throws {
        let parsing = failure { () throws(CodingError) in try Pattern(parsing: "\\\u{1B}") }
        #expect(parsing?.message.contains("\\u{1B}") == true)
        let pattern = try Pattern(parsing: "\u{1B}|" + String(repeating: "a", count: 5000))
        let matching = failure { () throws(CodingError) in
            try json("\"b\"") { reader throws(CodingError) in try reader.string(pattern: pattern) }
        }
        #expect(matching?.description.unicodeScalars.contains("\u{1B}") == false)
        #expect((matching?.description.utf8.count ?? .max) < 400)
    }

    @Test func refusesDeepNesting() {
        let source = String(repeating: "(", count: 100_000) + "a"
        #expect(failure { () throws(CodingError) in try Pattern(parsing: source) } != nil)
    }

    @Test func largePatternsWork() throws {
        let pattern = try Pattern(parsing: "(a{0,100}b){1,300}")
        #expect(pattern.matches("aaab" + String(repeating: "b", count: 299)))
        #expect(!pattern.matches(String(repeating: "b", count: 301)))
    }

    /// A matcher that tries one way after the other would need 2^n steps for these.
    @Test func matchingTakesLinearTime() throws {
        let text = String(repeating: "a", count: 30_000)
        for source in ["(a*)*b", "(a|a)*b", "(a+a+)+b", "(a?){30}a{30}b", "(.*)*x"] {
            #expect(try !Pattern(parsing: source).matches(text))
        }
    }

    @Test func bytesThatAreNotTextMatchNothing() throws {
        let pattern = try Pattern(parsing: ".*")
        #expect(!pattern.matches(utf8: [0xFF]))
        #expect(!pattern.matches(utf8: [0x61, 0xED, 0xA0, 0x80]))
    }

    /// Random patterns on random texts, against Brzozowski derivatives.
    @Test func agreesWithDerivatives() throws {
        var generator = SeededGenerator(seed: 9)
        var matches = 0
        for _ in 0..<3_000 {
            let expression = Expression.random(using: &generator, depth: 4)
            let pattern = try Pattern(parsing: expression.source)
            for _ in 0..<8 {
                let text = String((0..<Int.random(in: 0...6, using: &generator)).map { _ in "abc".randomElement(using: &generator) ?? "a" })
                let expected = expression.matches(text)
                #expect(pattern.matches(text) == expected, "\(expression.source) on \(text)")
                if expected { matches += 1 }
            }
        }
        #expect(matches > 1_000)
    }
}

/// A regular expression as its textbook definition, to compare with.
indirect enum Expression {
    case nothing
    case empty
    case character(Character)
    case sequence(Expression, Expression)
    case either(Expression, Expression)
    case repeated(Expression, Int, Int?)

    static func random(using generator: inout SeededGenerator, depth: Int) -> Expression {
        switch depth == 0 ? 0 : Int.random(in: 0..<6, using: &generator) {
        case 0, 1: return Int.random(in: 0..<8, using: &generator) == 0 ? .empty : .character("abc".randomElement(using: &generator) ?? "a")
        case 2, 3: return .sequence(random(using: &generator, depth: depth - 1), random(using: &generator, depth: depth - 1))
        case 4: return .either(random(using: &generator, depth: depth - 1), random(using: &generator, depth: depth - 1))
        default:
            let minimum = Int.random(in: 0...2, using: &generator)
            let maximum = Bool.random(using: &generator) ? minimum + Int.random(in: 0...2, using: &generator) : nil
            return .repeated(random(using: &generator, depth: depth - 1), minimum, maximum)
        }
    }

    var source: String {
        switch self {
        case .nothing, .empty: "()"
        case .character(let character): String(character)
        case .sequence(let first, let second): first.source + second.source
        case .either(let first, let second): "(\(first.source)|\(second.source))"
        case .repeated(let part, let minimum, let maximum?): "(\(part.source)){\(minimum),\(maximum)}"
        case .repeated(let part, 0, nil): "(\(part.source))*"
        case .repeated(let part, 1, nil): "(\(part.source))+"
        case .repeated(let part, let minimum, nil): "(\(part.source)){\(minimum),}"
        }
    }

    func matches(_ text: String) -> Bool { text.reduce(self) { $0.derivative($1) }.isNullable }

    private var isNullable: Bool {
        switch self {
        case .nothing, .character: false
        case .empty: true
        case .sequence(let first, let second): first.isNullable && second.isNullable
        case .either(let first, let second): first.isNullable || second.isNullable
        case .repeated(let part, let minimum, _): minimum == 0 || part.isNullable
        }
    }

    private var isNothing: Bool { if case .nothing = self { true } else { false } }

    private func derivative(_ character: Character) -> Expression {
        switch self {
        case .nothing, .empty: return .nothing
        case .character(let own): return own == character ? .empty : .nothing
        case .sequence(let first, let second):
            let left = Self.joined(first.derivative(character), second)
            return first.isNullable ? Self.choice(left, second.derivative(character)) : left
        case .either(let first, let second): return Self.choice(first.derivative(character), second.derivative(character))
        case .repeated(let part, let minimum, let maximum):
            if maximum == 0 { return .nothing }
            return Self.joined(part.derivative(character), .repeated(part, max(minimum - 1, 0), maximum.map { $0 - 1 }))
        }
    }

    private static func joined(_ first: Expression, _ second: Expression) -> Expression {
        first.isNothing || second.isNothing ? .nothing : .sequence(first, second)
    }

    private static func choice(_ first: Expression, _ second: Expression) -> Expression {
        first.isNothing ? second : second.isNothing ? first : .either(first, second)
    }
}
