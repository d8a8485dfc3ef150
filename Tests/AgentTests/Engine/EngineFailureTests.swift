// Refusals, silence and nonsense from everybody whom the agent talks with.

import AgentCore
import Attributes
import Coding
import ForwarderMessages
import Graph
import NetworkTypes
import Testing
import XMPP

@Suite struct EngineFailureTests {
    @Test func whatTheForwarderRefusesIsSaidAndTriedAgain() throws {
        let world = EngineWorld()
        try world.configure(SampleCloud.graph)
        let host = try world.start(1)
        // The numbers that the workload will have.
        let interface = EntryKey.interface(3)
        host.forwarder.refused = [interface]
        try world.plug(host, 1)
        #expect(host.engine.plan.tables[interface] != nil)
        #expect(host.warnings().contains { $0.contains("refuses") && $0.contains("interface(3)") && $0.contains("there is no memory") })
        let (state, reason) = host.engine.state(of: SampleCloud.port(1))
        #expect(state == .refused && reason.contains("there is no memory"))
        #expect(String(decoding: host.engine.status, as: UTF8.self).contains("there is no memory"))
        // It is tried again, at growing distances and without saying so again.
        let said = host.warnings().count
        host.forwarder.forgetRequests()
        let before = host.engine.counters.refusals
        try world.advance(300_000)
        #expect(host.warnings().count == said, "\(host.warnings().dropFirst(said))")
        #expect((5...200).contains(host.engine.counters.refusals - before))
        #expect(host.forwarder.tables.count + 1 < host.engine.plan.tables.count, "what refers to it is missing as well")
        host.forwarder.refused = []
        try world.advance(60_000)
        #expect(differences(host) == [])
        #expect(host.engine.state(of: SampleCloud.port(1)).0 == .up)
        host.forwarder.forgetRequests()
        try world.advance(600_000)
        #expect(host.forwarder.requests.isEmpty, "then all is quiet")
    }

    @Test func aDeletionThatIsRefused() throws {
        let world = try twoHosts()
        let one = try #require(world.hosts["host-1"])
        let interface = EntryKey.interface(try world.interface(one, 1).index)
        one.forwarder.refused = [interface]
        _ = try world.request(one, .delete, "/port/\(SampleCloud.id(1))")
        #expect(one.forwarder.tables[interface] != nil)
        one.forwarder.refused = []
        try world.advance(10_000)
        #expect(differences(one) == [])
    }

    @Test func aForwarderThatFallsSilent() throws {
        let world = try twoHosts()
        let one = try #require(world.hosts["host-1"])
        one.forwarder.isSilent = true
        _ = try world.request(one, .delete, "/port/\(SampleCloud.id(1))")
        try world.advance(29_000)
        #expect(one.isConnected && one.warnings().isEmpty)
        one.forwarder.isSilent = false
        try world.advance(20_000)
        #expect(one.warnings().contains { $0.contains("has not answered") })
        #expect(differences(one) == [])
    }

    @Test func aForwarderThatIsNotThere() throws {
        let world = EngineWorld()
        try world.configure(SampleCloud.graph)
        let host = try world.start(1)
        try world.plug(host, 1)
        host.hasForwarder = false
        try world.send(host, .forwarderLost(reason: "it ended"))
        try world.advance(600_000)
        #expect(host.warnings().count == 1, "said once: \(host.warnings())")
        #expect(try world.request(host, .get, "/port/\(SampleCloud.id(1))").status == 200)
        host.hasForwarder = true
        try world.advance(10_000)
        #expect(differences(host) == [])
    }

    @Test func aRouteThatMakesNoSenseCostsNoOther() throws {
        let world = try twoHosts()
        let one = try #require(world.hosts["host-1"])
        let good = RouteEvent.Item(id: "10.1.1.9/32", entry: entry("10.1.1.9/32", "192.0.2.9", 33))
        let table = "1/1/\(blueInstance)"
        func say(_ items: [RouteEvent.Item], _ retracts: [String] = []) throws {
            let event = RouteEvent(node: table, items: items, retracts: retracts)
            let stanza = Stanza(
                from: .controlNode, to: Address("host-1", resource: Address.routes), payload: .event(event))
            try world.send(
                one,
                .controlNode(session: 0, .received(Stanza.message(from: stanza.from, to: stanza.to, body: Stanza.body(of: .event(event))))))
        }
        try say(
            [
                RouteEvent.Item(id: "10.1.1.4/32", entry: Array("<entry><nlri><af>x</af></nlri></entry>".utf8)),
                RouteEvent.Item(id: "somewhere", entry: good.entry),
                RouteEvent.Item(id: "10.1.1.8/32", entry: entry("10.1.1.8/32", "2001:db8::1", 5)),
                good,
            ], ["nowhere"])
        #expect(try world.route(one, blueInstance, "10.1.1.9/32")?.label == 33)
        #expect(try world.route(one, blueInstance, "10.1.1.4/32") != nil, "what was said before stays")
        for part in ["10.1.1.4/32", "somewhere", "2001:db8::1", "nowhere"] {
            #expect(one.warnings().contains { $0.contains(part) && $0.contains("cn1:5269") }, "\(part)")
        }
        #expect(one.engine.counters.badRoutes == 4)
        // One of two next hops is good.
        var two = String(decoding: good.entry, as: UTF8.self)
        two = two.replacing(
            "</next-hops>",
            with:
                "<next-hop><af>1</af><address>192.0.2.10</address><label>7</label><tunnel-encapsulation-list><tunnel-encapsulation>smoke</tunnel-encapsulation></tunnel-encapsulation-list></next-hop></next-hops>"
        )
        try say([RouteEvent.Item(id: "10.1.1.9/32", entry: Array(two.utf8))])
        #expect(try world.route(one, blueInstance, "10.1.1.9/32")?.label == 33)
        #expect(one.warnings().contains { $0.contains("smoke") })
        try say([], ["10.1.1.9/32"])
        #expect(try world.route(one, blueInstance, "10.1.1.9/32") == nil)
        // Routes of instances that nobody asked for are nobody's.
        let plans = one.engine.counters.plans
        let event = RouteEvent(node: "1/1/default-domain:shop:green:green", items: [good])
        try world.send(
            one,
            .controlNode(
                session: 0,
                .received(
                    Stanza.message(
                        from: .controlNode, to: Address("host-1", resource: Address.routes), body: Stanza.body(of: .event(event))))))
        #expect(one.engine.counters.plans == plans)
    }

