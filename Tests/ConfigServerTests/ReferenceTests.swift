// References: whole lists, one by one, between objects of one type, relaxed.

import Coding
import Testing

@testable import ConfigServerCore

@Suite struct ReferenceTests {
    var server = TestServer()

    private mutating func update(_ members: String) -> Reply { server.send(.post, "/ref-update", "{\(members)}") }

    @Test mutating func listsAreReplacedAsAWhole() throws {
        let first = server.create("network-ipam", project + ["i1"], parent: "project")
        let second = server.create("network-ipam", project + ["i2"], parent: "project")
        let policy = server.create("network-policy", project + ["p"])
        let network = server.create(
            "virtual-network", project + ["v"], parent: "project",
            """
            "network_ipam_refs": [{"uuid": "\(first)"}, {"to": ["default-domain", "default-project", "i2"]}],
            "network_policy_refs": [{"uuid": "\(policy)", "attr": {"sequence": {"major": 1, "minor": 0}}}]
            """)
        #expect(server.object("virtual-network", network)["network_ipam_refs"]?.uuids == [first, second])
        _ = server.send(.put, "/virtual-network/\(network)", "{\"virtual-network\": {\"network_ipam_refs\": [{\"uuid\": \"\(second)\"}]}}")
        let read = server.object("virtual-network", network)
        #expect(read["network_ipam_refs"]?.uuids == [second])
        #expect(read["network_policy_refs"]?.elements.first?["attr"]?["sequence"]?["major"] == .number("1"))
        #expect(server.object("network-ipam", first)["virtual_network_back_refs"] == nil)
        #expect(server.object("network-ipam", second)["virtual_network_back_refs"]?.uuids == [network])
        _ = server.send(.put, "/virtual-network/\(network)", #"{"virtual-network": {"network_ipam_refs": null}}"#)
        #expect(server.object("virtual-network", network)["network_ipam_refs"] == nil)
        try server.expectReloadsAsItIs()
    }

    @Test mutating func ofSeveralToOneTargetTheLastCounts() {
        let policy = server.create("network-policy", project + ["p"])
        func reference(_ major: Int) -> String {
            "{\"uuid\": \"\(policy)\", \"attr\": {\"sequence\": {\"major\": \(major), \"minor\": 0}}}"
        }
        let network = server.create(
            "virtual-network", project + ["v"], parent: "project", "\"network_policy_refs\": [\(reference(1)), \(reference(2))]")
        let references = server.object("virtual-network", network)["network_policy_refs"]?.elements
        #expect(references?.count == 1 && references?.first?["attr"]?["sequence"]?["major"] == .number("2"))
    }

    @Test mutating func oneByOne() throws {
        let network = server.create("virtual-network", project + ["v"], parent: "project")
        let policy = server.create("network-policy", project + ["p"])
        let added = update(
            """
            "type": "virtual-network", "uuid": "\(network)", "ref-type": "network-policy", "ref-uuid": "\(policy)",
            "ref-fq-name": null, "operation": "ADD", "attr": {"sequence": {"major": "3", "minor": 0}}
            """)
        #expect(added.status == 200 && added.text == "{\"uuid\":\"\(network)\"}")
        // The integer in a string was made one.
        #expect(
            server.object("virtual-network", network)["network_policy_refs"]?.elements.first?["attr"]?["sequence"]?["major"] == .number("3")
        )
        for _ in 0..<2 {
            let deleted = update(
                """
                "type": "virtual_network", "uuid": "\(network)", "ref-type": "network_policy", "operation": "DELETE",
                "ref-fq-name": ["default-domain", "default-project", "p"]
                """)
            #expect(deleted.status == 200)
        }
        #expect(server.object("virtual-network", network)["network_policy_refs"] == nil)
        try server.expectReloadsAsItIs()
    }

