// Replication: how a route of one table gets into others (RFC 4364 §4.3). A routing instance's routes go, with the instance's export
// targets, into the table of VPN routes and into the instances that import one of these targets; VPN routes go into the instances that
// import one of theirs. What a network's inside is made of (MAC addresses, broadcast membership) stays within the network: it is imported
// only where the network of origin is the instance's own, or is not said, as routers of other makers do not say it.

import NetworkTypes

extension RoutePartition {
    /// Brings the replicas of a primary path in line with the configuration.
    mutating func replicate(_ table: TableID, _ key: RouteKey, _ path: Path) {
        if table.isMaster, table.family.instanceFamily == nil { return }
        if table.isMaster, importers.isEmpty, path.replicas.isEmpty { return }
        let attributes = table.isMaster ? path.attributes : exportedAttributes(path.attributes, of: table.instance)
        let destinations = path.isFeasible ? destinations(of: key, attributes, from: table) : []
        for former in path.replicas where !destinations.contains(former) { eraseReplica(of: path, from: table, key, in: former) }
        for destination in destinations {
            var replica = path
            replica.replicas = []
            replica.replicaOf = table
            replica.attributes = attributes
            _ = store(destination, replicaKey(key, path, in: destination), &replica)
        }
        if destinations != path.replicas { setReplicas(destinations, of: path, in: table, key) }
    }

    mutating func eraseReplica(of path: Path, from table: TableID, _ key: RouteKey, in destination: TableID) {
        _ = erase(destination, replicaKey(key, path, in: destination)) {
            $0.replicaOf == table && $0.source.peer == path.source.peer && $0.number == path.number
                && $0.distinguisher == path.distinguisher
        }
    }

    private func replicaKey(_ key: RouteKey, _ path: Path, in destination: TableID) -> RouteKey {
        RouteKey(key.prefix, distinguisher: destination.isMaster ? path.distinguisher : .zero)
    }

    /// The tables that want a path, sorted.
    private func destinations(of key: RouteKey, _ attributes: SharedAttributes, from table: TableID) -> [TableID] {
        var found: [TableID] = []
        guard let family = table.isMaster ? table.family.instanceFamily : table.family else { return [] }
        for target in attributes.routeTargets {
            for instance in importers[target] ?? [] where instance != table.instance && wants(instance, key, attributes) {
                let destination = TableID(instance, family)
                if !found.contains(destination) { found.append(destination) }
            }
        }
        // Without a target nobody could import it, so that it need not leave.
        if !table.isMaster, !attributes.routeTargets.isEmpty, let vpn = table.family.vpnFamily { found.append(.master(vpn)) }
        return found.count > 1 ? found.sorted() : found
    }

    private func wants(_ instance: InstanceID, _ key: RouteKey, _ attributes: SharedAttributes) -> Bool {
        guard case .evpn(let prefix) = key.prefix, prefix.staysInNetwork, let origin = attributes.originNetwork else { return true }
        return origin.number == instances[instance]?.virtualNetworkNumber
    }

    /// The attributes with the instance's export targets and network. Targets that the path brought itself, as static routes can, stay.
    private mutating func exportedAttributes(_ attributes: SharedAttributes, of id: InstanceID) -> SharedAttributes {
        guard let instance = instances[id] else { return attributes }
        let cacheKey = ExportKey(instance: id, attributes: ObjectIdentifier(attributes))
        // The original is kept beside the result, as the identity of an object that is gone is used again.
        if let known = exported[cacheKey] { return known.result }
        var value = attributes.value
        value.addExtendedCommunities(instance.exportTargets.map { ExtendedCommunity(.routeTarget($0)) })
        if attributes.originNetwork == nil, instance.virtualNetworkNumber != 0 {
            let administrator = UInt16(exactly: system.rawValue) ?? 0
            value.addExtendedCommunities([ExtendedCommunity(.originNetwork, system: administrator, number: instance.virtualNetworkNumber)])
        }
        let result = intern(value)
        if exported.count > 4096 { exported.removeAll(keepingCapacity: true) }
        exported[cacheKey] = (attributes, result)
        return result
    }

    /// Replicates anew what changes of instances can have touched: everything that carries a target whose importers changed, and all
    /// routes of instances that export otherwise.
    mutating func replicateAgain(importing targets: Set<RouteTarget>, exporting: Set<InstanceID>) {
        guard !targets.isEmpty || !exporting.isEmpty else { return }
        // A set of attributes is looked into once, however many routes share it. It is kept, as identities of what is gone are used again.
        var touched: [ObjectIdentifier: (attributes: SharedAttributes, result: Bool)] = [:]
        func isTouched(_ attributes: SharedAttributes) -> Bool {
            if let known = touched[ObjectIdentifier(attributes)] { return known.result }
            let result = attributes.routeTargets.contains { targets.contains($0) }
            touched[ObjectIdentifier(attributes)] = (attributes, result)
            return result
        }
        for table in tables.keys.sorted() where table.family.instanceFamily != nil || !table.isMaster {
            let exports = table.isMaster ? [] : instances[table.instance]?.exportTargets ?? []
            let all = exporting.contains(table.instance) || !exports.isDisjoint(with: targets)
            var again: [(RouteKey, Path)] = []
            for (key, route) in tables[table] ?? [:] {
                route.forEach { path in
                    if !path.isReplica, all || isTouched(path.attributes) { again.append((key, path)) }
                }
            }
            for (key, path) in again { replicate(table, key, path) }
        }
    }
}
