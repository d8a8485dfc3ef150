// Logical routers and what they connect; the policy sets of projects.

import Coding
import Testing

@testable import ConfigServerCore

@Suite struct LogicalRouterRuleTests {
    var server = TestServer()

    @Test mutating func theTypeStays() {
        let router = server.create("logical-router", project + ["r"], parent: "project", #""logical_router_type": "vxlan-routing""#)
        server.expectNotChanged(
            "logical-router", router, #""logical_router_type": "snat-routing""#, "Logical Router Type can not be updated")
        server.change("logical-router", router, #""logical_router_type": "vxlan-routing""#)
    }

    @Test mutating func portsAreItsOwn() {
        let machine = server.create("virtual-machine", ["m"])
        let port = server.createPort("p", "\"virtual_machine_refs\": [{\"uuid\": \"\(machine)\"}]")
        server.expectNotCreated(
            "logical-router", project + ["r"], parent: "project", "\"virtual_machine_interface_refs\": [{\"uuid\": \"\(port)\"}]",
            status: 409, "is already in use by virtual-machine")
    }

    @Test mutating func itDoesNotLeaveByWhatItConnects() {
        let port = server.createPort("p")
        server.expectNotCreated(
            "logical-router", project + ["r"], parent: "project",
            """
            "virtual_machine_interface_refs": [{"uuid": "\(port)"}],
            "virtual_network_refs": [{"to": ["default-domain", "default-project", "default-virtual-network"]}]
            """, "Logical router interface and gateway cannot be in the same virtual network")
    }
}

@Suite struct ApplicationPolicySetRuleTests {
    var server = TestServer()

    @Test mutating func aProjectHasItsOwn() throws {
        let owner = server.create("project", ["default-domain", "p"])
        let set = try #require(server.object("project", owner)["application_policy_sets"]?.uuids.first)
        #expect(server.object("application-policy-set", set)["all_applications"] == .boolean(true))
        #expect(server.object("project", owner)["application_policy_set_refs"]?.uuids == [set])
        server.expectRefused(.delete, "/application-policy-set/\(set)", status: 409, "still referred")
        #expect(server.send(.delete, "/project/\(owner)").status == 200)
        #expect(server.send(.get, "/application-policy-set/\(set)").status == 404)
        try server.expectReloadsAsItIs()
    }

    @Test mutating func theFlagIsTheSystems() {
        let text = "'all-applications' flag is read-only"
        server.expectNotCreated("application-policy-set", project + ["s"], parent: "project", #""all_applications": true"#, text)
        let set = server.create("application-policy-set", project + ["s"], parent: "project")
        server.expectNotChanged("application-policy-set", set, #""all_applications": true"#, text)
        server.change("application-policy-set", set, #""all_applications": false"#)
        #expect(server.send(.delete, "/application-policy-set/\(set)").status == 200)
    }

    @Test mutating func theGlobalSetStays() {
        let set = server.uuid("application-policy-set", "default-policy-management:default-application-policy-set")
        server.expectRefused(.delete, "/application-policy-set/\(set)", "", "defined on all applications cannot be deleted")
    }
}
