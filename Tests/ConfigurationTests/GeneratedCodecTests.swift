// The generated codecs against the schema they were made from: whatever the schema allows decodes, has one normal form, and survives the
// way through XML; whatever it forbids is refused with the place named.

import Coding
import ConfigurationGraph
import ConfigurationModel
import ConfigurationREST
import Foundation
import Graph
import Resources
import SchemaCompiler
import Testing

/// The model of Schema/Configuration, read by the compiler when the tests run.
private func readModel() -> Model {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let folder = root.appending(path: "Schema/Configuration").path
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let compiler = Compiler()
    let model = compiler.configurationModel(files: files.filter { $0.hasSuffix(".xsd") }.sorted().map { folder + "/" + $0 })
    precondition(!compiler.diagnostics.failed, compiler.diagnostics.rendered())
    return model
}

private func normalise(_ property: PropertyDescriptor, _ json: [UInt8]) throws(CodingError) -> [UInt8] {
    try JSONReader.read(json) { reader throws(CodingError) in
        var writer = JSONWriter()
        try property.normalise(&reader, &writer)
        return writer.finish()
    }
}

@Suite struct GeneratedCodecTests {
    let model = readModel()

    @Test func everyObjectAndPropertyOfTheSchemaHasADescriptor() {
        #expect(ConfigurationResources.types.map(\.name) == model.objects.map(\.name).sorted())
        for object in model.objects {
            let type = ConfigurationResources.catalogue[object.name]
            #expect(type?.properties.map(\.name) == (object.properties + model.commonProperties).map(\.name))
            #expect(type?.references.map(\.target) == object.references.map(\.to))
            #expect(type?.parents.map(\.type) == object.parents.map(\.parent))
            #expect(
                ConfigurationResources.catalogue.children(of: object.name).map(\.key).sorted()
                    == object.children.map { Naming.childField($0.child) }.sorted())
            #expect(
                ConfigurationResources.catalogue.backReferences(to: object.name).map(\.key).sorted()
                    == object.backReferences.map { Naming.backReferenceField(from: $0.from) }.sorted())
        }
    }

    @Test func everyPatternHasSamples() {
        let unknown = model.simpleTypes.filter { !$0.patterns.isEmpty && PatternSamples.samples[$0.name] == nil }.map(\.name)
        #expect(unknown.isEmpty, "add samples of \(unknown) to PatternSamples")
    }

    /// Each property of each object, many random values: accepted, brought to a normal form that is a fixed point, and the same after XML.
    @Test(arguments: 0..<4) func validValuesHaveOneNormalForm(seed: UInt64) throws {
        var generator = ValueGenerator(model: model, random: SplitMix(state: seed))
        var checked = 0
        for object in model.objects {
            guard let type = ConfigurationResources.catalogue[object.name], let node = ConfigurationGraph.schema.node(object.name) else {
                Issue.record("no descriptor for \(object.name)")
                continue
            }
            for (property, descriptor) in zip(object.properties + model.commonProperties, type.properties) {
                for _ in 0..<6 {
                    let text = generator.value(of: property.type)
                    do {
                        let normal = try normalise(descriptor, Array(text.utf8))
                        #expect(try normalise(descriptor, normal) == normal, "\(object.name).\(property.name): \(text)")
                        guard let coder = node.properties.first(where: { $0.name == property.name })?.coder else { continue }
                        let xml = try JSONReader.read(normal) { reader throws(CodingError) in
                            var writer = XMLWriter()
                            writer.start("value")
                            try coder.xmlFromJSON(&reader, &writer)
                            writer.end("value")
                            return writer.finish()
                        }
                        let back = try XMLReader.read(xml) { reader throws(CodingError) in
                            var writer = JSONWriter()
                            try coder.jsonFromXML(&reader, &writer)
                            return writer.finish()
                        }
                        // XML has no empty array; what else comes back is what went in.
                        let expected = String(decoding: normal, as: UTF8.self)
                        if !expected.contains("[]"), !expected.contains("\\u00") {
                            #expect(String(decoding: back, as: UTF8.self) == expected, "through \(String(decoding: xml, as: UTF8.self))")
                        }
                        checked += 1
                    } catch {
                        Issue.record("\(object.name).\(property.name) refuses \(text): \(error)")
                    }
                }
            }
        }
        #expect(checked > 2000)
    }

    @Test func aWholeObjectRoundTrips() throws {
        var network = VirtualNetwork()
        network.identity = ObjectIdentity(["default-domain", "admin", "blue"], parentType: "project")
        network.displayName = "blue"
        network.virtualNetworkProperties = VirtualNetworkType(vxlanNetworkIdentifier: 4711, forwardingMode: .l2L3)
        network.networkIpamRefs = [
            Reference(
                to: ["default-domain", "admin", "ipam"],
                data: VnSubnetsType(ipamSubnets: [IpamSubnetType(subnet: SubnetType(ipPrefix: "10.1.0.0", ipPrefixLen: 24))]))
        ]
        let json = network.json()
        let text = String(decoding: json, as: UTF8.self)
        #expect(
            text == #"{"name":"blue","fq_name":["default-domain","admin","blue"],"parent_type":"project","display_name":"blue","#
                + #""virtual_network_properties":{"vxlan_network_identifier":4711,"forwarding_mode":"l2_l3"},"#
                + #""network_ipam_refs":[{"to":["default-domain","admin","ipam"],"#
                + #""attr":{"ipam_subnets":[{"subnet":{"ip_prefix":"10.1.0.0","ip_prefix_len":24}}]}}]}"#)
        #expect(try VirtualNetwork(json: json).json() == json)
    }

    @Test(arguments: [
        (#"{"forwarding_mode":"l4"}"#, "forwarding_mode"),
        (#"{"vxlan_network_identifier":16777216}"#, "vxlan_network_identifier"),
        (#"{"allow_transit":"true"}"#, "allow_transit"),
        (#"{"forwarding_modes":"l2"}"#, "forwarding_modes"),
        (#"{"mtu":9000.5}"#, "mtu"),
    ])
    func wrongValuesAreRefusedByName(json: String, place: String) throws {
        let type = try #require(ConfigurationResources.catalogue["virtual-network"])
        let property = try #require(type.properties.first { $0.key == "virtual_network_properties" })
        let error = #expect(throws: CodingError.self) { try normalise(property, Array(json.utf8)) }
        #expect("\(try #require(error))".contains(place))
    }

    /// Zero and the empty text pass every restriction: servers of the older platform skip them, and stored objects hold them.
    @Test func falsyValuesPass() throws {
        let type = try #require(ConfigurationResources.catalogue["virtual-network"])
        let property = try #require(type.properties.first { $0.key == "virtual_network_properties" })
        #expect(throws: Never.self) { try normalise(property, Array(#"{"vxlan_network_identifier":0,"forwarding_mode":""}"#.utf8)) }
    }
}
