// What the demonstration shows: two hosts, two tenants that use the same addresses, traffic that policy lets through and traffic that it
// does not. Pure values; DemonstrationObjects makes the configuration, HostNetwork the hosts.

import NetworkTypes

/// Two compute hosts, each a network namespace, and the workloads on them.
public struct DemonstrationPlan: Sendable {
    /// A compute host: a network namespace with a link to the underlay.
    public struct Host: Sendable, Hashable {
        /// `host-a`: also the name of its virtual-router.
        public let name: String
        /// Its address in the underlay.
        public let address: IPv4Address

        public var namespace: String { "tungsten-\(name)" }
        /// The host's end of its link to the underlay; the other end is named after the host in the first namespace.
        public static let uplink = "uplink0"
        /// Where the host's own packets leave and reach the forwarder; it has the host's address.
        public static let hostDevice = "vhost0"
        public var underlayPort: String { "tng-\(name)" }
        /// Of the uplink and of the host's own device: a locally administered one, made of the address.
        public var mac: MACAddress { MACAddress(rawValue: 0x0200_0000_0000 | UInt64(address.rawValue)) }
    }

    /// A virtual network of a tenant.
    public struct Network: Sendable {
        public let name: String
        public let prefix: IPv4Prefix
    }

    /// A tenant, with the pairs of its networks that may talk.
    public struct Tenant: Sendable {
        public let name: String
        public let networks: [Network]
        /// A network policy allows everything between these two; nil: the tenant has no policy, so its networks are apart.
        public let connected: (String, String)?

        public var project: [String] { ["default-domain", "demonstration-\(name)"] }
        public func network(_ name: String) -> [String] { project + [name] }
        public var policy: [String] { project + ["between-networks"] }
    }

    /// A workload: a network namespace with one port.
    public struct Workload: Sendable, Hashable {
        public let tenant: String
        public let name: String
        public let network: String
        public let host: Host

        public var fullName: String { "\(tenant)-\(name)" }
        public var namespace: String { "tungsten-\(fullName)" }
        /// The host's end of the workload's link, as long as interface names may be.
        public var tap: String { "tap-\(fullName)" }
        public static let interface = "eth0"
    }

    public let hosts: [Host]
    public let tenants: [Tenant]
    public let workloads: [Workload]

    /// The underlay: a bridge in the first namespace, for everything that the hosts send each other and the control node.
    public static let bridge = "tungsten0"
    public let underlay: IPv4Prefix
    /// The first namespace's address in the underlay, where the hosts find the control node.
    public let controlAddress: IPv4Address

    public func tenant(of workload: Workload) -> Tenant? { tenants.first { $0.name == workload.tenant } }

    /// The plan that `make run` carries out. 198.18.0.0/15 is set aside for tests of networks (RFC 2544), so it is in nobody's way.
    public static let standard: DemonstrationPlan = {
        func address(_ last: UInt8) -> IPv4Address { IPv4Address(198, 18, 0, last) }
        let a = Host(name: "host-a", address: address(11))
        let b = Host(name: "host-b", address: address(12))
        let networks = [
            Network(name: "web", prefix: IPv4Prefix(IPv4Address(10, 1, 1, 0), length: 24)),
            Network(name: "db", prefix: IPv4Prefix(IPv4Address(10, 1, 2, 0), length: 24)),
        ]
        return DemonstrationPlan(
            hosts: [a, b],
            tenants: [
                Tenant(name: "red", networks: networks, connected: ("web", "db")),
                Tenant(name: "blue", networks: networks, connected: nil),
            ],
            workloads: ["red", "blue"].flatMap { tenant in
                [
                    Workload(tenant: tenant, name: "web1", network: "web", host: a),
                    Workload(tenant: tenant, name: "web2", network: "web", host: b),
                    Workload(tenant: tenant, name: "db1", network: "db", host: b),
                ]
            },
            underlay: IPv4Prefix(address(0), length: 24), controlAddress: address(1))
    }()
}
