// How people spell types and members, and what they hear when they mistype.

import ObjectCommands
import Resources
import Testing

@Suite struct SpellingTests {
    @Test(arguments: [
        "virtual-network", "virtual-networks", "virtual_network", "virtual_networks", "Virtual-Network", "vn",
    ]) func aTypeHasManySpellings(_ text: String) throws {
        #expect(try schema.type(text).name == "virtual-network")
    }

    @Test func pluralsAreThoseOfTheAPIAndOfTheLanguage() throws {
        #expect(try schema.type("network-policies").name == "network-policy")
        #expect(try schema.type("network-policys").name == "network-policy")
        #expect(try schema.type("virtual-dns").name == "virtual-DNS")
        #expect(try schema.type("iip").name == "instance-ip")
        #expect(try schema.type("vmi").name == "virtual-machine-interface")
    }

    @Test func everyTypeIsFoundByItsNameAndByNoOtherOnesShortName() throws {
        for type in schema.catalogue.types {
            #expect(try schema.type(type.name).name == type.name)
            #expect(try schema.type(type.collection).name == type.name)
            if let short = schema.shortName(of: type) { #expect(try schema.type(short).name == type.name) }
        }
    }

    @Test func aMistypedTypeIsAnsweredWithTheNearest() async {
        #expect(
            await complaint { _ = try schema.type("virtual-netwrk") } == "there is no type 'virtual-netwrk'; did you mean virtual-network?")
        #expect(await complaint { _ = try schema.type("qqqqqq") }.contains("lists all types"))
        #expect(await complaint { _ = try schema.type("router") }.contains("logical-router"))
    }

    @Test func explanationsGoDownToValues() throws {
        #expect(try SchemaExplanation.text("vn", schema).contains("mtu"))
        let mode = try SchemaExplanation.text("vn.virtual-network-properties.forwarding_mode", schema)
        #expect(mode.hasPrefix("virtual-network.virtual_network_properties.forwarding_mode: l2_l3 | l2 | l3"))
        #expect(try SchemaExplanation.text("vn.network_ipam_refs.ipam_subnets", schema).contains("list of IpamSubnetType"))
        #expect(SchemaExplanation.types(schema).split(separator: "\n").count == schema.catalogue.types.count + 1)
    }

    @Test func wrongPathsSayWhereTheyWentWrong() async {
        #expect(
            await complaint { _ = try SchemaExplanation.text("vn.mtuu", schema) }
                == "virtual-network has no member 'mtuu'; did you mean mtu?")
        #expect(await complaint { _ = try SchemaExplanation.text("vn.mtu.x", schema) }.contains("virtual-network.mtu has no members"))
    }
}
