// A packet on its way through the tables, as a value: a copy of a packet is a copy of its journey.

import NetworkTypes

struct Journey {
    enum Load {
        case frame(EthernetFrame, IPPacket?)
        /// Without an Ethernet header; `header` is the one that it came with, if any (its payload is empty).
        case packet(IPPacket, header: EthernetFrame?)
        /// In a replication tree: a frame behind the header of its network.
        case tree(network: UInt32, EthernetFrame, IPPacket?)
    }

    /// Where a packet came from if it came in a tunnel.
    struct Origin {
        var source: IPv4Address
        var isTree: Bool
    }

    var load: Load
    /// Where it came in, or where the agent says that it is to be thought to have.
    var arrival: Interface
    /// In which the next lookup is.
    var vrf: UInt32
    /// What a tunnel will put on: an MPLS label or a VXLAN network.
    var label: UInt32?
    var origin: Origin?
    /// What stands for where it came from in its flow's key.
    var flowNextHop: UInt32?
    /// The flow that let it pass.
    var flow: FlowKey?
    /// What the flow says that routed packets leave with.
    var hops: UInt8?
    /// Policy has been applied, or is not to be.
    var isAdmitted = false
    /// TTL has been counted down.
    var isCountedDown = false
    /// The network that it is in floods what is for unknown MAC addresses.
    var floodsUnknown = false
    /// Behind its label a control word is wanted.
    var wantsControlWord = false
    /// Ways that go round end after so many tables.
    var lookups = 0

    init(_ load: Load, from arrival: Interface, vrf: UInt32) { (self.load, self.arrival, self.vrf) = (load, arrival, vrf) }

    var ip: IPPacket? {
        switch load {
        case .frame(_, let packet), .tree(_, _, let packet): packet
        case .packet(let packet, _): packet
        }
    }

    /// The frame, if the packet is one.
    var frame: EthernetFrame? { if case .frame(let frame, _) = load { frame } else { nil } }

    /// For a group or for everybody, by its Ethernet header.
    var isForMany: Bool {
        switch load {
        case .frame(let frame, _), .tree(_, let frame, _): frame.isForMany
        case .packet(_, let header): header?.isForMany ?? false
        }
    }

    /// The packet as a frame, as the host and the agent are given it: with the header that it came with, or with one from the gateway to whoever
    /// the interface says.
    var asFrame: EthernetFrame {
        switch load {
        case .frame(let frame, _), .tree(_, let frame, _): return frame
        case .packet(let packet, let header):
            var frame = header ?? EthernetFrame(destination: arrival.mac, source: .gateway, type: packet.etherType, payload: [])
            frame.payload = packet.bytes
            return frame
        }
    }
}
