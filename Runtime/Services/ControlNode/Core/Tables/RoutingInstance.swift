// Routing instances: the routing tables of virtual networks, and what joins them.

import NetworkTypes

/// The number of a routing instance within this process.
public struct InstanceID: Hashable, Sendable, Comparable {
    public let rawValue: UInt32
    public init(_ rawValue: UInt32) { self.rawValue = rawValue }

    /// The instance whose tables hold VPN routes and the routes of the underlay.
    public static let master = InstanceID(0)

    public static func < (left: InstanceID, right: InstanceID) -> Bool { left.rawValue < right.rawValue }
}

/// One table: a routing instance's routes of one family.
public struct TableID: Hashable, Sendable, Comparable {
    public let instance: InstanceID
    public let family: AddressFamily

    public init(_ instance: InstanceID, _ family: AddressFamily) {
        self.instance = instance
        self.family = family
    }

    /// The table of all VPN routes of a family.
    public static func master(_ family: AddressFamily) -> TableID { TableID(.master, family) }

    public var isMaster: Bool { instance == .master }

    public static func < (left: TableID, right: TableID) -> Bool { (left.instance, left.family) < (right.instance, right.family) }
}

/// What is configured of a routing instance.
public struct RoutingInstance: Hashable, Sendable {
    public let id: InstanceID
    /// The fully qualified name joined with colons: `default-domain:admin:blue:blue`.
    public var name: String
    /// Routes with one of these targets are imported.
    public var importTargets: Set<RouteTarget>
    /// Put on the routes that leave.
    public var exportTargets: Set<RouteTarget>
    /// The fully qualified name of the virtual network that the instance belongs to.
    public var virtualNetwork: String
    /// The virtual network's number; 0 when it has none.
    public var virtualNetworkNumber: UInt32

    public init(
        id: InstanceID, name: String, importTargets: Set<RouteTarget> = [], exportTargets: Set<RouteTarget> = [],
        virtualNetwork: String = "", virtualNetworkNumber: UInt32 = 0
    ) {
        self.id = id
        self.name = name
        self.importTargets = importTargets
        self.exportTargets = exportTargets
        self.virtualNetwork = virtualNetwork
        self.virtualNetworkNumber = virtualNetworkNumber
    }

    /// The families of which an instance has a table.
    public static let families: [AddressFamily] = [.inet, .inet6, .evpn]

    /// `blue.inet.0`; in the master instance `bgp.l3vpn.0` and `inet.0`.
    public static func tableName(_ family: AddressFamily, of instance: String) -> String { "\(instance).\(family.tableSuffix)" }
}
