// A schema small enough to be read beside the documents that are made from it, and ways to look at a part of a document.

import Testing

@testable import SchemaCompiler

/// Two files: what every object has, and networks with their policies.
enum SmallSchema {
    static let files = ["common.xsd": common, "net.xsd": net]

    static let common = """
        <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:tungsten:annotations">
          <xs:element name="display-name" type="xs:string">
            <xs:annotation>
              <xs:documentation>Label for people.</xs:documentation>
              <xs:appinfo><t:property of="all" presence="optional" operations="CRUD"/></xs:appinfo>
            </xs:annotation>
          </xs:element>
          <xs:simpleType name="VlanId">
            <xs:annotation><xs:documentation>VLAN (IEEE 802.1Q).</xs:documentation></xs:annotation>
            <xs:restriction base="xs:integer"><xs:minInclusive value="1"/><xs:maxInclusive value="4094"/></xs:restriction>
          </xs:simpleType>
        </xs:schema>
        """

    static let net = """
        <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:tungsten:annotations">
          <xs:annotation><xs:documentation>Networks. A `network` connects ports.</xs:documentation></xs:annotation>
          <xs:include schemaLocation="common.xsd"/>
          <xs:element name="project" type="IdentityType">
            <xs:annotation><xs:documentation>Owner of networks.</xs:documentation></xs:annotation>
          </xs:element>
          <xs:element name="network" type="IdentityType">
            <xs:annotation><xs:documentation>Ports that reach each other. Its `net-mode` and any `policy` say how; a * is no list.</xs:documentation></xs:annotation>
          </xs:element>
          <xs:element name="policy" type="IdentityType">
            <xs:annotation><xs:documentation>What may pass.</xs:documentation></xs:annotation>
          </xs:element>
          <xs:element name="project-network">
            <xs:annotation>
              <xs:documentation>Network of the project.</xs:documentation>
              <xs:appinfo><t:reference from="project" to="network" kind="has"/></xs:appinfo>
            </xs:annotation>
          </xs:element>
          <xs:element name="network-policy" type="Order">
            <xs:annotation>
              <xs:documentation>Policy in force.</xs:documentation>
              <xs:appinfo><t:reference from="network" to="policy" kind="ref" presence="required" operations="CRUD"/></xs:appinfo>
            </xs:annotation>
          </xs:element>
          <xs:element name="net-mode" type="Mode" default="l3">
            <xs:annotation>
              <xs:documentation>Routed or bridged.</xs:documentation>
              <xs:appinfo><t:property of="network" presence="optional" operations="CR"/></xs:appinfo>
            </xs:annotation>
          </xs:element>
          <xs:element name="vlans" type="Vlans">
            <xs:annotation>
              <xs:documentation>Tags in use.</xs:documentation>
              <xs:appinfo><t:list-property of="network" presence="required" operations="CRUD"/></xs:appinfo>
            </xs:annotation>
          </xs:element>
          <xs:complexType name="Vlans">
            <xs:annotation><xs:documentation>Some VLANs.</xs:documentation></xs:annotation>
            <xs:sequence>
              <xs:element name="vlan-id" type="VlanId" maxOccurs="unbounded">
                <xs:annotation><xs:documentation>One tag.</xs:documentation></xs:annotation>
              </xs:element>
            </xs:sequence>
          </xs:complexType>
          <xs:complexType name="Order">
            <xs:annotation><xs:documentation>Place among policies.</xs:documentation></xs:annotation>
            <xs:all>
              <xs:element name="major" type="xs:integer">
                <xs:annotation><xs:documentation>Compared first.</xs:documentation></xs:annotation>
              </xs:element>
              <xs:element name="is-last" type="xs:boolean" minOccurs="0" default="false">
                <xs:annotation><xs:documentation>Nothing follows `major` | order.</xs:documentation></xs:annotation>
              </xs:element>
            </xs:all>
          </xs:complexType>
          <xs:simpleType name="Mode">
            <xs:annotation><xs:documentation>How frames are forwarded.</xs:documentation></xs:annotation>
            <xs:restriction base="xs:string">
              <xs:enumeration value="l2"><xs:annotation><xs:documentation>By MAC address.</xs:documentation></xs:annotation></xs:enumeration>
              <xs:enumeration value="l3"/>
            </xs:restriction>
          </xs:simpleType>
        </xs:schema>
        """

    struct Source: FileSource {
        let files: [String: String]

        func contents(of path: String) throws(FileFailure) -> [UInt8] {
            guard let text = files[path] else { throw FileFailure(reason: "No such file or directory") }
            return Array(text.utf8)
        }
    }

    /// The model of the small schema, or of another `net.xsd`.
    static func model(_ net: String = net) throws -> Model {
        let compiler = Compiler(source: Source(files: ["common.xsd": common, "net.xsd": net]))
        let model = compiler.configurationModel(files: ["net.xsd"])
        try #require(!compiler.diagnostics.failed, "\(compiler.diagnostics.rendered())")
        return model
    }

    /// A schema with nothing but the declarations of some types.
    static func types(_ declarations: String) throws -> Model {
        try model("<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\">\(declarations)</xs:schema>")
    }
}

/// The files that a backend made, as text.
struct Documents {
    let files: [String: String]

    init(_ outputs: [OutputFile]) {
        files = Dictionary(outputs.map { ($0.path, String(decoding: $0.bytes, as: UTF8.self)) }, uniquingKeysWith: { first, _ in first })
    }

    subscript(path: String) -> String { files[path] ?? "no file \(path), but \(files.keys.sorted().joined(separator: ", "))" }

    /// The member of a JSON document whose key is `key`, without its indentation and the comma behind it.
    func member(_ key: String, of path: String) -> String {
        let lines = self[path].split(separator: "\n", omittingEmptySubsequences: false)
        guard let first = lines.firstIndex(where: { $0.drop { $0 == " " }.hasPrefix("\"\(key)\": ") }) else { return "no member \(key)" }
        let indentation = lines[first].prefix { $0 == " " }
        let last = lines[first].hasSuffix("{") ? lines[first...].firstIndex { $0.hasPrefix(indentation + "}") } ?? first : first
        var text = lines[first...last].map { String($0.dropFirst(indentation.count)) }.joined(separator: "\n")
        if text.hasSuffix(",") { text.removeLast() }
        return text
    }

    /// The part of a page from a heading to the next of the same rank or a higher one.
    func section(_ heading: String, of path: String) -> String {
        let lines = self[path].split(separator: "\n", omittingEmptySubsequences: false)
        guard let first = lines.firstIndex(where: { $0 == heading }) else { return "no section \(heading)" }
        let rank = heading.prefix { $0 == "#" }.count
        let rest = lines[(first + 1)...]
        let end = rest.firstIndex { line in
            let marks = line.prefix { $0 == "#" }.count
            return marks > 0 && marks <= rank
        }
        return lines[first..<(end ?? lines.endIndex)].joined(separator: "\n").trimmed
    }
}

extension String {
    fileprivate var trimmed: String { String(self[..<(lastIndex { $0 != "\n" }.map { index(after: $0) } ?? startIndex)]) }
}
