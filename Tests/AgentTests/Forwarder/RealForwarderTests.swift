// The plan against a forwarder in user space, in a process of its own: it accepts every request, and says that it has what was wanted. The
// program is the one that was built, or the one that TUNGSTEN_VROUTER names.

import Agent
import AgentCore
import Attributes
import ForwarderMessages
import Foundation
import Graph
import NetworkTypes
import Testing

private let program: String? = {
    if let named = ProcessInfo.processInfo.environment["TUNGSTEN_VROUTER"] { return named }
    let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..").standardized
    let built = root.appending(path: ".build/debug/tungsten-vrouter").path
    return FileManager.default.isExecutableFile(atPath: built) ? built : nil
}()

/// A forwarder with empty tables, which ends with this value.
private final class RunningForwarder {
    let socket: String
    private let folder: URL
    private let process = Process()

    init(_ program: String) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "tungsten-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        socket = folder.appending(path: "vrouter.sock").path
        process.executableURL = URL(filePath: program)
        process.arguments = ["--socket", socket, "--flows", "1024", "--overflow-flows", "64"]
        try process.run()
    }

    /// Connects as soon as it listens.
    func connect() throws -> ForwarderSocket {
        let deadline = Date(timeIntervalSinceNow: 10)
        while true {
            do {
                return try ForwarderSocket(path: socket)
            } catch {
                guard process.isRunning, Date() < deadline else { throw error }
                usleep(20_000)
            }
        }
    }

    deinit {
        process.terminate()
        process.waitUntilExit()
        // A folder that stays is no failure of the test.
        try? FileManager.default.removeItem(at: folder)
    }
}

@Suite(.enabled(if: program != nil, "there is no .build/debug/tungsten-vrouter; build it, or name one in TUNGSTEN_VROUTER"))
struct RealForwarderTests {
    private func cloud() -> AgentInputs {
        var inputs = AgentInputs(host: SampleCloud.host)
        for change in SampleCloud.graph { inputs.graph.apply(change) }
        for port: UInt8 in [1, 2, 3] { inputs.ports[SampleCloud.id(port)] = SampleCloud.port(port) }
        let blue = SampleCloud.instance(SampleCloud.blue)
        func hops(_ numbers: UInt8...) -> [RouteNextHop] {
            numbers.map { RouteNextHop(IPv4Address(192, 0, 2, $0), label: 100 + UInt32($0), [.mplsOverUDP]) }
        }
        for (last, route) in [(9, hops(9)), (8, hops(8, 9)), (3, hops(1, 8))] as [(UInt8, [RouteNextHop])] {
            inputs.routes.announced(
                .init(blue, .prefix(.v4(IPv4Prefix(host: IPv4Address(10, 1, 1, last))))), ControllerRoute(route, network: "blue"), by: "cn1"
            )
        }
        inputs.routes.announced(.init(blue, .flood), ControllerRoute(hops(8, 9), network: "blue"), by: "cn1")
        inputs.neighbours[IPv4Address(192, 0, 2, 9)] = MACAddress(2, 0, 0, 0, 9, 9)
        return inputs
    }

    /// What differs, in words.
    private func differences(_ actual: ForwarderTables, _ desired: ForwarderTables) -> [String] {
        Set(actual.keys).union(desired.keys).sorted().compactMap { key in
            actual[key] == desired[key]
                ? nil : "\(key): has \(String(describing: actual[key]?.message)), wants \(String(describing: desired[key]?.message))"
        }
    }

    @Test func theTablesBecomeThePlan() throws {
        let running = try RunningForwarder(try #require(program))
        let forwarder = try running.connect()
        #expect(try forwarder.hello().sender == .forwarder)
        var indexes = AgentIndexes()
        var inputs = cloud()
        var plan = AgentPlan(inputs, &indexes)
        try forwarder.apply(Difference.requests(from: try forwarder.tables(), to: plan.tables, generation: 1))
        #expect(differences(try forwarder.tables(), plan.tables) == [])

        // A workload goes, a neighbour is found, a route changes.
        inputs.ports[SampleCloud.id(2)] = nil
        inputs.neighbours[IPv4Address(192, 0, 2, 8)] = MACAddress(2, 0, 0, 0, 9, 8)
        plan = AgentPlan(inputs, &indexes)
        try forwarder.apply(Difference.requests(from: try forwarder.tables(), to: plan.tables, generation: 1))
        #expect(differences(try forwarder.tables(), plan.tables) == [])

        // An agent that starts anew writes everything under a new generation and sweeps the rest.
        var restored = AgentIndexes()
        try restored.restore(indexes.file)
        inputs.routes.forgot("cn1")
        plan = AgentPlan(inputs, &restored)
        try forwarder.apply(Difference.requests(from: try forwarder.tables(), to: plan.tables, generation: 2, rewritesAll: true))
        try forwarder.apply(Difference.sweeps(generation: 2))
        #expect(differences(try forwarder.tables(), plan.tables) == [])

        // And everything goes.
        plan = AgentPlan(AgentInputs(host: SampleCloud.host), &restored)
        try forwarder.apply(Difference.requests(from: try forwarder.tables(), to: plan.tables, generation: 2))
        #expect(differences(try forwarder.tables(), plan.tables) == [])
    }

    @Test func flowsAreWrittenInPairs() throws {
        let running = try RunningForwarder(try #require(program))
        let forwarder = try running.connect()
        var indexes = AgentIndexes()
        let plan = AgentPlan(cloud(), &indexes)
        try forwarder.apply(Difference.requests(from: try forwarder.tables(), to: plan.tables, generation: 1))
        let interface = try #require(plan.interfaces.values.first { $0.id == SampleCloud.id(1) })
        let tuple = FlowTuple(.v4(IPv4Address(10, 1, 1, 3)), 40000, to: .v4(IPv4Address(10, 1, 1, 4)), 80, .tcp)
        // The entry that a packet would have made.
        let key = FlowKeyed(nextHop: interface.nextHop, tuple: tuple)
        let made = try forwarder.ask(FlowMessage(operation: .add, key: key.message, action: .hold, vrf: interface.vrf))
        let entry = try #require(made.first)
        let arrival = FlowArrival(
            interface: interface.index, vrf: interface.vrf, index: try #require(entry.index), incarnation: try #require(entry.incarnation),
            nextHop: interface.nextHop, tuple: tuple)
        var table = FlowTable()
        try carryOut(table.arrived(arrival, plan, at: 0), forwarder, &table)
        let flows = try forwarder.flows()
        #expect(flows.count == 2)
        #expect(flows.allSatisfy { $0.action == .forward })
        #expect(Set(flows.compactMap(\.reverseIndex)) == Set(flows.compactMap(\.index)))
        for flow in flows { #expect(table.observed(flow, at: 10) == []) }
        try carryOut(table.tick(at: 1_000_000), forwarder, &table)
        #expect(try forwarder.flows().isEmpty)
    }

    private func carryOut(_ actions: [FlowTable.Action], _ forwarder: ForwarderSocket, _ table: inout FlowTable) throws {
        for case .send(let request) in actions {
            let answer = try forwarder.ask(FlowMessage.command, request.attributes, about: "\(request.operation) flow")
            guard let pair = request.reverseOf, let entry = try answer.entries.first.map({ try FlowMessage(attributes: $0) }),
                let index = entry.index, let incarnation = entry.incarnation
            else { continue }
            try carryOut(table.placed(pair, index: index, incarnation: incarnation), forwarder, &table)
        }
    }
}
