// A partition: those routes of all tables whose prefixes hash to it, and everything that follows from them. A value type that one event
// loop owns. Peers put paths in; paths are replicated between tables as routing instances import and export them; whoever has asked to
// follow a table takes out, as often as it likes, the routes that changed since.
//
// Promises: after any sequence of calls the tables are a function of the paths that peers have said last, the instances, and nothing
// else (RoutePartitionTests holds it against a naive model). A path is primary in one table; its replicas are marked with that table
// and are never replicated again.

import NetworkTypes

/// A change of a route, for those who follow its table.
public struct RouteChange: Sendable {
    public let table: TableID
    public let key: RouteKey
    /// The route as it is now; nil when it is gone.
    public let route: Route?
}

public struct RoutePartition: Sendable {
    /// The autonomous system, for the community that names the network of origin.
    public let system: ASNumber
    var tables: [TableID: [RouteKey: Route]] = [:]
    public private(set) var instances: [InstanceID: RoutingInstance] = [:]
    /// The instances that import a target.
    var importers: [RouteTarget: Set<InstanceID>] = [:]
    private var interner = AttributeInterner()
    /// How many paths a peer has in each table: where to look when it goes away.
    private var pathCounts: [PeerID: [TableID: Int]] = [:]
    private var followed: Set<TableID> = []
    private var pending: [(table: TableID, key: RouteKey)] = []
    /// Attributes as they leave an instance, together with the original, so that they are put together once for many routes.
    var exported: [ExportKey: (original: SharedAttributes, result: SharedAttributes)] = [:]

    struct ExportKey: Hashable {
        let instance: InstanceID
        let attributes: ObjectIdentifier
    }

    public init(system: ASNumber) { self.system = system }

    public mutating func intern(_ attributes: PathAttributes) -> SharedAttributes { interner.intern(attributes) }

    public mutating func intern(_ attributes: SharedAttributes) -> SharedAttributes { interner.intern(attributes) }

    // MARK: What peers say

    /// A peer says, or says again in other words, how to reach a destination.
    ///
    /// VPN routes go into the master tables with their distinguisher in the key as well as in the path; routes of agents and of the
    /// configuration go into their instance's tables, with the distinguisher in the path only.
    ///
    /// - Precondition: `path` is no replica.
    public mutating func announce(_ table: TableID, _ key: RouteKey, _ path: Path) {
        precondition(!path.isReplica, "replicas are made here")
        var path = path
        if let old = store(table, key, &path) {
            if old.distinguisher != path.distinguisher {
                for destination in old.replicas { eraseReplica(of: old, from: table, key, in: destination) }
                path.replicas = []
            }
        } else {
            pathCounts[path.source.peer, default: [:]][table, default: 0] += 1
        }
        replicate(table, key, path)
    }

    /// A peer takes back what it said. It does not matter when it said nothing.
    public mutating func withdraw(_ table: TableID, _ key: RouteKey, peer: PeerID, number: UInt32 = 0) {
        guard let old = erase(table, key, where: { $0.source.peer == peer && $0.number == number && !$0.isReplica }) else { return }
        forget(old, table)
        for destination in old.replicas { eraseReplica(of: old, from: table, key, in: destination) }
    }

    /// Takes back everything that a peer said, in all tables or those of one family.
    public mutating func withdrawAll(of peer: PeerID, family: AddressFamily? = nil) {
        forEachPath(of: peer, family) { partition, table, key, path in
            partition.withdraw(table, key, peer: peer, number: path.number)
        }
    }

    /// The same for one table, such as an instance that an agent left.
    public mutating func withdrawAll(of peer: PeerID, table: TableID) {
        forEachPath(of: peer, in: table) { partition, table, key, path in
            partition.withdraw(table, key, peer: peer, number: path.number)
        }
    }

    /// Marks what a peer said: its session is gone, but what it said is used on until it returns or `sweepStale` is called.
    public mutating func markStale(peer: PeerID, family: AddressFamily? = nil) {
        forEachPath(of: peer, family) { partition, table, key, path in
            var path = path
            path.isStale = true
            partition.announce(table, key, path)
        }
    }

    /// Takes back what is still marked: the peer has returned and said all that it has to say, or will not return.
    public mutating func sweepStale(peer: PeerID, family: AddressFamily? = nil) {
        forEachPath(of: peer, family) { partition, table, key, path in
            if path.isStale { partition.withdraw(table, key, peer: peer, number: path.number) }
        }
    }

    private mutating func forEachPath(
        of peer: PeerID, _ family: AddressFamily?, _ body: (inout RoutePartition, TableID, RouteKey, Path) -> Void
    ) {
        for table in (pathCounts[peer] ?? [:]).keys.sorted() where family == nil || table.family == family {
            forEachPath(of: peer, in: table, body)
        }
    }

    private mutating func forEachPath(
        of peer: PeerID, in table: TableID, _ body: (inout RoutePartition, TableID, RouteKey, Path) -> Void
    ) {
        guard pathCounts[peer]?[table] != nil else { return }
        var found: [(RouteKey, Path)] = []
        for (key, route) in tables[table] ?? [:] {
            route.forEach { path in
                if path.source.peer == peer, !path.isReplica { found.append((key, path)) }
            }
        }
        for (key, path) in found { body(&self, table, key, path) }
    }

    private mutating func forget(_ path: Path, _ table: TableID) {
        let peer = path.source.peer
        guard let count = pathCounts[peer]?[table] else { return }
        pathCounts[peer]?[table] = count > 1 ? count - 1 : nil
        if pathCounts[peer]?.isEmpty == true { pathCounts[peer] = nil }
    }

