// One partition with everything that works on it: what BGP speakers say goes in as messages, what they are to be told comes out as messages,
// and changes of tables that others follow (agents' sessions) come out as they are. A value type; the shell runs one on each of its event
// loops and hands every UPDATE to the engines whose prefixes are in it.
//
// Route target memberships (RFC 4684) are few and every partition needs all of them to know what a speaker wants, so that they are handed to
// every engine; the first one tells speakers of them.

import NetworkTypes

public struct RouteEngine: Sendable {
    /// What is known of this speaker.
    public struct Identity: Hashable, Sendable {
        public var system: ASNumber
        public var routerID: IPv4Address
        /// Set on a route reflector.
        public var clusterID: IPv4Address?

        public init(system: ASNumber, routerID: IPv4Address, clusterID: IPv4Address? = nil) {
            self.system = system
            self.routerID = routerID
            self.clusterID = clusterID
        }
    }

    private struct GroupKey: Hashable {
        let family: AddressFamily
        let policy: ExportPolicy
        let hasFourByteAS: Bool
        /// Groups are limited in size: a further one with the same policy has another number.
        let number: Int
    }

    public let identity: Identity
    /// Which partition of how many.
    public let index: Int
    public let count: Int
    public private(set) var partition: RoutePartition
    private var groups: [GroupKey: UpdateGroup] = [:]
    /// Changes for those who follow other tables, which came up while a speaker was told of its own.
    private var withheld: [RouteChange] = []
    /// The speakers that are told only of routes with targets that they have asked for.
    private var constrained: Set<PeerID> = []
    private var interests: [PeerID: Set<RouteTarget>] = [:]
    /// Speakers that asked for all routes.
    private var wantsAll: Set<PeerID> = []

    public init(_ identity: Identity, index: Int = 0, count: Int = 1) {
        self.identity = identity
        self.index = index
        self.count = count
        partition = RoutePartition(system: identity.system)
        partition.follow(.master(.routeTarget))
    }

    public func holds(_ key: RouteKey) -> Bool {
        if case .routeTarget = key.prefix { return true }
        return count == 1 || key.prefix.partition(of: count) == index
    }

    /// For everything that is not said in BGP messages: agents, configuration, reading.
    public mutating func withPartition<Result>(_ body: (inout RoutePartition) -> Result) -> Result { body(&partition) }

    // MARK: What speakers say

    /// Takes in those routes of an UPDATE that are of this partition.
    public mutating func receive(_ update: UpdateMessage, from source: PathSource) {
        for part in update.unreachable {
            let table = TableID.master(part.family)
            for key in part.keys where holds(key) { partition.withdraw(table, key, peer: source.peer) }
        }
        for part in update.reachable {
            let table = TableID.master(part.family)
            var attributes: SharedAttributes?
            var infeasibility: Infeasibility = []
            for route in part.routes where holds(route.key) {
                let shared: SharedAttributes
                if let attributes {
                    shared = attributes
                } else {
                    shared = partition.intern(part.attributes)
                    attributes = shared
                    infeasibility = loops(part.attributes)
                }
                partition.announce(
                    table, route.key,
                    Path(
                        source: source, distinguisher: route.key.distinguisher, attributes: shared, label: route.label, evpn: route.evpn,
                        infeasibility: infeasibility))
            }
        }
    }

    private func loops(_ attributes: PathAttributes) -> Infeasibility {
        var found: Infeasibility = []
        if attributes.asPath.contains(identity.system) { found.insert(.asPathLoop) }
        if attributes.originatorID == identity.routerID { found.insert(.originatorLoop) }
        if let cluster = identity.clusterID, attributes.clusterList.contains(cluster) { found.insert(.clusterLoop) }
        return found
    }

    // MARK: Whom to tell

    /// A session is established: from now on the speaker is told. Returns what it is to be told first, family by family.
    ///
    /// - Parameter isConstrained: whether the speaker is to be told only of VPN routes with targets that it has asked for.
    public mutating func join(
        _ peer: PeerID, families: [AddressFamily], _ policy: ExportPolicy, _ terms: BGPSessionTerms, isConstrained: Bool
    ) -> [OutgoingUpdate] {
        if isConstrained { constrained.insert(peer) }
        let told = flush()
        withheld += told.changes
        var updates = told.updates
        for family in families where family != .routeTarget || index == 0 {
            var number = 0
            func key() -> GroupKey {
                GroupKey(family: family, policy: policy, hasFourByteAS: terms.hasFourByteAS, number: number)
            }
            while groups[key()]?.isFull == true { number += 1 }
            if groups[key()] == nil {
                var group = UpdateGroup(family: family, policy: policy, terms: terms)
                partition.forEachRoute(.master(family)) { group.load($0, $1) }
                groups[key()] = group
                partition.follow(.master(family))
            }
            let interest = interest(of: peer, family)
            if let first = groups[key()]?.join(peer, interest: interest) { updates += first }
        }
        return updates
    }

