// Many simulated agents against one control node: how long until everyone knows every route, and what it costs.

import Glibc
import NIOCore
import NIOPosix
import XMPP

/// A run with so many agents, instances and routes.
public struct ScaleRun: Sendable {
    public var servers: [String]
    public var agents = 10
    /// Routing instances `PREFIX0`, `PREFIX1`, …, over which the agents are spread in turn.
    public var instances = 1
    public var instancePrefix = "sim"
    /// Addresses that each agent announces.
    public var routes = 10
    /// Seconds after which the run is given up.
    public var patience = 60.0
    /// Of the control node, when it runs on this machine: its processor time is reported too.
    public var controlProcess: Int32?

    public init(servers: [String]) { self.servers = servers }

    public struct Result: Sendable {
        public var isComplete = false
        public var seconds = 0.0
        public var established = 0
        /// Routes that agents know, and how many they should.
        public var known = 0
        public var expected = 0
        public var items = 0
        public var retracts = 0
        public var bytes = 0
        public var lost: [String] = []
        /// Processor seconds, of this process and of the control node.
        public var ownProcessor = 0.0
        public var controlProcessor: Double?
    }

    /// - Parameter hold: seconds to stay connected after everyone knows everything.
    public func run(hold: Double = 0) async throws -> Result {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: System.coreCount)
        let all = (0..<agents).map { index in
            SimulatedAgent(
                ClientSession.Settings(name: "sim-agent-\(index)"), servers: servers, keepsRoutes: false, on: group.next())
        }
        let started = Self.now()
        let ownBefore = Self.processorTime()
        let controlBefore = controlProcess.flatMap(Self.processorTime(of:))
        for (index, agent) in all.enumerated() {
            let instance = instanceName(of: index)
            let count = routes
            let host = "100.\(64 + index >> 16).\(index >> 8 & 255).\(index & 255)"
            agent.change { statements in
                _ = statements.subscribe(instance: instance, id: 1)
                for route in 0..<count {
                    let number = index * count + route
                    let prefix = "\(10 + number >> 24).\(number >> 16 & 255).\(number >> 8 & 255).\(number & 255)/32"
                    let node = RouteNode(table: TableNode(family: .inet, instance: instance), prefix: prefix)
                    _ = statements.announce(node, entry: SimulatedAgent.entry(prefix, nextHop: host, label: 16 + route))
                }
                return []
            }
            agent.start()
        }
        var result = Result()
        result.expected = expected * min(servers.count, ControlNodeSessions.maximumSessions)
        repeat {
            try await Task.sleep(for: .milliseconds(20))
            try await collect(all, &result)
            result.seconds = Self.now() - started
            result.isComplete = result.known >= result.expected && result.established >= agents
        } while !result.isComplete && result.seconds < patience
        if hold > 0 {
            try await Task.sleep(for: .seconds(hold))
            try await collect(all, &result)
        }
        result.ownProcessor = Self.processorTime() - ownBefore
        if let controlBefore, let after = controlProcess.flatMap(Self.processorTime(of:)) {
            result.controlProcessor = after - controlBefore
        }
        for agent in all { try await agent.stop().get() }
        try await group.shutdownGracefully()
        return result
    }

    private func instanceName(of index: Int) -> String { "\(instancePrefix)\(index % max(instances, 1))" }

    /// Every agent knows every route of its instance, its own included.
    private var expected: Int {
        var members: [String: Int] = [:]
        for index in 0..<agents { members[instanceName(of: index), default: 0] += 1 }
        return members.values.reduce(0) { $0 + $1 * $1 * routes }
    }

    private func collect(_ all: [SimulatedAgent], _ result: inout Result) async throws {
        result.established = 0
        result.known = 0
        result.items = 0
        result.retracts = 0
        result.bytes = 0
        result.lost = []
        for agent in all {
            let report = try await agent.currentReport().get()
            result.established += report.established > 0 ? 1 : 0
            result.known += report.routes
            result.items += report.items
            result.retracts += report.retracts
            result.bytes += report.bytes
            result.lost += report.sessionsLost.map { "\(agent.name): \($0)" }
        }
    }

    private static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private static func processorTime() -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }

    /// Of another process: fields 14 and 15 of /proc/PID/stat, in ticks of the clock.
    private static func processorTime(of process: Int32) -> Double? {
        guard let file = fopen("/proc/\(process)/stat", "r") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = fread(&bytes, 1, bytes.count, file)
        let text = String(decoding: bytes[..<count], as: UTF8.self)
        // The name of the program, in parentheses, may have blanks in it.
        guard let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return nil }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
}
