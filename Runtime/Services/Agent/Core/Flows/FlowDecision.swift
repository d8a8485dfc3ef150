// What is decided about the first packet of a flow: where it comes from and goes to, whether policy lets it, and the entries of both directions.

import ForwarderMessages
import Graph
import NetworkTypes

/// The first packet of a flow, as the forwarder's trap and the packet itself describe it.
public struct FlowArrival: Sendable, Equatable {
    /// Where the packet came in.
    public var interface: UInt32
    public var vrf: UInt32
    public var index: UInt32
    public var incarnation: UInt8
    /// Of the flow's key.
    public var nextHop: UInt32
    public var tuple: FlowTuple

    public init(interface: UInt32, vrf: UInt32, index: UInt32, incarnation: UInt8, nextHop: UInt32, tuple: FlowTuple) {
        self.interface = interface
        self.vrf = vrf
        self.index = index
        self.incarnation = incarnation
        self.nextHop = nextHop
        self.tuple = tuple
    }
}

/// One direction of a conversation in the forwarder.
public struct FlowKeyed: Hashable, Sendable {
    public var nextHop: UInt32
    public var tuple: FlowTuple

    public init(nextHop: UInt32, tuple: FlowTuple) {
        self.nextHop = nextHop
        self.tuple = tuple
    }
}

public struct FlowDecision: Sendable, Equatable {
    public var forward: FlowKeyed
    /// Nil when there is nobody that could answer, or the answer cannot be told from the question.
    public var reverse: FlowKeyed?
    public var vrf: UInt32
    public var reverseVRF: UInt32
    public var refusal: FlowDropReason?
    /// The rule that refused, by its identifier.
    public var rule: String?
    /// The next hop that packets of the flow, and of its reverse, must come from; nil: not checked.
    public var sourceNextHop: UInt32?
    public var reverseSourceNextHop: UInt32?
    /// The interfaces on this host that take part.
    public var interfaces: Set<UInt32>
    public var origin: Origin

    /// Where the packets of the forward direction come from.
    public enum Origin: Sendable {
        case workload
        case tunnel
    }
}

extension AgentPlan {
    public func decide(_ arrival: FlowArrival) -> FlowDecision {
        FlowSetup(plan: self, arrival: arrival).decision
    }

    /// The VRFs in which flows may be decided otherwise than with another plan: everything that a decision looks at is a VRF's routes or its
    /// interfaces.
    func changedVRFs(since old: AgentPlan) -> Set<UInt32> {
        var changed: Set<UInt32> = []
        for index in Set(vrfs.keys).union(old.vrfs.keys) where vrfs[index] != old.vrfs[index] { changed.insert(index) }
        for index in Set(interfaces.keys).union(old.interfaces.keys) where interfaces[index] != old.interfaces[index] {
            for interface in [interfaces[index], old.interfaces[index]] { if let interface { changed.insert(interface.vrf) } }
        }
        return changed
    }
}

private struct FlowSetup {
    let plan: AgentPlan
    let arrival: FlowArrival

    private var tuple: FlowTuple { arrival.tuple }
    /// The workload whose next hop keys the flow.
    private var keyed: PlannedInterface? { plan.interfaceByNextHop[arrival.nextHop].flatMap { plan.interfaces[$0] } }
    /// The packet came from a workload here, not out of a tunnel.
    private var isFromWorkload: Bool { plan.interfaces[arrival.interface] != nil }

    var decision: FlowDecision {
        var decision = FlowDecision(
            forward: FlowKeyed(nextHop: arrival.nextHop, tuple: tuple), reverse: nil, vrf: arrival.vrf, reverseVRF: arrival.vrf,
            interfaces: [], origin: isFromWorkload ? .workload : .tunnel)
        func refuse(_ reason: FlowDropReason) -> FlowDecision {
            decision.refusal = reason
            return decision
        }
        guard let keyed, keyed.configuration != nil else { return refuse(.interfaceUnavailable) }
        guard let vrf = plan.vrfs[arrival.vrf] else { return refuse(.vrfUnavailable) }
        decision.interfaces.insert(keyed.index)
        guard let sourceRoute = vrf.route(to: tuple.source), sourceRoute.target != .nowhere else { return refuse(.noSourceRoute) }
        guard let destinationRoute = vrf.route(to: tuple.destination) else { return refuse(.noDestinationRoute) }
        let source: PlannedInterface? = isFromWorkload ? keyed : nil
        let destination = isFromWorkload ? interface(destinationRoute) : keyed
        if let destination {
            decision.interfaces.insert(destination.index)
            // A workload of another network answers from there.
            decision.reverseVRF = destination.vrf
        }

        let back = tuple.reversed
        let reverseNextHop = destination?.nextHop ?? keyed.nextHop
        let reverse = FlowKeyed(nextHop: reverseNextHop, tuple: back)
        guard reverse != decision.forward else { return refuse(.sameKeys) }
        decision.reverse = reverse
        checkSources(&decision, sourceRoute, destinationRoute, keyed)

        // What is for the platform, it answers; it has no policy against itself.
        if destinationRoute.target == .platform, isFromWorkload { return decision }
        guard destinationRoute.target != .nowhere else { return refuse(.noDestinationRoute) }
        let verdict = PolicyQuestion(
            tuple.number, from: end(tuple.source, tuple.sourcePort, sourceRoute, source), source?.policy,
            to: end(tuple.destination, tuple.destinationPort, destinationRoute, destination), destination?.policy
        ).verdict
        if case .deny(let refusal, let rule) = verdict {
            decision.rule = rule
            return refuse(refusal.reason(isFromWorkload: isFromWorkload))
        }
        return decision
    }

    private func interface(_ route: PlannedRoute) -> PlannedInterface? {
        if case .interface(let index) = route.target { plan.interfaces[index] } else { nil }
    }

    /// A workload must not send from another's address: its packets are accepted only if the route to their source leads to it. What comes out of tunnels
    /// is checked likewise.
    private func checkSources(
        _ decision: inout FlowDecision, _ source: PlannedRoute, _ destination: PlannedRoute, _ keyed: PlannedInterface
    ) {
        guard keyed.checksSource else { return }
        if keyed.configuration?.hasPortSecurity == true || !isFromWorkload { decision.sourceNextHop = source.nextHop }
        // The platform's answers do not come through the flow table.
        if destination.target != .platform, destination.target != .nowhere { decision.reverseSourceNextHop = destination.nextHop }
    }

    private func end(_ address: IPAddress, _ port: UInt16, _ route: PlannedRoute, _ interface: PlannedInterface?) -> PolicyEnd {
        guard let interface, let configuration = interface.configuration else {
            return PolicyEnd(address, port: port, network: route.network, securityGroups: route.securityGroups)
        }
        return PolicyEnd(address, port: port, network: configuration.network.name, securityGroups: interface.securityGroups)
    }
}

extension PolicyRefusal {
    /// `out` is the side that the packets go to when both sides are here; from a tunnel there is only that side, and it is the first.
    func reason(isFromWorkload: Bool) -> FlowDropReason {
        switch self {
        case .networkPolicy: .policy
        case .outNetworkPolicy: isFromWorkload ? .outPolicy : .policy
        case .securityGroup: .securityGroup
        case .outSecurityGroup: isFromWorkload ? .outSecurityGroup : .securityGroup
        }
    }
}
