// Documents that are not XML, or the part of XML that is refused on purpose.

import Coding
import Testing

@Suite struct XMLSyntaxTests {
    static let broken: [BrokenDocument] = [
        // Nothing, or less than an element.
        .init("", .unexpectedEnd, 0), .init("  ", .unexpectedEnd, 2), .init("x", .syntax, 0), .init("<", .unexpectedEnd, 1),
        .init("<a", .unexpectedEnd, 0, "a"), .init("<a ", .unexpectedEnd, 0, "a"), .init("<a>", .unexpectedEnd, 0, "a"),
        .init("<a/", .syntax, 2, "a"), .init("<a>x", .unexpectedEnd, 0, "a"), .init("<a></a", .unexpectedEnd, 0, "a"),
        .init("<a><b></b>", .unexpectedEnd, 0, "a"), .init("<a><b/><b>", .unexpectedEnd, 7, "a.b[1]"),
        // More than an element.
        .init("<a/><b/>", .syntax, 4, "b"), .init("<a/>x", .syntax, 4), .init("<a/></a>", .syntax, 4),
        .init("<a/><![CDATA[]]>", .syntax, 4),
        // Tags.
        .init("<1/>", .syntax, 1), .init("< a/>", .syntax, 1), .init("<a></b>", .syntax, 3, "a"),
        .init("<a><b></a></b>", .syntax, 6, "a.b"),
        .init("<a></ab>", .syntax, 3, "a"), .init("<ab></a>", .syntax, 4, "ab"), .init("<a></>", .syntax, 5, "a"),
        .init("<a></a b='c'>", .syntax, 7, "a"), .init("<a b/>", .syntax, 4, "a"), .init("<a b=c/>", .syntax, 5, "a"),
        .init("<a b='c'd='e'/>", .syntax, 8, "a"), .init("<a b='<'/>", .syntax, 6, "a"),
        .init("<a b='1' b='2'/>", .duplicateMember, 9, "a"),
        .init("<a b='", .unexpectedEnd, 6, "a"), .init("<a b='&'/>", .syntax, 6, "a"), .init("<a b='&lt'/>", .syntax, 6, "a"),
        .init("<a =''/>", .syntax, 3, "a"), .init("<a/ >", .syntax, 2, "a"), .init("<a><1></a>", .syntax, 4, "a"),
        // References.
        .init("<a>&</a>", .syntax, 3, "a"), .init("<a>&x;</a>", .syntax, 3, "a"), .init("<a>&#;</a>", .encoding, 3, "a"),
        .init("<a>&#x;</a>", .encoding, 3, "a"), .init("<a>&#0;</a>", .encoding, 3, "a"), .init("<a>&#1;</a>", .encoding, 3, "a"),
        .init("<a>&#xD800;</a>", .encoding, 3, "a"), .init("<a>&#xFFFE;</a>", .encoding, 3, "a"),
        .init("<a>&#x110000;</a>", .encoding, 3, "a"),
        .init("<a>&#-5;</a>", .encoding, 3, "a"), .init("<a>&#+5;</a>", .encoding, 3, "a"),
        .init("<a>&#99999999999;</a>", .encoding, 3, "a"),
        .init("<a>&#65</a>", .syntax, 3, "a"), .init("<a>&LT;</a>", .syntax, 3, "a"), .init("<a>& amp;</a>", .syntax, 3, "a"),
        .init("<a>&nbsp;</a>", .syntax, 3, "a"), .init("<a>&#x4G;</a>", .encoding, 3, "a"), .init("<a>&</a>;", .syntax, 3, "a"),
        // Characters.
        .init("<a>\u{1}</a>", .encoding, 3, "a"), .init("<a>\0</a>", .encoding, 3, "a"), .init("<a>\u{FFFF}</a>", .encoding, 3, "a"),
        .init("<a>]]></a>", .syntax, 3, "a"), .init("<a b='\u{2}'/>", .encoding, 6, "a"),
        .init("<a><![CDATA[\u{3}]]></a>", .encoding, 12, "a"),
        .init("<!--\u{4}--><a/>", .encoding, 4), .init("<a><?p \u{5}?></a>", .encoding, 7, "a"),
        // Comments, sections, instructions.
        .init("<!-- a -- b --><a/>", .syntax, 7), .init("<!-- a", .unexpectedEnd, 0), .init("<!-- a --", .unexpectedEnd, 7),
        .init("<!-- a --->", .syntax, 7), .init("<a><![CDATA[</a>", .unexpectedEnd, 3, "a"), .init("<a><?p </a>", .unexpectedEnd, 3, "a"),
        .init("<a><??></a>", .syntax, 5, "a"), .init("<a><![CDATA</a>", .syntax, 3, "a"), .init("<a><!x></a>", .syntax, 3, "a"),
        // What is refused on purpose.
        .init("<!DOCTYPE a><a/>", .unsupported, 0), .init("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", .unsupported, 0),
        .init("<?xml version='1.1'?><a/>", .unsupported, 6), .init("<?xml version='1.0' encoding='ISO-8859-1'?><a/>", .unsupported, 20),
        .init("<?xml version='1.0' encoding='UTF-16'?><a/>", .unsupported, 20), .init(" <?xml version='1.0'?><a/>", .syntax, 1),
        .init("<?xml version='1.0' x='y'?><a/>", .syntax, 20), .init("<?xml version=1.0?><a/>", .syntax, 14),
        .init("<a><?XML x?></a>", .syntax, 3, "a"),
        .init("<?xml ", .unexpectedEnd, 6), .init("\0<\0a", .syntax, 0),
    ]

