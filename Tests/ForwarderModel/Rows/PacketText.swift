// Packets as rows describe them: a line a header. Types, protocols, lengths and the IPv4 checksum are filled in from what follows.

import NetworkTypes

public struct PacketText {
    /// The packet, and per byte the bits that matter.
    public private(set) var bytes: [UInt8] = []
    public private(set) var mask: [UInt8] = []

    /// A header, which knows how long it is, and which is finished once the bytes behind it are known.
    private struct Part {
        var kind: String
        var bytes: [UInt8] = []
        var mask: [UInt8]?
        /// Fills in what the line leaves open: the next header's kind, and how many bytes there are from this header's beginning to the end.
        var finish: (inout [UInt8], _ next: String, _ length: Int) -> Void = { _, _, _ in }
    }

    public init(_ lines: [RowFile.Line]) throws(RowError) {
        var parts: [Part] = []
        for line in lines {
            do { parts.append(try Self.part(line.words)) } catch { throw RowError("line \(line.number): \(error)") }
        }
        for (index, part) in parts.enumerated() {
            var finished = part.bytes
            let length = parts[index...].reduce(0) { $0 + $1.bytes.count }
            part.finish(&finished, index + 1 < parts.count ? parts[index + 1].kind : "", length)
            bytes += finished
            mask += part.mask ?? Array(repeating: 0xFF, count: finished.count)
        }
    }

    private static let etherTypes: [String: UInt16] = [
        "ip": EtherType.ipv4, "ip6": EtherType.ipv6, "arp": EtherType.arp, "vlan": EtherType.vlan, "agent": EtherType.agent,
    ]
    private static let protocols: [String: UInt8] = [
        "udp": IPProtocol.udp, "tcp": IPProtocol.tcp, "icmp": IPProtocol.icmp, "icmp6": IPProtocol.icmpv6, "gre": IPProtocol.gre,
    ]

    private static func part(_ words: [String]) throws(RowError) -> Part {
        let kind = words[0]
        var part = Part(kind: kind)
        switch kind {
        case "eth": try ethernet(words, &part)
        case "vlan":
            part.bytes.append(word: UInt16(truncatingIfNeeded: try number(words, 1)))
            part.bytes.append(word: 0)
            part.finish = { bytes, next, _ in bytes.replace(word: etherTypes[next] ?? 0, at: 2) }
        case "arp": try arp(words, &part)
        case "ip": try ipv4(words, &part)
        case "ip6": try ipv6(words, &part)
        case "udp", "tcp": try ports(words, &part)
        case "icmp", "icmp6":
            let options = try Options(words.dropFirst(3), known: ["id"])
            part.bytes = [UInt8(truncatingIfNeeded: try number(words, 1)), UInt8(truncatingIfNeeded: try number(words, 2)), 0, 0]
            part.bytes.append(word: UInt16(truncatingIfNeeded: try options.number("id") ?? 0))
            part.bytes += [0, 0]
        case "gre":
            let options = try Options(words.dropFirst(), known: ["flags", "type"])
            part.bytes.append(word: UInt16(truncatingIfNeeded: try options.number("flags") ?? 0))
            part.bytes.append(word: UInt16(truncatingIfNeeded: try options.number("type") ?? UInt32(EtherType.mpls)))
        case "mpls":
            let options = try Options(words.dropFirst(2), known: ["ttl", "bottom"])
            let bottom = try options.number("bottom") ?? 1, ttl = try options.number("ttl") ?? 64
            part.bytes.append(longWord: try number(words, 1) << 12 | bottom << 8 | ttl)
        case "control-word": part.bytes = [0, 0, 0, 0]
        case "vxlan":
            let options = try Options(words.dropFirst(2), known: ["flags"])
            part.bytes.append(longWord: (try options.number("flags") ?? 8) << 24)
            part.bytes.append(longWord: try number(words, 1) << 8)
        case "agent": try agent(words, &part)
        case "hex": try hexadecimal(words, &part)
        case "data": part.bytes = (0..<(try number(words, 1))).map { UInt8(truncatingIfNeeded: $0) }
        default: throw RowError("\(kind) is no header")
        }
        return part
    }

