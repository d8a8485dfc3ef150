// The agent's side of the flow table: which flows it has decided, when they go, and what becomes of them when the plan changes.
//
// Event in, requests out. A pair of flows is one record: both directions live and die together. The forwarder's entry is named by index and
// incarnation, so that a late request never touches the flow that took the place since.

import Attributes
import ForwarderMessages
import NetworkTypes

public struct FlowTable: Sendable {
    public struct Settings: Sendable {
        /// A pair that carried nothing for this long goes, in milliseconds.
        public var idleMilliseconds: UInt64 = 180_000
        /// Pairs of one interface, and of the host.
        public var greatestPerInterface = 65_536
        public var greatest = 500_000

        public init() {}
    }

    /// A pair of flows.
    public struct Pair: Sendable, Equatable {
        public var decision: FlowDecision
        /// The forwarder's entries; the reverse one's is nil until the forwarder has said it.
        public var index: UInt32
        public var incarnation: UInt8
        public var reverse: Place?
        public var begun: UInt64
        /// When it carried something last, as far as is known.
        public var active: UInt64
        public var packets: UInt64 = 0
        public var bytes: UInt64 = 0

        public struct Place: Sendable, Equatable {
            public let index: UInt32
            public let incarnation: UInt8
        }
    }

    public enum Action: Equatable, Sendable {
        /// To the forwarder. The answer to an `add` of the reverse flow, which tells its place, goes to `placed`.
        case send(FlowRequest)
        /// A pair is over: for whoever keeps records.
        case ended(FlowDecision, packets: UInt64, bytes: UInt64, milliseconds: UInt64)
    }

    public struct FlowRequest: Equatable, Sendable {
        public let attributes: [UInt8]
        public let operation: TableOperation
        /// The pair whose reverse flow is added.
        public let reverseOf: FlowKeyed?
        /// The pair that cannot be kept if the request is refused. Nil: it is over already.
        public let pair: FlowKeyed?
    }

    let settings: Settings
    /// By the key of the forward direction.
    public internal(set) var pairs: [FlowKeyed: Pair] = [:]
    /// Reverse key to forward key.
    private(set) var forwardOf: [FlowKeyed: FlowKeyed] = [:]
    private var counts: [UInt32: Int] = [:]
    public var generation: UInt32 = 0

    public init(settings: Settings = Settings()) { self.settings = settings }

    // MARK: Beginning

    /// The forwarder shows the first packet of a flow.
    public mutating func arrived(_ arrival: FlowArrival, _ plan: AgentPlan, at now: UInt64) -> [Action] {
        let key = FlowKeyed(nextHop: arrival.nextHop, tuple: arrival.tuple)
        var actions: [Action] = []
        if var pair = pairs[key], pair.index == arrival.index, pair.incarnation == arrival.incarnation {
            // Shown again, because the answer had not come yet: the same answer once more.
            pair.active = now
            pairs[key] = pair
            return [change(pair)].compactMap { $0 }
        }
        if pairs[key] != nil { actions += end(key, at: now, deletes: false) }
        if let forward = forwardOf[key], var pair = pairs[forward] {
            // The answer came before its entry was made, or the entry was lost: it is no new conversation.
            pair.reverse = Pair.Place(index: arrival.index, incarnation: arrival.incarnation)
            pair.active = now
            pairs[forward] = pair
            return [changeReverse(pair), change(pair)].compactMap { $0 }
        }
        var decision = plan.decide(arrival)
        if decision.refusal == nil, isFull(decision) { decision.refusal = .flowLimit }
        let pair = Pair(
            decision: decision, index: arrival.index, incarnation: arrival.incarnation, reverse: nil, begun: now, active: now)
        insert(pair)
        // The reverse first, so that the answer to the held packet does not find a place without an entry.
        if let reverse = addReverse(pair) { actions.append(reverse) }
        if let change = change(pair) { actions.append(change) }
        return actions
    }

    /// The forwarder has made the entry of a reverse flow.
    public mutating func placed(_ key: FlowKeyed, index: UInt32, incarnation: UInt8) -> [Action] {
        guard var pair = pairs[key] else {
            // The pair went meanwhile; its reverse flow goes too.
            return []
        }
        pair.reverse = Pair.Place(index: index, incarnation: incarnation)
        pairs[key] = pair
        return [change(pair)].compactMap { $0 }
    }

