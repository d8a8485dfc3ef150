// Headers: what is read, what is refused, and that what was written reads back.

import AgentCore
import NetworkTypes
import Testing

@Suite struct PacketCodecTests {
    @Test func agentHeader() throws {
        let bytes = hex(
            """
            02005e000001 00005e000100 88b5  outer ethernet, from the forwarder
            0005 0002 0006  interface 5, VRF 2, flow miss
            0000002a 00000011 00000054 00000001 00000000  flow 42, next hop 17, 84 bytes, 1 packet
            07 000000  incarnation 7
            ffffffffffff 02005e100001 0800  the packet
            """)
        let packet = try AgentPacket(parsing: bytes[...])
        #expect(packet.interface == 5)
        #expect(packet.vrf == 2)
        #expect(packet.command == .trap(.flowMiss(index: 42, nextHop: 17, incarnation: 7, packets: 1, bytes: 84)))
        #expect(Array(packet.frame) == Array(bytes[44...]))
        #expect(Array(packet.bytes[14...]) == Array(bytes[14...]))
    }

    @Test(
        arguments: [
            .send, .route, .trap(.arp), .trap(.resolve(nextHop: 9)), .trap(.platform), .trap(.sourceMismatch(index: 1, expected: 2)),
            .trap(.tooLarge(mtu: 1450, index: nil)), .trap(.tooLarge(mtu: 1450, index: 3)), .trap(.zeroTTL),
            .trap(.flowMiss(index: 1, nextHop: 2, incarnation: 3, packets: 4, bytes: 5)),
        ] as [AgentPacket.Command])
    func everyCommandReadsBack(command: AgentPacket.Command) throws {
        let packet = AgentPacket(interface: 7, vrf: 8, command, frame: [1, 2, 3])
        #expect(try AgentPacket(parsing: packet.bytes[...]).command == command)
    }

    @Test func unknownCommandsAndShortPacketsAreRefused() {
        var bytes = AgentPacket(interface: 1, vrf: 1, .send, frame: []).bytes
        for count in 0..<bytes.count { #expect(throws: PacketError.self) { try AgentPacket(parsing: bytes[..<count]) } }
        bytes[19] = 99
        #expect { try AgentPacket(parsing: bytes[...]) } throws: { "\($0)".contains("99") }
    }

    @Test func ipv4HeadersThatContradictThemselves() throws {
        let good = IPv4Packet(from: IPv4Address(10, 0, 0, 1), to: IPv4Address(10, 0, 0, 2), .udp, payload: [1, 2, 3, 4]).bytes
        #expect(try IPv4Packet(parsing: good[...]).payload == [1, 2, 3, 4])
        #expect(try IPv4Packet(parsing: (good + [0, 0, 0])[...]).payload == [1, 2, 3, 4], "padding of the frame is not payload")
        func changed(_ index: Int, _ value: UInt8) -> [UInt8] {
            var bytes = good
            bytes[index] = value
            return bytes
        }
        for (bytes, field) in [
            (changed(0, 0x65), "version"), (changed(0, 0x44), "header-length"), (changed(3, 10), "total-length"),
            (changed(10, 1), "checksum"),
            (Array(good.dropLast()), "total-length"), (Array(good[..<19]), "destination"), ([], "version"),
        ] {
            #expect { try IPv4Packet(parsing: bytes[...]) } throws: { ($0 as? PacketError)?.field == "ipv4." + field }
        }
    }

    @Test func udpChecksums() throws {
        let source = IPv4Address(10, 0, 0, 1)
        let destination = IPv4Address(10, 0, 0, 2)
        let bytes = UDPDatagram(from: 1000, to: 53, payload: [9, 9, 9]).bytes(from: source, to: destination)
        func read(_ bytes: [UInt8]) throws -> UDPDatagram {
            try UDPDatagram(in: IPv4Packet(from: source, to: destination, .udp, payload: bytes[...]))
        }
        #expect(try read(bytes).payload == [9, 9, 9])
        var none = bytes
        none[6...7] = [0, 0]
        #expect(try read(none).payload == [9, 9, 9], "no checksum")
        // 10.0.0.1 + 10.0.0.2 + protocol 17 + length 11: 0a00 + 0001 + 0a00 + 0002 + 0011 + 000b
        var partial = bytes
        partial[6...7] = [0x14, 0x1F]
        #expect(try read(partial).payload == [9, 9, 9], "left to a device to fill in")
        var wrong = bytes
        wrong[7] ^= 1
        #expect(throws: PacketError.self) { try read(wrong) }
    }

    @Test func vlanTags() throws {
        let tag = EthernetFrame.Tag(type: .vlan, word: 0x6064)
        let outer = EthernetFrame.Tag(type: .serviceVLAN, word: 7)
        let frame = EthernetFrame(to: .broadcast, from: .gateway, tags: [outer, tag], type: .arp, payload: [1])
        let read = try EthernetFrame(parsing: frame.bytes[...])
        #expect(read == frame)
        #expect(read.tags[1].vlan == 100)
        #expect(throws: PacketError.self) { try EthernetFrame(parsing: frame.bytes[..<20]) }
    }
}

@Suite struct NeighbourTableTests {
    private let address = IPv4Address(192, 0, 2, 9)
    private let mac = MACAddress(2, 0, 0, 0, 0, 9)
    private let other = MACAddress(2, 0, 0, 0, 0, 10)

    @Test func askedAnsweredRefreshed() {
        var table = NeighbourTable()
        #expect(table.wanted(address, at: 0) == [.request(address)])
        #expect(table.wanted(address, at: 1) == [])
        #expect(table.tick(at: 1999) == [])
        #expect(table.tick(at: 2000) == [.request(address)])
        #expect(table.heard(address, mac, at: 2100) == [.resolved(address, mac)])
        #expect(table[address] == mac)
        #expect(table.wanted(address, at: 2200) == [.resolved(address, mac)])
        #expect(table.nextTick == 302_100)
        #expect(table.tick(at: 302_100) == [.request(address)])
        #expect(table[address] == mac, "used while it is asked for again")
        #expect(table.heard(address, mac, at: 302_200) == [])
        #expect(table.heard(address, other, at: 303_000) == [.resolved(address, other)], "it moved")
    }

    @Test func givenUpAfterEightRequests() {
        var table = NeighbourTable()
        var requests = table.wanted(address, at: 0).count
        var now: UInt64 = 0
        while let next = table.nextTick {
            now = next
            let actions = table.tick(at: now)
            if actions == [.failed(address)] { break }
            #expect(actions == [.request(address)])
            requests += 1
        }
        #expect(requests == 8)
        #expect(now == 16_000)
        #expect(table.wanted(address, at: now) == [], "not at once again")
        #expect(table.wanted(address, at: now + 2000) == [.request(address)])
    }

    @Test func whatNobodyWaitsForIsNotRemembered() {
        var table = NeighbourTable()
        #expect(table.heard(address, mac, at: 0) == [])
        #expect(table[address] == nil)
        _ = table.wanted(address, at: 0)
        #expect(table.heard(address, .broadcast, at: 1) == [])
        table.released(address)
        #expect(table.nextTick == nil)
    }
}
