// Flows and fragments as the model remembers them: Runtime/Forwarder/include/flow.h says what they mean.

import NetworkTypes

struct FlowKey: Hashable {
    /// Stands for where packets come from.
    var nextHop: UInt32
    var `protocol`: UInt8
    var source: IPAddress
    var destination: IPAddress
    var sourcePort: UInt16
    var destinationPort: UInt16

    /// The key of the packet that an ICMP error quotes, turned round; nil: it quotes too little, or another error (RFC 1122, section 3.2.2).
    init?(quotedBy error: IPPacket, nextHop: UInt32) {
        guard let quoted = try? IPPacket(quoted: error.payload.bytes(from: 8)), !quoted.transport.isICMPError, quoted.fragment != .later,
            quoted.isVersion6 == error.isVersion6
        else { return nil }
        self.init(of: quoted, nextHop: nextHop, sourcePort: quoted.transport.sourcePort, destinationPort: quoted.transport.destinationPort)
        swap(&source, &destination)
        // What stands for the ports of ICMP is the same in both directions.
        if quoted.protocol != IPProtocol.icmp, quoted.protocol != IPProtocol.icmpv6 { swap(&sourcePort, &destinationPort) }
    }

    init(of packet: IPPacket, nextHop: UInt32, sourcePort: UInt16, destinationPort: UInt16) {
        (self.nextHop, self.protocol) = (nextHop, packet.protocol)
        (source, destination) = (packet.source, packet.destination)
        (self.sourcePort, self.destinationPort) = (sourcePort, destinationPort)
    }

    init(nextHop: UInt32, protocol: UInt8, source: IPAddress, destination: IPAddress, sourcePort: UInt16, destinationPort: UInt16) {
        (self.nextHop, self.protocol, self.source, self.destination) = (nextHop, `protocol`, source, destination)
        (self.sourcePort, self.destinationPort) = (sourcePort, destinationPort)
    }
}

/// What the agent says of a flow.
struct FlowDecision {
    enum Action: String { case drop, hold, forward }

    var action = Action.hold
    /// What routed packets leave with; nil: one less than they came with.
    var hops: UInt8?
    /// The position in an ECMP composite.
    var member: Int?
    /// Where packets go on.
    var vrf: UInt32?
    /// The next hop of the route back to the source.
    var sourceNextHop: UInt32?
}

struct Flow {
    static let mostWaiting = 3

    var decision = FlowDecision()
    /// Which number the agent is told is nobody's business but the implementation's.
    var index: UInt32
    /// Of the flows that have used the index this is the …th. Known as long as no flow has been deleted.
    var incarnation: UInt8 = 1
    var packets = 0
    var bytes = 0
    /// When the agent was shown a packet.
    var shown: Int?
    var waiting: [Waiting] = []
}

/// A packet that waits for somebody, and what it does afterwards.
struct Waiting {
    enum Resumption {
        case workload
        case nextHop(UInt32)
    }

    var journey: Journey
    var resumption: Resumption
}

struct FragmentKey: Hashable {
    var scope: UInt32
    var source: IPAddress
    var destination: IPAddress
    var `protocol`: UInt8
    var identification: UInt32
}

struct Datagram {
    static let lifetime = 2000
    static let mostWaiting = 48

    var began: Int
    /// Of the first fragment, once it was seen.
    var ports: (source: UInt16, destination: UInt16)?
    var waiting: [Waiting] = []
}
