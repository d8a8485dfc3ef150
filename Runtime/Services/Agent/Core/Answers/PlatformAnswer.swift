// What the platform answers by itself to the packets that a workload addresses to it: one function from a frame to an outcome.
//
// The forwarder shows such packets as `platform` and `arp` traps. Everything that is needed for the answer is given; whatever takes time,
// such as asking a name server, is an outcome for the shell to act on.

import NetworkTypes

/// What is known about the interface that a packet came from.
public struct PlatformContext: Sendable {
    public var dhcp: DHCPConfiguration?
    /// Addresses that the platform answers for in the interface's network: its gateways and service addresses.
    public var ownAddresses: Set<IPv4Address>
    public var scope: NameScope?
    public var names: NameTable
    /// There is somebody who knows the names of workloads on other hosts: that one is not known here does not mean that it does not exist.
    public var hasNameService: Bool

    public init(
        dhcp: DHCPConfiguration? = nil, ownAddresses: Set<IPv4Address> = [], scope: NameScope? = nil, names: NameTable = NameTable(),
        hasNameService: Bool = false
    ) {
        self.dhcp = dhcp
        self.ownAddresses = ownAddresses
        self.scope = scope
        self.names = names
        self.hasNameService = hasNameService
    }
}

/// A question that another name server is to answer, and what its answer must be wrapped in on the way back.
public struct ForwardedQuery: Equatable, Sendable {
    public let query: DNSQuery
    /// The message as the workload sent it.
    public let message: [UInt8]
    let frame: EthernetFrame
    let packet: IPv4Packet
    let datagram: UDPDatagram

    /// The frame to the workload, around what the server said.
    public func answer(_ message: [UInt8]) -> [UInt8] { frame.answer(packet, datagram, message) }

    /// The frame to the workload when no server answered in time.
    public var failure: [UInt8] {
        answer(DNSResponse(query: query, code: .serverFailure, answers: [], timeToLive: 0, offersRecursion: true).bytes)
    }
}

public enum PlatformOutcome: Equatable, Sendable {
    /// A frame for the interface that the packet came from.
    case answer([UInt8])
    case dhcp(DHCPOutcome)
    /// A name server further up is to be asked.
    case ask(ForwardedQuery)
    /// A workload showed that it uses an address: an announcement, or the answer to a probe.
    case seen(IPv4Address, MACAddress)
    /// A workload says that it has an address of the platform's.
    case conflict(IPv4Address, MACAddress)
    /// Not for us, or not understood.
    case ignored(Ignored)

    public enum Ignored: Equatable, Sendable {
        case malformed(PacketError)
        case notForPlatform
        case noService(IPProtocol, port: UInt16?)
    }
}

extension PlatformContext {
    /// How long an answer about a workload's name may be kept, in seconds.
    static let nameTimeToLive: UInt32 = 120

    public func answer(_ bytes: ArraySlice<UInt8>) -> PlatformOutcome {
        do throws(PacketError) {
            let frame = try EthernetFrame(parsing: bytes)
            switch frame.type {
            case .arp: return answer(frame, try ARPPacket(parsing: frame.payload))
            case .ipv4: return try answer(frame, try IPv4Packet(parsing: frame.payload))
            default: return .ignored(.notForPlatform)
            }
        } catch {
            return .ignored(.malformed(error))
        }
    }

    // MARK: ARP

    private func answer(_ frame: EthernetFrame, _ packet: ARPPacket) -> PlatformOutcome {
        if ownAddresses.contains(packet.senderAddress) { return .conflict(packet.senderAddress, packet.senderMAC) }
        if packet.operation == .request, !packet.isGratuitous {
            // Forwarders answer this by themselves once they have the route; until then it comes here.
            guard ownAddresses.contains(packet.targetAddress), !packet.isProbe else { return .ignored(.notForPlatform) }
            let reply = ARPPacket(
                .reply, sender: .gateway, packet.targetAddress, target: packet.senderMAC, packet.senderAddress)
            return .answer(frame.answer(from: .gateway, reply.bytes).bytes)
        }
        guard !packet.senderAddress.isUnspecified, !packet.senderMAC.isBroadcast, packet.senderMAC != .zero else {
            return .ignored(.notForPlatform)
        }
        return .seen(packet.senderAddress, packet.senderMAC)
    }

    // MARK: IPv4

    private func answer(_ frame: EthernetFrame, _ packet: IPv4Packet) throws(PacketError) -> PlatformOutcome {
        switch packet.number {
        case .udp:
            let datagram = try UDPDatagram(in: packet)
            if datagram.destinationPort == 67, let dhcp { return .dhcp(dhcp.answer(frame, packet, datagram)) }
            guard ownAddresses.contains(packet.destination) else { return .ignored(.notForPlatform) }
            guard datagram.destinationPort == 53 else { return .ignored(.noService(.udp, port: datagram.destinationPort)) }
            return try answer(frame, packet, datagram)
        case .icmp:
            guard ownAddresses.contains(packet.destination) else { return .ignored(.notForPlatform) }
            guard case .echoRequest(let identifier, let sequence, let data) = try ICMPMessage(in: packet) else {
                return .ignored(.noService(.icmp, port: nil))
            }
            let reply = ICMPMessage.echoReply(identifier: identifier, sequence: sequence, data: data)
            return .answer(frame.answer(packet, reply.bytes))
        default:
            return .ignored(ownAddresses.contains(packet.destination) ? .noService(packet.number, port: nil) : .notForPlatform)
        }
    }

    // MARK: DNS

    private func answer(_ frame: EthernetFrame, _ packet: IPv4Packet, _ datagram: UDPDatagram) throws(PacketError) -> PlatformOutcome {
        let query = try DNSQuery(parsing: datagram.payload)
        guard !query.isResponse else { return .ignored(.notForPlatform) }
        func respond(_ code: DNSResponseCode, _ answers: [DNSRecordData] = []) -> PlatformOutcome {
            let response = DNSResponse(
                query: query, code: code, answers: answers, timeToLive: Self.nameTimeToLive, offersRecursion: true)
            return .answer(frame.answer(packet, datagram, response.bytes))
        }
        guard query.operation == 0 else { return respond(.notImplemented) }
        guard query.questionCount == 1, let question = query.question else { return respond(.formatError) }
        switch scope.map({ names.lookUp(question, for: $0) }) ?? .elsewhere {
        case .found(let records): return respond(.noError, records)
        case .noData: return respond(.noError)
        case .nonexistent where !hasNameService: return respond(.nameError)
        case .nonexistent, .elsewhere:
            return .ask(
                ForwardedQuery(query: query, message: Array(datagram.payload), frame: frame, packet: packet, datagram: datagram))
        }
    }
}

extension EthernetFrame {
    /// A packet back to where one came from, with the same protocol.
    fileprivate func answer(_ packet: IPv4Packet, _ payload: [UInt8]) -> [UInt8] {
        let reply = IPv4Packet(
            from: packet.destination, to: packet.source, packet.number, typeOfService: packet.typeOfService,
            identification: packet.identification, payload: payload[...])
        return answer(from: .gateway, reply.bytes).bytes
    }

    /// A datagram back to where one came from.
    fileprivate func answer(_ packet: IPv4Packet, _ datagram: UDPDatagram, _ message: [UInt8]) -> [UInt8] {
        let reply = UDPDatagram(from: datagram.destinationPort, to: datagram.sourcePort, payload: message[...])
        return answer(packet, reply.bytes(from: packet.destination, to: packet.source))
    }
}
