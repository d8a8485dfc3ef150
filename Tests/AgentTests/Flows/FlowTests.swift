// The first packet of a flow, and the life of the pair that comes of it: event, actions.

import AgentCore
import Attributes
import ForwarderMessages
import Graph
import NetworkTypes
import Testing

private let other = IPv4Address(192, 0, 2, 9)

/// Three workloads here, 1 and 2 in blue, 3 in red; blue also reaches 10.1.1.9 on another host, in the group 8000001.
private struct Cloud {
    var inputs = AgentInputs(host: SampleCloud.host)
    var indexes = AgentIndexes()

    init(_ extra: [GraphChange] = []) {
        for change in SampleCloud.graph + extra { inputs.graph.apply(change) }
        for port: UInt8 in [1, 2, 3] { inputs.ports[SampleCloud.id(port)] = SampleCloud.port(port) }
        inputs.routes.announced(
            ControllerRoutes.Key(SampleCloud.instance(SampleCloud.blue), .prefix(.v4(IPv4Prefix(host: IPv4Address(10, 1, 1, 9))))),
            ControllerRoute([RouteNextHop(other, label: 99, [.mplsOverUDP])], network: SampleCloud.blue.name, securityGroups: [8_000_001]),
            by: "cn1")
    }

    mutating func plan() -> AgentPlan { AgentPlan(inputs, &indexes) }
}

private func interface(_ plan: AgentPlan, _ number: UInt8) throws -> PlannedInterface {
    try #require(plan.interfaces.values.first { $0.id == SampleCloud.id(number) })
}

private let remote = IPv4Address(10, 1, 1, 9)

private func fromWorkload(_ plan: AgentPlan, _ number: UInt8, _ tuple: FlowTuple, index: UInt32 = 7) throws -> FlowArrival {
    let interface = try interface(plan, number)
    return FlowArrival(
        interface: interface.index, vrf: interface.vrf, index: index, incarnation: 1, nextHop: interface.nextHop, tuple: tuple)
}

private func fromTunnel(_ plan: AgentPlan, to number: UInt8, _ tuple: FlowTuple) throws -> FlowArrival {
    let interface = try interface(plan, number)
    return FlowArrival(
        interface: AgentIndexes.physical, vrf: interface.vrf, index: 7, incarnation: 1, nextHop: interface.nextHop, tuple: tuple)
}

@Suite struct FlowDecisionTests {
    @Test func betweenTwoWorkloadsHere() throws {
        var cloud = Cloud()
        let plan = cloud.plan()
        let decision = plan.decide(try fromWorkload(plan, 1, tcp(web1, to: web2, 80)))
        #expect(decision.refusal == nil)
        #expect(decision.reverse == FlowKeyed(nextHop: try interface(plan, 2).nextHop, tuple: tcp(web2, 80, to: web1, 40000)))
        #expect(decision.sourceNextHop == (try interface(plan, 1).nextHop))
        #expect(decision.reverseSourceNextHop == (try interface(plan, 2).nextHop))
        #expect(decision.interfaces == [try interface(plan, 1).index, try interface(plan, 2).index])
    }

