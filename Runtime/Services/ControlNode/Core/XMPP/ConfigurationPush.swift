// Configuration for agents: who is to know what, and who has been told. The graph is its caller's; effects of its changes come in, and what
// an agent is yet to be told is taken out when its connection can carry more. A change reaches only agents whose part of the graph it
// touches; these are found by an index from nodes to agents, and only what differs is sent. Nodes go before the links between them, links
// are withdrawn before their nodes. The graph has values as the API gives them, in JSON; on the channel they are XML.

import Coding
import Graph
import XMPP

public struct ConfigurationPush: Sendable {
    /// One thing to tell; what it is now is looked up when it is sent.
    private enum Step: Hashable, Sendable {
        case removeLink(LinkName)
        case removeNode(NodeName)
        case node(NodeName)
        case link(LinkName)

        /// How many objects of a stanza it takes.
        var objects: Int {
            switch self {
            case .removeNode, .node: 1
            case .removeLink: 3
            // With the old form, when the data came or went.
            case .link: 4
            }
        }
    }

    private struct Agent: Sendable {
        let name: String
        var router: NodeName?
        /// Identifiers of virtual machines, in lower case.
        var machines: Set<String> = []
        /// What it knows once everything in `steps` was sent.
        var view = ConfigurationView.empty
        var steps: [Step] = []
        var next = 0
        /// Nodes and links in `steps` that are not followed there by their removal.
        var queued: Set<Step> = []
        /// What it was told and not told to forget: a thing that came and went before its turn is not mentioned at all.
        var toldNodes: Set<NodeName> = []
        /// With whether the link had data, which is another form of it on the channel.
        var toldLinks: [LinkName: Bool] = [:]

        mutating func add(_ step: Step) {
            switch step {
            case .node, .link:
                guard queued.insert(step).inserted else { return }
            case .removeNode(let node): queued.remove(.node(node))
            case .removeLink(let link): queued.remove(.link(link))
            }
            steps.append(step)
        }

        /// What to say for a step. A node or link that is gone by now is passed over: its removal comes later in the queue.
        mutating func statements(for step: Step, _ graph: GraphStore, _ wire: ConfigurationWire) -> [ConfigurationStatement] {
            switch step {
            case .removeNode(let node): return toldNodes.remove(node) != nil ? [.delete(.node(node, properties: [:]))] : []
            case .removeLink(let link): return forget(link)
            case .node(let node):
                guard let properties = graph.properties(of: node) else { return [] }
                toldNodes.insert(node)
                return [.update(.node(node, properties: wire.properties(properties, of: node)))]
            case .link(let link):
                guard toldNodes.contains(link.left), toldNodes.contains(link.right), let data = Self.data(of: link, graph) else {
                    return []
                }
                let content = data.map { wire.data($0, of: link) }
                let isOtherForm = toldLinks[link].map { $0 != (data != nil) } ?? false
                let old = isOtherForm ? forget(link) : []
                toldLinks[link] = data != nil
                return old + ConfigurationObject.link(link, data: content).map { .update($0) }
            }
        }

        /// In the opposite order of their coming: links before the node between them.
        private mutating func forget(_ link: LinkName) -> [ConfigurationStatement] {
            guard let hadData = toldLinks.removeValue(forKey: link) else { return [] }
            return ConfigurationObject.link(link, data: hadData ? [] : nil).reversed().map { .delete($0) }
        }

        /// The link's data; nil when there is no such link. That a virtual router has a machine is stated by the subscription to it, in the
        /// graph or not.
        private static func data(of link: LinkName, _ graph: GraphStore) -> [UInt8]?? {
            if let data = graph.data(of: link) { return .some(data) }
            let isStated = link.metadata == ConfigurationView.membershipLink && graph.contains(link.left) && graph.contains(link.right)
            return isStated ? .some(nil) : nil
        }
    }

    private var agents: [PeerID: Agent] = [:]
    /// Who knows a node, or waits for it.
    private var interested: [NodeName: Set<PeerID>] = [:]
    /// Virtual machines by the identifiers that agents know them by.
    private var machines: [String: NodeName] = [:]
    private var machineIDs: [NodeName: String] = [:]
    private let wire: ConfigurationWire

