// ICMP errors in the gateway's name: what a packet is answered with that the forwarder could not send on (RFC 792, RFC 1191, RFC 1812 §4.3).

import NetworkTypes

/// What was in the way.
public enum RouterError: Equatable, Sendable {
    /// The packet may not be fragmented, and this is the largest that passes.
    case tooLarge(mtu: UInt16)
    case timeExceeded

    /// How much of a packet's payload an error quotes, in bytes.
    static let quotedBytes = 128

    /// The frame with the error, for the interface that the packet came from; nil when there must be none: about errors, fragments that are not
    /// the first, packets to or from groups (RFC 1122 §3.2.2).
    public func answer(_ bytes: ArraySlice<UInt8>, from gateway: IPv4Address) -> [UInt8]? {
        guard let frame = try? EthernetFrame(parsing: bytes), frame.type == .ipv4, !frame.destination.isMulticast,
            let packet = try? IPv4Packet(parsing: frame.payload)
        else { return nil }
        let isPointless =
            packet.fragmentOffset > 0 || packet.destination.isMulticast || packet.destination.isBroadcast || packet.source.isMulticast
            || packet.source.isUnspecified || packet.source.isBroadcast || packet.source.isLoopback || packet.isICMPError
        guard !isPointless else { return nil }
        let headerBytes = Int((frame.payload.first ?? 0) & 0xF) * 4
        let quoted = frame.payload.prefix(headerBytes + min(packet.payload.count, Self.quotedBytes))
        let message: ICMPMessage =
            switch self {
            case .tooLarge(let mtu): .fragmentationNeeded(mtu: mtu, quoted: quoted)
            case .timeExceeded: .timeExceeded(quoted: quoted)
            }
        // Precedence 6 for control, as RFC 1812 §4.3.2.5 asks.
        let error = IPv4Packet(from: gateway, to: packet.source, .icmp, typeOfService: 0xC0, payload: message.bytes[...])
        return frame.answer(from: .gateway, error.bytes).bytes
    }
}

extension IPv4Packet {
    /// An ICMP message that is about another packet.
    var isICMPError: Bool { number == .icmp && payload.first.map { [3, 4, 5, 11, 12].contains($0) } ?? true }
}
