// The demonstration's hosts and workloads as the commands of iproute2 that make and remove them. Commands are values, so that they can be
// read, tested and printed; DemonstrationHosts runs them.

import NetworkTypes

/// The network namespaces and links of a plan.
public struct HostNetwork: Sendable {
    /// A command of iproute2, with what it is for.
    public struct Command: Sendable, Equatable, CustomStringConvertible {
        public let arguments: [String]

        init(_ text: String) { arguments = text.split(separator: " ").map(String.init) }

        public var description: String { arguments.joined(separator: " ") }
    }

    private let plan: DemonstrationPlan

    public init(_ plan: DemonstrationPlan) { self.plan = plan }

    /// What must be run, in this order, where nothing of it is there yet.
    public var making: [Command] {
        let bridge = DemonstrationPlan.bridge
        var commands = [
            "ip link add \(bridge) type bridge", "ip address add \(plan.controlAddress)/\(plan.underlay.length) dev \(bridge)",
            "ip link set \(bridge) mtu \(Self.underlayMTU) up",
        ]
        for host in plan.hosts {
            let uplink = DemonstrationPlan.Host.uplink
            let device = DemonstrationPlan.Host.hostDevice
            commands += [
                "ip netns add \(host.namespace)", "ip -n \(host.namespace) link set lo up",
                "ip link add \(host.underlayPort) mtu \(Self.underlayMTU) type veth peer name \(uplink) netns \(host.namespace)",
                "ip link set \(host.underlayPort) master \(bridge) up",
                "ip -n \(host.namespace) link set \(uplink) address \(host.mac) mtu \(Self.underlayMTU) up",
                // The forwarder attaches to it; it is there, with the host's address, also while no forwarder runs.
                "ip -n \(host.namespace) tuntap add dev \(device) mode tap",
                "ip -n \(host.namespace) link set \(device) address \(host.mac) up",
                "ip -n \(host.namespace) address add \(host.address)/\(plan.underlay.length) dev \(device)",
            ]
        }
        for workload in plan.workloads {
            let host = workload.host.namespace
            commands += [
                "ip netns add \(workload.namespace)", "ip -n \(workload.namespace) link set lo up",
                "ip -n \(host) link add \(workload.tap) type veth peer name \(DemonstrationPlan.Workload.interface) netns \(workload.namespace)",
                "ip -n \(host) link set \(workload.tap) up",
            ]
        }
        return commands.map(Command.init)
    }

    /// What gives a workload the hardware address of its port, and switches it on.
    public func connecting(_ workload: DemonstrationPlan.Workload, _ mac: MACAddress) -> [Command] {
        [Command("ip -n \(workload.namespace) link set \(DemonstrationPlan.Workload.interface) address \(mac) up")]
    }

    /// Room for a workload's packet of 1500 bytes and every header that tunnels put around it.
    static let underlayMTU = 1600

    /// What removes all of it; each may fail where its part is not there.
    public var removing: [Command] {
        let namespaces = plan.workloads.map(\.namespace) + plan.hosts.map(\.namespace)
        return (namespaces.map { "ip netns delete \($0)" } + ["ip link delete \(DemonstrationPlan.bridge)"]).map(Command.init)
    }
}
