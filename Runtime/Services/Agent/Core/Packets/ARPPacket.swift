// ARP (RFC 826) for IPv4 on Ethernet, with the probes and announcements of RFC 5227.

import NetworkTypes

public struct ARPPacket: Equatable, Sendable {
    public enum Operation: UInt16, Sendable {
        case request = 1
        case reply = 2
    }

    public var operation: Operation
    public var senderMAC: MACAddress
    public var senderAddress: IPv4Address
    /// In a request: not known, and usually zero.
    public var targetMAC: MACAddress
    public var targetAddress: IPv4Address

    public init(
        _ operation: Operation, sender: MACAddress, _ senderAddress: IPv4Address, target: MACAddress, _ targetAddress: IPv4Address
    ) {
        self.operation = operation
        senderMAC = sender
        self.senderAddress = senderAddress
        targetMAC = target
        self.targetAddress = targetAddress
    }

    public init(parsing bytes: ArraySlice<UInt8>) throws(PacketError) {
        var reader = PacketReader(bytes, of: "arp")
        let kinds: UInt64 = try reader.integer("kinds")
        guard kinds >> 16 == 0x0001_0800_0604 else { throw reader.refused("kinds", "it is not about IPv4 on Ethernet", at: 0) }
        guard let operation = Operation(rawValue: UInt16(truncatingIfNeeded: kinds)) else {
            throw reader.refused("operation", "\(kinds & 0xFFFF) is neither 1, a request, nor 2, a reply", at: 6)
        }
        self.operation = operation
        senderMAC = try reader.address("sender-mac")
        senderAddress = try reader.address("sender-address")
        targetMAC = try reader.address("target-mac")
        targetAddress = try reader.address("target-address")
        guard !senderMAC.isMulticast else { throw reader.refused("sender-mac", "\(senderMAC) is a group's address", at: 8) }
    }

    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: UInt64(0x0001_0800_0604) << 16 | UInt64(operation.rawValue))
        bytes.append(senderMAC)
        bytes.append(senderAddress)
        bytes.append(targetMAC)
        bytes.append(targetAddress)
        return bytes
    }

    /// The sender tells everybody its own address.
    public var isGratuitous: Bool { senderAddress == targetAddress && !senderAddress.isUnspecified }

    /// The sender makes sure that nobody has an address before it takes it (RFC 5227 §2.1.1).
    public var isProbe: Bool { operation == .request && senderAddress.isUnspecified }
}