    /// The forwarder refused a request about a pair: the pair cannot be kept.
    public mutating func refused(_ key: FlowKeyed, at now: UInt64) -> [Action] {
        pairs[key] == nil ? [] : end(key, at: now, deletes: true)
    }

    private func isFull(_ decision: FlowDecision) -> Bool {
        pairs.count >= settings.greatest || decision.interfaces.contains { counts[$0, default: 0] >= settings.greatestPerInterface }
    }

    mutating func insert(_ pair: Pair) {
        pairs[pair.decision.forward] = pair
        if let reverse = pair.decision.reverse { forwardOf[reverse] = pair.decision.forward }
        for interface in pair.decision.interfaces { counts[interface, default: 0] += 1 }
    }

    // MARK: Ending

    mutating func end(_ key: FlowKeyed, at now: UInt64, deletes: Bool) -> [Action] {
        guard let pair = pairs.removeValue(forKey: key) else { return [] }
        if let reverse = pair.decision.reverse, forwardOf[reverse] == key { forwardOf[reverse] = nil }
        for interface in pair.decision.interfaces {
            counts[interface, default: 1] -= 1
            if counts[interface] == 0 { counts[interface] = nil }
        }
        var actions: [Action] = []
        if deletes {
            if let delete = delete(pair.decision.forward, pair.index, pair.incarnation) { actions.append(delete) }
            if let reverse = pair.decision.reverse, let place = pair.reverse, let delete = delete(reverse, place.index, place.incarnation) {
                actions.append(delete)
            }
        }
        actions.append(
            .ended(pair.decision, packets: pair.packets, bytes: pair.bytes, milliseconds: now >= pair.begun ? now - pair.begun : 0))
        return actions
    }

    /// The forwarder's entry of a flow, as a dump gave it: its counts, or a flow that the agent does not know, which an earlier agent left.
    public mutating func observed(_ message: FlowMessage, at now: UInt64) -> [Action] {
        guard let key = message.key.flatMap({ FlowKeyed($0) }), let index = message.index else { return [] }
        guard let forward = pairs[key] != nil ? key : forwardOf[key], var pair = pairs[forward] else {
            // A flow that waits is on its way to the agent. What the agent did not decide, it does not keep: the next packet begins it anew.
            guard message.action != .hold, let incarnation = message.incarnation else { return [] }
            return [delete(key, index, incarnation)].compactMap { $0 }
        }
        let idle = UInt64(message.idle ?? 0)
        pair.active = max(pair.active, now >= idle ? now - idle : 0)
        var actions: [Action] = []
        if key == forward, let statistics = message.statistics {
            pair.packets = statistics.packets
            pair.bytes = statistics.bytes
        } else if key != forward, pair.reverse == nil, let incarnation = message.incarnation {
            // The answer that told its place was lost.
            pair.reverse = Pair.Place(index: index, incarnation: incarnation)
            if let change = change(pair) { actions.append(change) }
        }
        pairs[forward] = pair
        return actions
    }

    /// Time has passed: what is idle goes.
    public mutating func tick(at now: UInt64) -> [Action] {
        let idle = pairs.filter { now >= $0.value.active && now - $0.value.active >= settings.idleMilliseconds }
        return idle.sorted { $0.value.index < $1.value.index }.flatMap { end($0.key, at: now, deletes: true) }
    }

    /// The plan has changed: every pair is decided again; what comes out otherwise is changed in the forwarder, and what has lost its place goes.
    ///
    /// - Parameter vrfs: where anything has changed; nil: everywhere.
    public mutating func planChanged(_ plan: AgentPlan, in vrfs: Set<UInt32>? = nil, at now: UInt64) -> [Action] {
        var actions: [Action] = []
        if vrfs?.isEmpty == true { return [] }
        let touched = pairs.filter { _, pair in
            guard let vrfs else { return true }
            return vrfs.contains(pair.decision.vrf) || vrfs.contains(pair.decision.reverseVRF)
        }
        for (key, old) in touched.sorted(by: { $0.value.index < $1.value.index }) {
            let arrival = FlowArrival(
                interface: old.decision.isFromWorkload ? plan.interfaceByNextHop[key.nextHop] ?? .max : AgentIndexes.physical,
                vrf: old.decision.vrf, index: old.index, incarnation: old.incarnation, nextHop: key.nextHop, tuple: key.tuple)
            var decision = plan.decide(arrival)
            if decision.refusal == nil, old.decision.refusal == .flowLimit { decision.refusal = .flowLimit }
            guard decision != old.decision else { continue }
            guard decision.reverse == old.decision.reverse, plan.interfaceByNextHop[key.nextHop] != nil else {
                actions += end(key, at: now, deletes: true)
                continue
            }
            for interface in old.decision.interfaces { counts[interface, default: 1] -= 1 }
            for interface in decision.interfaces { counts[interface, default: 0] += 1 }
            var pair = old
            pair.decision = decision
            pairs[key] = pair
            if let change = change(pair) { actions.append(change) }
            if let change = changeReverse(pair) { actions.append(change) }
        }
        counts = counts.filter { $0.value > 0 }
        return actions
    }

