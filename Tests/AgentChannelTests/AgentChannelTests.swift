// A control node and simulated agents over real sockets: what one announces the others know, and what becomes of it when one is lost.

import AgentSimulation
import Coding
import ControlNode
import Graph
import Logging
import NIOCore
import NIOPosix
import NetworkTypes
import RouteMessages
import Testing
import XMPP

/// Waits until something is so.
private func eventually(_ what: String, within seconds: Double = 20, _ condition: () async throws -> Bool) async throws {
    let clock = ContinuousClock()
    let deadline = clock.now + .seconds(seconds)
    while try await !condition() {
        guard clock.now < deadline else {
            Issue.record("not within \(seconds) s: \(what)")
            return
        }
        try await Task.sleep(for: .milliseconds(10))
    }
}

/// A control node with agents, on free ports of the loopback interface.
private final class Bench: Sendable {
    let node: ControlNode
    let table = TableNode(family: .inet, instance: "blue")
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    private init(_ node: ControlNode) { self.node = node }

    static func run(
        staleSeconds: Double = 60, partitions: Int = 2, servesAtOnce: Bool = true, _ body: @Sendable (Bench) async throws -> Void
    ) async throws {
        var options = ControlNodeOptions(host: "127.0.0.1", port: 0, system: ASNumber(64512), routerID: IPv4Address(192, 0, 2, 1))
        options.introspectionPort = 0
        options.partitionCount = partitions
        options.instances = [try InstanceOptions(parsing: "blue,target=target:64512:1,network=5"), try InstanceOptions(parsing: "red")]
        var agents = AgentServiceOptions()
        agents.port = 0
        agents.staleSeconds = staleSeconds
        agents.servesAtOnce = servesAtOnce
        options.agents = agents
        var logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        logger.logLevel = .critical
        let bench = Bench(try await ControlNode.start(options, logger))
        do {
            try await body(bench)
        } catch {
            Issue.record("\(error)")
        }
        try await bench.node.stop()
        try await bench.group.shutdownGracefully()
    }

    func agent(_ name: String) -> SimulatedAgent {
        var settings = ClientSession.Settings(name: name)
        settings.firstRetrySeconds = 0.05
        settings.longestRetrySeconds = 0.05
        return SimulatedAgent(settings, servers: [node.agentAddress ?? ""], on: group.next())
    }

    /// A connection whose bytes are the test's.
    func rawConnection(reads: Bool = false) async throws -> any Channel {
        let address = node.agentAddress ?? ""
        let colon = try #require(address.lastIndex(of: ":"))
        return try await ClientBootstrap(group: group).channelOption(.autoRead, value: reads)
            .connect(host: String(address[..<colon]), port: try #require(Int(address[address.index(after: colon)...]))).get()
    }

    /// Next hops and labels of a route, as an agent knows it.
    func hops(_ agent: SimulatedAgent, _ prefix: String) async throws -> String? {
        guard let bytes = try await agent.route(table, prefix).get() else { return nil }
        let entry = try UnicastEntry(xml: bytes)
        return entry.nextHops?.nextHop?.map { "\($0.address ?? ""):\($0.label ?? 0)" }.sorted().joined(separator: " ")
    }

    func hops(_ agent: SimulatedAgent, _ prefixes: [String]) async throws -> [String?] {
        var found: [String?] = []
        for prefix in prefixes { found.append(try await hops(agent, prefix)) }
        return found
    }

    func show(_ path: String) async throws -> String {
        let address = node.introspectionAddress
        let colon = try #require(address.lastIndex(of: ":"))
        let port = try #require(Int(address[address.index(after: colon)...]))
        return try await IntrospectionClient.get(path, host: String(address[..<colon]), port: port)
    }

    func announce(_ agent: SimulatedAgent, _ prefix: String, host: Int, label: Int) {
        let node = RouteNode(table: table, prefix: prefix)
        agent.change { $0.announce(node, entry: SimulatedAgent.entry(prefix, nextHop: "192.0.2.\(host)", label: label)) }
    }
}

@Suite struct AgentChannelTests {
    @Test(arguments: [1, 2]) func agentsKnowEachOthersRoutes(partitions: Int) async throws {
        try await Bench.run(staleSeconds: 0.6, partitions: partitions) { bench in
            let agents = ["a", "b"].map { bench.agent($0) }
            for (index, agent) in agents.enumerated() {
                agent.change { $0.subscribe(instance: "blue", id: 1) }
                bench.announce(agent, "10.0.0.\(index + 1)/32", host: index + 11, label: index + 25)
                agent.start()
            }
            for agent in agents {
                try await eventually("\(agent.name) knows both") {
                    try await bench.hops(agent, ["10.0.0.1/32", "10.0.0.2/32"]) == ["192.0.2.11:25", "192.0.2.12:26"]
                }
                try await eventually("\(agent.name) is told the end") { try await agent.currentReport().get().endsOfRIB == 1 }
            }
            let told = try await agents[1].currentReport().get()
            // Back before its time is up, saying the same: the other hears nothing.
            try await agents[0].stop().get()
            agents[0].start()
            try await eventually("back") { try await agents[0].currentReport().get().endsOfRIB == 2 }
            #expect(try await bench.hops(agents[0], "10.0.0.2/32") == "192.0.2.12:26")
            let after = try await agents[1].currentReport().get()
            #expect(after.items == told.items && after.retracts == told.retracts)
            // The same address on both: the traffic is shared.
            for (index, agent) in agents.enumerated() { bench.announce(agent, "10.0.9.9/32", host: index + 11, label: index + 30) }
            for agent in agents {
                try await eventually("shared") { try await bench.hops(agent, "10.0.9.9/32") == "192.0.2.11:30 192.0.2.12:31" }
            }
            // Gone for longer than that: its routes go, and what was shared is the other's alone.
            try await agents[0].stop().get()
            #expect(try await bench.hops(agents[1], "10.0.0.1/32") == "192.0.2.11:25")
            try await eventually("gone") {
                try await bench.hops(agents[1], ["10.0.0.1/32", "10.0.9.9/32"]) == [nil, "192.0.2.12:31"]
            }
            let shown = try await bench.show("/agents")
            #expect(shown.contains("\"name\":\"b\"") && shown.contains("\"routes\":2") && !shown.contains("\"name\":\"a\""), "\(shown)")
            try await agents[1].stop().get()
        }
    }

