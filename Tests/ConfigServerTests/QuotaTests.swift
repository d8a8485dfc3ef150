// Limits on how many objects a project has.

import Coding
import ConfigurationREST
import Testing

@testable import ConfigServerCore

@Suite struct QuotaTests {
    var server = TestServer()

    private mutating func setQuota(_ members: String) {
        server.change("project", server.uuid("project", project.joined(separator: ":")), "\"quota\": {\(members)}")
    }

    @Test mutating func limitsChildren() throws {
        // Those that the system made count.
        let count = server.get("/virtual-networks?count=true")["virtual-networks"]?["count"]?.integer ?? 0
        setQuota("\"virtual_network\": \(count + 1)")
        let first = server.create("virtual-network", project + ["a"], parent: "project")
        let text = "quota limit (\(count + 1)) exceeded for resource virtual_network"
        server.expectNotCreated("virtual-network", project + ["b"], parent: "project", status: 412, text)
        // Another project is not concerned, other types are not, and what goes makes room.
        #expect(!server.create("project", ["default-domain", "other"]).isEmpty)
        #expect(!server.create("virtual-network", ["default-domain", "other", "b"], parent: "project").isEmpty)
        #expect(!server.create("network-policy", project + ["b"], parent: "project").isEmpty)
        server.send(.delete, "/virtual-network/\(first)")
        #expect(!server.create("virtual-network", project + ["b"], parent: "project").isEmpty)
    }

