// What speakers are told: export policies, split horizon, reflection, route target constraint, and members that come and go.

import NetworkTypes
import Testing

@testable import ControlNodeCore

private let identity = RouteEngine.Identity(system: ASNumber(64512), routerID: IPv4Address(10, 0, 0, 100))

private func speaker(_ peer: UInt32, _ kind: PathSource.Kind = .internalBGP) -> PathSource {
    PathSource(peer: PeerID(peer), kind: kind, routerID: IPv4Address(1, 1, 1, UInt8(peer)))
}

private func policy(isInternal: Bool = true, cluster: IPv4Address? = nil) -> ExportPolicy {
    ExportPolicy(localAS: identity.system, isInternal: isInternal, localAddress: hop(100), clusterID: cluster)
}

private func terms(isInternal: Bool = true) -> BGPSessionTerms {
    BGPSessionTerms(families: Set(AddressFamily.supported), hasFourByteAS: true, isInternal: isInternal)
}

private func key(_ text: String, _ number: UInt16 = 1) throws -> RouteKey {
    RouteKey(try inet(text), distinguisher: RouteDistinguisher(IPv4Address(1, 1, 1, 1), number))
}

/// One VPN route as a speaker says it.
private func vpn(
    _ text: String, label: UInt32 = 16, targets: [UInt32] = [1], _ change: (inout PathAttributes) -> Void = { _ in }
) throws -> UpdateMessage {
    var attributes = PathAttributes(
        nextHop: hop(7), localPreference: 100, extendedCommunities: targets.map { ExtendedCommunity(.routeTarget(target($0))) })
    change(&attributes)
    return UpdateMessage(reachable: [.init(.inetVPN, attributes, [RouteAdvertisement(try key(text), label: label)])])
}

private func gone(_ text: String) throws -> UpdateMessage { UpdateMessage(unreachable: [.init(.inetVPN, [try key(text)])]) }

private func membership(_ numbers: [UInt32]) -> UpdateMessage {
    UpdateMessage(reachable: [
        .init(
            .routeTarget, PathAttributes(nextHop: hop(7), localPreference: 100),
            numbers.map { RouteAdvertisement(RouteKey(.routeTarget(RouteTargetPrefix(origin: ASNumber(64512), target: target($0))))) })
    ])
}

/// What each peer holds after the messages that it was sent.
private struct Listeners {
    var routes: [PeerID: [String: String]] = [:]
    var isInternal = true

    mutating func take(_ updates: [OutgoingUpdate]) throws {
        for update in updates {
            for bytes in update.messages {
                var splitter = BGPFrameSplitter()
                splitter.append(bytes)
                let frame = try #require(try splitter.next())
                guard case .update(let message) = try BGPMessage(frame, terms(isInternal: isInternal)) else { continue }
                #expect(message.problems.isEmpty)
                for peer in update.peers {
                    for part in message.unreachable {
                        for key in part.keys {
                            #expect(routes[peer]?.removeValue(forKey: "\(key)") != nil, "\(peer) is told only what it needs: \(key)")
                        }
                    }
                    for part in message.reachable {
                        for route in part.routes {
                            routes[peer, default: [:]]["\(route.key)"] =
                                "\(route.label) [\(part.attributes.asPath)] via \(part.attributes.nextHop)"
                        }
                    }
                }
            }
        }
    }

    subscript(_ peer: UInt32) -> [String: String] { routes[PeerID(peer)] ?? [:] }
}

@Suite struct RouteEngineTests {
    @Test func internalSpeakersAreNotToldWhatInternalSpeakersSaid() throws {
        var engine = RouteEngine(identity)
        var told = Listeners()
        try told.take(engine.join(PeerID(1), families: [.inetVPN], policy(), terms(), isConstrained: false))
        try told.take(engine.join(PeerID(2), families: [.inetVPN], policy(), terms(), isConstrained: false))
        engine.receive(try vpn("10.1.0.0/16"), from: speaker(1))
        try told.take(engine.flush().updates)
        #expect(told[1].isEmpty && told[2].isEmpty)
        engine.receive(try vpn("10.2.0.0/16"), from: speaker(3, .externalBGP))
        try told.take(engine.flush().updates)
        #expect(told[1] == ["1.1.1.1:1:10.2.0.0/16": "16 [] via 10.0.0.7"] && told[2] == told[1])
    }

