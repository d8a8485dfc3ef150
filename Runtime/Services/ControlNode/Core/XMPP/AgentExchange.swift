// The exchange of routes with agents: who is subscribed to what, what they announced, what they are yet to be told. Decides over a route
// partition that its caller owns and hands in; each partition has an exchange of its own, which hears of all sessions and subscriptions and
// of the routes of that partition. Requests come in; what must happen to connections and timers goes out as actions; routes for an agent
// are taken out with `takeOutput`, when its connection can carry more, so a slow agent makes nothing grow but a set of names.
//
// A session that breaks the rules (subscribes twice, ends or uses a subscription that it does not have) is closed. A session that ends
// leaves its routes and subscriptions behind, marked, for a time: an agent that returns and says the same again changes nothing for others.

import NetworkTypes
import XMPP

public struct AgentExchange: Sendable {
    public struct Settings: Hashable, Sendable {
        public var system: ASNumber
        /// How long the routes of a lost agent are used on. 0: not at all.
        public var staleSeconds = 300.0
        /// How long after a session came up its agent counts as done when it does not say so.
        public var endOfRIBSeconds = 60.0
        /// How long after the first session of a control node that has just started its agents may take to come back. Before they are back no
        /// agent is told of the end: it would take the routes of those that are still on their way for gone. 0: nobody is waited for.
        public var returnSeconds = 0.0
        /// How many routes of an agent wait for instances that are not there yet.
        public var maximumDeferred = 65536

        public init(system: ASNumber) { self.system = system }
    }

    public enum Timer: Hashable, Sendable {
        /// The routes that a lost agent left are withdrawn.
        case stale(PeerID)
        case endOfRIB(PeerID)
        /// Agents that were here before a start have had their time to come back.
        case agentsReturn
    }

    public enum Action: Hashable, Sendable {
        /// The agent broke a rule: close its connection, and say so with `disconnect` when it is closed.
        case close(PeerID, reason: String)
        case startTimer(Timer, seconds: Double)
        case stopTimer(Timer)
        /// `takeOutput` has something for the agent.
        case hasOutput(PeerID)
    }

    /// Numbers of agents as peers begin here; BGP speakers have the lower ones. The same name always has the same number.
    public static let firstPeer: UInt32 = 1 << 30

    struct Agent: Sendable {
        let id: PeerID
        let name: String
        var address: IPAddress
        var isConnected = true
        var subscriptions: [String: AgentSubscription] = [:]
        var output = AgentOutput()
        var counters = AgentCounters()
        /// It said, or is taken to have said, all that it has.
        var isComplete = false
        var isToldOfEnd = false
    }

    public let settings: Settings
    var agents: [PeerID: Agent] = [:]
    var instances: [String: RoutingInstance] = [:]
    var exports: [TableID: AgentTableExport] = [:]
    /// The instances of tables that agents were told of, also of those that are gone.
    var tableNames: [TableID: String] = [:]
    let writer: AgentRouteWriter
    /// Network names by number, for the entries of imported routes.
    var networkNames: [UInt32: String] = [:]
    /// Agents that were here before the control node started are back, as far as is known, and agents may be told of the end.
    private(set) var isSettled: Bool
    private var isWaiting = false
    /// The agents that there are in the configuration, by name; they may be connected to other control nodes. Nil: not known yet.
    private var expected: Set<String>?

    public init(_ settings: Settings) {
        self.settings = settings
        isSettled = settings.returnSeconds <= 0
        writer = AgentRouteWriter(system: settings.system)
    }

    // MARK: Sessions

    /// An agent opened its stream. A session that it still has ends with this.
    public mutating func connect(_ id: PeerID, name: String, address: IPAddress, _ partition: inout RoutePartition) -> [Action] {
        let actions = agents[id]?.isConnected == true ? disconnect(id, &partition) : []
        if agents[id] == nil {
            agents[id] = Agent(id: id, name: name, address: address)
        } else {
            agents[id]?.address = address
            agents[id]?.isConnected = true
            agents[id]?.counters.sessions += 1
        }
        return actions + [.startTimer(.endOfRIB(id), seconds: settings.endOfRIBSeconds)] + waitForReturn()
    }

    private mutating func waitForReturn() -> [Action] {
        guard !isSettled, !isWaiting else { return [] }
        isWaiting = true
        return [.startTimer(.agentsReturn, seconds: settings.returnSeconds)]
    }

