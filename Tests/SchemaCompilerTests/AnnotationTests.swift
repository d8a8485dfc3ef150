// Our own dialect: annotations as elements of a namespace inside xs:appinfo, and what XSD itself says about types.

import Testing

@testable import SchemaCompiler

@Suite struct AnnotationTests {
    /// The model of a schema without errors. (That nothing in it is documented is not the matter here.)
    private func model(_ declarations: String) throws -> Model {
        let compiler = Compiler(source: TextSource(files: ["net.xsd": schema(declarations)]))
        let model = compiler.configurationModel(files: ["net.xsd"])
        try #require(!compiler.diagnostics.failed, "\(compiler.diagnostics.rendered(.error))")
        return model
    }

    private func element(_ name: String, _ type: String, _ annotations: String) -> String {
        "<xs:element name=\"\(name)\"\(type)><xs:annotation><xs:appinfo>\(annotations)</xs:appinfo></xs:annotation></xs:element>"
    }

    private let objects = """
        <xs:element name="network" type="IdentityType"/>
        <xs:element name="policy" type="IdentityType"/>
        """

    @Test func aPropertyOfSeveralObjects() throws {
        let model = try model(
            objects
                + element(
                    "mtu", " type=\"xs:integer\" default=\"1500\"",
                    "<t:property of='network' presence='required' operations='RC'/><t:property of='policy'/>"))
        let ofNetwork = try #require(model.object("network")?.properties.first)
        #expect(ofNetwork.presence == .required)
        #expect(ofNetwork.operations == [.create, .read])
        #expect(ofNetwork.defaultValue == "1500")
        // Unlike in the older dialect, each annotation speaks for itself.
        let ofPolicy = try #require(model.object("policy")?.properties.first)
        #expect(ofPolicy.presence == .optional)
        #expect(ofPolicy.operations == .all)
    }

    @Test func aPropertyOfEveryObject() throws {
        let model = try model(objects + element("label", " type=\"xs:string\"", "<t:property of='all'/>"))
        #expect(model.commonProperties.map(\.name) == ["label"])
        #expect(model.objects.map(\.properties.count) == [0, 0])
    }

    @Test func referencesAndParents() throws {
        let model = try model(
            objects + element("network-policy", "", "<t:reference from='network' to='policy' kind='ref' derived='true'/>")
                + element("owner", "", "<t:reference from='network' to='policy' kind='has' derived='false'/>")
                + element("edge", "", "<t:reference from='policy' to='network' kind='link'/>"))
        let network = try #require(model.object("network"))
        #expect(network.references.map(\.to) == ["policy"])
        #expect(network.references.first?.derived == true)
        let policy = try #require(model.object("policy"))
        #expect(policy.backReferences.map(\.from) == ["network"])
        #expect(policy.parents.map(\.parent) == ["network"])
        #expect(policy.parents.first?.derived == false)
        #expect(policy.solePossibleParent == "network")
        #expect(policy.references.isEmpty)
        #expect(model.links.map(\.name) == ["network-policy", "owner", "edge"])
    }

