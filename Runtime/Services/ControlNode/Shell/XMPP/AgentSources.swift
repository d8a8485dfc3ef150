// Where what an agent is told comes from: the exchange of each partition, and the configuration. Each works on an event loop of its own. A
// source says once that it has something, and is then asked for it by the connection when that can carry more: nothing is pushed into a
// connection that does not move.

import ControlNodeCore
import Graph
import Logging
import NIOCore
import NetworkTypes
import XMPP

/// What a source had for an agent.
struct AgentPull: Sendable {
    /// Bodies of events for the agent's routes.
    var bodies: [[UInt8]] = []
    /// Whole stanzas.
    var stanzas: [[UInt8]] = []
    /// Everything that there was at the beginning has been taken out.
    var isEnd = false
    /// There is more to ask for.
    var hasMore = false
}

protocol AgentSource: Sendable {
    /// What there is for an agent's session. Nothing when the agent has another one by now, for which it is.
    func take(_ id: PeerID, for session: AgentSession) -> EventLoopFuture<AgentPull>
}

/// How much is taken out at once, in bytes: more than one write of the system takes, less than would keep a loop from others.
private let portion = 128 << 10

/// The exchange of one partition, on its engine's event loop.
///
/// `@unchecked`: the variables are touched by tasks of the engine's loop only; every entry from outside goes through `EngineLoop.perform`.
final class AgentPartition: AgentSource, @unchecked Sendable {
    private let index: Int
    private let engine: EngineLoop
    private let directory: AgentDirectory
    private var exchange: AgentExchange
    private var timers: [AgentExchange.Timer: Scheduled<Void>] = [:]
    /// Agents that know that there is something for them.
    private var notified: Set<PeerID> = []

    init(_ index: Int, _ engine: EngineLoop, _ settings: AgentExchange.Settings, _ directory: AgentDirectory) {
        self.index = index
        self.engine = engine
        self.directory = directory
        exchange = AgentExchange(settings)
    }

    private func perform(_ body: @escaping @Sendable (AgentPartition, inout RoutePartition) -> [AgentExchange.Action]) {
        engine.perform { engine in
            let actions = engine.withPartition { body(self, &$0) }
            self.act(actions)
        }
    }

    func connect(_ id: PeerID, name: String, address: IPAddress) {
        perform { mine, partition in
            mine.notified.remove(id)
            return mine.exchange.connect(id, name: name, address: address, &partition)
        }
    }

    func disconnect(_ id: PeerID) {
        perform { mine, partition in mine.exchange.disconnect(id, &partition) }
    }

    /// - Parameter done: called on the engine's loop when all of it was taken in.
    func handle(_ requests: [AgentRequest], from id: PeerID, done: @escaping @Sendable () -> Void) {
        perform { mine, partition in
            var actions: [AgentExchange.Action] = []
            for request in requests { actions += mine.exchange.handle(request, from: id, &partition) }
            done()
            return actions
        }
    }

    func expect(_ names: Set<String>) { perform { mine, _ in mine.exchange.expect(names) } }

    /// The instances are in the partition already.
    func configured(_ instances: [RoutingInstance]) {
        perform { mine, partition in mine.exchange.configured(instances, &partition) }
    }

    /// The instances are gone, or will be before anything else is done with the partition.
    func removed(_ names: [String]) {
        perform { mine, _ in names.flatMap { mine.exchange.removed($0) } }
    }

    /// Changes of the partition's tables. To be called on the engine's loop.
    func changed(_ changes: [RouteChange]) { act(exchange.handle(changes)) }

    func summaries() -> EventLoopFuture<[AgentExchange.AgentSummary]> {
        engine.read { self.exchange.summaries($0.partition) }
    }

    func take(_ id: PeerID, for session: AgentSession) -> EventLoopFuture<AgentPull> {
        engine.read { _ in
            var pull = AgentPull()
            guard self.directory.session(id) === session else { return pull }
            var length = 0
            while length < portion, let output = self.exchange.takeOutput(id) {
                switch output {
                case .events(let bodies):
                    pull.bodies += bodies
                    length += bodies.reduce(0) { $0 + $1.count }
                case .end: pull.isEnd = true
                }
            }
            pull.hasMore = self.exchange.hasOutput(id)
            if !pull.hasMore { self.notified.remove(id) }
            return pull
        }
    }

    private func act(_ actions: [AgentExchange.Action]) {
        for action in actions {
            switch action {
            case .close(let id, let reason): directory.session(id)?.close(reason)
            case .hasOutput(let id):
                if notified.insert(id).inserted { directory.session(id)?.hasOutput(from: index) }
            case .startTimer(let timer, let seconds):
                timers.removeValue(forKey: timer)?.cancel()
                timers[timer] = engine.loop.scheduleTask(in: .milliseconds(Int64(seconds * 1000))) {
                    self.timers[timer] = nil
                    self.perform { mine, partition in mine.exchange.handle(timer, &partition) }
                }
            case .stopTimer(let timer): timers.removeValue(forKey: timer)?.cancel()
            }
        }
    }
}

/// What agents know of the configuration, on the event loop of the graph.
///
/// `@unchecked`: the variables are touched by tasks of the graph's loop only.
final class AgentConfiguration: AgentSource, @unchecked Sendable {
    private let index: Int
    private let state: ConfigurationState
    private let directory: AgentDirectory
    private var push: ConfigurationPush
    private var notified: Set<PeerID> = []
    private var loop: any EventLoop { state.loop }

    init(_ index: Int, _ state: ConfigurationState, _ directory: AgentDirectory) {
        self.index = index
        push = ConfigurationPush(ConfigurationState.schema)
        self.state = state
        self.directory = directory
        state.onEffects { self.changed($0, $1) }
    }

    /// The configuration changed. To be called on the loop.
    private func changed(_ effects: [GraphEffect], _ graph: GraphStore) {
        for id in push.handle(effects, graph) { notify(id) }
    }

    func subscribe(_ id: PeerID, name: String, node: String) {
        loop.execute { if self.push.subscribe(id, name: name, node: node, self.state.graph) { self.notify(id) } }
    }

    func unsubscribe(_ id: PeerID, node: String) {
        loop.execute { if self.push.unsubscribe(id, node: node, self.state.graph) { self.notify(id) } }
    }

    func forget(_ id: PeerID) {
        loop.execute {
            self.push.forget(id)
            self.notified.remove(id)
        }
    }

    func counts(_ ids: [PeerID]) -> EventLoopFuture<[(nodes: Int, links: Int)]> {
        loop.submit { ids.map { self.push.counts($0) } }
    }

    private func notify(_ id: PeerID) {
        if notified.insert(id).inserted { directory.session(id)?.hasOutput(from: index) }
    }

    func take(_ id: PeerID, for session: AgentSession) -> EventLoopFuture<AgentPull> {
        loop.submit {
            var pull = AgentPull()
            guard self.directory.session(id) === session else { return pull }
            var length = 0
            while length < portion, self.push.hasOutput(id) {
                guard let stanza = self.push.takeOutput(id, self.state.graph) else { continue }
                pull.stanzas.append(stanza)
                length += stanza.count
            }
            pull.hasMore = self.push.hasOutput(id)
            if !pull.hasMore { self.notified.remove(id) }
            return pull
        }
    }
}
