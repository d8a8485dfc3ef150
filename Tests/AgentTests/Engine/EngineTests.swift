// The engine from plugging in to the first packet: ports, configuration, routes, tables, flows, answers.

import AgentCore
import Attributes
import Coding
import ForwarderMessages
import Graph
import NetworkTypes
import Testing

/// Two hosts with one workload of the blue network each.
func twoHosts(_ nodes: [String] = ["cn1:5269"]) throws -> EngineWorld {
    let world = EngineWorld(nodes: nodes)
    try world.configure(SampleCloud.graph)
    for number: UInt8 in [1, 2] {
        let host = try world.start(number)
        try world.plug(host, number)
    }
    try world.advance(3_000)
    return world
}

func ping(_ source: IPv4Address, _ destination: IPv4Address, _ identifier: UInt16 = 77) -> FlowTuple {
    FlowTuple(.v4(source), identifier, to: .v4(destination), 0, .icmp)
}

@Suite struct EngineTests {
    @Test func fromPluggingInToTheFirstPacket() throws {
        let world = try twoHosts()
        let one = try #require(world.hosts["host-1"])
        let two = try #require(world.hosts["host-2"])
        #expect(one.engine.isSettled && two.engine.isSettled)
        #expect(one.warnings().isEmpty && two.warnings().isEmpty, "\(one.warnings() + two.warnings())")
        #expect(differences(one) == [])
        // The route leads through a tunnel to the other host, with the label that the other host's forwarder has for the workload.
        let route = try #require(try world.route(one, blueInstance, "10.1.1.4/32"))
        let label = try #require(two.indexes.labels["workload:\(SampleCloud.id(2)):inet"])
        #expect(route.label == label)
        #expect(route.stitchedMac == SampleCloud.mac(2))
        guard case .nextHop(let tunnel)? = one.forwarder.tables[.nextHop(try #require(route.nextHop))]?.message else {
            Issue.record("the route leads nowhere")
            return
        }
        #expect(tunnel.type == .tunnel && tunnel.destinationIpv4 == two.parameters.address)
        #expect(tunnel.encapsulation.map { Array($0.prefix(6)) } == two.parameters.mac.bytes, "found by ARP in the underlay")
        // A ping begins a flow, in both directions.
        try world.miss(one, from: 1, ping(web1, web2))
        let keyed = try world.interface(one, 1).nextHop
        for tuple in [ping(web1, web2), ping(web2, web1)] {
            let flow = try #require(one.forwarder.flow(FlowKeyed(nextHop: keyed, tuple: tuple)))
            #expect(flow.message.action == .forward && flow.message.reverseIndex != nil)
        }
        // The other host sees it come out of the tunnel, and has no rule that lets it in.
        let there = try world.interface(two, 2)
        let trap = two.forwarder.miss(
            interface: AgentIndexes.physical, vrf: there.vrf, nextHop: there.nextHop, ping(web1, web2),
            frame: EngineWorld.frame(ping(web1, web2), from: SampleCloud.mac(1)))
        try world.send(two, .packetArrived(trap))
        let refused = try #require(two.forwarder.flow(FlowKeyed(nextHop: there.nextHop, tuple: ping(web1, web2))))
        #expect(refused.message.action == .drop && refused.message.dropReason == .securityGroup)
    }

    @Test func everyoneInANetworkIsInItsFlood() throws {
        let world = try twoHosts()
        for (name, other) in [("host-1", UInt8(2)), ("host-2", 1)] {
            let host = try #require(world.hosts[name])
            let destinations = host.forwarder.tables.values.compactMap { entry -> IPv4Address? in
                if case .nextHop(let message) = entry.message, message.type == .tunnel { message.destinationIpv4 } else { nil }
            }
            #expect(destinations == [EngineWorld.parameters(other).address])
            let hasEVPN = host.forwarder.tables.values.contains { entry in
                if case .nextHop(let message) = entry.message, message.composite == .evpn { message.members?.count == 1 } else { false }
            }
            #expect(hasEVPN, "frames are copied to the other host")
        }
    }

    @Test func whatIsUnpluggedGoesEverywhere() throws {
        let world = try twoHosts()
        let one = try #require(world.hosts["host-1"])
        let two = try #require(world.hosts["host-2"])
        #expect(one.files["ports/\(SampleCloud.id(1))"] != nil)
        #expect(try world.request(one, .delete, "/port/\(SampleCloud.id(1))").status == 200)
        #expect(one.files["ports/\(SampleCloud.id(1))"] == nil)
        #expect(one.indexes.vrfs[blueInstance] == nil)
        #expect(one.forwarder.tables.keys.allSatisfy { if case .interface(let index) = $0 { index <= 2 } else { true } })
        #expect(try world.route(two, blueInstance, "10.1.1.3/32") == nil)
        #expect(differences(one) == [])
        // And comes back.
        try world.plug(one, 1)
        #expect(try world.route(two, blueInstance, "10.1.1.3/32") != nil)
        #expect(try world.route(one, blueInstance, "10.1.1.4/32") != nil, "the control node says its routes again")
    }

    @Test func aPortWaitsAndSaysForWhat() throws {
        let world = EngineWorld()
        let host = try world.start(1)
        try world.plug(host, 1)
        func state() throws -> InterfaceState { host.engine.state(of: SampleCloud.port(1)).0 }
        #expect(try state() == .waitsForConfiguration)
        let withoutAddress = SampleCloud.graph.filter { change in
            if case .node(let name, _) = change { name.type != "instance-ip" } else { true }
        }
        try world.configure(withoutAddress)
        #expect(try state() == .waitsForAddress)
        try world.configure(SampleCloud.graph)
        #expect(try state() == .up)
        let status = String(decoding: host.engine.status, as: UTF8.self)
        #expect(status.contains("\"state\":\"up\"") && status.contains("10.1.1.3"))
        try JSONReader.read(host.engine.status, unknownMembers: .skip) { reader throws(CodingError) in try reader.skipValue() }
        // The forwarder tells that the device is gone.
        let index = try world.interface(host, 1).index
        let message = InterfaceMessage(operation: .change, index: index)
        let frame = ForwarderFrame(command: InterfaceMessage.command, sequence: 0, attributes: try message.attributes())
        try world.send(host, .forwarderReceived(frame.bytes))
        #expect(try state() == .waitsForDevice)
    }

    @Test func anAddressInUseIsPreferred() throws {
        let world = try twoHosts()
        let one = try #require(world.hosts["host-1"])
        func preference() -> Int? {
            one.engine.plan.publications.first { $0.destination == .prefix(.v4(IPv4Prefix(host: web1))) }?.preference
        }
        #expect(preference() == 100)
        let interface = try world.interface(one, 1)
        func announce(_ mac: MACAddress) throws {
            let packet = ARPPacket(.request, sender: mac, web1, target: .zero, web1)
            let frame = EthernetFrame(to: .broadcast, from: mac, type: .arp, payload: packet.bytes[...]).bytes
            let trap = AgentPacket(interface: UInt16(interface.index), vrf: UInt16(interface.vrf), .trap(.arp), frame: frame[...])
            try world.send(one, .packetArrived(trap.bytes))
        }
        try announce(MACAddress(2, 9, 9, 9, 9, 9))
        #expect(preference() == 100, "somebody else's address is not the workload's")
        try announce(interface.mac)
        #expect(preference() == 200)
    }

    @Test func thePlatformAnswers() throws {
        let world = try twoHosts()
        let one = try #require(world.hosts["host-1"])
        let interface = try world.interface(one, 1)
        func show(_ frame: [UInt8], _ reason: TrapReason = .platform) throws -> [AgentPacket] {
            one.packets = []
            let trap = AgentPacket(interface: UInt16(interface.index), vrf: UInt16(interface.vrf), .trap(reason), frame: frame[...])
            try world.send(one, .packetArrived(trap.bytes))
            return one.packets
        }
        let gateway = IPv4Address(10, 1, 1, 1)
        let echo = try #require(try show(EngineWorld.frame(ping(web1, gateway), from: interface.mac)).first)
        #expect(echo.command == .send && UInt32(echo.interface) == interface.index)
        let reply = try IPv4Packet(parsing: try EthernetFrame(parsing: echo.frame).payload)
        #expect(reply.source == gateway && reply.destination == web1)
        // A packet that is too large for the tunnel, and one that went too far.
        let large = EngineWorld.frame(tcp(web1, to: web2, 80), from: interface.mac)
        for reason in [TrapReason.tooLarge(mtu: 1400, index: nil), .zeroTTL] {
            let error = try #require(try show(large, reason).first)
            let packet = try IPv4Packet(parsing: try EthernetFrame(parsing: error.frame).payload)
            #expect(packet.number == .icmp && packet.source == gateway)
        }
        // A name that is somebody else's goes to the host's name server, and its answer back.
        let question = DNSQueryBytes.query("example.org", identifier: 0xABCD)
        let datagram = UDPDatagram(from: 5353, to: 53, payload: question[...]).bytes(from: web1, to: IPv4Address(10, 1, 1, 2))
        let asked = IPv4Packet(from: web1, to: IPv4Address(10, 1, 1, 2), .udp, payload: datagram[...])
        let frame = EthernetFrame(to: .gateway, from: interface.mac, type: .ipv4, payload: asked.bytes[...]).bytes
        #expect(try show(frame).isEmpty)
        let number = try #require(one.questions.keys.max())
        one.packets = []
        try world.send(one, .nameServerAnswered(question: number, [0, 0] + question.dropFirst(2)))
        let answer = try #require(one.packets.first)
        let returned = try UDPDatagram(in: try IPv4Packet(parsing: try EthernetFrame(parsing: answer.frame).payload))
        #expect(Array(returned.payload.prefix(2)) == [0xAB, 0xCD], "with the identifier that the workload chose")
        #expect(try show(frame).isEmpty)
        let second = try #require(one.questions.keys.max())
        try world.send(one, .nameServerAnswered(question: second, nil))
        #expect(one.packets.count == 1, "a failure is answered too")
        try world.send(one, .nameServerAnswered(question: second, nil))
        #expect(one.packets.count == 1, "once")
    }

    @Test func idleFlowsGo() throws {
        let world = try twoHosts()
        let one = try #require(world.hosts["host-1"])
        try world.miss(one, from: 1, tcp(web1, to: web2, 80))
        #expect(one.forwarder.flows.count == 2)
        try world.advance(120_000)
        #expect(one.forwarder.flows.count == 2, "the forwarder says that they carry packets")
        one.forwarder.idleMilliseconds = 200_000
        try world.advance(240_000)
        #expect(one.forwarder.flows.isEmpty)
        #expect(one.engine.counters.flowsEnded == 1)
    }

    @Test func aContainersRegistrationIsEnough() throws {
        let world = EngineWorld()
        try world.configure(SampleCloud.graph)
        let host = try world.start(1)
        let body = """
            {"vm-uuid": "\(SampleCloud.workload(1))", "vmi-uuid": "\(SampleCloud.id(1))", "vm-name": "pod", "host-ifname": "no-tap1"}
            """
        #expect(try world.request(host, .post, "/vm", Array(body.utf8)).status == 200)
        try world.advance(3_000)
        let reply = try world.request(host, .get, "/vm/\(SampleCloud.workload(1))")
        #expect(reply.status == 200 && String(decoding: reply.body, as: UTF8.self).contains("10.1.1.3"))
        #expect(try world.interface(host, 1).mac == SampleCloud.mac(1))
        #expect(differences(host) == [])
    }

    @Test func largePlansWaitForMoreToHappen() throws {
        let world = EngineWorld()
        world.timing.entriesPerMillisecond = 1
        try world.configure(SampleCloud.graph)
        let host = try world.start(1)
        try world.advance(1_000)
        let before = host.engine.counters.plans
        for number: UInt8 in 1...40 { try world.plug(host, number) }
        #expect(host.engine.counters.plans - before < 4)
        try world.advance(1_000)
        #expect(host.engine.plan.interfaces.count == 40)
        #expect(differences(host) == [])
    }

    @Test func stoppingTakesNothingAway() throws {
        let world = try twoHosts()
        let one = try #require(world.hosts["host-1"])
        let before = one.forwarder.tables
        try world.send(one, .stop)
        #expect(differences(one.forwarder.tables, before) == [])
        #expect(one.wake == nil)
        try world.send(one, .packetArrived([1, 2, 3]))
        #expect(try world.route(try #require(world.hosts["host-2"]), blueInstance, "10.1.1.3/32") != nil, "control nodes keep the routes")
    }
}

enum DNSQueryBytes {
    static func query(_ name: String, identifier: UInt16) -> [UInt8] {
        var bytes: [UInt8] = [UInt8(identifier >> 8), UInt8(identifier & 0xFF), 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]
        for label in name.split(separator: ".") { bytes += [UInt8(label.utf8.count)] + label.utf8 }
        return bytes + [0, 0, 1, 0, 1]
    }
}
