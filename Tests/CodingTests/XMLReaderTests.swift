// What the XML reader accepts, and what it makes of it.

import Coding
import Testing

/// Reads one document with the reader on its root.
func xml<Value>(
    _ text: String, unknownElements: UnknownMembers = .reject, _ body: (inout XMLReader) throws(CodingError) -> Value
) throws(CodingError) -> Value {
    try XMLReader.read(Array(text.utf8), unknownElements: unknownElements, body)
}

@Suite struct XMLReaderTests {
    private func text(_ document: String) throws(CodingError) -> String {
        try xml(document) { reader throws(CodingError) in try reader.text() }
    }

    @Test func readsAValueOfTheSchema() throws {
        let document = """
            <?xml version="1.0" encoding="UTF-8"?>
            <!-- a rule -->
            <rule xmlns="urn:x">
              <name>web &amp; mail</name> <mode>l2</mode>
              <ports><start-port> 80 </start-port><end-port>443</end-port></ports>
              <?pi x?><ports><start-port>22</start-port></ports>
              <!-- none --><weight>.5</weight><enabled>1</enabled><notes/><notes></notes><notes>a</notes>
            </rule>
            <!-- end -->
            """
        let rule = try Rule(xml: document)
        #expect(
            rule.jsonString()
                == #"{"name":"web & mail","mode":"l2","ports":[{"start_port":80,"end_port":443},{"start_port":22}],"weight":0.5,"enabled":true,"notes":["","","a"]}"#
        )
    }

    @Test func textIsPutTogetherFromItsParts() throws {
        #expect(
            try text("<a>b<!-- c -->d<?e f?>g<![CDATA[<h>&amp;]]]]><![CDATA[>]]>&lt;&gt;&apos;&quot;&amp;</a>") == "bdg<h>&amp;]]><>'\"&")
        #expect(try text("<a>&#65;&#x42;&#x1F600;&#10;&#xD;&#0000000065;</a>") == "AB😀\n\rA")
        #expect(try text("<a>1\r\n2\r3\n4<![CDATA[\r\n5\r]]></a>") == "1\n2\n3\n4\n5\n")
        #expect(try text("<a>]] ]>é€😀\t</a >") == "]] ]>é€😀\t")
        #expect(try text("<a/>") == "")
        #expect(try text("<a ></a\n>") == "")
    }

    @Test func attributesAreNormalised() throws {
        let values = try xml("<a x='1 &lt;&#10;\"' y:z=\"a\r\nb\tc'é\" w = \"\"><b x='2'/><c/></a>") { reader throws(CodingError) in
            var values = [reader.attribute("x"), reader.attribute("y:z"), reader.attribute("w"), reader.attribute("q")]
            let names = reader.attributes.map(\.name)
            let child = try reader.nextChild()
            values.append(reader.attribute("x"))
            try reader.skipElement()
            // Back on the parent, with its attributes.
            values.append(reader.attribute("x"))
            _ = try reader.nextChild()
            values.append(reader.attribute("x"))
            try reader.skipElement()
            let end = try reader.nextChild()
            return (values, names, child, end)
        }
        #expect(values.0 == ["1 <\n\"", "a b c'é", "", nil, "2", "1 <\n\"", nil])
        #expect(values.1 == ["x", "y:z", "w"])
        #expect(values.2 == "b")
        #expect(values.3 == nil)
    }

    @Test func tellsWhereItStands() throws {
        let (names, matches) = try xml("<a><b:c/></a>") { reader throws(CodingError) in
            var names = [reader.elementName]
            var matches = [reader.isElement("a"), reader.isElement("b"), reader.isElement("aa")]
            _ = try reader.nextChild()
            names.append(reader.elementName)
            matches.append(reader.isElement("b:c"))
            try reader.skipElement()
            names.append(reader.elementName)
            _ = try reader.nextChild()
            names.append(reader.elementName)
            matches.append(reader.isElement("a"))
            return (names, matches)
        }
        #expect(names == ["a", "b:c", "a", ""])
        #expect(matches == [true, false, false, true, false])
    }

    @Test func skipsWholeElements() throws {
        let document =
            "<a><x y='>'>t<z/>]] <z>&amp;<!-- < --><![CDATA[</x>]]></z ><?p </x>?></x><start-port>20</start-port><v/></a>"
        let range = try xml(document, unknownElements: .skip) { reader throws(CodingError) in try reader.value(PortRange.self) }
        #expect(range.start == 20)
    }

    @Test func unknownElementsAreRefusedWithTheNearestNames() {
        let error = failure { () throws(CodingError) in
            try Rule(xml: "<rule><ports/><ports><start_prot>1</start_prot></ports></rule>")
        }
        #expect(error?.kind == .unknownMember)
        #expect(error?.path == "rule.ports[1].start_prot")
        #expect(error?.offset == 21)
        #expect(error?.hint == "did you mean start-port?")
    }

    @Test func readsScalarsWithBlanksAround() throws {
        #expect(try Int(xml: "<v>\n -5 </v>") == -5)
        #expect(try Bool(xml: "<v> 0 </v>") == false)
        #expect(try Bool(xml: "<v>true</v>"))
        #expect(try Double(xml: "<v> -1.5E3 </v>") == -1500)
        #expect(try Double(xml: "<v>INF</v>") == .infinity)
        #expect(try Double(xml: "<v>-INF</v>") == -.infinity)
        #expect(try Double(xml: "<v>NaN</v>").isNaN)
        #expect(try Double(xml: "<v>1.</v>") == 1)
        #expect(try Double(xml: "<v>+.5</v>") == 0.5)
        #expect(try UInt64(xml: "<v>+007</v>") == 7)
        #expect(try String(xml: "<v> a </v>") == " a ")
    }

    @Test(arguments: [
        ("yes", CodingError.Kind.type), ("", .type), ("TRUE", .type),
    ])
    func refusesWhatIsNoBoolean(text: String, kind: CodingError.Kind) {
        #expect(failure { () throws(CodingError) in try Bool(xml: "<v>\(text)</v>") } == CodingError(kind, "", path: "v"))
    }

    @Test(arguments: [("1 2", CodingError.Kind.type), ("", .type), ("0x1", .type), ("1.0", .type), ("9223372036854775808", .range)])
    func refusesWhatIsNoInteger(text: String, kind: CodingError.Kind) {
        #expect(failure { () throws(CodingError) in try Int(xml: "<v>\(text)</v>") } == CodingError(kind, "", path: "v"))
    }

    @Test(arguments: [
        ("", CodingError.Kind.type), (".", .type), ("1e", .type), ("inf", .type), ("nan", .type), ("1e999", .range), ("0x1p3", .type),
    ])
    func refusesWhatIsNoNumber(text: String, kind: CodingError.Kind) {
        #expect(failure { () throws(CodingError) in try Double(xml: "<v>\(text)</v>") } == CodingError(kind, "", path: "v"))
    }

    @Test func holdsTheRulesOfTheSchema() {
        let range = failure { () throws(CodingError) in try PortRange(xml: "<p><end-port>0</end-port><start-port>9</start-port></p>") }
        #expect(range == CodingError(.range, "", offset: 25, path: "p.start-port"))
        let mode = failure { () throws(CodingError) in try Rule(xml: "<r><mode>l4</mode></r>") }
        #expect(mode == CodingError(.enumeration, "", offset: 3, path: "r.mode"))
        let length = failure { () throws(CodingError) in
            try xml("<a>abc</a>") { reader throws(CodingError) in try reader.string(length: 1...2) }
        }
        #expect(length == CodingError(.length, "", path: "a"))
        let pattern = failure { () throws(CodingError) in
            try xml("<a>1</a>") { reader throws(CodingError) in try reader.string(pattern: Rule.serial) }
        }
        #expect(pattern == CodingError(.pattern, "", path: "a"))
    }

    @Test func emptyTextPassesTheRules() throws {
        #expect(try Mode(xml: "<v/>").rawValue == "")
        #expect(try xml("<a/>") { reader throws(CodingError) in try reader.string(pattern: Rule.serial) } == "")
        #expect(try xml("<a/>") { reader throws(CodingError) in try reader.string(length: 3...4) } == "")
    }

    @Test func depthIsLimited() throws {
        func nested(_ depth: Int) -> [UInt8] {
            Array((String(repeating: "<a>", count: depth) + String(repeating: "</a>", count: depth)).utf8)
        }
        func skip(_ bytes: [UInt8], _ limit: Int) throws(CodingError) {
            try XMLReader.read(bytes, maximumDepth: limit) { reader throws(CodingError) in try reader.skipElement() }
        }
        try skip(nested(64), 64)
        #expect(failure { () throws(CodingError) in try skip(nested(65), 64) }?.kind == .depth)
        #expect(failure { () throws(CodingError) in try skip(nested(100_000), .max) }?.kind == .depth)
    }

    @Test func manyAttributesAreRefused() {
        let document = "<a " + (0..<200).map { "x\($0)='1'" }.joined(separator: " ") + "/>"
        #expect(failure { () throws(CodingError) in try text(document) }?.kind == .unsupported)
    }
}
