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
}
