// ICMP (RFC 792): echo, and the errors with which a router answers packets that it cannot forward (RFC 1812 §4.3).

import NetworkTypes

public enum ICMPMessage: Equatable, Sendable {
    case echoRequest(identifier: UInt16, sequence: UInt16, data: ArraySlice<UInt8>)
    case echoReply(identifier: UInt16, sequence: UInt16, data: ArraySlice<UInt8>)
    /// The packet is too large and may not be fragmented (RFC 1191): the largest that would have passed, and the beginning of the packet.
    case fragmentationNeeded(mtu: UInt16, quoted: ArraySlice<UInt8>)
    /// The packet's TTL came to its end here.
    case timeExceeded(quoted: ArraySlice<UInt8>)
    /// Anything else.
    case other(type: UInt8, code: UInt8, rest: ArraySlice<UInt8>)

    public init(in packet: IPv4Packet) throws(PacketError) {
        var reader = PacketReader(packet.payload, of: "icmp")
        guard !packet.isFragment else { throw reader.refused("packet", "it is a fragment") }
        let type: UInt8 = try reader.integer("type")
        let code: UInt8 = try reader.integer("code")
        let checksum: UInt16 = try reader.integer("checksum")
        guard InternetChecksum.of(packet.payload) == 0 else {
            throw reader.refused("checksum", "\(checksum) does not belong to this message", at: 2)
        }
        switch (type, code) {
        case (8, 0), (0, 0):
            let identifier: UInt16 = try reader.integer("identifier")
            let sequence: UInt16 = try reader.integer("sequence")
            let data = reader.rest()
            self =
                type == 8
                ? .echoRequest(identifier: identifier, sequence: sequence, data: data)
                : .echoReply(identifier: identifier, sequence: sequence, data: data)
        case (3, 4):
            _ = try reader.integer("unused", as: UInt16.self)
            let mtu: UInt16 = try reader.integer("mtu")
            self = .fragmentationNeeded(mtu: mtu, quoted: reader.rest())
        case (11, 0):
            _ = try reader.integer("unused", as: UInt32.self)
            self = .timeExceeded(quoted: reader.rest())
        default: self = .other(type: type, code: code, rest: reader.rest())
        }
    }

    public var bytes: [UInt8] {
        var bytes: [UInt8]
        switch self {
        case .echoRequest(let identifier, let sequence, let data), .echoReply(let identifier, let sequence, let data):
            bytes = [8, 0, 0, 0]
            if case .echoReply = self { bytes[0] = 0 }
            bytes.append(bigEndian: identifier)
            bytes.append(bigEndian: sequence)
            bytes += data
        case .fragmentationNeeded(let mtu, let quoted):
            bytes = [3, 4, 0, 0, 0, 0]
            bytes.append(bigEndian: mtu)
            bytes += quoted
        case .timeExceeded(let quoted): bytes = [11, 0, 0, 0, 0, 0, 0, 0] + quoted
        case .other(let type, let code, let rest): bytes = [type, code, 0, 0] + rest
        }
        bytes.overwrite(InternetChecksum.of(bytes), at: 2)
        return bytes
    }
}
