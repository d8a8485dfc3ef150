// The transformer against the real API server: from a policy to connection and access lists and back, killed at every write, and two at once.

import Client
import Coding
import ConfigServer
import ConfigurationClient
import ConfigurationGraph
import ConfigurationModel
import ConfigurationREST
import Foundation
import Graph
import GraphFeed
import Logging
import NIOTransport
import Resources
import SchemaTransformer
import Synchronization
import Testing

@testable import SchemaTransformerCore

/// Carries requests until it dies: at the given write, before or after the server has made it.
private final class MortalTransport: ClientTransport {
    private let base: NIOTransport
    private let writesLeft: Mutex<Int>
    private let dieAfterwards: Bool
    private let dead = Atomic(false)

    init(_ base: NIOTransport, writes: Int, dieAfterwards: Bool) {
        self.base = base
        writesLeft = Mutex(writes)
        self.dieAfterwards = dieAfterwards
    }

    var isDead: Bool { dead.load(ordering: .acquiring) }

    private static let death = ClientError(.unreachable, "killed")

    func send(_ request: ClientRequest) async throws(ClientError) -> ClientReply {
        guard !isDead else { throw Self.death }
        let isWrite = request.method != .get && request.path != "/fqname-to-id"
        let isLast =
            isWrite
            && writesLeft.withLock { left in
                left -= 1
                return left == 0
            }
        guard isLast else { return try await base.send(request) }
        dead.store(true, ordering: .releasing)
        if dieAfterwards { _ = try await base.send(request) }
        throw Self.death
    }

    func stream(_ request: ClientRequest) async throws(ClientError) -> any ClientStream {
        guard !isDead else { throw Self.death }
        return try await base.stream(request)
    }
}

/// A server and what the tests do with it.
private struct Installation {
    static let project = ["default-domain", "default-project"]

    let server: ConfigServer
    let folder: String
    let client: ConfigurationClient
    var transport: NIOTransport {
        NIOTransport([.init(host: "127.0.0.1", port: Int(server.address.split(separator: ":").last ?? "") ?? 0)])
    }
    static let silent = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    static func start() async throws -> Installation {
        let folder = NSTemporaryDirectory() + "tungsten-test-" + UUID().uuidString
        let server = try await ConfigServer.listen(
            ConfigServer.Options(port: 0, dataDirectory: folder), ConfigurationResources.catalogue, silent)
        try await server.load()
        let port = Int(server.address.split(separator: ":").last ?? "") ?? 0
        return Installation(
            server: server, folder: folder, client: ConfigurationClient(transport: NIOTransport([.init(host: "127.0.0.1", port: port)])))
    }

    func stop() async throws {
        try await server.stop()
        try FileManager.default.removeItem(atPath: folder)
    }

    func makeNetwork(_ name: String) async throws -> String {
        var network = VirtualNetwork()
        network.identity = ObjectIdentity(Self.project + [name], parentType: "project")
        return try await client.virtualNetworks.create(network).uuid ?? ""
    }

    /// `local <> every network that carries the policy`, for one protocol.
    func makePolicy(_ name: String, _ ipProtocol: String = "tcp") async throws -> String {
        var policy = NetworkPolicy()
        policy.identity = ObjectIdentity(Self.project + [name], parentType: "project")
        policy.networkPolicyEntries = Self.entries(name, ipProtocol)
        return try await client.networkPolicys.create(policy).uuid ?? ""
    }

    static func entries(_ name: String, _ ipProtocol: String) -> PolicyEntriesType {
        var rule = PolicyRuleType()
        rule.direction = .lessGreater
        rule.`protocol` = ipProtocol
        rule.srcAddresses = [AddressType(virtualNetwork: "local")]
        rule.dstAddresses = [AddressType(networkPolicy: (project + [name]).joined(separator: ":"))]
        rule.srcPorts = [PortType(startPort: -1, endPort: -1)]
        rule.dstPorts = [PortType(startPort: -1, endPort: -1)]
        rule.actionList = ActionListType(simpleAction: .pass)
        return PolicyEntriesType(policyRule: [rule])
    }

    func attach(_ policies: [String], to network: String) async throws {
        var change = VirtualNetwork()
        change.identity.uuid = network
        change.networkPolicyRefs = policies.enumerated().map { number, name in
            Reference(to: Self.project + [name], data: VirtualNetworkPolicyType(sequence: SequenceType(major: number, minor: 0)))
        }
        try await client.virtualNetworks.update(change)
    }

    /// Runs a transformer until everything is as it should be for what this client has written, or its transport has died.
    func transform(_ transport: (any ClientTransport)? = nil, until isOver: @escaping @Sendable () -> Bool = { false }) async throws {
        let transformer = SchemaTransformer(
            transport ?? self.transport, pauses: WatchPauses(shortest: .milliseconds(5), longest: .milliseconds(50)), logger: Self.silent)
        let wanted = client.writtenRevision
        let (revisions, signal) = AsyncStream.makeStream(of: UInt64.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await transformer.run { signal.yield($0) } }
            group.addTask {
                for await revision in revisions where revision >= wanted { return }
            }
            group.addTask {
                while !Task.isCancelled, !isOver() { try? await Task.sleep(for: .milliseconds(2)) }
            }
            try await group.next()
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    /// The configuration as a fresh watcher sees it.
    func look() async throws -> World {
        var feed = GraphFeed(client, ConfigurationGraph.schema, types: Transformer.types)
        _ = try await feed.next()
        var world = World()
        world.graph = feed.graph
        return world
    }
}

extension World {
    fileprivate func rules(_ network: String) throws -> [String]? {
        try lines(NodeName(type: "access-control-list", name: "default-domain:default-project:\(network):\(network)"))
    }

