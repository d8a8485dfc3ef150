// Several requests as one, and patches.

import Coding
import NetworkTypes
import Testing

@testable import ConfigServerCore

@Suite struct BulkTests {
    private var server = TestServer()

    private static let network = """
        {"method": "POST", "path": "/virtual-networks", "body": {"virtual-network": {"uuid": "00000000-0000-0000-0000-00000000000a",
         "fq_name": ["default-domain", "default-project", "n"], "parent_type": "project"}}}
        """
    private static let port = """
        {"method": "POST", "path": "/virtual-machine-interfaces", "body": {"virtual-machine-interface": {
         "fq_name": ["default-domain", "default-project", "p"], "parent_type": "project",
         "virtual_network_refs": [{"to": ["default-domain", "default-project", "n"]}]}}}
        """

    private static func bulk(_ requests: String...) -> String { "{\"requests\": [\(requests.joined(separator: ", "))]}" }

    @Test mutating func partsReferToWhatOthersMake() throws {
        let change = """
            {"method": "PUT", "path": "/virtual-network/00000000-0000-0000-0000-00000000000a",
             "body": {"virtual-network": {"display_name": "last"}}}
            """
        let reply = server.post("/bulk", Self.bulk(Self.network, Self.port, change))
        #expect(reply["replies"]?.elements.count == 3)
        #expect(reply["replies"]?.elements.allSatisfy { $0["status"] == .number("200") } == true)
        let port = reply["replies"]?.elements[1]["body"]?["virtual-machine-interface"]?["uuid"]?.string ?? ""
        #expect(server.object("virtual-machine-interface", port)["virtual_network_refs"]?.elements.count == 1)
        let network = server.object("virtual-network", "00000000-0000-0000-0000-00000000000a")
        #expect(network["display_name"] == .string("last"))
        try server.expectReloadsAsItIs()
    }

