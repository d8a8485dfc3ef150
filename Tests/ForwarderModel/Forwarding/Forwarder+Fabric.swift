// What the fabric brings: tunnels' packets are unwrapped, everything else is the host's. RFC 7510, RFC 4023, RFC 7348, RFC 4385.

import NetworkTypes

extension Forwarder {
    mutating func fabric(_ frame: EthernetFrame, on arrival: Interface) throws(Drop) {
        let packet = try frame.packet()
        if frame.type == EtherType.arp {
            // Replies resolve next hops: the agent is shown them too.
            if try !ARPMessage(frame.payload).isRequest {
                showCopy(of: Journey(.frame(frame, nil), from: arrival, vrf: arrival.vrf), .arp)
            }
        } else if let packet, !frame.isForMany, let kind = tunnelKind(of: packet), isForThisHost(packet, arrival) {
            return try unwrap(packet, kind, on: arrival)
        }
        try crossConnect(frame, from: arrival)
    }

    /// Whose packet it is by its headers; nil: no tunnel's. Fragments are the host's to put together.
    private func tunnelKind(of packet: IPPacket) -> Tunnel.Kind? {
        guard !packet.isVersion6, packet.fragment == .whole else { return nil }
        switch packet.protocol {
        case IPProtocol.udp:
            switch packet.transport.destinationPort {
            case 6635, 51234: return .udp
            case 4789: return .vxlan
            default: return nil
            }
        // MPLS, and nothing that GRE may have besides.
        case IPProtocol.gre: return packet.payload.count >= 4 && packet.payload.longWord(at: 0) == UInt32(EtherType.mpls) ? .gre : nil
        default: return nil
        }
    }

    private func isForThisHost(_ packet: IPPacket, _ arrival: Interface) -> Bool {
        guard let route = tables.route(to: packet.destination, in: arrival.vrf) else { return false }
        return tables.nextHops[route.nextHop]?.isReceive == true
    }

    private mutating func unwrap(_ packet: IPPacket, _ kind: Tunnel.Kind, on arrival: Interface) throws(Drop) {
        guard packet.hasRightChecksum else { throw .checksumError }
        let outerLength = kind == .gre ? 4 : 8
        guard packet.payload.count >= outerLength, case .v4(let source) = packet.source else { throw .pull }
        let inner = packet.payload.bytes(from: outerLength)
        let origin = Journey.Origin(source: source, isTree: false)
        if kind == .vxlan {
            try takeVXLAN(inner, origin, on: arrival)
        } else {
            try takeMPLS(inner, origin, on: arrival)
        }
    }

    private mutating func takeVXLAN(_ bytes: [UInt8], _ origin: Journey.Origin, on arrival: Interface) throws(Drop) {
        guard bytes.count >= 8 else { throw .pull }
        guard bytes[0] & 0x08 != 0, let nextHop = tables.networks[bytes.longWord(at: 4) >> 8] else { throw .invalidVXLANNetwork }
        try arrive(bytes.bytes(from: 8), isFrame: true, at: nextHop, label: nil, origin, on: arrival)
    }

    private mutating func takeMPLS(_ bytes: [UInt8], _ origin: Journey.Origin, on arrival: Interface) throws(Drop) {
        guard bytes.count >= 4 else { throw .pull }
        let word = bytes.longWord(at: 0)
        let isLast = word & 0x100 != 0
        guard word >> 12 >= 16, isLast, let label = tables.labels[word >> 12], let nextHop = tables.nextHops[label.nextHop]
        else { throw .invalidLabel }
        var rest = bytes.bytes(from: 4)
        if label.isTree {
            guard rest.count >= 12 else { throw .pull }
            guard rest.longWord(at: 0) == 0 else { throw .invalidPacket }
            guard rest[4] & 0x08 != 0 else { throw .invalidVXLANNetwork }
            var origin = origin
            origin.isTree = true
            return try arrive(rest.bytes(from: 12), isFrame: true, at: label.nextHop, label: rest.longWord(at: 8) >> 8, origin, on: arrival)
        }
        if nextHop.isOfFrames, nextHop.flags.contains(.controlWord) {
            guard rest.count >= 4 else { throw .pull }
            // The upper half byte of a control word tells it from an IP packet.
            guard rest[0] >> 4 == 0 else { throw .invalidPacket }
            rest = rest.bytes(from: 4)
        }
        try arrive(rest, isFrame: nextHop.isOfFrames, at: label.nextHop, label: nil, origin, on: arrival)
    }

    /// What was in a tunnel goes on at the next hop that its label or network means.
    private mutating func arrive(
        _ bytes: [UInt8], isFrame: Bool, at index: UInt32, label: UInt32?, _ origin: Journey.Origin, on arrival: Interface
    ) throws(Drop) {
        let load: Journey.Load
        if isFrame {
            let frame = try EthernetFrame(bytes)
            load = .frame(frame, try frame.packet())
        } else {
            load = .packet(try IPPacket(bytes), header: nil)
        }
        var journey = Journey(load, from: arrival, vrf: tables.nextHops[index]?.vrf ?? arrival.vrf)
        journey.label = label
        journey.origin = origin
        try nextHop(index, for: journey)
    }
}
