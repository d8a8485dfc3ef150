// DHCP messages (RFC 2131) and their options (RFC 2132; long ones, RFC 3396).

import NetworkTypes

/// What a message says; option 53.
public enum DHCPMessageType: UInt8, CaseIterable, Sendable {
    case discover = 1
    case offer = 2
    case request = 3
    case decline = 4
    case acknowledge = 5
    case refuse = 6
    case release = 7
    case inform = 8
}

/// An option: its number, 1 to 254, and its value, which may be longer than the 255 bytes that one occurrence takes.
public struct DHCPOption: Equatable, Sendable {
    public let code: UInt8
    public let value: [UInt8]

    public init(_ code: UInt8, _ value: [UInt8]) {
        self.code = code
        self.value = value
    }

    /// How many bytes it takes in a message.
    var encodedBytes: Int { value.count + 2 * max(1, (value.count + 254) / 255) }
}

public struct DHCPMessage: Equatable, Sendable {
    public var isReply: Bool
    public var hops: UInt8
    public var transaction: UInt32
    /// Since the client began, in seconds.
    public var seconds: UInt16
    /// The client cannot take unicast packets before it has an address.
    public var wantsBroadcast: Bool
    /// The client's own address, if it has one and answers for it.
    public var clientAddress: IPv4Address
    /// The address that the client is given.
    public var yourAddress: IPv4Address
    /// The server of the next step of booting.
    public var serverAddress: IPv4Address
    public var relayAddress: IPv4Address
    public var hardwareAddress: MACAddress
    /// At most 64 and 128 bytes; empty on reading if they held options.
    public var serverName: [UInt8]
    public var bootFile: [UInt8]
    /// In the order of the message, each code once.
    public var options: [DHCPOption]

    static let magic: UInt32 = 0x6382_5363
    /// The fields before the options, with the magic number.
    static let fixedBytes = 240
    /// What the older BOOTP clients insist on (RFC 1542 §2.1).
    static let leastBytes = 300

    public init(isReply: Bool, transaction: UInt32, hardwareAddress: MACAddress, options: [DHCPOption] = []) {
        self.isReply = isReply
        self.transaction = transaction
        self.hardwareAddress = hardwareAddress
        self.options = options
        hops = 0
        seconds = 0
        wantsBroadcast = false
        clientAddress = .any
        yourAddress = .any
        serverAddress = .any
        relayAddress = .any
        serverName = []
        bootFile = []
    }

    public init(parsing bytes: ArraySlice<UInt8>) throws(PacketError) {
        var reader = PacketReader(bytes, of: "dhcp")
        let operation: UInt8 = try reader.integer("op")
        guard operation == 1 || operation == 2 else { throw reader.refused("op", "\(operation) is neither a request nor a reply", at: 0) }
        isReply = operation == 2
        let kind: UInt16 = try reader.integer("htype")
        guard kind == 0x0106 else { throw reader.refused("htype", "the hardware address is not Ethernet's", at: 1) }
        hops = try reader.integer("hops")
        transaction = try reader.integer("xid")
        seconds = try reader.integer("secs")
        wantsBroadcast = try reader.integer("flags", as: UInt16.self) & 0x8000 != 0
        clientAddress = try reader.address("ciaddr")
        yourAddress = try reader.address("yiaddr")
        serverAddress = try reader.address("siaddr")
        relayAddress = try reader.address("giaddr")
        hardwareAddress = try reader.address("chaddr")
        _ = try reader.take(10, "chaddr")
        let name = try reader.take(64, "sname")
        let file = try reader.take(128, "file")
        let magic: UInt32 = try reader.integer("options")
        guard magic == Self.magic else { throw reader.refused("options", "they do not begin with the magic number of DHCP", at: 236) }
        var found = FoundOptions()
        try found.read(reader.rest(), at: Self.fixedBytes)
        // Option 52 says that the fields of server name and boot file hold further options, in this order.
        let overload = found.value(52)?.first ?? 0
        guard overload <= 3 else { throw reader.refused("options", "option 52 is \(overload) instead of 1 to 3", at: Self.fixedBytes) }
        if overload & 1 != 0 { try found.read(file, at: 108) }
        if overload & 2 != 0 { try found.read(name, at: 44) }
        serverName = overload & 2 != 0 ? [] : Array(name.prefix { $0 != 0 })
        bootFile = overload & 1 != 0 ? [] : Array(file.prefix { $0 != 0 })
        options = found.options
    }

    public var bytes: [UInt8] {
        var bytes: [UInt8] = [isReply ? 2 : 1, 1, 6, hops]
        bytes.append(bigEndian: transaction)
        bytes.append(bigEndian: seconds)
        bytes.append(bigEndian: UInt16(wantsBroadcast ? 0x8000 : 0))
        for address in [clientAddress, yourAddress, serverAddress, relayAddress] { bytes.append(address) }
        bytes.append(hardwareAddress)
        bytes += [UInt8](repeating: 0, count: 10)
        for (field, count) in [(serverName, 64), (bootFile, 128)] {
            bytes += field.prefix(count)
            bytes += [UInt8](repeating: 0, count: count - min(count, field.count))
        }
        bytes.append(bigEndian: Self.magic)
        for option in options {
            var rest = option.value[...]
            repeat {
                let part = rest.prefix(255)
                bytes.append(option.code)
                bytes.append(UInt8(part.count))
                bytes += part
                rest = rest.dropFirst(255)
            } while !rest.isEmpty
        }
        bytes.append(255)
        if bytes.count < Self.leastBytes { bytes += [UInt8](repeating: 0, count: Self.leastBytes - bytes.count) }
        return bytes
    }

    public func option(_ code: UInt8) -> [UInt8]? { options.first { $0.code == code }?.value }

    public var type: DHCPMessageType? { option(53).flatMap { $0.count == 1 ? DHCPMessageType(rawValue: $0[0]) : nil } }

    /// An option that holds one address.
    public func address(_ code: UInt8) -> IPv4Address? { option(code).flatMap { IPv4Address(bytes: $0) } }
}

/// Options as they are found, occurrences of one code joined.
private struct FoundOptions {
    var options: [DHCPOption] = []

    func value(_ code: UInt8) -> [UInt8]? { options.first { $0.code == code }?.value }

    mutating func read(_ area: ArraySlice<UInt8>, at offset: Int) throws(PacketError) {
        var reader = PacketReader(area, of: "dhcp")
        while reader.left > 0 {
            let start = reader.position
            let code: UInt8 = try reader.integer("options")
            if code == 0 { continue }
            if code == 255 { return }
            guard reader.left > 0 else { throw PacketError("dhcp.options", at: offset + start, "option \(code) has no length") }
            let count = Int(try reader.integer("options", as: UInt8.self))
            guard count <= reader.left else {
                throw PacketError("dhcp.options", at: offset + start, "option \(code) has \(count) bytes, and \(reader.left) are left")
            }
            let value = Array(try reader.take(count, "options"))
            if let index = options.firstIndex(where: { $0.code == code }) {
                options[index] = DHCPOption(code, options[index].value + value)
            } else {
                options.append(DHCPOption(code, value))
            }
        }
    }
}
