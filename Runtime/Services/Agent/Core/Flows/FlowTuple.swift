// What makes packets one flow, read from its first packet as the forwarder reads it (Runtime/Forwarder/include/flow.h).

import NetworkTypes

/// Addresses, protocol and ports of one direction.
public struct FlowTuple: Hashable, Sendable {
    public var source: IPAddress
    public var destination: IPAddress
    public var number: IPProtocol
    /// Of ICMP echo the identifier and 0, in both directions; of other ICMP 0 and the type; of protocols without ports 0.
    public var sourcePort: UInt16
    public var destinationPort: UInt16

    public init(_ source: IPAddress, _ sourcePort: UInt16, to destination: IPAddress, _ destinationPort: UInt16, _ number: IPProtocol) {
        self.source = source
        self.destination = destination
        self.number = number
        self.sourcePort = sourcePort
        self.destinationPort = destinationPort
    }

    /// The other direction. ICMP's numbers are the same in both.
    public var reversed: FlowTuple {
        let keepsPorts = number == .icmp || number == .icmpv6
        return FlowTuple(
            destination, keepsPorts ? sourcePort : destinationPort, to: source, keepsPorts ? destinationPort : sourcePort, number)
    }
}

/// What a trapped frame says about its flow.
public enum FlowPacket: Equatable, Sendable {
    case tuple(FlowTuple)
    /// A fragment that is not the first: the ports are only in the forwarder's entry.
    case laterFragment
    /// An ICMP error: it belongs to the flow of the packet that it quotes, which this is, turned round.
    case error(about: FlowTuple)

    public init(parsing bytes: ArraySlice<UInt8>) throws(PacketError) {
        let frame = try EthernetFrame(parsing: bytes)
        switch frame.type {
        case .ipv4:
            let packet = try IPv4Packet(parsing: frame.payload)
            self = try Self.ipv4(packet)
        case .ipv6: self = try Self.ipv6(frame.payload)
        default: throw PacketError("ethernet.type", at: 12, "a flow's packet is neither IPv4 nor IPv6")
        }
    }

    private static func ipv4(_ packet: IPv4Packet) throws(PacketError) -> FlowPacket {
        if packet.fragmentOffset > 0 { return .laterFragment }
        if packet.isICMPError {
            var reader = PacketReader(packet.payload, of: "icmp")
            _ = try reader.take(8, "head")
            let quoted = try IPv4Packet(parsing: reader.rest(), isQuoted: true)
            guard !quoted.isICMPError else { throw reader.refused("quoted", "an error about an error") }
            let ports = try ports(quoted.number, quoted.payload)
            let tuple = FlowTuple(.v4(quoted.source), ports.0, to: .v4(quoted.destination), ports.1, quoted.number)
            return .error(about: tuple.reversed)
        }
        let ports = try ports(packet.number, packet.payload)
        return .tuple(FlowTuple(.v4(packet.source), ports.0, to: .v4(packet.destination), ports.1, packet.number))
    }

    private static func ports(_ number: IPProtocol, _ payload: ArraySlice<UInt8>) throws(PacketError) -> (UInt16, UInt16) {
        switch number {
        case .tcp, .udp, .sctp:
            var reader = PacketReader(payload, of: "transport")
            return (try reader.integer("source-port"), try reader.integer("destination-port"))
        case .icmp, .icmpv6:
            var reader = PacketReader(payload, of: "icmp")
            let type: UInt8 = try reader.integer("type")
            let isEcho = number == .icmp ? type == 8 || type == 0 : type == 128 || type == 129
            guard isEcho else { return (0, UInt16(type)) }
            _ = try reader.take(3, "head")
            return (try reader.integer("identifier"), 0)
        default: return (0, 0)
        }
    }

    /// IPv6 (RFC 8200) with the extension headers that may stand before the transport's.
    private static func ipv6(_ bytes: ArraySlice<UInt8>) throws(PacketError) -> FlowPacket {
        var reader = PacketReader(bytes, of: "ipv6")
        let first: UInt8 = try reader.integer("version")
        guard first >> 4 == 6 else { throw reader.refused("version", "it is \(first >> 4) instead of 6", at: 0) }
        _ = try reader.take(3, "flow-label")
        let length = Int(try reader.integer("payload-length", as: UInt16.self))
        var next: UInt8 = try reader.integer("next-header")
        _ = try reader.integer("hop-limit", as: UInt8.self)
        let source: IPv6Address = try reader.address("source")
        let destination: IPv6Address = try reader.address("destination")
        reader = try reader.limited(to: 40 + length, "payload-length")
        while [0, 43, 44, 60].contains(next) {
            let following: UInt8 = try reader.integer("extension")
            let size: UInt8 = try reader.integer("extension")
            if next == 44 {
                let offset: UInt16 = try reader.integer("fragment")
                _ = try reader.take(4, "fragment")
                if offset >> 3 > 0 { return .laterFragment }
            } else {
                _ = try reader.take(Int(size) * 8 + 6, "extension")
            }
            next = following
        }
        let number = IPProtocol(rawValue: next)
        let ports = try ports(number, reader.rest())
        return .tuple(FlowTuple(.v6(source), ports.0, to: .v6(destination), ports.1, number))
    }
}
