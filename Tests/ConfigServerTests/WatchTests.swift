// `GET /watch` over real sockets: the format, going on after a break, and that nobody misses or hears twice what happened.

import Coding
import ConfigurationREST
import Foundation
import Glibc
import NIOCore
import NetworkTypes
import Testing

@testable import ConfigServer
@testable import ConfigServerCore

/// One event as it stood on the wire.
struct WireEvent: Sendable, Equatable {
    var name = ""
    var data = ""
    var id: UInt64?

    var json: JSONValue { (try? JSONValue(parsing: Array(data.utf8))) ?? .null }
    /// The last element of the name of the one object that the event is about.
    var subject: String { json.members.first?.value["name"]?.string ?? "" }
    /// `create m1`: what most tests compare.
    var line: String { "\(name) \(subject)" }
}

extension HTTPClient {
    /// Asks to watch, and gives the headers of the answer.
    func watch(_ query: String = "", headers: String = "") throws -> Reply {
        write("GET /watch\(query) HTTP/1.1\r\nHost: server\r\n\(headers)\r\n")
        let reply = try readReply(hasBody: false)
        guard reply.status != 200 else { return reply }
        return Reply(status: reply.status, headers: reply.headers, body: try readText(Int(reply.headers["content-length"] ?? "") ?? 0))
    }

    /// The next event; comments are events with no name. nil at the end of the stream.
    func nextEvent() throws -> WireEvent? {
        let chunk = try readChunk()
        guard !chunk.isEmpty else { return nil }
        guard chunk.hasSuffix("\n\n") else { throw Failure(message: "an event does not end with an empty line: \(chunk)") }
        var event = WireEvent()
        for line in chunk.dropLast(2).split(separator: "\n", omittingEmptySubsequences: false) {
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let value = parts[1].hasPrefix(" ") ? String(parts[1].dropFirst()) : String(parts[1])
            switch parts[0] {
            case "event": event.name = value
            case "data": event.data = value
            case "id": event.id = UInt64(value)
            case "": break
            default: throw Failure(message: "a line that means nothing: \(line)")
            }
        }
        return event
    }

    func events(_ count: Int) throws -> [WireEvent] {
        try (0..<count).map { _ in
            guard let event = try nextEvent() else { throw Failure(message: "the stream ended") }
            return event
        }
    }

    /// Reads `init` events up to the one with the revision.
    func list() throws -> (objects: [JSONValue], revision: UInt64) {
        var objects: [JSONValue] = []
        while let event = try nextEvent() {
            guard event.name == "init" else { throw Failure(message: "\(event.name) before the end of the list") }
            objects += event.json.members.first?.value.elements ?? []
            if let revision = event.id { return (objects, revision) }
        }
        throw Failure(message: "the stream ended in its list")
    }
}

private func network(_ name: String) -> String {
    "{\"virtual-network\": {\"fq_name\": [\"default-domain\", \"default-project\", \"\(name)\"]}}"
}

