// What outlives what: tables and flows the agent, what control nodes said the control nodes, the agent the forwarder.

import AgentCore
import ForwarderMessages
import Graph
import NetworkTypes
import Testing

/// The process is killed and started again, over the files and the forwarder that it left.
private func restart(_ world: EngineWorld, _ number: UInt8, keepsNumbers: Bool = true) throws -> EngineWorld.Host {
    let old = try #require(world.hosts["host-\(number)"])
    world.kill(old)
    var files = old.files
    if !keepsNumbers { files["numbers.json"] = nil }
    var forwarder = old.forwarder
    forwarder.forgetRequests()
    return try world.start(number, files: files, forwarder: forwarder)
}

@Suite struct RestartTests {
    /// Two hosts, and a conversation in each direction on the first.
    private func busyWorld(_ nodes: [String] = ["cn1:5269"]) throws -> EngineWorld {
        let world = try twoHosts(nodes)
        let one = try #require(world.hosts["host-1"])
        try world.miss(one, from: 1, tcp(web1, to: web2, 22))
        let here = try world.interface(one, 1)
        let trap = one.forwarder.miss(
            interface: AgentIndexes.physical, vrf: here.vrf, nextHop: here.nextHop, tcp(web2, 50000, to: web1, 80),
            frame: EngineWorld.frame(tcp(web2, 50000, to: web1, 80), from: SampleCloud.mac(2)))
        try world.send(one, .packetArrived(trap))
        #expect(one.forwarder.flows.count == 4 && one.forwarder.flows.values.allSatisfy { $0.message.action == .forward })
        return world
    }