    @Test func betweenNetworksThatHaveWorkloadsHere() throws {
        var cloud = Cloud()
        let before = cloud.plan()
        #expect(before.decide(try fromWorkload(before, 1, tcp(web1, to: red3, 80))).refusal == .noDestinationRoute)
        for (from, to) in [(SampleCloud.red, SampleCloud.blue), (SampleCloud.blue, SampleCloud.red)] {
            for publication in before.publications where publication.instance == SampleCloud.instance(from) {
                guard case .prefix = publication.destination else { continue }
                cloud.inputs.routes.announced(
                    ControllerRoutes.Key(SampleCloud.instance(to), publication.destination),
                    ControllerRoute([publication.nextHop], network: from.name, securityGroups: publication.securityGroups), by: "cn1")
            }
        }
        let plan = cloud.plan()
        let blue = try interface(plan, 1), red = try interface(plan, 3)
        let decision = plan.decide(try fromWorkload(plan, 1, tcp(web1, to: red3, 80)))
        #expect(decision.refusal == nil)
        #expect(decision.vrf == blue.vrf && decision.reverseVRF == red.vrf)
        #expect(decision.reverse == FlowKeyed(nextHop: red.nextHop, tuple: tcp(red3, 80, to: web1, 40000)))
        #expect(decision.sourceNextHop == blue.nextHop && decision.reverseSourceNextHop == red.nextHop)
        // Both directions lead to the other in the VRF that they are looked up in.
        #expect(plan.vrfs[decision.reverseVRF]?.route(to: .v4(web1))?.nextHop == blue.nextHop)
        #expect(plan.decide(try fromWorkload(plan, 3, tcp(red3, to: web1, 80))).reverseVRF == blue.vrf)
    }

    @Test func refusedByTheGroupOfTheDestination() throws {
        var cloud = Cloud()
        let plan = cloud.plan()
        #expect(plan.decide(try fromWorkload(plan, 1, tcp(web1, to: web2, 22))).refusal == .outSecurityGroup)
        #expect(plan.decide(try fromTunnel(plan, to: 1, tcp(remote, to: web1, 22))).refusal == .securityGroup)
    }

    @Test func toAnotherHostAndFromIt() throws {
        var cloud = Cloud()
        let plan = cloud.plan()
        let out = plan.decide(try fromWorkload(plan, 1, tcp(web1, to: remote, 22)))
        #expect(out.refusal == nil, "the other host applies its own rules")
        #expect(out.reverse?.nextHop == (try interface(plan, 1).nextHop), "the answers have the label of the workload that asked")
        let into = plan.decide(try fromTunnel(plan, to: 1, tcp(remote, to: web1, 80)))
        #expect(into.refusal == nil)
        #expect(into.sourceNextHop == plan.vrfs[try interface(plan, 1).vrf]?.route(to: .v4(remote))?.nextHop)
    }

    @Test func theGatewayAnswersWhateverTheRules() throws {
        var cloud = Cloud()
        let plan = cloud.plan()
        let ping = FlowTuple(.v4(web1), 77, to: .v4(IPv4Address(10, 1, 1, 1)), 0, .icmp)
        let decision = plan.decide(try fromWorkload(plan, 1, ping))
        #expect(decision.refusal == nil)
        #expect(decision.reverse?.tuple == FlowTuple(.v4(IPv4Address(10, 1, 1, 1)), 77, to: .v4(web1), 0, .icmp))
    }

    @Test func whereThereIsNoRoute() throws {
        var cloud = Cloud()
        let plan = cloud.plan()
        #expect(plan.decide(try fromWorkload(plan, 1, tcp(web1, to: IPv4Address(203, 0, 113, 1), 80))).refusal == .noDestinationRoute)
        #expect(plan.decide(try fromWorkload(plan, 1, tcp(web1, to: IPv4Address(10, 1, 1, 77), 80))).refusal == .noDestinationRoute)
        #expect(
            plan.decide(try fromWorkload(plan, 1, tcp(IPv4Address(203, 0, 113, 1), to: web2, 80))).refusal == .noSourceRoute,
            "an address that is nobody's")
        #expect(plan.decide(try fromWorkload(plan, 1, tcp(web1, to: IPv4Address(10, 2, 1, 3), 80))).refusal == .noDestinationRoute)
    }

    @Test func anAddressOfAnother() throws {
        var cloud = Cloud()
        let plan = cloud.plan()
        let forged = plan.decide(try fromWorkload(plan, 1, tcp(web2, to: remote, 80)))
        #expect(forged.sourceNextHop == (try interface(plan, 2).nextHop), "the forwarder drops what does not come from there")
    }

    @Test func aKeyThatNobodyHas() throws {
        var cloud = Cloud()
        let plan = cloud.plan()
        var arrival = try fromWorkload(plan, 1, tcp(web1, to: web2, 80))
        arrival.nextHop = 60_000
        #expect(plan.decide(arrival).refusal == .interfaceUnavailable)
    }

    @Test func networkPolicy() throws {
        let list = NodeName(type: "access-control-list", name: "default-domain:shop:blue:blue")
        let rule = SampleCloud.rules([SampleCloud.pass("17", remote: "", ingress: true)])
        var cloud = Cloud([
            .node(list, properties: ["access-control-list-entries": Array(rule.utf8)]),
            .link(LinkName("virtual-network-access-control-list", SampleCloud.blue, list), data: nil),
        ])
        let plan = cloud.plan()
        #expect(plan.decide(try fromWorkload(plan, 1, tcp(web1, to: remote, 80))).refusal == .policy)
        #expect(plan.decide(try fromTunnel(plan, to: 1, tcp(remote, to: web1, 80))).refusal == .policy)
    }
}

