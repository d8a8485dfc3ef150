// Packets to the agent and from it: Runtime/Forwarder/include/trap.h.

import NetworkTypes

/// Why the agent is shown a packet, by the number that it is told.
enum Trap: UInt16 {
    case arp = 2
    case resolve = 5
    case flowMiss = 6
    case l3Protocols = 7
    case sourceMismatch = 10
    case tooLarge = 11
    case zeroTTL = 12

    /// As the rows call them.
    static let words: [String: Trap] = [
        "arp": .arp, "resolve": .resolve, "flow-miss": .flowMiss, "l3-protocols": .l3Protocols, "source-mismatch": .sourceMismatch,
        "too-large": .tooLarge, "zero-ttl": .zeroTTL,
    ]
}

extension Forwarder {
    static let agentHeaderLength = 30

    /// Shows the packet to the agent, instead of anything else. `parameters`: up to five numbers and the byte behind them; nil: one that only the
    /// implementation knows.
    mutating func trap(_ journey: Journey, _ reason: Trap, _ parameters: [UInt32?] = [], incarnation: UInt8? = 0) throws(Drop) {
        guard let agent = tables.agent else { throw .trapNoInterface }
        var header: [UInt8] = []
        var unknown: Set<Int> = []
        header.append(word: UInt16(journey.arrival.index))
        header.append(word: UInt16(truncatingIfNeeded: journey.vrf))
        header.append(word: reason.rawValue)
        for parameter in parameters + Array(repeating: 0, count: 5 - parameters.count) {
            if parameter == nil { unknown.formUnion((0..<4).map { EthernetFrame.headerLength + header.count + $0 }) }
            header.append(longWord: parameter ?? 0)
        }
        if incarnation == nil { unknown.insert(EthernetFrame.headerLength + header.count) }
        header += [incarnation ?? 0, 0, 0, 0]
        let frame = EthernetFrame(
            destination: agent.mac, source: .gateway, type: EtherType.agent, payload: header + journey.asFrame.bytes)
        try transmit(frame.bytes, unknown: unknown, on: agent)
    }

    /// Shows the agent a copy; the packet goes on whatever becomes of it.
    mutating func showCopy(of journey: Journey, _ reason: Trap, _ parameters: [UInt32?] = [], incarnation: UInt8? = 0) {
        attempt { (model) throws(Drop) in
            guard model.tables.agent != nil else { throw .trapNoInterface }
            guard model.canCopy else { throw .cloneFailed }
            try model.trap(journey, reason, parameters, incarnation: incarnation)
        }
    }

    mutating func agent(_ frame: EthernetFrame) throws(Drop) {
        let header = frame.payload
        guard header.count >= Self.agentHeaderLength, let interface = tables.interfaces[UInt32(header.word(at: 0))],
            interface.type != .agent
        else { throw .invalidAgentPacket }
        let bytes = header.bytes(from: Self.agentHeaderLength)
        switch header.word(at: 4) {
        case 0:
            guard bytes.count >= EthernetFrame.headerLength else { throw .invalidAgentPacket }
            try transmit(bytes, on: interface)
        case 1: try inject(bytes, on: interface, vrf: UInt32(header.word(at: 2)))
        default: throw .invalidAgentPacket
        }
    }

    /// As if it had come in on the interface, but what the agent sends needs nobody's permission.
    private mutating func inject(_ bytes: [UInt8], on interface: Interface, vrf: UInt32) throws(Drop) {
        let frame = try EthernetFrame(bytes)
        var journey = Journey(.frame(frame, try frame.packet()), from: interface, vrf: vrf)
        journey.isAdmitted = true
        if journey.ip != nil, !frame.isForMany, frame.destination == .gateway || frame.destination == interface.mac {
            try route(journey)
        } else {
            try bridge(journey)
        }
    }
}
