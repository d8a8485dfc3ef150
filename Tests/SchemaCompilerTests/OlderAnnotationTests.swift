// The older dialect: statements written like Python calls, in comments. Existing schemas must mean what they meant to the platform's own
// compiler, slips included.

import Testing

@testable import SchemaCompiler

@Suite struct OlderAnnotationTests {
    /// The model of two objects, `network` and `policy`, and some elements, with `comment` as the only annotation.
    private func model(_ comment: String) -> (model: Model, findings: String) {
        lowered(
            olderSchema(
                """
                <xsd:element name="network" type="ifmap:IdentityType"/>
                <xsd:element name="policy" type="IdentityType"/>
                <xsd:element name="mtu" type="xsd:integer"/>
                <xsd:element name="ports" type="Ports"/>
                <xsd:element name="network-policy" type="Order"/>
                <xsd:element name="owner"/>
                <xsd:complexType name="Order"><xsd:all><element name="major" type="xsd:integer"/></xsd:all></xsd:complexType>
                <xsd:complexType name="Port"><xsd:all><xsd:element name="id" type="xsd:string"/></xsd:all></xsd:complexType>
                <xsd:complexType name="Ports"><xsd:all><xsd:element name="port" type="Port" maxOccurs="unbounded"/></xsd:all></xsd:complexType>
                <!--#IFMAP-SEMANTICS-IDL \(comment) -->
                """))
    }

    private func property(_ comment: String) throws -> Property {
        let (model, findings) = model(comment)
        #expect(findings == "")
        return try #require(model.object("network")?.properties.first)
    }

    private func reference(_ comment: String) throws -> ReferenceRelation {
        let (model, findings) = model(comment)
        #expect(findings == "")
        return try #require(model.object("network")?.references.first)
    }

    // MARK: Ways to write one and the same

    @Test(arguments: [
        "Property('mtu', 'network', 'required', 'CR', 'Largest frame.')",
        "Property(\"mtu\", \"network\", \"required\", \"CR\", \"Largest frame.\")",
        "Property('mtu', \"network\", 'required', \"CR\", 'Largest frame.')",
        "Property('mtu', 'network', 'required', 'CR', 'Largest frame.',)",
        "Property('mtu', 'network', 'required', 'CR',\n  'Largest '\n  \"frame.\")",
        "Property('mtu', 'network', presence='required', operations='CR', description='Largest frame.')",
        "Property('mtu', 'network', description = 'Largest ' 'frame.', operations\n= 'CR', presence='required',)",
        "Property(name='mtu', ident='network', presence='required', operations='CR', description='Largest frame.')",
        "\n   Property ( 'mtu','network','required','CR','Largest\n   frame.' ) ;\n",
        "Property('m' 'tu', 'net' 'work', 'required', 'C' 'R', 'Largest frame.')",
        "; ; Property('mtu', 'network', 'required', 'CR', 'Largest frame.');;",
    ])
    func aPropertyHoweverItIsWritten(_ comment: String) throws {
        let property = try property(comment)
        #expect(property.name == "mtu")
        #expect(property.type == .scalar(.integer))
        #expect(property.presence == .required)
        #expect(property.operations == [.create, .read])
        #expect(property.documentation == "Largest frame.")
    }

    @Test(arguments: [
        "Link('network-policy', 'network', 'policy', ['ref', 'derived'], 'system-only', 'R', 'In force.')",
        "Link(\"network-policy\", \"network\", \"policy\", [\"ref\",\"derived\",], \"system-only\", \"R\", \"In force.\",)",
        "Link('network-policy',\n'network',\n'policy',\n[ 'derived' , 'ref' ],\n'system-only', 'R', 'In ' 'force.')",
        "Link('network-policy', 'ns:network', 'ns:policy', ['ref', 'derived'], presence='system-only', operations='R', description='In force.')",
        "Link('network-policy', 'network', 'policy', types=['ref', 'derived'], presence='system-only', operations='R', description='In force.')",
    ])
    func aReferenceHoweverItIsWritten(_ comment: String) throws {
        let reference = try reference(comment)
        #expect(reference.to == "policy")
        #expect(reference.link == "network-policy")
        #expect(reference.data == "Order")
        #expect(reference.derived)
        #expect(reference.presence == .systemOnly)
        #expect(reference.operations == .read)
        #expect(reference.documentation == "In force.")
    }

