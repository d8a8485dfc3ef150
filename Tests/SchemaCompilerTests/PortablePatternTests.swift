// Regular expressions for other people's engines: XSD patterns translated, bounds of numbers made into patterns, examples made from patterns.

import Testing

@testable import SchemaCompiler

struct PortablePatternTests {
    @Test(arguments: [
        ("[a-f0-9]{8}", "[a-f0-9]{8}"), (#"\d+\.\d"#, #"[0-9]+\.[0-9]"#), (#"[\d\-x]"#, #"[0-9\-x]"#), (#"a\-b"#, "a-b"),
        ("^a$", #"\^a\$"#),
        ("[^$]", "[^$]"), (".", #"[^\n\r]"#), ("[.]", "[.]"), (#"\i\c*"#, #"[A-Za-z_:][A-Za-z0-9._:\-]*"#),
        (#"\s|\S"#, #"[ \t\n\r]|[^ \t\n\r]"#),
        (#"\p{L}\|"#, #"\p{L}\|"#),
    ])
    func patternsAreTranslated(pattern: String, expected: String) {
        #expect(PortablePattern.translated(pattern) == expected)
    }

    @Test func severalPatternsAreAlternativesAndTheEmptyTextPasses() throws {
        #expect(PortablePattern.anchored(["a|b"]) == "^(?:a|b)?$")
        let pattern = try Regex(PortablePattern.anchored(["a|b", "c+"]))
        for text in ["a", "b", "ccc", ""] { #expect(text.wholeMatch(of: pattern) != nil) }
        for text in ["ab", "d", "ac"] { #expect(text.wholeMatch(of: pattern) == nil) }
    }

    @Test(arguments: [
        0...0, 1...1, 0...7, 1...4094, -1...65535, 256...9216, 300...900, 8_000_000...4_294_967_296, -20 ... -3, 99...101, 0...Int.max,
    ])
    func boundsBecomeAPattern(bounds: ClosedRange<Int>) throws {
        let pattern = try Regex(DecimalPattern.anchored(bounds))
        var numbers: Set<Int> = []
        for centre in [bounds.lowerBound, bounds.upperBound, 0, 10, 99, 100, 999, 1000, 65536, 1 << 32] {
            for step in -12...12 {
                let (number, overflows) = centre.addingReportingOverflow(step)
                if !overflows { numbers.insert(number) }
            }
        }
        for number in numbers {
            let passes = number == 0 || bounds.contains(number)
            #expect((String(number).wholeMatch(of: pattern) != nil) == passes, "\(number) in \(bounds)")
            if passes, number > 0 { #expect("+00\(number)".wholeMatch(of: pattern) != nil, "+00\(number)") }
        }
        for text in ["", "-", "1.0", "0x1", " 1", "1 ", "one"] { #expect(text.wholeMatch(of: pattern) == nil, "\(text)") }
    }

    @Test func boundsReadWell() {
        #expect(DecimalPattern.anchored(0...255) == #"^(?:[-+]?0+|\+?0*(?:[1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-5]))$"#)
    }

    @Test(arguments: [
        ("[a-f0-9]{8}-[a-f0-9]{4}", "abcdef01-3456"), ("management|left|other[0-9]*", "management"), (#"0x[0-9A-Fa-f]{4}"#, "0x2345"),
        (#"(a|b)+c?\.d{0}"#, "a."), ("[^a-c]x", "dx"), ("", ""), (#"\d{2,}\-"#, "01-"),
    ])
    func examplesMatchTheirPattern(pattern: String, expected: String) throws {
        let example = try #require(PatternExample(pattern))
        #expect(example.shortest == expected)
        #expect(example.matches(expected))
        #expect(!example.matches(expected + "!"))
    }

    @Test func candidatesAreHeldAgainstThePattern() throws {
        let address = try #require(
            PatternExample(#"((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])\.){3}(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"#))
        for text in ["10.1.0.4", "0.0.0.0", "255.255.255.255"] { #expect(address.matches(text)) }
        for text in ["10.1.0", "256.1.1.1", "10.1.0.4.", "", "a.b.c.d"] { #expect(!address.matches(text)) }
    }

    /// Patterns that would take an exponential matcher for ever, or make a text without end.
    @Test func awkwardPatternsEnd() throws {
        let repeated = try #require(PatternExample("(((a*)*)*)*b"))
        #expect(!repeated.matches(String(repeating: "a", count: 300)))
        #expect(try #require(PatternExample("((((a?){999}){999}){999}){999}")).shortest == "")
        #expect(try #require(PatternExample("((((a){999}){999}){999}){999}")).shortest.count < 1000)
        #expect(try #require(PatternExample("((((a?){999999}){999999}){999999})b")).matches("b"))
        #expect(PatternExample(String(repeating: "(", count: 100_000)) == nil)
        #expect(PatternExample("[a-z-[aeiou]]") == nil)
    }
}

extension PatternExample: Equatable {
    /// Only so that nil can be expected.
    public static func == (left: PatternExample, right: PatternExample) -> Bool { left.shortest == right.shortest }
}
