// What single types do beyond their schema, and the objects that every installation has.

import Coding
import Testing

@testable import ConfigServerCore

@Suite struct RuleTests {
    var server = TestServer()

    // MARK: virtual-network

    @Test mutating func networksHaveNumbersThatComeBack() throws {
        func number(_ uuid: String) -> Int? { server.object("virtual-network", uuid)["virtual_network_network_id"]?.integer }
        let first = server.create("virtual-network", project + ["a"], parent: "project")
        let second = server.create("virtual-network", project + ["b"], parent: "project")
        let free = try #require(number(first))
        #expect(number(second) == free + 1)
        server.send(.delete, "/virtual-network/\(first)")
        let third = server.create("virtual-network", project + ["c"], parent: "project")
        #expect(number(third) == free)
        try server.expectReloadsAsItIs()
    }

    @Test mutating func aRefusedNetworkTakesNoNumber() throws {
        let first = server.create("virtual-network", project + ["a"], parent: "project")
        let members =
            #""network_ipam_refs": [{"to": ["default-domain", "default-project", "default-network-ipam"], "attr": {"ipam_subnets": [{"subnet": {"ip_prefix": "10.0.0.0", "ip_prefix_len": 99}}]}}]"#
        #expect(
            server.send(
                .post, "/virtual-networks",
                "{\"virtual-network\": {\"fq_name\": [\"default-domain\", \"default-project\", \"b\"], \(members)}}"
            ).status == 400)
        let second = server.create("virtual-network", project + ["c"], parent: "project")
        let numbers = [first, second].map { server.object("virtual-network", $0)["virtual_network_network_id"]?.integer ?? 0 }
        #expect(numbers[1] == numbers[0] + 1)
    }

    @Test mutating func theNumberIsGivenByTheSystem() {
        let refused = server.send(
            .post, "/virtual-networks",
            #"{"virtual-network": {"fq_name": ["default-domain", "default-project", "a"], "virtual_network_network_id": 99}}"#)
        #expect(refused.status == 403)
        let uuid = server.create("virtual-network", project + ["a"], parent: "project")
        #expect(server.send(.put, "/virtual-network/\(uuid)", #"{"virtual-network": {"virtual_network_network_id": 99}}"#).status == 403)
        // Removing it has no effect either.
        #expect(server.send(.put, "/virtual-network/\(uuid)", #"{"virtual-network": {"virtual_network_network_id": null}}"#).status == 200)
        #expect(server.object("virtual-network", uuid)["virtual_network_network_id"]?.integer != nil)
    }

    @Test mutating func networksHaveARoutingInstance() throws {
        let uuid = server.create("virtual-network", project + ["a"], parent: "project")
        let instances = server.object("virtual-network", uuid)["routing_instances"]
        #expect(instances?.names == ["a"])
        let instance = try #require(instances?.uuids.first)
        #expect(server.object("routing-instance", instance)["routing_instance_is_default"] == .boolean(true))
        // It is the system's, so it goes with its network.
        #expect(server.send(.delete, "/virtual-network/\(uuid)").status == 200)
        #expect(server.send(.get, "/routing-instance/\(instance)").status == 404)
    }

    @Test(
        arguments: [
            // Given; gateway; service address.
            (#""subnet": {"ip_prefix": "10.1.2.3", "ip_prefix_len": 24}"#, "10.1.2.0", "10.1.2.254", "10.1.2.253"),
            (#""subnet": {"ip_prefix": "10.1.2.3", "ip_prefix_len": 24}, "addr_from_start": true"#, "10.1.2.0", "10.1.2.1", "10.1.2.2"),
            (
                #""subnet": {"ip_prefix": "10.1.2.3", "ip_prefix_len": 24}, "default_gateway": "10.1.2.9""#, "10.1.2.0", "10.1.2.9",
                "10.1.2.253"
            ),
            (
                #""subnet": {"ip_prefix": "10.1.2.3", "ip_prefix_len": 24}, "default_gateway": "0.0.0.0""#, "10.1.2.0", "0.0.0.0",
                "10.1.2.253"
            ),
            (#""subnet": {"ip_prefix": "10.1.2.3", "ip_prefix_len": 30}"#, "10.1.2.0", "10.1.2.2", "10.1.2.1"),
            (#""subnet": {"ip_prefix": "10.1.2.3", "ip_prefix_len": 32}"#, "10.1.2.3", nil, nil),
            (
                #""subnet": {"ip_prefix": "2001:db8::1", "ip_prefix_len": "64"}"#, "2001:db8::", "2001:db8::ffff:ffff:ffff:fffe",
                "2001:db8::ffff:ffff:ffff:fffd"
            ),
            (
                #""subnet": {"ip_prefix": "2001:DB8:0::1", "ip_prefix_len": 64}, "addr_from_start": true"#, "2001:db8::", "2001:db8::1",
                "2001:db8::2"
            ),
        ] as [(String, String, String?, String?)]) mutating func subnetsAreCompleted(
            given: String, prefix: String, gateway: String?, service: String?
        ) throws
    {
        let uuid = server.create("virtual-network", project + ["a"], parent: "project", Self.subnets("{\(given)}"))
        let references = server.object("virtual-network", uuid)["network_ipam_refs"]
        let subnet = try #require(references?.elements.first?["attr"]?["ipam_subnets"]?.elements.first)
        #expect(subnet["subnet"]?["ip_prefix"] == .string(prefix))
        #expect(subnet["default_gateway"]?.string == gateway && subnet["dns_server_address"]?.string == service)
        #expect(subnet["subnet_uuid"]?.string?.utf8.count == 36 && subnet["enable_dhcp"] == .boolean(true))
    }

    private static func subnets(_ list: String) -> String {
        """
        "network_ipam_refs": [{"to": ["default-domain", "default-project", "default-network-ipam"], "attr": {"ipam_subnets": [\(list)]}}]
        """
    }

    @Test(arguments: [
        (#"{"subnet": {"ip_prefix": "10.0.0.0", "ip_prefix_len": 33}}"#, "ip_prefix_len must be an integer from 0 to 32"),
        (#"{"subnet": {"ip_prefix": "10.0.0", "ip_prefix_len": 8}}"#, "subnet.ip_prefix"),
        (
            #"{"subnet": {"ip_prefix": "10.0.0.0", "ip_prefix_len": 8}, "default_gateway": "11.0.0.1"}"#,
            "11.0.0.1 is not in the subnet 10.0.0.0/8"
        ),
        (#"{"subnet": {"ip_prefix": "10.0.0.0", "ip_prefix_len": 8}, "dns_server_address": "2001::1"}"#, "is not in the subnet"),
        (#"{"subnet": {"ip_prefix": "10.0.0.0", "ip_prefix_len": 8}, "alloc_unit": 3}"#, "not a power of two"),
        (
            #"{"subnet": {"ip_prefix": "10.0.0.0", "ip_prefix_len": 24}, "allocation_pools": [{"start": "10.0.0.9", "end": "10.0.0.8"}]}"#,
            "comes before the start"
        ),
        (
            #"{"subnet": {"ip_prefix": "10.0.0.0", "ip_prefix_len": 24}, "allocation_pools": [{"start": "10.0.0.9", "end": "10.0.1.8"}]}"#,
            "is not in the subnet"
        ),
        (
            #"{"subnet": {"ip_prefix": "10.0.0.0", "ip_prefix_len": 8}}, {"subnet": {"ip_prefix": "10.1.0.0", "ip_prefix_len": 16}}"#,
            "Overlapping addresses: 10.1.0.0/16 and 10.0.0.0/8"
        ),
    ]) mutating func refusesWrongSubnets(list: String, text: String) {
        let body = "{\"virtual-network\": {\"fq_name\": [\"default-domain\", \"default-project\", \"a\"], \(Self.subnets(list))}}"
        let reply = server.send(.post, "/virtual-networks", body)
        #expect(reply.status == 400 && reply.text.contains(text), "\(reply.text)")
    }

    @Test mutating func sharingHasTwoNames() {
        func state(_ uuid: String) -> (JSONValue?, JSONValue?) {
            let read = server.object("virtual-network", uuid)
            return (read["is_shared"], read["perms2"]?["global_access"])
        }
        let uuid = server.create("virtual-network", project + ["a"], parent: "project", #""is_shared": true"#)
        #expect(state(uuid) == (.boolean(true), .number("7")))
        server.send(.put, "/virtual-network/\(uuid)", #"{"virtual-network": {"is_shared": false}}"#)
        #expect(state(uuid) == (.boolean(false), .number("0")))
        server.send(.post, "/chmod", "{\"uuid\": \"\(uuid)\", \"global_access\": 7}")
        #expect(state(uuid) == (.boolean(true), .number("7")))
        server.send(.post, "/chmod", "{\"uuid\": \"\(uuid)\", \"global_access\": 5}")
        #expect(state(uuid) == (.boolean(false), .number("5")))
        server.send(.put, "/virtual-network/\(uuid)", #"{"virtual-network": {"is_shared": true}}"#)
        server.send(.put, "/virtual-network/\(uuid)", #"{"virtual-network": {"is_shared": null}}"#)
        #expect(state(uuid) == (nil, .number("0")))
    }

    // MARK: security-group

    @Test mutating func securityGroupsHaveNumbers() throws {
        func number(_ uuid: String) -> Int? { server.object("security-group", uuid)["security_group_id"]?.integer }
        let first = server.create("security-group", project + ["a"], parent: "project")
        let second = server.create("security-group", project + ["b"], parent: "project")
        let given = try #require(number(first))
        #expect(given > 8_000_000 && number(second) == given + 1)
        #expect(server.send(.put, "/security-group/\(first)", #"{"security-group": {"security_group_id": 8000099}}"#).status == 403)
        server.send(.put, "/security-group/\(first)", #"{"security-group": {"configured_security_group_id": 5}}"#)
        #expect(number(first) == 5)
        let third = server.create("security-group", project + ["c"], parent: "project")
        #expect(number(third) == given)
        server.send(.put, "/security-group/\(first)", #"{"security-group": {"configured_security_group_id": 0}}"#)
        #expect(number(first) == given + 2)
        try server.expectReloadsAsItIs()
    }

    // MARK: Default objects

    @Test mutating func everyInstallationHasItsObjects() throws {
        let expected = [
            ("global-system-config", "default-global-system-config"),
            ("global-vrouter-config", "default-global-system-config:default-global-vrouter-config"),
            ("domain", "default-domain"), ("project", "default-domain:default-project"),
            ("fabric", "default-global-system-config:default-fabric"),
            ("policy-management", "default-policy-management"),
            ("application-policy-set", "default-policy-management:default-application-policy-set"),
            ("virtual-network", "default-domain:default-project:ip-fabric"),
            ("routing-instance", "default-domain:default-project:ip-fabric:ip-fabric"),
            ("routing-instance", "default-domain:default-project:ip-fabric:__default__"),
            ("virtual-network", "default-domain:default-project:__link_local__"),
            ("routing-instance", "default-domain:default-project:__link_local__:__link_local__"),
            ("virtual-network", "default-domain:default-project:dci-network"),
            ("routing-instance", "default-domain:default-project:dci-network:__default__"),
            ("routing-instance", "default-domain:default-project:default-virtual-network:default-virtual-network"),
            ("security-group", "default-domain:default-project:__no_rule__"),
            ("discovery-service-assignment", "default-discovery-service-assignment"),
            ("global-qos-config", "default-global-system-config:default-global-qos-config"),
            ("network-ipam", "default-domain:default-project:service-chain-flat-ipam"),
            ("network-ipam", "default-domain:default-project:default-network-ipam"),
            ("alarm", "default-global-system-config:system-defined-bottle-request-size-limit"),
            ("api-access-list", "default-global-system-config:default-api-access-list"), ("namespace", "default-domain:default-namespace"),
        ]
        for (type, name) in expected {
            #expect(server.get("/\(type)s?fq_names=\(name)")["\(type)s"]?.elements.count == 1, "\(type) \(name)")
        }
        let tagTypes = server.get("/tag-types?fields=tag_type_id")["tag-types"]?.elements ?? []
        #expect(tagTypes.count == 7)
        #expect(tagTypes.first { $0["fq_name"]?.elements.first == .string("site") }?["tag_type_id"] == .string("0x0004"))
        let ipams = server.get("/network-ipams?fq_names=default-domain:default-project:default-network-ipam&fields=perms2")
        #expect(ipams["network-ipams"]?.elements.first?["perms2"]?["global_access"] == .number("5"))
        let system = server.get("/global-system-configs?detail=true")["global-system-configs"]?.elements.first?["global-system-config"]
        #expect(system?["autonomous_system"] == .number("64512"))
        try server.expectReloadsAsItIs()
    }

    @Test mutating func whatIsThereIsLeftAlone() throws {
        #expect(try server.service.defaultObjects(missingFrom: server.image, now: server.now, random: SequenceGenerator()).isEmpty)
        let alarm = try #require(server.get("/alarms")["alarms"]?.uuids.first)
        #expect(server.send(.delete, "/alarm/\(alarm)").status == 200)
        let transaction = try server.service.defaultObjects(missingFrom: server.image, now: server.now, random: SequenceGenerator(seed: 5))
        #expect(transaction.changes.count == 1)
    }
}