    private static func number(_ words: [String], _ position: Int) throws(RowError) -> UInt32 {
        guard position < words.count else { throw RowError("\(words[0]) wants more words") }
        return try parseNumber(words[position])
    }

    private static func value<Value: NetworkValue>(_ words: [String], _ position: Int, _: Value.Type) throws(RowError) -> Value {
        guard position < words.count else { throw RowError("\(words[0]) wants more words") }
        return try parseValue(words[position])
    }

    // MARK: Headers with much in them

    private static func ethernet(_ words: [String], _ part: inout Part) throws(RowError) {
        let type = try Options(words.dropFirst(3), known: ["type"]).number("type").map { UInt16(truncatingIfNeeded: $0) }
        part.bytes = try value(words, 1, MACAddress.self).bytes + value(words, 2, MACAddress.self).bytes + [0, 0]
        part.finish = { bytes, next, _ in bytes.replace(word: type ?? etherTypes[next] ?? 0, at: 12) }
    }

    private static func arp(_ words: [String], _ part: inout Part) throws(RowError) {
        let options = try Options(words.dropFirst(6), known: ["hardware"])
        let operation: UInt32
        switch words.dropFirst().first {
        case "request": operation = 1
        case "reply": operation = 2
        default: operation = try number(words, 1)
        }
        part.bytes.append(word: UInt16(truncatingIfNeeded: try options.number("hardware") ?? 1))
        part.bytes += [8, 0, 6, 4]
        part.bytes.append(word: UInt16(truncatingIfNeeded: operation))
        part.bytes += try value(words, 2, MACAddress.self).bytes + value(words, 3, IPv4Address.self).bytes
        part.bytes += try value(words, 4, MACAddress.self).bytes + value(words, 5, IPv4Address.self).bytes
    }

    private static func ipv4(_ words: [String], _ part: inout Part) throws(RowError) {
        let options = try Options(
            words.dropFirst(3), known: ["ttl", "proto", "id", "tos", "offset", "len", "sum", "ihl", "version"], flags: ["df", "mf"])
        let units = try options.number("ihl") ?? 5, version = try options.number("version") ?? 4
        let fragment = (try options.number("offset") ?? 0) | (options.has("df") ? 0x4000 : 0) | (options.has("mf") ? 0x2000 : 0)
        let given = (
            length: try options.number("len"), protocol: try options.number("proto"), checksum: try options.number("sum")
        )
        part.bytes = [UInt8(version << 4 | units), UInt8(truncatingIfNeeded: try options.number("tos") ?? 0), 0, 0]
        part.bytes.append(word: UInt16(truncatingIfNeeded: try options.number("id") ?? 0))
        part.bytes.append(word: UInt16(truncatingIfNeeded: fragment))
        part.bytes += [UInt8(truncatingIfNeeded: try options.number("ttl") ?? 64), 0, 0, 0]
        part.bytes += try value(words, 1, IPv4Address.self).bytes + value(words, 2, IPv4Address.self).bytes
        part.bytes += Array(repeating: 0, count: Int(max(units, 5) - 5) * 4)
        part.finish = { bytes, next, length in
            bytes[9] = given.protocol.map { UInt8(truncatingIfNeeded: $0) } ?? protocols[next] ?? 0
            bytes.replace(word: UInt16(truncatingIfNeeded: given.length.map { Int($0) } ?? length), at: 2)
            bytes.replace(word: given.checksum.map { UInt16(truncatingIfNeeded: $0) } ?? internetChecksum(bytes), at: 10)
        }
    }