private func make(_ client: HTTPClient, _ names: [String]) throws -> [String] {
    try names.map { name in
        let reply = try client.send("POST", "/virtual-machines", machine(name))
        #expect(reply.status == 200, "\(reply.body)")
        return String(reply.body.firstMatch(of: #/"uuid":"([^"]*)"/#)?.1 ?? "")
    }
}

@Suite struct WatchTests {
    @Test func speaksTheOlderFormat() async throws {
        let running = try await RunningServer.start()
        try await onThread {
            let client = try running.connect()
            let uuid = try make(client, ["a"])[0]
            let watcher = try running.connect()
            let head = try watcher.watch("?resource_type=virtual_machine,virtual-network&virtual_network_fields=display_name")
            #expect(head.status == 200 && head.headers["content-type"] == "text/event-stream; charset=utf-8")
            #expect(head.headers["transfer-encoding"] == "chunked" && head.headers["cache-control"] == "no-store")
            let lists = try watcher.events(2)
            #expect(lists.map(\.name) == ["init", "init"])
            #expect(lists[0].id == nil)
            let listed = try #require(lists[0].json["virtual-machines"]?.elements.first?["virtual-machine"])
            #expect(listed["uuid"]?.string == uuid && listed["fq_name"]?.elements == [.string("a")] && listed["id_perms"] != nil)
            #expect(!lists[0].data.contains("href"))
            let networks = lists[1].json["virtual-networks"]?.elements ?? []
            #expect(networks.count == 4 && networks.allSatisfy { $0["virtual-network"]?["display_name"] != nil })
            #expect(networks.allSatisfy { $0["virtual-network"]?["id_perms"] == nil })

            #expect(try client.send("PUT", "/virtual-machine/\(uuid)", #"{"virtual-machine": {"display_name": "A"}}"#).status == 200)
            #expect(try client.send("POST", "/virtual-networks", network("n")).status == 200)
            #expect(try client.send("DELETE", "/virtual-machine/\(uuid)").status == 200)
            let events = try watcher.events(3)
            #expect(events.map(\.line) == ["update a", "create n", "delete a"])
            #expect(events[0].json["virtual-machine"]?["display_name"]?.string == "A")
            #expect(events[1].json["virtual-network"]?["id_perms"] == nil)
            #expect(events[2].data == "{\"virtual-machine\":{\"uuid\":\"\(uuid)\",\"name\":\"a\",\"fq_name\":[\"a\"]}}")
            // The routing instance of the network, which nobody asked about here, has the number between.
            #expect(events.map(\.id) == [1, 2, 4].map { (lists[1].id ?? 0) + $0 })
            // Who made a change is told its revision; who made none is not.
            let made = try client.send("POST", "/virtual-machines", machine("b"))
            #expect(UInt64(made.headers["x-configuration-revision"] ?? "") == (lists[1].id ?? 0) + 5)
            #expect(try client.send("GET", "/virtual-machines").headers["x-configuration-revision"] == nil)
            #expect(try client.send("POST", "/virtual-machines", machine("b")).headers["x-configuration-revision"] == nil)
        }
        try await running.server.stop()
    }

    @Test func refusesWhatItCannotDo() async throws {
        let running = try await RunningServer.start()
        try await onThread {
            let unknown = try running.connect().watch("?resource_type=virtual-netwrok")
            #expect(unknown.status == 404 && unknown.body.contains("virtual-netwrok"))
            for query in ["?revision=x", "?revision=-1", "?init_limit=0"] {
                #expect(try running.connect().watch(query).status == 400, "\(query)")
            }
            #expect(try running.connect().watch(headers: "Last-Event-ID: abc\r\n").status == 400)
            let future = try running.connect().watch("?revision=99999999")
            #expect(future.status == 410 && future.body.contains("Watch without a revision"))
            #expect(try running.connect().send("POST", "/watch", "{}").status == 405)
            let head = try running.connect().send("HEAD", "/watch")
            #expect(head.status == 200 && head.headers["content-type"]?.hasPrefix("text/event-stream") == true)
        }
        try await running.server.stop()
    }

    @Test func listsInPartsWhenAsked() async throws {
        let running = try await RunningServer.start()
        try await onThread {
            let client = try running.connect()
            let uuids = try make(client, (0..<25).map { "m\($0)" })
            let watcher = try running.connect()
            _ = try watcher.watch("?resource_type=virtual-machine&init_limit=10")
            let parts = try watcher.events(3)
            #expect(parts.map { $0.json["virtual-machines"]?.elements.count } == [10, 10, 5])
            #expect(parts.map { $0.id != nil } == [false, false, true])
            let listed = parts.flatMap { $0.json["virtual-machines"]?.elements ?? [] }.compactMap { $0["virtual-machine"]?["uuid"]?.string }
            #expect(listed.sorted() == uuids.sorted())
            // Of a type without objects there is an empty list.
            let other = try running.connect()
            _ = try other.watch("?resource_type=floating-ip")
            #expect(try other.nextEvent()?.data == "{\"floating-ips\":[]}")
        }
        try await running.server.stop()
    }

    /// Without `resource_type` everything is listed, and everything that happens is told.
    @Test func watchesAllTypes() async throws {
        let running = try await RunningServer.start()
        try await onThread {
            let watcher = try running.connect()
            _ = try watcher.watch()
            let list = try watcher.list()
            let count = try running.connect().send("GET", "/tag-types?count=true").body
            #expect(count == "{\"tag-types\":{\"count\":\(list.objects.filter { $0["tag-type"] != nil }.count)}}")
            let client = try running.connect()
            #expect(try client.send("POST", "/virtual-networks", network("blue")).status == 200)
            let events = try watcher.events(2)
            #expect(events.map { $0.json.members.first?.key } == ["virtual-network", "routing-instance"])
            #expect(events.map(\.id) == [list.revision + 1, list.revision + 2])
        }
        try await running.server.stop()
    }

    @Test func anHTTP10ClientReadsUntilTheEnd() async throws {
        let running = try await RunningServer.start()
        let client = try await onThread {
            let client = try running.connect()
            client.write("GET /watch?resource_type=virtual-machine HTTP/1.0\r\n\r\n")
            let head = try client.readReply(hasBody: false)
            #expect(head.headers["transfer-encoding"] == nil && head.headers["connection"] == "close")
            #expect(try client.readText(6) == "event:")
            return UncheckedClient(client)
        }
        try await running.server.stop()
        #expect(try await onThread { try client.client.readToEnd().contains("event: stop\ndata: {\"reason\":\"stopping\"") })
    }

    @Test func showsThatItLives() async throws {
        let running = try await RunningServer.start { $0.limits.keepAliveInterval = 20 }
        try await onThread {
            let watcher = try running.connect()
            _ = try watcher.watch("?resource_type=virtual-machine")
            // A list may take longer to make than the first signs of life.
            var names: [String] = []
            while !names.contains("init") || names.count < 4 { names += try watcher.events(1).map(\.name) }
            #expect(names.filter { $0 != "" } == ["init"])
        }
        try await running.server.stop()
    }

    // MARK: Going on

    @Test func goesOnFromARevisionAlsoAfterARestart() async throws {
        let folder = try TemporaryFolder()
        let first = try await RunningServer.start(in: folder)
        let (seen, uuids) = try await onThread {
            let client = try first.connect()
            let watcher = try first.connect()
            _ = try watcher.watch("?resource_type=virtual-machine")
            #expect(try watcher.list().objects.isEmpty)
            let uuids = try make(client, ["a", "b", "c"])
            let seen = try watcher.events(2)
            #expect(seen.map(\.line) == ["create a", "create b"])
            let again = try first.connect()
            _ = try again.watch("?resource_type=virtual-machine", headers: "Last-Event-ID: \(seen[0].id ?? 0)\r\n")
            #expect(try again.events(2).map(\.line) == ["create b", "create c"])
            #expect(try client.send("DELETE", "/virtual-machine/\(uuids[0])").status == 200)
            #expect(try client.send("PUT", "/virtual-machine/\(uuids[1])", #"{"virtual-machine": {"display_name": "B"}}"#).status == 200)
            return (seen, uuids)
        }
        try await first.server.stop()

        let second = try await RunningServer.start(in: folder)
        try await onThread {
            let watcher = try second.connect()
            _ = try watcher.watch("?resource_type=virtual-machine&revision=\(seen[0].id ?? 0)")
            // After a restart an event shows the object as it became; the object that went has no other event than that.
            let events = try watcher.events(4)
            #expect(events.map(\.line) == ["create b", "create c", "delete a", "update b"])
            #expect(events[0].json["virtual-machine"]?["display_name"]?.string == "B")
            #expect(events[2].json["virtual-machine"]?["uuid"]?.string == uuids[0])
            let last = try #require(events.last?.id)
            _ = try make(second.connect(), ["d"])
            let next = try #require(try watcher.nextEvent())
            #expect(next.line == "create d" && next.id == last + 1)
        }
        try await second.server.stop()
    }

    @Test func saysWhenItNoLongerHoldsWhatCameNext() async throws {
        let folder = try TemporaryFolder()
        let first = try await RunningServer.start(in: folder) { $0.heldChanges = 10 }
        let revision: UInt64 = try await onThread {
            let watcher = try first.connect()
            _ = try watcher.watch("?resource_type=virtual-machine")
            let revision = try watcher.list().revision
            _ = try make(first.connect(), (0..<11).map { "m\($0)" })
            return revision
        }
        for server in [first, nil] {
            let running = if let server { server } else { try await RunningServer.start(in: folder) { $0.heldChanges = 10 } }
            try await onThread {
                let gone = try running.connect().watch("?revision=\(revision)")
                #expect(gone.status == 410 && gone.body.contains("those after \(revision + 1) are"), "\(gone.body)")
                let held = try running.connect()
                _ = try held.watch("?revision=\(revision + 1)")
                #expect(try held.events(10).map(\.line) == (1..<11).map { "create m\($0)" })
            }
            try await running.server.stop()
        }
    }

    /// A watcher that does not read is told so, and does not make the server remember more.
    @Test func endsTheStreamOfOneWhoFallsBehind() async throws {
        let running = try await RunningServer.start { $0.heldChanges = 50 }
        try await onThread {
            let slow = try running.connect(receiveBuffer: 4096)
            _ = try slow.watch("?resource_type=virtual-machine")
            let quick = try running.connect()
            _ = try quick.watch("?resource_type=virtual-machine")
            _ = try quick.list()
            let client = try running.connect()
            let uuid = try make(client, ["m"])[0]
            let description = String(repeating: "x", count: 200_000)
            // What the sockets' buffers take is some megabytes.
            for number in 0..<150 {
                let body = "{\"virtual-machine\": {\"display_name\": \"\(number)\(description)\"}}"
                #expect(try client.send("PUT", "/virtual-machine/\(uuid)", body).status == 200)
                if number == 0 { #expect(try quick.nextEvent()?.line == "create m") }
                #expect(try quick.nextEvent()?.line == "update m")
            }
            _ = try slow.list()
            var last = WireEvent()
            while let event = try slow.nextEvent() { last = event }
            #expect(last.name == "stop" && last.json["reason"]?.string == "behind", "\(last.name)")
            #expect(try slow.isAtEnd())
        }
        try await running.server.stop()
    }

    // MARK: Many at once

    /// Watchers begin at any moment while others write: list and events together are exactly what happened, in order.
    @Test func nothingIsMissedAndNothingComesTwice() async throws {
        let running = try await RunningServer.start()
        let count = 300
        let writers = 3
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<writers {
                group.addTask { try await onThread { _ = try make(running.connect(), (0..<count).map { "w\(writer)-\($0)" }) } }
            }
            for number in 0..<12 {
                group.addTask {
                    try await onThread {
                        let watcher = try running.connect()
                        usleep(UInt32(number) * 7_000)
                        _ = try watcher.watch("?resource_type=virtual-machine" + (number % 2 == 0 ? "&init_limit=7" : ""))
                        let list = try watcher.list()
                        var names = list.objects.compactMap { $0["virtual-machine"]?["name"]?.string }
                        var revision = list.revision
                        let listed = Set(names)
                        while names.count < count * writers {
                            guard let event = try watcher.nextEvent() else { throw HTTPClient.Failure(message: "the stream ended") }
                            #expect(event.name == "create" && !listed.contains(event.subject))
                            #expect(event.id == revision + 1)
                            revision = event.id ?? 0
                            names.append(event.subject)
                        }
                        #expect(Set(names).count == names.count)
                        for writer in 0..<writers {
                            // A list is in the order of names; what happened later is in the order in which it did.
                            let own = names.dropFirst(listed.count).filter { $0.hasPrefix("w\(writer)-") }
                            #expect(own == (0..<count).map { "w\(writer)-\($0)" }.filter { !listed.contains($0) })
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        try await running.server.stop()
    }

    @Test func aThousandWatchersHearOfOneChange() async throws {
        let running = try await RunningServer.start()
        try await onThread {
            let watchers = try (0..<1000).map { _ in
                let watcher = try running.connect()
                _ = try watcher.watch("?resource_type=virtual-machine")
                _ = try watcher.list()
                return watcher
            }
            _ = try make(running.connect(), ["a", "b"])
            let first = try watchers[0].events(2)
            for watcher in watchers.dropFirst() { #expect(try watcher.events(2) == first) }
        }
        try await running.server.stop()
    }

    /// One text serves everybody who does not ask for something of their own.
    @Test func anEventIsEncodedOnce() throws {
        var server = TestServer()
        _ = server.create("virtual-machine", ["a"])
        let uuid = server.create("virtual-machine", ["b"])
        let state = try #require(server.image.state(UUIDValue(anySpelling: uuid) ?? .zero))
        let entry = FeedEntry(ObjectChange(revision: 1, kind: .create, identity: state.identity, state: state))
        var count = 0
        let texts = (0..<5).map { _ in
            entry.chunk { change in
                count += 1
                return server.service.eventText(change)
            }
        }
        #expect(count == 1 && Set(texts).count == 1)
        #expect(String(buffer: texts[0]).contains("event: create\ndata: {\"virtual-machine\":{\"uuid\":\"\(uuid)\""))
    }
}