    @Test func aReflectorTellsAllButTheOneWhoSaidIt() throws {
        let cluster = IPv4Address(9, 9, 9, 9)
        var engine = RouteEngine(.init(system: identity.system, routerID: identity.routerID, clusterID: cluster))
        var told = Listeners()
        for peer in 1...3 {
            try told.take(engine.join(PeerID(UInt32(peer)), families: [.inetVPN], policy(cluster: cluster), terms(), isConstrained: false))
        }
        engine.receive(try vpn("10.1.0.0/16"), from: speaker(1))
        try told.take(engine.flush().updates)
        #expect(told[1].isEmpty && told[2].count == 1 && told[3].count == 1)
        // A better path of another: the one who said the first is told now, and the one who said the second must forget it.
        engine.receive(try vpn("10.1.0.0/16", label: 17) { $0.localPreference = 200 }, from: speaker(2))
        try told.take(engine.flush().updates)
        #expect(told[1].values.map { $0.prefix(2) } == ["17"] && told[2].isEmpty && told[3].values.map { $0.prefix(2) } == ["17"])
        engine.receive(try gone("10.1.0.0/16"), from: speaker(2))
        engine.receive(try gone("10.1.0.0/16"), from: speaker(1))
        try told.take(engine.flush().updates)
        #expect(told[1].isEmpty && told[2].isEmpty && told[3].isEmpty)
    }

    @Test func loopsAreKeptButNotUsed() throws {
        var engine = RouteEngine(.init(system: identity.system, routerID: identity.routerID, clusterID: IPv4Address(9, 9, 9, 9)))
        let loops: [(Infeasibility, (inout PathAttributes) -> Void)] = [
            (.asPathLoop, { $0.asPath = ASPath(sequence: [ASNumber(7), ASNumber(64512)]) }),
            (.originatorLoop, { $0.originatorID = identity.routerID }), (.clusterLoop, { $0.clusterList = [IPv4Address(9, 9, 9, 9)] }),
        ]
        for (reason, change) in loops {
            engine.receive(try vpn("10.1.0.0/16", change), from: speaker(1))
            let route = try #require(engine.partition.route(.master(.inetVPN), try key("10.1.0.0/16")))
            #expect(route.best.infeasibility == reason && !route.isFeasible)
        }
    }

    @Test func outsideTheSystemThePathIsLongerAndPreferencesAreGone() throws {
        var attributes = PathAttributes(
            asPath: ASPath(sequence: [ASNumber(7)]), nextHop: hop(7), med: 5, localPreference: 300,
            extendedCommunities: [ExtendedCommunity(localSequence: 3), ExtendedCommunity(.routeTarget(target(1)))])
        attributes.originatorID = IPv4Address(1, 2, 3, 4)
        attributes.clusterList = [IPv4Address(1, 2, 3, 5)]
        let path = Path(source: speaker(1), attributes: SharedAttributes(attributes))
        let outside = policy(isInternal: false)
        let told = outside.attributes(path, .inetVPN)
        #expect(told.asPath == ASPath(sequence: [ASNumber(64512), ASNumber(7)]) && told.med == nil && told.localPreference == nil)
        #expect(told.originatorID == nil && told.clusterList.isEmpty && told.extendedCommunities.count == 1)
        #expect(told.nextHop == hop(7) && outside.attributes(path, .inet).nextHop == hop(100))
    }

    @Test func communitiesKeepRoutesFromBeingTold() {
        for (community, inside, outside) in [(Community.noAdvertise, false, false), (.noExport, true, false), (.acceptOwn, true, true)] {
            var attributes = PathAttributes(nextHop: hop(7))
            attributes.communities = [community]
            let path = Path(source: speaker(1, .xmpp), attributes: SharedAttributes(attributes))
            #expect(policy().permits(path) == inside && policy(isInternal: false).permits(path) == outside, "\(community)")
        }
    }

    @Test func whoComesLateIsToldEverything() throws {
        var engine = RouteEngine(identity)
        for number in 0..<50 { engine.receive(try vpn("10.1.\(number).0/24", label: 99), from: speaker(3, .externalBGP)) }
        var told = Listeners()
        try told.take(engine.join(PeerID(1), families: [.inetVPN], policy(), terms(), isConstrained: false))
        engine.receive(try gone("10.1.7.0/24"), from: speaker(3, .externalBGP))
        try told.take(engine.join(PeerID(2), families: [.inetVPN], policy(), terms(), isConstrained: false))
        #expect(told[1].count == 49 && told[2] == told[1])
        engine.leave(PeerID(1))
        engine.receive(try gone("10.1.8.0/24"), from: speaker(3, .externalBGP))
        let updates = engine.flush().updates
        #expect(updates.map(\.peers) == [[PeerID(2)]])
    }