@Suite struct FlowTableTests {
    /// A request in a line.
    private func text(_ action: FlowTable.Action) throws -> String {
        switch action {
        case .ended(_, let packets, let bytes, let milliseconds): return "ended \(packets) \(bytes) \(milliseconds)"
        case .send(let request):
            let message = try FlowMessage(attributes: request.attributes)
            let key = message.key.flatMap { FlowKeyed($0) }
            let place = message.index.map { "\($0).\(message.incarnation ?? 0)" } ?? "anywhere"
            let action = message.action.map { $0 == .drop ? " drop \(message.dropReason?.rawValue ?? 0)" : " \($0)" } ?? ""
            return
                "\(message.operation) \(place) \(key?.tuple.description ?? "")\(action) reverse \(message.reverseIndex.map { "\($0)" } ?? "none")"
        }
    }

    private let out = "10.1.1.3:40000 > 10.1.1.4:80 protocol 6"
    private let back = "10.1.1.4:80 > 10.1.1.3:40000 protocol 6"

    @Test func aPairIsMadeLinkedAndAged() throws {
        var cloud = Cloud()
        let plan = cloud.plan()
        var table = FlowTable()
        let arrival = try fromWorkload(plan, 1, tcp(web1, to: web2, 80))
        let key = FlowKeyed(nextHop: arrival.nextHop, tuple: arrival.tuple)
        #expect(
            try table.arrived(arrival, plan, at: 1000).map(text) == [
                "add anywhere \(back) forward reverse 7", "change 7.1 \(out) forward reverse none",
            ])
        #expect(try table.placed(key, index: 12, incarnation: 3).map(text) == ["change 7.1 \(out) forward reverse 12"])
        #expect(try table.arrived(arrival, plan, at: 2000).map(text) == ["change 7.1 \(out) forward reverse 12"], "shown again")
        var counted = FlowMessage(operation: .dump, index: 7, incarnation: 1, key: key.message, action: .forward)
        counted.statistics = FlowStatistics(packets: 5, bytes: 420)
        counted.idle = 1000
        #expect(table.observed(counted, at: 100_000) == [])
        #expect(table.tick(at: 278_000) == [])
        #expect(
            try table.tick(at: 279_000).map(text) == [
                "delete 7.1 \(out) reverse none", "delete 12.3 \(back) reverse none", "ended 5 420 278000",
            ])
        #expect(table.pairs.isEmpty)
    }

    @Test func aRefusedFlowIsKeptAsADrop() throws {
        var cloud = Cloud()
        let plan = cloud.plan()
        var table = FlowTable()
        let actions = try table.arrived(try fromWorkload(plan, 1, tcp(web1, to: web2, 22)), plan, at: 0).map(text)
        let reason = FlowDropReason.outSecurityGroup.rawValue
        #expect(actions.last == "change 7.1 10.1.1.3:40000 > 10.1.1.4:22 protocol 6 drop \(reason) reverse none")
        #expect(actions.count == 2, "both directions")
    }

    @Test func theAnswerThatCameBeforeItsEntry() throws {
        var cloud = Cloud()
        let plan = cloud.plan()
        var table = FlowTable()
        _ = table.arrived(try fromWorkload(plan, 1, tcp(web1, to: web2, 80)), plan, at: 0)
        let answer = try fromWorkload(plan, 2, tcp(web2, 80, to: web1, 40000), index: 20)
        #expect(
            try table.arrived(answer, plan, at: 1).map(text) == [
                "change 20.1 \(back) forward reverse 7", "change 7.1 \(out) forward reverse 20",
            ], "it is not judged as a conversation of its own")
        #expect(table.pairs.count == 1)
    }

    @Test func whatTheAgentDidNotDecideGoes() throws {
        var cloud = Cloud()
        let plan = cloud.plan()
        var table = FlowTable()
        let stranger = FlowKeyed(nextHop: try interface(plan, 1).nextHop, tuple: tcp(web1, 5, to: web2, 80))
        var message = FlowMessage(operation: .dump, index: 3, incarnation: 9, key: stranger.message, action: .forward)
        #expect(try table.observed(message, at: 0).map(text) == ["delete 3.9 10.1.1.3:5 > 10.1.1.4:80 protocol 6 reverse none"])
        message.action = .hold
        #expect(table.observed(message, at: 0) == [], "it is on its way to the agent")
    }

    @Test func aNewRuleReachesFlowsThatAreThere() throws {
        var cloud = Cloud()
        let plan = cloud.plan()
        var table = FlowTable()
        let arrival = try fromWorkload(plan, 1, tcp(web1, to: web2, 80))
        _ = table.arrived(arrival, plan, at: 0)
        _ = table.placed(FlowKeyed(nextHop: arrival.nextHop, tuple: arrival.tuple), index: 12, incarnation: 3)
        #expect(table.planChanged(plan, at: 1) == [])
        let list = NodeName(type: "access-control-list", name: "\(SampleCloud.web.name):ingress-access-control-list")
        cloud.inputs.graph.apply(.node(list, properties: ["access-control-list-entries": []]))
        let reason = FlowDropReason.outSecurityGroup.rawValue
        #expect(
            try table.planChanged(cloud.plan(), at: 2).map(text) == [
                "change 7.1 \(out) drop \(reason) reverse 12", "change 12.3 \(back) drop \(reason) reverse 7",
            ])
        // The workload goes, and its flows with it.
        cloud.inputs.ports[SampleCloud.id(1)] = nil
        #expect(
            try table.planChanged(cloud.plan(), at: 3).map(text) == [
                "delete 7.1 \(out) reverse none", "delete 12.3 \(back) reverse none", "ended 0 0 3",
            ])
    }

    @Test func limits() throws {
        var cloud = Cloud()
        let plan = cloud.plan()
        var settings = FlowTable.Settings()
        settings.greatestPerInterface = 2
        var table = FlowTable(settings: settings)
        for port: UInt16 in 1...3 {
            _ = table.arrived(try fromWorkload(plan, 1, tcp(web1, port, to: remote, 80), index: UInt32(port)), plan, at: 0)
        }
        #expect(table.pairs.values.filter { $0.decision.refusal == .flowLimit }.count == 1)
    }

    @Test func aPlaceThatWasTakenByAnotherFlow() throws {
        var cloud = Cloud()
        let plan = cloud.plan()
        var table = FlowTable()
        var arrival = try fromWorkload(plan, 1, tcp(web1, to: web2, 80))
        _ = table.arrived(arrival, plan, at: 0)
        arrival.incarnation = 2
        let actions = try table.arrived(arrival, plan, at: 10).map(text)
        #expect(actions.first == "ended 0 0 10", "the forwarder took the entry back; there is nothing to delete")
        #expect(actions.last == "change 7.2 \(out) forward reverse none")
    }
}

