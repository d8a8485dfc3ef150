// The plan: what the tables, the announcements and the answers are for given inputs.

import AgentCore
import Coding
import ForwarderMessages
import Graph
import NetworkTypes
import Testing

private let otherHost = IPv4Address(192, 0, 2, 9)
private let thirdHost = IPv4Address(198, 51, 100, 7)

private func inputs(_ ports: [UInt8] = [1, 2, 3]) -> AgentInputs {
    var inputs = AgentInputs(host: SampleCloud.host)
    for change in SampleCloud.graph { inputs.graph.apply(change) }
    for port in ports { inputs.ports[SampleCloud.id(port)] = SampleCloud.port(port) }
    return inputs
}

private func key(_ prefix: String) throws -> ControllerRoutes.Key {
    ControllerRoutes.Key(blueInstance, .prefix(try IPPrefix(parsing: prefix)))
}

@Suite struct PlanTests {
    private func make(_ inputs: AgentInputs) -> (AgentPlan, AgentIndexes) {
        var indexes = AgentIndexes()
        return (AgentPlan(inputs, &indexes), indexes)
    }

    private func route(_ plan: AgentPlan, _ vrf: UInt32, _ prefix: String) throws -> RouteMessage {
        let entry = try #require(plan.tables[.route(vrf: vrf, try IPPrefix(parsing: prefix))])
        guard case .route(let message) = entry.message else { throw CodingError(.type, "no route") }
        return message
    }

