// The headers of IPv4 (RFC 791) and IPv6 (RFC 8200), every bit of them, so that what is read is written again the same.

import NetworkTypes

struct IPv4Header: Equatable {
    var serviceClass: UInt8
    var totalLength: UInt16
    var identification: UInt16
    /// The first bit, which nobody is to set, and which is passed on.
    var reservedFlag: Bool
    var dontFragment: Bool
    var moreFragments: Bool
    /// In units of eight bytes.
    var offset: UInt16
    var hops: UInt8
    var `protocol`: UInt8
    var checksum: UInt16
    var source: IPv4Address
    var destination: IPv4Address
    var options: [UInt8]

    var length: Int { 20 + options.count }

    init(_ bytes: [UInt8], isQuoted: Bool) throws(Drop) {
        guard bytes.count >= 20 else { throw .pull }
        let length = Int(bytes[0] & 0xF) * 4
        totalLength = bytes.word(at: 2)
        guard length >= 20, Int(totalLength) >= length else { throw .invalidPacket }
        guard isQuoted || Int(totalLength) <= bytes.count, length <= bytes.count else { throw .pull }
        serviceClass = bytes[1]
        identification = bytes.word(at: 4)
        let fragment = bytes.word(at: 6)
        reservedFlag = fragment & 0x8000 != 0
        dontFragment = fragment & 0x4000 != 0
        moreFragments = fragment & 0x2000 != 0
        offset = fragment & 0x1FFF
        hops = bytes[8]
        self.protocol = bytes[9]
        checksum = bytes.word(at: 10)
        source = IPv4Address(rawValue: bytes.longWord(at: 12))
        destination = IPv4Address(rawValue: bytes.longWord(at: 16))
        options = bytes.bytes(from: 20, to: length)
    }

    /// A header without options, its checksum right.
    init(
        serviceClass: UInt8, identification: UInt16, hops: UInt8, protocol: UInt8, source: IPv4Address, destination: IPv4Address,
        carrying: Int
    ) {
        self.serviceClass = serviceClass
        totalLength = UInt16(20 + carrying)
        self.identification = identification
        (reservedFlag, dontFragment, moreFragments, offset) = (false, false, false, 0)
        (self.hops, self.protocol, self.source, self.destination) = (hops, `protocol`, source, destination)
        options = []
        checksum = 0
        checksum = rightChecksum
    }

    var bytes: [UInt8] {
        var bytes = [0x40 | UInt8(length / 4), serviceClass]
        bytes.append(word: totalLength)
        bytes.append(word: identification)
        bytes.append(word: (reservedFlag ? 0x8000 : 0) | (dontFragment ? 0x4000 : 0) | (moreFragments ? 0x2000 : 0) | offset)
        bytes += [hops, self.protocol]
        bytes.append(word: checksum)
        return bytes + source.bytes + destination.bytes + options
    }

    /// The checksum that the other fields call for.
    var rightChecksum: UInt16 {
        var copy = self
        copy.checksum = 0
        return internetChecksum(copy.bytes)
    }
}

struct IPv6Header: Equatable {
    /// More than any program sends in a row; longer chains are not followed.
    static let mostExtensions = 8

    var serviceClass: UInt8
    var flowLabel: UInt32
    var payloadLength: UInt16
    var nextHeader: UInt8
    var hops: UInt8
    var source: IPv6Address
    var destination: IPv6Address
    /// Extension headers in front of what the packet carries, as they stand.
    var extensions: [UInt8] = []
    private(set) var carriedProtocol: UInt8
    private(set) var fragment: IPPacket.Fragment = .whole
    private(set) var identification: UInt32 = 0

    var length: Int { 40 + extensions.count }
    var totalLength: Int { 40 + Int(payloadLength) }

    init(_ bytes: [UInt8], isQuoted: Bool) throws(Drop) {
        guard bytes.count >= 40, let source = IPv6Address(bytes: bytes[8..<24]), let destination = IPv6Address(bytes: bytes[24..<40])
        else { throw .pull }
        let word = bytes.longWord(at: 0)
        serviceClass = UInt8(word >> 20 & 0xFF)
        flowLabel = word & 0xFFFFF
        payloadLength = bytes.word(at: 4)
        nextHeader = bytes[6]
        hops = bytes[7]
        (self.source, self.destination) = (source, destination)
        carriedProtocol = nextHeader
        guard isQuoted || 40 + Int(payloadLength) <= bytes.count else { throw .pull }
        try readExtensions(bytes.bytes(from: 40, to: 40 + Int(payloadLength)))
    }

    /// Hop-by-hop options, routing, fragment, authentication and destination options, up to the first header that is none of them. Nothing
    /// behind the fragment header of a later fragment is a header.
    private mutating func readExtensions(_ rest: [UInt8]) throws(Drop) {
        var count = 0
        while [0, 43, 44, 51, 60].contains(carriedProtocol), fragment != .later {
            guard count < Self.mostExtensions else { throw .invalidPacket }
            let start = extensions.count
            guard rest.count >= start + 8 else { throw .pull }
            let more: Int
            switch carriedProtocol {
            case 44:
                more = 0
                let word = rest.word(at: start + 2)
                fragment = word & 0xFFF8 != 0 ? .later : word & 1 != 0 ? .first : .whole
                identification = rest.longWord(at: start + 4)
            case 51: more = Int(rest[start + 1]) * 4
            default: more = Int(rest[start + 1]) * 8
            }
            guard rest.count >= start + 8 + more else { throw .pull }
            carriedProtocol = rest[start]
            extensions = rest.bytes(from: 0, to: start + 8 + more)
            count += 1
        }
    }

    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(longWord: 6 << 28 | UInt32(serviceClass) << 20 | flowLabel)
        bytes.append(word: payloadLength)
        bytes += [nextHeader, hops]
        return bytes + source.bytes + destination.bytes + extensions
    }
}
