// Flows that were in the forwarder before the agent, or before its connection: they are compared with what the agent knows, and what it does not know is
// decided again, so that established conversations live on. Which direction began a conversation is not in the forwarder's table; both are asked, and one
// that policy lets is taken. A pair that was dropped is deleted: its next packet begins it anew, and tells who began.

import ForwarderMessages
import NetworkTypes

extension FlowTable {
    /// The forwarder has lost all flows: it was started anew.
    public mutating func reset(at now: UInt64) -> [Action] {
        pairs.keys.sorted { (pairs[$0]?.index ?? 0) < (pairs[$1]?.index ?? 0) }.flatMap { end($0, at: now, deletes: false) }
    }

    /// - Parameters:
    ///   - messages: everything that the forwarder had.
    ///   - begun: when reading them began; a pair that has begun since need not be among them.
    public mutating func adopt(_ messages: [FlowMessage], readSince begun: UInt64, _ plan: AgentPlan, at now: UInt64) -> [Action] {
        let found = FoundFlow.all(messages)
        var actions: [Action] = []
        var known: Set<FlowKeyed> = []
        for (key, pair) in pairs.sorted(by: { $0.value.index < $1.value.index }) {
            if pair.begun >= begun {
                known.insert(key)
                if let reverse = pair.decision.reverse { known.insert(reverse) }
                continue
            }
            guard let flow = found[key], flow.index == pair.index, flow.incarnation == pair.incarnation else {
                actions += end(key, at: now, deletes: false)
                continue
            }
            known.insert(key)
            if let reverse = pair.decision.reverse { known.insert(reverse) }
            actions += confirm(pair, pair.decision.reverse.flatMap { found[$0] })
        }
        let byIndex = Dictionary(found.values.map { ($0.index, $0) }, uniquingKeysWith: { first, _ in first })
        for flow in byIndex.values.sorted(by: { $0.index < $1.index }) where !flow.isHeld && !known.contains(flow.key) {
            let reverse = flow.reverse.flatMap { byIndex[$0] }
            actions += adopt(flow, reverse?.key.tuple == flow.key.tuple.reversed ? reverse : nil, plan, now, &known)
        }
        return actions
    }

    /// What was on its way when the connection was lost is said again.
    private mutating func confirm(_ pair: Pair, _ reverse: FoundFlow?) -> [Action] {
        var pair = pair
        pair.reverse = reverse.map { Pair.Place(index: $0.index, incarnation: $0.incarnation) }
        pairs[pair.decision.forward] = pair
        return [pair.reverse == nil ? addReverse(pair) : changeReverse(pair), change(pair)].compactMap { $0 }
    }

    private mutating func adopt(
        _ flow: FoundFlow, _ reverse: FoundFlow?, _ plan: AgentPlan, _ now: UInt64, _ known: inout Set<FlowKeyed>
    ) -> [Action] {
        known.insert(flow.key)
        // The other direction waits for a decision: it comes with its next packet, and finds this entry.
        if let reverse, reverse.isHeld { return [] }
        if let reverse { known.insert(reverse.key) }
        let both = [flow, reverse].compactMap { $0 }
        guard let reverse, both.allSatisfy({ $0.isForwarded }) else {
            return both.compactMap { delete($0.key, $0.index, $0.incarnation) }
        }
        // Services have the lower port, and do not begin.
        let isTurned = flow.key.tuple.destinationPort > flow.key.tuple.sourcePort
        for (first, second) in isTurned ? [(reverse, flow), (flow, reverse)] : [(flow, reverse), (reverse, flow)] {
            let decision = plan.decide(first.arrival(plan))
            guard decision.refusal == nil, decision.reverse == second.key else { continue }
            var pair = Pair(
                decision: decision, index: first.index, incarnation: first.incarnation,
                reverse: Pair.Place(index: second.index, incarnation: second.incarnation), begun: now,
                active: now - min(now, min(first.idle, second.idle)))
            pair.packets = first.packets
            pair.bytes = first.bytes
            insert(pair)
            return [changeReverse(pair), change(pair)].compactMap { $0 }
        }
        return both.compactMap { delete($0.key, $0.index, $0.incarnation) }
    }
}

/// A flow as the forwarder tells it.
private struct FoundFlow {
    let key: FlowKeyed
    let index: UInt32
    let incarnation: UInt8
    let reverse: UInt32?
    let vrf: UInt32
    let isHeld: Bool
    let isForwarded: Bool
    let idle: UInt64
    let packets: UInt64
    let bytes: UInt64

    static func all(_ messages: [FlowMessage]) -> [FlowKeyed: FoundFlow] {
        var found: [FlowKeyed: FoundFlow] = [:]
        for message in messages {
            guard let key = message.key.flatMap({ FlowKeyed($0) }), let index = message.index, let incarnation = message.incarnation
            else { continue }
            found[key] = FoundFlow(
                key: key, index: index, incarnation: incarnation, reverse: message.reverseIndex, vrf: message.vrf ?? 0,
                isHeld: message.action == .hold, isForwarded: message.action == .forward, idle: UInt64(message.idle ?? 0),
                packets: message.statistics?.packets ?? 0, bytes: message.statistics?.bytes ?? 0)
        }
        return found
    }

    /// As if its first packet came now: out of the workload that keys it, if the source is that workload's address, else out of a tunnel to it.
    func arrival(_ plan: AgentPlan) -> FlowArrival {
        let keyed = plan.interfaceByNextHop[key.nextHop].flatMap { plan.interfaces[$0] }
        let isOwn = keyed?.configuration?.addresses.contains(key.tuple.source) ?? false
        return FlowArrival(
            interface: isOwn ? keyed?.index ?? AgentIndexes.physical : AgentIndexes.physical, vrf: vrf, index: index,
            incarnation: incarnation, nextHop: key.nextHop, tuple: key.tuple)
    }
}
