// Ports and addresses: what is given to them, what they may ask for, and that nothing is given twice or lost.

import Coding
import Testing

@testable import ConfigServerCore

@Suite struct AddressTests {
    var server = TestServer()

    private static let ipam = #"["default-domain", "default-project", "default-network-ipam"]"#

    /// A network with subnets given as JSON.
    private mutating func network(_ name: String, _ subnets: String...) -> String {
        let list = subnets.map { "{\($0)}" }.joined(separator: ", ")
        return server.create(
            "virtual-network", project + [name], parent: "project",
            "\"network_ipam_refs\": [{\"to\": \(Self.ipam), \"attr\": {\"ipam_subnets\": [\(list)]}}]")
    }

    private static func subnet(_ prefix: String, _ length: Int, _ more: String = "") -> String {
        "\"subnet\": {\"ip_prefix\": \"\(prefix)\", \"ip_prefix_len\": \(length)}\(more.isEmpty ? "" : ", " + more)"
    }

    private mutating func address(_ name: String, _ network: String, _ more: String = "") -> Reply {
        let members = more.isEmpty ? "" : ", " + more
        return server.send(
            .post, "/instance-ips",
            """
            {"instance-ip": {"fq_name": ["\(name)"], "virtual_network_refs": [{"uuid": "\(network)"}]\(members)}}
            """)
    }

    /// The address that an instance-ip got, or the refusal.
    private mutating func given(_ name: String, _ network: String, _ more: String = "") -> String {
        let reply = address(name, network, more)
        let text = String(decoding: reply.body, as: UTF8.self)
        guard reply.status == 200, let value = try? JSONValue(parsing: reply.body), let uuid = value["instance-ip"]?["uuid"]?.string else {
            return "\(reply.status) \(text)"
        }
        return server.object("instance-ip", uuid)["instance_ip_address"]?.string ?? "none"
    }

    // MARK: instance-ip