    private static func ipv6(_ words: [String], _ part: inout Part) throws(RowError) {
        let options = try Options(words.dropFirst(3), known: ["hops", "next", "len"])
        let given = (length: try options.number("len"), next: try options.number("next"))
        part.bytes = [0x60, 0, 0, 0, 0, 0, 0, UInt8(truncatingIfNeeded: try options.number("hops") ?? 64)]
        part.bytes += try value(words, 1, IPv6Address.self).bytes + value(words, 2, IPv6Address.self).bytes
        part.finish = { bytes, next, length in
            bytes[6] = given.next.map { UInt8(truncatingIfNeeded: $0) } ?? protocols[next] ?? 0
            bytes.replace(word: UInt16(truncatingIfNeeded: given.length.map { Int($0) } ?? length - 40), at: 4)
        }
    }

    private static func ports(_ words: [String], _ part: inout Part) throws(RowError) {
        let options = try Options(words.dropFirst(3), known: ["len"])
        let isAny = words.count > 1 && words[1] == "*", isUDP = part.kind == "udp"
        // From 49152: two bits are known.
        part.bytes.append(word: isAny ? 0xC000 : UInt16(truncatingIfNeeded: try number(words, 1)))
        part.bytes.append(word: UInt16(truncatingIfNeeded: try number(words, 2)))
        part.bytes += isUDP ? [0, 0, 0, 0] : [0, 0, 0, 0, 0, 0, 0, 0, 0x50, 0, 0, 0, 0, 0, 0, 0]
        if isAny { part.mask = [0xC0, 0] + Array(repeating: 0xFF, count: part.bytes.count - 2) }
        let given = try options.number("len")
        if isUDP {
            part.finish = { bytes, _, length in bytes.replace(word: UInt16(truncatingIfNeeded: given.map { Int($0) } ?? length), at: 4) }
        }
    }

    private static func agent(_ words: [String], _ part: inout Part) throws(RowError) {
        let options = try Options(words.dropFirst(4), known: ["p0", "p1", "p2", "p3", "p4", "p5"])
        let trap = Trap.words[words.count > 3 ? words[3] : ""]
        let command = trap == nil ? UInt16(truncatingIfNeeded: try number(words, 3)) : trap?.rawValue ?? 0
        part.bytes.append(word: UInt16(truncatingIfNeeded: try number(words, 1)))
        part.bytes.append(word: UInt16(truncatingIfNeeded: try number(words, 2)))
        part.bytes.append(word: command)
        var mask: [UInt8] = Array(repeating: 0xFF, count: 6)
        for name in ["p0", "p1", "p2", "p3", "p4"] {
            let isAny = options.text(name) == "*"
            part.bytes.append(longWord: isAny ? 0 : try options.number(name) ?? 0)
            mask += Array(repeating: isAny ? 0 : 0xFF, count: 4)
        }
        part.bytes += [UInt8(truncatingIfNeeded: try options.number("p5") ?? 0), 0, 0, 0]
        part.mask = mask + [0xFF, 0xFF, 0xFF, 0xFF]
    }

    /// Two digits a byte; `**` for one that may be anything.
    private static func hexadecimal(_ words: [String], _ part: inout Part) throws(RowError) {
        var mask: [UInt8] = []
        for word in words.dropFirst() {
            var digits = word[...]
            while digits.count >= 2 {
                let pair = digits.prefix(2)
                guard let byte = pair == "**" ? 0 : UInt8(pair, radix: 16) else { throw RowError("\(pair) is no byte") }
                part.bytes.append(byte)
                mask.append(pair == "**" ? 0 : 0xFF)
                digits = digits.dropFirst(2)
            }
            guard digits.isEmpty else { throw RowError("\(word) ends in half a byte") }
        }
        part.mask = mask
    }
}

extension [UInt8] {
    fileprivate mutating func replace(word: UInt16, at offset: Int) {
        (self[offset], self[offset + 1]) = (UInt8(word >> 8), UInt8(word & 0xFF))
    }
}

func parseValue<Value: NetworkValue>(_ text: String) throws(RowError) -> Value {
    do { return try Value(parsing: text) } catch { throw RowError("\(error)") }
}
