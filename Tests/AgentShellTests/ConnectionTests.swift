// Connections to real sockets: they end and come again, a packet stays a packet, and neither side fills the other's memory.

import Glibc
import NIOCore
import NIOPosix
import Testing

@testable import Agent

extension StreamConnection.Event {
    fileprivate var text: String {
        switch self {
        case .connected: "connected"
        case .received(let bytes): "received \(bytes.count)"
        case .ended(let reason): "ended: \(reason)"
        }
    }
}

@Suite struct StreamConnectionTests {
    private let folder = TemporaryFolder()
    private var path: String { folder.path + "/forwarder" }

    private func connection(_ gate: @escaping @Sendable () -> ReadGate = { ReadGate() }) async throws -> OnLoop<ForwarderSocketConnection> {
        let path = path
        return try await OnLoop { ForwarderSocketConnection(path: path, on: $0, gate()) }
    }

    @Test func aForwarderThatIsNotThereIsSaidToBeMissing() async throws {
        let connection = try await connection()
        let events = Record<String>()
        try await connection.run { $0.connect { events.add($0.text) } }
        try await eventually("the attempt ends") { events.all.count == 1 }
        #expect(events.all == ["ended: No such file or directory"])
    }

    @Test func aForwarderThatRestartsIsFoundAgain() async throws {
        let connection = try await connection()
        var listener = try TestSocket.listening(at: path)
        for round in 1...3 {
            let events = Record<String>()
            try await connection.run { $0.connect { events.add($0.text) } }
            let peer = try listener.accepted()
            try await eventually("connection \(round)") { events.all == ["connected"] }
            try await connection.run {
                $0.send(Array("ab".utf8))
                $0.send(Array("c".utf8))
                $0.flush()
            }
            #expect(try peer.read(3) == Array("abc".utf8))
            try peer.write([1, 2, 3, 4])
            try await eventually("the answer") { events.all.last == "received 4" }
            peer.end()
            try await eventually("the end") { events.all.last == "ended: the other end closed the connection" }
            // Nobody is there any more: said once, and what is sent is lost.
            try await connection.run {
                $0.send([1])
                $0.flush()
            }
            #expect(events.all.count == 3)
            listener = try TestSocket.listening(at: path)
        }
    }

    @Test func aNewConnectionSilencesTheOneBefore() async throws {
        let connection = try await connection()
        let listener = try TestSocket.listening(at: path)
        let old = Record<String>()
        try await connection.run { $0.connect { old.add($0.text) } }
        let first = try listener.accepted()
        try await eventually("the first connection") { old.all == ["connected"] }
        let new = Record<String>()
        try await connection.run { $0.connect { new.add($0.text) } }
        let second = try listener.accepted()
        try await eventually("the second connection") { new.all == ["connected"] }
        #expect(try first.read() == [])
        try second.write([1])
        try await eventually("bytes on the second") { new.all.last == "received 1" }
        #expect(old.all == ["connected"])
    }

    @Test func nothingIsReadWhileTheGateIsClosed() async throws {
        let path = path
        let listener = try TestSocket.listening(at: path)
        let pair = try await OnLoop { loop in
            let gate = ReadGate()
            return (gate, ForwarderSocketConnection(path: path, on: loop, gate))
        }
        let sizes = Record<Int>()
        try await pair.run { gate, connection in
            connection.connect { if case .received(let bytes) = $0 { sizes.add(bytes.count) } }
        }
        let peer = try listener.accepted()
        try peer.write([1])
        try await eventually("the first byte") { sizes.all == [1] }
        try await pair.run { gate, _ in gate.close() }
        // One read may have been asked for before the gate was closed; after that the system's buffers fill, and no more goes.
        let piece = [UInt8](repeating: 7, count: 65_536)
        var sent = 0
        while case let count = peer.writeSome(piece), count > 0 { sent += count }
        #expect(sent < 16 << 20)
        let before = sizes.all.reduce(0, +)
        #expect(before <= 1 + 65_536)
        try await pair.run { gate, _ in gate.open() }
        try await eventually("everything that was sent") { sizes.all.reduce(0, +) == 1 + sent }
    }

    @Test func aPeerThatDoesNotReadIsGivenUp() async throws {
        let listener = try TestSocket.listening(at: path)
        let path = path
        let events = Record<String>()
        let connection = try await OnLoop { loop in
            let stream = StreamConnection(on: loop, ReadGate(), greatestUnsent: 1 << 20) { events.add($0.text) }
            stream.open { $0.connect(unixDomainSocketPath: path) }
            return stream
        }
        let peer = try listener.accepted()
        try await eventually("the connection") { events.all == ["connected"] }
        for _ in 0..<64 {
            try await connection.run {
                $0.send([UInt8](repeating: 1, count: 65_536))
                $0.flush()
            }
        }
        try await eventually("the end") { events.all.count == 2 }
        #expect(events.all[1].hasPrefix("ended: the other end does not read"))
        withExtendedLifetime(peer) {}
    }

