// Putting packets into tunnels: MPLS over UDP (RFC 7510), MPLS over GRE (RFC 4023), VXLAN (RFC 7348). Outer UDP checksums are 0.

import NetworkTypes

extension Forwarder {
    private static let controlWord: [UInt8] = [0, 0, 0, 0]

    mutating func wrap(_ journey: Journey, in tunnel: Tunnel, withControlWord: Bool) throws(Drop) {
        var journey = journey
        guard let interface = tables.interfaces[tunnel.interface] else { throw .invalidInterface }
        guard let label = journey.label, label < (tunnel.kind == .vxlan ? 1 << 24 : 1 << 20) else { throw .invalidNextHop }
        if tunnel.kind == .vxlan, journey.frame == nil {
            // VXLAN carries frames: a routed packet goes behind a header to the other end's router, if that is one.
            guard case .packet(let packet, _) = journey.load, let router = tunnel.routerMAC else { throw .invalidNextHop }
            let frame = EthernetFrame(
                destination: router, source: tunnel.header.source, type: packet.etherType, payload: packet.bytes)
            journey.load = .frame(frame, packet)
        }
        let control = journey.frame != nil && tunnel.kind != .vxlan && (withControlWord || journey.wantsControlWord) ? Self.controlWord : []
        let outerLength = 20 + (tunnel.kind == .gre ? 4 : 8) + (tunnel.kind == .vxlan ? 8 : 4 + control.count)
        let room = (interface.mtu ?? 65535) - outerLength
        if bytes(of: journey).count <= room {
            return try send(journey, label, control, in: tunnel, on: interface)
        }
        // What of the room is left for the IP packet.
        let limit = max(room - (bytes(of: journey).count - packetAndPadding(of: journey)), 0)
        guard let packet = journey.ip else { throw .fragmentError }
        guard packet.mayBeFragmented else {
            return try trap(journey, .tooLarge, [UInt32(limit), journey.flow == nil ? .max : nil])
        }
        guard canCopy, let parts = packet.cut(to: limit) else { throw .fragmentError }
        for part in parts {
            var cut = journey
            cut.load = replacing(packetOf: journey, by: part)
            attempt { (model) throws(Drop) in try model.send(cut, label, control, in: tunnel, on: interface) }
        }
    }

    private mutating func send(_ journey: Journey, _ label: UInt32, _ control: [UInt8], in tunnel: Tunnel, on interface: Interface)
        throws(Drop)
    {
        var carried: [UInt8] = []
        switch tunnel.kind {
        case .vxlan:
            carried.append(longWord: 0x0800_0000)
            carried.append(longWord: label << 8)
        case .gre, .udp:
            // A frame's payload has no say in how far the label goes.
            var ttl: UInt8 = 64
            if case .packet(let packet, _) = journey.load { ttl = packet.hops }
            carried.append(longWord: label << 12 | 0x100 | UInt32(ttl))
            carried += control
        }
        carried += bytes(of: journey)
        var transport: [UInt8] = []
        if tunnel.kind == .gre {
            transport.append(longWord: UInt32(EtherType.mpls))
        } else {
            // The source port, which spreads flows, is the implementation's to choose.
            transport.append(word: 49152)
            transport.append(word: tunnel.kind == .vxlan ? 4789 : 6635)
            transport.append(word: UInt16(8 + carried.count))
            transport.append(word: 0)
        }
        var identification: UInt16 = 0
        if let packet = journey.ip, !packet.isVersion6 { identification = UInt16(packet.identification) }
        let outer = IPv4Header(
            // Congestion marks stay inside (RFC 6040, compatibility mode).
            serviceClass: (journey.ip?.serviceClass ?? 0) & 0xFC, identification: identification, hops: 64,
            protocol: tunnel.kind == .gre ? IPProtocol.gre : IPProtocol.udp, source: tunnel.source, destination: tunnel.destination,
            carrying: transport.count + carried.count)
        var frame = tunnel.header
        frame.type = EtherType.ipv4
        frame.payload = outer.bytes + transport + carried
        let port = EthernetFrame.headerLength + outer.length
        try transmit(frame.bytes, unknown: tunnel.kind == .gre ? [] : [port, port + 1], on: interface)
    }

    // MARK: What is wrapped

    /// In a replication tree, a control word and the network's VXLAN header stand in front of the frame.
    private func bytes(of journey: Journey) -> [UInt8] {
        switch journey.load {
        case .frame(let frame, _): return frame.bytes
        case .packet(let packet, _): return packet.bytes
        case .tree(let network, let frame, _):
            var bytes = Self.controlWord
            bytes.append(longWord: 0x0800_0000)
            bytes.append(longWord: network << 8)
            return bytes + frame.bytes
        }
    }

    private func packetAndPadding(of journey: Journey) -> Int {
        switch journey.load {
        case .frame(let frame, _), .tree(_, let frame, _): frame.payload.count
        case .packet(let packet, _): packet.totalLength
        }
    }

    private func replacing(packetOf journey: Journey, by packet: IPPacket) -> Journey.Load {
        switch journey.load {
        case .frame(var frame, _):
            frame.payload = packet.bytes
            return .frame(frame, packet)
        case .packet(_, let header): return .packet(packet, header: header)
        case .tree(let network, var frame, _):
            frame.payload = packet.bytes
            return .tree(network: network, frame, packet)
        }
    }
}
