// Firewall rules: ends in words, references and numbers that follow from them.

import Coding
import Testing

@testable import ConfigServerCore

@Suite struct FirewallRuleRuleTests {
    var server = TestServer()

    private static let service = #""service": {"protocol": "tcp"}"#

    private mutating func tag(_ type: String, _ value: String, isGlobal: Bool = false) -> String {
        server.create(
            "tag", (isGlobal ? [] : project) + ["x"], parent: isGlobal ? nil : "project",
            "\"tag_type_name\": \"\(type)\", \"tag_value\": \"\(value)\"")
    }

    private mutating func rule(_ members: String, in parent: [String] = project, _ parentType: String = "project") -> String {
        server.create("firewall-rule", parent + ["r"], parent: parentType, members)
    }

    @Test(arguments: [("tcp", 6), ("ANY", 0), ("17", 17), ("ipv6-icmp", 58)]) mutating func protocolsHaveNumbers(name: String, number: Int)
    {
        let uuid = rule("\"service\": {\"protocol\": \"\(name)\"}")
        #expect(server.object("firewall-rule", uuid)["service"]?["protocol_id"]?.integer == number)
    }

    @Test mutating func endsBecomeReferences() throws {
        let web = tag("tier", "web")
        let site = tag("site", "here", isGlobal: true)
        let group = server.create("address-group", project + ["g"], parent: "project")
        let uuid = rule(
            Self.service
                + #", "endpoint_1": {"tags": ["tier=web", "global:site=here"]}, "endpoint_2": {"address_group": "default-domain:default-project:g"}"#
        )
        let read = server.object("firewall-rule", uuid)
        #expect(Set(read["tag_refs"]?.uuids ?? []) == [web, site] && read["address_group_refs"]?.uuids == [group])
        #expect(read["endpoint_1"]?["tag_ids"]?.elements == [.number("131073"), .number("262145")])
        // What was read can be sent back; what changes takes its references along.
        let body = "{\"firewall-rule\": \(String(decoding: read.bytes, as: UTF8.self))}"
        #expect(server.send(.put, "/firewall-rule/\(uuid)", body).status == 200)
        server.change("firewall-rule", uuid, #""endpoint_1": {"tags": ["tier=web"]}, "endpoint_2": {"any": true}"#)
        let changed = server.object("firewall-rule", uuid)
        #expect(changed["tag_refs"]?.uuids == [web] && changed["address_group_refs"] == nil)
        try server.expectReloadsAsItIs()
    }

    @Test mutating func bothEndsMayHaveATagOfOneType() {
        let tags: Set = [tag("tier", "web"), tag("tier", "db")]
        let uuid = rule(Self.service + #", "endpoint_1": {"tags": ["tier=web"]}, "endpoint_2": {"tags": ["tier=db"]}"#)
        #expect(Set(server.object("firewall-rule", uuid)["tag_refs"]?.uuids ?? []) == tags)
    }

    @Test mutating func globalRulesHaveGlobalTags() {
        let web = tag("tier", "web", isGlobal: true)
        let uuid = rule(Self.service + #", "endpoint_1": {"tags": ["tier=web"]}"#, in: ["default-policy-management"], "policy-management")
        #expect(server.object("firewall-rule", uuid)["tag_refs"]?.uuids == [web])
    }

    @Test mutating func matchesTheApplicationUnlessToldOtherwise() {
        let uuid = rule(Self.service)
        func numbers() -> [JSONValue]? { server.object("firewall-rule", uuid)["match_tag_types"]?["tag_type"]?.elements }
        #expect(numbers() == [.number("1")])
        server.change("firewall-rule", uuid, #""match_tags": {"tag_list": ["Tier", "site"]}"#)
        #expect(numbers() == [.number("2"), .number("4")])
        server.change("firewall-rule", uuid, #""match_tags": null"#)
        #expect(numbers() == [.number("1")])
    }

    @Test(arguments: [
        ("\"direction\": \"<>\"", 400, "requires at least 'service' property or Service Group references(s)"),
        (#""service": {"protocol": "nonsense"}"#, 400, "Invalid protocol: nonsense"),
        (#""service": {"protocol": "256"}"#, 400, "Invalid protocol: 256"),
        (service + #", "endpoint_1": {"any": true, "tags": ["tier=web"]}"#, 400, "limited to only one endpoint type at a time: endpoint_1"),
        (service + #", "endpoint_1": {"tags": ["tier=web"]}"#, 404, "No tag object found for default-domain:default-project:tier=web"),
        (service + #", "endpoint_1": {"tags": ["web"]}"#, 404, "Invalid tag name 'web'"),
        (service + #", "endpoint_2": {"address_group": "a:b:c"}"#, 404, "No Address Group object found for a:b:c"),
        (service + #", "match_tags": {"tag_list": ["label"]}"#, 400, "labels not allowed as match-tags"),
        (service + #", "match_tags": {"tag_list": ["colour"]}"#, 404, "No tag-type object found for colour"),
        (service + #", "action_list": {"host_based_service": true}"#, 400, "has no host-based-service"),
    ]) mutating func refuses(members: String, status: Int, text: String) {
        server.expectNotCreated("firewall-rule", project + ["r"], parent: "project", members, status: status, text)
    }

    @Test mutating func referencesAreNotGivenDirectly() {
        let web = tag("tier", "web")
        server.expectNotCreated(
            "firewall-rule", project + ["r"], parent: "project", Self.service + ", \"tag_refs\": [{\"uuid\": \"\(web)\"}]",
            "Cannot directly define tag references from a Firewall Rule")
        let group = server.create("service-group", project + ["s"], parent: "project")
        server.expectNotChanged(
            "firewall-rule", rule(Self.service), "\"service_group_refs\": [{\"uuid\": \"\(group)\"}]",
            "cannot have both defined 'service' property and Service Group reference(s)")
    }

    @Test mutating func serviceGroupsHaveNumbers() {
        let list = #""service_group_firewall_service_list": {"firewall_service": [{"protocol": "udp"}, {"protocol": "any"}]}"#
        let group = server.create("service-group", project + ["s"], parent: "project", list)
        let services = server.object("service-group", group)["service_group_firewall_service_list"]?["firewall_service"]?.elements ?? []
        #expect(services.map { $0["protocol_id"]?.integer } == [17, 0])
        server.expectNotChanged(
            "service-group", group, list.replacing("udp", with: "udpp"),
            "Invalid protocol: udpp; service_group_firewall_service_list.firewall_service[0]")
    }
}