    // MARK: Instances

    /// States what instances are configured: new ones, and those that changed. Routes that are there already are replicated anew.
    public mutating func configure(_ changed: [RoutingInstance]) {
        var imports: Set<RouteTarget> = []
        var exporting: Set<InstanceID> = []
        for instance in changed {
            let old = instances.updateValue(instance, forKey: instance.id)
            guard old != instance else { continue }
            let before = old?.importTargets ?? []
            let after = instance.importTargets
            for target in before.subtracting(after) { removeImporter(instance.id, target) }
            for target in after.subtracting(before) { importers[target, default: []].insert(instance.id) }
            imports.formUnion(before.symmetricDifference(after))
            // What an instance takes in depends on its network as well.
            if old?.virtualNetworkNumber != instance.virtualNetworkNumber { imports.formUnion(after) }
            if old?.exportTargets != instance.exportTargets || old?.virtualNetworkNumber != instance.virtualNetworkNumber {
                exporting.insert(instance.id)
            }
        }
        exported.removeAll()
        replicateAgain(importing: imports, exporting: exporting)
    }

    /// Removes an instance with its tables. What peers said of it is forgotten.
    public mutating func remove(_ id: InstanceID) {
        guard let instance = instances[id] else { return }
        for family in RoutingInstance.families {
            let table = TableID(id, family)
            for (key, route) in tables[table] ?? [:] {
                for path in route.paths where !path.isReplica { withdraw(table, key, peer: path.source.peer, number: path.number) }
            }
        }
        for target in instance.importTargets { removeImporter(id, target) }
        instances[id] = nil
        exported.removeAll()
        replicateAgain(importing: instance.importTargets, exporting: [])
        for family in RoutingInstance.families { tables[TableID(id, family)] = nil }
    }

    /// Whether any instance does.
    public func imports(_ target: RouteTarget) -> Bool { importers[target] != nil }

    private mutating func removeImporter(_ id: InstanceID, _ target: RouteTarget) {
        importers[target]?.remove(id)
        if importers[target]?.isEmpty == true { importers[target] = nil }
    }

    // MARK: Storing

    /// Puts a path into its route. Keeps the notes on replicas of the path that was there.
    mutating func store(_ table: TableID, _ key: RouteKey, _ path: inout Path) -> Path? {
        // One hash of the key; the table's storage stays uniquely referenced, so nothing is copied.
        let follows = followed.contains(table)
        let outcome = { (route: inout Route?) -> (old: Path?, isNews: Bool) in
            guard route != nil else {
                var new = Route(path)
                new.isPending = follows
                route = new
                return (nil, follows)
            }
            if let before = route?.first(where: { $0.hasSameID(as: path) }) { path.replicas = before.replicas }
            guard let (old, isChanged) = route?.put(path) else { return (nil, false) }
            let isNews = follows && isChanged && route?.isPending == false
            if isNews { route?.isPending = true }
            return (old, isNews)
        }(&tables[table, default: [:]][key])
        if outcome.isNews { pending.append((table, key)) }
        return outcome.old
    }

    mutating func erase(_ table: TableID, _ key: RouteKey, where matches: (Path) -> Bool) -> Path? {
        let follows = followed.contains(table)
        let (old, isNews) = { (route: inout Route?) -> (Path?, Bool) in
            switch route?.remove(where: matches) {
            case nil, .notFound: return (nil, false)
            case .removed(let old):
                let isNews = follows && route?.isPending == false
                if isNews { route?.isPending = true }
                return (old, isNews)
            case .removedLast(let old):
                let isNews = follows && route?.isPending == false
                route = nil
                return (old, isNews)
            }
        }(&tables[table, default: [:]][key])
        if isNews { pending.append((table, key)) }
        return old
    }

    /// Notes where replicas of a path are.
    mutating func setReplicas(_ destinations: [TableID], of path: Path, in table: TableID, _ key: RouteKey) {
        tables[table]?[key]?.setReplicas(destinations, of: path)
    }

    // MARK: Following and reading

    /// From now on changes of the table are kept for `takeChanges`. What is there already is read with `forEachRoute`.
    public mutating func follow(_ table: TableID) { followed.insert(table) }

    public mutating func unfollow(_ table: TableID) { followed.remove(table) }

    public var hasChanges: Bool { !pending.isEmpty }

    /// The routes of followed tables that changed since the last call, as they are now, in the order in which they first changed. A route
    /// that went and came may be there twice, and one that came and went as gone although nobody has heard of it.
    public mutating func takeChanges() -> [RouteChange] {
        let list = pending
        pending = []
        return list.map { table, key in
            let route = { (route: inout Route?) -> Route? in
                route?.isPending = false
                return route
            }(&tables[table, default: [:]][key])
            return RouteChange(table: table, key: key, route: route)
        }
    }

    public func route(_ table: TableID, _ key: RouteKey) -> Route? { tables[table]?[key] }

    public func routeCount(_ table: TableID) -> Int { tables[table]?.count ?? 0 }

    /// The tables that hold routes.
    public var tableIDs: [TableID] { tables.filter { !$0.value.isEmpty }.keys.sorted() }

    /// In no particular order.
    public func forEachRoute(_ table: TableID, _ body: (RouteKey, Route) -> Void) {
        for (key, route) in tables[table] ?? [:] { body(key, route) }
    }

    public func pathCount(of peer: PeerID) -> [TableID: Int] { pathCounts[peer] ?? [:] }

    public var attributeCount: Int { interner.count }
}
