// Policy: the flow that a packet belongs to, and what the agent decided about it. Runtime/Forwarder/include/flow.h.

import NetworkTypes

extension Forwarder {
    /// Milliseconds after which a flow that still waits is shown to the agent again.
    private static let showAgain = 1000

    /// The journey, if the packet may go on; nil if it waits.
    mutating func admit(
        _ journey: Journey, _ packet: IPPacket, isRelaxed: Bool, then resumption: Waiting.Resumption
    ) throws(Drop) -> Journey? {
        var journey = journey
        if journey.isAdmitted { return journey }
        guard let key = try flowKey(of: packet, journey, then: resumption) else { return nil }
        if flows[key] == nil {
            journey.isAdmitted = true
            if isRelaxed { return journey }
            journey.isAdmitted = false
            try begin(key, journey)
        }
        guard var flow = flows[key] else { throw .flowUnusable }
        flow.packets += 1
        flow.bytes += packet.totalLength
        flows[key] = flow
        switch flow.decision.action {
        case .hold:
            try wait(for: key, journey, resumption)
            return nil
        case .drop: throw .flowActionDrop
        case .forward: break
        }
        if let expected = flow.decision.sourceNextHop, !came(journey, from: expected) {
            if isToBeShown(flow) {
                flows[key]?.shown = now
                showCopy(of: journey, .sourceMismatch, [nil, expected])
            }
            throw .invalidSource
        }
        journey.vrf = flow.decision.vrf ?? journey.vrf
        journey.hops = flow.decision.hops
        journey.flow = key
        journey.isAdmitted = true
        return journey
    }

    private func isToBeShown(_ flow: Flow) -> Bool { flow.shown.map { now - $0 >= Self.showAgain } ?? true }

    /// nil: a fragment that waits for the first of its datagram.
    private mutating func flowKey(of packet: IPPacket, _ journey: Journey, then resumption: Waiting.Resumption) throws(Drop) -> FlowKey? {
        guard let scope = journey.flowNextHop else { throw .flowUnusable }
        var ports = (source: packet.transport.sourcePort, destination: packet.transport.destinationPort)
        if packet.fragment != .whole {
            let key = FragmentKey(
                scope: scope, source: packet.source, destination: packet.destination, protocol: packet.protocol,
                identification: packet.identification)
            if datagrams[key].map({ now - $0.began >= Datagram.lifetime }) ?? false {
                // When what waited for it goes is up to the implementation.
                isUndecided = isUndecided || datagrams[key]?.waiting.isEmpty == false
                datagrams[key] = nil
            }
            var datagram = datagrams[key] ?? Datagram(began: now)
            if packet.fragment == .first {
                datagram.ports = ports
                release(datagram.waiting)
                datagram.waiting = []
            } else if let known = datagram.ports {
                ports = known
            } else {
                guard datagram.waiting.count < Datagram.mostWaiting else { throw .fragmentQueueFailed }
                datagram.waiting.append(Waiting(journey: journey, resumption: resumption))
            }
            datagrams[key] = datagram
            if datagram.ports == nil { return nil }
        }
        guard packet.transport.isICMPError else {
            return FlowKey(of: packet, nextHop: scope, sourcePort: ports.source, destinationPort: ports.destination)
        }
        guard let key = FlowKey(quotedBy: packet, nextHop: scope) else { throw .icmpError }
        return key
    }

    /// Makes the entry in which the first packet of a flow waits.
    private mutating func begin(_ key: FlowKey, _ journey: Journey) throws(Drop) {
        if journey.arrival.flags.contains(.dropNewFlows) { throw .newFlowRefused }
        guard flows.values.count(where: { $0.decision.action == .hold }) < limits.heldFlows else { throw .flowUnusable }
        flowsMade += 1
        flows[key] = Flow(index: flowsMade)
    }

    private mutating func wait(for key: FlowKey, _ journey: Journey, _ resumption: Waiting.Resumption) throws(Drop) {
        guard let flow = flows[key] else { throw .flowDeleted }
        if isToBeShown(flow) {
            flows[key]?.shown = now
            showCopy(
                of: journey, .flowMiss,
                [nil, key.nextHop, UInt32(truncatingIfNeeded: flow.bytes), UInt32(truncatingIfNeeded: flow.packets)],
                incarnation: haveFlowsBeenDeleted ? nil : flow.incarnation)
        }
        guard flow.waiting.count < Flow.mostWaiting else { throw .flowQueueLimitExceeded }
        flows[key]?.waiting.append(Waiting(journey: journey, resumption: resumption))
    }

    /// Whether the packet came the way that leads to its source.
    private func came(_ journey: Journey, from index: UInt32) -> Bool {
        guard let nextHop = tables.nextHops[index] else { return false }
        switch nextHop.action {
        case .tunnel(let tunnel): return journey.origin?.source == tunnel.destination
        case .composite(_, let members):
            return members.contains { member in
                guard let member, tables.nextHops[member.nextHop]?.isComposite == false else { return false }
                return came(journey, from: member.nextHop)
            }
        default: return journey.origin == nil && nextHop.interface == journey.arrival.index
        }
    }

    // MARK: The agent's side

    /// What the agent decided; what waited goes on accordingly.
    mutating func set(_ decision: FlowDecision, for key: FlowKey) {
        if flows[key] == nil {
            flowsMade += 1
            flows[key] = Flow(index: flowsMade)
        }
        flows[key]?.decision = decision
        if decision.action != .hold {
            release(flows[key]?.waiting ?? [])
            flows[key]?.waiting = []
        }
        goOn()
    }

    /// False: there is no such flow.
    mutating func deleteFlow(_ key: FlowKey) -> Bool {
        guard let flow = flows.removeValue(forKey: key) else { return false }
        haveFlowsBeenDeleted = true
        release(flow.waiting, dropping: .flowDeleted)
        goOn()
        return true
    }
}
