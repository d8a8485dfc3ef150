// Agents as tests speak for them: in payloads of stanzas, against an exchange and a partition; and what they are told, in words.

import Coding
import NetworkTypes
import RouteMessages
import Testing
import XMPP

@testable import ControlNodeCore

/// An exchange with its partition and, for each agent, what it was told last of each route.
struct ExchangeBench {
    var exchange: AgentExchange
    var partition: RoutePartition
    /// By agent, table and name: the entry. Like an agent that believes everything.
    var known: [String: [String: [UInt8]]] = [:]
    /// Tables' ends that agents were told of.
    var ends: [String: Int] = [:]
    var closed: [String: String] = [:]
    var refused: [String] = []
    var timers: Set<AgentExchange.Timer> = []
    var ids: [String: PeerID] = [:]
    private var speeches: [String: AgentSpeech] = [:]
    var messages = 0

    init(staleSeconds: Double = 300, returnSeconds: Double = 0) {
        var settings = AgentExchange.Settings(system: ASNumber(64512))
        settings.staleSeconds = staleSeconds
        settings.returnSeconds = returnSeconds
        exchange = AgentExchange(settings)
        partition = RoutePartition(system: ASNumber(64512))
    }

    mutating func configure(_ instances: [RoutingInstance]) throws {
        partition.configure(instances)
        try perform(exchange.configured(instances, &partition))
    }

    mutating func connect(_ name: String) throws {
        let id = ids[name] ?? PeerID(AgentExchange.firstPeer + UInt32(ids.count))
        let actions = exchange.connect(id, name: name, address: .v4(IPv4Address(127, 0, 0, 1)), &partition)
        ids[name] = id
        speeches[name] = AgentSpeech(system: ASNumber(64512))
        closed[name] = nil
        known[name] = [:]
        try perform(actions)
    }

    mutating func disconnect(_ name: String) throws { try perform(exchange.disconnect(try id(name), &partition)) }

    func id(_ name: String) throws -> PeerID { try #require(ids[name]) }

    mutating func say(_ name: String, _ payload: Stanza.Payload) throws {
        // Through the bytes, as on the wire.
        let stanza = try Stanza(parsing: Stanza.fromAgent(name, payload, number: 1).bytes)
        do throws(AgentViolation) {
            guard let request = try speeches[name]?.request(stanza.payload) else { return }
            if case .refused(let node, let reason) = request { refused.append("\(node): \(reason)") }
            let id = ids[name] ?? .local
            try? perform(exchange.handle(request, from: id, &partition))
        } catch {
            let id = ids[name] ?? .local
            try perform([.close(id, reason: error.description)])
        }
    }

    mutating func subscribe(_ name: String, _ instance: String, number: UInt32 = 1) throws {
        try say(name, .subscribe(Subscription(node: instance, instanceID: number)))
    }

    mutating func announce(_ name: String, _ node: String, _ entry: [UInt8], instance: String = "v") throws {
        try say(name, .publish(Publication(node: node, entries: [entry])))
        try say(name, .associate(instance: instance, node: node))
    }

    mutating func withdraw(_ name: String, _ node: String, _ entry: [UInt8], instance: String = "v") throws {
        try say(name, .publish(Publication(node: node, entries: [entry])))
        try say(name, .dissociate(instance: instance, node: node))
    }

    mutating func fire(_ timer: AgentExchange.Timer) throws {
        timers.remove(timer)
        try perform(exchange.handle(timer, &partition))
    }

    mutating func perform(_ actions: [AgentExchange.Action]) throws {
        for action in actions {
            switch action {
            case .close(let id, let reason):
                let name = ids.first { $0.value == id }?.key ?? "?"
                closed[name] = reason
                try perform(exchange.disconnect(id, &partition))
            case .startTimer(let timer, _): timers.insert(timer)
            case .stopTimer(let timer): timers.remove(timer)
            case .hasOutput: break
            }
        }
        try carry()
    }

    /// Changes go to the agents, and their connections carry everything at once.
    private mutating func carry() throws {
        if partition.hasChanges { _ = exchange.handle(partition.takeChanges()) }
        for (name, id) in ids {
            while exchange.hasOutput(id) {
                switch exchange.takeOutput(id) {
                case .events(let bodies):
                    let to = Address(name, resource: Address.routes)
                    for body in bodies { try receive(name, Stanza.message(from: .controlNode, to: to, body: body)) }
                case .end: ends[name, default: 0] += 1
                case nil: Issue.record("output was promised")
                }
            }
        }
    }

    private mutating func receive(_ name: String, _ bytes: [UInt8]) throws {
        messages += 1
        let stanza = try Stanza(parsing: bytes)
        #expect(stanza.to == Address(name, resource: Address.routes))
        switch stanza.payload {
        case .event(let event):
            #expect(event.items.count <= 32 && event.retracts.count <= 256)
            for item in event.items { known[name, default: [:]]["\(event.node) \(item.id)"] = item.entry }
            for id in event.retracts { known[name, default: [:]]["\(event.node) \(id)"] = nil }
        default: Issue.record("an agent is told \(stanza.payload)")
        }
    }

    /// Next hops and labels that an agent knows for a route: `192.0.2.1:25 192.0.2.2:26`.
    func hops(_ name: String, _ route: String) throws -> String? {
        guard let bytes = known[name]?[route] else { return nil }
        let entry = try UnicastEntry(xml: bytes)
        return entry.nextHops?.nextHop?.map { "\($0.address ?? ""):\($0.label ?? 0)" }.sorted().joined(separator: " ")
    }
}

func unicastEntry(
    _ prefix: String, host: Int, label: Int, preference: Int = 100, encapsulations: [String] = ["gre", "udp"], sequence: Int? = nil
) -> [UInt8] {
    UnicastEntry(
        nlri: UnicastDestination(af: prefix.contains(":") ? 2 : 1, safi: 1, address: prefix),
        nextHops: UnicastNextHopList(nextHop: [
            UnicastNextHop(
                af: 1, address: "192.0.2.\(host)", label: label,
                tunnelEncapsulationList: TunnelEncapsulationList(tunnelEncapsulation: encapsulations))
        ]),
        version: 1, virtualNetwork: "d:p:v", sequenceNumber: sequence, localPreference: preference, med: 0
    ).xml(root: "entry")
}

func ethernetEntry(_ mac: String, _ address: String = "0.0.0.0/32", host: Int, label: Int, tag: Int = 0, vxlan: Bool = false) -> [UInt8] {
    EthernetEntry(
        nlri: EthernetDestination(af: 25, safi: 242, ethernetTag: tag, mac: mac, address: address),
        nextHops: EthernetNextHopList(nextHop: [
            EthernetNextHop(
                af: 1, address: "192.0.2.\(host)", label: label,
                tunnelEncapsulationList: TunnelEncapsulationList(tunnelEncapsulation: vxlan ? ["vxlan"] : ["gre", "udp"]))
        ])
    ).xml(root: "entry")
}

func routingInstance(_ id: UInt32, _ name: String, network: UInt32 = 0, imports: [String] = [], exports: [String] = []) -> RoutingInstance {
    func targets(_ texts: [String]) -> Set<RouteTarget> { Set(texts.compactMap { try? RouteTarget(parsing: $0) }) }
    return RoutingInstance(
        id: InstanceID(id), name: name, importTargets: targets(imports), exportTargets: targets(exports),
        virtualNetwork: "d:p:\(name)", virtualNetworkNumber: network)
}
