// Ports: what they are bound to and attached to.

import Coding
import Testing

@testable import ConfigServerCore

@Suite struct PortRuleTests {
    var server = TestServer()
    private static let system = ["default-global-system-config"]
    private static let network = #""virtual_network_refs": [{"to": ["default-domain", "default-project", "default-virtual-network"]}], "#

    private mutating func expectNoPort(
        _ members: String, status: Int = 400, _ text: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        server.expectNotCreated(
            "virtual-machine-interface", project + ["refused"], parent: "project", Self.network + members, status: status, text,
            sourceLocation: sourceLocation)
    }

    private static func bindings(_ pairs: [(String, String)]) -> String {
        let list = pairs.map { "{\"key\": \"\($0)\", \"value\": \"\($1)\"}" }.joined(separator: ", ")
        return "\"virtual_machine_interface_bindings\": {\"key_value_pair\": [\(list)]}"
    }

    private func bound(_ port: String, _ server: inout TestServer) -> [String: String] {
        let pairs =
            server.object("virtual-machine-interface", port)["virtual_machine_interface_bindings"]?["key_value_pair"]?.elements ?? []
        return Dictionary(pairs.map { ($0["key"]?.string ?? "", $0["value"]?.string ?? "") }, uniquingKeysWith: { first, _ in first })
    }

    // MARK: Bindings

