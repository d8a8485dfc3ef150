// IP packets of both versions as values. RFC 791, RFC 8200, and of what they carry as much as policy asks for.

import NetworkTypes

enum IPProtocol {
    static let icmp: UInt8 = 1
    static let igmp: UInt8 = 2
    static let tcp: UInt8 = 6
    static let udp: UInt8 = 17
    static let gre: UInt8 = 47
    static let icmpv6: UInt8 = 58
    static let sctp: UInt8 = 132
}

struct IPPacket: Equatable {
    enum Header: Equatable {
        case version4(IPv4Header)
        case version6(IPv6Header)
    }

    enum Fragment { case whole, first, later }

    private(set) var header: Header
    /// What the packet carries, behind options and extension headers, without what a frame pads it with.
    let payload: [UInt8]
    /// Of that.
    let `protocol`: UInt8
    let fragment: Fragment
    let transport: Transport

    init(_ bytes: [UInt8]) throws(Drop) { try self.init(bytes, isQuoted: false) }

    /// A packet as ICMP errors quote it: it may be shorter than it says.
    init(quoted bytes: [UInt8]) throws(Drop) { try self.init(bytes, isQuoted: true) }

    private init(_ bytes: [UInt8], isQuoted: Bool) throws(Drop) {
        guard let first = bytes.first else { throw .pull }
        switch first >> 4 {
        case 4:
            let header = try IPv4Header(bytes, isQuoted: isQuoted)
            self.header = .version4(header)
            payload = bytes.bytes(from: header.length, to: Int(header.totalLength))
            self.protocol = header.protocol
            fragment = header.offset != 0 ? .later : header.moreFragments ? .first : .whole
        case 6:
            let header = try IPv6Header(bytes, isQuoted: isQuoted)
            self.header = .version6(header)
            payload = bytes.bytes(from: header.length, to: header.totalLength)
            self.protocol = header.carriedProtocol
            fragment = header.fragment
        default: throw .invalidProtocol
        }
        transport = fragment == .later ? Transport() : try Transport(payload, protocol: self.protocol, isVersion6: first >> 4 == 6)
    }

    private init(header: IPv4Header, payload: [UInt8]) {
        (self.header, self.payload, self.protocol) = (.version4(header), payload, header.protocol)
        (fragment, transport) = (.later, Transport())
    }

    var bytes: [UInt8] {
        switch header {
        case .version4(let header): header.bytes + payload
        case .version6(let header): header.bytes + payload
        }
    }

    var isVersion6: Bool { if case .version6 = header { true } else { false } }
    var etherType: UInt16 { isVersion6 ? EtherType.ipv6 : EtherType.ipv4 }
    var totalLength: Int { headerLength + payload.count }

    var headerLength: Int {
        switch header {
        case .version4(let header): header.length
        case .version6(let header): header.length
        }
    }

    var source: IPAddress {
        switch header {
        case .version4(let header): .v4(header.source)
        case .version6(let header): .v6(header.source)
        }
    }

    var destination: IPAddress {
        switch header {
        case .version4(let header): .v4(header.destination)
        case .version6(let header): .v6(header.destination)
        }
    }

    /// TTL or hop limit.
    var hops: UInt8 {
        switch header {
        case .version4(let header): header.hops
        case .version6(let header): header.hops
        }
    }

    /// Type of service or traffic class.
    var serviceClass: UInt8 {
        switch header {
        case .version4(let header): header.serviceClass
        case .version6(let header): header.serviceClass
        }
    }

    /// What fragments of one datagram have in common.
    var identification: UInt32 {
        switch header {
        case .version4(let header): UInt32(header.identification)
        case .version6(let header): header.identification
        }
    }

    /// IPv6 packets never are fragmented on their way.
    var mayBeFragmented: Bool { if case .version4(let header) = header { !header.dontFragment } else { false } }

    /// Of IPv4; IPv6 has none.
    var hasRightChecksum: Bool {
        if case .version4(let header) = header { internetChecksum(header.bytes) == 0 } else { true }
    }

    /// The packet with another TTL or hop limit, and the checksum that belongs to it.
    func with(hops: UInt8) -> IPPacket {
        var packet = self
        switch header {
        case .version4(var header):
            header.hops = hops
            header.checksum = header.rightChecksum
            packet.header = .version4(header)
        case .version6(var header):
            header.hops = hops
            packet.header = .version6(header)
        }
        return packet
    }

    /// An IPv4 packet cut so that no part is longer than `limit` (RFC 791): all parts but the last carry a multiple of eight bytes. nil if it
    /// cannot be: there is no room for eight bytes, or a part would begin beyond what the header can say.
    func cut(to limit: Int) -> [IPPacket]? {
        guard case .version4(let whole) = header, limit >= whole.length + 8 else { return nil }
        let step = (limit - whole.length) / 8 * 8
        var parts: [IPPacket] = []
        for start in stride(from: 0, to: max(payload.count, 1), by: step) {
            let carried = payload.bytes(from: start, to: start + step)
            let isLast = start + step >= payload.count
            guard Int(whole.offset) + start / 8 <= 0x1FFF else { return nil }
            var part = whole
            part.totalLength = UInt16(whole.length + carried.count)
            part.offset += UInt16(start / 8)
            part.moreFragments = whole.moreFragments || !isLast
            part.checksum = part.rightChecksum
            parts.append(IPPacket(header: part, payload: carried))
        }
        return parts
    }
}

/// Ports, or what stands for them in a flow's key (Runtime/Forwarder/include/flow.h).
struct Transport: Equatable {
    var sourcePort: UInt16 = 0
    var destinationPort: UInt16 = 0
    /// Of ICMP and ICMPv6.
    var icmpType: UInt8?
    /// The flow is that of the packet which the error quotes.
    var isICMPError = false

    init() {}

    init(_ payload: [UInt8], protocol: UInt8, isVersion6: Bool) throws(Drop) {
        switch `protocol` {
        case IPProtocol.tcp, IPProtocol.udp, IPProtocol.sctp:
            guard payload.count >= 4 else { throw .pull }
            sourcePort = payload.word(at: 0)
            destinationPort = payload.word(at: 2)
        case isVersion6 ? IPProtocol.icmpv6 : IPProtocol.icmp:
            guard payload.count >= 8 else { throw .pull }
            let type = payload[0]
            icmpType = type
            let echo: Set<UInt8> = isVersion6 ? [128, 129] : [0, 8]
            // RFC 4443, section 2.1; RFC 1122, section 3.2.2.
            let errors: Set<UInt8> = isVersion6 ? [1, 2, 3, 4] : [3, 4, 5, 11, 12]
            if echo.contains(type) {
                sourcePort = payload.word(at: 4)
            } else if errors.contains(type) {
                isICMPError = true
            } else {
                destinationPort = UInt16(type)
            }
        default: break
        }
    }
}
