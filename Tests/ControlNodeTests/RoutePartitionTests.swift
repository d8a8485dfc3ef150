// The tables: what a change leads to, line by line, and a partition under random changes beside a model that works everything out anew.

import NetworkTypes
import Testing

@testable import ControlNodeCore

private let vpn = TableID.master(.inetVPN)
private func table(_ instance: UInt32, _ family: AddressFamily = .inet) -> TableID { TableID(InstanceID(instance), family) }

private func source(_ peer: UInt32, _ kind: PathSource.Kind = .xmpp) -> PathSource {
    PathSource(peer: PeerID(peer), kind: kind, routerID: IPv4Address(10, 0, 0, UInt8(peer)))
}

private func distinguisher(_ peer: UInt32, _ number: UInt16 = 1) -> RouteDistinguisher {
    RouteDistinguisher(IPv4Address(10, 0, 0, UInt8(peer)), number)
}

private func instance(_ id: UInt32, imports: [UInt32], exports: [UInt32], network: UInt32 = 0) -> RoutingInstance {
    RoutingInstance(
        id: InstanceID(id), name: "vn\(id)", importTargets: Set(imports.map(target)), exportTargets: Set(exports.map(target)),
        virtualNetworkNumber: network)
}

extension RoutePartition {
    /// Every route in words: `table key: paths`, with `*` before those that share the traffic.
    fileprivate var text: [String] {
        tableIDs.flatMap { table -> [String] in
            var lines: [String] = []
            forEachRoute(table) { key, route in
                let paths = route.paths.enumerated().map { index, path in
                    let origin = path.replicaOf.map { " of \($0.instance.rawValue)" } ?? ""
                    let targets = path.attributes.routeTargets.map { "\($0.number.number)" }.joined(separator: ",")
                    return
                        "\(index < route.equalCount ? "*" : "")\(path.source.peer) \(path.label) [\(targets)]\(origin)\(path.isStale ? " stale" : "")"
                }
                lines.append("\(table.instance.rawValue) \(table.family) \(key): \(paths.joined(separator: "; "))")
            }
            return lines.sorted()
        }
    }

    fileprivate mutating func announce(_ table: TableID, _ prefix: RoutePrefix, _ source: PathSource, label: UInt32, targets: [UInt32] = [])
    {
        let attributes = PathAttributes(
            nextHop: .v4(source.routerID), extendedCommunities: targets.map { ExtendedCommunity(.routeTarget(target($0))) })
        let name = distinguisher(source.peer.rawValue)
        announce(
            table, RouteKey(prefix, distinguisher: table.isMaster ? name : .zero),
            Path(source: source, distinguisher: name, attributes: intern(attributes), label: label))
    }
}