    @Test mutating func oneRefusalRefusesAll() throws {
        server.expectRefused(.post, "/bulk", Self.bulk(Self.network, Self.port, Self.port), status: 409, "requests[2] (POST")
        server.expectRefused(
            .post, "/bulk", Self.bulk(Self.network, #"{"method": "DELETE", "path": "/project/00000000-0000-0000-0000-00000000000b"}"#),
            status: 404, "requests[1] (DELETE /project/")
        // What was allocated in vain is free.
        let before = server.image.allocations.count
        _ = server.create("virtual-network", project + ["n"], parent: "project")
        #expect(server.image.allocations.count > before)
        try server.expectReloadsAsItIs()
    }

    @Test mutating func whatComesAndGoesLeavesNoTrace() throws {
        let lines = try server.dump(server.image)
        let gone = #"{"method": "DELETE", "path": "/virtual-network/00000000-0000-0000-0000-00000000000a"}"#
        let operation = try server.service.operation(
            Request(.post, try RequestTarget("/bulk"), base: "", body: Array(Self.bulk(Self.network, gone).utf8)))
        let decision = server.service.decide(operation, server.image, now: server.now, random: SystemRandomNumberGenerator())
        #expect(decision.reply.status == 200 && decision.transaction.isEmpty)
        #expect(try server.dump(server.image) == lines)
        // And a name is free for another as soon as it is given up.
        _ = server.post("/bulk", Self.bulk(Self.network))
        let other = Self.network.replacing("00000000000a", with: "00000000000b")
        _ = server.post("/bulk", Self.bulk(gone, other))
        #expect(server.uuid("virtual-network", "default-domain:default-project:n").hasSuffix("b"))
        _ = server.post("/bulk", Self.bulk(gone.replacing("00000000000a", with: "00000000000b"), other))
        #expect(server.uuid("virtual-network", "default-domain:default-project:n").hasSuffix("b"))
        try server.expectReloadsAsItIs()
    }

    @Test mutating func eachObjectChangesOnce() throws {
        let change = """
            {"method": "PATCH", "path": "/virtual-network/00000000-0000-0000-0000-00000000000a",
             "body": {"virtual-network": {"display_name": "x"}}}
            """
        let request = Request(
            .post, try RequestTarget("/bulk"), base: "", body: Array(Self.bulk(Self.network, change, change).utf8))
        let decision = server.service.decide(
            try server.service.operation(request), server.image, now: server.now, random: SystemRandomNumberGenerator())
        let changes = server.service.changes(of: decision.transaction, to: server.image, after: 0)
        #expect(changes.map(\.kind) == [.create, .create], "the network and its routing instance")
        let text = String(decoding: changes.first?.state?.properties.text ?? [], as: UTF8.self)
        #expect(text.contains(#""display_name":"x""#))
    }

    @Test mutating func aTrialChangesNothing() {
        let before = server.rows
        #expect(server.send(.post, "/bulk?dry_run=true", Self.bulk(Self.network, Self.port)).status == 200)
        #expect(server.rows == before)
    }

    @Test(arguments: [
        ("[]", "body"), ("{}", "no member \"requests\""), (#"{"requests": {}}"#, "requests"), (#"{"requests": [1]}"#, "requests[0]"),
        (#"{"requests": [{}]}"#, "needs method and path"),
        (#"{"requests": [{"method": "GET", "path": "/"}]}"#, "one of POST, PUT, PATCH, DELETE"),
        (#"{"requests": [{"method": "POST", "path": "/bulk", "body": {"requests": []}}]}"#, "does not hold another"),
        (#"{"requests": [{"method": "POST", "path": "/fqname-to-id", "body": {}}]}"#, "made of changes"),
        (#"{"requests": [{"method": "POST", "path": "/x"}]}"#, "requests[0] (POST /x): Not found"),
        (#"{"requests": [{"method": "POST", "path": "/projects?dry_run=true", "body": {}}]}"#, "said of the whole"),
        (#"{"requests": [{"method": "POST", "path": "/projects", "body": {}, "extra": 1}]}"#, "no member \"extra\""),
    ])
    func saysWhatIsWrong(_ body: String, _ text: String) {
        var server = server
        let reply = server.send(.post, "/bulk", body)
        #expect(400..<405 ~= reply.status && reply.text.contains(text), "\(reply.text)")
    }

    @Test mutating func anEmptyBulkDoesNothing() {
        #expect(server.send(.post, "/bulk", #"{"requests": []}"#).text == #"{"replies":[]}"#)
    }

    @Test mutating func conditionsHoldForParts() {
        _ = server.post("/bulk", Self.bulk(Self.network))
        let change = """
            {"method": "PUT", "path": "/virtual-network/00000000-0000-0000-0000-00000000000a", "if_match": "\\"old\\"",
             "body": {"virtual-network": {"display_name": "x"}}}
            """
        server.expectRefused(.post, "/bulk", Self.bulk(change), status: 412, "requests[0]")
    }
}

@Suite struct MergePatchTests {
    private var server = TestServer()

    @Test mutating func changesWhatItNames() throws {
        let uuid = server.create(
            "virtual-network", project + ["n"], parent: "project",
            #""virtual_network_properties": {"forwarding_mode": "l2", "rpf": "enable"}, "external_ipam": true"#)
        func patch(_ members: String) -> Int {
            server.send(.patch, "/virtual-network/\(uuid)", "{\"virtual-network\": {\(members)}}").status
        }
        #expect(patch(#""virtual_network_properties": {"rpf": "disable"}"#) == 200)
        var network = server.object("virtual-network", uuid)
        #expect(network["virtual_network_properties"]?["forwarding_mode"] == .string("l2"))
        #expect(network["virtual_network_properties"]?["rpf"] == .string("disable") && network["external_ipam"] == .boolean(true))
        #expect(patch(#""virtual_network_properties": {"forwarding_mode": null}, "external_ipam": null"#) == 200)
        network = server.object("virtual-network", uuid)
        #expect(network["virtual_network_properties"]?["forwarding_mode"] == nil && network["external_ipam"] == nil)
        #expect(patch(#""perms2": {"global_access": 4}"#) == 200)
        #expect(server.object("virtual-network", uuid)["perms2"]?["owner"] == .string("cloud-admin"))
        server.expectRefused(
            .patch, "/virtual-network/\(uuid)", #"{"virtual-network": {"virtual_network_properties": {"rpf": "maybe"}}}"#, status: 400,
            "virtual_network_properties.rpf")
        #expect(server.send(.patch, "/virtual-networks", "{}").status == 405)
        try server.expectReloadsAsItIs()
    }

    /// The examples of RFC 7396, appendix A.
    @Test(arguments: [
        (#"{"a":"b"}"#, #"{"a":"c"}"#, #"{"a":"c"}"#), (#"{"a":"b"}"#, #"{"b":"c"}"#, #"{"a":"b","b":"c"}"#),
        (#"{"a":"b"}"#, #"{"a":null}"#, "{}"), (#"{"a":"b","b":"c"}"#, #"{"a":null}"#, #"{"b":"c"}"#),
        (#"{"a":["b"]}"#, #"{"a":"c"}"#, #"{"a":"c"}"#), (#"{"a":"c"}"#, #"{"a":["b"]}"#, #"{"a":["b"]}"#),
        (#"{"a":{"b":"c"}}"#, #"{"a":{"b":"d","c":null}}"#, #"{"a":{"b":"d"}}"#), (#"{"a":[{"b":"c"}]}"#, #"{"a":[1]}"#, #"{"a":[1]}"#),
        (#"["a","b"]"#, #"["c","d"]"#, #"["c","d"]"#), (#"{"a":"b"}"#, #"["c"]"#, #"["c"]"#), (#"{"a":"foo"}"#, "null", "null"),
        (#"{"a":"foo"}"#, #""bar""#, #""bar""#), (#"{"e":null}"#, #"{"a":1}"#, #"{"e":null,"a":1}"#),
        ("[1,2]", #"{"a":"b","c":null}"#, #"{"a":"b"}"#), ("{}", #"{"a":{"bb":{"ccc":null}}}"#, #"{"a":{"bb":{}}}"#),
    ])
    func isTheStandards(_ target: String, _ patch: String, _ expected: String) throws {
        let merged = try JSONValue(parsing: Array(patch.utf8)).merged(into: try JSONValue(parsing: Array(target.utf8)))
        #expect(String(decoding: merged.bytes, as: UTF8.self) == expected)
    }
}