    @Test func textMayHoldWhatEndsAStatement() throws {
        let property = try property("Property('mtu', 'network', 'optional', 'CRUD', \"Largest; frame (in bytes), isn't it?\")")
        #expect(property.documentation == "Largest; frame (in bytes), isn't it?")
        #expect(try self.property(#"Property('mtu', 'network', 'optional', 'CRUD', 'It\'s large.')"#).documentation == "It's large.")
    }

    @Test func whatIsLeftOutIsOptionalAndOpenToAllOperations() throws {
        let property = try property("Property('mtu', 'network')")
        #expect(property.presence == .optional)
        #expect(property.operations == .all)
        #expect(property.documentation == "")
    }

    @Test func severalStatementsInOneComment() throws {
        let (model, findings) = model(
            "Property('mtu', 'network'); Property('mtu', 'policy') Link('network-policy', 'network', 'policy', ['ref'])")
        #expect(findings == "")
        #expect(try #require(model.object("network")).properties.map(\.name) == ["mtu"])
        #expect(try #require(model.object("policy")).properties.map(\.name) == ["mtu"])
        #expect(try #require(model.object("network")).references.map(\.to) == ["policy"])
    }

    // MARK: Lists and maps

    @Test func listsAndMapsAreStoredElementByElement() throws {
        guard case .list("port") = try property("ListProperty('ports', 'network')").collection else {
            Issue.record("not a list")
            return
        }
        guard case .map("port", key: "id") = try property("MapProperty('ports', 'network', 'id', 'required', 'CR')").collection else {
            Issue.record("not a map")
            return
        }
        guard case .map("port", key: "id") = try property("MapProperty('ports', 'network', key_name='id')").collection else {
            Issue.record("not a map")
            return
        }
    }

    // MARK: Links

    @Test func aLinkSaysWhoIsTheParent() throws {
        let (model, findings) = model("Link('network-policy', 'network', 'policy', ['has', 'derived'])")
        #expect(findings == "")
        let policy = try #require(model.object("policy"))
        #expect(policy.parents.map(\.parent) == ["network"])
        #expect(policy.parents.first?.derived == true)
        #expect(policy.parents.first?.link == "network-policy")
        #expect(try #require(model.object("network")).children.map(\.child) == ["policy"])
    }

    /// `binding` and `attachment-info` of the older schema: in the graph, not in the API.
    @Test func aLinkWithoutKindIsAnEdgeOfTheGraphOnly() throws {
        let (model, findings) = model("Link('network-policy', 'network', 'policy', [])")
        #expect(findings == "")
        #expect(try #require(model.object("network")).references.isEmpty)
        #expect(model.links.map(\.name) == ["network-policy"])
        #expect(model.links.first?.ends.first?.kind == .link)
    }

    @Test func aReferenceOfEveryObjectIsNamedAfterEach() throws {
        let (model, findings) = model("Link('object-tag', 'all', 'policy', ['ref'])")
        #expect(findings == "")
        #expect(model.objects.map { $0.references.map(\.link) } == [["network-policy"], ["policy-policy"]])
    }

    @Test func theFirstStatementDecidesPresenceAndOperations() throws {
        let (model, _) = model(
            "Property('mtu', 'network', 'required', 'CR', 'One.'); Property('mtu', 'policy', 'optional', 'CRUD', 'Other.')")
        let other = try #require(model.object("policy")?.properties.first)
        #expect(other.presence == .required)
        #expect(other.operations == [.create, .read])
        #expect(other.documentation == "Other.")
    }

    // MARK: Slips of the older schema, which keep their meaning