    @Test mutating func theServerHasLimitsForThoseWithoutAny() throws {
        let quotas = try Quota.checked(["network_policy": 1, "defaults": 0, "virtual_network": -1])
        server.service = ConfigurationService(ConfigurationResources.catalogue, quotas: quotas)
        #expect(!server.create("network-policy", project + ["a"], parent: "project").isEmpty)
        server.expectNotCreated("network-policy", project + ["b"], parent: "project", status: 412, "quota limit (1) exceeded")
        server.expectNotCreated("security-group", project + ["b"], parent: "project", status: 412, "quota limit (0) exceeded")
        #expect(!server.create("virtual-network", project + ["b"], parent: "project").isEmpty)
        // A project's own word counts first.
        setQuota(#""network_policy": 2"#)
        #expect(!server.create("network-policy", project + ["b"], parent: "project").isEmpty)
        let refusal = #expect(throws: Refusal.self) { try Quota.checked(["networks": 1]) }
        #expect(refusal?.message.contains("networks") == true)
    }

    @Test mutating func defaultsCountForTheRest() {
        setQuota(#""defaults": 0, "network_policy": -1, "virtual_network": null"#)
        server.expectNotCreated("virtual-network", project + ["b"], parent: "project", status: 412, "quota limit (0) exceeded")
        #expect(!server.create("network-policy", project + ["b"], parent: "project").isEmpty)
        // Types that quotas do not know are not limited.
        #expect(!server.create("routing-policy", project + ["b"], parent: "project").isEmpty)
    }

    @Test mutating func hiddenObjectsDoNotCount() {
        setQuota(#""network_policy": 0"#)
        #expect(
            !server.create("network-policy", project + ["b"], parent: "project", #""id_perms": {"enable": true, "user_visible": false}"#)
                .isEmpty)
    }

    @Test mutating func limitsGrandchildrenAndReferrers() {
        setQuota(#""floating_ip_pool": 1, "floating_ip": 1"#)
        let ipam =
            #""network_ipam_refs": [{"to": ["default-domain", "default-project", "default-network-ipam"], "attr": {"ipam_subnets": [{"subnet": {"ip_prefix": "10.1.0.0", "ip_prefix_len": 24}}]}}]"#
        _ = server.create("virtual-network", project + ["a"], parent: "project", ipam)
        _ = server.create("virtual-network", project + ["b"], parent: "project")
        _ = server.create("floating-ip-pool", project + ["a", "pool"])
        let text = "quota limit (1) exceeded for resource floating_ip_pool"
        server.expectNotCreated("floating-ip-pool", project + ["b", "pool"], status: 412, text)
        _ = server.create("floating-ip", project + ["a", "pool", "f"], parent: "floating-ip-pool")
        server.expectNotCreated(
            "floating-ip", project + ["a", "pool", "g"], parent: "floating-ip-pool", status: 412,
            "quota limit (1) exceeded for resource floating_ip:")
    }

    @Test mutating func limitsRulesOfAllGroups() {
        setQuota(#""security_group_rule": 3"#)
        func rules(_ ports: Range<Int>) -> String {
            let list = ports.map {
                "{\"protocol\": \"tcp\", \"dst_ports\": [{\"start_port\": \($0), \"end_port\": \($0)}], \"dst_addresses\": [{\"security_group\": \"local\"}]}"
            }
            return "\"security_group_entries\": {\"policy_rule\": [\(list.joined(separator: ", "))]}"
        }
        let text = "quota limit (3) exceeded for resource security_group_rule"
        let group = server.create("security-group", project + ["a"], parent: "project", rules(1..<3))
        server.expectNotCreated("security-group", project + ["b"], parent: "project", rules(1..<3), status: 412, text)
        _ = server.create("security-group", project + ["b"], parent: "project", rules(1..<2))
        server.expectNotChanged("security-group", group, rules(1..<4), status: 412, text)
        server.change("security-group", group, rules(5..<7))
        // Less is always possible, even where there is too much.
        setQuota(#""security_group_rule": 0"#)
        server.change("security-group", group, rules(5..<6))
        server.expectNotChanged("security-group", group, rules(5..<7), status: 412, "quota limit (0)")
    }

    @Test mutating func limitsSubnetsOfAllNetworks() {
        setQuota(#""subnet": 2"#)
        func subnets(_ numbers: Int...) -> String {
            let list = numbers.map { "{\"subnet\": {\"ip_prefix\": \"10.\($0).0.0\", \"ip_prefix_len\": 24}}" }.joined(separator: ", ")
            return
                "\"network_ipam_refs\": [{\"to\": [\"default-domain\", \"default-project\", \"default-network-ipam\"], \"attr\": {\"ipam_subnets\": [\(list)]}}]"
        }
        let network = server.create("virtual-network", project + ["a"], parent: "project", subnets(1))
        let text = "quota limit (2) exceeded for resource subnet"
        server.expectNotCreated("virtual-network", project + ["b"], parent: "project", subnets(1, 2), status: 412, text)
        server.change("virtual-network", network, subnets(1, 2))
        server.expectNotChanged("virtual-network", network, subnets(1, 2, 3), status: 412, text)
    }

    @Test mutating func limitsGroupsOfNeutron() {
        setQuota(#""firewall_group": 1"#)
        func members(_ uuid: String) -> String {
            let tag = server.create(
                "tag", project + ["neutron_fwaas=\(uuid)"], parent: "project",
                "\"tag_type_name\": \"neutron_fwaas\", \"tag_value\": \"\(uuid)\"")
            return "\"uuid\": \"\(uuid)\", \"tag_refs\": [{\"uuid\": \"\(tag)\"}]"
        }
        let uuids = (1...2).map { "00000000-0000-4000-8000-00000000000\($0)" }
        #expect(!server.create("application-policy-set", project + ["a"], parent: "project", members(uuids[0])).isEmpty)
        server.expectNotCreated(
            "application-policy-set", project + ["b"], parent: "project", members(uuids[1]), status: 412,
            "quota limit (1) exceeded for resource firewall_group")
        // Sets that are no group of Neutron's are not counted.
        #expect(!server.create("application-policy-set", project + ["c"], parent: "project").isEmpty)
    }

    @Test mutating func hostBasedServicesMustBeAllowed() {
        server.expectNotCreated(
            "host-based-service", project + ["h"], parent: "project", status: 412,
            "quota limit (0) exceeded for resource host_based_service")
        setQuota(#""host_based_service": 1"#)
        #expect(!server.create("host-based-service", project + ["h"], parent: "project").isEmpty)
        server.expectNotCreated("host-based-service", project + ["i"], parent: "project", status: 412, "quota limit (1) exceeded")
    }
}
