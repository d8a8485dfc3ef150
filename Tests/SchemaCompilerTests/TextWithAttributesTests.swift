// xs:simpleContent: text with attributes, the one element whose value stands between its tags beside attributes.

import Testing

@testable import SchemaCompiler

struct TextWithAttributesTests {
    private func schema(_ content: String) -> String {
        """
        <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:tungsten:annotations">
          <xs:simpleType name="Count">
            <xs:annotation><xs:documentation>A count.</xs:documentation></xs:annotation>
            <xs:restriction base="xs:integer"><xs:minInclusive value="0"/><xs:maxInclusive value="9"/></xs:restriction>
          </xs:simpleType>
          <xs:complexType name="Part">
            <xs:annotation><xs:documentation>A part.</xs:documentation></xs:annotation>
            <xs:sequence/>
          </xs:complexType>
          <xs:complexType name="Moves">
            <xs:annotation><xs:documentation>How often something moved.</xs:documentation></xs:annotation>
            \(content)
          </xs:complexType>
        </xs:schema>
        """
    }

    private func compile(_ content: String) -> (Model, String) {
        let compiler = Compiler(source: SmallSchema.Source(files: ["a.xsd": schema(content)]))
        let model = compiler.configurationModel(files: ["a.xsd"])
        return (model, compiler.diagnostics.rendered())
    }

    private static let documented = "<xs:annotation><xs:documentation>Text.</xs:documentation></xs:annotation>"

    @Test func theTextIsAMemberCalledValue() throws {
        let (model, findings) = compile(
            """
            <xs:simpleContent><xs:extension base="Count">\(Self.documented)
              <xs:attribute name="by" type="xs:string">\(Self.documented)</xs:attribute>
            </xs:extension></xs:simpleContent>
            """)
        #expect(findings.isEmpty, "\(findings)")
        let members = try #require(model.structure("Moves")).members
        #expect(members.map(\.name) == ["value", "by"] && members.map(\.form) == [.content, .attribute])
        let file = try #require(SwiftModelBackend(model: model).files().first)
        let text = String(decoding: file.bytes, as: UTF8.self)
        #expect(text.contains("value = try reader.optionalText { reader throws(CodingError) in try reader.integer(in: Count.range) }"))
        #expect(text.contains("by = try reader.attributeValue(\"by\")"))
        #expect(text.contains("value?.encode(to: &writer)"))
    }

    @Test(arguments: [
        ("<xs:simpleContent/>", "<simpleContent> of Moves without <extension>"),
        ("<xs:simpleContent><xs:extension base=\"Part\">\(documented)</xs:extension></xs:simpleContent>", "structured type Part"),
        ("<xs:simpleContent><xs:extension base=\"Nothing\">\(documented)</xs:extension></xs:simpleContent>", "unknown type"),
        ("<xs:simpleContent><xs:extension>\(documented)</xs:extension></xs:simpleContent>", "add base="),
        ("<xs:simpleContent><xs:extension base=\"Count\"/></xs:simpleContent>", "documentation"),
        ("<xs:simpleContent><xs:restriction base=\"Count\"/></xs:simpleContent>", "restrict a simpleType"),
        ("<xs:simpleContent><xs:extension base=\"Count\">\(documented)<xs:sequence/></xs:extension></xs:simpleContent>", "sequence"),
        (
            "<xs:simpleContent><xs:extension base=\"Count\">\(documented)</xs:extension></xs:simpleContent>"
                + "<xs:attribute name=\"by\" type=\"xs:string\">\(documented)</xs:attribute>",
            "stands beside <simpleContent>"
        ),
    ])
    func whatIsWrongIsRefused(_ content: String, _ words: String) {
        let (_, findings) = compile(content)
        #expect(findings.contains(words), "\(findings)")
    }
}
