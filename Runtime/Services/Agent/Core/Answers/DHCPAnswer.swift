// DHCP (RFC 2131) on behalf of every network: each workload has one address, which the configuration gave it, and gets it for ever.
//
// A workload may boot before its configuration has arrived. It is then answered with what is known and a lease of four seconds, so that it
// asks again soon instead of giving up.

import NetworkTypes

/// What a workload is told about its network.
public struct DHCPConfiguration: Sendable, Equatable {
    /// The interface's; requests from others are not answered.
    public var hardwareAddress: MACAddress
    public var address: IPv4Address
    public var prefixLength: Int
    public var gateway: IPv4Address?
    /// The address under which the platform answers in this subnet: DHCP and DNS. Absent: the gateway's.
    public var service: IPv4Address?
    public var nameServers: [IPv4Address]
    public var hostName: String?
    public var domainName: String?
    /// In seconds; `.max` is for ever.
    public var leaseTime: UInt32
    /// False until everything that the answer depends on is known; the lease is then short.
    public var isComplete: Bool
    /// Options of the interface, of its subnet and of its address management, in this order: the first that has an option gives it.
    public var options: [[DHCPOption]]
    /// Routes of the interface, its subnet, its network and its address management, in this order: the first that has any gives all.
    public var routes: [[ClasslessRoute]]

    public static let shortLease: UInt32 = 4

    public init(hardwareAddress: MACAddress, address: IPv4Address, prefixLength: Int, gateway: IPv4Address? = nil) {
        self.hardwareAddress = hardwareAddress
        self.address = address
        self.prefixLength = prefixLength
        self.gateway = gateway
        nameServers = []
        leaseTime = .max
        isComplete = true
        options = []
        routes = []
    }
}

/// What becomes of a DHCP message from a workload.
public enum DHCPOutcome: Equatable, Sendable {
    case answer(DHCPMessageType, frame: [UInt8])
    /// Nothing is to be answered: a release, or a decline. Counted.
    case noted(DHCPMessageType)
    case ignored(Ignored)

    public enum Ignored: Equatable, Sendable {
        case malformed(PacketError)
        /// The hardware address in the message or the frame is not the interface's.
        case foreignHardwareAddress(MACAddress)
        /// A reply, or something that only servers say.
        case notARequest
        /// It came through a relay, and workloads have no business to relay.
        case relayed
        /// The client accepted the offer of another server.
        case otherServer(IPv4Address)
    }
}

extension DHCPConfiguration {
    /// Answers a frame that carries DHCP to a server.
    public func answer(_ frame: EthernetFrame, _ packet: IPv4Packet, _ datagram: UDPDatagram) -> DHCPOutcome {
        let request: DHCPMessage
        do throws(PacketError) { request = try DHCPMessage(parsing: datagram.payload) } catch { return .ignored(.malformed(error)) }
        guard !request.isReply, let type = request.type else { return .ignored(.notARequest) }
        guard frame.source == hardwareAddress else { return .ignored(.foreignHardwareAddress(frame.source)) }
        guard request.hardwareAddress == hardwareAddress else { return .ignored(.foreignHardwareAddress(request.hardwareAddress)) }
        guard request.relayAddress.isUnspecified else { return .ignored(.relayed) }
        switch type {
        case .discover: return .answer(.offer, frame: self.frame(reply(.offer, to: request), to: request, frame))
        case .request:
            if let named = request.address(54), named != server(), named != gateway { return .ignored(.otherServer(named)) }
            // A client that renews says its address in the head; one that selects or reboots, in the option. One that says none is told.
            let wanted = request.address(50) ?? (request.clientAddress.isUnspecified ? nil : request.clientAddress)
            let answer: DHCPMessageType = wanted == nil || wanted == address ? .acknowledge : .refuse
            return .answer(answer, frame: self.frame(reply(answer, to: request), to: request, frame))
        case .inform: return .answer(.acknowledge, frame: self.frame(reply(.acknowledge, to: request), to: request, frame))
        case .decline, .release: return .noted(type)
        case .offer, .acknowledge, .refuse: return .ignored(.notARequest)
        }
    }

    /// The address that answers come from. Before there is configuration, the link-local address of the metadata service stands in.
    private func server() -> IPv4Address { service ?? gateway ?? IPv4Address(169, 254, 169, 254) }

    // MARK: The reply