    /// A session is gone. Its routes are not touched: see `RoutePartition.withdrawAll` and `markStale`.
    public mutating func leave(_ peer: PeerID) {
        for key in groupKeys() {
            groups[key]?.leave(peer)
            guard groups[key]?.members.isEmpty == true else { continue }
            groups[key] = nil
            if key.family != .routeTarget, !groups.keys.contains(where: { $0.family == key.family }) {
                partition.unfollow(.master(key.family))
            }
        }
        constrained.remove(peer)
    }

    /// An array, as whoever walks over a dictionary's own keys holds on to all that is in it: the first change of a group would copy
    /// everything that its members were told.
    private func groupKeys() -> [GroupKey] { Array(groups.keys) }

    public func refresh(_ peer: PeerID, _ family: AddressFamily) -> [OutgoingUpdate] {
        groups.filter { $0.key.family == family }.flatMap { $0.value.refresh(peer) }
    }

    private func interest(of peer: PeerID, _ family: AddressFamily) -> Set<RouteTarget>? {
        guard constrained.contains(peer), !wantsAll.contains(peer), family != .routeTarget, family.instanceFamily != nil else { return nil }
        return interests[peer] ?? []
    }

    public var hasChanges: Bool { partition.hasChanges || !withheld.isEmpty }

    /// What is to be told after everything that happened since the last call: to BGP speakers as messages; to those who follow other
    /// tables as the changes themselves.
    public mutating func flush() -> (updates: [OutgoingUpdate], changes: [RouteChange]) {
        let before = withheld
        withheld = []
        guard partition.hasChanges else { return ([], before) }
        let all = partition.takeChanges()
        var byFamily: [AddressFamily: [RouteChange]] = [:]
        var others: [RouteChange] = []
        if all.allSatisfy({ $0.table == all[0].table }) {
            if all[0].table.isMaster { byFamily[all[0].table.family] = all } else { others = all }
        } else {
            for change in all {
                if change.table.isMaster { byFamily[change.table.family, default: []].append(change) } else { others.append(change) }
            }
        }
        var updates: [OutgoingUpdate] = []
        for (family, changes) in byFamily.sorted(by: { $0.key < $1.key }) {
            for key in groupKeys() where key.family == family { updates += groups[key]?.update(changes) ?? [] }
        }
        if let memberships = byFamily[.routeTarget] { updates += follow(memberships) }
        return (updates, before + others)
    }

    /// Speakers want other routes than before.
    private mutating func follow(_ memberships: [RouteChange]) -> [OutgoingUpdate] {
        var concerned: Set<PeerID> = []
        // All of them are gone through: they are few, and it is rare that they change.
        var interests: [PeerID: Set<RouteTarget>] = [:]
        var wantsAll: Set<PeerID> = []
        partition.forEachRoute(.master(.routeTarget)) { key, route in
            guard case .routeTarget(let prefix) = key.prefix else { return }
            route.forEach { path in
                if let target = prefix.target {
                    interests[path.source.peer, default: []].insert(target)
                } else {
                    wantsAll.insert(path.source.peer)
                }
            }
        }
        for peer in constrained where interests[peer] != self.interests[peer] || wantsAll.contains(peer) != self.wantsAll.contains(peer) {
            concerned.insert(peer)
        }
        self.interests = interests
        self.wantsAll = wantsAll
        var updates: [OutgoingUpdate] = []
        for peer in concerned.sorted() {
            for key in groupKeys() {
                let interest = interest(of: peer, key.family)
                updates += groups[key]?.setInterest(peer, interest) ?? []
            }
        }
        return updates
    }

    // MARK: Instances

    /// Brings instances in line with the configuration: these are new or otherwise than before, those are gone. Speakers are told which
    /// targets are imported here, so that they send those routes (RFC 4684 §5): one membership for each target.
    public mutating func configure(_ changed: [RoutingInstance], removing removed: [InstanceID] = []) {
        var touched: Set<RouteTarget> = []
        for id in removed { touched.formUnion(partition.instances[id]?.importTargets ?? []) }
        for instance in changed {
            touched.formUnion((partition.instances[instance.id]?.importTargets ?? []).symmetricDifference(instance.importTargets))
        }
        for id in removed { partition.remove(id) }
        partition.configure(changed)
        let table = TableID.master(.routeTarget)
        let source = PathSource(peer: .local, kind: .local, routerID: identity.routerID)
        let attributes = partition.intern(PathAttributes(nextHop: .v4(identity.routerID)))
        for target in touched {
            let key = RouteKey(.routeTarget(RouteTargetPrefix(origin: identity.system, target: target)))
            if partition.imports(target) {
                partition.announce(table, key, Path(source: source, attributes: attributes))
            } else {
                partition.withdraw(table, key, peer: .local)
            }
        }
    }
}