    /// The agents that there are in the configuration: once all of them have said all that they have, nobody else is waited for.
    public mutating func expect(_ names: Set<String>) -> [Action] {
        expected = names
        return settleIfAllAreBack()
    }

    private mutating func settleIfAllAreBack() -> [Action] {
        guard !isSettled, let expected else { return [] }
        let complete = Set(agents.values.filter { $0.isConnected && $0.isComplete }.map(\.name))
        return expected.isSubset(of: complete) ? settle() : []
    }

    private mutating func settle() -> [Action] {
        guard !isSettled else { return [] }
        isSettled = true
        return [.stopTimer(.agentsReturn)]
            + agents.values.filter { $0.isConnected && $0.isComplete }.map(\.id).sorted().map(Action.hasOutput)
    }

    /// The connection of an agent ended, by whomever.
    public mutating func disconnect(_ id: PeerID, _ partition: inout RoutePartition) -> [Action] {
        guard var agent = agents[id], agent.isConnected else { return [] }
        agent.isConnected = false
        leaveAll(&agent)
        agents[id] = agent
        partition.markStale(peer: id)
        guard settings.staleSeconds > 0 else { return [.stopTimer(.endOfRIB(id))] + forget(id, &partition) }
        // A loss while an earlier one is not yet made good starts the time anew.
        return [.stopTimer(.endOfRIB(id)), .startTimer(.stale(id), seconds: settings.staleSeconds)]
    }

    public mutating func handle(_ timer: Timer, _ partition: inout RoutePartition) -> [Action] {
        switch timer {
        case .stale(let id): agents[id]?.isConnected == true ? sweep(id, &partition) : forget(id, &partition)
        case .endOfRIB(let id): complete(id, &partition)
        case .agentsReturn: settle()
        }
    }

    /// Takes an agent out of all exports and marks its subscriptions.
    private mutating func leaveAll(_ agent: inout Agent) {
        for (name, subscription) in agent.subscriptions {
            agent.subscriptions[name]?.isStale = true
            agent.subscriptions[name]?.deferred = [:]
            if let instance = subscription.instance { leave(instance, agent.id) }
        }
        agent.output = AgentOutput()
        agent.isComplete = false
        agent.isToldOfEnd = false
    }

    /// Everything of an agent goes.
    private mutating func forget(_ id: PeerID, _ partition: inout RoutePartition) -> [Action] {
        guard agents.removeValue(forKey: id) != nil else { return [] }
        partition.withdrawAll(of: id)
        return [.stopTimer(.stale(id))]
    }

    /// What is still marked goes.
    private mutating func sweep(_ id: PeerID, _ partition: inout RoutePartition) -> [Action] {
        partition.sweepStale(peer: id)
        for (name, subscription) in agents[id]?.subscriptions ?? [:] where subscription.isStale {
            agents[id]?.subscriptions[name] = nil
            guard let instance = subscription.instance else { continue }
            for family in RoutingInstance.families { partition.withdrawAll(of: id, table: TableID(instance, family)) }
        }
        return [.stopTimer(.stale(id))]
    }

    private mutating func complete(_ id: PeerID, _ partition: inout RoutePartition) -> [Action] {
        guard agents[id]?.isConnected == true, agents[id]?.isComplete == false else { return [] }
        agents[id]?.isComplete = true
        return [.stopTimer(.endOfRIB(id))] + sweep(id, &partition) + [.hasOutput(id)] + settleIfAllAreBack()
    }

    // MARK: Requests

    /// What an agent asks for. Routes of other partitions are not to be handed in.
    public mutating func handle(_ request: AgentRequest, from id: PeerID, _ partition: inout RoutePartition) -> [Action] {
        guard agents[id]?.isConnected == true else { return [] }
        do throws(AgentViolation) {
            switch request {
            case .subscribe(let subscription): return try subscribe(id, subscription, &partition)
            case .unsubscribe(let subscription): return try unsubscribe(id, subscription, &partition)
            case .announce(let node, let route): try take(id, node, route, isAnnouncement: true, &partition)
            case .withdraw(let node, let route): try take(id, node, route, isAnnouncement: false, &partition)
            case .endOfRIB: return complete(id, &partition)
            case .refused: agents[id]?.counters.refused += 1
            case .subscribeConfiguration, .unsubscribeConfiguration: break
            }
            return []
        } catch {
            return [.close(id, reason: error.description)]
        }
    }

