// What shall be: the forwarder's tables, the routes to publish, and what packets' handling needs to know. A function of the inputs, made anew
// when they change; the numbers in it are those that the index tables gave before.

import ForwarderMessages
import Graph
import NetworkTypes

/// An interface of a workload in the forwarder.
public struct PlannedInterface: Sendable, Equatable {
    public var index: UInt32
    public var id: UUIDValue
    public var vrf: UInt32
    /// Keys the flows of packets from the interface, and of packets from tunnels with its label.
    public var nextHop: UInt32
    public var bridgeNextHop: UInt32
    public var mac: MACAddress
    /// Nil until the configuration has arrived: the interface then has DHCP and nothing else.
    public var configuration: InterfaceConfiguration?
    public var dhcp: DHCPConfiguration
    public var ownAddresses: Set<IPv4Address>
    public var gateway: IPv4Address?
    public var scope: NameScope?
    /// The numbers of its security groups, sorted.
    public var securityGroups: [UInt32] = []
    /// The rules of its side; nil: policy is disabled.
    public var policy: PolicyQuestion.Side?
    /// Packets are accepted only from where the route to their source leads.
    public var checksSource = true
}

/// Where a route leads, as far as policy is concerned.
public struct PlannedRoute: Sendable, Equatable {
    public enum Target: Sendable, Equatable {
        /// A workload here.
        case interface(UInt32)
        /// Workloads here or elsewhere, by ECMP, or one elsewhere.
        case remote
        /// The platform: a gateway's or service's address.
        case platform
        case nowhere
    }

    public var nextHop: UInt32
    public var target: Target
    public var network: String
    public var securityGroups: [UInt32]
}

public struct PlannedVRF: Sendable, Equatable {
    public var index: UInt32
    public var instance: String
    public var network: NodeName?
    public var routes: [IPPrefix: PlannedRoute] = [:]

    /// The route with the longest prefix that has the address in it.
    public func route(to address: IPAddress) -> PlannedRoute? {
        for length in stride(from: address.bitCount, through: 0, by: -1) {
            if let route = routes[IPPrefix(address, length: length)] { return route }
        }
        return nil
    }
}

/// A route to announce to control nodes.
public struct RoutePublication: Sendable, Hashable {
    public var instance: String
    public var destination: RouteDestination
    public var nextHop: RouteNextHop
    public var network: String
    public var securityGroups: [UInt32]
    /// 200: the workload was seen to use the address; 100: it was not.
    public var preference: Int
    /// The VXLAN network identifier, if frames go in VXLAN; else 0.
    public var ethernetTag: UInt32

    public init(
        instance: String, destination: RouteDestination, nextHop: RouteNextHop, network: String, securityGroups: [UInt32], preference: Int,
        ethernetTag: UInt32
    ) {
        self.instance = instance
        self.destination = destination
        self.nextHop = nextHop
        self.network = network
        self.securityGroups = securityGroups
        self.preference = preference
        self.ethernetTag = ethernetTag
    }
}

public struct AgentPlan: Sendable {
    public var tables: ForwarderTables = [:]
    public var publications: Set<RoutePublication> = []
    /// Routing instances to subscribe to, with the VRF's number, which identifies this host's part of the instance.
    public var subscriptions: [String: UInt32] = [:]
    /// Workloads whose configuration is wanted.
    public var workloads: Set<UUIDValue> = []
    /// Addresses in the underlay whose MAC addresses are needed.
    public var wantedNeighbours: Set<IPv4Address> = []
    public var interfaces: [UInt32: PlannedInterface] = [:]
    public var interfaceByNextHop: [UInt32: UInt32] = [:]
    public var vrfs: [UInt32: PlannedVRF] = [:]
    public var addressing: [UUIDValue: PortAddressing] = [:]
    public var names = NameTable()
    public var configuration = AgentConfiguration()
    /// What could not be done, for the log: a full table, a port without a MAC address.
    public var problems: [String] = []

    /// The VRF of the underlay, and of workloads whose configuration has not arrived.
    static let fabric = "default-domain:default-project:ip-fabric:__default__"
    static let unconfigured = "unconfigured"

    init() {}

    /// - Parameters:
    ///   - indexes: receives numbers for what is new.
    ///   - isSettled: everything that will come after a start has come: numbers that nobody uses may be given to others.
    public init(_ inputs: AgentInputs, _ indexes: inout AgentIndexes, isSettled: Bool = true) {
        var builder = PlanBuilder(inputs, indexes)
        builder.build()
        indexes = builder.indexes
        if isSettled { builder.used.keep(in: &indexes) }
        self = builder.plan
    }

    /// What the answers to an interface's packets depend on.
    public func context(of interface: UInt32, hasNameService: Bool = false) -> PlatformContext? {
        interfaces[interface].map {
            PlatformContext(
                dhcp: $0.dhcp, ownAddresses: $0.ownAddresses, scope: $0.scope, names: names,
                hasNameService: hasNameService && $0.configuration != nil)
        }
    }
}
