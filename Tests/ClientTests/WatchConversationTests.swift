// The watcher's side of the conversation, turn by turn.

import Testing

@testable import Client

private func event(_ type: String, _ data: String, _ id: String? = nil) -> ServerSentEvent {
    ServerSentEvent(type: type, data: Array(data.utf8), lastEventID: id)
}

private func machine(_ name: String) -> WatchedObject {
    WatchedObject(type: "virtual-machine", uuid: "u-\(name)", fullyQualifiedName: [name])
}

private func json(_ name: String) -> String { #"{"virtual-machine":{"uuid":"u-\#(name)","fq_name":["\#(name)"]}}"# }

@Suite struct WatchConversationTests {
    @Test func asksForWhatIsWanted() {
        var conversation = WatchConversation(
            types: ["virtual-network", "tag"], fields: ["virtual-network": ["display_name", "mtu"]], revision: nil)
        #expect(
            conversation.path == "/watch?resource_type=virtual-network,tag&virtual_network_fields=display_name,mtu&init_limit=500")
        #expect(conversation.began() == [.listing])
        #expect(WatchConversation(types: [], fields: [:], revision: 7).path == "/watch?revision=7")
    }

    @Test func listsThenFollows() throws {
        var conversation = WatchConversation(types: [], fields: [:], revision: nil)
        #expect(conversation.answered(status: 200, body: []) == nil)
        #expect(conversation.began() == [.listing])
        #expect(
            try conversation.received(event("init", #"{"virtual-machines":[\#(json("a")),\#(json("b"))]}"#))
                == [.listed(machine("a")), .listed(machine("b"))])
        // Cut off here, the list is void, and is asked for again.
        #expect(conversation.path == "/watch?init_limit=500")
        #expect(conversation.began() == [.listing])
        #expect(try conversation.received(event("init", #"{"virtual-machines":[]}"#, "12")) == [.synchronized(revision: 12)])
        #expect(try conversation.received(event("create", json("c"), "13")) == [.created(machine("c"), revision: 13)])
        #expect(try conversation.received(event("update", json("c"), "15")) == [.updated(machine("c"), revision: 15)])
        #expect(try conversation.received(event("delete", json("c"), "16")) == [.deleted(machine("c"), revision: 16)])
        #expect(conversation.path == "/watch?revision=16")
        // Going on, there is no list; what was heard already says nothing.
        #expect(conversation.began() == [.resumed])
        #expect(try conversation.received(event("delete", json("c"), "16")) == [])
        #expect(try conversation.received(event("create", json("d"), "17")) == [.created(machine("d"), revision: 17)])
    }

    @Test func listsAgainWhenItMust() throws {
        var late = WatchConversation(types: [], fields: [:], revision: 5)
        #expect(late.answered(status: 410, body: Array("Gone".utf8)) == .again)
        #expect(late.path == "/watch?init_limit=500" && late.began() == [.listing])
        var slow = WatchConversation(types: [], fields: [:], revision: 5)
        #expect(try slow.received(event("stop", #"{"reason":"behind","message":"x"}"#)) == [])
        #expect(slow.revision == nil)
        var stopped = WatchConversation(types: [], fields: [:], revision: 5)
        #expect(try stopped.received(event("stop", #"{"reason":"stopping","message":"x"}"#)) == [])
        #expect(stopped.revision == 5)
    }

    @Test func knowsWhatWaitingMends() {
        var conversation = WatchConversation(types: ["x"], fields: [:], revision: nil)
        for status in [429, 500, 502, 503, 504] { #expect(conversation.answered(status: status, body: []) == .later) }
        for (status, code): (Int, ClientError.Code) in [(400, .invalid), (401, .denied), (404, .notFound), (501, .unavailable)] {
            guard status != 501 else { continue }
            #expect(conversation.answered(status: status, body: []) == .fail(ClientError(code, "")))
        }
    }

    @Test func readsObjectsApart() throws {
        var conversation = WatchConversation(types: [], fields: [:], revision: 1)
        let text = """
            {"virtual-network":{"uuid":"u","name":"n","fq_name":["d","p","n"],"parent_type":"project","parent_uuid":"pu","href":"x",
            "id_perms":{"enable":true},"mtu":9000,"display_name":"n","network_ipam_refs":[{"to":["d","p","i"],"uuid":"iu","attr":
            {"ipam_subnets":[]},"href":"x"}],"tag_refs":[{"to":["t"],"uuid":"tu","attr":null}],"floating_ip_back_refs":[{"to":[]}]}}
            """
        var expected = WatchedObject(
            type: "virtual-network", uuid: "u", fullyQualifiedName: ["d", "p", "n"], parentType: "project", parentUUID: "pu")
        expected.properties = [
            "id_perms": Array(#"{"enable":true}"#.utf8), "mtu": Array("9000".utf8), "display_name": Array(#""n""#.utf8),
        ]
        expected.references = [
            .init(member: "network_ipam_refs", to: ["d", "p", "i"], uuid: "iu", data: Array(#"{"ipam_subnets":[]}"#.utf8)),
            .init(member: "tag_refs", to: ["t"], uuid: "tu"),
        ]
        #expect(try conversation.received(event("update", text.split(separator: "\n").joined(), "2")) == [.updated(expected, revision: 2)])
    }

    @Test(
        arguments: [
            ("create", "{", "2"), ("create", "{}", "2"), ("create", #"{"tag":{}}"#, "2"), ("create", json("a"), nil),
            ("create", json("a"), "x"),
            ("init", "[]", "2"), ("init", #"{"tags":[1]}"#, "2"), ("stop", "x", nil),
            ("update", #"{"tag":{"uuid":"u","fq_name":["a"],"x_refs":[{"to":1}]}}"#, "2"),
        ] as [(String, String, String?)]) func refusesWhatItCannotRead(type: String, data: String, id: String?)
    {
        var conversation = WatchConversation(types: [], fields: [:], revision: 1)
        #expect(throws: ClientError(.malformedReply, "")) { try conversation.received(event(type, data, id)) }
    }

    @Test func pausesGrowToABound() {
        let pauses = WatchPauses(shortest: .milliseconds(100), longest: .seconds(10))
        #expect(
            [1, 2, 3, 8, 1000].map { pauses.pause(afterFailures: $0) } == [
                .milliseconds(100), .milliseconds(200), .milliseconds(400), .seconds(10), .seconds(10),
            ])
    }
}