    // MARK: Messages

    private func message(_ pair: Pair, isReverse: Bool, _ operation: TableOperation) -> FlowMessage? {
        let decision = pair.decision
        guard let key = isReverse ? decision.reverse : decision.forward else { return nil }
        var message = FlowMessage(operation: operation, generation: generation, key: key.message)
        message.action = decision.refusal == nil ? .forward : .drop
        message.dropReason = decision.refusal
        message.vrf = isReverse ? decision.reverseVRF : decision.vrf
        message.sourceNextHop = isReverse ? decision.reverseSourceNextHop : decision.sourceNextHop
        return message
    }

    func change(_ pair: Pair) -> Action? {
        guard var message = message(pair, isReverse: false, .change) else { return nil }
        message.index = pair.index
        message.incarnation = pair.incarnation
        message.reverseIndex = pair.reverse?.index
        return request(message, nil, pair.decision.forward)
    }

    func addReverse(_ pair: Pair) -> Action? {
        guard var message = message(pair, isReverse: true, .add) else { return nil }
        message.reverseIndex = pair.index
        return request(message, pair.decision.forward, pair.decision.forward)
    }

    func changeReverse(_ pair: Pair) -> Action? {
        guard let place = pair.reverse, var message = message(pair, isReverse: true, .change) else { return nil }
        message.index = place.index
        message.incarnation = place.incarnation
        message.reverseIndex = pair.index
        return request(message, nil, pair.decision.forward)
    }

    func delete(_ key: FlowKeyed, _ index: UInt32, _ incarnation: UInt8) -> Action? {
        request(FlowMessage(operation: .delete, index: index, incarnation: incarnation, key: key.message), nil, nil)
    }

    private func request(_ message: FlowMessage, _ reverseOf: FlowKeyed?, _ pair: FlowKeyed?) -> Action? {
        guard let attributes = try? message.attributes() else { return nil }
        return .send(FlowRequest(attributes: attributes, operation: message.operation, reverseOf: reverseOf, pair: pair))
    }
}

extension FlowDecision {
    /// The packets of the forward direction come from a workload here: the interface of its key is where they come in.
    var isFromWorkload: Bool { origin == .workload }
}

extension FlowTuple: CustomStringConvertible {
    public var description: String { "\(source):\(sourcePort) > \(destination):\(destinationPort) protocol \(number.rawValue)" }
}

extension FlowKeyed {
    public var message: FlowKey {
        var key = FlowKey(
            nextHop: nextHop, protocol: tuple.number.rawValue, sourcePort: tuple.sourcePort, destinationPort: tuple.destinationPort)
        switch (tuple.source, tuple.destination) {
        case (.v4(let source), .v4(let destination)): (key.sourceIpv4, key.destinationIpv4) = (source, destination)
        case (.v6(let source), .v6(let destination)): (key.sourceIpv6, key.destinationIpv6) = (source, destination)
        default: break
        }
        return key
    }

    /// Nil for a key without a pair of addresses.
    public init?(_ key: FlowKey) {
        let source: IPAddress
        let destination: IPAddress
        if let from = key.sourceIpv4, let to = key.destinationIpv4 {
            (source, destination) = (.v4(from), .v4(to))
        } else if let from = key.sourceIpv6, let to = key.destinationIpv6 {
            (source, destination) = (.v6(from), .v6(to))
        } else {
            return nil
        }
        self.init(
            nextHop: key.nextHop,
            tuple: FlowTuple(source, key.sourcePort, to: destination, key.destinationPort, IPProtocol(rawValue: key.protocol)))
    }
}
