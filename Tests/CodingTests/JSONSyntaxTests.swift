// Documents that are not JSON: each is refused, at the right byte, with the right path.

import Coding
import Testing

struct BrokenDocument: CustomTestStringConvertible, Sendable {
    let text: String
    let kind: CodingError.Kind
    let offset: Int
    var path = ""

    var testDescription: String { text.debugDescription }

    init(_ text: String, _ kind: CodingError.Kind, _ offset: Int, _ path: String = "") {
        self.text = text
        self.kind = kind
        self.offset = offset
        self.path = path
    }
}

@Suite struct JSONSyntaxTests {
    static let broken: [BrokenDocument] = [
        // Nothing, or less than a value.
        .init("", .unexpectedEnd, 0), .init("  ", .unexpectedEnd, 2), .init("\"", .unexpectedEnd, 0), .init("\"a", .unexpectedEnd, 0),
        .init("\"a\\", .unexpectedEnd, 2), .init("[", .unexpectedEnd, 1, "[0]"), .init("[1", .unexpectedEnd, 2, "[0]"),
        .init("[1,", .unexpectedEnd, 3, "[1]"), .init("{", .unexpectedEnd, 1), .init("{\"a\"", .unexpectedEnd, 4, "a"),
        .init("{\"a\":", .unexpectedEnd, 5, "a"), .init("{\"a\":1", .unexpectedEnd, 6, "a"), .init("{\"a\":1,", .unexpectedEnd, 7),
        .init("{\"a\":[{\"b\":", .unexpectedEnd, 11, "a[0].b"),
        // More than a value.
        .init("1 2", .syntax, 2), .init("[]]", .syntax, 2), .init("{}{}", .syntax, 2), .init("null,", .syntax, 4), .init("1\0", .syntax, 1),
        // Commas and brackets.
        .init("[1,]", .syntax, 3, "[1]"), .init("[,1]", .syntax, 1, "[0]"), .init("[1 2]", .syntax, 3, "[0]"),
        .init("[1,,2]", .syntax, 3, "[1]"), .init("{\"a\":1,}", .syntax, 7), .init("{,}", .syntax, 1),
        .init("{\"a\":1 \"b\":2}", .syntax, 7, "a"), .init("{\"a\" 1}", .syntax, 5, "a"), .init("{\"a\"::1}", .syntax, 5, "a"),
        .init("{\"a\",\"b\"}", .syntax, 4, "a"), .init("{1:2}", .syntax, 1), .init("{a:1}", .syntax, 1), .init("[1}", .syntax, 2, "[0]"),
        .init("{\"a\":1]", .syntax, 6, "a"), .init("]", .syntax, 0), .init("}", .syntax, 0), .init(":", .syntax, 0), .init(",", .syntax, 0),
        .init("{null:1}", .syntax, 1), .init("{\"a\":}", .syntax, 5, "a"),
        // Words.
        .init("nul", .syntax, 0), .init("nulL", .syntax, 0), .init("truE", .syntax, 0), .init("tru", .syntax, 0),
        .init("falsy", .syntax, 0),
        .init("True", .syntax, 0), .init("NaN", .syntax, 0), .init("Infinity", .syntax, 0), .init("-Infinity", .syntax, 0),
        .init("undefined", .syntax, 0), .init("nullx", .syntax, 4), .init("'a'", .syntax, 0), .init("[true,tr]", .syntax, 6, "[1]"),
        // Numbers.
        .init("-", .syntax, 0), .init("01", .syntax, 0), .init("-01", .syntax, 0), .init("00", .syntax, 0), .init("1.", .syntax, 0),
        .init(".5", .syntax, 0), .init("+1", .syntax, 0), .init("1e", .syntax, 0), .init("1e+", .syntax, 0), .init("1.e1", .syntax, 0),
        .init("1.5.2", .syntax, 3), .init("0x10", .syntax, 1), .init("1_000", .syntax, 1), .init("--1", .syntax, 0),
        .init("1-", .syntax, 1),
        .init("[0,-]", .syntax, 3, "[1]"), .init("1e5e5", .syntax, 3), .init("1 e5", .syntax, 2),
        // Strings.
        .init("\"\u{1}\"", .syntax, 1), .init("\"a\nb\"", .syntax, 2), .init("\"\\x\"", .syntax, 1), .init("\"\\u12\"", .syntax, 1),
        .init("\"\\u12G4\"", .syntax, 1), .init("\"\\uD800\"", .encoding, 1), .init("\"\\uDC00\"", .encoding, 1),
        .init("\"\\uD800\\u0041\"", .encoding, 1), .init("\"\\uD800\\uD800\"", .encoding, 1), .init("\"\\uD800x\"", .encoding, 1),
        .init("\"ab\\'\"", .syntax, 3), .init("\"\\u 123\"", .syntax, 1), .init("\"\\u+123\"", .syntax, 1),
        .init("\"\\", .unexpectedEnd, 1),
        .init("\"\\u00", .syntax, 1), .init("\"\\uD800\\u\"", .syntax, 7), .init("[\"\\n\",\"\t\"]", .syntax, 7, "[1]"),
        // Things JSON does not have.
        .init("// a\n1", .syntax, 0), .init("/* a */ 1", .syntax, 0), .init("[1] # a", .syntax, 4), .init("\u{FEFF}1", .syntax, 0),
        .init("\u{A0}1", .syntax, 0), .init("\u{B}1", .syntax, 0), .init("\u{C}1", .syntax, 0), .init("\u{2028}1", .syntax, 0),
    ]

