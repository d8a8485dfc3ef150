// What names a route within a table: a prefix, and in tables of VPN routes a distinguisher before it. The distinguisher is not part of the
// prefix, so that a route and its replicas in other tables have the same prefix, hash to the same partition and never meet a lock.

import NetworkTypes

/// A destination.
public enum RoutePrefix: Hashable, Sendable, Comparable, CustomStringConvertible {
    case inet(IPv4Prefix)
    case inet6(IPv6Prefix)
    case evpn(EVPNPrefix)
    case routeTarget(RouteTargetPrefix)

    /// Of an IP prefix of either family.
    public init(_ prefix: IPPrefix) {
        switch prefix {
        case .v4(let prefix): self = .inet(prefix)
        case .v6(let prefix): self = .inet6(prefix)
        }
    }

    public var description: String {
        switch self {
        case .inet(let prefix): prefix.description
        case .inet6(let prefix): prefix.description
        case .evpn(let prefix): prefix.description
        case .routeTarget(let prefix): prefix.description
        }
    }

    public static func < (left: RoutePrefix, right: RoutePrefix) -> Bool {
        switch (left, right) {
        case (.inet(let left), .inet(let right)): left < right
        case (.inet6(let left), .inet6(let right)): left < right
        case (.evpn(let left), .evpn(let right)): left < right
        case (.routeTarget(let left), .routeTarget(let right)): left < right
        default: left.rank < right.rank
        }
    }

    private var rank: Int {
        switch self {
        case .inet: 0
        case .inet6: 1
        case .evpn: 2
        case .routeTarget: 3
        }
    }

    /// Which of so many partitions the prefix belongs to: the same in every process, whatever Swift's hashing is seeded with.
    public func partition(of count: Int) -> Int {
        var hash: UInt64
        switch self {
        case .inet(let prefix): hash = UInt64(prefix.network.rawValue) << 8 | UInt64(prefix.length)
        case .inet6(let prefix): hash = prefix.network.high &* 31 &+ prefix.network.low &+ UInt64(prefix.length)
        case .evpn(let prefix): hash = prefix.spread
        case .routeTarget(let prefix): hash = prefix.target?.rawValue ?? 0
        }
        // The finaliser of MurmurHash3: neighbouring prefixes shall not fall into one partition.
        hash = (hash ^ hash >> 33) &* 0xFF51_AFD7_ED55_8CCD
        hash = (hash ^ hash >> 33) &* 0xC4CE_B9FE_1A85_EC53
        return Int((hash ^ hash >> 33) % UInt64(count))
    }
}

/// A route's name within a table.
public struct RouteKey: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// Zero in the tables of routing instances.
    public let distinguisher: RouteDistinguisher
    public let prefix: RoutePrefix

    public init(_ prefix: RoutePrefix, distinguisher: RouteDistinguisher = .zero) {
        self.distinguisher = distinguisher
        self.prefix = prefix
    }

    /// `64512:1:10.1.0.0/24`, or the prefix alone.
    public var description: String { distinguisher == .zero ? prefix.description : "\(distinguisher):\(prefix)" }

    public static func < (left: RouteKey, right: RouteKey) -> Bool {
        left.prefix != right.prefix ? left.prefix < right.prefix : left.distinguisher < right.distinguisher
    }
}

/// A destination of an Ethernet VPN: the parts of a route that RFC 7432 §7 and RFC 9136 §3 say are its key.
public enum EVPNPrefix: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// Type 2: a MAC address, alone or with an IP address.
    case macAddress(ethernetTag: UInt32, MACAddress, IPAddress?)
    /// Type 3: a router that wants a network's broadcasts.
    case inclusiveMulticast(ethernetTag: UInt32, originator: IPAddress)
    /// Type 5: an IP prefix.
    case ipPrefix(ethernetTag: UInt32, IPPrefix)

    /// The number on the wire.
    public var type: UInt8 {
        switch self {
        case .macAddress: 2
        case .inclusiveMulticast: 3
        case .ipPrefix: 5
        }
    }

    public var ethernetTag: UInt32 {
        switch self {
        case .macAddress(let tag, _, _), .inclusiveMulticast(let tag, _), .ipPrefix(let tag, _): tag
        }
    }

    /// Whether the route is of a network's inside, and so of no use to other networks: hosts and broadcasts, but not IP prefixes.
    public var staysInNetwork: Bool { type != 5 }

    /// `2-0-02:00:00:00:00:01,10.1.1.5`, `3-0-192.0.2.1`, `5-0-10.2.0.0/24`.
    public var description: String {
        switch self {
        case .macAddress(let tag, let address, let ip): "2-\(tag)-\(address),\(ip.map { "\($0)" } ?? "0.0.0.0")"
        case .inclusiveMulticast(let tag, let originator): "3-\(tag)-\(originator)"
        case .ipPrefix(let tag, let prefix): "5-\(tag)-\(prefix)"
        }
    }

    public static func < (left: EVPNPrefix, right: EVPNPrefix) -> Bool {
        switch (left, right) {
        case (.macAddress(let tag, let address, let ip), .macAddress(let otherTag, let otherAddress, let otherIP)):
            if (tag, address) != (otherTag, otherAddress) { return (tag, address) < (otherTag, otherAddress) }
            guard let otherIP else { return false }
            return ip.map { $0 < otherIP } ?? true
        case (.inclusiveMulticast(let tag, let address), .inclusiveMulticast(let otherTag, let otherAddress)):
            return (tag, address) < (otherTag, otherAddress)
        case (.ipPrefix(let tag, let prefix), .ipPrefix(let otherTag, let otherPrefix)):
            return (tag, prefix) < (otherTag, otherPrefix)
        default: return left.type < right.type
        }
    }

    fileprivate var spread: UInt64 {
        switch self {
        case .macAddress(let tag, let address, let ip): UInt64(tag) &* 31 &+ address.rawValue &+ Self.spread(ip)
        case .inclusiveMulticast(let tag, let address): UInt64(tag) &* 31 &+ Self.spread(address) &+ 3
        case .ipPrefix(let tag, let prefix): UInt64(tag) &* 31 &+ Self.spread(prefix.network) &+ UInt64(prefix.length)
        }
    }

    private static func spread(_ address: IPAddress?) -> UInt64 {
        switch address {
        case .v4(let address): UInt64(address.rawValue) << 16
        case .v6(let address): address.high ^ address.low
        case nil: 0
        }
    }
}

/// A route target that somebody wants the routes of (RFC 4684 §4).
public struct RouteTargetPrefix: Hashable, Sendable, Comparable, CustomStringConvertible {
    public let origin: ASNumber
    /// Nil: all of them.
    public let target: RouteTarget?

    /// The default route, which asks for all VPN routes, has no origin.
    public init(origin: ASNumber, target: RouteTarget?) {
        self.origin = origin
        self.target = target
    }

    public static let all = RouteTargetPrefix(origin: ASNumber(0), target: nil)

    public var description: String { target.map { "\(origin):\($0)" } ?? "\(origin):target:*" }

    public static func < (left: RouteTargetPrefix, right: RouteTargetPrefix) -> Bool {
        (left.origin, left.target?.rawValue ?? 0) < (right.origin, right.target?.rawValue ?? 0)
    }
}
