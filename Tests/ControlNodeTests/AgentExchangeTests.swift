// The exchange of routes with agents, from what one says to what the others are told.

import Coding
import NetworkTypes
import RouteMessages
import Testing
import XMPP

@testable import ControlNodeCore

private let node = "1/1/v/10.0.0.1/32"
private let route = "1/1/v 10.0.0.1/32"

@Suite struct AgentExchangeTests {
    /// Two agents in one instance.
    private func bench(staleSeconds: Double = 300) throws -> ExchangeBench {
        var bench = ExchangeBench(staleSeconds: staleSeconds)
        try bench.configure([routingInstance(1, "v", network: 5)])
        for name in ["a", "b"] {
            try bench.connect(name)
            try bench.subscribe(name, "v")
        }
        return bench
    }

    @Test func anAnnouncementReachesEveryoneInTheInstance() throws {
        var bench = try bench()
        try bench.announce("a", node, unicastEntry("10.0.0.1/32", host: 1, label: 25))
        #expect(try bench.hops("a", route) == "192.0.2.1:25")
        #expect(try bench.hops("b", route) == "192.0.2.1:25")
        let entry = try UnicastEntry(xml: try #require(bench.known["b"]?[route]))
        #expect(entry.virtualNetwork == "d:p:v" && entry.localPreference == 100 && entry.med == 200 && entry.version == 1)
        #expect(entry.nextHops?.nextHop?.first?.tunnelEncapsulationList?.tunnelEncapsulation == ["gre", "udp"])
        try bench.withdraw("a", node, unicastEntry("10.0.0.1/32", host: 1, label: 25))
        #expect(try bench.hops("b", route) == nil)
        #expect(bench.partition.routeCount(TableID(InstanceID(1), .inet)) == 0)
    }

    @Test func nothingHappensBeforeTheSecondHalf() throws {
        var bench = try bench()
        try bench.say("a", .publish(Publication(node: node, entries: [unicastEntry("10.0.0.1/32", host: 1, label: 25)])))
        #expect(try bench.hops("b", route) == nil)
        try bench.say("a", .associate(instance: "v", node: node))
        #expect(try bench.hops("b", route) == "192.0.2.1:25")
        // One half completes one.
        try bench.say("a", .associate(instance: "v", node: node))
        #expect(bench.closed["a"]?.contains("without being published") == true)
    }

    @Test func equalPathsShareTheTraffic() throws {
        var bench = try bench()
        try bench.announce("a", node, unicastEntry("10.0.0.1/32", host: 1, label: 25))
        try bench.announce("b", node, unicastEntry("10.0.0.1/32", host: 2, label: 26))
        for name in ["a", "b"] { #expect(try bench.hops(name, route) == "192.0.2.1:25 192.0.2.2:26") }
        // An active address beats passive ones.
        try bench.announce("b", node, unicastEntry("10.0.0.1/32", host: 2, label: 26, preference: 200))
        for name in ["a", "b"] { #expect(try bench.hops(name, route) == "192.0.2.2:26") }
        #expect(try UnicastEntry(xml: try #require(bench.known["a"]?[route])).med == 100)
    }

    @Test(arguments: [(100, 200), (200, 100), (150, 4_294_967_145), (1, 4_294_967_294)] as [(UInt32, UInt32)])
    func theDiscriminatorFollowsFromThePreference(_ preference: UInt32, _ med: UInt32) throws {
        let entry = unicastEntry("10.0.0.1/32", host: 1, label: 25, preference: Int(preference))
        let route = try AgentRoute(family: .inet, entry: entry, system: ASNumber(64512))
        #expect(route.attributes.med == med && route.attributes.localPreference == preference)
    }

    @Test func encapsulationsAreTranslated() throws {
        func encapsulations(_ names: [String]) throws -> ([TunnelType], Infeasibility) {
            let entry = unicastEntry("10.0.0.1/32", host: 1, label: 25, encapsulations: names)
            let route = try AgentRoute(family: .inet, entry: entry, system: ASNumber(64512))
            return (SharedAttributes(route.attributes).encapsulations, route.infeasibility)
        }
        #expect(try encapsulations(["gre"]) == ([.gre, .mplsOverGRE], []))
        #expect(try encapsulations(["udp", "vxlan"]) == ([.vxlan, .mplsOverUDP], []))
        #expect(try encapsulations(["native"]) == ([.native], []))
        #expect(try encapsulations([]) == ([], []))
        #expect(try encapsulations(["carrier-pigeon"]) == ([], .noTunnelEncapsulation))
        // Of an unknown encapsulation nobody is told; a label without any is one in GRE.
        var bench = try bench()
        try bench.announce("a", node, unicastEntry("10.0.0.1/32", host: 1, label: 25, encapsulations: ["carrier-pigeon"]))
        #expect(try bench.hops("b", route) == nil && bench.refused.isEmpty)
        try bench.announce("a", node, unicastEntry("10.0.0.1/32", host: 1, label: 25, encapsulations: []))
        let entry = try UnicastEntry(xml: try #require(bench.known["b"]?[route]))
        #expect(entry.nextHops?.nextHop?.first?.tunnelEncapsulationList?.tunnelEncapsulation == ["gre"])
    }

    @Test func whatAnAgentAttachesArrives() throws {
        var bench = try bench()
        var entry = try UnicastEntry(xml: unicastEntry("10.0.0.1/32", host: 1, label: 25))
        entry.securityGroupList = SecurityGroupList(securityGroup: [8_000_001, 7])
        entry.nextHops?.nextHop?[0].tagList = TagList(tag: [65537])
        entry.nextHops?.nextHop?[0].mac = "02:00:00:00:00:0a"
        entry.nextHops?.nextHop?[0].localSequenceNumber = 3
        entry.mobility = Mobility(value: 4, seqno: 4, sticky: true)
        entry.communityTagList = CommunityTagList(communityTag: ["no-export", "64512:7"])
        entry.loadBalance = LoadBalance(
            loadBalanceFields: LoadBalanceFields(loadBalanceFieldList: ["l3-source-address", "l4-protocol"]),
            loadBalanceDecision: "source-bias")
        try bench.announce("a", node, entry.xml(root: "entry"))
        let told = try UnicastEntry(xml: try #require(bench.known["b"]?[route]))
        #expect(told.securityGroupList?.securityGroup?.sorted() == [7, 8_000_001])
        let hop = try #require(told.nextHops?.nextHop?.first)
        #expect(hop.tagList?.tag == [65537] && hop.mac == "02:00:00:00:00:0a" && hop.localSequenceNumber == 3)
        #expect(told.mobility?.seqno == 4 && told.mobility?.value == 4 && told.mobility?.sticky == true && told.sequenceNumber == 4)
        #expect(told.communityTagList?.communityTag == ["no-export", "64512:7"])
        #expect(told.loadBalance?.loadBalanceFields?.loadBalanceFieldList == ["l3-source-address", "l4-protocol"])
        #expect(told.loadBalance?.loadBalanceDecision == "source-bias")
    }

    @Test func groupsAndTagsOfOtherSystemsAreKeptFromAgents() throws {
        var bench = try bench()
        let source = PathSource(peer: PeerID(9), kind: .internalBGP, routerID: IPv4Address(10, 0, 0, 9))
        let communities = [
            ExtendedCommunity(.securityGroup, system: 1, number: 8_000_009), ExtendedCommunity(.securityGroup, system: 1, number: 9),
            ExtendedCommunity(.tag, system: 1, number: 65537), ExtendedCommunity(.tag, system: 1, number: 8_000_000),
        ]
        let attributes = bench.partition.intern(
            PathAttributes(nextHop: .v4(IPv4Address(10, 0, 0, 9)), extendedCommunities: communities))
        let prefix = try IPPrefix(parsing: "10.0.0.1/32")
        bench.partition.announce(
            TableID(InstanceID(1), .inet), RouteKey(RoutePrefix(prefix)), Path(source: source, attributes: attributes, label: 5))
        try bench.perform([])
        let told = try UnicastEntry(xml: try #require(bench.known["b"]?[route]))
        #expect(told.securityGroupList?.securityGroup == [9])
        #expect(told.nextHops?.nextHop?.first?.tagList?.tag == [8_000_000])
    }

    @Test func routesOfConnectedNetworksSayWhereTheyComeFrom() throws {
        var bench = ExchangeBench()
        try bench.configure([
            routingInstance(1, "v", network: 5, imports: ["target:64512:1", "target:64512:2"], exports: ["target:64512:1"]),
            routingInstance(2, "w", network: 6, imports: ["target:64512:2"], exports: ["target:64512:2"]),
        ])
        try bench.connect("a")
        try bench.subscribe("a", "v")
        try bench.subscribe("a", "w", number: 2)
        try bench.announce("a", "1/1/w/10.0.9.1/32", unicastEntry("10.0.9.1/32", host: 1, label: 30), instance: "w")
        let told = try UnicastEntry(xml: try #require(bench.known["a"]?["1/1/v 10.0.9.1/32"]))
        #expect(told.virtualNetwork == "d:p:w" && told.nextHops?.nextHop?.first?.virtualNetwork == "d:p:w")
        // In the VPN table it has the agent's address and its number of the instance.
        var names: [String] = []
        bench.partition.forEachRoute(.master(.inetVPN)) { key, _ in names.append(key.description) }
        #expect(names == ["192.0.2.1:2:10.0.9.1/32"])
    }

    @Test func ethernetRoutesKeepTheirNamesAndFloodsGoToMembers() throws {
        var bench = try bench()
        let host = ethernetEntry("02:00:00:00:00:01", "10.0.0.1/32", host: 1, label: 4100, tag: 4100, vxlan: true)
        try bench.announce("a", "25/242/v/4100-02:00:00:00:00:01,10.0.0.1/32", host)
        let told = try EthernetEntry(xml: try #require(bench.known["b"]?["25/242/v 4100-02:00:00:00:00:01,10.0.0.1/32"]))
        #expect(told.nlri?.ethernetTag == 4100 && told.nlri?.address == "10.0.0.1/32")
        #expect(told.nextHops?.nextHop?.first?.label == 4100)
        #expect(told.nextHops?.nextHop?.first?.tunnelEncapsulationList?.tunnelEncapsulation == ["vxlan"])
        let prefix = ethernetEntry("00:00:00:00:00:00", "10.7.0.0/16", host: 1, label: 4101, vxlan: true)
        try bench.announce("a", "25/242/v/00:00:00:00:00:00,10.7.0.0/16", prefix)
        #expect(bench.known["b"]?["25/242/v 00:00:00:00:00:00,10.7.0.0/16"] != nil)
        // Membership in the flood: each member is told of the others, and nobody else of anybody.
        let flood = "25/242/v ff:ff:ff:ff:ff:ff,0.0.0.0/32"
        func others(_ bench: ExchangeBench, _ name: String) throws -> [String]? {
            try bench.known[name]?[flood].map { try EthernetEntry(xml: $0).olist?.nextHop?.compactMap(\.address) ?? [] }
        }
        try bench.announce("a", "25/242/v/ff:ff:ff:ff:ff:ff,0.0.0.0/32", ethernetEntry("ff:ff:ff:ff:ff:ff", host: 1, label: 7))
        #expect(try others(bench, "a") == [] && others(bench, "b") == nil)
        try bench.announce("b", "25/242/v/ff:ff:ff:ff:ff:ff,0.0.0.0/32", ethernetEntry("ff:ff:ff:ff:ff:ff", host: 2, label: 8))
        #expect(try others(bench, "a") == ["192.0.2.2"] && others(bench, "b") == ["192.0.2.1"])
        try bench.withdraw("a", "25/242/v/ff:ff:ff:ff:ff:ff,0.0.0.0/32", ethernetEntry("ff:ff:ff:ff:ff:ff", host: 1, label: 7))
        #expect(try others(bench, "a") == nil && others(bench, "b") == [])
        #expect(bench.refused.isEmpty, "\(bench.refused)")
    }

    @Test(arguments: [
        (Stanza.Payload.subscribe(Subscription(node: "v", instanceID: 1)), "a second subscription to v"),
        (.unsubscribe(Subscription(node: "w")), "which there is not"),
        (.associate(instance: "v", node: node), "without being published"),
        (.dissociate(instance: "v", node: node), "without being published"),
    ])
    func whoBreaksARuleIsSentAway(_ payload: Stanza.Payload, _ words: String) throws {
        var bench = try bench()
        try bench.say("a", payload)
        #expect(bench.closed["a"]?.contains(words) == true && bench.closed["b"] == nil)
        // What it still says is not heard.
        try bench.announce("a", node, unicastEntry("10.0.0.1/32", host: 1, label: 25))
        #expect(try bench.hops("b", route) == nil)
    }

    @Test func aRouteOfAnotherInstanceSendsAway() throws {
        var bench = try bench()
        try bench.announce("a", "1/1/w/10.0.0.1/32", unicastEntry("10.0.0.1/32", host: 1, label: 25), instance: "w")
        #expect(bench.closed["a"]?.contains("no subscription") == true)
    }

    @Test(arguments: [
        ("1/1/v/10.0.0.1/32", "<entry/>"), ("1/1/v/10.0.0.1/32", "<entry><nlri><address>no</address></nlri></entry>"),
        ("1/1/v/10.0.0.1/32", "<entry><nlri><address>10.0.0.1/32</address></nlri></entry>"),
        ("2/1/v/10.0.0.1/32", "<entry><nlri><address>10.0.0.1/32</address></nlri></entry>"),
        ("1/241/v/255.255.255.255,0.0.0.0", "<entry/>"), ("25/242/v/x,0.0.0.0/32", "<entry><nlri><mac>x</mac></nlri></entry>"),
    ])
    func anEntryWithoutSenseCostsNothingElse(_ node: String, _ entry: String) throws {
        var bench = try bench()
        try bench.announce("a", node, Array(entry.utf8))
        #expect(bench.refused.count == 1 && bench.closed.isEmpty)
        try bench.announce("a", "1/1/v/10.0.0.2/32", unicastEntry("10.0.0.2/32", host: 1, label: 25))
        #expect(try bench.hops("b", "1/1/v 10.0.0.2/32") == "192.0.2.1:25")
    }

    @Test func aSubscriptionWaitsForItsInstance() throws {
        var bench = try bench()
        for name in ["a", "b"] { try bench.subscribe(name, "w", number: 2) }
        try bench.announce("a", "1/1/w/10.0.0.1/32", unicastEntry("10.0.0.1/32", host: 1, label: 25), instance: "w")
        try bench.announce("a", "1/1/w/10.0.0.2/32", unicastEntry("10.0.0.2/32", host: 1, label: 25), instance: "w")
        try bench.withdraw("a", "1/1/w/10.0.0.2/32", unicastEntry("10.0.0.2/32", host: 1, label: 25), instance: "w")
        #expect(bench.exchange.summaries(bench.partition).first?.waiting == ["w"])
        try bench.configure([routingInstance(2, "w")])
        #expect(try bench.hops("b", "1/1/w 10.0.0.1/32") == "192.0.2.1:25" && bench.hops("b", "1/1/w 10.0.0.2/32") == nil)
        // The instance goes, with its routes; agents are told.
        bench.partition.remove(InstanceID(2))
        try bench.perform(bench.exchange.removed("w"))
        #expect(try bench.hops("b", "1/1/w 10.0.0.1/32") == nil)
        #expect(bench.exchange.summaries(bench.partition).first?.waiting == ["w"] && bench.closed.isEmpty)
    }

    @Test func whoOnlyPublishesIsToldNothing() throws {
        var bench = try bench()
        try bench.connect("c")
        try bench.say("c", .subscribe(Subscription(node: "v", instanceID: 1, isSourceOnly: true)))
        try bench.announce("c", node, unicastEntry("10.0.0.1/32", host: 3, label: 27))
        #expect(try bench.hops("a", route) == "192.0.2.3:27" && bench.hops("c", route) == nil)
    }

    @Test func leavingTakesTheRoutesAlong() throws {
        var bench = try bench()
        try bench.announce("a", node, unicastEntry("10.0.0.1/32", host: 1, label: 25))
        try bench.say("a", .unsubscribe(Subscription(node: "v", instanceID: 1)))
        #expect(try bench.hops("b", route) == nil)
        try bench.subscribe("a", "v")
        #expect(bench.closed.isEmpty)
    }

    @Test func afterAStartTheEndWaitsForTheAgentsThatWereHere() throws {
        var bench = ExchangeBench(returnSeconds: 35)
        try bench.configure([routingInstance(1, "v", network: 5)])
        try bench.perform(bench.exchange.expect(["a", "b"]))
        try bench.connect("a")
        try bench.subscribe("a", "v")
        try bench.say("a", .endOfRIB)
        #expect(bench.ends["a"] == nil)
        #expect(bench.timers.contains(.agentsReturn))
        try bench.connect("b")
        try bench.subscribe("b", "v")
        try bench.announce("b", node, unicastEntry("10.0.0.1/32", host: 2, label: 25))
        #expect(bench.ends["a"] == nil)
        try bench.say("b", .endOfRIB)
        #expect(bench.ends == ["a": 1, "b": 1])
        #expect(!bench.timers.contains(.agentsReturn))
        // From then on nobody is waited for.
        try bench.connect("a")
        try bench.subscribe("a", "v")
        try bench.say("a", .endOfRIB)
        #expect(bench.ends["a"] == 2)
    }

    @Test func agentsThatDoNotComeBackAreWaitedForOnlySoLong() throws {
        var bench = ExchangeBench(returnSeconds: 35)
        try bench.configure([routingInstance(1, "v", network: 5)])
        try bench.connect("a")
        try bench.subscribe("a", "v")
        try bench.say("a", .endOfRIB)
        try bench.perform(bench.exchange.expect(["a", "elsewhere"]))
        #expect(bench.ends["a"] == nil)
        try bench.fire(.agentsReturn)
        #expect(bench.ends["a"] == 1)
    }

    @Test func theEndIsToldOnceAllIsTold() throws {
        var bench = try bench()
        #expect(bench.ends.isEmpty)
        try bench.say("a", .endOfRIB)
        let end = AgentExchange.Timer.endOfRIB(try bench.id("a"))
        #expect(bench.ends == ["a": 1])
        #expect(!bench.timers.contains(end))
        // Who does not say that it is done is taken to be after a time.
        try bench.fire(.endOfRIB(try bench.id("b")))
        try bench.say("b", .endOfRIB)
        #expect(bench.ends == ["a": 1, "b": 1])
    }

    // MARK: Losing and finding agents

    @Test func aLostAgentsRoutesStayForATime() throws {
        var bench = try bench()
        try bench.announce("a", node, unicastEntry("10.0.0.1/32", host: 1, label: 25))
        try bench.disconnect("a")
        #expect(try bench.hops("b", route) == "192.0.2.1:25")
        #expect(bench.timers.contains(.stale(try bench.id("a"))))
        try bench.fire(.stale(try bench.id("a")))
        #expect(try bench.hops("b", route) == nil)
        #expect(bench.exchange.summaries(bench.partition).map(\.name) == ["b"])
    }

    @Test func withoutATimeTheyGoAtOnce() throws {
        var bench = try bench(staleSeconds: 0)
        try bench.announce("a", node, unicastEntry("10.0.0.1/32", host: 1, label: 25))
        try bench.disconnect("a")
        #expect(try bench.hops("b", route) == nil)
    }

    @Test func anAgentThatReturnsAndSaysTheSameDisturbsNobody() throws {
        var bench = try bench()
        let entry = unicastEntry("10.0.0.1/32", host: 1, label: 25)
        try bench.announce("a", node, entry)
        try bench.announce("a", "1/1/v/10.0.0.2/32", unicastEntry("10.0.0.2/32", host: 1, label: 26))
        let id = try bench.id("a")
        try bench.disconnect("a")
        let before = bench.messages
        try bench.connect("a")
        #expect(try bench.id("a") == id)
        try bench.subscribe("a", "v")
        try bench.announce("a", node, entry)
        // Its own table is told to it again; the other agent hears nothing.
        #expect(bench.messages == before + 1)
        #expect(try bench.hops("b", "1/1/v 10.0.0.2/32") == "192.0.2.1:26")
        // What it did not say again goes when it is done.
        try bench.say("a", .endOfRIB)
        #expect(try bench.hops("b", route) == "192.0.2.1:25" && bench.hops("b", "1/1/v 10.0.0.2/32") == nil)
        #expect(!bench.timers.contains(.stale(id)))
    }

    @Test func aSubscriptionThatIsNotSaidAgainGoesWithItsRoutes() throws {
        var bench = try bench()
        try bench.announce("a", node, unicastEntry("10.0.0.1/32", host: 1, label: 25))
        try bench.disconnect("a")
        try bench.connect("a")
        try bench.fire(.stale(try bench.id("a")))
        #expect(try bench.hops("b", route) == nil)
        #expect(bench.exchange.summaries(bench.partition).first?.subscriptions == [])
        try bench.say("a", .unsubscribe(Subscription(node: "v", instanceID: 1)))
        #expect(bench.closed["a"] != nil)
    }

    @Test func aSecondSessionOfAnAgentReplacesTheFirst() throws {
        var bench = try bench()
        try bench.announce("a", node, unicastEntry("10.0.0.1/32", host: 1, label: 25))
        try bench.connect("a")
        #expect(bench.exchange.summaries(bench.partition).first?.counters.sessions == 2)
        #expect(try bench.hops("b", route) == "192.0.2.1:25")
        try bench.subscribe("a", "v")
        try bench.say("a", .endOfRIB)
        #expect(try bench.hops("b", route) == nil)
    }

    /// Any sequence of what agents can do: in the end everyone knows what the table holds, and nothing else.
    @Test(arguments: 0..<4) func agentsKnowTheTablesInTheEnd(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var bench = ExchangeBench()
        let names = ["a", "b", "c"]
        let instances = ["v", "w"]
        try bench.configure([
            routingInstance(1, "v", network: 1, imports: ["target:1:1", "target:1:2"], exports: ["target:1:1"]),
            routingInstance(2, "w", network: 2, imports: ["target:1:2"], exports: ["target:1:2"]),
        ])
        for name in names {
            try bench.connect(name)
            for instance in instances { try bench.subscribe(name, instance) }
        }
        for _ in 0..<150 {
            let index = Int(random.next() % 3)
            let name = names[index]
            let instance = instances[Int(random.next() % 2)]
            let prefix = "10.0.0.\(random.next() % 6)/32"
            let entry = unicastEntry(
                prefix, host: index, label: Int(random.next() % 3) + 16, preference: random.next() % 4 == 0 ? 200 : 100)
            switch random.next() % 12 {
            case 0:
                try bench.disconnect(name)
                try bench.connect(name)
                for instance in instances { try bench.subscribe(name, instance) }
            case 1: try bench.say(name, .endOfRIB)
            case 2:
                try bench.say(name, .unsubscribe(Subscription(node: instance, instanceID: 1)))
                bench.known[name] = bench.known[name]?.filter { !$0.key.hasPrefix("1/1/\(instance) ") }
                try bench.subscribe(name, instance)
            case 3...5: try bench.withdraw(name, "1/1/\(instance)/\(prefix)", entry, instance: instance)
            default: try bench.announce(name, "1/1/\(instance)/\(prefix)", entry, instance: instance)
            }
        }
        #expect(bench.closed.isEmpty, "seed \(seed): \(bench.closed)")
        for (number, instance) in instances.enumerated() {
            var expected: [String: String] = [:]
            bench.partition.forEachRoute(TableID(InstanceID(UInt32(number + 1)), .inet)) { key, route in
                let hops = route.equalPaths.map { "\($0.attributes.nextHop):\($0.label)" }.sorted()
                if !hops.isEmpty { expected["1/1/\(instance) \(key)"] = hops.joined(separator: " ") }
            }
            for name in names {
                for (route, hops) in expected { #expect(try bench.hops(name, route) == hops, "seed \(seed), \(name): \(route)") }
                let known = (bench.known[name] ?? [:]).keys.filter { $0.hasPrefix("1/1/\(instance) ") }
                #expect(Set(known) == Set(expected.keys), "seed \(seed), \(name)")
            }
        }
    }
}
