// Virtual networks, IP address managements, logical routers and addresses: numbers, providers, flat ranges, what comes and goes together.

import Coding
import Testing

@testable import ConfigServerCore

@Suite struct NetworkRuleTests {
    var server = TestServer()
    private static let system = ["default-global-system-config"]

    private mutating func network(_ name: String, _ members: String = "") -> String {
        server.create("virtual-network", project + [name], parent: "project", members)
    }

    private mutating func expectNoNetwork(
        _ members: String, status: Int = 400, _ text: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        server.expectNotCreated(
            "virtual-network", project + ["refused"], parent: "project", members, status: status, text, sourceLocation: sourceLocation)
    }

    private static func vxlan(_ number: Int) -> String { "\"virtual_network_properties\": {\"vxlan_network_identifier\": \(number)}" }

    private func number(_ network: String, _ server: inout TestServer) -> Int {
        server.object("virtual-network", network)["virtual_network_network_id"]?.integer ?? -1
    }

    // MARK: Numbers

    @Test mutating func vxlanIdentifiersAreNumbersOfNetworks() throws {
        let first = network("a", Self.vxlan(1000))
        let text = "it has already been set"
        expectNoNetwork(Self.vxlan(1000), "Cannot set VXLAN_ID: 1000, " + text)
        expectNoNetwork(Self.vxlan(number(first, &server)), text)
        let second = network("b", Self.vxlan(1001))
        server.expectNotChanged("virtual-network", second, Self.vxlan(1000), text)
        server.change("virtual-network", first, Self.vxlan(1002))
        server.change("virtual-network", second, Self.vxlan(1000))
        server.change("virtual-network", first, #""virtual_network_properties": null"#)
        server.change("virtual-network", second, Self.vxlan(1002))
        server.send(.delete, "/virtual-network/\(second)")
        #expect(!network("c", Self.vxlan(1002)).isEmpty)
        try server.expectReloadsAsItIs()
    }

    @Test mutating func networksPassOverVXLANIdentifiers() {
        let first = network("a")
        let next = number(first, &server) + 1
        _ = network("b", Self.vxlan(next + 1))
        // Its own number is the next one; the one after that is taken.
        #expect(number(network("c"), &server) == next + 2)
    }

    @Test mutating func networkNumbersAreTheSystems() {
        expectNoNetwork(#""virtual_network_network_id": 77"#, status: 403, "Cannot set the virtual network ID")
        let made = network("a", Self.vxlan(1000))
        server.expectNotChanged(
            "virtual-network", made, #""virtual_network_network_id": 77"#, status: 403, "Cannot update the virtual network ID")
        server.change("virtual-network", made, "\"virtual_network_network_id\": \(number(made, &server))")
    }

    // MARK: Provider networks

    @Test mutating func networksLieOnOneProvider() throws {
        let fabric = server.uuid("virtual-network", "default-domain:default-project:ip-fabric")
        #expect(server.object("virtual-network", fabric)["is_provider_network"] == .boolean(true))
        func references(_ uuids: [String]) -> String {
            "\"virtual_network_refs\": [" + uuids.map { "{\"uuid\": \"\($0)\"}" }.joined(separator: ", ") + "]"
        }
        let plain = network("plain")
        let provider = network("provider", #""is_provider_network": true"#)
        expectNoNetwork(references([plain]), "can connect only to one provider VN but not (default-domain:default-project:plain)")
        expectNoNetwork(references([fabric, provider]), "can connect to one provider VN but trying to connect to VN")
        expectNoNetwork(#""is_provider_network": true, "# + references([fabric]), "can not connect to another provider VN")
        let first = network("a", references([fabric]))
        let second = network("b", references([fabric]))
        #expect(server.object("virtual-network", fabric)["virtual_network_refs"]?.uuids == [first, second])
        server.change("virtual-network", fabric, #""display_name": "x""#)
        server.expectNotChanged("virtual-network", fabric, #""is_provider_network": false"#, "from True to False")
        try server.expectReloadsAsItIs()
    }

    @Test mutating func placesInThePhysicalNetworkAreWhole() {
        let text = "Segmentation ID and Physical Network must be configured"
        expectNoNetwork(#""provider_properties": {"segmentation_id": 5}"#, text)
        expectNoNetwork(#""provider_properties": {"physical_network": "p"}"#, text)
        let made = network("a", #""provider_properties": {"segmentation_id": 5, "physical_network": "p"}"#)
        server.expectNotChanged("virtual-network", made, #""provider_properties": {"segmentation_id": 6}"#, text)
        server.change("virtual-network", made, #""provider_properties": {"segmentation_id": 6, "physical_network": "p"}"#)
        let provider = network("b", #""is_provider_network": true, "provider_properties": {"segmentation_id": 5, "physical_network": "p"}"#)
        server.expectNotChanged(
            "virtual-network", provider, #""provider_properties": {"segmentation_id": 6, "physical_network": "p"}"#, "provider_properties")
    }

    // MARK: Chains

    @Test mutating func severalChainsKeepTargetsApart() {
        let flag = #""multi_policy_service_chains_enabled": true, "#
        func list(_ key: String, _ target: String) -> String { "\"\(key)\": {\"route_target\": [\"target:1:\(target)\"]}" }
        let text = "Multi policy service chains are not supported"
        expectNoNetwork(flag + list("route_target_list", "1"), status: 409, text)
        expectNoNetwork(flag + list("import_route_target_list", "1") + ", " + list("export_route_target_list", "1"), status: 409, text)
        let made = network("a", flag + list("import_route_target_list", "1") + ", " + list("export_route_target_list", "2"))
        server.expectNotChanged("virtual-network", made, list("route_target_list", "3"), status: 409, text)
        #expect(!network("b", list("route_target_list", "1")).isEmpty)
    }

    // MARK: Flat ranges

    private mutating func flat(_ name: String, _ prefix: String) -> String {
        server.create(
            "network-ipam", project + [name],
            "\"ipam_subnet_method\": \"flat-subnet\", " + Self.subnets(prefix))
    }

    private static func subnets(_ prefix: String) -> String {
        "\"ipam_subnets\": {\"subnets\": [{\"subnet\": {\"ip_prefix\": \"\(prefix)\", \"ip_prefix_len\": 24}}]}"
    }

    private static func members(_ mode: String, _ ipams: [(String, String?)]) -> String {
        let list = ipams.map { ipam, prefix in
            let subnet = prefix.map { "{\"subnet\": {\"ip_prefix\": \"\($0)\", \"ip_prefix_len\": 24}}" } ?? ""
            return "{\"uuid\": \"\(ipam)\", \"attr\": {\"ipam_subnets\": [\(subnet)]}}"
        }
        return """
            "virtual_network_properties": {"forwarding_mode": "\(mode)"}, "network_ipam_refs": [\(list.joined(separator: ", "))]
            """
    }

    @Test mutating func flatRangesAreForNetworksThatRoute() {
        let management = flat("f", "10.9.0.0")
        expectNoNetwork(Self.members("l2_l3", [(management, nil)]), "flat-subnet is allowed only with l3 network")
        expectNoNetwork(Self.members("l3", [(management, "10.8.0.0")]), "with flat-subnet, network can not have user-defined subnet")
        let made = network("a", Self.members("l3", [(management, nil)]))
        server.expectNotChanged(
            "virtual-network", made, #""virtual_network_properties": {"forwarding_mode": "l2"}"#,
            "flat-subnet is allowed only with l3 network")
    }

    @Test mutating func flatRangesDoNotOverlap() {
        let first = flat("f", "10.9.0.0")
        let own = server.create("network-ipam", project + ["own"])
        expectNoNetwork(Self.members("l3", [(first, nil), (own, "10.9.0.0")]), "Overlapping addresses")
        let made = network("a", Self.members("l3", [(first, nil), (own, "10.8.0.0")]))
        server.expectNotChanged(
            "network-ipam", first, Self.subnets("10.8.0.0"), "Overlapping addresses: 10.8.0.0/24 and 10.8.0.0/24 of virtual-network")
        server.change("network-ipam", first, Self.subnets("10.7.0.0"))
        #expect(!made.isEmpty)
    }

    @Test mutating func rangesForRoutersAreFlat() {
        server.expectNotCreated("network-ipam", project + ["x"], #""ipam_subnetting": true"#, "subnetting is allowed only with flat-subnet")
        let made = server.create("network-ipam", project + ["a"], #""ipam_subnet_method": "flat-subnet", "ipam_subnetting": true"#)
        server.expectNotChanged("network-ipam", made, #""ipam_subnetting": false"#, "ipam_subnetting of a network-ipam is settled")
        server.expectNotCreated(
            "network-ipam", project + ["x"], Self.subnets("10.1.0.0"), "is only for a network-ipam whose ipam_subnet_method")
        let plain = server.create("network-ipam", project + ["b"])
        server.expectNotChanged("network-ipam", plain, #""ipam_subnet_method": "flat-subnet""#, "ipam_subnet_method cannot change")
    }

    @Test(arguments: [
        ("default-dns-server", "virtual-dns-server", true), ("virtual-dns-server", "default-dns-server", true),
        ("default-dns-server", "tenant-dns-server", false), ("default-dns-server", "none", false), ("tenant-dns-server", "none", false),
        ("none", "default-dns-server", false),
    ])
    mutating func workloadsKnowWhomToAsk(old: String, new: String, isAllowed: Bool) {
        func members(_ method: String) -> String { "\"network_ipam_mgmt\": {\"ipam_dns_method\": \"\(method)\"}" }
        let management = server.create("network-ipam", project + ["m"], members(old))
        let made = network("a", Self.members("l2_l3", [(management, "10.1.0.0")]))
        let port = server.create(
            "virtual-machine-interface", project + ["p"], parent: "project", "\"virtual_network_refs\": [{\"uuid\": \"\(made)\"}]")
        if isAllowed {
            server.change("network-ipam", management, members(new))
        } else {
            server.expectNotChanged(
                "network-ipam", management, members(new), "Cannot change DNS Method with active VMs referring to the IPAM")
            server.send(.delete, "/virtual-machine-interface/\(port)")
            server.change("network-ipam", management, members(new))
        }
    }

    // MARK: Logical routers

    private mutating func router(_ name: String, _ members: String = "") -> String {
        server.create("logical-router", project + [name], parent: "project", #""logical_router_type": "vxlan-routing""# + members)
    }

    private func inside(_ router: String, _ server: inout TestServer) -> JSONValue {
        let uuid = server.uuid("virtual-network", "default-domain:default-project:__contrail_lr_internal_vn_\(router)__")
        return uuid.isEmpty ? .null : server.object("virtual-network", uuid)
    }

    @Test mutating func vxlanRoutersHaveANetworkOfTheirOwn() throws {
        let made = router("r", #", "vxlan_network_identifier": "1000", "configured_route_target_list": {"route_target": ["target:1:1"]}"#)
        let own = inside(made, &server)
        #expect(own["display_name"]?.string == "LR::r" && own["id_perms"]?["user_visible"] == .boolean(false))
        #expect(own["virtual_network_properties"]?["vxlan_network_identifier"]?.integer == 1000)
        #expect(own["virtual_network_properties"]?["forwarding_mode"]?.string == "l3")
        #expect(own["route_target_list"]?["route_target"]?.elements == [.string("target:1:1")])
        let reference = server.object("logical-router", made)["virtual_network_refs"]?.elements.first
        #expect(reference?["uuid"] == own["uuid"])
        #expect(reference?["attr"]?["logical_router_virtual_network_type"]?.string == "InternalVirtualNetwork")

        // What the router says goes for the network, and the network stays the router's.
        server.change(
            "logical-router", made,
            #""vxlan_network_identifier": "1001", "configured_route_target_list": null, "virtual_network_refs": []"#)
        let changed = inside(made, &server)
        #expect(changed["virtual_network_properties"]?["vxlan_network_identifier"]?.integer == 1001 && changed["route_target_list"] == nil)
        #expect(server.object("logical-router", made)["virtual_network_refs"]?.uuids == [own["uuid"]?.string ?? ""])
        try server.expectReloadsAsItIs()
        #expect(server.send(.delete, "/logical-router/\(made)").status == 200)
        #expect(inside(made, &server) == .null)
        #expect(!network("a", Self.vxlan(1001)).isEmpty)
        try server.expectReloadsAsItIs()
    }

    @Test mutating func otherRoutersHaveNone() {
        let made = server.create("logical-router", project + ["r"], parent: "project")
        #expect(inside(made, &server) == .null && server.object("logical-router", made)["virtual_network_refs"] == nil)
        #expect(server.send(.delete, "/logical-router/\(made)").status == 200)
    }

    @Test mutating func routersAndNetworksShareIdentifiers() {
        _ = network("a", Self.vxlan(1000))
        let members = #""logical_router_type": "vxlan-routing", "#
        server.expectNotCreated(
            "logical-router", project + ["x"], parent: "project", members + #""vxlan_network_identifier": "1000""#,
            "Cannot set VXLAN_ID: 1000")
        server.expectNotCreated(
            "logical-router", project + ["x"], parent: "project", members + #""vxlan_network_identifier": "abc""#,
            "vxlan_network_identifier must be a number from 1 to 16777215, not 'abc'")
        let made = router("r", #", "vxlan_network_identifier": "1001""#)
        server.expectNotChanged("logical-router", made, #""vxlan_network_identifier": "1000""#, "Cannot set VXLAN_ID: 1000")
        expectNoNetwork(Self.vxlan(1001), "Cannot set VXLAN_ID: 1001")
        server.change("logical-router", made, #""vxlan_network_identifier": "None""#)
        #expect(!network("b", Self.vxlan(1001)).isEmpty)
    }

    @Test mutating func routesOfRoutersAreUsers() {
        server.expectNotCreated(
            "logical-router", project + ["x"], parent: "project",
            #""configured_route_target_list": {"route_target": ["target:64512:8000001"]}"#, "Configured route target must use ASN")
    }

    // MARK: Addresses

    @Test mutating func addressesComeFromOnePlace() throws {
        let management = flat("f", "10.9.0.0")
        let name = server.object("network-ipam", management)["fq_name"]?.elements.compactMap(\.string) ?? []
        let share = #""attr": {"allocation_pools": [{"start": "10.9.0.16", "end": "10.9.0.17"}]}"#
        let routers = ["v", "w"].map { router in
            server.create(
                "virtual-router", Self.system + [router],
                "\"network_ipam_refs\": [{\"uuid\": \"\(management)\"" + (router == "v" ? ", \(share)" : "") + "}]")
        }
        func references(_ key: String, _ uuids: [String]) -> String {
            "\"\(key)_refs\": [" + uuids.map { "{\"uuid\": \"\($0)\"}" }.joined(separator: ", ") + "]"
        }
        let own = network("a")
        server.expectNotCreated(
            "instance-ip", ["x"], references("virtual_network", [own]) + ", " + references("virtual_router", [routers[0]]), "not of both")
        server.expectNotCreated(
            "instance-ip", ["x"], references("virtual_network", [own]) + ", " + references("network_ipam", [management]), "not of both")
        server.expectNotCreated("instance-ip", ["x"], references("virtual_router", routers), "can refer to only one virtual-router")
        server.expectNotCreated("instance-ip", ["x"], "", "An instance-ip needs virtual_network_refs")
        func given(_ address: String, _ members: String) -> String? {
            server.object("instance-ip", server.create("instance-ip", [address], members))["instance_ip_address"]?.string
        }
        // A vRouter with a share of the range has addresses of the share.
        #expect(given("1", references("virtual_router", [routers[0]])) == "10.9.0.17")
        #expect(given("2", references("virtual_router", [routers[0]])) == "10.9.0.16")
        server.expectNotCreated("instance-ip", ["3"], references("virtual_router", [routers[0]]), status: 409, "exhausted")
        #expect(given("4", references("virtual_router", [routers[1]])) == "10.9.0.252")
        #expect(given("5", references("network_ipam", [management])) == "10.9.0.251" && name.last == "f")
        try server.expectReloadsAsItIs()
    }

    // MARK: Routed networks

    /// A routed network with one entry of properties, in which `ROUTER` and `DEVICE` stand for UUIDs.
    private mutating func routed(_ entries: String..., category: String = "routed") -> String {
        let router = server.uuid("logical-router", "default-domain:default-project:r")
        let device = server.uuid("physical-router", "default-global-system-config:d")
        let list = entries.joined(separator: ", ").replacing("ROUTER", with: router).replacing("DEVICE", with: device)
        return """
            "virtual_network_category": "\(category)", "virtual_network_routed_properties": {"routed_properties": [\(list)]},
            "network_ipam_refs": [{"to": ["default-domain", "default-project", "default-network-ipam"], "attr":
                {"ipam_subnets": [{"subnet": {"ip_prefix": "10.9.0.0", "ip_prefix_len": 24}}]}}]
            """
    }

    private static func entry(_ address: String, _ members: String) -> String {
        #"{"physical_router_uuid": "DEVICE", "logical_router_uuid": "ROUTER", "routed_interface_ip_address": "\#(address)", \#(members)}"#
    }

    private static let bgp =
        #""routing_protocol": "bgp", "bgp_params": {"peer_autonomous_system": 65001, "peer_ip_address_list": ["10.9.0.9"]}"#

    @Test mutating func routedNetworksSayHowEachDeviceRoutes() throws {
        _ = server.create("physical-router", Self.system + ["d"])
        let router = server.create("logical-router", project + ["r"], parent: "project")
        let table = server.create("interface-route-table", project + ["t"], parent: "project")
        let key = "virtual_network_routed_properties.routed_properties"
        let nowhere = "11111111-2222-4333-8444-555555555555"
        for (entry, text) in [
            (
                Self.entry("10.9.0.5", Self.bgp).replacing("DEVICE", with: nowhere),
                "[0].physical_router_uuid: there is no physical-router \(nowhere)"
            ),
            (Self.entry("10.9.0.5", Self.bgp).replacing("DEVICE", with: router), "[0].physical_router_uuid: there is no physical-router"),
            (Self.entry("10.9.0.5", Self.bgp).replacing("ROUTER", with: ""), "[0].logical_router_uuid is missing"),
            (Self.entry("10.8.0.5", Self.bgp), "[0].routed_interface_ip_address 10.8.0.5 is in no subnet of the network"),
            (Self.entry("", Self.bgp), "[0].routed_interface_ip_address is missing"),
            (Self.entry("10.9.0", Self.bgp), "[0].routed_interface_ip_address"),
            (Self.entry("10.9.0.5", #""routing_protocol": "bgp""#), "[0].bgp_params is missing, which the routing_protocol bgp needs"),
            (
                Self.entry("10.9.0.5", #""routing_protocol": "bgp", "bgp_params": {"peer_autonomous_system": 65001}"#),
                "[0].bgp_params names no neighbour"
            ),
            (Self.entry("10.9.0.5", #""routing_protocol": "ospf", "bgp_params": {}"#), "[0].ospf_params is missing"),
            (Self.entry("10.9.0.5", #""routing_protocol": "pim", "pim_params": {}"#), "[0].pim_params.rp_ip_address is missing"),
            (Self.entry("10.9.0.5", #""routing_protocol": "static-routes""#), "[0].static_route_params is missing"),
            (
                Self.entry(
                    "10.9.0.5",
                    "\"routing_protocol\": \"static-routes\", \"static_route_params\": {\"interface_route_table_uuid\": [\"\(nowhere)\"], "
                        + "\"next_hop_ip_address\": [\"10.9.0.9\"]}"),
                "[0].static_route_params.interface_route_table_uuid[0]: there is no interface-route-table"
            ),
            (
                Self.entry("10.9.0.5", Self.bgp + ", \"routing_policy_params\": {\"import_routing_policy_uuid\": [\"\(table)\"]}"),
                "[0].routing_policy_params.import_routing_policy_uuid[0]: there is no routing-policy"
            ),
        ] {
            expectNoNetwork(routed(entry), key + text)
            // Of other networks they are ignored.
            let other = network("other", routed(entry, category: "tenant"))
            if !other.isEmpty { server.send(.delete, "/virtual-network/\(other)") }
        }
        expectNoNetwork(
            routed(Self.entry("10.9.0.5", Self.bgp), Self.entry("10.9.0.6", Self.bgp)),
            "[1] is the second for default-domain:default-project:r")
        let made = network("v", routed(Self.entry("10.9.0.5", Self.bgp)))
        server.change(
            "virtual-network", made,
            routed(
                Self.entry(
                    "10.9.0.5",
                    "\"routing_protocol\": \"static-routes\", \"static_route_params\": {\"interface_route_table_uuid\": [\"\(table)\"], "
                        + "\"next_hop_ip_address\": [\"10.9.0.9\"]}")))
        try server.expectReloadsAsItIs()
    }
}
