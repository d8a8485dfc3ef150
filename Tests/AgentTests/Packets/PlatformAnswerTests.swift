// Frames in, frames out. The bytes of both were made by another implementation (Scapy 2.6) and labelled by hand.

import AgentCore
import NetworkTypes
import Testing

private let workload = MACAddress(0x02, 0x00, 0x5E, 0x10, 0x00, 0x01)
private let scope = NameScope(project: "shop", network: "blue", domain: DNSName("cloud.example") ?? .root)

private var context: PlatformContext {
    var dhcp = DHCPConfiguration(
        hardwareAddress: workload, address: IPv4Address(10, 1, 1, 3), prefixLength: 24, gateway: IPv4Address(10, 1, 1, 1))
    dhcp.service = IPv4Address(10, 1, 1, 2)
    dhcp.nameServers = [IPv4Address(10, 1, 1, 2)]
    dhcp.hostName = "web"
    dhcp.domainName = "example.net"
    var names = NameTable()
    names.add("web", [.v4(IPv4Address(10, 1, 1, 4))], in: scope)
    return PlatformContext(
        dhcp: dhcp, ownAddresses: [IPv4Address(10, 1, 1, 1), IPv4Address(10, 1, 1, 2)], scope: scope, names: names)
}

private let discover = hex(
    """
    ffffffffffff 02005e100001 0800  ethernet: everybody, from the workload, IPv4
    4500011f 00070000 4011 79c8 00000000 ffffffff  ipv4: 287 bytes, UDP, from nobody to everybody
    0044 0043 010b c01e  udp: client to server, 267 bytes
    01 01 06 00 11223344 0003 0000  bootp: request, Ethernet, transaction, 3 s, no flags
    00000000 00000000 00000000 00000000  ciaddr, yiaddr, siaddr, giaddr
    02005e100001 00000000000000000000  chaddr
    \(String(repeating: "00", count: 192))  sname, file
    63825363  magic
    3501 01  53: discover
    3d07 0102005e100001  61: client identifier
    3704 01030679  55: mask, router, name servers, classless routes
    ff  end
    """)

private let offerOptions = hex(
    """
    63825363  magic
    3501 02  53: offer
    3604 0a010102  54: the service's address
    0104 ffffff00  1: mask
    1c04 0a0101ff  28: broadcast address
    3304 ffffffff  51: for ever
    0304 0a010101  3: router
    0c03 776562  12: host name
    0604 0a010102  6: name server
    0f0b 6578616d706c652e6e6574  15: domain
    3d07 0102005e100001  61: the client's identifier, as it came
    ff  end
    """)

