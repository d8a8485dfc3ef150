// Devices: fabrics, their interfaces, groups of ports and the VLANs on them, and profiles.

import Coding
import Testing

@testable import ConfigServerCore

@Suite struct FabricRuleTests {
    var server = TestServer()
    private static let system = ["default-global-system-config"]

    private mutating func device(_ name: String, fabric: String? = nil) -> String {
        server.create(
            "physical-router", Self.system + [name], fabric.map { "\"fabric_refs\": [{\"uuid\": \"\($0)\"}]" } ?? "")
    }

    private mutating func interface(_ device: String, _ name: String, _ members: String = "") -> String {
        server.create("physical-interface", Self.system + [device, name], members)
    }

    private mutating func expectNoInterface(
        _ device: String, _ name: String, _ members: String = "", status: Int = 403, _ text: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        server.expectNotCreated(
            "physical-interface", Self.system + [device, name], members, status: status, text, sourceLocation: sourceLocation)
    }

    // MARK: fabric

    @Test mutating func theStyleOfAFabricStays() {
        let fabric = server.create("fabric", Self.system + ["f"], #""fabric_enterprise_style": false"#)
        server.expectNotChanged(
            "fabric", fabric, #""fabric_enterprise_style": true"#, status: 403, "fabric_enterprise_style of a fabric is settled")
        server.change("fabric", fabric, #""fabric_enterprise_style": false"#)
        let open = server.create("fabric", Self.system + ["g"])
        server.change("fabric", open, #""fabric_enterprise_style": false"#)
        server.expectNotChanged("fabric", open, #""fabric_enterprise_style": null"#, status: 403, "is settled")
    }

    // MARK: physical-interface

    @Test mutating func interfacesHaveNamesOfTheirOwn() {
        _ = device("d")
        _ = device("e")
        let first = interface("d", "xe-0", #""display_name": "xe-0:0""#)
        expectNoInterface("d", "other", #""display_name": "xe-0:0""#, "Display name already used in another interface")
        #expect(!interface("e", "other", #""display_name": "xe-0:0""#).isEmpty)
        server.expectNotChanged(
            "physical-interface", first, #""display_name": "x""#, status: 403, "display_name of a physical-interface is settled")
    }

    @Test mutating func theUseOfAPortStays() {
        _ = device("d")
        let open = interface("d", "a")
        server.change("physical-interface", open, #""physical_interface_type": "access""#)
        server.expectNotChanged(
            "physical-interface", open, #""physical_interface_type": "fabric""#,
            "physical_interface_type of a physical-interface is settled")
    }

    @Test(arguments: ["text", "00:11:22:33:44:55:66:77:88", "00:11:22:33:44:55:66:77:88:9", "00:11:22:33:44:55:66:77:88:gg"])
    mutating func segmentsAreTenOctets(segment: String) {
        _ = device("d")
        expectNoInterface(
            "d", "a", "\"ethernet_segment_identifier\": \"\(segment)\"", status: 400, "is not ten octets in hexadecimal with colons")
        #expect(!interface("d", "a", #""ethernet_segment_identifier": "00:11:22:33:44:55:66:77:88:Ff""#).isEmpty)
    }

    @Test mutating func bundlesHaveNumbersOfTheirOwn() throws {
        let names = ["d", "e"]
        for name in names { _ = device(name) }
        let ports = names.flatMap { name in ["x", "y"].map { interface(name, $0) } }
        #expect(!interface("d", "ae0").isEmpty)
        #expect(!interface("d", "ae200").isEmpty)
        expectNoInterface("d", "AE0", "", "can't get AE-ID 0 because it is already occupied on d")
        func group(_ ports: [String]) -> String {
            "\"physical_interface_refs\": [" + ports.map { "{\"uuid\": \"\($0)\"}" }.joined(separator: ", ") + "]"
        }
        let made = server.create("virtual-port-group", Self.system + ["default-fabric", "g"], parent: "fabric", group([ports[0]]))
        func numbers(_ server: inout TestServer) -> [Int?] {
            server.object("virtual-port-group", made)["physical_interface_refs"]?.elements.map { $0["attr"]?["ae_num"]?.integer } ?? []
        }
        #expect(numbers(&server) == [nil])
        server.change("virtual-port-group", made, group(ports))
        #expect(numbers(&server) == [1, 1, 0, 0])
        expectNoInterface("e", "ae0", "", "can't get AE-ID 0")
        server.change("virtual-port-group", made, group([ports[0], ports[1]]))
        #expect(numbers(&server) == [1, 1] && !interface("e", "ae0").isEmpty)
        server.expectNotCreated(
            "virtual-port-group", Self.system + ["default-fabric", "h"], parent: "fabric", group([ports[0]]),
            "physical interfaces already added at other VPGs can not be attached to this VPG")
        server.send(.delete, "/virtual-port-group/\(made)")
        #expect(!interface("d", "ae1").isEmpty)
        try server.expectReloadsAsItIs()
    }

    @Test mutating func aDeviceHas128Bundles() {
        _ = device("d")
        for number in 0..<127 { #expect(!interface("d", "ae\(number)").isEmpty) }
        let group = server.create("virtual-port-group", Self.system + ["default-fabric", "g"], parent: "fabric")
        let ports = ["x", "y"].map { "{\"uuid\": \"\(interface("d", $0))\"}" }.joined(separator: ", ")
        server.change("virtual-port-group", group, "\"physical_interface_refs\": [\(ports)]")
        expectNoInterface("d", "ae127", "", "can't get AE-ID 127")
    }

    // MARK: logical-interface

    private mutating func unit(_ path: [String], _ name: String, _ members: String = "") -> String {
        server.create(
            "logical-interface", Self.system + path + [name], parent: path.count > 1 ? "physical-interface" : "physical-router", members)
    }

    @Test mutating func unitsHaveTagsOfTheirOwn() {
        _ = device("d")
        _ = interface("d", "a")
        _ = interface("d", "b")
        let first = unit(["d", "a"], "a.5", #""logical_interface_vlan_tag": 5"#)
        func expectNone(_ name: String, _ members: String, _ status: Int, _ text: String, _ server: inout TestServer) {
            server.expectNotCreated(
                "logical-interface", Self.system + ["d", "a", name], parent: "physical-interface", members, status: status, text)
        }
        expectNone("x", #""logical_interface_vlan_tag": 5"#, 403, "Vlan tag 5 already used in another interface", &server)
        expectNone("x", #""logical_interface_vlan_tag": 4095"#, 403, "Invalid Vlan id", &server)
        expectNone("x", #""logical_interface_vlan_tag": -1"#, 403, "Invalid Vlan id", &server)
        expectNone("b", #""logical_interface_vlan_tag": 6"#, 403, "Display name already used in another interface", &server)
        expectNone("x", #""logical_interface_port_params": {"port_mtu": 255}"#, 400, "port_mtu", &server)
        #expect(!unit(["d", "b"], "b.5", #""logical_interface_vlan_tag": 5, "logical_interface_port_params": {"port_mtu": 9216}"#).isEmpty)
        server.expectNotChanged(
            "logical-interface", first, #""logical_interface_vlan_tag": 6"#, status: 403,
            "logical_interface_vlan_tag of a logical-interface is settled")
        server.expectNotChanged(
            "logical-interface", first, #""display_name": "x""#, status: 403, "display_name of a logical-interface is settled")
        let open = unit(["d"], "irb", "")
        server.change("logical-interface", open, #""logical_interface_vlan_tag": 0"#)
    }

    @Test mutating func unitsOfASegmentLeadToTheSamePorts() {
        let segment = #""ethernet_segment_identifier": "00:11:22:33:44:55:66:77:88:99""#
        _ = device("d")
        _ = device("e")
        _ = interface("d", "a", segment)
        _ = interface("e", "a", segment)
        let third = interface("e", "b")
        let ports = [server.createPort("p"), server.createPort("q")]
        func members(_ tag: Int, _ port: String) -> String {
            "\"logical_interface_vlan_tag\": \(tag), \"virtual_machine_interface_refs\": [{\"uuid\": \"\(port)\"}]"
        }
        #expect(!unit(["d", "a"], "a.5", members(5, ports[0])).isEmpty)
        server.expectNotCreated(
            "logical-interface", Self.system + ["e", "a", "x"], parent: "physical-interface", members(5, ports[1]), status: 403,
            "LI should refer to the same set of VMIs as peer LIs belonging to the same ESI")
        #expect(!unit(["e", "a"], "a.5", members(5, ports[0])).isEmpty)
        #expect(!unit(["e", "a"], "a.6", members(6, ports[1])).isEmpty)
        #expect(!unit(["e", "b"], "b.5", members(5, ports[1])).isEmpty)
        server.expectNotChanged("physical-interface", third, segment, status: 403, "belonging to the same ESI")
    }

    // MARK: VLANs of port groups

    private mutating func network(_ name: String) -> String { server.create("virtual-network", project + [name], parent: "project") }

    private func port(_ network: String, _ group: String, _ tag: Int, _ key: String = "vlan_tag") -> String {
        """
        "virtual_network_refs": [{"uuid": "\(network)"}], "virtual_port_group_refs": [{"uuid": "\(group)", "attr": {"\(key)": \(tag)}}]
        """
    }

    private mutating func expectNoPort(_ members: String, _ text: String, sourceLocation: SourceLocation = #_sourceLocation) {
        server.expectNotCreated(
            "virtual-machine-interface", project + ["refused"], parent: "project", members, text, sourceLocation: sourceLocation)
    }

    private mutating func expectPort(_ name: String, _ members: String, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(
            !server.create("virtual-machine-interface", project + [name], parent: "project", members).isEmpty,
            sourceLocation: sourceLocation)
    }

    @Test mutating func aVLANOfAGroupLeadsToOneNetwork() {
        _ = server.create("fabric", Self.system + ["f"], #""fabric_enterprise_style": false"#)
        let groups = ["g", "h"].map { server.create("virtual-port-group", Self.system + ["f", $0], parent: "fabric") }
        let networks = [network("a"), network("b")]
        expectPort("p", port(networks[0], groups[0], 5))
        expectNoPort(port(networks[1], groups[0], 5), "vlan:(5) already exists in virtual port group:(g) with virtual network:")
        expectNoPort(port(networks[0], groups[0], 5), "already exists in virtual network:(default-domain:default-project:a) with vlan(5)")
        expectNoPort(port(networks[1], groups[0], 5, "native_vlan_tag"), "vlan:(5) already exists in virtual port group:(g)")
        // Where VLANs are units of their own, a network has as many as you like.
        expectPort("q", port(networks[0], groups[0], 6))
        expectPort("r", port(networks[1], groups[1], 5))
    }

    @Test mutating func aNetworkOfAFabricHasOneVLAN() {
        let fabric = server.create("fabric", Self.system + ["f"])
        let groups = ["g", "h"].map { server.create("virtual-port-group", Self.system + ["f", $0], parent: "fabric") }
        let elsewhere = server.create("virtual-port-group", Self.system + ["default-fabric", "g"], parent: "fabric")
        let networks = [network("a"), network("b")]
        expectPort("p", port(networks[0], groups[0], 5))
        expectNoPort(port(networks[0], groups[1], 6), "with other vlan(5) already exists in fabric:(f)")
        expectPort("q", port(networks[0], groups[1], 5))
        expectPort("r", port(networks[0], elsewhere, 6))
        expectPort("s", port(networks[1], groups[1], 7))
        server.change("fabric", fabric, #""disable_vlan_vn_uniqueness_check": true"#)
        expectPort("t", port(networks[0], groups[1], 6))
    }

    @Test mutating func groupsMayNameTheirPorts() {
        let networks = [network("a"), network("b")]
        let ports = networks.enumerated().map { index, network in
            server.create(
                "virtual-machine-interface", project + ["p\(index)"], parent: "project",
                """
                "virtual_network_refs": [{"uuid": "\(network)"}], "virtual_machine_interface_properties": {"sub_interface_vlan_tag": 5}
                """)
        }
        func members(_ ports: [String]) -> String {
            "\"virtual_machine_interface_refs\": [" + ports.map { "{\"uuid\": \"\($0)\"}" }.joined(separator: ", ") + "]"
        }
        let group = server.create("virtual-port-group", Self.system + ["default-fabric", "g"], parent: "fabric", members([ports[0]]))
        server.expectNotChanged("virtual-port-group", group, members(ports), "vlan:(5) already exists in virtual port group:(g)")
        #expect(!server.create("virtual-port-group", Self.system + ["default-fabric", "h"], parent: "fabric", members([ports[1]])).isEmpty)
    }

    // MARK: Profiles

    @Test(arguments: ["grpc", "netconf", "sflow", "snmp", "telemetry"])
    mutating func defaultProfilesAreNobodysToEdit(kind: String) {
        let type = "\(kind)-profile"
        let flag = "\"\(kind)_profile_is_default\": "
        server.expectNotCreated(type, project + ["mine"], flag + "true", "with \(kind)_profile_is_default")
        let own = server.create(type, project + ["mine"], flag + "false")
        server.expectNotChanged(type, own, flag + "true", "is non-editable")
        server.change(type, own, "\"display_name\": \"x\"")
        #expect(server.send(.delete, "/\(type)/\(own)").status == 200)
        let standard = server.create(type, project + ["\(kind)-default-profile"], flag + "true")
        server.expectNotChanged(type, standard, "\"display_name\": \"x\"", "Default profile")
        server.expectNotChanged(type, standard, flag + "false", "Default profile")
        server.expectRefused(.delete, "/\(type)/\(standard)", "", "Default profile")
    }

    @Test mutating func telemetryHasOneProfileOfEachKind() {
        let parts = ["a", "b"].map { "{\"uuid\": \"\(server.create("grpc-profile", project + [$0]))\"}" }
        let snmp = server.create("snmp-profile", project + ["s"])
        server.expectNotCreated(
            "telemetry-profile", project + ["t"], "\"grpc_profile_refs\": [\(parts.joined(separator: ", "))]",
            "has more than one grpc-profile")
        #expect(
            !server.create(
                "telemetry-profile", project + ["t"],
                "\"grpc_profile_refs\": [\(parts[0])], \"snmp_profile_refs\": [{\"uuid\": \"\(snmp)\"}]"
            ).isEmpty)
    }

    @Test mutating func portsHaveOneStormProfile() {
        let storms = ["a", "b"].map { "{\"uuid\": \"\(server.create("storm-control-profile", project + [$0]))\"}" }
        server.expectNotCreated(
            "port-profile", project + ["p"], "\"storm_control_profile_refs\": [\(storms.joined(separator: ", "))]",
            "has more than one storm profile")
        server.expectNotCreated("port-profile", project + ["p"], #""port_profile_params": {"port_params": {"port_mtu": 9217}}"#, "port_mtu")
        #expect(
            !server.create(
                "port-profile", project + ["p"],
                "\"storm_control_profile_refs\": [\(storms[0])], \"port_profile_params\": {\"port_params\": {\"port_mtu\": 256}}"
            ).isEmpty)
    }

    @Test(arguments: [
        (#""bandwidth_percent": 0"#, "Invalid bandwidth percentage 0"), (#""bandwidth_percent": 101"#, "Invalid bandwidth percentage 101"),
        (#""recovery_timeout": 9"#, "Invalid recovery timeout 9"), (#""recovery_timeout": 3601"#, "Invalid recovery timeout 3601"),
        (#""no_multicast": true, "no_registered_multicast": true"#, "Cannot select more than one multicast traffic option"),
    ])
    mutating func stormsHaveLimits(members: String, text: String) {
        server.expectNotCreated("storm-control-profile", project + ["s"], "\"storm_control_parameters\": {\(members)}", text)
        #expect(
            !server.create(
                "storm-control-profile", project + ["s"],
                #""storm_control_parameters": {"bandwidth_percent": 100, "recovery_timeout": 10, "no_multicast": true}"#
            ).isEmpty)
    }

    @Test(arguments: [
        #""stats_collection_frequency": {"sample_rate": 16777216}"#, #""stats_collection_frequency": {"polling_interval": 3601}"#,
    ])
    mutating func samplingHasRanges(members: String) {
        server.expectNotCreated("sflow-profile", project + ["s"], "\"sflow_parameters\": {\(members)}", "Bad property in create")
        #expect(
            !server.create(
                "sflow-profile", project + ["s"],
                #""sflow_parameters": {"stats_collection_frequency": {"sample_rate": 1, "polling_interval": 3600}}"#
            ).isEmpty)
    }
}