    @Test mutating func addressesComeFromTheTop() throws {
        let network = network("a", Self.subnet("10.1.0.0", 29))
        // 10.1.0.7 is the broadcast address, .6 the gateway, .5 the service address.
        #expect((1...5).map { given("ip\($0)", network) }.prefix(4) == ["10.1.0.4", "10.1.0.3", "10.1.0.2", "10.1.0.1"])
        #expect(
            given("more", network)
                == "409 Virtual-Network(default-domain:default-project:a) has exhausted subnet(10.1.0.0/29)")
        try server.expectReloadsAsItIs()
    }

    @Test mutating func addressesComeFromTheStartWhereTheSubnetSaysSo() {
        let network = network("a", Self.subnet("10.1.0.0", 29, "\"addr_from_start\": true"))
        #expect([given("1", network), given("2", network)] == ["10.1.0.3", "10.1.0.4"])
    }

    @Test mutating func whatIsGivenBackIsGivenAgain() {
        let network = network("a", Self.subnet("10.1.0.0", 24))
        #expect([given("1", network), given("2", network), given("3", network)] == ["10.1.0.252", "10.1.0.251", "10.1.0.250"])
        let uuid = server.post("/fqname-to-id", #"{"type": "instance-ip", "fq_name": ["2"]}"#)["uuid"]?.string ?? ""
        #expect(server.send(.delete, "/instance-ip/\(uuid)").status == 200)
        #expect([given("4", network), given("5", network)] == ["10.1.0.251", "10.1.0.249"])
    }

    @Test mutating func whatIsAskedForIsChecked() {
        let network = network("a", Self.subnet("10.1.0.0", 24), Self.subnet("2001:db8::", 64))
        func asking(_ address: String) -> String { "\"instance_ip_address\": \"\(address)\"" }
        #expect(given("1", network, asking("10.1.0.7")) == "10.1.0.7")
        #expect(
            given("2", network, asking("10.1.0.7"))
                == "409 Ip address already in use: 10.1.0.7 in Virtual-Network(default-domain:default-project:a)")
        #expect(given("3", network, asking("10.2.0.7")).hasPrefix("400 Virtual-Network(default-domain:default-project:a) has no subnet"))
        #expect(given("4", network, asking("10.1.0.300")).hasPrefix("400 instance_ip_address: "))
        // The gateway's address is shared with who asks for it, and with the next one too.
        #expect([given("5", network, asking("10.1.0.254")), given("6", network, asking("10.1.0.254"))] == ["10.1.0.254", "10.1.0.254"])
        #expect(given("7", network, asking("2001:DB8::1:0")) == "2001:db8::1:0")
        #expect(given("8", network, "\"instance_ip_family\": \"v6\"") == "2001:db8::ffff:ffff:ffff:fffc")
    }

    @Test mutating func theAddressSaysWhereItIs() {
        let network = network("a", Self.subnet("10.1.0.0", 24, "\"subnet_uuid\": \"5e1f0b7e-3c3b-4b1c-9f5e-6a1d3f1f0a01\""))
        _ = given("1", network)
        let uuid = server.post("/fqname-to-id", #"{"type": "instance-ip", "fq_name": ["1"]}"#)["uuid"]?.string ?? ""
        let object = server.object("instance-ip", uuid)
        #expect(object["subnet_uuid"] == .string("5e1f0b7e-3c3b-4b1c-9f5e-6a1d3f1f0a01"))
        #expect(object["instance_ip_subnet"]?["ip_prefix"] == .string("10.1.0.0"))
        #expect(object["instance_ip_family"] == .string("v4"))
        let change = server.send(.put, "/instance-ip/\(uuid)", #"{"instance-ip": {"instance_ip_address": "10.1.0.9"}}"#)
        #expect(change.status == 400)
        #expect(
            server.send(.put, "/instance-ip/\(uuid)", #"{"instance-ip": {"instance_ip_address": "10.1.0.252"}}"#).status == 200)
    }

    @Test mutating func poolsAndBlocksAreRespected() {
        let pools = #""allocation_pools": [{"start": "10.1.0.10", "end": "10.1.0.12"}, {"start": "10.1.0.20", "end": "10.1.0.21"}]"#
        let pooled = network("a", Self.subnet("10.1.0.0", 24, pools))
        #expect(
            (1...6).map { given("a\($0)", pooled) }.prefix(5) == ["10.1.0.21", "10.1.0.20", "10.1.0.12", "10.1.0.11", "10.1.0.10"])
        #expect(given("more", pooled).hasPrefix("409 "))
        let blocks = network("b", Self.subnet("10.1.0.0", 28, "\"alloc_unit\": 4"))
        #expect((1...4).map { given("b\($0)", blocks) }.prefix(3) == ["10.1.0.12", "10.1.0.8", "10.1.0.4"])
    }

    @Test mutating func twoNetworksMayUseTheSameAddresses() {
        let networks = [network("a", Self.subnet("10.1.0.0", 24)), network("b", Self.subnet("10.1.0.0", 24))]
        #expect([given("1", networks[0]), given("2", networks[1])] == ["10.1.0.252", "10.1.0.252"])
    }

    @Test mutating func networksShareAFlatRange() throws {
        let management = server.create(
            "network-ipam", project + ["flat"], parent: "project",
            """
            "ipam_subnet_method": "flat-subnet",
            "ipam_subnets": {"subnets": [{"subnet": {"ip_prefix": "10.9.0.0", "ip_prefix_len": 24}}]}
            """)
        func made(_ name: String, _ server: inout TestServer) -> String {
            server.create(
                "virtual-network", project + [name], parent: "project",
                "\"virtual_network_properties\": {\"forwarding_mode\": \"l3\"}, "
                    + "\"network_ipam_refs\": [{\"uuid\": \"\(management)\", \"attr\": {\"ipam_subnets\": []}}]")
        }
        let networks = [made("a", &server), made("b", &server)]
        #expect([given("1", networks[0]), given("2", networks[1])] == ["10.9.0.252", "10.9.0.251"])
        let change = #"{"network-ipam": {"ipam_subnets": {"subnets": []}}}"#
        let refused = server.send(.put, "/network-ipam/\(management)", change)
        #expect(refused.status == 409)
        #expect(String(decoding: refused.body, as: UTF8.self).contains("10.9.0.0/24"))
        try server.expectReloadsAsItIs()
    }

    @Test mutating func aSubnetInUseStays() {
        let network = network("a", Self.subnet("10.1.0.0", 24), Self.subnet("10.2.0.0", 24))
        _ = given("1", network)
        func keep(_ prefix: String) -> Int {
            server.send(
                .put, "/virtual-network/\(network)",
                """
                {"virtual-network": {"network_ipam_refs": [{"to": \(Self.ipam), "attr": {"ipam_subnets": [{\(Self.subnet(prefix, 24))}]}}]}}
                """
            ).status
        }
        #expect(keep("10.2.0.0") == 409)
        #expect(keep("10.1.0.0") == 200)
    }

    @Test mutating func anAddressNeedsANetwork() {
        #expect(server.send(.post, "/instance-ips", #"{"instance-ip": {"fq_name": ["x"]}}"#).status == 400)
    }

    // MARK: Against a plain model

    /// Takes, asks for, gives back and restarts at random; a set of addresses says what must have come out.
    @Test mutating func randomHistoriesGiveNothingTwice() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SequenceGenerator(seed: seed)
        let network = network("a", Self.subnet("10.1.0.0", 27, "\"addr_from_start\": \(Bool.random(using: &random))"))
        // 28 addresses are to be had, whichever end gateway and service address are at.
        var held: [String: String] = [:]
        for step in 0..<300 {
            if let victim = held.randomElement(using: &random), Int.random(in: 0..<5, using: &random) < 2 {
                #expect(server.send(.delete, "/instance-ip/\(victim.key)").status == 200, "seed \(seed)")
                held[victim.key] = nil
                continue
            }
            let asked = Bool.random(using: &random) ? "10.1.0.\(Int.random(in: 3...28, using: &random))" : nil
            let reply = address("ip\(step)", network, asked.map { "\"instance_ip_address\": \"\($0)\"" } ?? "")
            guard reply.status == 200 else {
                #expect(reply.status == 409, "seed \(seed)")
                #expect(asked.map { held.values.contains($0) } ?? (held.count >= 28), "seed \(seed), step \(step)")
                continue
            }
            let uuid = try #require(try JSONValue(parsing: reply.body)["instance-ip"]?["uuid"]?.string)
            let got = try #require(server.object("instance-ip", uuid)["instance_ip_address"]?.string)
            #expect(!held.values.contains(got) && (asked == nil || asked == got), "seed \(seed), step \(step)")
            held[uuid] = got
        }
        try server.expectReloadsAsItIs()
    }

    // MARK: floating-ip, alias-ip

    @Test mutating func floatingAddressesComeFromThePoolsNetwork() {
        let subnet = "5e1f0b7e-3c3b-4b1c-9f5e-6a1d3f1f0a02"
        _ = network("public", Self.subnet("10.1.0.0", 24), Self.subnet("10.2.0.0", 24, "\"subnet_uuid\": \"\(subnet)\""))
        let pool = project + ["public", "pool"]
        _ = server.create(
            "floating-ip-pool", pool, parent: "virtual-network", "\"floating_ip_pool_subnets\": {\"subnet_uuid\": [\"\(subnet)\"]}")
        let floating = server.object("floating-ip", server.create("floating-ip", pool + ["f"], parent: "floating-ip-pool"))
        #expect(floating["floating_ip_address"] == .string("10.2.0.252"))
        #expect(floating["project_refs"]?.names == ["default-project"])
        _ = server.create("alias-ip-pool", project + ["public", "aliases"], parent: "virtual-network")
        let alias = server.object(
            "alias-ip", server.create("alias-ip", project + ["public", "aliases", "x"], parent: "alias-ip-pool"))
        #expect(alias["alias_ip_address"] == .string("10.1.0.252"))
    }

    @Test mutating func poolsNameSubnetsOfTheirNetwork() {
        _ = network("public", Self.subnet("10.1.0.0", 24))
        let reply = server.send(
            .post, "/floating-ip-pools",
            """
            {"floating-ip-pool": {"fq_name": ["default-domain", "default-project", "public", "pool"], "parent_type": "virtual-network",
            "floating_ip_pool_subnets": {"subnet_uuid": ["5e1f0b7e-3c3b-4b1c-9f5e-6a1d3f1f0a02"]}}}
            """)
        #expect(reply.status == 400)
    }

    // MARK: Actions

    @Test mutating func networksGiveAddressesWithoutObjects() throws {
        let network = network("a", Self.subnet("10.1.0.0", 24))
        let path = "/virtual-network/\(network)"
        #expect(server.post("\(path)/ip-alloc", #"{"count": 2}"#)["ip_addr"] == .array([.string("10.1.0.252"), .string("10.1.0.251")]))
        #expect(given("1", network) == "10.1.0.250")
        let count = #"{"subnet_list": ["10.1.0.0/24", "10.1.0.0/25"]}"#
        #expect(server.post("\(path)/subnet-ip-count", count)["ip_count_list"] == .array([.number("3"), .number("0")]))
        #expect(server.send(.post, "\(path)/ip-free", #"{"ip_addr": ["10.1.0.252", "10.1.0.9"]}"#).status == 200)
        #expect(server.send(.post, "\(path)/ip-free", #"{"ip_addr": ["10.1.0.250"]}"#).status == 409)
        #expect(given("2", network) == "10.1.0.252")
        #expect(server.send(.post, "\(path)/ip-alloc", #"{"subnet": "5e1f0b7e-3c3b-4b1c-9f5e-6a1d3f1f0a02"}"#).status == 404)
        #expect(server.send(.post, "\(path)/ip-alloc", #"{"count": 300}"#).status == 409)
        #expect(server.send(.post, "\(path)/ip-alloc", #"{"count": 0}"#).status == 400)
        try server.expectReloadsAsItIs()
    }

    // MARK: virtual-machine-interface

    @Test mutating func portsAreCompleted() throws {
        let network = network("a", Self.subnet("10.1.0.0", 24))
        let uuid = server.create(
            "virtual-machine-interface", project + ["port"], parent: "project", "\"virtual_network_refs\": [{\"uuid\": \"\(network)\"}]")
        let port = server.object("virtual-machine-interface", uuid)
        let text = Array(uuid.utf8)
        let digits = [0..<2, 2..<4, 4..<6, 6..<8, 9..<11].map { String(decoding: text[$0], as: UTF8.self) }
        let mac = (["02"] + digits).joined(separator: ":")
        #expect(port["virtual_machine_interface_mac_addresses"]?["mac_address"] == .array([.string(mac)]))
        #expect(port["routing_instance_refs"]?.names == ["a"])
        #expect(port["routing_instance_refs"]?.elements.first?["attr"]?["direction"] == .string("both"))
        #expect(port["port_security_enabled"] == .boolean(true))
        #expect(port["virtual_machine_interface_bindings"]?["key_value_pair"]?.elements.count == 2)
    }

    @Test mutating func aPortThatMovesForwardsInItsNewNetwork() {
        let networks = [network("a"), network("b")]
        let port = server.create(
            "virtual-machine-interface", project + ["port"], parent: "project", "\"virtual_network_refs\": [{\"uuid\": \"\(networks[0])\"}]"
        )
        let change = "{\"virtual-machine-interface\": {\"virtual_network_refs\": [{\"uuid\": \"\(networks[1])\"}]}}"
        #expect(server.send(.put, "/virtual-machine-interface/\(port)", change).status == 200)
        #expect(server.object("virtual-machine-interface", port)["routing_instance_refs"]?.names == ["b"])
        #expect(server.send(.delete, "/virtual-network/\(networks[0])").status == 200)
    }

    @Test(arguments: [
        ("\"virtual_machine_interface_mac_addresses\": {\"mac_address\": [\"02-00-00-00-00-0A\"]}", "02:00:00:00:00:0a"),
        ("\"virtual_machine_interface_mac_addresses\": {\"mac_address\": [\"02:00:00:00:00:AB\"]}", "02:00:00:00:00:ab"),
    ]) mutating func macAddressesHaveOneForm(_ members: String, _ expected: String) {
        let network = network("a")
        let uuid = server.create(
            "virtual-machine-interface", project + ["port"], parent: "project",
            "\"virtual_network_refs\": [{\"uuid\": \"\(network)\"}], \(members)")
        let port = server.object("virtual-machine-interface", uuid)
        #expect(port["virtual_machine_interface_mac_addresses"]?["mac_address"] == .array([.string(expected)]))
    }

    @Test(arguments: [
        ("", "virtual_network_refs"),
        (
            "\"virtual_machine_interface_mac_addresses\": {\"mac_address\": [\"02:00:00\"]}", "mac_address"
        ),
        ("\"virtual_machine_interface_properties\": {\"sub_interface_vlan_tag\": 4095}", "sub_interface_vlan_tag"),
    ]) mutating func portsAreChecked(_ members: String, _ mentioned: String) {
        let network = network("a")
        let reference = members.isEmpty ? "" : ", \"virtual_network_refs\": [{\"uuid\": \"\(network)\"}], \(members)"
        let reply = server.send(
            .post, "/virtual-machine-interfaces",
            """
            {"virtual-machine-interface": {"fq_name": ["default-domain", "default-project", "p"], "parent_type": "project"\(reference)}}
            """)
        #expect(reply.status == 400)
        #expect(String(decoding: reply.body, as: UTF8.self).contains(mentioned))
    }

    @Test mutating func theGatewayIsNoPortsAddress() {
        let network = network("a", Self.subnet("10.1.0.0", 24))
        let machine = server.create("virtual-machine", ["vm"])
        let port = server.create(
            "virtual-machine-interface", project + ["port"], parent: "project",
            "\"virtual_network_refs\": [{\"uuid\": \"\(network)\"}], \"virtual_machine_refs\": [{\"uuid\": \"\(machine)\"}]")
        let members = "\"instance_ip_address\": \"10.1.0.254\", \"virtual_machine_interface_refs\": [{\"uuid\": \"\(port)\"}]"
        #expect(given("1", network, members).hasPrefix("400 10.1.0.254 is the gateway"))
    }
}
