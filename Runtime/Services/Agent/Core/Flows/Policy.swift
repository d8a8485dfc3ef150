// Policy: whether a conversation may take place. Rules are compiled from access lists once, and looked at for the first packet of a flow; the result is
// the same for the same rules and the same conversation, wherever it is computed.
//
// Relies on nothing but the numbers of networks and groups, so that it can move next to the forwarder's tables.

import NetworkTypes

/// One end of a conversation, as rules see it.
public struct PolicyEnd: Sendable, Hashable {
    public var address: IPAddress
    public var port: UInt16
    /// Fully qualified, joined by colons.
    public var network: String
    /// Numbers, sorted.
    public var securityGroups: [UInt32]

    public init(_ address: IPAddress, port: UInt16, network: String, securityGroups: [UInt32]) {
        self.address = address
        self.port = port
        self.network = network
        self.securityGroups = securityGroups
    }
}

/// Which ends a rule is about. An empty rule is about every end.
public struct PolicyAddress: Sendable, Equatable {
    public var prefixes: [IPPrefix] = []
    /// `any` is not here: it is an empty rule.
    public var network: String?
    public var securityGroup: UInt32?
    /// The rule names something that cannot be understood or resolved.
    public var isImpossible = false

    public init() {}

    func matches(_ end: PolicyEnd) -> Bool {
        if !prefixes.isEmpty, !prefixes.contains(where: { $0.contains(end.address) }) { return false }
        if let network, network != end.network { return false }
        if let securityGroup, !end.securityGroups.contains(securityGroup) { return false }
        return true
    }
}

public struct PolicyRule: Sendable, Equatable {
    public enum Action: Sendable, Equatable {
        case pass
        case deny
    }

    public var identifier: String
    public var action: Action
    /// Nil: any protocol.
    public var number: IPProtocol?
    public var isIPv6: Bool?
    public var source = PolicyAddress()
    public var destination = PolicyAddress()
    public var sourcePorts: ClosedRange<UInt16> = 0...65535
    public var destinationPorts: ClosedRange<UInt16> = 0...65535

    public init(_ action: Action, identifier: String = "") {
        self.action = action
        self.identifier = identifier
    }

    func matches(_ number: IPProtocol, _ source: PolicyEnd, _ destination: PolicyEnd) -> Bool {
        // What is not understood closes rather than opens: it allows nobody, and denies everybody.
        if self.source.isImpossible || self.destination.isImpossible { return action == .deny }
        if let own = self.number, own != number { return false }
        if let isIPv6, isIPv6 != (source.address.bitCount == 128) { return false }
        // Ports are those of protocols that have some; a rule about ports says nothing about the others.
        let hasPorts = number == .tcp || number == .udp || number == .sctp
        if hasPorts, !sourcePorts.contains(source.port) || !destinationPorts.contains(destination.port) { return false }
        return self.source.matches(source) && self.destination.matches(destination)
    }
}

/// Rules in order: the first that matches decides.
public struct AccessList: Sendable, Equatable {
    public var rules: [PolicyRule]

    public init(_ rules: [PolicyRule]) { self.rules = rules }

    /// Nil: no rule is about the conversation.
    func decide(_ number: IPProtocol, _ source: PolicyEnd, _ destination: PolicyEnd) -> PolicyRule? {
        rules.first { $0.matches(number, source, destination) }
    }
}

/// A conversation and the rules of its two sides. A side that is not on this host has none: its own host applies them.
public struct PolicyQuestion: Sendable {
    public struct Side: Sendable, Equatable {
        /// Of the network; empty: no policy, everything passes.
        public var network: [AccessList]
        /// Of the interface's security groups: what may leave the workload, and what may reach it. Nil: it has no group, and everything passes.
        public var egress: AccessList?
        public var ingress: AccessList?

        public init(network: [AccessList] = [], egress: AccessList? = nil, ingress: AccessList? = nil) {
            self.network = network
            self.egress = egress
            self.ingress = ingress
        }
    }

    public var number: IPProtocol
    public var source: PolicyEnd
    public var destination: PolicyEnd
    public var sourceSide: Side?
    public var destinationSide: Side?

    public init(_ number: IPProtocol, from source: PolicyEnd, _ sourceSide: Side?, to destination: PolicyEnd, _ destinationSide: Side?) {
        self.number = number
        self.source = source
        self.destination = destination
        self.sourceSide = sourceSide
        self.destinationSide = destinationSide
    }
}

/// Why a conversation may not take place.
public enum PolicyRefusal: Sendable, Hashable, CaseIterable {
    case networkPolicy
    case outNetworkPolicy
    case securityGroup
    case outSecurityGroup
}

public enum PolicyVerdict: Sendable, Equatable {
    case pass
    /// With the rule that said so; nil: no rule allowed it.
    case deny(PolicyRefusal, rule: String?)
}

extension PolicyQuestion {
    /// Network policy of the source's side, then of the destination's; security groups of the source's side, then of the destination's. The first that
    /// refuses decides. Groups look at who began the conversation only: the answers are part of it.
    public var verdict: PolicyVerdict {
        for (side, refusal) in [(sourceSide, PolicyRefusal.networkPolicy), (destinationSide, .outNetworkPolicy)] {
            for list in side?.network ?? [] {
                // A list without a rule for the conversation refuses it: whoever attaches a policy says what is allowed.
                let rule = list.decide(number, source, destination)
                if rule?.action != .pass { return .deny(refusal, rule: rule?.identifier) }
            }
        }
        for (list, refusal) in [(sourceSide?.egress, PolicyRefusal.securityGroup), (destinationSide?.ingress, .outSecurityGroup)] {
            guard let list else { continue }
            let rule = list.decide(number, source, destination)
            if rule?.action != .pass { return .deny(refusal, rule: rule?.identifier) }
        }
        return .pass
    }
}
