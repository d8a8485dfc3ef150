// Random histories: whatever order things are said in, the plan is the same; whatever the forwarder had, the difference brings it there, one
// acceptable request after another.

import AgentCore
import ForwarderMessages
import Graph
import NetworkTypes
import Testing

private enum Event {
    case port(UInt8)
    case graph(GraphChange)
    case route(ControllerRoutes.Key, ControllerRoute, String)
    case neighbour(IPv4Address)
}

private func apply(_ event: Event, to inputs: inout AgentInputs) {
    switch event {
    case .port(let number): inputs.ports[SampleCloud.id(number)] = SampleCloud.port(number)
    case .graph(let change): inputs.graph.apply(change)
    case .route(let key, let route, let controller): inputs.routes.announced(key, route, by: controller)
    case .neighbour(let address): inputs.neighbours[address] = MACAddress(2, 0, 0, 0, 9, UInt8(truncatingIfNeeded: address.rawValue))
    }
}

private func undo(_ event: Event, in inputs: inout AgentInputs) {
    switch event {
    case .port(let number): inputs.ports[SampleCloud.id(number)] = nil
    case .graph(.node(let name, _)): inputs.graph.apply(.removeNode(name))
    case .graph(.link(let name, _)): inputs.graph.apply(.removeLink(name))
    case .graph: break
    case .route(let key, _, let controller): inputs.routes.retracted(key, by: controller)
    case .neighbour(let address): inputs.neighbours[address] = nil
    }
}

private var events: [Event] {
    let blue = SampleCloud.instance(SampleCloud.blue)
    let red = SampleCloud.instance(SampleCloud.red)
    func hops(_ numbers: UInt8...) -> [RouteNextHop] {
        numbers.map { RouteNextHop(IPv4Address(192, 0, 2, $0), label: 100 + UInt32($0), [.mplsOverUDP, .mplsOverGRE]) }
    }
    func prefix(_ last: UInt8) -> RouteDestination { .prefix(.v4(IPv4Prefix(host: IPv4Address(10, 1, 1, last)))) }
    var events: [Event] = [1, 2, 3].map { .port($0) } + SampleCloud.graph.map { .graph($0) }
    for controller in ["cn1", "cn2"] {
        events += [
            .route(.init(blue, prefix(9)), ControllerRoute(hops(9), network: "blue"), controller),
            .route(.init(blue, prefix(8)), ControllerRoute(hops(8, 9), network: "blue", securityGroups: [7]), controller),
            // The same address here and elsewhere.
            .route(.init(blue, prefix(3)), ControllerRoute(hops(1, 8), network: "blue"), controller),
            .route(.init(red, .prefix(.v4(.all))), ControllerRoute(hops(7), network: "red"), controller),
            .route(
                .init(blue, .mac(MACAddress(2, 0, 0, 0, 0, 9), .v4(IPv4Address(10, 1, 1, 9)))), ControllerRoute(hops(9), network: "blue"),
                controller),
            .route(.init(blue, .flood), ControllerRoute(hops(8, 9), network: "blue"), controller),
        ]
    }
    events += [7, 8, 9].map { .neighbour(IPv4Address(192, 0, 2, $0)) }
    return events
}

/// A plan with names for numbers and members in alphabetical order: what it means, whatever the numbers are.
///
/// - Parameter label: the meaning of a label that another host gave.
func meaning(_ plan: AgentPlan, _ indexes: AgentIndexes, label: (UInt32) -> String = { "\($0)" }) -> [String] {
    func nextHop(_ index: UInt32?) -> String { index.map { $0 == 0 ? "discard" : indexes.nextHops.name(of: $0) ?? "?" } ?? "none" }
    func vrf(_ index: UInt32?) -> String { index.map { $0 == 0 ? "fabric" : indexes.vrfs.name(of: $0) ?? "?" } ?? "none" }
    func interface(_ index: UInt32?) -> String { index.map { indexes.interfaces.name(of: $0) ?? "\($0)" } ?? "none" }
    let entries = plan.tables.values.map { entry in
        switch entry.message {
        case .vrf(let message): "vrf \(vrf(message.index)) \(message.flags?.rawValue ?? 0)"
        case .interface(let message):
            "interface \(interface(message.index)) \(message.name ?? "") \(vrf(message.vrf)) \(nextHop(message.nextHop)) \(message.flags?.rawValue ?? 0)"
        case .nextHop(let message):
            """
            next-hop \(nextHop(message.index)) \(message.type.map { "\($0)" } ?? "") \(vrf(message.vrf)) \(interface(message.interface)) \
            \(message.encapsulation ?? []) \(message.destinationIpv4?.description ?? "") \
            \((message.members ?? []).filter { $0.nextHop != nil }.map { "\(nextHop($0.nextHop)) \(label($0.label ?? 0))" }.sorted())
            """
        case .label(let message): "label \(indexes.labels.name(of: message.label ?? 0) ?? "?") \(nextHop(message.nextHop))"
        case .vxlanNetwork(let message): "vxlan \(message.identifier ?? 0) \(nextHop(message.nextHop))"
        case .route(let message):
            """
            route \(vrf(message.vrf)) \(message.ipv4Prefix?.description ?? "")/\(message.prefixLength ?? 0) \(message.macAddress?.description ?? "") \
            \(nextHop(message.nextHop)) \(label(message.label ?? 0)) \(message.stitchedMac?.description ?? "") \(message.routeFlags?.rawValue ?? 0)
            """
        }
    }
    let publications = plan.publications.map { publication in
        """
        \(publication.instance) \(publication.destination) \(indexes.labels.name(of: publication.nextHop.label) ?? "?") \
        \(publication.securityGroups) \(publication.preference)
        """
    }
    return entries.sorted() + publications.sorted()
}