    private mutating func subscribe(
        _ id: PeerID, _ request: Subscription, _ partition: inout RoutePartition
    ) throws(AgentViolation) -> [Action] {
        let name = request.node
        let old = agents[id]?.subscriptions[name]
        guard old == nil || old?.isStale == true else { throw AgentViolation("a second subscription to \(name)") }
        var subscription = AgentSubscription(number: request.instanceID ?? 0, isSourceOnly: request.isSourceOnly)
        subscription.instance = instances[name]?.id
        agents[id]?.subscriptions[name] = subscription
        return subscription.instance.map { join($0, id, &partition) } ?? []
    }

    private mutating func unsubscribe(
        _ id: PeerID, _ request: Subscription, _ partition: inout RoutePartition
    ) throws(AgentViolation) -> [Action] {
        guard let subscription = agents[id]?.subscriptions[request.node], !subscription.isStale else {
            throw AgentViolation("the end of a subscription to \(request.node), which there is not")
        }
        agents[id]?.subscriptions[request.node] = nil
        guard let instance = subscription.instance else { return [] }
        leave(instance, id)
        for family in RoutingInstance.families {
            let table = TableID(instance, family)
            agents[id]?.output.drop(table)
            partition.withdrawAll(of: id, table: table)
        }
        return []
    }

    private mutating func take(
        _ id: PeerID, _ node: RouteNode, _ route: AgentRoute, isAnnouncement: Bool, _ partition: inout RoutePartition
    ) throws(AgentViolation) {
        let name = node.table.instance
        guard let subscription = agents[id]?.subscriptions[name], !subscription.isStale else {
            throw AgentViolation("a route of \(name), to which there is no subscription")
        }
        agents[id]?.counters.received += 1
        guard let instance = subscription.instance else {
            if isAnnouncement, subscription.deferred.count >= settings.maximumDeferred {
                throw AgentViolation("\(settings.maximumDeferred) routes for \(name), which does not exist")
            }
            agents[id]?.subscriptions[name]?.deferred[node] = isAnnouncement ? route : nil
            return
        }
        if isAnnouncement {
            announce(id, node, route, in: instance, &partition)
        } else {
            partition.withdraw(TableID(instance, route.family), route.key, peer: id)
        }
    }

    mutating func announce(
        _ id: PeerID, _ node: RouteNode, _ route: AgentRoute, in instance: InstanceID, _ partition: inout RoutePartition
    ) {
        guard let agent = agents[id], let subscription = agent.subscriptions[node.table.instance] else { return }
        let router = Self.routerID(route.attributes.nextHop, agent.address)
        // The index of the original instance, for routes that the agent leaked between its own.
        let index = UInt16(truncatingIfNeeded: node.nativeInstance ?? subscription.number)
        let path = Path(
            source: PathSource(peer: id, kind: .xmpp, routerID: router), distinguisher: RouteDistinguisher(router, index),
            attributes: partition.intern(route.attributes), label: route.label, evpn: route.evpn, infeasibility: route.infeasibility)
        partition.announce(TableID(instance, route.family), route.key, path)
    }

    /// What identifies an agent among routers: its address in the underlay.
    private static func routerID(_ nextHop: IPAddress, _ address: IPAddress) -> IPv4Address {
        if case .v4(let address) = nextHop { return address }
        if case .v4(let address) = address { return address }
        return .any
    }
}

/// An agent's subscription to a routing instance.
struct AgentSubscription: Sendable {
    /// The agent's own number of the instance.
    let number: UInt32
    let isSourceOnly: Bool
    /// Nil as long as the instance is not configured.
    var instance: InstanceID?
    /// Of a session that ended, and not said again.
    var isStale = false
    /// Announcements that wait for the instance.
    var deferred: [RouteNode: AgentRoute] = [:]

    init(number: UInt32, isSourceOnly: Bool) {
        self.number = number
        self.isSourceOnly = isSourceOnly
    }
}

public struct AgentCounters: Hashable, Sendable {
    public var sessions = 1
    /// Announcements and withdrawals.
    public var received = 0
    public var refused = 0
    /// Routes in events.
    public var sentItems = 0
    public var sentRetracts = 0
}
