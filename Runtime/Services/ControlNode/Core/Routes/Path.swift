// A path: one peer's word on how to reach a destination.

import NetworkTypes

/// The number of a peer within this process: a BGP speaker, an agent, or the control node itself.
public struct PeerID: Hashable, Sendable, Comparable, CustomStringConvertible {
    public let rawValue: UInt32

    public init(_ rawValue: UInt32) { self.rawValue = rawValue }

    /// The control node itself: routes of its configuration.
    public static let local = PeerID(0)

    public var description: String { String(rawValue) }
    public static func < (left: PeerID, right: PeerID) -> Bool { left.rawValue < right.rawValue }
}

/// Who says a path, as far as route selection asks.
public struct PathSource: Hashable, Sendable {
    /// The better stands first.
    public enum Kind: UInt8, Sendable, Comparable {
        case local
        case aggregate
        case staticRoute
        case serviceChain
        /// An agent.
        case xmpp
        /// A BGP speaker of another autonomous system.
        case externalBGP
        /// A BGP speaker of this autonomous system.
        case internalBGP

        public static func < (left: Kind, right: Kind) -> Bool { left.rawValue < right.rawValue }

        public var isLearnt: Bool { self >= .xmpp }
        public var isBGP: Bool { self >= .externalBGP }
    }

    public let peer: PeerID
    public let kind: Kind
    /// A speaker's BGP identifier; an agent's address.
    public let routerID: IPv4Address

    public init(peer: PeerID, kind: Kind, routerID: IPv4Address) {
        self.peer = peer
        self.kind = kind
        self.routerID = routerID
    }
}

/// Why a path is kept but not used. Empty: it can be used.
public struct Infeasibility: OptionSet, Sendable, Hashable, CustomStringConvertible {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The own AS is in the AS path.
    public static let asPathLoop = Infeasibility(rawValue: 1 << 0)
    /// The own router id is the originator's (RFC 4456 §8).
    public static let originatorLoop = Infeasibility(rawValue: 1 << 1)
    /// The own cluster id is in the cluster list (RFC 4456 §8).
    public static let clusterLoop = Infeasibility(rawValue: 1 << 2)
    /// An agent offered no encapsulation that is known.
    public static let noTunnelEncapsulation = Infeasibility(rawValue: 1 << 3)
    public static let unresolvedNextHop = Infeasibility(rawValue: 1 << 4)
    public static let rejectedByPolicy = Infeasibility(rawValue: 1 << 5)

    private static let names: [(reason: Infeasibility, name: String)] = [
        (.asPathLoop, "as-path-loop"), (.originatorLoop, "originator-loop"), (.clusterLoop, "cluster-loop"),
        (.noTunnelEncapsulation, "no-tunnel-encapsulation"), (.unresolvedNextHop, "unresolved-next-hop"),
        (.rejectedByPolicy, "rejected-by-policy"),
    ]

    public var description: String { Self.names.filter { contains($0.reason) }.map(\.name).joined(separator: ",") }
}

/// What an Ethernet VPN route says beside its key.
public final class EVPNDetail: Sendable, Hashable {
    public let segment: EthernetSegmentIdentifier
    /// Type 5: the router behind which the prefix is (RFC 9136 §3.1); nil for none.
    public let gateway: IPAddress?
    /// Type 2: the label for routed packets, when it differs from the one for bridged ones; 0 for none.
    public let layer3Label: UInt32

    public init(segment: EthernetSegmentIdentifier = .singleHomed, gateway: IPAddress? = nil, layer3Label: UInt32 = 0) {
        self.segment = segment
        self.gateway = gateway
        self.layer3Label = layer3Label
    }

    public static func == (left: EVPNDetail, right: EVPNDetail) -> Bool {
        left === right || left.segment == right.segment && left.gateway == right.gateway && left.layer3Label == right.layer3Label
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(segment)
        hasher.combine(gateway)
        hasher.combine(layer3Label)
    }
}

/// One peer's word on how to reach a destination.
public struct Path: Sendable, Equatable {
    /// What tells the paths of a route apart.
    public struct ID: Hashable, Sendable, Comparable {
        public let peer: PeerID
        /// Tells several paths of one peer apart, such as an agent's for several interfaces with one address; 0 otherwise.
        public let number: UInt32
        public let distinguisher: RouteDistinguisher
        /// The table that a replica was made from; nil for what a peer said of this table.
        public let replicaOf: TableID?

        public static func < (left: ID, right: ID) -> Bool {
            if left.peer != right.peer { return left.peer < right.peer }
            if left.number != right.number { return left.number < right.number }
            if left.distinguisher != right.distinguisher { return left.distinguisher < right.distinguisher }
            guard let other = right.replicaOf else { return false }
            return left.replicaOf.map { $0 < other } ?? true
        }
    }

    public let source: PathSource
    public var number: UInt32
    /// What the route is called when it leaves its routing instance: of VPN routes their own, of agents' routes the agent's address and the
    /// number that the agent gave the instance. Zero in tables whose routes never leave.
    public var distinguisher: RouteDistinguisher
    public internal(set) var replicaOf: TableID?
    public var attributes: SharedAttributes
    /// The MPLS label, or the VXLAN network identifier where `attributes.usesVXLAN` and the route is of an Ethernet VPN. As a number, not
    /// as on the wire. 0: none.
    public var label: UInt32
    public var evpn: EVPNDetail?
    public var infeasibility: Infeasibility
    /// The session that said it is gone, and may come back (RFC 4724 §4.2).
    public internal(set) var isStale = false
    /// Where the table that this path belongs to has put replicas. Empty for replicas.
    var replicas: [TableID] = []

    public init(
        source: PathSource, number: UInt32 = 0, distinguisher: RouteDistinguisher = .zero, attributes: SharedAttributes, label: UInt32 = 0,
        evpn: EVPNDetail? = nil, infeasibility: Infeasibility = []
    ) {
        self.source = source
        self.number = number
        self.distinguisher = distinguisher
        self.attributes = attributes
        self.label = label
        self.evpn = evpn
        self.infeasibility = infeasibility
    }

    /// A peer that gives its path another distinguisher has still one path, so that the distinguisher counts for replicas only.
    public var id: ID { ID(peer: source.peer, number: number, distinguisher: isReplica ? distinguisher : .zero, replicaOf: replicaOf) }
    public var isFeasible: Bool { infeasibility.isEmpty }
    public var isReplica: Bool { replicaOf != nil }

    func hasSameID(as other: Path) -> Bool {
        source.peer == other.source.peer && number == other.number && replicaOf == other.replicaOf
            && (distinguisher == other.distinguisher || !isReplica)
    }

    /// Whether those who were told of one need not be told of the other. Where replicas are does not matter to them.
    public static func == (left: Path, right: Path) -> Bool {
        left.source == right.source && left.number == right.number && left.distinguisher == right.distinguisher
            && left.replicaOf == right.replicaOf && left.attributes == right.attributes && left.label == right.label
            && left.evpn == right.evpn && left.infeasibility == right.infeasibility && left.isStale == right.isStale
    }
}