    private func nextHop(_ plan: AgentPlan, _ index: UInt32?) throws -> NextHopMessage {
        let index = try #require(index)
        guard case .nextHop(let message) = try #require(plan.tables[.nextHop(index)]).message else {
            throw CodingError(.type, "no next hop")
        }
        return message
    }

    @Test func aWorkloadHere() throws {
        let (plan, indexes) = make(inputs([1]))
        #expect(plan.problems == [])
        let vrf = try #require(indexes.vrfs[blueInstance])
        let route = try route(plan, vrf, "10.1.1.3/32")
        #expect(route.stitchedMac == SampleCloud.mac(1))
        #expect(route.routeFlags == [.arpProxy, .arpTrap])
        let nextHop = try nextHop(plan, route.nextHop)
        #expect(nextHop.type == .encapsulate)
        #expect(nextHop.flags == [.valid, .policy])
        #expect(nextHop.encapsulation == SampleCloud.mac(1).bytes + MACAddress.gateway.bytes + [8, 0])
        #expect(nextHop.vrf == vrf)
        let number = try #require(nextHop.interface)
        let interface = try #require(plan.interfaces[number])
        #expect(interface.nextHop == route.nextHop)
        #expect(interface.dhcp.address == IPv4Address(10, 1, 1, 3))
        #expect(interface.dhcp.isComplete)
        #expect(interface.dhcp.gateway == IPv4Address(10, 1, 1, 1))
        #expect(interface.dhcp.service == IPv4Address(10, 1, 1, 2))
        // The gateway and the service's address are the platform's.
        let platform = try self.nextHop(plan, try self.route(plan, vrf, "10.1.1.1/32").nextHop)
        #expect(platform.type == .receive && platform.interface == AgentIndexes.agent)
        #expect(try self.route(plan, vrf, "10.1.1.2/32").routeFlags == .arpProxy)
        #expect(try self.route(plan, vrf, "10.1.1.0/24").nextHop == 0)
        // Only networks with a workload here have a VRF.
        #expect(indexes.vrfs[SampleCloud.instance(SampleCloud.red)] == nil)
        #expect(plan.subscriptions == [AgentPlanNames.fabric: 0, blueInstance: vrf])
    }

    @Test func whatIsAnnounced() throws {
        let (plan, indexes) = make(inputs([1]))
        let routed = try #require(indexes.labels["workload:\(SampleCloud.id(1)):inet"])
        let announced = plan.publications.filter { $0.destination == .prefix(.v4(IPv4Prefix(host: IPv4Address(10, 1, 1, 3)))) }
        #expect(
            announced == [
                RoutePublication(
                    instance: blueInstance, destination: .prefix(.v4(IPv4Prefix(host: IPv4Address(10, 1, 1, 3)))),
                    nextHop: RouteNextHop(SampleCloud.host.address, label: routed, [.mplsOverGRE, .mplsOverUDP]),
                    network: SampleCloud.blue.name, securityGroups: [8_000_001], preference: 100, ethernetTag: 0)
            ])
        let kinds = plan.publications.map { publication in
            switch publication.destination {
            case .prefix: "prefix"
            case .mac(_, nil): "mac"
            case .mac: "mac and address"
            case .flood: "flood"
            }
        }
        #expect(kinds.sorted() == ["flood", "mac", "mac and address", "prefix"])
        var active = inputs([1])
        active.activeAddresses.insert(.init(SampleCloud.id(1), .v4(IPv4Address(10, 1, 1, 3))))
        #expect(make(active).0.publications.contains { $0.preference == 200 && $0.destination == announced.first?.destination })
    }

    @Test func vxlanAnnouncesTheNetworksIdentifier() throws {
        var inputs = inputs([1])
        let global = NodeName(type: "global-vrouter-config", name: "default-global-system-config:default-global-vrouter-config")
        let priorities = "<encapsulation>VXLAN</encapsulation><encapsulation>MPLSoUDP</encapsulation>"
        inputs.graph.apply(.node(global, properties: ["encapsulation-priorities": Array(priorities.utf8)]))
        let (plan, _) = make(inputs)
        let frames = plan.publications.filter { if case .prefix = $0.destination { false } else { true } }
        #expect(frames.allSatisfy { $0.nextHop.encapsulations == [.vxlan] && $0.nextHop.label == 5 && $0.ethernetTag == 5 })
        let packets = plan.publications.filter { if case .prefix = $0.destination { true } else { false } }
        #expect(packets.allSatisfy { $0.nextHop.encapsulations == [.mplsOverUDP] })
        #expect(plan.tables[.vxlanNetwork(5)] != nil)
    }

    @Test func aWorkloadElsewhere() throws {
        var inputs = inputs([1])
        inputs.routes.announced(
            try key("10.1.1.9/32"), ControllerRoute([RouteNextHop(otherHost, label: 99, [.mplsOverUDP])], network: "blue"), by: "cn1")
        let mac = MACAddress(2, 0, 0, 0, 0, 9)
        inputs.routes.announced(
            ControllerRoutes.Key(blueInstance, .mac(mac, .v4(IPv4Address(10, 1, 1, 9)))),
            ControllerRoute([RouteNextHop(otherHost, label: 100, [.mplsOverUDP])], network: "blue"), by: "cn1")
        let (unresolved, indexes) = make(inputs)
        let vrf = try #require(indexes.vrfs[blueInstance])
        let waiting = try route(unresolved, vrf, "10.1.1.9/32")
        #expect(try nextHop(unresolved, waiting.nextHop).type == .resolve)
        #expect(unresolved.wantedNeighbours == [otherHost])
        inputs.neighbours[otherHost] = MACAddress(2, 0, 0, 0, 2, 2)
        let (plan, _) = make(inputs)
        let route = try route(plan, vrf, "10.1.1.9/32")
        #expect(route.label == 99)
        #expect(route.stitchedMac == mac, "ARP is answered with the workload's own address")
        let tunnel = try nextHop(plan, route.nextHop)
        #expect(tunnel.type == .tunnel && tunnel.tunnel == .mplsOverUdp)
        #expect(tunnel.destinationIpv4 == otherHost)
        #expect(tunnel.encapsulation == MACAddress(2, 0, 0, 0, 2, 2).bytes + SampleCloud.host.mac.bytes + [8, 0])
        guard case .route(let entry) = try #require(plan.tables[.bridge(vrf: vrf, mac)]).message else { return }
        #expect(entry.label == 100 && entry.nextHop == route.nextHop)
    }

    @Test func beyondTheNetworkTheGatewayIsResolved() throws {
        var inputs = inputs([1])
        inputs.routes.announced(
            try key("0.0.0.0/0"), ControllerRoute([RouteNextHop(thirdHost, label: 5, [.mplsOverGRE])], network: "x"), by: "cn1")
        #expect(make(inputs).0.wantedNeighbours == [IPv4Address(192, 0, 2, 254)])
    }

    @Test func ourOwnAnnouncementComingBackChangesNothing() throws {
        let own = inputs([1])
        var echoed = own
        echoed.routes.announced(
            try key("10.1.1.3/32"), ControllerRoute([RouteNextHop(SampleCloud.host.address, label: 16, [.mplsOverUDP])], network: "blue"),
            by: "cn1")
        #expect(make(own).0.tables == make(echoed).0.tables)
    }

    /// Policy connects two networks that have workloads on this host: the control node says the one's routes in the other's instance.
    @Test func aWorkloadOfAnotherNetworkHere() throws {
        var inputs = inputs([1, 3])
        let (before, indexes) = make(inputs)
        let red = try #require(before.interfaces.values.first { $0.id == SampleCloud.id(3) })
        let announced = try #require(
            before.publications.first {
                $0.instance == SampleCloud.instance(SampleCloud.red) && $0.destination == .prefix(.v4(IPv4Prefix(host: red3)))
            })
        let vrf = try #require(indexes.vrfs[blueInstance])
        let destination = ControllerRoutes.Key(blueInstance, announced.destination)
        inputs.routes.announced(
            destination, ControllerRoute([announced.nextHop], network: SampleCloud.red.name, securityGroups: [5]), by: "cn1")
        let (plan, _) = make(inputs)
        let route = try route(plan, vrf, "\(red3)/32")
        #expect(route.nextHop == red.nextHop)
        #expect(route.label == nil)
        let planned = try #require(plan.vrfs[vrf]?.route(to: .v4(red3)))
        #expect(planned.target == .interface(red.index) && planned.nextHop == red.nextHop)
        #expect(planned.network == SampleCloud.red.name && planned.securityGroups == [5])
        #expect(plan.vrfs[red.vrf]?.routes == before.vrfs[red.vrf]?.routes)
        // A label of frames, or of nobody, leads nowhere.
        for label in [announced.nextHop.label + 1, 4000] {
            inputs.routes.announced(
                destination, ControllerRoute([RouteNextHop(SampleCloud.host.address, label: label, [.mplsOverUDP])], network: "red"),
                by: "cn1")
            #expect(make(inputs).0.tables == before.tables)
        }
    }

    @Test func membersOfAnECMPRouteKeepTheirPositions() throws {
        var inputs = inputs([1])
        var indexes = AgentIndexes()
        func hosts(_ numbers: [UInt8]) -> ControllerRoute {
            ControllerRoute(numbers.map { RouteNextHop(IPv4Address(192, 0, 2, $0), label: UInt32($0), [.mplsOverUDP]) }, network: "blue")
        }
        func members(_ route: ControllerRoute) throws -> [UInt32?] {
            inputs.routes.announced(try key("10.1.1.9/32"), route, by: "cn1")
            let plan = AgentPlan(inputs, &indexes)
            let vrf = try #require(indexes.vrfs[blueInstance])
            return try nextHop(plan, self.route(plan, vrf, "10.1.1.9/32").nextHop).members?.map(\.label) ?? []
        }
        #expect(try members(hosts([11, 12, 13])) == [11, 12, 13])
        #expect(try members(hosts([11, 13])) == [11, nil, 13])
        #expect(try members(hosts([11, 13, 14])) == [11, 14, 13])
        var restored = AgentIndexes()
        try restored.restore(indexes.file)
        indexes = restored
        #expect(try members(hosts([11, 14])) == [11, 14])
    }

    @Test func aPortWithoutConfigurationHasDHCPAndNothingElse() throws {
        var inputs = inputs([])
        inputs.ports[SampleCloud.id(9)] = SampleCloud.port(9)
        let (plan, indexes) = make(inputs)
        let index = try #require(indexes.interfaces["workload:\(SampleCloud.id(9))"])
        let planned = try #require(plan.interfaces[index])
        #expect(!planned.dhcp.isComplete)
        #expect(planned.dhcp.address.isLinkLocal)
        #expect(plan.publications.isEmpty)
        #expect(plan.workloads == [SampleCloud.workload(9)])
        let routes = plan.tables.keys.filter { if case .route(planned.vrf, _) = $0 { true } else { false } }
        #expect(routes.isEmpty)
    }

    @Test func whatCannotBeReadIsReportedAndLeftOut() throws {
        var inputs = inputs([1])
        let node = NodeName(type: "instance-ip", name: "ip-1")
        inputs.graph.apply(.node(node, properties: ["instance-ip-address": Array("10.1.1".utf8)]))
        let (plan, _) = make(inputs)
        #expect(plan.problems.contains { $0.contains("ip-1") && $0.contains("instance-ip-address") })
        #expect(plan.interfaces.count == 1)
    }

    @Test func staleRoutesStayUntilTheControlNodeHasSaidEverything() throws {
        var routes = ControllerRoutes()
        let route = ControllerRoute([RouteNextHop(otherHost, label: 99, [.mplsOverUDP])], network: "blue")
        routes.began("cn1")
        routes.announced(try key("10.1.1.9/32"), route, by: "cn1")
        routes.announced(try key("10.1.1.8/32"), route, by: "cn1")
        routes.began("cn1")
        routes.announced(try key("10.1.1.9/32"), route, by: "cn1")
        #expect(routes.merged.count == 2)
        routes.completed("cn1")
        #expect(routes.merged.keys.map(\.destination) == [.prefix(try IPPrefix(parsing: "10.1.1.9/32"))])
    }

    @Test func numbersSurviveARestart() throws {
        var indexes = AgentIndexes()
        let plan = AgentPlan(inputs([1, 2]), &indexes)
        // Others came and went, so that the numbers are not those that a fresh agent would give.
        _ = AgentPlan(inputs([1, 2, 3]), &indexes)
        _ = AgentPlan(inputs([2]), &indexes)
        let before = AgentPlan(inputs([2, 3]), &indexes)
        var restored = AgentIndexes()
        try restored.restore(indexes.file)
        #expect(restored == indexes)
        // At first the agent knows nothing, and gives no number away.
        _ = AgentPlan(AgentInputs(host: SampleCloud.host), &restored, isSettled: false)
        let after = AgentPlan(inputs([2, 3]), &restored)
        #expect(after.tables == before.tables)
        #expect(plan.tables != before.tables)
        #expect(throws: CodingError.self) { try restored.restore(Array("{\"labels\": [".utf8)) }
    }

    @Test func aFullTableIsSaid() {
        var indexes = AgentIndexes(interfaces: 4, vrfs: 4096, nextHops: 65536, labels: 16384)
        let plan = AgentPlan(inputs([1, 2]), &indexes)
        #expect(plan.problems.contains { $0.contains("interfaces") && $0.contains("full") })
        #expect(plan.interfaces.count == 1)
    }
}

enum AgentPlanNames {
    static let fabric = "default-domain:default-project:ip-fabric:__default__"
}
