// The way of one packet through a forwarder's tables, for an operator who asks why a workload reaches another or does not: the packet that asks,
// which table entry decided each step that comes back, and the rest of the way on the host at the other end of the tunnel.

import ForwarderMessages
import NetworkTypes

/// A workload's end of a question.
public struct TraceEnd: Sendable, Equatable {
    public var address: IPv4Address
    public var mac: MACAddress

    public init(address: IPv4Address, mac: MACAddress) {
        self.address = address
        self.mac = mac
    }
}

/// An entry of a forwarder's tables.
public enum TraceEntry: Hashable, Sendable {
    case interface(UInt32)
    case vrf(UInt32)
    case flow(UInt32)
    case route(vrf: UInt32, IPv4Address)
    case bridge(vrf: UInt32, MACAddress)
    case nextHop(UInt32)
}

/// What a packet was wrapped in on its way to another host.
public struct TraceTunnel: Hashable, Sendable {
    public var encapsulation: TunnelEncapsulation
    /// An MPLS label, 20 bits, or a VXLAN network identifier, 24 bits.
    public var label: UInt32
    public var destination: IPv4Address

    public init(encapsulation: TunnelEncapsulation, label: UInt32, destination: IPv4Address) {
        self.encapsulation = encapsulation
        self.label = label
        self.destination = destination
    }
}

public enum PacketTrace {
    /// An ICMP echo request from one workload to another, as the first one's operating system would send it.
    /// - Parameter neighbour: the MAC address that it sends to: the other's in the same subnet, else the gateway's.
    public static func question(from source: TraceEnd, to destination: IPv4Address, through neighbour: MACAddress, identifier: UInt16)
        -> [UInt8]
    {
        let echo = ICMPMessage.echoRequest(identifier: identifier, sequence: 1, data: Array("tungsten trace".utf8)[...])
        let packet = IPv4Packet(from: source.address, to: destination, .icmp, payload: echo.bytes[...])
        return EthernetFrame(to: neighbour, from: source.mac, type: .ipv4, payload: packet.bytes[...]).bytes
    }

    /// The entry that decided a step; nil: none did, or none that can be shown.
    public static func entry(of step: TraceStep) -> TraceEntry? {
        let values = step.values ?? []
        func value(_ index: Int) -> UInt32? { values.indices.contains(index) ? values[index] : nil }
        switch step.step {
        case "received", "transmitted", "cross-connected": return value(0).map { .interface($0) }
        case "vrf": return value(0).map { .vrf($0) }
        case "flow", "flow-created", "held", "released": return value(0).map { .flow($0) }
        case "routed":
            guard let vrf = value(0), let address = value(1) else { return nil }
            return .route(vrf: vrf, IPv4Address(rawValue: address))
        case "bridged":
            guard let vrf = value(0), let high = value(1), let low = value(2) else { return nil }
            return .bridge(vrf: vrf, MACAddress(rawValue: UInt64(high) << 32 | UInt64(low)))
        case "next-hop": return value(0).map { .nextHop($0) }
        case "ecmp", "replicated": return value(2).map { .nextHop($0) }
        default: return nil
        }
    }

    /// The packet waits for the agent's decision about its flow: asked again a moment later, the trace goes further.
    public static func isHeld(_ steps: [TraceStep]) -> Bool { steps.last?.step == "held" }

    /// The tunnel that the packet left in.
    public static func tunnel(_ steps: [TraceStep]) -> TraceTunnel? {
        guard let step = steps.last(where: { $0.step == "encapsulated" }), let values = step.values, values.count == 3,
            let encapsulation = TunnelEncapsulation(rawValue: UInt8(truncatingIfNeeded: values[0]))
        else { return nil }
        return TraceTunnel(encapsulation: encapsulation, label: values[1], destination: IPv4Address(rawValue: values[2]))
    }

    /// How the way ended, in a word of the forwarder's: `transmitted`, `dropped`, `held`, `trapped`.
    public static func end(_ steps: [TraceStep]) -> TraceStep? {
        steps.last { ["transmitted", "dropped", "held", "trapped"].contains($0.step) }
    }

    /// Whether a flow is that of a question: of an echo, the identifier stands for the source port.
    public static func isFlow(_ flow: FlowMessage, from source: IPv4Address, to destination: IPv4Address, _ identifier: UInt16) -> Bool {
        guard let key = flow.key, key.protocol == IPProtocol.icmp.rawValue, let from = key.sourceIpv4, let to = key.destinationIpv4 else {
            return false
        }
        return (from, to) == (source, destination) && key.sourcePort == identifier
    }
}
