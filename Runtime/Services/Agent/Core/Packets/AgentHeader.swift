// The header between forwarder and agent: 30 bytes behind an Ethernet header of its own, and before the packet (Runtime/Forwarder/include/trap.h).
//
//      0               2               4               6                              10
//     +---------------+---------------+---------------+-------------------------------+
//     |   interface   |      VRF      |    command    |          parameter 0          |
//     +---------------+---------------+---------------+-------------------------------+
//     |  1 at 10      |  2 at 14      |  3 at 18      |  4 at 22      | 5 | 3 unused  |   parameter 5 is one byte, at 26
//     +-------------------------------------------------------------------------------+

import NetworkTypes

/// Why the forwarder shows the agent a packet, with what it says about it.
public enum TrapReason: Equatable, Sendable {
    /// An ARP packet that the forwarder does not answer by itself.
    case arp
    /// The neighbour behind a resolve next hop is not known.
    case resolve(nextHop: UInt32)
    /// A packet began a flow, which now waits. Bytes and packets are what has come since.
    case flowMiss(index: UInt32, nextHop: UInt32, incarnation: UInt8, packets: UInt32, bytes: UInt32)
    /// DHCP, IGMP, and packets to an address that the agent speaks for.
    case platform
    /// A packet of a flow came from elsewhere than the route to its source says.
    case sourceMismatch(index: UInt32, expected: UInt32)
    /// The packet may not be fragmented, and this is the largest that would pass. The index is nil for a packet of no flow.
    case tooLarge(mtu: UInt32, index: UInt32?)
    /// The TTL came to its end.
    case zeroTTL
}

/// A packet on its way between forwarder and agent.
public struct AgentPacket: Equatable, Sendable {
    public enum Command: Equatable, Sendable {
        /// From the forwarder.
        case trap(TrapReason)
        /// To the forwarder: put the packet out of the interface as it is.
        case send
        /// To the forwarder: treat the packet as if it had arrived on the interface in the VRF, without policy.
        case route
    }

    /// The forwarder's number of the interface that the packet came from or goes to.
    public var interface: UInt16
    public var vrf: UInt16
    public var command: Command
    /// The packet, beginning with its Ethernet header.
    public var frame: ArraySlice<UInt8>

    /// The EtherType of the outer frame, from the range for experiments (IEEE 802, local experimental 1).
    public static let etherType = EtherType(rawValue: 0x88B5)
    /// The outer Ethernet header and this one.
    public static let frontBytes = 44
    private static let noFlow = UInt32.max

    public init(interface: UInt16, vrf: UInt16, _ command: Command, frame: ArraySlice<UInt8>) {
        self.interface = interface
        self.vrf = vrf
        self.command = command
        self.frame = frame
    }

    /// The outer frame's type is not looked at: the channel carries nothing else.
    public init(parsing bytes: ArraySlice<UInt8>) throws(PacketError) {
        var reader = PacketReader(bytes, of: "agent")
        _ = try reader.take(14, "frame")
        interface = try reader.integer("interface")
        vrf = try reader.integer("vrf")
        let number: UInt16 = try reader.integer("command")
        var parameters: [UInt32] = []
        for _ in 0..<5 { parameters.append(try reader.integer("parameter")) }
        let last: UInt8 = try reader.integer("parameter-5")
        _ = try reader.take(3, "unused")
        switch number {
        case 0: command = .send
        case 1: command = .route
        case 2: command = .trap(.arp)
        case 5: command = .trap(.resolve(nextHop: parameters[0]))
        case 6:
            command = .trap(
                .flowMiss(
                    index: parameters[0], nextHop: parameters[1], incarnation: last, packets: parameters[3], bytes: parameters[2]))
        case 7: command = .trap(.platform)
        case 10: command = .trap(.sourceMismatch(index: parameters[0], expected: parameters[1]))
        case 11:
            command = .trap(.tooLarge(mtu: parameters[0], index: parameters[1] == Self.noFlow ? nil : parameters[1]))
        case 12: command = .trap(.zeroTTL)
        default: throw reader.refused("command", "\(number) is no command", at: 18)
        }
        frame = reader.rest()
    }

    public var bytes: [UInt8] {
        let number: UInt16
        var parameters: [UInt32] = [0, 0, 0, 0, 0]
        var last: UInt8 = 0
        switch command {
        case .send: number = 0
        case .route: number = 1
        case .trap(.arp): number = 2
        case .trap(.resolve(let nextHop)): (number, parameters[0]) = (5, nextHop)
        case .trap(.flowMiss(let index, let nextHop, let incarnation, let packets, let bytes)):
            (number, last) = (6, incarnation)
            parameters = [index, nextHop, bytes, packets, 0]
        case .trap(.platform): number = 7
        case .trap(.sourceMismatch(let index, let expected)): (number, parameters[0], parameters[1]) = (10, index, expected)
        case .trap(.tooLarge(let mtu, let index)): (number, parameters[0], parameters[1]) = (11, mtu, index ?? Self.noFlow)
        case .trap(.zeroTTL): number = 12
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.frontBytes + frame.count)
        bytes.append(MACAddress.gateway)
        bytes.append(MACAddress.zero)
        bytes.append(bigEndian: Self.etherType.rawValue)
        bytes.append(bigEndian: interface)
        bytes.append(bigEndian: vrf)
        bytes.append(bigEndian: number)
        for parameter in parameters { bytes.append(bigEndian: parameter) }
        bytes += [last, 0, 0, 0]
        bytes += frame
        return bytes
    }
}

extension MACAddress {
    /// The address that every workload sees as its gateway's: that of VRRP group 0 (RFC 5798 §7.3), the same on every host.
    public static let gateway = MACAddress(0x00, 0x00, 0x5E, 0x00, 0x01, 0x00)
}