    @Test(arguments: broken)
    func refusesWhatIsNotXML(document: BrokenDocument) {
        let error = failure { () throws(CodingError) in
            try xml(document.text) { reader throws(CodingError) in try reader.skipElement() }
        }
        #expect(error == CodingError(document.kind, "", offset: document.offset, path: document.path), "\(error?.description ?? "")")
    }

    @Test(arguments: broken)
    func refusesItInTypedReadingToo(document: BrokenDocument) {
        let error = failure { () throws(CodingError) in try xml(document.text, readAnything) }
        #expect(error == CodingError(document.kind, "", offset: document.offset, path: document.path), "\(error?.description ?? "")")
    }

    /// Children if there are any, text otherwise.
    private func readAnything(_ reader: inout XMLReader) throws(CodingError) {
        let hasChildren = reader.isElement("a") && reader.attributes.isEmpty
        if hasChildren, try readChildren(&reader) { return }
        _ = try reader.text()
    }

    /// False, and nothing consumed, when the element holds text.
    private func readChildren(_ reader: inout XMLReader) throws(CodingError) -> Bool {
        var isFirst = true
        while true {
            do throws(CodingError) {
                guard try reader.nextChild() != nil else { return true }
            } catch {
                // Text where elements were expected is said at the text, which is still there.
                if isFirst, error.kind == .syntax, error.message.hasPrefix("text in the element") { return false }
                throw error
            }
            isFirst = false
            try readAnything(&reader)
        }
    }

    @Test func textAndElementsDoNotMix() {
        let text = failure { () throws(CodingError) in try Rule(xml: "<r><name>a</name>x</r>") }
        #expect(text == CodingError(.syntax, "", offset: 17, path: "r"))
        let section = failure { () throws(CodingError) in try Rule(xml: "<r><![CDATA[ ]]></r>") }
        #expect(section?.kind == .syntax)
        let child = failure { () throws(CodingError) in try Rule(xml: "<r><name>a<b/></name></r>") }
        #expect(child == CodingError(.type, "", offset: 10, path: "r.name.b"))
    }

    @Test func anElementMustBeReadToItsEnd() {
        let error = failure { () throws(CodingError) in try xml("<a><b/></a>") { reader throws(CodingError) in _ = try reader.nextChild() }
        }
        #expect(error?.kind == .syntax)
    }

    @Test func byteOrderMarksAndASCIIPass() throws {
        #expect(try String(xml: "\u{FEFF}<?xml version='1.0' encoding='us-ascii' standalone='yes' ?><a>b</a>") == "b")
        #expect(try String(xml: "<?xml-x y?><a>b</a>") == "b")
    }

    @Test func everyTruncationOfADocumentIsRefused() throws {
        let document = Array("<?xml version='1.0'?><a b='é&lt;'><!-- c --><d>e&#65;f</d><![CDATA[g]]><?h i?><j/>k]]</a>".utf8)
        for length in 0..<document.count {
            let error = failure { () throws(CodingError) in
                try XMLReader.read(Array(document.prefix(length))) { reader throws(CodingError) in try reader.skipElement() }
            }
            #expect((error?.offset ?? .max) <= length)
        }
        try XMLReader.read(document) { reader throws(CodingError) in try reader.skipElement() }
    }

    @Test func mutatedDocumentsEndInAnAnswer() {
        var generator = SeededGenerator(seed: 10)
        let original = Array("<a b='é&lt;' c=\"d\"><!-- c --><d>e&#65;f</d><d x='y'/><![CDATA[g]]><?h i?><j/>k]]</a>".utf8)
        let interesting = Array("<>/!?-[]&;#'\"= abd".utf8) + [0, 0x0D, 0x7F, 0x80, 0xC3, 0xED, 0xEF, 0xFF]
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
            do throws(CodingError) {
                try XMLReader.read(bytes) { reader throws(CodingError) in try reader.skipElement() }
                accepted += 1
            } catch {
                #expect((0...bytes.count).contains(error.offset))
            }
        }
        #expect(accepted > 500)
    }
}