    /// What may never be otherwise once a transformer has come to rest: each instance has one number, and there are no others.
    fileprivate func expectNothingStale(_ comment: Comment? = nil) {
        var used: [String] = []
        for instance in graph.nodeNames where instance.type == "routing-instance" && !RouteTargets.exempt.contains(instance.name) {
            let targets = graph.neighbours(of: instance, along: RouteTargets.link)
            #expect(targets.count == 1, comment)
            used += targets.map(\.name)
        }
        #expect(Set(used).count == used.count, comment)
        #expect(graph.nodeNames.filter { $0.type == "route-target" }.map(\.name) == used.sorted(), comment)
        var fresh = Transformer()
        var whole = GraphStore()
        fresh.take(graph.snapshot.flatMap { whole.apply($0) })
        #expect(fresh.plan(whole) == [], comment)
    }
}

@Suite(.timeLimit(.minutes(5))) struct TransformerEndToEndTests {
    @Test func aPolicyConnectsAndItsEndDisconnects() async throws {
        let installation = try await Installation.start()
        let blue = try await installation.makeNetwork("blue")
        let red = try await installation.makeNetwork("red")
        _ = try await installation.makePolicy("web")
        for network in [blue, red] { try await installation.attach(["web"], to: network) }
        try await installation.transform()
        var world = try await installation.look()
        world.expectNothingStale()
        #expect(world.connections == ["blue-red"])
        #expect(
            try world.rules("blue") == [
                "pass 6 blue <> blue", "pass 6 blue <> red", "pass any blue <> blue", "deny any blue <> red", "pass any any <> any",
            ])
        for network in [blue, red] { try await installation.attach([], to: network) }
        try await installation.transform()
        world = try await installation.look()
        world.expectNothingStale()
        #expect(try world.connections == [] && world.rules("blue") == nil && world.rules("red") == nil)
        // With the network everything that was made for it goes.
        let count = world.graph.nodeNames.count
        try await installation.client.virtualNetworks.delete(uuid: blue)
        try await installation.transform()
        world = try await installation.look()
        world.expectNothingStale()
        #expect(world.graph.nodeNames.count == count - 3)
        try await installation.stop()
    }

    /// The transformer is killed at every write in turn, before or after the server has made it, while the configuration changes. Whoever comes
    /// after it ends where nobody had been killed.
    @Test func killedAtAnyWriteItConverges() async throws {
        let installation = try await Installation.start()
        var networks: [String: String] = [:]
        for name in ["a", "b", "c", "d"] { networks[name] = try await installation.makeNetwork(name) }
        let policy = try await installation.makePolicy("mesh")
        var carriers: Set<String> = []
        for round in 1...24 {
            // Another network joins or leaves, one is made anew, and the policy lets something else pass.
            let name = ["a", "b", "c", "d"][round % 4]
            if carriers.remove(name) == nil { carriers.insert(name) }
            try await installation.attach(carriers.contains(name) ? ["mesh"] : [], to: networks[name] ?? "")
            if round % 5 == 0 {
                let other = ["a", "b", "c", "d"][(round / 5) % 4]
                carriers.remove(other)
                try await installation.client.virtualNetworks.delete(uuid: networks[other] ?? "")
                networks[other] = try await installation.makeNetwork(other)
            }
            let number = round % 2 == 0 ? "6" : "17"
            var change = NetworkPolicy()
            change.identity.uuid = policy
            change.networkPolicyEntries = Installation.entries("mesh", number)
            try await installation.client.networkPolicys.update(change)

            for dieAfterwards in [false, true] {
                let mortal = MortalTransport(installation.transport, writes: 1 + (round - 1) % 12, dieAfterwards: dieAfterwards)
                try await installation.transform(mortal) { mortal.isDead }
            }
            try await installation.transform()
            let world = try await installation.look()
            world.expectNothingStale("round \(round)")
            let members = carriers.sorted()
            let pairs = members.enumerated().flatMap { index, left in members[(index + 1)...].map { "\(left)-\($0)" } }
            #expect(world.connections == pairs, "round \(round)")
            for name in ["a", "b", "c", "d"] {
                let rules = try world.rules(name)
                #expect((rules != nil) == carriers.contains(name), "round \(round), \(name)")
                if let rules {
                    #expect(rules.filter { $0.hasPrefix("pass \(number) ") }.count == carriers.count, "round \(round), \(name)")
                }
            }
        }
        try await installation.stop()
    }

    /// Two run at once while networks come and go: nobody gets a number twice, and they come to rest.
    @Test func twoAtOnceGiveOutNoNumberTwice() async throws {
        let installation = try await Installation.start()
        let transformers = (0..<2).map { _ in
            SchemaTransformer(
                installation.transport, pauses: WatchPauses(shortest: .milliseconds(5), longest: .milliseconds(50)),
                logger: Installation.silent)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for transformer in transformers { group.addTask { try await transformer.run() } }
            var made: [String] = []
            for number in 0..<40 {
                made.append(try await installation.makeNetwork("n\(number)"))
                if number % 4 == 3 { try await installation.client.virtualNetworks.delete(uuid: made.removeFirst()) }
            }
            // Until both have nothing left to do.
            var feed = GraphFeed(installation.client, ConfigurationGraph.schema, types: Transformer.types)
            var judge = Transformer()
            while let update = try await feed.next() {
                judge.take(update.effects)
                if judge.plan(feed.graph).isEmpty, update.revision >= installation.client.writtenRevision { break }
            }
            group.cancelAll()
            try await group.waitForAll()
        }
        try await installation.transform()
        try await installation.look().expectNothingStale()
        try await installation.stop()
    }
}