@Suite struct RoutePartitionTests {
    @Test func anAgentsRouteGoesToVPNAndToThoseWhoImport() throws {
        var partition = RoutePartition(system: ASNumber(64512))
        partition.configure([instance(1, imports: [1], exports: [1]), instance(2, imports: [1, 2], exports: [2])])
        partition.announce(table(1), try inet("10.1.1.3/32"), source(1), label: 17)
        #expect(
            partition.text == [
                "0 inet-vpn 10.0.0.1:1:10.1.1.3/32: *1 17 [1] of 1", "1 inet 10.1.1.3/32: *1 17 []", "2 inet 10.1.1.3/32: *1 17 [1] of 1",
            ])
        partition.withdraw(table(1), RouteKey(try inet("10.1.1.3/32")), peer: PeerID(1))
        #expect(partition.text == [])
    }

    @Test func aVPNRouteGoesToThoseWhoImport() throws {
        var partition = RoutePartition(system: ASNumber(64512))
        partition.announce(vpn, try inet("10.2.0.0/16"), source(5, .internalBGP), label: 99, targets: [2])
        #expect(partition.text == ["0 inet-vpn 10.0.0.5:1:10.2.0.0/16: *5 99 [2]"])
        partition.configure([instance(2, imports: [2], exports: [2])])
        #expect(partition.text.last == "2 inet 10.2.0.0/16: *5 99 [2] of 0")
    }

    @Test func changedTargetsReplicateOldRoutesAnew() throws {
        var partition = RoutePartition(system: ASNumber(64512))
        partition.configure([instance(1, imports: [1], exports: [1]), instance(2, imports: [2], exports: [2])])
        partition.announce(table(1), try inet("10.1.1.3/32"), source(1), label: 17)
        partition.announce(vpn, try inet("10.9.0.0/16"), source(5, .internalBGP), label: 99, targets: [3])
        partition.configure([instance(1, imports: [1, 3], exports: [1, 7])])
        partition.configure([instance(2, imports: [7], exports: [2])])
        #expect(
            partition.text == [
                "0 inet-vpn 10.0.0.1:1:10.1.1.3/32: *1 17 [1,7] of 1", "0 inet-vpn 10.0.0.5:1:10.9.0.0/16: *5 99 [3]",
                "1 inet 10.1.1.3/32: *1 17 []", "1 inet 10.9.0.0/16: *5 99 [3] of 0", "2 inet 10.1.1.3/32: *1 17 [1,7] of 1",
            ])
        partition.configure([instance(1, imports: [], exports: []), instance(2, imports: [], exports: [])])
        #expect(partition.text == ["0 inet-vpn 10.0.0.5:1:10.9.0.0/16: *5 99 [3]", "1 inet 10.1.1.3/32: *1 17 []"])
    }

    @Test func theInsideOfANetworkStaysThere() throws {
        var partition = RoutePartition(system: ASNumber(64512))
        partition.configure([instance(1, imports: [1], exports: [1], network: 11), instance(2, imports: [1], exports: [2], network: 22)])
        let mac = RoutePrefix.evpn(.macAddress(ethernetTag: 0, MACAddress(2, 0, 0, 0, 0, 1), nil))
        let prefix = RoutePrefix.evpn(.ipPrefix(ethernetTag: 0, try IPPrefix(parsing: "10.1.0.0/16")))
        partition.announce(table(1, .evpn), mac, source(1), label: 5)
        partition.announce(table(1, .evpn), prefix, source(1), label: 6)
        #expect(partition.route(table(2, .evpn), RouteKey(mac)) == nil)
        #expect(partition.route(table(2, .evpn), RouteKey(prefix))?.best.label == 6)
        #expect(
            partition.route(.master(.evpn), RouteKey(mac, distinguisher: distinguisher(1)))?.best.attributes.originNetwork?.number == 11)
        // From a router that does not say which network it is.
        let other = RoutePrefix.evpn(.macAddress(ethernetTag: 0, MACAddress(2, 0, 0, 0, 0, 9), nil))
        partition.announce(.master(.evpn), other, source(5, .internalBGP), label: 7, targets: [1])
        #expect(partition.route(table(1, .evpn), RouteKey(other)) != nil && partition.route(table(2, .evpn), RouteKey(other)) != nil)
    }

    @Test func equalPathsOfTwoAgentsShareTheTraffic() throws {
        var partition = RoutePartition(system: ASNumber(64512))
        partition.configure([instance(1, imports: [1], exports: [1])])
        for peer in 1...3 { partition.announce(table(1), try inet("10.1.1.9/32"), source(UInt32(peer)), label: UInt32(peer)) }
        let route = try #require(partition.route(table(1), RouteKey(try inet("10.1.1.9/32"))))
        #expect(route.equalPaths.map(\.label) == [1, 2, 3])
        #expect(partition.routeCount(vpn) == 3)
    }

    @Test func staleRoutesAreSweptUnlessSaidAgain() throws {
        var partition = RoutePartition(system: ASNumber(64512))
        partition.configure([instance(1, imports: [1], exports: [1])])
        partition.announce(table(1), try inet("10.1.1.1/32"), source(1), label: 1)
        partition.announce(table(1), try inet("10.1.1.2/32"), source(1), label: 2)
        partition.markStale(peer: PeerID(1))
        #expect(partition.text.allSatisfy { $0.hasSuffix("stale") } && partition.text.count == 4)
        partition.announce(table(1), try inet("10.1.1.2/32"), source(1), label: 2)
        partition.sweepStale(peer: PeerID(1))
        #expect(partition.text == ["0 inet-vpn 10.0.0.1:1:10.1.1.2/32: *1 2 [1] of 1", "1 inet 10.1.1.2/32: *1 2 []"])
        #expect(partition.pathCount(of: PeerID(1)) == [table(1): 1])
    }

    @Test func anotherDistinguisherMovesTheReplica() throws {
        var partition = RoutePartition(system: ASNumber(64512))
        partition.configure([instance(1, imports: [1], exports: [1])])
        let key = RouteKey(try inet("10.1.1.1/32"))
        let attributes = partition.intern(PathAttributes(nextHop: hop(1)))
        partition.announce(table(1), key, Path(source: source(1), distinguisher: distinguisher(1, 1), attributes: attributes, label: 1))
        partition.announce(table(1), key, Path(source: source(1), distinguisher: distinguisher(1, 2), attributes: attributes, label: 1))
        #expect(partition.text == ["0 inet-vpn 10.0.0.1:2:10.1.1.1/32: *1 1 [1] of 1", "1 inet 10.1.1.1/32: *1 1 []"])
    }

    @Test func followersSeeEachChangedRouteAsItIsNow() throws {
        var partition = RoutePartition(system: ASNumber(64512))
        partition.configure([instance(1, imports: [1], exports: [1])])
        partition.follow(table(1))
        let prefix = try inet("10.1.1.1/32")
        partition.announce(table(1), prefix, source(1), label: 1)
        partition.announce(table(1), prefix, source(1), label: 2)
        var changes = partition.takeChanges()
        #expect(changes.map { $0.route?.best.label } == [2] && changes.map(\.key) == [RouteKey(prefix)])
        partition.announce(table(1), prefix, source(1), label: 2)
        #expect(partition.takeChanges().isEmpty, "saying the same again is no change")
        partition.withdraw(table(1), RouteKey(prefix), peer: PeerID(1))
        changes = partition.takeChanges()
        #expect(changes.count == 1 && changes[0].route == nil)
        #expect(!partition.hasChanges)
    }

    @Test func anInstanceThatIsRemovedTakesItsRoutesAlong() throws {
        var partition = RoutePartition(system: ASNumber(64512))
        partition.configure([instance(1, imports: [1], exports: [1]), instance(2, imports: [1], exports: [2])])
        partition.announce(table(1), try inet("10.1.1.1/32"), source(1), label: 1)
        partition.announce(vpn, try inet("10.9.0.0/16"), source(5, .internalBGP), label: 99, targets: [1])
        partition.remove(InstanceID(1))
        #expect(partition.text == ["0 inet-vpn 10.0.0.5:1:10.9.0.0/16: *5 99 [1]", "2 inet 10.9.0.0/16: *5 99 [1] of 0"])
        partition.remove(InstanceID(2))
        #expect(partition.text == ["0 inet-vpn 10.0.0.5:1:10.9.0.0/16: *5 99 [1]"])
    }

    @Test func attributesAreKeptOnceAndForgottenWhenUnused() throws {
        var interner = AttributeInterner()
        let first = interner.intern(PathAttributes(nextHop: hop(1)))
        #expect(interner.intern(PathAttributes(nextHop: hop(1))) === first && interner.count == 1)
        for number in 0..<5000 { _ = interner.intern(PathAttributes(nextHop: hop(1), med: UInt32(number))) }
        #expect(interner.count <= 1024)
        #expect(interner.intern(PathAttributes(nextHop: hop(1))) === first)
    }

    @Test func aPrefixAndItsReplicaAreInOnePartition() throws {
        var counts = [Int](repeating: 0, count: 4)
        for third in 0..<200 {
            let prefix = RoutePrefix.inet(IPv4Prefix(IPv4Address(10, 1, UInt8(third), 0), length: 24))
            counts[prefix.partition(of: 4)] += 1
        }
        #expect(counts.allSatisfy { $0 > 20 }, "\(counts)")
    }

    // MARK: Beside a model

    /// What peers said last, and the instances: the tables must follow from these alone.
    fileprivate struct Model {
        struct Statement { var source: PathSource; var label: UInt32; var targets: [UInt32]; var isStale = false }
        struct Place: Hashable { var table: TableID; var prefix: RoutePrefix; var peer: PeerID }
        var statements: [Place: Statement] = [:]
        var instances: [InstanceID: RoutingInstance] = [:]

        /// The lines of `text` by plain loops: no index, no notes on replicas.
        func text() -> [String] {
            var routes: [TableID: [RouteKey: [Path]]] = [:]
            for (place, statement) in statements {
                let own = distinguisher(place.peer.rawValue)
                func path(_ targets: Set<UInt32>, _ origin: TableID?) -> Path {
                    let attributes = PathAttributes(
                        nextHop: .v4(statement.source.routerID),
                        extendedCommunities: targets.map { ExtendedCommunity(.routeTarget(target($0))) })
                    var path = Path(
                        source: statement.source, distinguisher: own, attributes: SharedAttributes(attributes), label: statement.label)
                    path.replicaOf = origin
                    path.isStale = statement.isStale
                    return path
                }
                routes[place.table, default: [:]][place.key, default: []].append(path(Set(statement.targets), nil))
                var targets = Set(statement.targets)
                if !place.table.isMaster {
                    for each in instances[place.table.instance]?.exportTargets ?? [] { targets.insert(each.number.number) }
                }
                let copy = path(targets, place.table)
                if !place.table.isMaster, !targets.isEmpty {
                    routes[vpn, default: [:]][RouteKey(place.prefix, distinguisher: own), default: []].append(copy)
                }
                for other in instances.values where other.id != place.table.instance {
                    if !other.importTargets.isDisjoint(with: targets.map(target)) {
                        routes[TableID(other.id, .inet), default: [:]][RouteKey(place.prefix), default: []].append(copy)
                    }
                }
            }
            var partition = RoutePartition(system: ASNumber(64512))
            for (table, keys) in routes {
                for (key, paths) in keys {
                    var route = Route(paths[0])
                    for path in paths.dropFirst() { _ = route.put(path) }
                    partition.tables[table, default: [:]][key] = route
                }
            }
            return partition.text
        }
    }

    @Test(arguments: 1...24) func tablesFollowFromWhatWasSaidLast(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var partition = RoutePartition(system: ASNumber(64512))
        var model = Model()
        var told: [TableID: [RouteKey: Route]] = [:]
        for id in 0...3 { partition.follow(id == 0 ? vpn : table(UInt32(id))) }
        func targets() -> [UInt32] { (1...4).filter { _ in random.chance(35) } }
        for step in 0..<150 {
            let peer = UInt32.random(in: 1...4, using: &random)
            let isBGP = peer > 2
            let place = Model.Place(
                table: isBGP ? vpn : table(UInt32.random(in: 1...3, using: &random)),
                prefix: .inet(IPv4Prefix(IPv4Address(10, 0, UInt8.random(in: 0...4, using: &random), 0), length: 24)), peer: PeerID(peer))
            switch Int.random(in: 0..<100, using: &random) {
            case 0..<50:
                let statement = Model.Statement(
                    source: source(peer, isBGP ? .internalBGP : .xmpp), label: UInt32.random(in: 1...3, using: &random),
                    targets: isBGP || random.chance(20) ? targets() : [])
                model.statements[place] = statement
                partition.announce(place.table, place.prefix, statement.source, label: statement.label, targets: statement.targets)
            case 50..<70:
                model.statements[place] = nil
                partition.withdraw(place.table, place.key, peer: place.peer)
            case 70..<88:
                let changed = instance(UInt32.random(in: 1...3, using: &random), imports: targets(), exports: targets())
                model.instances[changed.id] = changed
                partition.configure([changed])
            case 88..<91:
                let id = InstanceID(UInt32.random(in: 1...3, using: &random))
                guard model.instances.removeValue(forKey: id) != nil else { continue }
                model.statements = model.statements.filter { $0.key.table.instance != id }
                partition.remove(id)
            case 91..<94:
                partition.withdrawAll(of: place.peer)
                model.statements = model.statements.filter { $0.key.peer != place.peer }
            case 94..<97:
                partition.markStale(peer: place.peer)
                for key in model.statements.keys where key.peer == place.peer { model.statements[key]?.isStale = true }
            default:
                partition.sweepStale(peer: place.peer)
                model.statements = model.statements.filter { $0.key.peer != place.peer || !$0.value.isStale }
            }
            for change in partition.takeChanges() { told[change.table, default: [:]][change.key] = change.route }
            try #require(partition.text == model.text(), "seed \(seed), step \(step)")
            for id in 0...3 {
                let table = id == 0 ? vpn : table(UInt32(id))
                var now: [RouteKey: Route] = [:]
                partition.forEachRoute(table) { now[$0] = $1 }
                try #require(told[table, default: [:]] == now, "a follower of table \(id) knows what is there; seed \(seed), step \(step)")
            }
        }
    }
}

extension RoutePartitionTests.Model.Place {
    fileprivate var key: RouteKey { RouteKey(prefix, distinguisher: table.isMaster ? distinguisher(peer.rawValue) : .zero) }
}
