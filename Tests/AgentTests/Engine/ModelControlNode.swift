// A control node for tests: the real one's connections and exchange of routes, and configuration as it is given. Bytes in, bytes out.

import AgentCore
import ControlNodeCore
import Graph
import NetworkTypes
import Testing
import XMPP

final class ModelControlNode {
    private struct Agent {
        var connection: AgentConnection
        var speech = AgentSpeech(system: ASNumber(64512))
        var id: PeerID
        var name: String?
        var workloads: Set<String> = []
        var hasRouter = false
    }

    /// By connection, which its owner names.
    private var agents: [String: Agent] = [:]
    private var ids: [String: PeerID] = [:]
    private var exchange: AgentExchange
    private var partition = RoutePartition(system: ASNumber(64512))
    private(set) var graph = GraphStore()
    /// What is to be sent, by connection, and which connections are to be closed.
    private var outgoing: [(String, [UInt8])] = []
    private(set) var closed: [String: String] = [:]
    private(set) var refused: [String] = []
    /// What agents were told of routes: `host-1 1/1/INSTANCE 10.1.1.3/32`, with a minus in front of what was retracted.
    private(set) var told: [String] = []
    private(set) var timers: Set<AgentExchange.Timer> = []
    /// Ends of routes are kept back.
    var isSilentAboutEnds = false

    init(instances: [String: UInt32]) {
        exchange = AgentExchange(AgentExchange.Settings(system: ASNumber(64512)))
        let configured = instances.sorted { $0.key < $1.key }.enumerated().map { number, instance in
            RoutingInstance(
                id: InstanceID(UInt32(number + 1)), name: instance.key,
                virtualNetwork: instance.key.split(separator: ":").dropLast().joined(separator: ":"), virtualNetworkNumber: instance.value)
        }
        partition.configure(configured)
        perform(exchange.configured(configured, &partition))
    }

    func forgetTold() { told = [] }

    // MARK: Configuration

    /// Changes what is configured, and tells all agents that know configuration.
    func configure(_ changes: [GraphChange]) {
        for change in changes {
            graph.apply(change)
            for (key, agent) in agents where !agent.workloads.isEmpty { send(Self.statements(for: change), to: key) }
        }
        flush()
    }

    private static func statements(for change: GraphChange) -> [ConfigurationStatement] {
        switch change {
        case .node(let name, let properties): [.update(.node(name, properties: properties))]
        case .removeNode(let name): [.delete(.node(name, properties: [:]))]
        case .link(let link, let data): ConfigurationObject.link(link, data: data).map { .update($0) }
        case .removeLink(let link): ConfigurationObject.link(link, data: nil).map { .delete($0) }
        }
    }

    private func send(_ statements: [ConfigurationStatement], to key: String) {
        guard let name = agents[key]?.name else { return }
        for part in ConfigurationStatement.divided(statements) {
            let stanza = Stanza(
                from: Address.controlNode, to: Address(name, resource: Address.configuration), payload: .configuration(part))
            outgoing.append((key, stanza.bytes))
        }
    }

    // MARK: Connections

    func accepted(_ key: String) {
        closed[key] = nil
        agents[key] = Agent(connection: AgentConnection(number: 1), id: .local)
        agents[key].map { _ in _ = agents[key]?.connection.handle(.accepted) }
    }

    func disconnected(_ key: String) {
        guard let agent = agents.removeValue(forKey: key), agent.name != nil else { return }
        perform(exchange.disconnect(agent.id, &partition))
    }

    func received(_ key: String, _ bytes: [UInt8]) throws {
        for action in agents[key]?.connection.handle(.received(bytes)) ?? [] {
            switch action {
            case .send(let bytes): outgoing.append((key, bytes))
            case .opened(let header):
                let id = ids[header.from] ?? PeerID(AgentExchange.firstPeer + UInt32(ids.count))
                ids[header.from] = id
                agents[key]?.id = id
                agents[key]?.name = header.from
                perform(exchange.connect(id, name: header.from, address: .v4(.loopback), &partition))
            case .stanza(let stanza): try take(stanza, key)
            case .close(let reason): closed[key] = reason
            case .startTimer, .stopTimer: break
            }
        }
        flush()
    }

    private func take(_ stanza: Stanza, _ key: String) throws {
        guard let id = agents[key]?.id, let request = try agents[key]?.speech.request(stanza.payload) else { return }
        switch request {
        case .subscribeConfiguration(let node):
            if node.hasPrefix(Subscription.virtualRouterPrefix) { agents[key]?.hasRouter = true }
            guard node.hasPrefix(Subscription.virtualMachinePrefix), agents[key]?.hasRouter == true else { return }
            guard agents[key]?.workloads.insert(node).inserted == true, agents[key]?.workloads.count == 1 else { return }
            // All of it: the parts that are another's are none of an agent's interfaces.
            send(graph.snapshot.flatMap(Self.statements), to: key)
        case .unsubscribeConfiguration(let node): agents[key]?.workloads.remove(node)
        case .refused(let node, let reason): refused.append("\(node): \(reason)")
        default: perform(exchange.handle(request, from: id, &partition))
        }
    }

    func fire(_ timer: AgentExchange.Timer) {
        timers.remove(timer)
        perform(exchange.handle(timer, &partition))
        flush()
    }

    private func perform(_ actions: [AgentExchange.Action]) {
        for action in actions {
            switch action {
            case .close(let id, let reason): if let key = agents.first(where: { $0.value.id == id })?.key { closed[key] = reason }
            case .startTimer(let timer, _): timers.insert(timer)
            case .stopTimer(let timer): timers.remove(timer)
            case .hasOutput: break
            }
        }
    }

    private func flush() {
        if partition.hasChanges { perform(exchange.handle(partition.takeChanges())) }
        for (key, agent) in agents {
            guard let name = agent.name else { continue }
            while exchange.hasOutput(agent.id) {
                switch exchange.takeOutput(agent.id) {
                case .events(let bodies):
                    let to = Address(name, resource: Address.routes)
                    for body in bodies {
                        let bytes = Stanza.message(from: .controlNode, to: to, body: body)
                        note(bytes, name)
                        outgoing.append((key, bytes))
                    }
                case .end:
                    guard !isSilentAboutEnds else { continue }
                    let to = Address(name, resource: Address.routes)
                    outgoing.append((key, Stanza.message(from: .controlNode, to: to, body: Stanza.body(of: .endOfRIB))))
                case nil: break
                }
            }
        }
    }

    private func note(_ bytes: [UInt8], _ name: String) {
        guard case .event(let event)? = try? Stanza(parsing: bytes).payload else { return }
        told += event.items.map { "\(name) \(event.node) \($0.id)" } + event.retracts.map { "-\(name) \(event.node) \($0)" }
    }

    /// A third of a hold time has passed.
    func tick() {
        for (key, agent) in agents where agent.name != nil { outgoing.append((key, Liveness.sign)) }
    }

    /// What the connections are to carry.
    func takeOutgoing() -> [(String, [UInt8])] {
        defer { outgoing = [] }
        return outgoing
    }
}
