// Routing, bridging, and what next hops do: Runtime/Forwarder/include/next_hop.h and route.h.

import NetworkTypes

extension Forwarder {
    /// A way that goes round is a loop.
    private func count(_ journey: inout Journey) throws(Drop) {
        journey.lookups += 1
        guard journey.lookups <= limits.lookups else { throw .packetLoop }
    }

    // MARK: Tables

    mutating func bridge(_ journey: Journey) throws(Drop) {
        var journey = journey
        try count(&journey)
        guard let frame = journey.frame else { throw .invalidPacket }
        let isFromWorkload = journey.origin == nil
        if frame.isForMany, isFromWorkload { journey.vrf = journey.arrival.multicastVRF ?? journey.vrf }
        let floods =
            frame.isForMany || journey.floodsUnknown || (isFromWorkload && journey.arrival.flags.contains(.floodUnknown))
        guard
            let entry = tables.bridgeEntry(for: frame.destination, in: journey.vrf)
                ?? (floods ? tables.bridgeEntry(for: .broadcast, in: journey.vrf) : nil)
        else { throw .noBridgeEntry }
        journey.label = entry.label
        journey.wantsControlWord = entry.flags.contains(.controlWord)
        try nextHop(entry.nextHop, for: journey)
    }

    mutating func route(_ journey: Journey) throws(Drop) {
        var journey = journey
        guard let packet = journey.ip else { throw .invalidProtocol }
        try count(&journey)
        if var header = journey.frame {
            header.payload = []
            journey.load = .packet(packet, header: header)
        }
        guard packet.hasRightChecksum else { throw .checksumError }
        guard let route = tables.route(to: packet.destination, in: journey.vrf), let found = tables.nextHops[route.nextHop]
        else { throw .nowhereToGo }
        journey.label = route.label
        journey.wantsControlWord = false
        // What is for the host or the agent has arrived, and what is dropped goes no further.
        if !found.isReceive, !found.isDiscard, !journey.isCountedDown {
            guard packet.hops > 1 else {
                // Workloads trace routes, and the agent answers. Behind a tunnel somebody else has.
                if journey.origin != nil { throw .ttlExceeded }
                return try trap(journey, .zeroTTL)
            }
            if case .packet(_, let header) = journey.load {
                journey.load = .packet(packet.with(hops: journey.hops ?? packet.hops - 1), header: header)
            }
            journey.isCountedDown = true
        }
        try nextHop(route.nextHop, for: journey)
    }

    // MARK: Next hops

    /// What stands for a next hop in flow keys: of a workload's, the interface's own, whether packets or frames go there.
    private func flowKey(of nextHop: NextHop, _ index: UInt32) -> UInt32 {
        guard case .encapsulate(let interface, _) = nextHop.action else { return index }
        return tables.interfaces[interface]?.nextHop ?? index
    }

    mutating func nextHop(_ index: UInt32, for journey: Journey) throws(Drop) {
        var journey = journey
        guard let nextHop = tables.nextHops[index], !nextHop.flags.contains(.invalid) else { throw .invalidNextHop }
        try count(&journey)
        if nextHop.flags.contains(.policy), !journey.isAdmitted, let packet = journey.ip, !journey.isForMany {
            journey.flowNextHop = journey.flowNextHop ?? flowKey(of: nextHop, index)
            guard let admitted = try admit(journey, packet, isRelaxed: nextHop.flags.contains(.relaxed), then: .nextHop(index)) else {
                return
            }
            journey = admitted
        }
        switch nextHop.action {
        case .discard: throw .discard
        case .resolve: try trap(journey, .resolve, [index])
        case .receive(let interface): try hand(journey, to: interface)
        case .encapsulate(let interface, let header): try encapsulate(journey, header, interface)
        case .tunnel(let tunnel): try wrap(journey, in: tunnel, withControlWord: nextHop.flags.contains(.controlWord))
        case .composite(.ecmp, let members): try choose(from: members, for: journey)
        case .composite(.multicast, let members):
            try replicate(journey, to: members, onlyFromMembers: nextHop.flags.contains(.validateSource))
        case .composite: throw .invalidNextHop
        case .bridgeReceive:
            journey.vrf = nextHop.vrf
            try route(journey)
        case .translate:
            journey.vrf = nextHop.vrf
            guard let frame = journey.frame, !nextHop.flags.contains(.vxlanRouting) else { return try route(journey) }
            journey.floodsUnknown = nextHop.flags.contains(.floodUnknown)
            if journey.origin != nil, frame.type == EtherType.arp, try answerTunnel(frame, journey) { return }
            try bridge(journey)
        }
    }

    /// To the host, or to the agent.
    private mutating func hand(_ journey: Journey, to index: UInt32) throws(Drop) {
        guard let interface = tables.interfaces[index] else { throw .invalidInterface }
        if interface.type == .agent { return try trap(journey, .l3Protocols) }
        try transmit(journey.asFrame.bytes, on: interface)
    }

    /// To a workload here: frames as they are, packets behind the header that the next hop has for them.
    private mutating func encapsulate(_ journey: Journey, _ header: EthernetFrame?, _ index: UInt32) throws(Drop) {
        guard let interface = tables.interfaces[index] else { throw .invalidInterface }
        if let frame = journey.frame {
            guard index != journey.arrival.index else { throw .packetLoop }
            return try transmit(frame.bytes, on: interface)
        }
        guard var frame = header, let packet = journey.ip else { throw .invalidNextHop }
        frame.type = packet.etherType
        frame.payload = packet.bytes
        try transmit(frame.bytes, on: interface)
    }

    /// The flow's member; where there is none, one that a hash names. An empty position takes nothing.
    private mutating func choose(from members: [NextHop.Member?], for journey: Journey) throws(Drop) {
        var journey = journey
        let usable = members.indices.filter { members[$0] != nil }
        var position = journey.flow.flatMap { flows[$0]?.decision.member }
        if position.map({ !usable.contains($0) }) ?? true {
            isUndecided = isUndecided || usable.count > 1
            position = usable.first
            if let flow = journey.flow { flows[flow]?.decision.member = position }
        }
        guard let position, let member = members[position] else { throw .invalidNextHop }
        journey.label = member.label ?? journey.label
        try nextHop(member.nextHop, for: journey)
    }
}
