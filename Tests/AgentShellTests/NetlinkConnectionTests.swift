// A connection over netlink to the kernel that the tests run on. Its family is netlink's controller, which every kernel has; it understands none of the
// forwarder's requests, so that each is refused, by an error message that the connection turns into an answer.

import AgentCore
import Glibc
import NIOCore
import Testing

@testable import Agent

@Suite struct NetlinkConnectionTests {
    private func connection(room: CInt = 8 << 20, most: Int? = nil) async throws -> OnLoop<NetlinkConnection> {
        try await OnLoop {
            NetlinkConnection(family: NetlinkSocket.controller, group: "notify", room: room, most: most, on: $0, ReadGate())
        }
    }

    /// Requests of a command that the controller does not have.
    private func requests(_ sequences: ClosedRange<UInt32>) -> [UInt8] {
        sequences.flatMap { ForwarderFrame(command: 99, sequence: $0, attributes: []).bytes }
    }

    /// Connects, and records what comes.
    private func connect(
        _ connection: OnLoop<NetlinkConnection>, _ states: Record<String>, _ received: Record<[UInt8]>
    ) async throws {
        try await connection.run {
            $0.connect {
                switch $0 {
                case .connected: states.add("connected")
                case .received(let bytes): received.add(bytes)
                case .ended(let reason): states.add("ended: \(reason)")
                }
            }
        }
        try await eventually("the connection") { !states.all.isEmpty }
    }

    private func answers(_ received: Record<[UInt8]>) throws -> [UInt32] {
        var splitter = ForwarderFrameSplitter(), found: [UInt32] = []
        splitter.append(received.all.flatMap { $0 })
        while let frame = try splitter.next() { found.append(frame.sequence) }
        return found
    }

    @Test func aFamilyThatIsNotThereIsSaidToBeMissing() async throws {
        let events = Record<String>()
        let connection = try await OnLoop { NetlinkConnection(family: "tungsten-none", on: $0, ReadGate()) }
        for round in 1...2 {
            try await connection.run { $0.connect { if case .ended(let reason) = $0 { events.add(reason) } } }
            try await eventually("attempt \(round) ends") { events.all.count == round }
        }
        #expect(events.all.allSatisfy { $0.contains("no generic netlink family tungsten-none: load its module") })
        let other = try await OnLoop { NetlinkConnection(family: NetlinkSocket.controller, on: $0, ReadGate()) }
        try await other.run { $0.connect { if case .ended(let reason) = $0 { events.add(reason) } } }
        try await eventually("a family without the group") { events.all.last?.contains("no group interfaces") == true }
    }

    @Test func moreRequestsThanThereIsRoomForAreAnswered() async throws {
        let connection = try await connection(room: 1)
        let states = Record<String>(), received = Record<[UInt8]>()
        try await connect(connection, states, received)
        let bytes = requests(1...1000)
        try await connection.run {
            $0.send(bytes)
            $0.flush()
        }
        try await eventually("all answers") { try answers(received).count == 1000 }
        #expect(try answers(received) == Array(1...1000))
        #expect(states.all == ["connected"])
    }

    @Test func whatIsLostEndsTheConnection() async throws {
        // Without the limit the kernel's buffer overflows.
        let connection = try await connection(room: 1, most: 100_000)
        let states = Record<String>(), received = Record<[UInt8]>()
        try await connect(connection, states, received)
        let bytes = requests(1...1000)
        try await connection.run {
            $0.send(bytes)
            $0.flush()
        }
        try await eventually("the end") { states.all.count == 2 }
        #expect(states.all == ["connected", "ended: \(NetlinkSocket.overrun)"])
        // What is said now is lost, and the next connection is as good as new.
        try await connection.run {
            $0.send([1])
            $0.flush()
        }
        let again = Record<String>(), new = Record<[UInt8]>()
        try await connect(connection, again, new)
        let one = requests(7...7)
        try await connection.run {
            $0.send(one)
            $0.flush()
        }
        try await eventually("an answer on the new one") { try answers(new) == [7] }
        #expect(states.all.count == 2)
        #expect(again.all == ["connected"])
    }

    @Test func nothingIsReportedOnceItFinishes() async throws {
        let connection = try await connection()
        let states = Record<String>(), received = Record<[UInt8]>()
        try await connect(connection, states, received)
        let bytes = requests(1...200)
        let finished = Record<Bool>()
        try await connection.run {
            $0.send(bytes)
            $0.finish().whenComplete { _ in finished.add(true) }
        }
        try await eventually("the end") { finished.all == [true] }
        #expect(states.all == ["connected"])
        #expect(received.all.isEmpty)
    }
}

@Suite struct PacketDeviceTests {
    /// Who may not have a raw socket has no such test.
    static var isAllowed: Bool {
        // Asked of the system, not of what is tested: that a device cannot be opened must not look like this.
        let descriptor = Glibc.socket(AF_PACKET, CInt(SOCK_RAW.rawValue), 0)
        return descriptor >= 0 && Glibc.close(descriptor) == 0
    }

    private func frame(_ type: UInt16, _ rest: [UInt8]) -> [UInt8] {
        [UInt8](repeating: 0, count: 12) + [UInt8(type >> 8), UInt8(type & 0xFF)] + rest
    }

    /// What is sent through the loopback device comes back through it.
    @Test(.enabled(if: PacketDeviceTests.isAllowed, "raw sockets need the capability CAP_NET_RAW"))
    func theAgentsFramesPassAndNoOthers() async throws {
        let packets = Record<[UInt8]>()
        // Not what anything else on this machine sends through it.
        let mark = (0..<16).map { _ in UInt8.random(in: 0...255) }
        let channel = try await OnLoop { loop in
            let channel = PacketChannel(.device("lo"), on: loop, ReadGate(), quiet) {
                if $0.count >= 30, Array($0[14..<30]) == mark { packets.add($0) }
            }
            channel.start()
            return channel
        }
        try await eventually("the channel is open") { try await channel.run { $0.isOpen } }
        let sent = [
            frame(0x88B5, mark), frame(0x88B6, mark), frame(0x88B5, mark + [UInt8](repeating: 7, count: 9000)), frame(0x88B5, mark + [1]),
        ]
        try await channel.run { for packet in sent { $0.send(packet) } }
        try await eventually("the last packet") { packets.all.last == sent[3] }
        #expect(packets.all == [sent[0], sent[2], sent[3]])
        #expect(try await channel.run { $0.droppedCount } == 0)
        try await channel.run { _ = $0.close() }
    }

    @Test func aDeviceThatIsNotThereIsLookedForOn() async throws {
        let channel = try await OnLoop { loop in
            let channel = PacketChannel(.device("tungsten-none"), on: loop, ReadGate(), quiet) { _ in }
            channel.start()
            return channel
        }
        #expect(throws: PacketPlaceFailure.self) { try PacketPlace.device("tungsten-none").open() }
        try await channel.run {
            $0.send([1, 2, 3])
            #expect(!$0.isOpen)
            #expect($0.droppedCount == 1)
            _ = $0.close()
        }
    }
}