@Suite struct FlowPacketTests {
    private func frame(_ packet: IPv4Packet) -> [UInt8] {
        EthernetFrame(to: .gateway, from: SampleCloud.mac(1), type: .ipv4, payload: packet.bytes[...]).bytes
    }

    private func packet(_ number: IPProtocol, _ payload: [UInt8]) -> IPv4Packet {
        IPv4Packet(from: web1, to: web2, number, payload: payload[...])
    }

    @Test func portsAndWhatStandsForThem() throws {
        #expect(try FlowPacket(parsing: frame(packet(.tcp, [0x9C, 0x40, 0, 80]))[...]) == .tuple(tcp(web1, to: web2, 80)))
        let echo = ICMPMessage.echoRequest(identifier: 77, sequence: 1, data: []).bytes
        #expect(try FlowPacket(parsing: frame(packet(.icmp, echo))[...]) == .tuple(FlowTuple(.v4(web1), 77, to: .v4(web2), 0, .icmp)))
        #expect(
            try FlowPacket(parsing: frame(packet(IPProtocol(rawValue: 47), [1]))[...])
                == .tuple(FlowTuple(.v4(web1), 0, to: .v4(web2), 0, IPProtocol(rawValue: 47))))
        #expect(throws: PacketError.self) { try FlowPacket(parsing: frame(packet(.tcp, [1, 2, 3]))[...]) }
    }

    @Test func fragmentsAndErrors() throws {
        var later = packet(.udp, [1, 2, 3, 4])
        later.fragmentOffset = 8
        #expect(try FlowPacket(parsing: frame(later)[...]) == .laterFragment)
        let quoted = IPv4Packet(from: web2, to: web1, .tcp, payload: [0, 80, 0x9C, 0x40, 0, 0, 0, 0])
        let error = ICMPMessage.timeExceeded(quoted: quoted.bytes[...]).bytes
        #expect(try FlowPacket(parsing: frame(packet(.icmp, error))[...]) == .error(about: tcp(web1, to: web2, 80)))
        let nested = ICMPMessage.timeExceeded(quoted: packet(.icmp, error).bytes[...]).bytes
        #expect(throws: PacketError.self) { try FlowPacket(parsing: frame(packet(.icmp, nested))[...]) }
    }

    @Test func ipv6WithExtensionHeaders() throws {
        let address = [UInt8](repeating: 0, count: 15)
        let header: [UInt8] = [0x60, 0, 0, 0, 0, 16, 0, 64] + address + [1] + address + [2]
        let bytes =
            SampleCloud.mac(1).bytes + MACAddress.gateway.bytes + [0x86, 0xDD] + header + [
                6, 0, 0, 0, 0, 0, 0, 0, 0x9C, 0x40, 0, 80, 0, 0, 0, 0,
            ]
        let one = try #require(IPv6Address(bytes: address + [1]))
        let two = try #require(IPv6Address(bytes: address + [2]))
        #expect(try FlowPacket(parsing: bytes[...]) == .tuple(FlowTuple(.v6(one), 40000, to: .v6(two), 80, .tcp)))
        for count in 0..<bytes.count { #expect(throws: PacketError.self) { try FlowPacket(parsing: bytes[..<count]) } }
    }

    /// Any bytes: a flow, a fragment, or a reason.
    @Test func mutatedFrames() {
        let seed = UInt64.anySeed
        var random = SeededGenerator(seed: seed)
        let original = frame(packet(.tcp, [0x9C, 0x40, 0, 80]))
        for _ in 0..<5000 {
            var bytes = original
            for _ in 0..<3 { bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random) }
            _ = try? FlowPacket(parsing: bytes.prefix(Int.random(in: 0...bytes.count, using: &random)))
        }
    }
}
