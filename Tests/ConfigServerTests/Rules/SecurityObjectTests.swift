// What firewall objects of one scope may refer to, and prefixes of address groups.

import Coding
import Testing

@testable import ConfigServerCore

@Suite struct SecurityObjectTests {
    var server = TestServer()

    @Test mutating func globalObjectsReferToGlobalOnes() {
        let scoped = server.create("service-group", project + ["s"], parent: "project")
        let global = server.create("service-group", ["default-policy-management", "s"], parent: "policy-management")
        let ends = #""endpoint_1": {"any": true}, "endpoint_2": {"any": true}, "action_list": {"simple_action": "pass"}, "#
        func members(_ group: String) -> String { ends + "\"service_group_refs\": [{\"uuid\": \"\(group)\"}]" }
        server.expectNotCreated(
            "firewall-rule", ["default-policy-management", "r"], parent: "policy-management", members(scoped),
            "Global firewall-rule default-policy-management:r cannot reference a scoped service-group default-domain:default-project:s")
        #expect(
            !server.create("firewall-rule", ["default-policy-management", "r"], parent: "policy-management", members(global)).isEmpty)
        #expect(!server.create("firewall-rule", project + ["r"], parent: "project", members(global)).isEmpty)
        #expect(!server.create("firewall-rule", project + ["q"], parent: "project", members(scoped)).isEmpty)
    }

    @Test(arguments: [
        (#"{"ip_prefix": "10.0.0.300", "ip_prefix_len": 8}"#, "address_group_prefix.subnet[0].ip_prefix"),
        (
            #"{"ip_prefix": "10.0.0.0", "ip_prefix_len": 33}"#,
            "address_group_prefix.subnet[0].ip_prefix_len must be an integer from 0 to 32"
        ),
        (#"{"ip_prefix_len": 8}"#, "Invalid address group prefix: address_group_prefix.subnet[0].ip_prefix is missing"),
    ])
    mutating func addressGroupsHavePrefixes(prefix: String, text: String) {
        func members(_ prefix: String) -> String { "\"address_group_prefix\": {\"subnet\": [\(prefix)]}" }
        server.expectNotCreated("address-group", project + ["a"], parent: "project", members(prefix), text)
        let made = server.create("address-group", project + ["a"], parent: "project", members(#"{"ip_prefix": "::", "ip_prefix_len": 0}"#))
        server.expectNotChanged("address-group", made, members(prefix), text)
    }

    @Test mutating func theHostsServiceIsOfAProject() {
        let members =
            #""endpoint_1": {"any": true}, "endpoint_2": {"any": true}, "service": {"protocol": "any"}, "action_list": {"host_based_service": true}"#
        server.expectNotCreated(
            "firewall-rule", ["default-policy-management", "r"], parent: "policy-management", members,
            "host-based-service rule action can only be use in a project scope")
        server.expectNotCreated("firewall-rule", project + ["r"], parent: "project", members, "has no host-based-service")
        server.change("project", server.uuid("project", "default-domain:default-project"), #""quota": {"host_based_service": 1}"#)
        #expect(!server.create("host-based-service", project + ["h"]).isEmpty)
        #expect(!server.create("firewall-rule", project + ["r"], parent: "project", members).isEmpty)
    }

    /// Agents order by the text, so it is kept as it was written, and nothing is sorted by what it would be as a number.
    @Test mutating func sequencesAreText() throws {
        let ends = #""endpoint_1": {"any": true}, "endpoint_2": {"any": true}, "action_list": {"simple_action": "pass"}, "#
        let rules = ["q", "r", "s"].map { name in
            server.create("firewall-rule", project + [name], parent: "project", ends + #""service": {"protocol": "any"}"#)
        }
        func references(_ key: String, _ pairs: [(String, String)]) -> String {
            let list = pairs.map { "{\"uuid\": \"\($0)\", \"attr\": {\"sequence\": \($1)}}" }
            return "\"\(key)\": [\(list.joined(separator: ", "))]"
        }
        let sequences = ["10.0", "2.0", "00002.0"]
        let members = references("firewall_rule_refs", Array(zip(rules, sequences.map { "\"\($0)\"" })))
        let policy = server.create("firewall-policy", project + ["p"], parent: "project", members)
        let shown = server.object("firewall-policy", policy)["firewall_rule_refs"]
        #expect(shown?.elements.map { $0["attr"]?["sequence"]?.string } == sequences)
        #expect(shown?.uuids == rules)

        let set = server.create(
            "application-policy-set", project + ["a"], parent: "project", references("firewall_policy_refs", [(policy, #""1.0""#)]))
        server.expectNotChanged(
            "application-policy-set", set, references("firewall_policy_refs", [(policy, "1.0")]), "sequence")
        server.send(
            .post, "/ref-update",
            """
            {"type": "application-policy-set", "uuid": "\(set)", "ref-type": "firewall-policy", "ref-uuid": "\(policy)",
             "operation": "ADD", "attr": {"sequence": "01.0"}}
            """)
        let policies = server.object("application-policy-set", set)["firewall_policy_refs"]
        #expect(policies?.elements.map { $0["attr"]?["sequence"]?.string } == ["01.0"])
        try server.expectReloadsAsItIs()
    }
}
