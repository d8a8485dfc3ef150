// Who changed what: the notes on changes, and asking for them.

import Coding
import NetworkTypes
import Testing

@testable import ConfigServer
@testable import ConfigServerCore

@Suite struct AuditTests {
    private static func changes(_ reply: HTTPClient.Reply) throws -> [JSONValue] {
        try JSONValue(parsing: Array(reply.body.utf8))["changes"]?.elements ?? []
    }

    /// Also after a new start: the depth is that of the store, too.
    @Test func reachesBackAsFarAsItIsTold() async throws {
        let folder = try TemporaryFolder()
        for first in [true, false] {
            let running = try await RunningServer.start(in: folder) { $0.heldChanges = 5 }
            let client = try running.connect()
            for number in 0..<(first ? 8 : 0) { _ = try client.send("POST", "/virtual-machines", machine("vm\(number)")) }
            let held = try Self.changes(client.send("GET", "/audit?limit=100"))
            #expect(held.compactMap { $0["fq_name"]?.elements.first?.string } == (3..<8).reversed().map { "vm\($0)" })
            try await running.server.stop()
        }
    }

    @Test func tellsWhatWasAndWhatIs() async throws {
        let running = try await RunningServer.start()
        let client = try running.connect()
        let made = try client.send("POST", "/virtual-machines", machine("vm"), headers: "X-Request-Id: my-request\r\n")
        #expect(made.headers["x-request-id"] == "my-request")
        let uuid = try JSONValue(parsing: Array(made.body.utf8))["virtual-machine"]?["uuid"]?.string ?? ""
        let renamed = try client.send("PATCH", "/virtual-machine/\(uuid)", #"{"virtual-machine": {"display_name": "x"}}"#)
        #expect(renamed.headers["x-request-id"]?.isEmpty == false)
        #expect(try client.send("DELETE", "/virtual-machine/\(uuid)").status == 200)
        let changes = try Self.changes(client.send("GET", "/audit?uuid=\(uuid)"))
        #expect(changes.map { $0["kind"]?.string } == ["delete", "update", "create"])
        #expect(changes[2]["request"] == .string("my-request") && changes[2]["call"] == .string("POST /virtual-machines"))
        #expect(changes[2]["before"] == nil && changes[2]["after"]?["display_name"] == .string("vm"))
        #expect(changes[1]["before"] == .object([.init(key: "display_name", value: .string("vm"))]))
        #expect(changes[1]["after"] == .object([.init(key: "display_name", value: .string("x"))]))
        #expect(changes[1]["address"] == .string("127.0.0.1") && changes[1]["user"] == nil)
        #expect(changes[0]["before"]?["display_name"] == .string("x") && changes[0]["after"] == nil)
        // They outlive the process.
        try await running.server.stop()
        let again = try await RunningServer.start(in: running.folder)
        let kept = try Self.changes(again.connect().send("GET", "/audit?uuid=\(uuid)"))
        #expect(kept.map { $0["kind"]?.string } == ["delete", "update", "create"])
        #expect(kept.first?["before"]?["display_name"] == .string("x"))
        try await again.server.stop()
    }

    @Test func findsWhatIsAskedFor() async throws {
        let running = try await RunningServer.start()
        let client = try running.connect()
        for index in 0..<5 { _ = try client.send("POST", "/virtual-machines", machine("vm\(index)")) }
        func names(_ query: String) throws -> [String] {
            try Self.changes(client.send("GET", "/audit?\(query)")).map { $0["fq_name"]?.elements.last?.string ?? "" }
        }
        #expect(try names("type=virtual-machine") == ["vm4", "vm3", "vm2", "vm1", "vm0"])
        #expect(try names("type=virtual-machine&limit=2") == ["vm4", "vm3"])
        let revision = try Self.changes(client.send("GET", "/audit?limit=2")).last?["revision"]?.unsignedInteger ?? 0
        #expect(try names("since=\(revision)") == ["vm4"])
        #expect(try names("user=red") == [])
        for query in ["type=x", "uuid=x", "since=x", "limit=0", "limit=1001"] {
            #expect(try client.send("GET", "/audit?\(query)").status != 200, "\(query)")
        }
        try await running.server.stop()
    }

    @Test func referencesAreToldByName() throws {
        var server = TestServer()
        let network = server.create("virtual-network", project + ["n"], parent: "project")
        let policy = server.create("network-policy", project + ["p"], parent: "project")
        let before = try #require(UUIDValue(anySpelling: network).flatMap(server.image.state))
        server.change(
            "virtual-network", network, #""network_policy_refs": [{"uuid": "\#(policy)", "attr": {"sequence": {"major": 1, "minor": 0}}}]"#)
        let after = try #require(UUIDValue(anySpelling: network).flatMap(server.image.state))
        let note = ChangeNote(time: server.now, call: "PUT").text(before: before, after: after, server.service.types)
        let value = try JSONValue(parsing: note)
        #expect(value["after"]?["network_policy_refs"]?.elements.first?["to"]?.elements.last == .string("p"))
        #expect(value["after"]?.members.count == 1 && value["before"]?.members.isEmpty == true)
    }

    @Test func namesOfRequestsAreChecked() {
        #expect(RequestNumbers.isUsable("req-1") && !RequestNumbers.isUsable("") && !RequestNumbers.isUsable("a b"))
        #expect(!RequestNumbers.isUsable("a\"b") && !RequestNumbers.isUsable(String(repeating: "x", count: 129)))
        let numbers = RequestNumbers()
        #expect(numbers.next() != numbers.next())
    }
}