    @Test func whatWasSaidIsSentBeforeTheEnd() async throws {
        let listener = try TestSocket.listening(at: path)
        let connection = try await connection()
        let events = Record<String>()
        try await connection.run { $0.connect { events.add($0.text) } }
        let peer = try listener.accepted()
        try await eventually("the connection") { events.all == ["connected"] }
        let finished = Record<Bool>()
        try await connection.run {
            $0.send([UInt8](repeating: 1, count: 1 << 20))
            $0.finish().whenComplete { _ in finished.add(true) }
        }
        var count = 0
        while case let bytes = try peer.read(), !bytes.isEmpty { count += bytes.count }
        #expect(count == 1 << 20)
        try await eventually("the end") { finished.all == [true] }
        #expect(events.all == ["connected"])
    }

    @Test func controlNodesAreReachedOverTCPAndEachSessionHasItsOwn() async throws {
        let servers = try (0..<2).map { _ in try TestSocket.loopback(SOCK_STREAM) }
        let connections = try await OnLoop { ControlNodeConnections(on: $0, ReadGate()) }
        let events = Record<String>()
        for (session, server) in servers.enumerated() {
            let address = "127.0.0.1:\(server.port)"
            try await connections.run { $0.connect(session, to: address) { events.add("\(session) \($0.text)") } }
        }
        let peers = try servers.map { try $0.accepted() }
        try await eventually("both connections") { events.all.sorted() == ["0 connected", "1 connected"] }
        try await connections.run {
            $0.send(1, [2, 2])
            $0.close(0)
            $0.flush()
        }
        #expect(try peers[0].read() == [])
        #expect(try peers[1].read() == [2, 2])
        peers[1].end()
        try await eventually("the end of one") { events.all.last == "1 ended: the other end closed the connection" }
        try await connections.run { $0.connect(0, to: "nonsense") { events.add("0 \($0.text)") } }
        #expect(events.all.last?.hasPrefix("0 ended: 'nonsense' is not an address") == true)
        let port = servers[0].port
        withExtendedLifetime(peers) {}
        #expect(events.all.count == 4, "\(events.all) on \(port)")
    }

    @Test(arguments: [
        ("192.0.2.1:5269", "192.0.2.1:5269"), ("192.0.2.1", "192.0.2.1:7"), ("[2001:db8::1]:1", "[2001:db8::1]:1"),
        ("[2001:db8::1]", "[2001:db8::1]:7"), ("2001:db8::1", "[2001:db8::1]:7"), ("name.example:65535", "name.example:65535"),
        (":5", nil), ("", nil), ("a:0", nil), ("a:65536", nil), ("a:b", nil), ("a b:1", nil), ("[::1]x:1", nil), ("a:", nil),
    ])
    func addressesOfServers(text: String, expected: String?) { #expect(ServerAddress(text, defaultPort: 7)?.description == expected) }
}

@Suite struct PacketChannelTests {
    private let folder = TemporaryFolder()
    private var path: String { folder.path + "/pkt0" }

    private func channel(_ packets: Record<[UInt8]>) async throws -> OnLoop<PacketChannel> {
        let path = path
        return try await OnLoop { loop in
            let channel = PacketChannel(.socket(path), on: loop, ReadGate(), quiet) { packets.add($0) }
            channel.start()
            return channel
        }
    }

    @Test func packetsKeepTheirBoundariesBothWays() async throws {
        let packets = Record<[UInt8]>()
        let channel = try await channel(packets)
        // The forwarder makes its socket later than the agent looks for it.
        let listener = try TestSocket.listening(at: path, SOCK_SEQPACKET)
        let peer = try listener.accepted()
        try await eventually("the channel") { try await channel.run { $0.isOpen } }
        let sent = [1, 60, 1500, 65_580].map { [UInt8](repeating: UInt8($0 & 0xFF), count: $0) }
        for packet in sent { try peer.write(packet) }
        try await eventually("all packets") { packets.all.count == sent.count }
        #expect(packets.all == sent)
        try await channel.run { channel in for packet in sent { channel.send(packet) } }
        for packet in sent { #expect(try peer.read() == packet) }
        #expect(try await channel.run { $0.droppedCount } == 0)
    }

    @Test func theChannelComesBackWithTheForwarder() async throws {
        let packets = Record<[UInt8]>()
        let channel = try await channel(packets)
        for round in 1...3 {
            let peer = try TestSocket.listening(at: path, SOCK_SEQPACKET).accepted()
            try await eventually("the channel") { try await channel.run { $0.isOpen } }
            try peer.write([UInt8(round)])
            try await eventually("a packet") { packets.all.count == round }
            peer.end()
            try await eventually("the end") { try await !channel.run { $0.isOpen } }
        }
        #expect(packets.all == [[1], [2], [3]])
        let before = try await channel.run { $0.droppedCount }
        try await channel.run { $0.send([1]) }
        #expect(try await channel.run { $0.droppedCount } == before + 1)
    }

    @Test func aForwarderThatTakesNoPacketsLosesThem() async throws {
        let channel = try await channel(Record())
        let listener = try TestSocket.listening(at: path, SOCK_SEQPACKET)
        let peer = try listener.accepted()
        try await eventually("the channel") { try await channel.run { $0.isOpen } }
        let count = 5000
        try await channel.run { channel in for number in 0..<count { channel.send([UInt8](repeating: UInt8(number & 0xFF), count: 1500)) } }
        let dropped = try await channel.run { $0.droppedCount }
        #expect(dropped > 0)
        // The others arrive whole, and the channel goes on.
        for _ in 0..<UInt64(count) - dropped { #expect(try peer.read().count == 1500) }
        try await channel.run { $0.send([42]) }
        #expect(try peer.read() == [42])
    }
}
