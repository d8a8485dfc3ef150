// Ethernet frames (IEEE 802.3), with the VLAN tags of IEEE 802.1Q and 802.1ad.

import NetworkTypes

/// What follows the Ethernet header.
public struct EtherType: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt16
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    public static let ipv4 = EtherType(rawValue: 0x0800)
    public static let arp = EtherType(rawValue: 0x0806)
    public static let vlan = EtherType(rawValue: 0x8100)
    public static let serviceVLAN = EtherType(rawValue: 0x88A8)
    public static let ipv6 = EtherType(rawValue: 0x86DD)
}

/// A frame without its check sequence. Tags are kept as they are, outermost first.
public struct EthernetFrame: Equatable, Sendable {
    /// An 802.1Q tag: its type, and priority, drop bit and VLAN in one word.
    public struct Tag: Hashable, Sendable {
        public let type: EtherType
        public let word: UInt16
        public init(type: EtherType, word: UInt16) {
            self.type = type
            self.word = word
        }
        /// 0 to 4095.
        public var vlan: UInt16 { word & 0xFFF }
    }

    public var destination: MACAddress
    public var source: MACAddress
    public var tags: [Tag]
    public var type: EtherType
    public var payload: ArraySlice<UInt8>

    /// More tags than this are nobody's: what follows is then the payload.
    private static let greatestTags = 2

    public init(to destination: MACAddress, from source: MACAddress, tags: [Tag] = [], type: EtherType, payload: ArraySlice<UInt8>) {
        self.destination = destination
        self.source = source
        self.tags = tags
        self.type = type
        self.payload = payload
    }

    public init(parsing bytes: ArraySlice<UInt8>) throws(PacketError) {
        var reader = PacketReader(bytes, of: "ethernet")
        destination = try reader.address("destination")
        source = try reader.address("source")
        tags = []
        var type = EtherType(rawValue: try reader.integer("type"))
        while (type == .vlan || type == .serviceVLAN) && tags.count < Self.greatestTags {
            tags.append(Tag(type: type, word: try reader.integer("tag")))
            type = EtherType(rawValue: try reader.integer("type"))
        }
        self.type = type
        payload = reader.rest()
    }

    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(14 + 4 * tags.count + payload.count)
        bytes.append(destination)
        bytes.append(source)
        for tag in tags {
            bytes.append(bigEndian: tag.type.rawValue)
            bytes.append(bigEndian: tag.word)
        }
        bytes.append(bigEndian: type.rawValue)
        bytes += payload
        return bytes
    }

    /// The same way back: a frame to whoever sent this one.
    public func answer(from source: MACAddress, _ payload: [UInt8]) -> EthernetFrame {
        EthernetFrame(to: self.source, from: source, tags: tags, type: type, payload: payload[...])
    }
}