    /// - Parameter schema: the types of nodes and links. What it does not have is not sent.
    public init(_ schema: GraphSchema) { wire = ConfigurationWire(schema) }

    // MARK: Subscriptions

    /// An agent subscribed to configuration. True: there is something to tell it.
    ///
    /// - Parameter node: `virtual-router:NAME` or `virtual-machine:UUID`. A second virtual router is ignored, as agents repeat themselves.
    public mutating func subscribe(_ id: PeerID, name: String, node: String, _ graph: GraphStore) -> Bool {
        var agent = agents[id] ?? Agent(name: name)
        if let router = Self.suffix(node, Subscription.virtualRouterPrefix) {
            guard agent.router == nil else { return false }
            agent.router = NodeName(type: "virtual-router", name: router)
        } else if let machine = Self.suffix(node, Subscription.virtualMachinePrefix)?.lowercased() {
            guard agent.machines.insert(machine).inserted else { return false }
        } else {
            return false
        }
        agents[id] = agent
        refresh(id, graph)
        return hasOutput(id)
    }

    public mutating func unsubscribe(_ id: PeerID, node: String, _ graph: GraphStore) -> Bool {
        guard let machine = Self.suffix(node, Subscription.virtualMachinePrefix)?.lowercased(),
            agents[id]?.machines.remove(machine) != nil
        else { return false }
        refresh(id, graph)
        return hasOutput(id)
    }

    /// Whether a subscription is to configuration, rather than to a routing instance.
    public static func isConfiguration(_ subscription: Subscription) -> Bool {
        subscription.node.hasPrefix(Subscription.virtualRouterPrefix) || subscription.node.hasPrefix(Subscription.virtualMachinePrefix)
    }

    /// The agent's session ended: the next one is told everything from the beginning.
    public mutating func forget(_ id: PeerID) {
        guard let agent = agents.removeValue(forKey: id) else { return }
        for node in agent.view.nodes.union(roots(of: agent)) { removeInterest(id, node) }
    }

    private static func suffix(_ text: String, _ prefix: String) -> String? {
        text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : nil
    }

    // MARK: Changes

    /// The graph changed. Returns the agents that there is something to tell.
    public mutating func handle(_ effects: [GraphEffect], _ graph: GraphStore) -> [PeerID] {
        var stale: Set<PeerID> = []
        var told: Set<PeerID> = []
        for effect in effects {
            switch effect {
            case .nodeAdded(let node):
                note(machine: node, graph)
                stale.formUnion(interested[node] ?? [])
                if let machine = machineIDs[node] { stale.formUnion(agents.filter { $0.value.machines.contains(machine) }.keys) }
            case .nodeChanged(let node, let properties):
                if properties.contains(Self.identityProperty) { note(machine: node, graph) }
                for id in interested[node] ?? [] where agents[id]?.view.nodes.contains(node) == true {
                    agents[id]?.add(.node(node))
                    told.insert(id)
                }
            case .nodeRemoved(let node):
                stale.formUnion(interested[node] ?? [])
                if let machine = machineIDs.removeValue(forKey: node) { machines[machine] = nil }
            case .linkAdded(let link), .linkRemoved(let link):
                stale.formUnion(interested[link.left] ?? [])
                stale.formUnion(interested[link.right] ?? [])
            case .linkChanged(let link):
                for id in interested[link.left] ?? [] where agents[id]?.view.links.contains(link) == true {
                    agents[id]?.add(.link(link))
                    told.insert(id)
                }
            }
        }
        for id in stale { refresh(id, graph) }
        return told.union(stale).filter(hasOutput).sorted()
    }

