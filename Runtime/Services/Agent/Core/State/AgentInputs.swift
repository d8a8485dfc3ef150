// What the desired tables are made of: the host, the ports, the configuration and the routes of control nodes.

import Graph
import NetworkTypes

/// A tunnel between hosts, as routes announce it and the configuration orders them.
public enum Encapsulation: String, Sendable, Hashable, CaseIterable {
    case mplsOverGRE = "gre"
    case mplsOverUDP = "udp"
    case vxlan = "vxlan"

    /// As the configuration spells it in `encapsulation-priorities`.
    init?(priority: String) {
        switch priority {
        case "MPLSoGRE": self = .mplsOverGRE
        case "MPLSoUDP": self = .mplsOverUDP
        case "VXLAN": self = .vxlan
        default: return nil
        }
    }
}

/// The host that the agent runs on.
public struct HostParameters: Sendable, Equatable {
    /// The virtual router's name in the configuration.
    public var name: String
    /// The address of this end of tunnels, and its network.
    public var address: IPv4Address
    public var prefixLength: Int
    /// Where what is beyond that network is sent.
    public var gateway: IPv4Address?
    public var mac: MACAddress
    public var physicalDevice: String
    public var hostDevice: String
    /// The device or socket of packets to the agent.
    public var agentDevice: String
    public var agentTransport: AgentTransport

    public enum AgentTransport: Sendable {
        /// A network device that the forwarder in the kernel makes.
        case device
        /// A socket that the forwarder in user space makes.
        case socket
    }

    public init(name: String, address: IPv4Address, prefixLength: Int, mac: MACAddress, physicalDevice: String) {
        self.name = name
        self.address = address
        self.prefixLength = prefixLength
        self.mac = mac
        self.physicalDevice = physicalDevice
        hostDevice = "vhost0"
        agentDevice = "pkt0"
        agentTransport = .socket
    }
}

/// Where a route of a control node leads: one host, reached through a tunnel.
public struct RouteNextHop: Sendable, Hashable {
    public var address: IPv4Address
    /// An MPLS label, or a VXLAN network identifier where VXLAN is used.
    public var label: UInt32
    public var encapsulations: Set<Encapsulation>

    public init(_ address: IPv4Address, label: UInt32, _ encapsulations: Set<Encapsulation>) {
        self.address = address
        self.label = label
        self.encapsulations = encapsulations
    }
}

/// What a route is about.
public enum RouteDestination: Sendable, Hashable, Comparable {
    case prefix(IPPrefix)
    /// A workload's MAC address, and the address that belongs to it if the route names one.
    case mac(MACAddress, IPAddress?)
    /// Everybody in the network: where what is flooded is copied to.
    case flood

    private var order: (Int, IPPrefix?, MACAddress, String) {
        switch self {
        case .prefix(let prefix): (0, prefix, .zero, "")
        case .mac(let mac, let address): (1, nil, mac, address?.description ?? "")
        case .flood: (2, nil, .zero, "")
        }
    }

    public static func < (left: Self, right: Self) -> Bool {
        switch (left, right) {
        case (.prefix(let left), .prefix(let right)): left < right
        default: (left.order.0, left.order.2, left.order.3) < (right.order.0, right.order.2, right.order.3)
        }
    }
}

/// A route of a control node.
public struct ControllerRoute: Sendable, Hashable {
    public var nextHops: [RouteNextHop]
    public var network: String
    public var securityGroups: [UInt32]

    public init(_ nextHops: [RouteNextHop], network: String, securityGroups: [UInt32] = []) {
        self.nextHops = nextHops
        self.network = network
        self.securityGroups = securityGroups
    }
}

/// Routes as each control node says them, with stale ones from before a session was lost, until that control node has said everything again.
public struct ControllerRoutes: Sendable {
    public struct Key: Sendable, Hashable {
        public let instance: String
        public let destination: RouteDestination
        public init(_ instance: String, _ destination: RouteDestination) {
            self.instance = instance
            self.destination = destination
        }
    }

    private struct Path: Sendable {
        var route: ControllerRoute
        var session: UInt64
        var name: String
    }

    private var paths: [Key: [String: Path]] = [:]
    private var sessions: [String: UInt64] = [:]

    public init() {}

    /// A session with a control node was established: what it says from now on is current, what it said before is stale but in use.
    public mutating func began(_ controller: String) { sessions[controller, default: 0] += 1 }

    /// - Parameter name: what the control node calls the route. Two names can be about one destination, one after the other: a MAC address moves from
    ///   labels to a VXLAN network.
    /// - Returns: whether it is news.
    @discardableResult
    public mutating func announced(_ key: Key, _ route: ControllerRoute, by controller: String, name: String = "") -> Bool {
        let path = Path(route: route, session: sessions[controller, default: 0], name: name)
        return paths[key, default: [:]].updateValue(path, forKey: controller)?.route != route
    }

    /// - Returns: whether there was such a route.
    @discardableResult
    public mutating func retracted(_ key: Key, by controller: String, name: String = "") -> Bool {
        guard paths[key]?[controller]?.name == name else { return false }
        remove(key, controller)
        return true
    }

    private mutating func remove(_ key: Key, _ controller: String) {
        paths[key]?[controller] = nil
        if paths[key]?.isEmpty == true { paths[key] = nil }
    }

    /// Nobody is subscribed to the instance any more.
    public mutating func dropped(instance: String) {
        for key in paths.keys where key.instance == instance { paths[key] = nil }
    }

    public var count: Int { paths.count }

    /// The control node has said everything: what it did not say again is gone.
    public mutating func completed(_ controller: String) {
        let session = sessions[controller, default: 0]
        for (key, of) in paths { if let path = of[controller], path.session != session { remove(key, controller) } }
    }

    /// The control node is none of ours any more.
    public mutating func forgot(_ controller: String) {
        for key in paths.keys { remove(key, controller) }
        sessions[controller] = nil
    }

    /// All routes, each with the next hops of all control nodes: usually they say the same.
    public var merged: [Key: ControllerRoute] {
        paths.compactMapValues { of in
            let inOrder = of.sorted { $0.key < $1.key }.map(\.value.route)
            guard var route = inOrder.first else { return nil }
            for other in inOrder.dropFirst() {
                for nextHop in other.nextHops
                where !route.nextHops.contains(where: { $0.address == nextHop.address && $0.label == nextHop.label }) {
                    route.nextHops.append(nextHop)
                }
                route.securityGroups = Array(Set(route.securityGroups).union(other.securityGroups))
            }
            route.nextHops.sort { ($0.address, $0.label) < ($1.address, $1.label) }
            route.securityGroups.sort()
            return route
        }
    }
}

/// All inputs. A value: the desired tables are a function of it.
public struct AgentInputs: Sendable {
    public var host: HostParameters
    public var ports: [UUIDValue: Port] = [:]
    public var graph = GraphStore()
    public var routes = ControllerRoutes()
    /// MAC addresses in the underlay.
    public var neighbours: [IPv4Address: MACAddress] = [:]
    /// Addresses that workloads have been seen to use: their routes are preferred over those of hosts that have not seen the workload.
    public var activeAddresses: Set<ActiveAddress> = []

    public struct ActiveAddress: Sendable, Hashable {
        public let interface: UUIDValue
        public let address: IPAddress
        public init(_ interface: UUIDValue, _ address: IPAddress) {
            self.interface = interface
            self.address = address
        }
    }

    public init(host: HostParameters) { self.host = host }
}
