// UDP datagrams (RFC 768) in IPv4.

import NetworkTypes

public struct UDPDatagram: Equatable, Sendable {
    public var sourcePort: UInt16
    public var destinationPort: UInt16
    public var payload: ArraySlice<UInt8>

    public init(from sourcePort: UInt16, to destinationPort: UInt16, payload: ArraySlice<UInt8>) {
        self.sourcePort = sourcePort
        self.destinationPort = destinationPort
        self.payload = payload
    }

    /// The datagram in a packet. Devices may leave the checksum of what a workload on this host sends to be filled in later, so that the field
    /// holds only the sum over the pseudo-header; that is accepted, as is a missing one.
    public init(in packet: IPv4Packet) throws(PacketError) {
        var reader = PacketReader(packet.payload, of: "udp")
        guard !packet.isFragment else { throw reader.refused("packet", "it is a fragment") }
        sourcePort = try reader.integer("source-port")
        destinationPort = try reader.integer("destination-port")
        let length = Int(try reader.integer("length", as: UInt16.self))
        let checksum: UInt16 = try reader.integer("checksum")
        var limited = try reader.limited(to: length, "length")
        payload = limited.rest()
        guard checksum != 0 else { return }
        let header = InternetChecksum.pseudoHeader(packet.source, packet.destination, packet.number.rawValue, length: length)
        var whole = header
        whole.add(packet.payload.prefix(length))
        guard whole.value == 0 || checksum == ~header.value else {
            throw reader.refused("checksum", "it does not belong to this datagram", at: 6)
        }
    }

    /// The datagram with its checksum, which depends on the addresses that it travels between.
    public func bytes(from source: IPv4Address, to destination: IPv4Address) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(8 + payload.count)
        bytes.append(bigEndian: sourcePort)
        bytes.append(bigEndian: destinationPort)
        bytes.append(bigEndian: UInt16(truncatingIfNeeded: 8 + payload.count))
        bytes.append(bigEndian: UInt16(0))
        bytes += payload
        var checksum = InternetChecksum.pseudoHeader(source, destination, IPProtocol.udp.rawValue, length: bytes.count)
        checksum.add(bytes)
        // 0 means that there is none; the sum that is 0 has a second form.
        bytes.overwrite(checksum.value == 0 ? 0xFFFF : checksum.value, at: 6)
        return bytes
    }
}
