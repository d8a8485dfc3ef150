// The agent's words and the control node's, against each other: what one writes the other reads, through the real code of both ends.

import AgentCore
import Coding
import ControlNodeCore
import NetworkTypes
import RouteMessages
import Testing
import XMPP

@testable import AgentCore

private let host = IPv4Address(192, 0, 2, 1)
private let instance = "default-domain:shop:blue:blue"
private let mac = MACAddress(2, 0, 0, 0, 0, 7)

private func publication(
    _ destination: RouteDestination, label: UInt32 = 25, _ encapsulations: Set<Encapsulation> = [.mplsOverGRE, .mplsOverUDP],
    tag: UInt32 = 0,
    preference: Int = 100
) -> RoutePublication {
    RoutePublication(
        instance: instance, destination: destination, nextHop: RouteNextHop(host, label: label, encapsulations),
        network: "default-domain:shop:blue", securityGroups: [8_000_001, 8_000_002], preference: preference, ethernetTag: tag)
}

private let system = ASNumber(64512)

/// What the control node understands of an announcement.
private func read(_ publication: RoutePublication) throws -> AgentRoute {
    let announcement = RouteAnnouncement(publication)
    let name = announcement.node.description
    // The name is read as the control node reads it.
    #expect(RouteNode(name, instance: instance) == announcement.node)
    return try AgentRoute(family: announcement.node.table.family, entry: announcement.entry, system: system)
}

@Suite struct RouteExchangeTests {
    @Test func anAddress() throws {
        let route = try read(publication(.prefix(try IPPrefix(parsing: "10.1.1.3/32")), preference: 200))
        #expect(route.key == RouteKey(.inet(try IPv4Prefix(parsing: "10.1.1.3/32"))))
        #expect(route.label == 25 && route.attributes.nextHop == .v4(host) && route.attributes.localPreference == 200)
        #expect(route.attributes.med == 100)
        let shared = SharedAttributes(route.attributes)
        #expect(Set(shared.encapsulations) == [.gre, .mplsOverGRE, .mplsOverUDP])
        #expect(shared.numbers(.securityGroup).map(\.number) == [8_000_001, 8_000_002])
        #expect(route.infeasibility == [])
    }

    @Test func anIPv6Address() throws {
        let route = try read(publication(.prefix(try IPPrefix(parsing: "2001:db8::3/128"))))
        #expect(route.key == RouteKey(.inet6(try IPv6Prefix(parsing: "2001:db8::3/128"))))
    }

    @Test func aMACAddress() throws {
        let with = try read(publication(.mac(mac, .v4(IPv4Address(10, 1, 1, 3)))))
        #expect(with.key == RouteKey(.evpn(.macAddress(ethernetTag: 0, mac, .v4(IPv4Address(10, 1, 1, 3))))))
        let without = try read(publication(.mac(mac, nil), label: 5, [.vxlan], tag: 5))
        #expect(without.key == RouteKey(.evpn(.macAddress(ethernetTag: 5, mac, nil))))
        #expect(SharedAttributes(without.attributes).encapsulations == [.vxlan] && without.label == 5)
    }

    @Test func theFlood() throws {
        let route = try read(publication(.flood, label: 30))
        #expect(route.key == RouteKey(.evpn(.inclusiveMulticast(ethernetTag: 0, originator: .v4(host)))))
        #expect(route.attributes.pmsiTunnel?.label == 30 << 4)
    }