    /// instance-bgp-router: `'optional' 'CRUD'` without the comma between them is one text, and no presence.
    @Test func aForgottenCommaMergesPresenceAndOperations() throws {
        let reference = try reference("Link('network-policy', 'network', 'policy', ['ref'], 'optional' 'R', 'In force.')")
        #expect(reference.presence == .optional)
        // "In force." came to stand where the operations are.
        #expect(reference.operations == .all)
        #expect(reference.documentation == "")
    }

    /// project-qos-config, loadbalancer-pool-service-appliance-set: `'CRUD' 'text'`.
    @Test func aForgottenCommaMergesOperationsAndDescription() throws {
        let reference = try reference("Link('network-policy', 'network', 'policy', ['ref'], 'required', 'R' 'In force.')")
        #expect(reference.presence == .required)
        #expect(reference.operations == .all)
        #expect(reference.documentation == "")
    }

    /// routing-policy-routing-instance: the description stands where the presence belongs.
    @Test func aDescriptionInPlaceOfThePresence() throws {
        let reference = try reference("Link('network-policy', 'network', 'policy', ['ref'], 'In force.')")
        #expect(reference.presence == .optional)
        #expect(reference.documentation == "")
    }

    @Test func statementsAboutMembersAreDocumentationOnly() throws {
        let (model, findings) = model("Property('major', 'network'); Type('mtu', ['string-enum']); Exclude('mtu', ['backend'])")
        #expect(findings == "")
        #expect(try #require(model.object("network")).properties.isEmpty)
    }

    @Test func textBetweenElementsIsPassedOver() throws {
        let (model, findings) = lowered(
            olderSchema(
                """
                # NETOPS-1: see below
                <xsd:element name="network" type="ifmap:IdentityType"/>
                # and this
                <!--#IFMAP-SEMANTICS-IDL Property('mtu', 'network') -->
                <xsd:element name="mtu" type="xsd:integer"/>
                """))
        #expect(findings == "")
        #expect(try #require(model.object("network")).properties.map(\.name) == ["mtu"])
    }

    @Test func anOrdinaryCommentSaysNothing() {
        let (model, findings) = lowered(schema("<!-- Property('mtu', 'network') -->\n<xs:element name=\"network\" type=\"IdentityType\"/>"))
        #expect(model.object("network")?.properties.isEmpty == true)
        #expect(findings.contains("[undocumented]"), "our own dialect, so documentation is asked for")
    }

    /// Members carry presence and operations as attributes that XSD does not know.
    @Test func attributesOfMembers() throws {
        let (model, findings) = lowered(
            olderSchema(
                """
                <!--#IFMAP-SEMANTICS-IDL -->
                <xsd:complexType name="T">
                  <xsd:all>
                    <xsd:element name="a" type="xsd:string" required="true" operations="CR" description="One."/>
                    <xsd:element name="b" type="xsd:string" required='system-only' description_1="One" description_2="two."/>
                    <xsd:element name="c" type="xsd:string" required="exclusive"/>
                    <xsd:element name="d" type="xsd:string" required="optional"/>
                    <element name="e" type="xsd:time"/>
                  </xsd:all>
                </xsd:complexType>
                """))
        #expect(findings == "")
        let members = try #require(model.structure("T")).members
        #expect(members.map(\.presence) == [.required, .systemOnly, .exclusive, .optional, nil])
        #expect(members.map(\.operations) == [[.create, .read], nil, nil, nil, nil])
        #expect(members.map(\.documentation) == ["One.", "One two.", "", "", ""])
        #expect(members.last?.type == .scalar(.time))
    }

    /// No text in a comment may stop the compiler.
    @Test(arguments: [
        "Property(", "Property('", "Property('mtu', 'network", "Property('mtu' 'network'", "Link('a','b','c',[", "Link('a','b','c',['ref",
        "Property(mtu, network)", "Property(('mtu'))", ")))", "'''", "\\", "Property('mtu\\", "Property = 'x'", "Property(1, 2.0, None)",
        "",
    ])
    func brokenStatementsAreWarnedOfAtMost(_ comment: String) {
        let (model, findings) = model(comment)
        #expect(model.objects.count == 2)
        #expect(!findings.contains(" error: "), "\(findings)")
    }
}
