// IPv4 packets (RFC 791) and the protocols that the agent itself speaks over them.

import NetworkTypes

/// A number of the protocol field.
public struct IPProtocol: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let icmp = IPProtocol(rawValue: 1)
    public static let igmp = IPProtocol(rawValue: 2)
    public static let tcp = IPProtocol(rawValue: 6)
    public static let udp = IPProtocol(rawValue: 17)
    public static let icmpv6 = IPProtocol(rawValue: 58)
    public static let sctp = IPProtocol(rawValue: 132)
}

/// An IPv4 packet. Options are passed over on reading and never written. Promises that the checksum was right.
public struct IPv4Packet: Equatable, Sendable {
    public var source: IPv4Address
    public var destination: IPv4Address
    public var number: IPProtocol
    public var timeToLive: UInt8
    /// Type of service, or the code point of RFC 2474 with two bits of RFC 3168.
    public var typeOfService: UInt8
    public var identification: UInt16
    public var mayFragment: Bool
    public var hasMoreFragments: Bool
    /// In bytes, a multiple of 8.
    public var fragmentOffset: Int
    public var payload: ArraySlice<UInt8>

    /// Of packets without options.
    public static let headerBytes = 20

    public init(
        from source: IPv4Address, to destination: IPv4Address, _ number: IPProtocol, timeToLive: UInt8 = 64, typeOfService: UInt8 = 0,
        identification: UInt16 = 0, mayFragment: Bool = true, payload: ArraySlice<UInt8>
    ) {
        self.source = source
        self.destination = destination
        self.number = number
        self.timeToLive = timeToLive
        self.typeOfService = typeOfService
        self.identification = identification
        self.mayFragment = mayFragment
        hasMoreFragments = false
        fragmentOffset = 0
        self.payload = payload
    }

    public init(parsing bytes: ArraySlice<UInt8>) throws(PacketError) { try self.init(parsing: bytes, isQuoted: false) }

    /// - Parameter isQuoted: the packet is what an ICMP error quotes: cut short, and with a checksum that routers may have left stale.
    public init(parsing bytes: ArraySlice<UInt8>, isQuoted: Bool) throws(PacketError) {
        var reader = PacketReader(bytes, of: "ipv4")
        let first: UInt8 = try reader.integer("version")
        guard first >> 4 == 4 else { throw reader.refused("version", "it is \(first >> 4) instead of 4", at: 0) }
        let headerBytes = Int(first & 0xF) * 4
        guard headerBytes >= Self.headerBytes else {
            throw reader.refused("header-length", "\(headerBytes) bytes are fewer than 20", at: 0)
        }
        typeOfService = try reader.integer("type-of-service")
        let total = Int(try reader.integer("total-length", as: UInt16.self))
        guard total >= headerBytes else { throw reader.refused("total-length", "\(total) bytes are fewer than the header's", at: 2) }
        identification = try reader.integer("identification")
        let fragment: UInt16 = try reader.integer("fragment")
        mayFragment = fragment & 0x4000 == 0
        hasMoreFragments = fragment & 0x2000 != 0
        fragmentOffset = Int(fragment & 0x1FFF) * 8
        timeToLive = try reader.integer("ttl")
        number = IPProtocol(rawValue: try reader.integer("protocol"))
        _ = try reader.integer("checksum", as: UInt16.self)
        source = try reader.address("source")
        destination = try reader.address("destination")
        _ = try reader.take(headerBytes - Self.headerBytes, "options")
        if isQuoted {
            payload = reader.rest().prefix(total - headerBytes)
            return
        }
        guard InternetChecksum.of(bytes.prefix(headerBytes)) == 0 else {
            throw reader.refused("checksum", "it does not belong to this header", at: 10)
        }
        var limited = try reader.limited(to: total, "total-length")
        payload = limited.rest()
    }

    public var isFragment: Bool { hasMoreFragments || fragmentOffset > 0 }

    /// The packet, with its checksum. The payload's length must leave it below 65536 bytes.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.headerBytes + payload.count)
        bytes.append(0x45)
        bytes.append(typeOfService)
        bytes.append(bigEndian: UInt16(truncatingIfNeeded: Self.headerBytes + payload.count))
        bytes.append(bigEndian: identification)
        let flags: UInt16 = (mayFragment ? 0 : 0x4000) | (hasMoreFragments ? 0x2000 : 0)
        bytes.append(bigEndian: flags | UInt16(truncatingIfNeeded: fragmentOffset / 8) & 0x1FFF)
        bytes.append(timeToLive)
        bytes.append(number.rawValue)
        bytes.append(bigEndian: UInt16(0))
        bytes.append(source)
        bytes.append(destination)
        bytes.overwrite(InternetChecksum.of(bytes), at: 10)
        bytes += payload
        return bytes
    }
}
