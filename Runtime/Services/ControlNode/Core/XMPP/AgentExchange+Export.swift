// The way out: from changes of tables to events for agents.

import NetworkTypes
import XMPP

extension AgentExchange {
    // MARK: Instances

    /// Instances were configured, or configured anew: subscriptions that waited for them come to life. The partition knows them already.
    public mutating func configured(_ changed: [RoutingInstance], _ partition: inout RoutePartition) -> [Action] {
        var actions: [Action] = []
        for instance in changed {
            if instance.virtualNetworkNumber != 0 { networkNames[instance.virtualNetworkNumber] = instance.virtualNetwork }
            let old = instances.updateValue(instance, forKey: instance.name)
            if let old, old.id == instance.id {
                if old.virtualNetwork != instance.virtualNetwork { actions += encodeAgain(instance.id, partition) }
                continue
            }
            for id in agents.keys.sorted() where agents[id]?.subscriptions[instance.name]?.instance == nil {
                guard let subscription = agents[id]?.subscriptions[instance.name] else { continue }
                agents[id]?.subscriptions[instance.name]?.instance = instance.id
                agents[id]?.subscriptions[instance.name]?.deferred = [:]
                if !subscription.isStale { actions += join(instance.id, id, &partition) }
                for (node, route) in subscription.deferred { announce(id, node, route, in: instance.id, &partition) }
            }
        }
        return actions
    }

    /// An instance is gone, and with it its routes. Subscriptions to it wait for another of the name.
    public mutating func removed(_ name: String) -> [Action] {
        guard let instance = instances.removeValue(forKey: name) else { return [] }
        var actions: [Action] = []
        for family in RoutingInstance.families {
            let table = TableID(instance.id, family)
            guard let export = exports.removeValue(forKey: table) else { continue }
            // Nothing is left to be looked up when these names are taken out: the routes are retracted.
            for key in Array(export.entries.keys) + export.members.keys.map(AgentTableExport.floodKey) {
                for id in export.subscribers { agents[id]?.output.add(table, key) }
            }
            tableNames[table] = name
            actions += export.subscribers.map(Action.hasOutput)
        }
        for id in agents.keys { agents[id]?.subscriptions[name]?.instance = nil }
        return actions
    }

    // MARK: Joining tables

    mutating func join(_ instance: InstanceID, _ id: PeerID, _ partition: inout RoutePartition) -> [Action] {
        guard let name = instances.first(where: { $0.value.id == instance })?.key,
            agents[id]?.subscriptions[name]?.isSourceOnly == false
        else { return [] }
        for family in RoutingInstance.families {
            let table = TableID(instance, family)
            if exports[table] == nil { open(table, name, &partition) }
            exports[table]?.subscribers.insert(id)
            for key in exports[table]?.entries.keys.sorted() ?? [] { agents[id]?.output.add(table, key) }
        }
        return [.hasOutput(id)]
    }

    mutating func leave(_ instance: InstanceID, _ id: PeerID) {
        for family in RoutingInstance.families {
            let table = TableID(instance, family)
            exports[table]?.subscribers.remove(id)
            // The table is still followed; without an export its changes are dropped.
            if exports[table]?.subscribers.isEmpty == true { exports[table] = nil }
        }
    }

    private mutating func open(_ table: TableID, _ name: String, _ partition: inout RoutePartition) {
        partition.follow(table)
        tableNames[table] = name
        var export = AgentTableExport()
        partition.forEachRoute(table) { key, route in _ = update(&export, name, key, route) }
        exports[table] = export
    }

    // MARK: Changes

    /// Routes of the partition changed.
    public mutating func handle(_ changes: [RouteChange]) -> [Action] {
        var told: Set<PeerID> = []
        for change in changes {
            guard let name = tableNames[change.table], exports[change.table] != nil else { continue }
            guard let key = renew(change.table, name, change.key, change.route) else { continue }
            for id in exports[change.table]?.subscribers ?? [] {
                agents[id]?.output.add(change.table, key)
                told.insert(id)
            }
        }
        return told.sorted().map(Action.hasOutput)
    }

    private mutating func renew(_ table: TableID, _ name: String, _ key: RouteKey, _ route: Route?) -> RouteKey? {
        // Out of the dictionary while it changes, so that nothing is copied.
        guard var export = exports.removeValue(forKey: table) else { return nil }
        let changed = update(&export, name, key, route)
        exports[table] = export
        return changed
    }