    @Test func membersOfStructures() throws {
        let model = try model(
            """
            <xs:complexType name="Address">
              <xs:sequence>
                <xs:element name="ip" type="xs:string"/>
                <xs:element name="length" type="xs:unsignedShort" minOccurs="0" default="32"/>
                <xs:element name="hosts" type="xs:string" minOccurs="0" maxOccurs="unbounded"/>
                <xs:element name="pair" type="xs:boolean" minOccurs="2" maxOccurs="2"/>
                <xs:choice><xs:element name="v4" type="xs:string"/><xs:element name="v6" type="xs:string"/></xs:choice>
                <xs:element name="inner" type="Inner" minOccurs="0">
                  <xs:annotation><xs:appinfo><t:member presence="exclusive" operations="R"/></xs:appinfo></xs:annotation>
                </xs:element>
              </xs:sequence>
              <xs:attribute name="scope" type="xs:string" use="required"/>
            </xs:complexType>
            <xs:complexType name="Inner"/>
            """)
        let members = try #require(model.structure("Address")).members
        #expect(members.map(\.name) == ["ip", "length", "hosts", "pair", "v4", "v6", "inner", "scope"])
        #expect(
            members.map(\.cardinality) == [
                .required, .optional, .many(minimum: 0, maximum: nil), .many(minimum: 2, maximum: 2), .required, .required, .optional,
                .required,
            ])
        #expect(members.map(\.choice) == [nil, nil, nil, nil, 1, 1, nil, nil])
        #expect(members.map { $0.form == .attribute } == [false, false, false, false, false, false, false, true])
        #expect(members[1].defaultValue == "32")
        #expect(members[6].type == .structure("Inner"))
        #expect(members[6].presence == .exclusive)
        #expect(members[6].operations == .read)
    }

    @Test func restrictionsBuildOnEachOther() throws {
        let model = try model(
            """
            <xs:simpleType name="Small"><xs:restriction base="Number"><xs:maxExclusive value="10"/></xs:restriction></xs:simpleType>
            <xs:simpleType name="Number"><xs:restriction base="xs:integer"><xs:minInclusive value="1"/></xs:restriction></xs:simpleType>
            <xs:simpleType name="Code">
              <xs:restriction base="xs:string"><xs:minLength value="2"/><xs:maxLength value="4"/><xs:pattern value="[a-z]+"/></xs:restriction>
            </xs:simpleType>
            <xs:simpleType name="Mode">
              <xs:restriction base="xs:string"><xs:enumeration value="l2"/><xs:enumeration value="l3"/></xs:restriction>
            </xs:simpleType>
            """)
        let small = try #require(model.simpleType("Small"))
        #expect(small.base == .integer)
        #expect(small.minimum == 1)
        #expect(small.maximum == 9)
        let code = try #require(model.simpleType("Code"))
        #expect(code.minimumLength == 2)
        #expect(code.maximumLength == 4)
        #expect(code.patterns == ["[a-z]+"])
        #expect(try #require(model.simpleType("Mode")).enumeration.map(\.value) == ["l2", "l3"])
    }

    @Test func aUnionTakesTheTextOfItsParts() throws {
        let model = try model(
            """
            <xs:simpleType name="Either"><xs:union memberTypes="Mode xs:unsignedInt"><xs:simpleType>
              <xs:restriction base="xs:string"><xs:pattern value="0x[0-9a-f]{1,4}"/></xs:restriction></xs:simpleType></xs:union></xs:simpleType>
            <xs:simpleType name="Mode">
              <xs:restriction base="xs:string"><xs:enumeration value="l2"/><xs:enumeration value="l.3"/></xs:restriction>
            </xs:simpleType>
            <xs:simpleType name="More"><xs:union memberTypes="Mode Others"/></xs:simpleType>
            <xs:simpleType name="Others"><xs:restriction base="xs:string"><xs:enumeration value="l4"/></xs:restriction></xs:simpleType>
            """)
        let either = try #require(model.simpleType("Either"))
        #expect(either.patterns == ["l2|l\\.3", "0x[0-9a-f]{1,4}"])
        #expect(either.unionScalars == [.unsignedInt])
        #expect(!either.isEnumeration)
        #expect(try #require(model.simpleType("More")).enumeration.map(\.value) == ["l2", "l.3", "l4"])
    }

    @Test func aTypeInsideAMemberIsNamedAfterBoth() throws {
        let model = try model(
            """
            <xs:complexType name="Address"><xs:sequence>
              <xs:element name="ip-family"><xs:simpleType><xs:restriction base="xs:string"><xs:enumeration value="v4"/></xs:restriction></xs:simpleType></xs:element>
            </xs:sequence></xs:complexType>
            """)
        #expect(try #require(model.structure("Address")).members.map(\.type) == [.simple("AddressIpFamily")])
        #expect(model.simpleType("AddressIpFamily")?.isAnonymous == true)
    }

    @Test func documentationIsParagraphs() throws {
        let model = try model(
            """
            <xs:element name="network" type="IdentityType">
              <xs:annotation><xs:documentation>
                 A closed group
                 of &lt;ports&gt;.

                 Second   paragraph.
              </xs:documentation><xs:documentation>Third.</xs:documentation></xs:annotation>
            </xs:element>
            """)
        #expect(model.objects.first?.documentation == "A closed group of <ports>.\n\nSecond paragraph.\n\nThird.")
    }

    @Test func whatIsWrittenKeepsItsPlace() throws {
        let model = try model(
            "<xs:annotation><xs:documentation>é</xs:documentation></xs:annotation>\n"
                + objects.replacing("name=\"policy\"", with: "\n\n  name=\"policy\""))
        #expect(model.objects.map(\.location.reference) == ["net.xsd:3", "net.xsd:4"])
    }
}