    @Test func tablesAndFlowsOutliveTheAgent() throws {
        let world = try busyWorld()
        let before = try #require(world.hosts["host-1"]).forwarder
        let told = try #require(world.nodes["cn1:5269"])
        told.forgetTold()
        let one = try restart(world, 1)
        #expect(one.engine.isFrozen)
        try world.advance(1_500)
        #expect(one.engine.isSettled && !one.engine.isFrozen)
        #expect(differences(one.forwarder.tables, before.tables) == [])
        #expect(one.forwarder.flows.mapValues(\.key) == before.flows.mapValues(\.key))
        #expect(one.forwarder.flows.values.allSatisfy { $0.message.action == .forward })
        #expect(one.forwarder.requests.allSatisfy { $0 == "flow change" }, "\(one.forwarder.requests)")
        #expect(one.engine.flows.pairs.count == 2)
        // Which direction had begun is found out again.
        #expect(
            one.engine.flows.pairs[FlowKeyed(nextHop: try world.interface(one, 1).nextHop, tuple: tcp(web2, 50000, to: web1, 80))] != nil)
        #expect(told.told.allSatisfy { !$0.hasPrefix("-host-2") }, "nobody else noticed: \(told.told)")
        #expect(one.warnings().isEmpty, "\(one.warnings())")
    }

    @Test func whatChangedMeanwhileIsCaughtUpWith() throws {
        let world = try busyWorld()
        let old = try #require(world.hosts["host-1"])
        world.kill(old)
        // The second workload is unplugged, and the group's rule about port 80 is gone.
        _ = try world.request(try #require(world.hosts["host-2"]), .delete, "/port/\(SampleCloud.id(2))")
        try world.configure(SampleCloud.group(SampleCloud.web, number: 8_000_001, ingress: "", egress: ""))
        let one = try world.start(1, files: old.files, forwarder: old.forwarder)
        #expect(try world.route(one, blueInstance, "10.1.1.4/32") != nil, "not before everything has arrived")
        try world.advance(10_000)
        #expect(try world.route(one, blueInstance, "10.1.1.4/32") == nil)
        #expect(differences(one) == [])
        #expect(one.forwarder.flows.isEmpty, "conversations that are not allowed any more have ended")
    }

    @Test func withoutAControlNodeNothingIsTouched() throws {
        let world = try busyWorld()
        try world.setReachable("cn1:5269", false)
        let before = try #require(world.hosts["host-1"]).forwarder
        let one = try restart(world, 1)
        try world.advance(3_600_000)
        #expect(one.engine.isFrozen && !one.engine.isSettled)
        #expect(differences(one.forwarder.tables, before.tables) == [] && one.forwarder.requests.isEmpty)
        #expect(one.forwarder.flows.count == 4)
        try world.setReachable("cn1:5269", true)
        try world.advance(60_000)
        #expect(one.engine.isSettled)
        #expect(differences(one.forwarder.tables, before.tables) == [])
        #expect(one.forwarder.flows.count == 4)
    }

    @Test func controlNodesThatGoTakeNothingWithThem() throws {
        let world = try busyWorld(["cn1:5269", "cn2:5269"])
        let one = try #require(world.hosts["host-1"])
        let tables = one.forwarder.tables
        one.forwarder.forgetRequests()
        try world.setReachable("cn1:5269", false)
        try world.advance(5_000)
        #expect(differences(one.forwarder.tables, tables) == [] && one.forwarder.requests.isEmpty, "the other one says the same")
        try world.setReachable("cn2:5269", false)
        try world.advance(600_000)
        #expect(differences(one.forwarder.tables, tables) == [] && one.forwarder.requests.isEmpty, "what was said last stays in force")
        // Meanwhile the other host's workload is unplugged, and nobody hears of it.
        let two = try #require(world.hosts["host-2"])
        _ = try world.request(two, .delete, "/port/\(SampleCloud.id(2))")
        #expect(try world.route(one, blueInstance, "10.1.1.4/32") != nil)
        for node in ["cn1:5269", "cn2:5269"] {
            try world.setReachable(node, true)
            let timers = try #require(world.nodes[node]).timers
            for timer in timers { world.nodes[node]?.fire(timer) }
        }
        try world.advance(120_000)
        #expect(try world.route(one, blueInstance, "10.1.1.4/32") == nil, "what was not said again is gone")
        #expect(differences(one) == [])
    }

    @Test func configurationThatIsGoneWhenTheSourceChanges() throws {
        let world = try twoHosts(["cn1:5269", "cn2:5269"])
        let one = try #require(world.hosts["host-1"])
        // The second control node knows of a change that the first one never told.
        world.nodes["cn2:5269"]?.configure([.removeNode(NodeName(type: "instance-ip", name: "ip-1"))])
        try world.run()
        #expect(try world.interface(one, 1).configuration?.addresses == [.v4(web1)])
        try world.setReachable("cn1:5269", false)
        #expect(try world.interface(one, 1).configuration?.addresses == [.v4(web1)], "until the second has said everything")
        try world.advance(30_000)
        #expect(try world.interface(one, 1).configuration?.addresses == [])
        #expect(one.engine.isSettled)
    }

    @Test func aForwarderThatIsStartedAnewIsFilledAgain() throws {
        let world = try busyWorld()
        let one = try #require(world.hosts["host-1"])
        let tables = one.forwarder.tables
        one.forwarder = StreamForwarder(instance: 2)
        try world.send(one, .forwarderLost(reason: "the forwarder closed the connection"))
        try world.advance(10_000)
        #expect(differences(one.forwarder.tables, tables) == [])
        #expect(one.engine.flows.pairs.count == 0, "flows were lost with it")
        #expect(one.forwarder.flows.isEmpty)
    }

    @Test func aConnectionThatBreaksLosesNothing() throws {
        let world = try busyWorld()
        let one = try #require(world.hosts["host-1"])
        let tables = one.forwarder.tables
        try world.send(one, .forwarderLost(reason: "the connection broke"))
        // Something happens before it is there again.
        try world.configure([.removeNode(NodeName(type: "instance-ip", name: "ip-2"))])
        try world.advance(10_000)
        #expect(one.forwarder.tables != tables)
        #expect(differences(one) == [])
        try world.configure(SampleCloud.graph)
        try world.advance(10_000)
        #expect(differences(one.forwarder.tables, tables) == [])
    }

    @Test func withoutItsNumbersTheAgentBeginsAnew() throws {
        let world = try busyWorld()
        let one = try restart(world, 1, keepsNumbers: false)
        #expect(one.forwarder.requests.isEmpty)
        try world.advance(20_000)
        #expect(one.engine.isSettled && !one.engine.isFrozen)
        #expect(differences(one) == [])
        #expect(try world.route(one, blueInstance, "10.1.1.4/32") != nil)
        let two = try #require(world.hosts["host-2"])
        let label = try #require(one.indexes.labels["workload:\(SampleCloud.id(1)):inet"])
        #expect(try world.route(two, blueInstance, "10.1.1.3/32")?.label == label)
    }

    @Test func aNumbersFileThatCannotBeReadIsKeptAside() throws {
        let world = EngineWorld()
        try world.configure(SampleCloud.graph)
        let host = try world.start(1, files: ["numbers.json": Array("{\"labels\": [".utf8), "ports/rubbish": [1, 2], "notes": [3]])
        #expect(host.files["numbers.json.unreadable"] == Array("{\"labels\": [".utf8))
        #expect(host.files["ports/rubbish"] == [1, 2])
        #expect(host.warnings().count == 2)
        try world.plug(host, 1)
        try world.advance(5_000)
        #expect(differences(host) == [])
    }

    @Test func aControlNodeThatNeverSaysThatItIsDone() throws {
        let world = EngineWorld()
        world.nodes["cn1:5269"]?.isSilentAboutEnds = true
        try world.configure(SampleCloud.graph)
        let one = try world.start(1)
        try world.plug(one, 1)
        try world.advance(30_000)
        #expect(!one.engine.isSettled)
        #expect(differences(one) == [], "there was nothing to be careful about")
        try world.advance(60_000)
        #expect(one.engine.isSettled)
    }
}