    /// Brings an export in line with a route. Returns the name under which agents are to be told; nil when nothing changes for them.
    private func update(_ export: inout AgentTableExport, _ name: String, _ key: RouteKey, _ route: Route?) -> RouteKey? {
        guard let instance = instances[name] else { return nil }
        if case .evpn(.inclusiveMulticast(let tag, _)) = key.prefix {
            let path = route?.equalPaths.first
            guard export.members[tag]?[key] != path else { return nil }
            export.members[tag, default: [:]][key] = path
            return AgentTableExport.floodKey(tag)
        }
        let entry = route.flatMap { writer.entry(key, $0, instance: instance, networks: { networkNames[$0] }) }
        guard export.entries[key] != entry else { return nil }
        export.entries[key] = entry
        return key
    }

    /// The instance belongs to another network: all its entries say so.
    private mutating func encodeAgain(_ instance: InstanceID, _ partition: RoutePartition) -> [Action] {
        var changes: [RouteChange] = []
        for family in RoutingInstance.families {
            let table = TableID(instance, family)
            partition.forEachRoute(table) { key, route in changes.append(RouteChange(table: table, key: key, route: route)) }
        }
        return handle(changes)
    }

    // MARK: Output

    public func hasOutput(_ id: PeerID) -> Bool {
        guard let agent = agents[id], agent.isConnected else { return false }
        return !agent.output.isEmpty || isSettled && agent.isComplete && !agent.isToldOfEnd
    }

    /// Something to tell an agent.
    public enum Output: Sendable {
        /// Bodies of events, in the order in which they are to be sent.
        case events([[UInt8]])
        /// Everything of this partition that there was when the session came up was taken out. Comes once in a session.
        case end
    }

    /// The next things to tell an agent, all of one table; nil when there is nothing.
    public mutating func takeOutput(_ id: PeerID) -> Output? {
        guard var agent = agents[id], agent.isConnected else { return nil }
        guard let (table, keys) = agent.output.take(upTo: RouteEvent.maximumItems) else {
            guard isSettled, agent.isComplete, !agent.isToldOfEnd else { return nil }
            agents[id]?.isToldOfEnd = true
            return .end
        }
        agents[id] = nil
        guard let family = AgentRouteWriter.family(table.family), let name = tableNames[table] else {
            agents[id] = agent
            return .events([])
        }
        var event = RouteEvent(node: TableNode(family: family, instance: name).description)
        for key in keys {
            guard let item = AgentRouteWriter.itemID(key.prefix) else { continue }
            if let entry = exports[table]?.entries[key] ?? flood(key, table, name, id) {
                event.items.append(RouteEvent.Item(id: item, entry: entry))
            } else {
                event.retracts.append(item)
            }
        }
        agent.counters.sentItems += event.items.count
        agent.counters.sentRetracts += event.retracts.count
        agents[id] = agent
        return .events(event.divided().map { Stanza.body(of: .event($0)) })
    }

    /// An agent's part in the flood of a network; nil when it has none.
    private func flood(_ key: RouteKey, _ table: TableID, _ name: String, _ id: PeerID) -> [UInt8]? {
        guard case .evpn(.inclusiveMulticast(let tag, _)) = key.prefix, let instance = instances[name],
            let members = exports[table]?.members[tag], let own = members.values.first(where: { $0.source.peer == id })
        else { return nil }
        let others = members.filter { $0.value.attributes.nextHop != own.attributes.nextHop }.sorted { $0.key < $1.key }.map(\.value)
        return writer.flood(tag: tag, own: own, others: others, instance: instance, networks: { networkNames[$0] })
    }

    // MARK: For people

    /// What is known of an agent.
    public struct AgentSummary: Hashable, Sendable {
        public let id: PeerID
        public let name: String
        public let address: IPAddress
        public let isConnected: Bool
        /// It said all that it has.
        public let isComplete: Bool
        public let subscriptions: [String]
        /// Subscriptions to instances that are not configured.
        public let waiting: [String]
        /// Routes in the tables.
        public let routes: Int
        /// Routes that it is yet to be told of.
        public let pending: Int
        public let counters: AgentCounters
    }

    public func summaries(_ partition: RoutePartition) -> [AgentSummary] {
        agents.values.sorted { $0.name < $1.name }.map { agent in
            AgentSummary(
                id: agent.id, name: agent.name, address: agent.address, isConnected: agent.isConnected, isComplete: agent.isComplete,
                subscriptions: agent.subscriptions.filter { $0.value.instance != nil }.keys.sorted(),
                waiting: agent.subscriptions.filter { $0.value.instance == nil }.keys.sorted(),
                routes: partition.pathCount(of: agent.id).values.reduce(0, +), pending: agent.output.count, counters: agent.counters)
        }
    }
}
