// Ethernet frames and ARP messages as values: read once, changed by field, written again.

import NetworkTypes

enum EtherType {
    static let ipv4: UInt16 = 0x0800
    static let arp: UInt16 = 0x0806
    static let vlan: UInt16 = 0x8100
    static let ipv6: UInt16 = 0x86DD
    static let mpls: UInt16 = 0x8847
    /// For local experiments (IEEE 802): frames between forwarder and agent.
    static let agent: UInt16 = 0x88B5
}

extension MACAddress {
    /// The gateway of every virtual network: VRRP's address of virtual router 0.
    static let gateway = MACAddress(0x00, 0x00, 0x5E, 0x00, 0x01, 0x00)
}

struct EthernetFrame: Equatable {
    static let headerLength = 14

    var destination: MACAddress
    var source: MACAddress
    var type: UInt16
    /// Everything behind the header, padding included.
    var payload: [UInt8]

    init(destination: MACAddress, source: MACAddress, type: UInt16, payload: [UInt8]) {
        (self.destination, self.source, self.type, self.payload) = (destination, source, type, payload)
    }

    init(_ bytes: [UInt8]) throws(Drop) {
        guard bytes.count >= Self.headerLength, let destination = MACAddress(bytes: bytes[0..<6]),
            let source = MACAddress(bytes: bytes[6..<12])
        else { throw .pull }
        self.init(destination: destination, source: source, type: bytes.word(at: 12), payload: bytes.bytes(from: Self.headerLength))
    }

    var bytes: [UInt8] {
        var bytes = destination.bytes + source.bytes
        bytes.append(word: type)
        return bytes + payload
    }

    /// For a group or for everybody.
    var isForMany: Bool { destination.isMulticast }

    /// The IP packet in the frame; nil if its type announces none.
    func packet() throws(Drop) -> IPPacket? {
        guard type == EtherType.ipv4 || type == EtherType.ipv6 else { return nil }
        let packet = try IPPacket(payload)
        guard packet.etherType == type else { throw .invalidPacket }
        return packet
    }
}

/// ARP about IPv4 on Ethernet (RFC 826).
struct ARPMessage: Equatable {
    static let length = 28

    var isRequest: Bool
    var senderMAC: MACAddress
    var sender: IPv4Address
    var targetMAC: MACAddress
    var target: IPv4Address
    /// What the frame has behind the message.
    var padding: [UInt8]

    init(_ bytes: [UInt8]) throws(Drop) {
        guard bytes.count >= Self.length else { throw .pull }
        let operation = bytes.word(at: 6)
        guard bytes.word(at: 0) == 1, bytes.word(at: 2) == EtherType.ipv4, bytes[4] == 6, bytes[5] == 4, operation == 1 || operation == 2,
            let senderMAC = MACAddress(bytes: bytes[8..<14]), let targetMAC = MACAddress(bytes: bytes[18..<24]), !senderMAC.isMulticast
        else { throw .invalidARP }
        isRequest = operation == 1
        (self.senderMAC, self.targetMAC) = (senderMAC, targetMAC)
        sender = IPv4Address(rawValue: bytes.longWord(at: 14))
        target = IPv4Address(rawValue: bytes.longWord(at: 24))
        padding = bytes.bytes(from: Self.length)
    }

    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(word: 1)
        bytes.append(word: EtherType.ipv4)
        bytes += [6, 4]
        bytes.append(word: isRequest ? 1 : 2)
        return bytes + senderMAC.bytes + sender.bytes + targetMAC.bytes + target.bytes + padding
    }

    /// The answer that says that the target is at a MAC address.
    func answered(with mac: MACAddress) -> ARPMessage {
        var answer = self
        answer.isRequest = false
        (answer.senderMAC, answer.sender) = (mac, target)
        (answer.targetMAC, answer.target) = (senderMAC, sender)
        return answer
    }
}