@Suite struct PlatformAnswerTests {
    @Test func aDiscoverIsOfferedTheWorkloadsAddress() throws {
        guard case .dhcp(.answer(.offer, let frame)) = context.answer(discover[...]) else { return #expect(Bool(false), "no offer") }
        let outer = try EthernetFrame(parsing: frame[...])
        #expect(outer.destination == workload)
        #expect(outer.source == .gateway)
        let packet = try IPv4Packet(parsing: outer.payload)
        #expect(packet.source == IPv4Address(10, 1, 1, 2))
        #expect(packet.destination == IPv4Address(10, 1, 1, 3))
        let datagram = try UDPDatagram(in: packet)
        #expect((datagram.sourcePort, datagram.destinationPort) == (67, 68))
        let message = Array(datagram.payload)
        #expect(Array(message[..<12]) == hex("02 01 06 00 11223344 0000 0000"))
        #expect(Array(message[12..<28]) == hex("00000000 0a010103 0a010102 00000000  ciaddr, yiaddr, siaddr, giaddr"))
        #expect(Array(message[236..<236 + offerOptions.count]) == offerOptions)
        #expect(message.count == 236 + offerOptions.count)
    }

    @Test func arpForTheGateway() {
        let request = hex(
            """
            ffffffffffff 02005e100001 0806  ethernet
            0001 0800 06 04 0001  request
            02005e100001 0a010103  sender
            000000000000 0a010101  target
            """)
        let reply = hex(
            """
            02005e100001 00005e000100 0806  ethernet: from the gateway's address
            0001 0800 06 04 0002  reply
            00005e000100 0a010101  sender
            02005e100001 0a010103  target
            """)
        #expect(context.answer(request[...]) == .answer(reply))
    }

    @Test func whatARPTellsAboutAddresses() {
        func arp(_ operation: ARPPacket.Operation, _ sender: IPv4Address, _ target: IPv4Address) -> PlatformOutcome {
            let packet = ARPPacket(operation, sender: workload, sender, target: .zero, target)
            let frame = EthernetFrame(to: .broadcast, from: workload, type: .arp, payload: packet.bytes[...])
            return context.answer(frame.bytes[...])
        }
        let own = IPv4Address(10, 1, 1, 3)
        let gateway = IPv4Address(10, 1, 1, 1)
        #expect(arp(.request, own, own) == .seen(own, workload), "an announcement")
        #expect(arp(.reply, own, gateway) == .seen(own, workload), "the answer to a probe")
        #expect(arp(.request, own, IPv4Address(10, 1, 1, 9)) == .ignored(.notForPlatform), "a question to another workload")
        #expect(arp(.request, gateway, gateway) == .conflict(gateway, workload), "the gateway's address, announced by a workload")
        #expect(arp(.request, .any, gateway) == .ignored(.notForPlatform), "a probe for the gateway's address must not succeed")
    }

    @Test func echoToTheGateway() {
        let request = hex(
            """
            00005e000100 02005e100001 0800  ethernet
            45000023 00050000 4001 64d0 0a010103 0a010101  ipv4
            0800 549d 1234 0001 61626364656667  echo request
            """)
        let reply = hex(
            """
            02005e100001 00005e000100 0800  ethernet
            45000023 00050000 4001 64d0 0a010101 0a010103  ipv4
            0000 5c9d 1234 0001 61626364656667  echo reply
            """)
        #expect(context.answer(request[...]) == .answer(reply))
    }

    private let question = hex(
        """
        00005e000100 02005e100001 0800  ethernet
        45000036 00090000 4011 64a8 0a010103 0a010102  ipv4
        9c40 0035 0022 4eaa  udp
        beef 0100 0001 0000 0000 0000  dns: recursion desired, one question
        03 576562 04 626c7565 00 0001 0001  Web.blue A IN
        """)

    @Test func aWorkloadsName() {
        let answer = hex(
            """
            02005e100001 00005e000100 0800  ethernet
            45000046 00090000 4011 6498 0a010102 0a010103  ipv4
            0035 9c40 0032 fe78  udp
            beef 8580 0001 0001 0000 0000  dns: response, authoritative, recursion desired and available
            03 576562 04 626c7565 00 0001 0001  the question, spelled as it was asked
            c00c 0001 0001 00000078 0004 0a010104  the same name, A IN, 120 s
            """)
        #expect(context.answer(question[...]) == .answer(answer))
    }

    @Test func aNameOfSomebodyElseIsAskedForAndItsAnswerComesBack() throws {
        var elsewhere = context
        elsewhere.names = NameTable()
        guard case .ask(let query) = elsewhere.answer(question[...]) else { return #expect(Bool(false), "not passed on") }
        #expect(query.message == Array(question[42...]))
        let frame = try EthernetFrame(parsing: query.answer([1, 2, 3])[...])
        #expect(frame.destination == workload)
        let datagram = try UDPDatagram(in: try IPv4Packet(parsing: frame.payload))
        #expect(Array(datagram.payload) == [1, 2, 3])
        #expect(datagram.destinationPort == 40000)
        let failure = try UDPDatagram(in: try IPv4Packet(parsing: try EthernetFrame(parsing: query.failure[...]).payload))
        #expect(failure.payload[failure.payload.startIndex + 3] & 0xF == DNSResponseCode.serverFailure.rawValue)
    }

    @Test func aPacketThatIsTooLargeIsAnsweredByTheGateway() {
        let packet = hex(
            """
            00005e000100 02005e100001 0800  ethernet
            450000e4 00064000 4011 24f5 0a010103 0a020009  ipv4: 228 bytes, must not be fragmented
            0001 0002 00d0 e93c \(String(repeating: "00", count: 200))  udp
            """)
        let error = hex(
            """
            02005e100001 00005e000100 0800  ethernet
            45c000b0 00010000 4001 6387 0a010101 0a010103  ipv4: internetwork control
            0304 0d42 0000 05aa  icmp: fragmentation needed, at most 1450 bytes
            450000e4 00064000 4011 24f5 0a010103 0a020009  the packet's header
            0001 0002 00d0 e93c \(String(repeating: "00", count: 120))  and 128 bytes of it
            """)
        // The identification of our packets is 0: they are never fragmented.
        var expected = error
        expected[18...19] = [0, 0]
        expected[24...25] = [0x63, 0x88]
        #expect(RouterError.tooLarge(mtu: 1450).answer(packet[...], from: IPv4Address(10, 1, 1, 1)) == expected)
    }

    @Test func errorsAreNotAnsweredWithErrors() throws {
        let gateway = IPv4Address(10, 1, 1, 1)
        func frame(_ packet: IPv4Packet) -> [UInt8] {
            EthernetFrame(to: .gateway, from: workload, type: .ipv4, payload: packet.bytes[...]).bytes
        }
        let error = ICMPMessage.timeExceeded(quoted: [UInt8](repeating: 0, count: 28)[...])
        let about = IPv4Packet(from: IPv4Address(10, 1, 1, 3), to: IPv4Address(10, 2, 0, 9), .icmp, payload: error.bytes[...])
        #expect(RouterError.timeExceeded.answer(frame(about)[...], from: gateway) == nil)
        var later = about
        later.number = .udp
        #expect(RouterError.timeExceeded.answer(frame(later)[...], from: gateway) != nil)
        later.fragmentOffset = 8
        #expect(RouterError.timeExceeded.answer(frame(later)[...], from: gateway) == nil)
    }

    /// A frame with any bytes changed, cut off or added never stops the agent, and never makes it answer another MAC address than the frame's source.
    @Test func mutatedFrames() {
        let seed = UInt64.anySeed
        var random = SeededGenerator(seed: seed)
        let originals = [discover, question]
        for round in 0..<20_000 {
            var bytes = originals[round % 2]
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            if Bool.random(using: &random) { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random)) }
            let answer: [UInt8]? =
                switch context.answer(bytes[...]) {
                case .answer(let frame), .dhcp(.answer(_, let frame)): frame
                default: nil
                }
            guard let answer else { continue }
            let destination = Array(answer[..<6])
            #expect(destination == Array(bytes[6..<12]) || destination == MACAddress.broadcast.bytes, "seed \(seed), round \(round)")
        }
    }
}