    /// What an announcement becomes on its way through the control node, as another host reads it.
    @Test(arguments: [
        publication(.prefix(.v4(IPv4Prefix(host: IPv4Address(10, 1, 1, 3))))), publication(.mac(mac, nil), label: 5, [.vxlan], tag: 5),
        publication(.mac(mac, .v4(IPv4Address(10, 1, 1, 3))), [.mplsOverUDP]), publication(.flood, label: 30),
    ])
    func throughTheControlNodeAndBack(_ publication: RoutePublication) throws {
        var (exchange, partition) = (AgentExchange(AgentExchange.Settings(system: system)), RoutePartition(system: system))
        let configured = [
            RoutingInstance(id: InstanceID(1), name: instance, virtualNetwork: "default-domain:shop:blue", virtualNetworkNumber: 5)
        ]
        partition.configure(configured)
        _ = exchange.configured(configured, &partition)
        let announcement = RouteAnnouncement(publication)
        let names = ["other", "announcer"].enumerated().map { ($1, PeerID(AgentExchange.firstPeer + UInt32($0))) }
        for (name, id) in names {
            _ = exchange.connect(id, name: name, address: .v4(.loopback), &partition)
            _ = exchange.handle(.subscribe(Subscription(node: instance, instanceID: 1)), from: id, &partition)
        }
        if publication.destination == .flood {
            // The other host is in the flood itself; only members are told.
            var own = publication
            own.nextHop.address = IPv4Address(192, 0, 2, 2)
            let other = RouteAnnouncement(own)
            let route = try AgentRoute(family: .ethernet, entry: other.entry, system: system)
            _ = exchange.handle(.announce(other.node, route), from: names[0].1, &partition)
        }
        let route = try AgentRoute(family: announcement.node.table.family, entry: announcement.entry, system: system)
        _ = exchange.handle(.announce(announcement.node, route), from: names[1].1, &partition)
        _ = exchange.handle(partition.takeChanges())
        var heard: [RouteEvent.Item] = []
        while case .events(let bodies)? = exchange.takeOutput(names[0].1) {
            for body in bodies {
                guard case .event(let event) = try Stanza(parsing: Stanza.message(from: .controlNode, to: .controlNode, body: body)).payload
                else { continue }
                #expect(TableNode(event.node) == announcement.node.table)
                heard += event.items
            }
        }
        let item = try #require(heard.last)
        #expect(try RouteDestination(item: item.id, announcement.node.table.family) == publication.destination)
        var problems: [String] = []
        let told = try ControllerRoute(publication.destination, entry: item.entry, problems: &problems)
        #expect(problems.isEmpty)
        #expect(told.nextHops == [publication.nextHop])
        #expect(told.network == publication.network)
        if publication.destination != .flood { #expect(told.securityGroups == publication.securityGroups) }
    }

    @Test(arguments: [
        ("", RouteFamily.inet), ("10.1.1.3", .inet), ("2001:db8::1/128", .inet), ("10.1.1.3/33", .inet), ("x,10.1.1.3/32", .ethernet),
        ("02:00:00:00:00:07", .ethernet), ("02:00:00:00:00:07,x", .ethernet), (",", .ethernet),
    ])
    func namesOfNothing(_ name: String, _ family: RouteFamily) {
        #expect(throws: ReceivedRouteError.self) { try RouteDestination(item: name, family) }
    }

    @Test func namesOfWhatIsNotUsed() throws {
        #expect(try RouteDestination(item: "00:00:00:00:00:00,10.0.0.0/8", .ethernet) == nil)
        #expect(try RouteDestination(item: "02:00:00:00:00:07,0.0.0.0/32,224.1.1.1,0.0.0.0", .ethernet) == nil)
        #expect(try RouteDestination(item: "7-ff:ff:ff:ff:ff:ff,0.0.0.0/32", .ethernet) == .flood)
    }

    @Test func workloadsThatShareAnAddressAreAnnouncedOnce() {
        var statements = AgentStatements()
        _ = statements.subscribe(instance: instance, id: 1)
        var announced = AnnouncedRoutes()
        let destination = RouteDestination.prefix(.v4(IPv4Prefix(host: IPv4Address(10, 1, 1, 3))))
        let (first, second) = (publication(destination, label: 25), publication(destination, label: 26))
        let active = publication(destination, label: 26, preference: 200)
        func label(_ payloads: [Stanza.Payload]) -> String? {
            guard case .publish(let publication)? = payloads.first, let entry = publication.entries.first else { return nil }
            return (try? UnicastEntry(xml: entry))?.nextHops?.nextHop?.first?.label.map(String.init)
        }
        #expect(label(announced.change(to: [second, first], &statements)) == "25")
        #expect(announced.change(to: [second, first], &statements).isEmpty, "nothing new")
        #expect(label(announced.change(to: [active, first], &statements)) == "26", "the one in use")
        #expect(label(announced.change(to: [first], &statements)) == "25")
        #expect(announced.change(to: [], &statements).contains { if case .dissociate = $0 { true } else { false } })
        #expect(announced.count == 0 && statements.routeCount == 0)
    }

    @Test func aMovedMACAddressIsNotLostWithItsOldName() {
        var routes = ControllerRoutes()
        let key = ControllerRoutes.Key(instance, .mac(mac, nil))
        let route = ControllerRoute([RouteNextHop(host, label: 5, [.vxlan])], network: "blue")
        routes.announced(key, route, by: "cn1", name: "\(mac),0.0.0.0/32")
        let isNews = routes.announced(key, route, by: "cn1", name: "5-\(mac),0.0.0.0/32")
        #expect(!isNews)
        let endsTheNew = routes.retracted(key, by: "cn1", name: "\(mac),0.0.0.0/32")
        #expect(!endsTheNew)
        #expect(routes.merged.count == 1)
        let ends = routes.retracted(key, by: "cn1", name: "5-\(mac),0.0.0.0/32")
        #expect(ends)
        #expect(routes.merged.isEmpty)
    }

    @Test func garbledEntriesAreRefused() {
        let seed = UInt64.anySeed
        var random = SeededGenerator(seed: seed)
        for destination in [RouteDestination.prefix(.v4(.all)), .mac(mac, nil), .flood] {
            let good = RouteAnnouncement(publication(destination)).entry
            for _ in 0..<500 {
                var bytes = good
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
                }
                var problems: [String] = []
                // Refused or understood, whichever; never more than that.
                let route = try? ControllerRoute(destination, entry: bytes, problems: &problems)
                #expect(route.map { $0.nextHops.allSatisfy { $0.label > 0 } } ?? true, "seed \(seed)")
            }
        }
    }
}
