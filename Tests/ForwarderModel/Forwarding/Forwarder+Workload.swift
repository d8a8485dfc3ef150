// What a workload's frame meets first: questions to the platform, policy, and the choice between routing and bridging.

import NetworkTypes

extension Forwarder {
    mutating func workload(_ frame: EthernetFrame, on arrival: Interface) throws(Drop) {
        let packet = try frame.packet()
        let journey = Journey(.frame(frame, packet), from: arrival, vrf: arrival.vrf)
        if frame.type == EtherType.arp { return try answerWorkload(ARPMessage(frame.payload), journey) }
        // Service instances talk to two, never to many.
        if frame.isForMany, arrival.flags.contains(.service) { throw .discard }
        if let packet, isForAgent(packet, journey) { return try trap(journey, .l3Protocols) }
        try admitWorkload(journey)
    }

    /// DHCP, router solicitations, IGMP, if the interface has such a service.
    private func isForAgent(_ packet: IPPacket, _ journey: Journey) -> Bool {
        let flags = journey.arrival.flags, transport = packet.transport
        guard packet.fragment != .later else { return false }
        switch packet.protocol {
        case IPProtocol.udp:
            let (client, server): (UInt16, UInt16) = packet.isVersion6 ? (546, 547) : (68, 67)
            let everybody = tables.bridgeEntry(for: .broadcast, in: journey.vrf)
            return flags.contains(.dhcp) && transport.sourcePort == client && transport.destinationPort == server
                && everybody?.flags.contains(.floodDHCP) != true
        case IPProtocol.icmpv6: return flags.contains(.dhcp) && packet.isVersion6 && transport.icmpType == 133
        case IPProtocol.igmp: return flags.contains(.igmp) && !packet.isVersion6
        default: return false
        }
    }

    /// Policy is about conversations between two: what goes to many is not asked after.
    mutating func admitWorkload(_ journey: Journey) throws(Drop) {
        var journey = journey
        if journey.arrival.flags.contains(.policy), let nextHop = journey.arrival.nextHop, let packet = journey.ip, !journey.isForMany {
            journey.flowNextHop = nextHop
            guard let admitted = try admit(journey, packet, isRelaxed: false, then: .workload) else { return }
            journey = admitted
        }
        try forward(journey)
    }

    private mutating func forward(_ journey: Journey) throws(Drop) {
        let arrival = journey.arrival
        guard let frame = journey.frame else { throw .invalidPacket }
        guard arrival.flags.contains(.bridged) else {
            guard journey.ip != nil else { throw .invalidProtocol }
            return try route(journey)
        }
        let hasRoutes = tables.vrfs[journey.vrf] == false
        if arrival.flags.contains(.routed), journey.ip != nil, !frame.isForMany, hasRoutes,
            frame.destination == .gateway || frame.destination == arrival.mac
        {
            try route(journey)
        } else {
            try bridge(journey)
        }
    }
}
