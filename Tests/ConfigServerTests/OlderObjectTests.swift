// Data of an older version of the server: what it lacks comes with the next start, and only then.

import Coding
import NetworkTypes
import Testing

@testable import ConfigServerCore

@Suite struct OlderObjectTests {
    var server = TestServer()

    /// Takes from an object what an older server would not have given it.
    private mutating func strip(_ uuid: String, _ change: (inout ObjectDraft) -> Void) throws {
        let state = try #require(UUIDValue(anySpelling: uuid).flatMap { server.image.state($0) })
        var object = ObjectDraft(state, server.service.types[state.identity.type])
        change(&object)
        var transaction = Transaction()
        transaction.changes = [.put(object.state)]
        server.accept(transaction)
    }

    private mutating func restart() throws {
        server.accept(
            try server.service.defaultObjects(missingFrom: server.image, now: server.now, random: SequenceGenerator(seed: 7)))
        try server.expectReloadsAsItIs()
        let again = try server.service.defaultObjects(missingFrom: server.image, now: server.now, random: SequenceGenerator(seed: 8))
        #expect(again.isEmpty, "a second start changes something: \(again.changes)")
        #expect(server.post("/db-check", "{}")["count"]?.integer == 0)
    }

    @Test mutating func projectsGetTheirPolicySet() throws {
        let made = server.create("project", ["default-domain", "p"])
        let set = try #require(server.object("project", made)["application_policy_sets"]?.uuids.first)
        try strip(made) { $0.references = [] }
        var transaction = Transaction()
        transaction.changes = [.remove(try #require(UUIDValue(anySpelling: set).flatMap { server.image.state($0)?.identity }))]
        server.accept(transaction)
        try restart()
        let sets = server.object("project", made)["application_policy_sets"]?.uuids ?? []
        #expect(sets.count == 1 && sets != [set] && server.object("project", made)["application_policy_set_refs"]?.uuids == sets)
    }

    @Test mutating func tagsGetNumbers() throws {
        let tag = server.create("tag", ["colour=red"], #""tag_type_name": "colour", "tag_value": "red""#)
        let type = try #require(server.object("tag", tag)["tag_type_refs"]?.uuids.first)
        try strip(tag) { object in
            object.setValue("tag_id", String?.none)
            object.allocations = []
        }
        try strip(type) { object in
            object.setValue("tag_type_id", String?.none)
            object.allocations = []
        }
        #expect(server.post("/db-check", "{}")["count"]?.integer == 2)
        try restart()
        #expect(server.object("tag-type", type)["tag_type_id"]?.string == "0x00ff")
        #expect(server.object("tag", tag)["tag_id"]?.string == "0x00ff0001")
        #expect(server.object("tag", tag)["tag_type_refs"]?.uuids == [type])
    }

    @Test mutating func networksAndGroupsGetNumbers() throws {
        let network = server.create(
            "virtual-network", project + ["v"], parent: "project", #""virtual_network_properties": {"vxlan_network_identifier": 1000}"#)
        let group = server.create("security-group", project + ["g"])
        for uuid in [network, group] {
            try strip(uuid) { object in
                object.setValue("virtual_network_network_id", Int?.none)
                object.setValue("security_group_id", Int?.none)
                object.allocations = []
            }
        }
        try restart()
        #expect(server.object("virtual-network", network)["virtual_network_network_id"]?.integer ?? 0 > 0)
        #expect(server.object("security-group", group)["security_group_id"]?.integer ?? 0 > 8_000_000)
        server.expectNotCreated(
            "virtual-network", project + ["w"], parent: "project", #""virtual_network_properties": {"vxlan_network_identifier": 1000}"#,
            "Cannot set VXLAN_ID")
    }

    @Test mutating func theFabricProvides() throws {
        let fabric = server.uuid("virtual-network", "default-domain:default-project:ip-fabric")
        try strip(fabric) { $0.setValue("is_provider_network", Bool?.none) }
        try restart()
        #expect(server.object("virtual-network", fabric)["is_provider_network"] == .boolean(true))
    }

    @Test mutating func bundlesAndRoutersGetWhatTheyNeed() throws {
        _ = server.create("physical-router", ["default-global-system-config", "d"])
        func port(_ name: String) -> String { server.create("physical-interface", ["default-global-system-config", "d", name]) }
        let named = port("ae1")
        let list = ["x", "y"].map { "{\"uuid\": \"\(port($0))\"}" }.joined(separator: ", ")
        let group = server.create(
            "virtual-port-group", ["default-global-system-config", "default-fabric", "g"], parent: "fabric",
            "\"physical_interface_refs\": [\(list)]")
        let cluster = server.create("sub-cluster", ["s"], #""sub_cluster_asn": 64600"#)
        for uuid in [named, group, cluster] { try strip(uuid) { $0.allocations = [] } }
        let router = server.create("logical-router", project + ["r"], parent: "project")
        try strip(router) { $0.setValue("logical_router_type", "vxlan-routing") }
        try restart()
        #expect(server.object("virtual-port-group", group)["physical_interface_refs"]?.elements.first?["attr"]?["ae_num"]?.integer == 0)
        server.expectNotCreated("physical-interface", ["default-global-system-config", "d", "AE1"], "", status: 403, "can't get AE-ID 1")
        server.expectNotCreated("sub-cluster", ["t"], #""sub_cluster_asn": 1, "sub_cluster_id": 1"#, "is already used")
        #expect(server.object("logical-router", router)["virtual_network_refs"]?.uuids.count == 1)
    }

    @Test mutating func whatDoesNotSuitStaysAsItIs() throws {
        let tag = server.create("tag", ["colour=red"], #""tag_type_name": "colour", "tag_value": "red""#)
        try strip(tag) { object in
            object.setValue("tag_id", String?.none)
            object.setValue("tag_type_name", String?.none)
            object.allocations = []
        }
        server.accept(
            try server.service.defaultObjects(missingFrom: server.image, now: server.now, random: SequenceGenerator(seed: 7)))
        #expect(server.post("/db-check", "{}")["results"]?.elements.first?.string?.contains("colour=red") ?? false)
    }
}
