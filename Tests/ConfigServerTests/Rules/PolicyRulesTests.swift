// The rules of network policies and security groups.

import Coding
import Testing

@testable import ConfigServerCore

@Suite struct PolicyRulesTests {
    var server = TestServer()

    private static let group = #""protocol": "tcp", "dst_addresses": [{"security_group": "local"}]"#
    private static let policy = #""protocol": "tcp", "action_list": {"simple_action": "pass"}"#

    private static func entries(_ property: String, _ rules: String...) -> String {
        "\"\(property)\": {\"policy_rule\": [\(rules.map { "{\($0)}" }.joined(separator: ", "))]}"
    }

    @Test(arguments: [("security-group", "security_group_entries", group), ("network-policy", "network_policy_entries", policy)])
    mutating func haveIdentifiers(type: String, property: String, rule: String) throws {
        let own = #""rule_uuid": "8f14e45f-ceea-467f-8000-0000000000ff", "direction": "<>", "#
        let uuid = server.create(type, project + ["a"], parent: "project", Self.entries(property, rule, own + rule))
        let rules = server.object(type, uuid)[property]?["policy_rule"]?.elements ?? []
        #expect(rules.count == 2 && rules[0]["rule_uuid"]?.string?.utf8.count == 36)
        #expect(rules[1]["rule_uuid"] == .string("8f14e45f-ceea-467f-8000-0000000000ff"))
        // What was read can be sent back.
        server.change(
            type, uuid, "\"\(property)\": \(String(decoding: (server.object(type, uuid)[property] ?? .null).bytes, as: UTF8.self))")
        #expect(server.object(type, uuid)[property]?["policy_rule"]?.elements == rules)
    }

    @Test(arguments: [("security-group", "security_group_entries", group), ("network-policy", "network_policy_entries", policy)])
    mutating func areDifferent(type: String, property: String, rule: String) {
        let named = #""rule_uuid": "8f14e45f-ceea-467f-8000-0000000000ff", "#
        server.expectNotCreated(
            type, project + ["a"], parent: "project", Self.entries(property, named + rule, rule), status: 409,
            "Rule already exists : 8f14e45f-ceea-467f-8000-0000000000ff")
    }

    @Test(arguments: ["256", "-1", "tcpp", ""]) mutating func haveKnownProtocols(name: String) {
        let rule = Self.group.replacing("tcp", with: name)
        server.expectNotCreated(
            "security-group", project + ["a"], parent: "project", Self.entries("security_group_entries", rule),
            "Rule with invalid protocol : \(name); security_group_entries.policy_rule[0].protocol must be any, a name such as tcp")
    }

    @Test(arguments: ["0", "255", "ICMP", "any", "ipv6-icmp"]) mutating func namesOfProtocols(name: String) {
        let rule = Self.group.replacing("tcp", with: name)
        #expect(!server.create("security-group", project + ["a"], parent: "project", Self.entries("security_group_entries", rule)).isEmpty)
    }

    @Test(arguments: [
        (#""protocol": "tcp""#, "At least one of source or destination addresses must be 'local'"),
        (#""protocol": "tcp", "dst_addresses": [{"security_group": "a:b:c"}]"#, "must be 'local'"),
        (
            group + #", "ethertype": "IPv4", "src_addresses": [{"subnet": {"ip_prefix": "2001:db8::", "ip_prefix_len": 32}}]"#,
            "Rule subnet 2001:db8::/32 doesn't match ethertype IPv4"
        ),
    ]) mutating func ofGroups(rule: String, text: String) {
        server.expectNotCreated(
            "security-group", project + ["a"], parent: "project", Self.entries("security_group_entries", rule), text)
    }

    @Test(arguments: [
        (#""protocol": "tcp""#, "Action is required"),
        (policy + #", "src_addresses": [{"security_group": "local"}]"#, "policy rule refering to security group is not allowed"),
    ]) mutating func ofPolicies(rule: String, text: String) {
        server.expectNotCreated(
            "network-policy", project + ["a"], parent: "project", Self.entries("network_policy_entries", rule), text)
    }
}