    @Test(arguments: broken)
    func refusesWhatIsNotJSON(document: BrokenDocument) {
        let error = failure { () throws(CodingError) in
            try json(document.text) { reader throws(CodingError) in try reader.skipValue() }
        }
        #expect(error == CodingError(document.kind, "", offset: document.offset, path: document.path), "\(error?.description ?? "")")
    }

    /// Reading without skipping must be as strict: the same documents through other doors.
    @Test(arguments: broken)
    func refusesItInTypedReadingToo(document: BrokenDocument) {
        let error = failure { () throws(CodingError) in try json(document.text, readAnything) }
        #expect(error == CodingError(document.kind, "", offset: document.offset, path: document.path), "\(error?.description ?? "")")
    }

    private func readAnything(_ reader: inout JSONReader) throws(CodingError) {
        switch try reader.peekKind {
        case .object:
            try reader.beginObject()
            while try reader.nextMember() != nil { try readAnything(&reader) }
        case .array:
            try reader.beginArray()
            while try reader.nextElement() { try readAnything(&reader) }
        case .string: _ = try reader.string()
        case .number: _ = try reader.double()
        case .boolean: _ = try reader.boolean()
        case .null: _ = try reader.readNull()
        }
    }

    @Test(arguments: [
        ("{\"a\":1,}", "comma"), ("'a'", "double quotes"), ("True", "lower case"), ("+1", "digit"), ("// a\n1", "comments"),
        ("\u{FEFF}1", "byte order mark"), ("012", "leading zeros"), ("\"\\'\"", "\\\\"), ("\"\\uD800\"", "surrogate"), ("[1", "cut off"),
    ])
    func saysHowToMendWhatPeopleOftenGetWrong(text: String, word: String) {
        let error = failure { () throws(CodingError) in try json(text) { reader throws(CodingError) in try reader.skipValue() } }
        let said = (error?.message ?? "") + " " + (error?.hint ?? "")
        #expect(said.contains(word), "\(said)")
    }

    @Test func everyTruncationOfADocumentIsRefused() throws {
        let document = Array(#"{"a":[1,-2.5e3,"x\né😀\u00e9"],"b":{"c":null,"d":[true,false,[]]},"e":""}"#.utf8)
        for length in 0..<document.count {
            let error = failure { () throws(CodingError) in
                try JSONReader.read(Array(document.prefix(length))) { reader throws(CodingError) in try reader.skipValue() }
            }
            #expect((error?.offset ?? .max) <= length)
        }
        try JSONReader.read(document) { reader throws(CodingError) in try reader.skipValue() }
    }

    /// Whatever the bytes are: an answer, the same from skipping and from reading, and an offset inside the document.
    @Test func mutatedDocumentsEndInAnAnswer() {
        var generator = SeededGenerator(seed: 1)
        let original = Array(#"{"a":[1,-2.5e3,"x\né😀\u00e9\ud83d\ude00"],"b":{"c":null,"d":[true,false,[]]},"e":"","f":0.125}"#.utf8)
        let interesting = Array(#"{}[]",:\/u0-+.eEtfn 'x"#.utf8) + [0, 0x1F, 0x7F, 0x80, 0xC0, 0xE2, 0xED, 0xF4, 0xFF]
        var accepted = 0
        for _ in 0..<20_000 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let index = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes[index] = interesting.randomElement(using: &generator) ?? 0
                case 1: bytes.remove(at: index)
                default: bytes.insert(interesting.randomElement(using: &generator) ?? 0, at: index)
                }
            }
            let skipped = outcome(bytes) { reader throws(CodingError) in try reader.skipValue() }
            let read = outcome(bytes, readAnything)
            #expect(skipped == read, "\(String(decoding: bytes, as: UTF8.self))")
            if let skipped { #expect((0...bytes.count).contains(skipped.offset)) } else { accepted += 1 }
        }
        #expect(accepted > 500)
    }

    private func outcome(_ bytes: [UInt8], _ body: (inout JSONReader) throws(CodingError) -> Void) -> CodingError? {
        do throws(CodingError) {
            try JSONReader.read(bytes, body)
            return nil
        } catch {
            return error
        }
    }
}
