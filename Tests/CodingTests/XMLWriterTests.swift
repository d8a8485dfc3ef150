// What the XML writer writes, byte for byte, and that it reads back.

import Coding
import Testing

@Suite struct XMLWriterTests {
    private func write(_ body: (inout XMLWriter) -> Void) -> String {
        var writer = XMLWriter()
        body(&writer)
        return String(decoding: writer.finish(), as: UTF8.self)
    }

    @Test func writesElementsAndAttributes() {
        let text = write { writer in
            writer.start("a")
            writer.attribute("b", "1")
            writer.attribute("c" as String, "2")
            writer.element("d", 5)
            writer.element("e", nil as Int?)
            writer.element("f", ["x", ""])
            writer.element("g" as String, true)
            writer.element("p", PortRange(start: 80))
            writer.start("h" as String)
            writer.end("h" as String)
            writer.empty("i")
            writer.empty("j" as String)
            writer.text("t")
            writer.raw(Array("<k/>".utf8))
            writer.end("a")
        }
        #expect(
            text
                == #"<a b="1" c="2"><d>5</d><f>x</f><f></f><g>true</g><p><start-port>80</start-port></p><h></h><i/><j/>t<k/></a>"#)
    }

    @Test func finishingClosesAnOpenTag() {
        #expect(write { $0.start("a") } == "<a>")
        #expect(write { $0.text("") } == "")
    }

    @Test func escapesWhatMarkupWouldEat() {
        #expect("<a & \"b\" 'c'> ]]>\r\n\t".xmlString(root: "v") == "<v>&lt;a &amp; \"b\" 'c'&gt; ]]&gt;&#xD;\n\t</v>")
        let text = write { writer in
            writer.start("v")
            writer.attribute("a", "<&>\"'\r\n\t é")
            writer.end("v")
        }
        #expect(text == "<v a=\"&lt;&amp;&gt;&quot;&apos;&#xD;&#xA;&#x9; é\"></v>")
    }

    @Test func replacesWhatXMLCannotCarry() {
        #expect(
            "a\0b\u{1F}c\u{FFFE}d\u{FFFF}e\u{FFFD}f\u{FEFF}g\u{7F}".xmlString(root: "v")
                == "<v>a\u{FFFD}b\u{FFFD}c\u{FFFD}d\u{FFFD}e\u{FFFD}f\u{FEFF}g\u{7F}</v>")
    }

    @Test func writesSections() throws {
        let text = write { writer in
            writer.start("v")
            writer.characterData("<a>&]]>]]]>\0</a>")
            writer.end("v")
        }
        #expect(text == "<v><![CDATA[<a>&]]]]><![CDATA[>]]]]]><![CDATA[>\u{FFFD}</a>]]></v>")
        #expect(try String(xml: text) == "<a>&]]>]]]>\u{FFFD}</a>")
    }

    @Test func continuesWhereOthersStopped() {
        var writer = XMLWriter(appendingTo: Array("<x/>".utf8))
        writer.empty("y")
        #expect(String(decoding: writer.bytes, as: UTF8.self) == "<x/><y/>")
    }

    @Test func everyStringSurvivesExceptWhatXMLCannotCarry() throws {
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<5_000 {
            let text = generator.string(maximumLength: 40)
            let carried = String(
                String.UnicodeScalarView(
                    text.unicodeScalars.map { scalar in
                        switch scalar.value {
                        case 0x09, 0x0A, 0x0D: scalar
                        case 0..<0x20, 0xFFFE, 0xFFFF: "\u{FFFD}"
                        default: scalar
                        }
                    }))
            #expect(try String(xml: text.xml(root: "v")) == carried)
            let document = write { writer in
                writer.start("v")
                writer.attribute("a", text)
                writer.characterData(text)
                writer.end("v")
            }
            let (attribute, section) = try xml(document) { reader throws(CodingError) in (reader.attribute("a"), try reader.text()) }
            #expect(attribute == carried)
            // A section has no references: line ends in it are normalised (XML 1.0 §2.11).
            #expect(section == carried.normalisingLineEnds)
        }
    }

    @Test func everyValueSurvives() throws {
        var generator = SeededGenerator(seed: 12)
        for _ in 0..<2_000 {
            let rule = Rule.random(using: &generator)
            let document = rule.xml(root: "rule")
            let copy = try Rule(xml: document)
            #expect(copy.xml(root: "rule") == document)
        }
    }

    @Test func attributesMustFollowAStartTag() async {
        await #expect(processExitsWith: .failure) {
            var writer = XMLWriter()
            writer.start("a")
            writer.text("b")
            writer.attribute("c", "d")
        }
    }
}

extension String {
    /// Line ends of all kinds as one line feed each.
    fileprivate var normalisingLineEnds: String {
        var result = String.UnicodeScalarView()
        var wasReturn = false
        for scalar in unicodeScalars {
            if scalar == "\n", wasReturn {
                wasReturn = false
                continue
            }
            wasReturn = scalar == "\r"
            result.append(wasReturn ? "\n" : scalar)
        }
        return String(result)
    }
}