    private func entry(_ prefix: String, _ hop: String, _ label: Int) -> [UInt8] {
        Array(
            """
            <entry><nlri><af>1</af><safi>1</safi><address>\(prefix)</address></nlri><next-hops><next-hop><af>1</af><address>\(hop)</address>\
            <label>\(label)</label><tunnel-encapsulation-list><tunnel-encapsulation>udp</tunnel-encapsulation></tunnel-encapsulation-list>\
            </next-hop></next-hops><version>1</version><virtual-network>\(SampleCloud.blue.name)</virtual-network></entry>
            """.utf8)
    }

    /// Bytes that are nearly right and bytes that are not, from every side; afterwards all works as before.
    @Test func nonsenseFromEverySide() throws {
        let seed = UInt64.anySeed
        var random = SeededGenerator(seed: seed)
        let world = try twoHosts()
        let one = try #require(world.hosts["host-1"])
        let tables = one.forwarder.tables
        let interface = try world.interface(one, 1)
        let frames = [
            EngineWorld.frame(ping(web1, web2), from: interface.mac), EngineWorld.frame(tcp(web1, to: web2, 80), from: interface.mac),
        ]
        let reasons: [TrapReason] = [
            .arp, .resolve(nextHop: 3), .flowMiss(index: 5, nextHop: interface.nextHop, incarnation: 1, packets: 1, bytes: 9), .platform,
            .sourceMismatch(index: 1, expected: 2), .tooLarge(mtu: 1400, index: 1), .zeroTTL,
        ]
        func spoil(_ bytes: [UInt8]) -> [UInt8] {
            var bytes = bytes
            for _ in 0..<Int.random(in: 0...3, using: &random) where !bytes.isEmpty {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            if Int.random(in: 0..<4, using: &random) == 0 { bytes.removeLast(Int.random(in: 0...bytes.count, using: &random)) }
            return bytes
        }
        for _ in 0..<2_000 {
            let reason = reasons.randomElement(using: &random) ?? .arp
            let frame = spoil(frames.randomElement(using: &random) ?? [])
            let trap = AgentPacket(
                interface: UInt16([0, 1, interface.index, 999].randomElement(using: &random) ?? 0), vrf: UInt16(interface.vrf),
                .trap(reason), frame: frame[...])
            try world.send(one, .packetArrived(spoil(trap.bytes)))
        }
        for _ in 0..<60 {
            try world.send(
                one, .forwarderReceived((0..<Int.random(in: 0..<200, using: &random)).map { _ in .random(in: 0...255, using: &random) }))
            let hello = try HelloMessage(sender: .forwarder, instance: 9).attributes()
            for sequence in [0, 1, 77] as [UInt32] {
                try world.send(one, .forwarderReceived(spoil(ForwarderFrame(command: 1, sequence: sequence, attributes: hello).bytes)))
            }
            try world.advance(UInt64.random(in: 0...7_000, using: &random))
        }
        for _ in 0..<60 {
            let stanza = Stanza.message(
                from: .controlNode, to: Address("host-1", resource: Address.routes),
                body: Stanza.body(
                    of: .event(
                        RouteEvent(
                            node: "1/1/\(blueInstance)",
                            items: [RouteEvent.Item(id: "10.1.1.9/32", entry: entry("10.1.1.9/32", "192.0.2.9", 33))]))))
            try world.send(one, .controlNode(session: 0, .received(spoil(stanza))))
            try world.advance(UInt64.random(in: 0...2_000, using: &random))
        }
        for path in ["/port", "/vm", "/port/x", "/enable-port/", "/", "", "/syncports", "/vm-cfg/\u{0}"] {
            for method in [PortRequest.Method.get, .post, .put, .delete] {
                _ = try world.request(one, method, path, spoil(Array("{\"id\": 7, \"system-name\": [[".utf8)))
            }
        }
        try world.send(one, .nameServerAnswered(question: 4711, [1, 2, 3]))
        try world.send(one, .controlNode(session: 7, .received([1, 2, 3])))
        try world.plug(one, 1)
        // Some of it made sense, and is forgotten with the session.
        try world.setReachable("cn1:5269", false)
        try world.setReachable("cn1:5269", true)
        try world.advance(200_000)
        #expect(differences(one.forwarder.tables, tables) == [], "seed \(seed)")
        #expect(one.engine.isSettled)
    }
}