    @Test mutating func refusesWhatItCannotRefer() {
        let network = server.create("virtual-network", project + ["v"], parent: "project")
        let policy = server.create("network-policy", project + ["p"])
        let start = "\"uuid\": \"\(network)\", \"operation\": \"ADD\""
        let cases = [
            ("\(start), \"type\": \"virtual-network\"", 400, "ref-type is missing"),
            (
                "\(start), \"type\": \"virtual-machine\", \"ref-type\": \"network-policy\", \"ref-uuid\": \"\(policy)\"", 404,
                "No virtual-machine"
            ),
            ("\(start), \"type\": \"virtual-network\", \"ref-type\": \"project\", \"ref-uuid\": \"\(policy)\"", 400, "does not refer to"),
            (
                "\(start), \"type\": \"virtual-network\", \"ref-type\": \"network-policy\", \"ref-uuid\": \"\(network)\"", 404,
                "no network-policy has the uuid"
            ),
            (
                "\(start), \"type\": \"virtual-network\", \"ref-type\": \"network-policy\", \"ref-uuid\": \"\(policy)\", \"attr\": {\"sequence\": 1}",
                400, "reference.attr.sequence"
            ),
            (
                "\"uuid\": \"\(network)\", \"operation\": \"CHANGE\", \"type\": \"virtual-network\", \"ref-type\": \"network-policy\", \"ref-uuid\": \"\(policy)\"",
                400, "ADD or DELETE"
            ),
            (
                "\"uuid\": \"nonsense\", \"operation\": \"ADD\", \"type\": \"virtual-network\", \"ref-type\": \"network-policy\"", 404,
                "No object found"
            ),
        ]
        for (body, status, text) in cases {
            let reply = update(body)
            #expect(reply.status == status && reply.text.contains(text), "\(body): \(reply.status) \(reply.text)")
        }
    }

    // MARK: Between objects of one type

    private let system = ["default-global-system-config"]

    @Test mutating func bothEndsHoldReferencesBetweenObjectsOfOneType() throws {
        let first = server.create("feature", system + ["a"])
        let second = server.create(
            "feature", system + ["b"], "\"feature_refs\": [{\"uuid\": \"\(first)\"}]")
        #expect(server.object("feature", first)["feature_refs"]?.uuids == [second])
        #expect(server.object("feature", first)["feature_back_refs"] == nil)
        #expect(server.get("/features?back_ref_id=\(first)")["features"]?.uuids == [second])
        try server.expectReloadsAsItIs()
        _ = server.send(.put, "/feature/\(first)", #"{"feature": {"feature_refs": []}}"#)
        #expect(server.object("feature", second)["feature_refs"] == nil)
        try server.expectReloadsAsItIs()
    }

    @Test mutating func neitherEndKeepsTheOther() throws {
        let first = server.create("feature", system + ["a"])
        let second = server.create(
            "feature", system + ["b"], "\"feature_refs\": [{\"uuid\": \"\(first)\"}]")
        #expect(server.send(.delete, "/feature/\(first)").status == 200)
        #expect(server.object("feature", second)["feature_refs"] == nil)
        try server.expectReloadsAsItIs()
    }

    @Test mutating func anObjectMayReferToItself() throws {
        let uuid = server.create("feature", system + ["a"])
        _ = server.send(.put, "/feature/\(uuid)", "{\"feature\": {\"feature_refs\": [{\"uuid\": \"\(uuid)\"}]}}")
        #expect(server.object("feature", uuid)["feature_refs"]?.uuids == [uuid])
        try server.expectReloadsAsItIs()
        #expect(server.send(.delete, "/feature/\(uuid)").status == 200)
        try server.expectReloadsAsItIs()
    }

    // MARK: Relaxed

    @Test mutating func aRelaxedReferenceDoesNotKeepItsTarget() throws {
        let policy = server.create("network-policy", project + ["p"])
        let network = server.create(
            "virtual-network", project + ["v"], parent: "project", "\"network_policy_refs\": [{\"uuid\": \"\(policy)\"}]")
        #expect(server.send(.delete, "/network-policy/\(policy)").status == 409)
        let relaxed = server.send(.post, "/ref-relax-for-delete", "{\"uuid\": \"\(network)\", \"ref-uuid\": \"\(policy)\"}")
        #expect(relaxed.status == 200 && relaxed.text == "{\"uuid\":\"\(network)\"}")
        try server.expectReloadsAsItIs()
        #expect(server.send(.delete, "/network-policy/\(policy)").status == 200)
        #expect(server.object("virtual-network", network)["network_policy_refs"] == nil)
        let again = server.send(.post, "/ref-relax-for-delete", "{\"uuid\": \"\(network)\", \"ref-uuid\": \"\(policy)\"}")
        #expect(again.status == 404 && again.text.contains("does not refer to"))
        try server.expectReloadsAsItIs()
    }
}