    @Test func anAgentIsToldItsPartOfTheConfiguration() async throws {
        try await Bench.run(servesAtOnce: false) { bench in
            let agent = bench.agent("a")
            let router = NodeName(type: "virtual-router", name: "default-global-system-config:a")
            let machine = NodeName(type: "virtual-machine", name: "9b2f6a5e-0000-4000-8000-000000000001")
            let other = NodeName(type: "virtual-network", name: "d:p:other")
            agent.changeConfiguration { $0.subscribe(configuration: .configuration(virtualRouter: router.name)) }
            agent.changeConfiguration { $0.subscribe(configuration: .configuration(virtualMachine: machine.name)) }
            agent.start()
            // Before the configuration is complete nobody is served.
            try await eventually("turned away") { try await !agent.currentReport().get().sessionsLost.isEmpty }
            #expect(try await agent.currentReport().get().established == 0)
            bench.node.apply(configuration: [
                .node(router, properties: [:]), .node(machine, properties: [:]), .node(other, properties: [:]),
            ])
            bench.node.configurationIsComplete()
            // Two nodes and the link between them; the network is nobody's.
            try await eventually("told") { try await agent.currentReport().get().configurationObjects == 3 }
            bench.node.apply(configuration: [.removeNode(machine)])
            try await eventually("told of the removal") { try await agent.currentReport().get().configurationObjects == 5 }
            try await agent.stop().get()
        }
    }

    @Test func manyAgentsConverge() async throws {
        try await Bench.run { bench in
            var run = ScaleRun(servers: [bench.node.agentAddress ?? ""])
            run.agents = 20
            run.routes = 40
            run.instancePrefix = "blue"
            run.instances = 1
            // The instance is called blue0: subscriptions wait for it, and nothing arrives.
            run.patience = 0.5
            let waiting = try await run.run()
            #expect(!waiting.isComplete && waiting.known == 0 && waiting.expected == 20 * 20 * 40)
        }
        try await Bench.run { bench in
            let agents = (0..<12).map { bench.agent("agent-\($0)") }
            for (index, agent) in agents.enumerated() {
                agent.change { $0.subscribe(instance: "blue", id: 1) }
                for route in 0..<20 { bench.announce(agent, "10.1.\(index).\(route)/32", host: index + 1, label: route + 16) }
                agent.start()
            }
            for agent in agents {
                try await eventually("\(agent.name) knows everything") { try await agent.currentReport().get().routes == 240 }
            }
            for agent in agents { try await agent.stop().get() }
        }
    }

    @Test func whoIsNoAgentOrDoesNotListenHarmsNobody() async throws {
        try await Bench.run { bench in
            let stranger = try await bench.rawConnection(reads: true)
            try await stranger.writeAndFlush(ByteBuffer(string: "GET / HTTP/1.1\r\n\r\n"))
            try await stranger.closeFuture.get()
            // Opens a stream, subscribes, and never reads.
            let deaf = try await bench.rawConnection()
            try await deaf.writeAndFlush(ByteBuffer(bytes: StreamHeader(from: "deaf", to: Address.controlNode.name).bytes))
            let subscription = Stanza.Payload.subscribe(Subscription(node: "blue", instanceID: 1))
            try await deaf.writeAndFlush(ByteBuffer(bytes: Stanza.fromAgent("deaf", subscription, number: 1).bytes))
            let agents = ["a", "b"].map { bench.agent($0) }
            for (index, agent) in agents.enumerated() {
                agent.change { $0.subscribe(instance: "blue", id: 1) }
                for route in 0..<500 {
                    bench.announce(agent, "10.\(index).\(route >> 8).\(route & 255)/32", host: index + 1, label: route + 16)
                }
                agent.start()
            }
            for agent in agents {
                try await eventually("\(agent.name) knows everything", within: 60) { try await agent.currentReport().get().routes == 1000 }
            }
            for agent in agents { try await agent.stop().get() }
            try await deaf.close()
        }
    }
}