    /// - Returns: the message, its options in the order that clients of the platform have always seen.
    func reply(_ type: DHCPMessageType, to request: DHCPMessage) -> DHCPMessage {
        var reply = DHCPMessage(isReply: true, transaction: request.transaction, hardwareAddress: request.hardwareAddress)
        reply.wantsBroadcast = request.wantsBroadcast
        // A reply goes out whole: as much as fits what the client takes, 576 bytes of packet unless it says more.
        let greatest = max(576, request.option(57).flatMap { $0.count == 2 ? Int($0[0]) << 8 | Int($0[1]) : nil } ?? 576)
        var options = ReplyOptions(room: min(greatest, 1400) - IPv4Packet.headerBytes - 8 - DHCPMessage.fixedBytes - 1)
        // RFC 6842 and RFC 3046: what identifies the client or its relay comes back, and has its room before all others.
        let echoed = [61, 82].compactMap { code in request.option(code).map { DHCPOption(code, $0) } }
        options.reserve(echoed)
        options.add(53, [type.rawValue])
        options.add(54, server().bytes)
        if type == .refuse {
            // RFC 2131 §4.3.2: nothing else, and no address, for the client starts again.
            options.add(56, Array("cannot assign requested address".utf8))
            reply.options = options.all + echoed
            reply.wantsBroadcast = true
            return reply
        }
        let isInform = request.type == .inform
        reply.clientAddress = isInform || type == .acknowledge ? request.clientAddress : .any
        reply.yourAddress = isInform ? .any : address
        reply.serverAddress = server()
        addNetwork(to: &options)
        for option in self.options.joined() { options.add(option) }
        if !isInform { options.add(51, isComplete ? leaseTime : Self.shortLease) }
        addRoutes(to: &options)
        if let hostName, !hostName.isEmpty { options.add(12, Array(hostName.utf8.prefix(255))) }
        if !nameServers.isEmpty { options.add(6, nameServers.flatMap(\.bytes)) }
        if let domainName, !domainName.isEmpty { options.add(15, Array(domainName.utf8.prefix(255))) }
        reply.options = options.all + echoed
        if let server = reply.option(66), let text = String(validating: server, as: UTF8.self),
            let address = try? IPv4Address(parsing: text)
        {
            reply.serverAddress = address
        }
        if let file = reply.option(67) { reply.bootFile = Array(file.prefix(127)) }
        return reply
    }

    private func addNetwork(to options: inout ReplyOptions) {
        let prefix = IPv4Prefix(address, length: prefixLength)
        options.add(1, prefix.mask.bytes)
        if let broadcast = prefix.broadcast { options.add(28, broadcast.bytes) }
    }

    /// A client that understands option 121 does not look at option 3 (RFC 3442), so that the default route has to be in both.
    private func addRoutes(to options: inout ReplyOptions) {
        if var routes = self.routes.first(where: { !$0.isEmpty }) {
            if let gateway, !routes.contains(where: { $0.prefix.length == 0 }) { routes.append(ClasslessRoute(.all, via: gateway)) }
            options.add(DHCPOption.classlessRoutes(routes))
        }
        guard let gateway else { return }
        let hasOwnDefault = options[121].map { DHCPConfiguration.routes($0).contains { $0.prefix.length == 0 && $0.router != gateway } }
        if hasOwnDefault != true { options.add(3, gateway.bytes) }
    }

    /// The routes in a value of option 121, up to the first that is malformed.
    static func routes(_ value: [UInt8]) -> [ClasslessRoute] {
        var routes: [ClasslessRoute] = []
        var rest = value[...]
        while let length = rest.first.map(Int.init), length <= 32 {
            let count = 1 + (length + 7) / 8
            guard rest.count >= count + 4, let prefix = IPv4Prefix(bytes: rest.prefix(count)),
                let router = IPv4Address(bytes: rest.dropFirst(count).prefix(4))
            else { break }
            routes.append(ClasslessRoute(prefix, via: router))
            rest = rest.dropFirst(count + 4)
        }
        return routes
    }

    // MARK: The way back

    /// RFC 2131 §4.1: to the client's own address if it has one, to everybody if it asks for that or is refused, else to the address that it is given.
    private func frame(_ reply: DHCPMessage, to request: DHCPMessage, _ frame: EthernetFrame) -> [UInt8] {
        let isRefused = reply.type == .refuse
        let destination: IPv4Address
        if !request.clientAddress.isUnspecified, !isRefused {
            destination = request.clientAddress
        } else if reply.wantsBroadcast || reply.yourAddress.isUnspecified {
            destination = .broadcast
        } else {
            destination = reply.yourAddress
        }
        let message = reply.bytes
        let datagram = UDPDatagram(from: 67, to: 68, payload: message[...]).bytes(from: server(), to: destination)
        let packet = IPv4Packet(from: server(), to: destination, .udp, timeToLive: 16, payload: datagram[...])
        return EthernetFrame(
            to: destination == .broadcast ? .broadcast : hardwareAddress, from: .gateway, tags: frame.tags, type: .ipv4,
            payload: packet.bytes[...]
        ).bytes
    }
}

/// The options of a reply, each code once, within what the client can take.
private struct ReplyOptions {
    private(set) var all: [DHCPOption] = []
    private var room: Int

    init(room: Int) { self.room = room }

    subscript(_ code: UInt8) -> [UInt8]? { all.first { $0.code == code }?.value }

    mutating func reserve(_ options: [DHCPOption]) { room -= options.reduce(0) { $0 + $1.encodedBytes } }

    /// The first that gives an option wins. One that does not fit any more is left out.
    mutating func add(_ option: DHCPOption) {
        guard self[option.code] == nil, option.encodedBytes <= room else { return }
        room -= option.encodedBytes
        all.append(option)
    }

    mutating func add(_ code: UInt8, _ value: [UInt8]) { add(DHCPOption(code, value)) }

    mutating func add(_ code: UInt8, _ value: UInt32) {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: value)
        add(code, bytes)
    }
}
