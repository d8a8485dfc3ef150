// Whatever order things happen in, and however streams are cut, the forwarder ends with tables of the same meaning, and others are told the same.

import AgentCore
import Graph
import NetworkTypes
import Testing

@Suite struct EngineOrderTests {
    private enum Step {
        case plug(host: UInt8, UInt8)
        case configure(GraphChange)
        case pause
    }

    private var steps: [Step] {
        [.plug(host: 1, 1), .plug(host: 1, 3), .plug(host: 2, 2)] + SampleCloud.graph.map { .configure($0) } + [.pause, .pause, .pause]
    }

    private func undo(_ change: GraphChange) -> GraphChange {
        switch change {
        case .node(let name, _), .removeNode(let name): .removeNode(name)
        case .link(let name, _), .removeLink(let name): .removeLink(name)
        }
    }

    private func world(_ steps: [Step], _ random: inout SeededGenerator, cuts: Bool) throws -> EngineWorld {
        let world = EngineWorld(nodes: ["cn1:5269", "cn2:5269"])
        if cuts { world.random = SeededGenerator(seed: random.next()) }
        for number: UInt8 in [1, 2] { try world.start(number) }
        for step in steps {
            switch step {
            case .plug(let host, let number): try world.plug(try #require(world.hosts["host-\(host)"]), number)
            case .configure(let change):
                // Some things are unsaid and said again.
                if cuts, Int.random(in: 0..<5, using: &random) == 0 {
                    try world.configure([change])
                    try world.configure([undo(change)])
                }
                try world.configure([change])
            case .pause: try world.advance(cuts ? UInt64.random(in: 1...20_000, using: &random) : 10)
            }
        }
        try world.advance(20_000)
        return world
    }

    /// What a host's plan means, with the names of what the other host's labels stand for.
    private func words(of host: EngineWorld.Host, in world: EngineWorld) throws -> [String] {
        let other = try #require(world.hosts.values.first { $0 !== host }).indexes
        return meaning(host.engine.plan, host.indexes) { other.labels.name(of: $0) ?? "\($0)" }
    }

    @Test func anyOrderEndsInTheSameTables() throws {
        let seed = UInt64.anySeed
        var random = SeededGenerator(seed: seed)
        let inOrder = try world(steps, &random, cuts: false)
        for round in 0..<6 {
            let shuffled = try world(steps.shuffled(using: &random), &random, cuts: true)
            for name in ["host-1", "host-2"] {
                let host = try #require(shuffled.hosts[name])
                let expected = try #require(inOrder.hosts[name])
                #expect(differences(host) == [], "seed \(seed), round \(round)")
                let difference = Set(try words(of: host, in: shuffled)).symmetricDifference(try words(of: expected, in: inOrder))
                #expect(difference.isEmpty, "seed \(seed), round \(round), \(name)")
                #expect(host.engine.isSettled, "seed \(seed), round \(round)")
            }
            for (name, node) in shuffled.nodes {
                #expect(node.closed.isEmpty && node.refused.isEmpty, "seed \(seed), \(name): \(node.closed)")
            }
        }
    }
}