    @Test func constrainedSpeakersAreToldOnlyWhatTheyAskFor() throws {
        var engine = RouteEngine(identity)
        var told = Listeners()
        engine.receive(try vpn("10.1.0.0/16", targets: [1]), from: speaker(3, .externalBGP))
        engine.receive(try vpn("10.2.0.0/16", targets: [2]), from: speaker(3, .externalBGP))
        engine.receive(membership([1]), from: speaker(1))
        try told.take(engine.join(PeerID(1), families: [.routeTarget, .inetVPN], policy(), terms(), isConstrained: true))
        try told.take(engine.join(PeerID(2), families: [.inetVPN], policy(), terms(), isConstrained: false))
        #expect(told[1].keys.sorted() == ["1.1.1.1:1:10.1.0.0/16"] && told[2].count == 2)
        engine.receive(membership([2]), from: speaker(1))
        try told.take(engine.flush().updates)
        #expect(told[1].count == 2)
        engine.receive(UpdateMessage(unreachable: [.init(.routeTarget, membership([1]).reachable[0].routes.map(\.key))]), from: speaker(1))
        try told.take(engine.flush().updates)
        #expect(told[1].keys.sorted() == ["1.1.1.1:1:10.2.0.0/16"])
        let blue = RoutingInstance(id: InstanceID(1), name: "blue", importTargets: [target(5)])
        engine.configure([blue, RoutingInstance(id: InstanceID(2), name: "red", importTargets: [target(5), target(6)])])
        try told.take(engine.flush().updates)
        #expect(told[1]["64512:target:64512:5"] != nil && told[1]["64512:target:64512:6"] != nil)
        engine.configure([blue], removing: [InstanceID(2)])
        try told.take(engine.flush().updates)
        #expect(told[1]["64512:target:64512:5"] != nil && told[1]["64512:target:64512:6"] == nil)
        engine.configure([RoutingInstance(id: InstanceID(1), name: "blue")])
        try told.take(engine.flush().updates)
        #expect(told[1]["64512:target:64512:5"] == nil)
    }

    @Test func changesOfInstancesTablesAreHandedOut() throws {
        var engine = RouteEngine(identity)
        let table = TableID(InstanceID(1), .inet)
        engine.withPartition {
            $0.configure([RoutingInstance(id: InstanceID(1), name: "blue", importTargets: [target(1)], exportTargets: [target(1)])])
            $0.follow(table)
        }
        engine.receive(try vpn("10.1.0.0/16"), from: speaker(1))
        let changes = engine.flush().changes
        #expect(changes.map(\.table) == [table] && changes[0].route?.best.label == 16)
    }

    @Test func partitionsShareTheRoutesAndAllKnowTheMemberships() throws {
        var engines = (0..<3).map { RouteEngine(identity, index: $0, count: 3) }
        var told = Listeners()
        for index in engines.indices {
            try told.take(engines[index].join(PeerID(1), families: [.routeTarget, .inetVPN], policy(), terms(), isConstrained: true))
            engines[index].receive(membership([1]), from: speaker(1))
            engines[index].configure([RoutingInstance(id: InstanceID(1), name: "blue", importTargets: [target(5)])])
            for number in 0..<30 { engines[index].receive(try vpn("10.1.\(number).0/24"), from: speaker(3, .externalBGP)) }
            try told.take(engines[index].flush().updates)
        }
        #expect(told[1].count == 31, "30 routes, and one membership from the first partition only")
        #expect(engines.map { $0.partition.routeCount(.master(.inetVPN)) }.reduce(0, +) == 30)
    }

    /// Speakers come, go, say and take back; in the end each holds what it would be told if it came now.
    @Test(arguments: 1...40) func whatSpeakersHoldIsWhatTheyWouldBeTold(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let cluster = IPv4Address(9, 9, 9, 9)
        var engine = RouteEngine(.init(system: identity.system, routerID: identity.routerID, clusterID: cluster))
        var told = Listeners()
        var present: Set<UInt32> = []
        for step in 0..<120 {
            let peer = random.number(1...4)
            switch random.number(0...9) {
            case 0:
                if present.insert(peer).inserted {
                    try told.take(
                        engine.join(
                            PeerID(peer), families: [.inetVPN, .routeTarget], policy(cluster: cluster), terms(), isConstrained: peer == 1))
                }
            case 1:
                if present.remove(peer) != nil {
                    engine.leave(PeerID(peer))
                    if random.chance(50) { engine.withPartition { $0.withdrawAll(of: PeerID(peer)) } }
                    try told.take(engine.flush().updates)
                    told.routes[PeerID(peer)] = nil
                }
            case 2: engine.receive(membership([random.number(1...3)]), from: speaker(1))
            case 3...6:
                engine.receive(
                    try vpn("10.\(random.number(0...5)).0.0/16", label: random.number(1...3), targets: [random.number(1...3)]) {
                        $0.med = random.number(0...1)
                    }, from: speaker(peer))
            default: engine.receive(try gone("10.\(random.number(0...5)).0.0/16"), from: speaker(peer))
            }
            if random.chance(60) { try told.take(engine.flush().updates) }
            if step % 20 == 19 {
                try told.take(engine.flush().updates)
                for peer in present {
                    var fresh = Listeners()
                    var copy = engine
                    copy.leave(PeerID(peer))
                    try fresh.take(
                        copy.join(
                            PeerID(peer), families: [.inetVPN, .routeTarget], policy(cluster: cluster), terms(), isConstrained: peer == 1))
                    try #require(fresh[peer] == told[peer], "peer \(peer), seed \(seed), step \(step)")
                }
            }
        }
    }
}
