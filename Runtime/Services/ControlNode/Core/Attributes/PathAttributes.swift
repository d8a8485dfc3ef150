// The attributes of a path (RFC 4271 §5 and its successors) as a value, whatever brought them: BGP, an agent, the configuration. What the
// platform adds to a path (security groups, tags, the network of origin, encapsulations) travels as extended communities and is kept as
// such: there is one truth, and `SharedAttributes` reads it once.

import NetworkTypes

/// Where a route came into being (RFC 4271 §5.1.1). The lower is preferred.
public enum RouteOrigin: UInt8, Sendable, Comparable, CustomStringConvertible {
    case igp = 0
    case egp = 1
    case incomplete = 2

    public var description: String {
        switch self {
        case .igp: "igp"
        case .egp: "egp"
        case .incomplete: "incomplete"
        }
    }

    public static func < (left: RouteOrigin, right: RouteOrigin) -> Bool { left.rawValue < right.rawValue }
}

/// Who aggregated a route (RFC 4271 §5.1.7).
public struct Aggregator: Hashable, Sendable {
    public var system: ASNumber
    public var address: IPv4Address

    public init(system: ASNumber, address: IPv4Address) {
        self.system = system
        self.address = address
    }
}

/// How broadcasts reach the sender of an inclusive multicast route (RFC 6514 §5).
public struct PMSITunnel: Hashable, Sendable {
    public static let ingressReplication: UInt8 = 6
    /// Assisted replication by the platform's own kind of replicator.
    public static let assistedReplication: UInt8 = 252

    public var flags: UInt8
    public var type: UInt8
    /// The 24 bits of the field as a number: a label with VXLAN is a network identifier, otherwise shifted by four.
    public var label: UInt32
    public var identifier: [UInt8]

    public init(flags: UInt8 = 0, type: UInt8 = Self.ingressReplication, label: UInt32, identifier: [UInt8]) {
        self.flags = flags
        self.type = type
        self.label = label & 0xFF_FFFF
        self.identifier = identifier
    }
}

/// RFC 8092.
public struct LargeCommunity: Hashable, Sendable, CustomStringConvertible {
    public var administrator: UInt32
    public var first: UInt32
    public var second: UInt32

    public init(_ administrator: UInt32, _ first: UInt32, _ second: UInt32) {
        self.administrator = administrator
        self.first = first
        self.second = second
    }

    public var description: String { "\(administrator):\(first):\(second)" }
}

/// An attribute whose meaning is not known here, passed on because its sender marked it transitive (RFC 4271 §9).
public struct UnknownAttribute: Hashable, Sendable {
    public var type: UInt8
    public var value: [UInt8]

    public init(type: UInt8, value: [UInt8]) {
        self.type = type
        self.value = value
    }
}

/// What is said of a path.
public struct PathAttributes: Hashable, Sendable {
    public var origin: RouteOrigin
    public var asPath: ASPath
    public var nextHop: IPAddress
    public var med: UInt32?
    /// Nil on sessions between autonomous systems.
    public var localPreference: UInt32?
    public var isAtomicAggregate = false
    public var aggregator: Aggregator?
    public var communities: [Community] = []
    public var originatorID: IPv4Address?
    public var clusterList: [IPv4Address] = []
    /// Sorted by their bytes, without doubles, so that equal sets are equal values.
    public private(set) var extendedCommunities: [ExtendedCommunity] = []
    public var largeCommunities: [LargeCommunity] = []
    public var pmsiTunnel: PMSITunnel?
    /// The virtual networks that a service chain led through, nearest first.
    public var originNetworkPath: [ExtendedCommunity] = []
    public var unknown: [UnknownAttribute] = []

    public init(
        origin: RouteOrigin = .igp, asPath: ASPath = ASPath(), nextHop: IPAddress, med: UInt32? = nil, localPreference: UInt32? = nil,
        extendedCommunities: some Sequence<ExtendedCommunity> = []
    ) {
        self.origin = origin
        self.asPath = asPath
        self.nextHop = nextHop
        self.med = med
        self.localPreference = localPreference
        setExtendedCommunities(extendedCommunities)
    }

    /// The preference that counts: 100 when none is said (the default of RFC-conforming speakers).
    public static let defaultLocalPreference: UInt32 = 100

    public mutating func setExtendedCommunities(_ communities: some Sequence<ExtendedCommunity>) {
        var list = Array(communities)
        if zip(list, list.dropFirst()).contains(where: { $0 >= $1 }) { list = Set(list).sorted() }
        extendedCommunities = list
    }

    public mutating func addExtendedCommunities(_ communities: some Sequence<ExtendedCommunity>) {
        setExtendedCommunities(extendedCommunities + Array(communities))
    }

    public mutating func removeExtendedCommunities(where shouldRemove: (ExtendedCommunity) -> Bool) {
        extendedCommunities.removeAll(where: shouldRemove)
    }

    /// The same path with other route targets.
    public func replacingRouteTargets(with targets: some Sequence<RouteTarget>) -> PathAttributes {
        var copy = self
        copy.setExtendedCommunities(
            extendedCommunities.filter { !$0.isRouteTarget } + targets.map { ExtendedCommunity(.routeTarget($0)) })
        return copy
    }
}
