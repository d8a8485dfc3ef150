// Ports of bare-metal servers make, join and leave port groups as their binding profiles say.

import Coding
import Testing

@testable import ConfigServerCore

@Suite struct BoundPortGroupTests {
    var server = TestServer()
    private static let system = ["default-global-system-config"]
    private static let type = "virtual-machine-interface"

    init() {
        for device in ["leaf1", "leaf2"] {
            _ = server.create("physical-router", Self.system + [device])
            for port in ["a", "b"] { _ = server.create("physical-interface", Self.system + [device, port]) }
        }
        _ = server.create("fabric", Self.system + ["f"], #""fabric_enterprise_style": false"#)
    }

    /// Bindings of a port that is connected to these ports of switches: `leaf1/a`.
    private func bindings(
        _ links: [String], fabric: String? = "f", group: String? = nil, kind: String = "baremetal", vlan: String? = nil
    ) -> String {
        let links = links.map { link in
            let parts = link.split(separator: "/")
            var members: [JSONValue.Member] = [
                .init(key: "switch_info", value: .string(String(parts[0]))), .init(key: "port_id", value: .string(String(parts[1]))),
            ]
            if let fabric { members.append(.init(key: "fabric", value: .string(fabric))) }
            return JSONValue.object(members)
        }
        let profile = JSONValue.object([.init(key: "local_link_information", value: .array(links))])
        var pairs = [("vnic_type", kind), ("profile", String(decoding: profile.bytes, as: UTF8.self))]
        if let group { pairs.append(("vpg", group)) }
        if let vlan { pairs.append(("tor_port_vlan_id", vlan)) }
        return bindings(pairs)
    }

    private func bindings(_ pairs: [(String, String)]) -> String {
        let list = pairs.map { JSONValue.object([.init(key: "key", value: .string($0)), .init(key: "value", value: .string($1))]) }
        let value = JSONValue.object([.init(key: "key_value_pair", value: .array(list))])
        return "\"virtual_machine_interface_bindings\": " + String(decoding: value.bytes, as: UTF8.self)
    }

    private mutating func port(_ name: String, _ bindings: String, vlan: Int? = nil) -> String {
        let tag = vlan.map { ", \"virtual_machine_interface_properties\": {\"sub_interface_vlan_tag\": \($0)}" } ?? ""
        return server.createPort(name, bindings + tag)
    }

    private mutating func expectNoPort(
        _ bindings: String, status: Int = 400, _ text: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let network = #""virtual_network_refs": [{"to": ["default-domain", "default-project", "default-virtual-network"]}], "#
        server.expectNotCreated(
            Self.type, project + ["refused"], parent: "project", network + bindings, status: status, text, sourceLocation: sourceLocation)
    }

    private mutating func group(_ name: String = "vpg-internal-0") -> JSONValue {
        let uuid = server.uuid("virtual-port-group", "default-global-system-config:f:\(name)")
        return uuid.isEmpty ? .null : server.object("virtual-port-group", uuid)
    }

    private mutating func groupNames() -> [String] { (server.get("/virtual-port-groups")["virtual-port-groups"] ?? .null).names }

    private mutating func delete(_ port: String) { #expect(server.send(.delete, "/\(Self.type)/\(port)").status == 200) }

    @Test mutating func portsMakeTheirGroup() throws {
        let port = port("p", bindings(["leaf1/a", "leaf1/b", "leaf2/a"]))
        let group = group()
        #expect(group["virtual_port_group_user_created"] == .boolean(false))
        #expect(group["virtual_port_group_lacp_enabled"] == .boolean(true))
        #expect(group["virtual_machine_interface_refs"]?.uuids == [port])
        #expect(group["physical_interface_refs"]?.names == ["a", "b", "a"])
        // What is one link has a number on each device.
        #expect(group["physical_interface_refs"]?.elements.map { $0["attr"]?["ae_num"]?.integer } == [0, 0, 0])
        #expect(server.object(Self.type, port)["virtual_port_group_back_refs"]?.names == ["vpg-internal-0"])
        try server.expectReloadsAsItIs()
        delete(port)
        #expect(groupNames() == [])
        try server.expectReloadsAsItIs()
    }

    @Test mutating func portsWithTheSameLinksShareAGroup() throws {
        let first = port("p", bindings(["leaf1/a", "leaf2/a"]), vlan: 5)
        let second = port("q", bindings(["leaf2/a", "leaf1/a"]), vlan: 6)
        let third = port("r", bindings(["leaf1/b"]))
        #expect(groupNames().sorted() == ["vpg-internal-0", "vpg-internal-1"])
        #expect(group()["virtual_machine_interface_refs"]?.uuids == [first, second])
        // On one link a VLAN leads to one network, and to one port.
        expectNoPort(
            bindings(["leaf1/a", "leaf2/a"]) + #", "virtual_machine_interface_properties": {"sub_interface_vlan_tag": 6}"#,
            "with vlan(6) in vpg-internal-0")
        delete(first)
        #expect(group()["virtual_machine_interface_refs"]?.uuids == [second])
        delete(second)
        #expect(groupNames() == ["vpg-internal-1"])
        // The number is free again.
        _ = port("s", bindings(["leaf2/b"]))
        #expect(groupNames().sorted() == ["vpg-internal-0", "vpg-internal-1"])
        #expect(!third.isEmpty)
        try server.expectReloadsAsItIs()
    }

    @Test mutating func portsMoveBetweenGroups() throws {
        let first = port("p", bindings(["leaf1/a"]), vlan: 5)
        let own = group()["uuid"]
        // A group of the port alone moves along.
        server.change(Self.type, first, bindings(["leaf1/b", "leaf2/b"]))
        #expect(group()["uuid"] == own)
        #expect(group()["physical_interface_refs"]?.names == ["b", "b"])
        let second = port("q", bindings(["leaf1/b", "leaf2/b"]), vlan: 6)
        // One that others are in stays with them.
        server.change(Self.type, first, bindings(["leaf1/a"]))
        #expect(group()["virtual_machine_interface_refs"]?.uuids == [second])
        #expect(group("vpg-internal-1")["virtual_machine_interface_refs"]?.uuids == [first])
        server.change(Self.type, first, bindings(["leaf1/b", "leaf2/b"]))
        #expect(group()["virtual_machine_interface_refs"]?.uuids == [second, first])
        #expect(groupNames() == ["vpg-internal-0"])
        // A port that is unplugged is in none.
        server.change(Self.type, first, bindings([("vnic_type", "baremetal")]))
        #expect(group()["virtual_machine_interface_refs"]?.uuids == [second])
        server.change(Self.type, second, bindings([("vnic_type", "baremetal"), ("profile", "{}")]))
        #expect(groupNames() == [])
        // What has nothing to do with the binding changes nothing.
        server.change(Self.type, second, #""display_name": "x""#)
        #expect(groupNames() == [])
        try server.expectReloadsAsItIs()
    }

    @Test mutating func groupsOfUsersAreNamed() throws {
        let made = server.create("virtual-port-group", Self.system + ["f", "rack1"], parent: "fabric")
        expectNoPort(bindings(["leaf1/a"], group: "rack2"), status: 404, "Vpg object rack2 is not found")
        let first = port("p", bindings(["leaf1/a"], group: "rack1"))
        #expect(group("rack1")["virtual_machine_interface_refs"]?.uuids == [first])
        #expect(group("rack1")["physical_interface_refs"]?.names == ["a"])
        let second = port("q", bindings(["leaf1/b"]))
        expectNoPort(bindings(["leaf1/b"], group: "rack1"), "physical interfaces already added at other VPGs")
        delete(first)
        // Whoever made it may want it.
        #expect(group("rack1")["uuid"]?.string == made)
        #expect(group("rack1")["virtual_machine_interface_refs"]?.uuids ?? [] == [])
        delete(second)
        #expect(groupNames() == ["rack1"])
        server.expectNotCreated(
            "virtual-port-group", Self.system + ["f", "vpg-internal-7"], parent: "fabric", "", "can only be created internally")
        try server.expectReloadsAsItIs()
    }

    @Test mutating func theNumberIsInTheName() throws {
        let flag = #""virtual_port_group_user_created": false"#
        #expect(!server.create("virtual-port-group", Self.system + ["default-fabric", "vpg-internal-0"], parent: "fabric", flag).isEmpty)
        server.expectNotCreated(
            "virtual-port-group", Self.system + ["f", "vpg-internal-0"], parent: "fabric", flag, status: 409, "The number 0")
        _ = port("p", bindings(["leaf1/a"]))
        #expect(groupNames().sorted() == ["vpg-internal-0", "vpg-internal-1"])
        try server.expectReloadsAsItIs()
    }

    @Test mutating func onlyBareMetalIsBound() throws {
        _ = port("p", bindings(["leaf1/a"], kind: "direct"))
        _ = port("q", bindings([("vnic_type", "baremetal")]))
        _ = port("r", bindings([("vnic_type", "baremetal"), ("profile", "{}")]))
        #expect(groupNames() == [])
    }

    @Test mutating func profilesAreUnderstood() {
        expectNoPort(bindings([("vnic_type", "baremetal"), ("profile", "{")]), "the value of profile is not JSON")
        expectNoPort(
            bindings([("vnic_type", "baremetal"), ("profile", #"{"local_link_information": [{"port_id": "a"}]}"#)]),
            "local_link_information[0] of profile needs switch_info")
        expectNoPort(bindings(["leaf1/z"]), status: 404, "No such Physical Interface object (default-global-system-config:leaf1:z) exists")
        expectNoPort(bindings(["leaf1/a"], fabric: "g"), status: 404, "no fabric has the name default-global-system-config:g")
        expectNoPort(bindings(["leaf1/a"], vlan: "many"), "tor_port_vlan_id must be a number from 0 to 4094, not many")
        let mixed =
            #"{"local_link_information": [{"switch_info": "leaf1", "port_id": "a", "fabric": "f"}, "#
            + #"{"switch_info": "leaf2", "port_id": "a"}]}"#
        expectNoPort(
            bindings([("vnic_type", "baremetal"), ("profile", mixed)]), "should belong to the same fabric: local_link_information")
        #expect(groupNames() == [])
        // Links that name no fabric are in the one that is always there.
        _ = port("p", bindings(["leaf1/a"], fabric: nil))
        #expect(!server.uuid("virtual-port-group", "default-global-system-config:default-fabric:vpg-internal-0").isEmpty)
    }

    @Test mutating func aLinkHasOneVLANWithoutATag() throws {
        let first = port("p", bindings(["leaf1/a"], vlan: "5"))
        expectNoPort(bindings(["leaf1/a"], vlan: "6"), "only one Native/Untagged VLAN ID per VPG")
        #expect(group()["virtual_machine_interface_refs"]?.uuids == [first])
        try server.expectReloadsAsItIs()
    }

    @Test mutating func aPortThatComesAndGoesInOneRequestLeavesNothing() throws {
        let uuid = "6b0a4b4e-9f0e-4d6c-8f19-0d6d4c3f1a01"
        let reply = server.send(
            .post, "/bulk",
            """
            {"requests": [{"method": "POST", "path": "/virtual-machine-interfaces", "body": {"virtual-machine-interface": {
              "fq_name": ["default-domain", "default-project", "p"], "parent_type": "project", "uuid": "\(uuid)",
              "virtual_network_refs": [{"to": ["default-domain", "default-project", "default-virtual-network"]}],
              \(bindings(["leaf1/a"]))}}},
              {"method": "DELETE", "path": "/virtual-machine-interface/\(uuid)"}]}
            """)
        #expect(reply.status == 200, "\(reply.text)")
        #expect(groupNames() == [])
        try server.expectReloadsAsItIs()
    }

    @Test mutating func interfacesOfAGroupMayGo() throws {
        let port = port("p", bindings(["leaf1/a", "leaf1/b"]))
        let gone = server.uuid("physical-interface", "default-global-system-config:leaf1:a")
        #expect(server.send(.delete, "/physical-interface/\(gone)").status == 200)
        #expect(group()["physical_interface_refs"]?.names == ["b"])
        delete(port)
        #expect(groupNames() == [])
    }
}
