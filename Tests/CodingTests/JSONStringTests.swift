// Strings: escapes, Unicode, and every way in which bytes can fail to be UTF-8.

import Coding
import Testing

@Suite struct JSONStringTests {
    private func string(_ text: String) throws(CodingError) -> String {
        try json("\"\(text)\"") { reader throws(CodingError) in try reader.string() }
    }

    @Test func decodesEveryEscape() throws {
        #expect(try string(#"\"\\\/\b\f\n\r\t"#) == "\"\\/\u{8}\u{C}\n\r\t")
        #expect(try string(#"\u0041\u00e9\u20AC\uFFFF\u0000"#) == "A\u{E9}\u{20AC}\u{FFFF}\0")
        #expect(try string(#"\uD83D\uDE00\ud800\udc00\uDBFF\uDFFF"#) == "\u{1F600}\u{10000}\u{10FFFF}")
    }

    @Test func decodesEscapesAtEveryPlace() throws {
        // The scan goes eight bytes at a time: put the escape at each place of the words around it.
        for before in 0..<20 {
            for after in 0..<20 {
                let head = String(repeating: "a", count: before)
                let tail = String(repeating: "b", count: after)
                #expect(try string(head + #"\n"# + tail) == head + "\n" + tail)
                #expect(try string(head + "é" + tail) == head + "é" + tail)
                #expect(try string(head + tail) == head + tail)
            }
        }
    }

    @Test func keepsWhatIsNoControlCharacter() throws {
        let text = "\u{7F}\u{80}\u{9F}\u{2028}\u{2029}\u{FEFF}\u{FFFD}\u{10FFFF}/'"
        #expect(try string(text) == text)
    }

    @Test func refusesEveryControlCharacterAtEveryPlace() {
        for value in UInt8(0)..<0x20 {
            for before in 0..<10 {
                let bytes = [0x22] + [UInt8](repeating: 0x61, count: before) + [value] + Array("bbbbbbbbb\"".utf8)
                let error = failure { () throws(CodingError) in
                    try JSONReader.read(bytes) { reader throws(CodingError) in try reader.string() }
                }
                #expect(error == CodingError(.syntax, "", offset: before + 1))
            }
        }
    }

    /// All one- and two-byte sequences and many longer ones, judged by the standard library.
    @Test func acceptsExactlyUTF8() {
        var generator = SeededGenerator(seed: 2)
        var samples: [[UInt8]] = []
        for first in UInt8(0x80)...0xFF {
            samples.append([first])
            for second in UInt8(0x00)...0xFF where second >= 0x20 && second != 0x22 && second != 0x5C { samples.append([first, second]) }
        }
        let edges: [UInt8] = [
            0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xED, 0xEF, 0xF0, 0xF4, 0xF5, 0xFF,
        ]
        for _ in 0..<20_000 {
            samples.append((0..<Int.random(in: 3...6, using: &generator)).map { _ in edges.randomElement(using: &generator) ?? 0 })
        }
        for sample in samples {
            let expected = String(validating: sample, as: UTF8.self)
            let document = [0x22] + sample + [0x22]
            let found = read(document)
            #expect(found == expected, "\(sample)")
            // With an escape in front another path is taken.
            #expect(read(Array("\"\\n".utf8) + sample + [0x22]) == expected.map { "\n" + $0 }, "\(sample)")
            let skipped = skips(document)
            #expect(skipped == (expected != nil), "\(sample)")
        }
    }

    private func read(_ bytes: [UInt8]) -> String? {
        do throws(CodingError) {
            return try JSONReader.read(bytes) { reader throws(CodingError) in try reader.string() }
        } catch {
            return nil
        }
    }

    private func skips(_ bytes: [UInt8]) -> Bool {
        do throws(CodingError) {
            try JSONReader.read(bytes) { reader throws(CodingError) in try reader.skipValue() }
            return true
        } catch {
            return false
        }
    }

    @Test func pointsAtTheByteThatIsNotUTF8() {
        let bytes = Array("{\"a\":\"é€".utf8) + [0xE2, 0x82, 0x22, 0x7D]
        let error = failure { () throws(CodingError) in try JSONReader.read(bytes) { reader throws(CodingError) in try reader.skipValue() }
        }
        #expect(error == CodingError(.encoding, "", offset: 11, path: "a"))
    }

    @Test func limitsLengthInCharacters() throws {
        func read(_ text: String, _ length: ClosedRange<Int>) throws(CodingError) -> String {
            try json("[\"\(text)\"]") { reader throws(CodingError) in
                try reader.beginArray()
                _ = try reader.nextElement()
                let string = try reader.string(length: length)
                _ = try reader.nextElement()
                return string
            }
        }
        #expect(try read("abc", 3...3) == "abc")
        #expect(try read("äöü€", 4...4) == "äöü€")
        #expect(try read("", 3...5) == "")
        for (text, length) in [("ab", 3...5), ("abcdef", 3...5), ("😀", 2...5), ("ääää", 1...3)] {
            let error = failure { () throws(CodingError) in try read(text, length) }
            #expect(error == CodingError(.length, "", offset: 1, path: "[0]"))
        }
    }

    @Test func checksPatterns() throws {
        func read(_ text: String) throws(CodingError) -> String {
            try json("\"\(text)\"") { reader throws(CodingError) in try reader.string(pattern: Rule.serial) }
        }
        #expect(try read("a_1") == "a_1")
        #expect(try read("") == "")
        let error = failure { () throws(CodingError) in try read("1a") }
        #expect(error?.kind == .pattern)
        #expect(error?.hint?.contains("[a-z][a-z0-9_]*") == true)
    }
}