    /// Brings what an agent is to know in line with the graph, and queues the difference.
    private mutating func refresh(_ id: PeerID, _ graph: GraphStore) {
        guard var agent = agents[id] else { return }
        let new = ConfigurationView(router: agent.router, machines: agent.machines.sorted().compactMap { machines[$0] }, graph: graph)
        let old = agent.view
        for link in old.links.subtracting(new.links).sorted() { agent.add(.removeLink(link)) }
        for node in old.nodes.subtracting(new.nodes).sorted() { agent.add(.removeNode(node)) }
        for node in new.nodes.subtracting(old.nodes).sorted() { agent.add(.node(node)) }
        for link in new.links.subtracting(old.links).sorted() { agent.add(.link(link)) }
        agent.view = new
        agents[id] = agent
        let known = new.nodes.union(roots(of: agent))
        for node in known { interested[node, default: []].insert(id) }
        for node in old.nodes.subtracting(known) { removeInterest(id, node) }
    }

    private func roots(of agent: Agent) -> Set<NodeName> {
        Set([agent.router].compactMap { $0 } + agent.machines.compactMap { machines[$0] })
    }

    private mutating func removeInterest(_ id: PeerID, _ node: NodeName) {
        interested[node]?.remove(id)
        if interested[node]?.isEmpty == true { interested[node] = nil }
    }

    // MARK: Virtual machines

    private static let identityProperty = "id-perms"

    /// Learns the identifier of a virtual machine. Its name usually is the identifier, but need not be.
    private mutating func note(machine node: NodeName, _ graph: GraphStore) {
        guard node.type == "virtual-machine" else { return }
        if let old = machineIDs.removeValue(forKey: node) { machines[old] = nil }
        let identity = graph.properties(of: node)?[Self.identityProperty].flatMap { MachineIdentity(json: $0)?.text }
        let text = identity ?? node.name.lowercased()
        machines[text] = node
        machineIDs[node] = text
    }

    // MARK: Output

    public func hasOutput(_ id: PeerID) -> Bool { agents[id].map { $0.next < $0.steps.count } ?? false }

    /// The next stanza for an agent; nil when there is nothing to tell.
    public mutating func takeOutput(_ id: PeerID, _ graph: GraphStore) -> [UInt8]? {
        guard var agent = agents.removeValue(forKey: id) else { return nil }
        defer { agents[id] = agent }
        var statements: [ConfigurationStatement] = []
        while agent.next < agent.steps.count {
            let step = agent.steps[agent.next]
            if statements.count + step.objects > ConfigurationStatement.maximumObjects { break }
            agent.next += 1
            agent.queued.remove(step)
            statements += agent.statements(for: step, graph, wire)
        }
        if agent.next == agent.steps.count {
            agent.steps = []
            agent.next = 0
        }
        guard !statements.isEmpty else { return nil }
        let to = Address(agent.name, resource: Address.configuration)
        return Stanza(from: .controlNode, to: to, payload: .configuration(statements)).bytes
    }

    // MARK: For people

    /// How many nodes and links an agent is to know.
    public func counts(_ id: PeerID) -> (nodes: Int, links: Int) { agents[id].map { ($0.view.nodes.count, $0.view.links.count) } ?? (0, 0) }
}

/// The identifier in the property `id-perms`: two halves as numbers.
private struct MachineIdentity {
    let text: String

    private static let properties = MemberTable(["uuid"])
    private static let halves = MemberTable(["uuid_mslong", "uuid_lslong"])

    init?(json: [UInt8]) {
        guard let (high, low) = try? Self.read(json), high != 0 || low != 0 else { return nil }
        let digits = Self.hexadecimal(high) + Self.hexadecimal(low)
        var groups: [Substring] = []
        var rest = digits[...]
        for length in [8, 4, 4, 4, 12] {
            groups.append(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
        text = groups.joined(separator: "-")
    }

    private static func hexadecimal(_ value: UInt64) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: 16 - text.count) + text
    }

    private static func read(_ json: [UInt8]) throws(CodingError) -> (UInt64, UInt64) {
        try JSONReader.read(json, unknownMembers: .skip) { reader throws(CodingError) in
            var numbers: [UInt64] = [0, 0]
            try reader.beginObject()
            while try reader.nextMember(properties) != nil {
                if try reader.readNull() { continue }
                try reader.beginObject()
                while let half = try reader.nextMember(halves) { numbers[half] = try reader.unsignedInteger() }
            }
            return (numbers[0], numbers[1])
        }
    }
}