@Suite struct ConvergenceTests {
    @Test func anyOrderEndsInTheSamePlan() throws {
        let seed = UInt64.anySeed
        var random = SeededGenerator(seed: seed)
        var inOrder = AgentInputs(host: SampleCloud.host)
        for event in events { apply(event, to: &inOrder) }
        var expectedIndexes = AgentIndexes()
        let expected = AgentPlan(inOrder, &expectedIndexes)
        let expectedMeaning = meaning(expected, expectedIndexes)
        for round in 0..<8 {
            var inputs = AgentInputs(host: SampleCloud.host)
            var indexes = AgentIndexes()
            var forwarder = ModelForwarder()
            for (place, event) in events.shuffled(using: &random).enumerated() {
                apply(event, to: &inputs)
                // Some things are unsaid and said again.
                if Int.random(in: 0..<6, using: &random) == 0 {
                    undo(event, in: &inputs)
                    if Bool.random(using: &random) {
                        try step(inputs, &indexes, &forwarder, place, seed, round)
                    }
                    apply(event, to: &inputs)
                }
                if Int.random(in: 0..<4, using: &random) == 0 { try step(inputs, &indexes, &forwarder, place, seed, round) }
            }
            let plan = try step(inputs, &indexes, &forwarder, events.count, seed, round)
            #expect(meaning(plan, indexes) == expectedMeaning, "seed \(seed), round \(round)")
            // And everything goes again.
            for (place, event) in events.shuffled(using: &random).enumerated() {
                undo(event, in: &inputs)
                if Int.random(in: 0..<4, using: &random) == 0 { try step(inputs, &indexes, &forwarder, place, seed, round) }
            }
            let empty = try step(inputs, &indexes, &forwarder, 0, seed, round)
            #expect(meaning(empty, indexes) == emptyMeaning, "seed \(seed), round \(round)")
        }
    }

    private var emptyMeaning: [String] {
        var indexes = AgentIndexes()
        return meaning(AgentPlan(AgentInputs(host: SampleCloud.host), &indexes), indexes)
    }

    @discardableResult
    private func step(
        _ inputs: AgentInputs, _ indexes: inout AgentIndexes, _ forwarder: inout ModelForwarder, _ place: Int, _ seed: UInt64, _ round: Int
    ) throws -> AgentPlan {
        let plan = AgentPlan(inputs, &indexes)
        for request in Difference.requests(from: forwarder.tables, to: plan.tables, generation: 1) {
            do throws(ModelForwarder.Refusal) {
                try forwarder.apply(request)
            } catch {
                Issue.record("\(request.operation) \(request.key.map { "\($0)" } ?? "") is refused: \(error); seed \(seed), round \(round)")
                throw error
            }
        }
        #expect(forwarder.tables == plan.tables, "seed \(seed), round \(round), event \(place)")
        #expect(Difference.requests(from: forwarder.tables, to: plan.tables, generation: 1).isEmpty)
        return plan
    }

    /// An agent that starts anew against a forwarder with an earlier agent's tables: it rewrites what it wants under a new generation and sweeps the rest.
    @Test func resynchronisation() throws {
        var before = AgentInputs(host: SampleCloud.host)
        for event in events { apply(event, to: &before) }
        var indexes = AgentIndexes()
        var forwarder = ModelForwarder()
        try forwarder.apply(Difference.requests(from: [:], to: AgentPlan(before, &indexes).tables, generation: 1))
        var after = before
        after.ports[SampleCloud.id(2)] = nil
        after.routes.forgot("cn1")
        after.routes.forgot("cn2")
        var restored = AgentIndexes()
        try restored.restore(indexes.file)
        let plan = AgentPlan(after, &restored)
        // The dump of the tables is the actual: nothing that stays is interrupted.
        let requests = Difference.requests(from: forwarder.tables, to: plan.tables, generation: 2, rewritesAll: true)
        try forwarder.apply(requests)
        #expect(forwarder.tables == plan.tables)
        for sweep in Difference.sweeps(generation: 2) where sweep.command != FlowMessage.command { try forwarder.apply(sweep) }
        #expect(forwarder.tables == plan.tables, "what was written with the generation stays")
    }
}