    @Test mutating func portsOnUserSpaceHostsMeetAtASocket() {
        _ = server.create("virtual-router", Self.system + ["fast"], #""virtual_router_dpdk_enabled": true"#)
        _ = server.create("virtual-router", Self.system + ["plain"])
        let port = server.createPort("p", Self.bindings([("host_id", "fast")]))
        let pairs = bound(port, &server)
        #expect(pairs["vif_type"] == "vhostuser" && pairs["vnic_type"] == "normal" && pairs["host_id"] == "fast")
        #expect(pairs["vif_details"]?.contains("/var/run/vrouter/uvh_vif_tap\(port.prefix(11))") ?? false)
        // An orchestrator binds a port after it made it, and may move it.
        let moved = server.createPort("q")
        #expect(bound(moved, &server)["vif_type"] == "vrouter")
        func move(_ host: String) {
            let update = "{\"field\": \"virtual_machine_interface_bindings\", \"operation\": \"set\", "
            let value = "\"value\": {\"key\": \"host_id\", \"value\": \"\(host)\"}, \"position\": \"host_id\"}"
            server.send(.post, "/prop-collection-update", "{\"uuid\": \"\(moved)\", \"updates\": [\(update)\(value)]}")
        }
        move("fast")
        #expect(bound(moved, &server)["vif_type"] == "vhostuser")
        move("plain")
        #expect(bound(moved, &server)["vif_type"] == "vrouter" && bound(moved, &server)["vif_details"] == nil)
        let direct = server.createPort("d", Self.bindings([("host_id", "fast"), ("vnic_type", "direct")]))
        #expect(bound(direct, &server)["vif_type"] == "vrouter")
    }

    @Test mutating func pluggedPortsKeepTheirKind() {
        let machine = server.create("virtual-machine", ["m"])
        let port = server.createPort("p", "\"virtual_machine_refs\": [{\"uuid\": \"\(machine)\"}]")
        server.expectNotChanged(
            "virtual-machine-interface", port, Self.bindings([("vnic_type", "direct")]), status: 409,
            "Vnic_type can not be modified when port is linked to Vrouter or VM")
        server.change("virtual-machine-interface", port, Self.bindings([("vnic_type", "normal"), ("profile", "{}")]))
        let free = server.createPort("q")
        server.change("virtual-machine-interface", free, Self.bindings([("vnic_type", "direct")]))
    }

    // MARK: Attachments

    @Test mutating func portsOfRoutersAreNotMachines() {
        let port = server.createPort("p")
        let router = server.create(
            "logical-router", project + ["r"], parent: "project", "\"virtual_machine_interface_refs\": [{\"uuid\": \"\(port)\"}]")
        let machine = server.create("virtual-machine", ["m"])
        let members = "\"virtual_machine_refs\": [{\"uuid\": \"\(machine)\"}]"
        server.expectNotChanged("virtual-machine-interface", port, members, status: 409, "cannot be attached to a virtual-machine")
        server.send(.delete, "/logical-router/\(router)")
        server.change("virtual-machine-interface", port, members)
    }

    @Test mutating func portsOfMachinesAreNotRouters() {
        let machine = server.create("virtual-machine", ["m"])
        let port = server.create("virtual-machine-interface", ["m", "p"], parent: "virtual-machine", String(Self.network.dropLast(2)))
        server.expectNotCreated(
            "logical-router", project + ["r"], parent: "project", "\"virtual_machine_interface_refs\": [{\"uuid\": \"\(port)\"}]",
            status: 409, "is already in use by virtual-machine")
        #expect(!machine.isEmpty)
    }

    @Test mutating func bridgeDomainsAreOfThePortsNetwork() {
        let own = server.create("bridge-domain", project + ["default-virtual-network", "b"])
        _ = server.create("virtual-network", project + ["v"], parent: "project")
        let other = server.create("bridge-domain", project + ["v", "b"])
        func members(_ domain: String, _ tag: Int) -> String {
            "\"bridge_domain_refs\": [{\"uuid\": \"\(domain)\", \"attr\": {\"vlan_tag\": \(tag)}}]"
        }
        expectNoPort(members(other, 0), "can only refer to bridge domain belonging to virtual network")
        let port = server.createPort("p", members(own, 5))
        let change = #""virtual_network_refs": [{"to": ["default-domain", "default-project", "v"]}]"#
        server.expectNotChanged("virtual-machine-interface", port, change, "can only refer to bridge domain belonging to virtual network")
        server.change("virtual-machine-interface", port, change + ", " + members(other, 5))
    }

    @Test mutating func onlyServicesAreProbedThrough() {
        func check(_ kind: String) -> String {
            server.create(
                "service-health-check", project + [kind], "\"service_health_check_properties\": {\"health_check_type\": \"\(kind)\"}")
        }
        func members(_ check: String) -> String { "\"service_health_check_refs\": [{\"uuid\": \"\(check)\"}]" }
        let (local, through) = (check("link-local"), check("end-to-end"))
        expectNoPort(members(through), "of non service vm can only refer link-local type service health check")
        #expect(!server.createPort("p", members(local)).isEmpty)
        _ = server.create("service-instance", project + ["s"])
        let tuple = server.create("port-tuple", project + ["s", "t"])
        #expect(!server.createPort("q", members(through) + ", \"port_tuple_refs\": [{\"uuid\": \"\(tuple)\"}]").isEmpty)
    }

    // MARK: Sub-interfaces

    @Test mutating func portsStayWhileTheyHaveSubInterfaces() throws {
        let primary = server.createPort("p")
        let sub = server.createPort(
            "s",
            "\"virtual_machine_interface_properties\": {\"sub_interface_vlan_tag\": 5}, \"virtual_machine_interface_refs\": [{\"uuid\": \"\(primary)\"}]"
        )
        server.expectRefused(
            .delete, "/virtual-machine-interface/\(primary)", status: 409, "Cannot delete vmi with existing ref to sub interface")
        server.expectNotChanged(
            "virtual-machine-interface", sub, #""virtual_machine_interface_properties": {"sub_interface_vlan_tag": 6}"#, "cannot change")
        expectNoPort(#""virtual_machine_interface_properties": {"sub_interface_vlan_tag": 4095}"#, "must be from 0 to 4094")
        #expect(server.send(.delete, "/virtual-machine-interface/\(sub)").status == 200)
        #expect(server.send(.delete, "/virtual-machine-interface/\(primary)").status == 200)
        try server.expectReloadsAsItIs()
    }

    @Test mutating func portsAreOfANetwork() {
        server.expectNotCreated(
            "virtual-machine-interface", project + ["x"], parent: "project", "", "A virtual-machine-interface needs virtual_network_refs")
    }
}
