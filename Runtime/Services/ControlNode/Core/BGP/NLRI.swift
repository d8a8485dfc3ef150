// Network layer reachability information: routes as they stand in UPDATE messages. RFC 4271 §4.3 (IPv4), RFC 4760 §5 (others), RFC 4364
// §4.3.4 with RFC 8277 §2 (label, distinguisher, prefix), RFC 4684 §4 (route targets), RFC 7432 §7 and RFC 9136 §3 (Ethernet VPN).
//
//     VPN prefix    bits (1) | label, class, bottom of stack (3) | distinguisher (8) | prefix (0 to 4 or 16)
//     EVPN route    type (1) | length (1) | distinguisher (8), and then
//       type 2      segment (10) | tag (4) | 48 (1) | MAC (6) | bits (1) | IP (0, 4, 16) | label (3) | label (3, or nothing)
//       type 3      tag (4) | bits (1) | IP (4, 16)
//       type 5      segment (10) | tag (4) | bits (1) | IP (4, 16) | gateway (4, 16) | label (3)

import NetworkTypes

/// A route that a peer says is reachable.
public struct RouteAdvertisement: Hashable, Sendable {
    public var key: RouteKey
    /// As a number: see `Path.label`.
    public var label: UInt32
    public var evpn: EVPNDetail?

    public init(_ key: RouteKey, label: UInt32 = 0, evpn: EVPNDetail? = nil) {
        self.key = key
        self.label = label
        self.evpn = evpn
    }
}

enum NLRI {
    /// Why routes cannot be read.
    struct Problem: Error {
        let detail: String
    }

    /// What a withdrawn route has in place of its label (RFC 8277 §2.4).
    private static let withdrawnLabel: UInt32 = 0x80_0000

    // MARK: Reading

    /// All routes of a family. Labels are the 24 bits as they stand there: what they mean depends on attributes that may come later.
    /// Routes of a kind that is not known are passed over where the format allows it; `passedOver` says what.
    static func read(_ reader: WireReader, _ family: AddressFamily, passedOver: inout [String]) throws(Problem) -> [RouteAdvertisement] {
        var reader = reader
        var routes: [RouteAdvertisement] = []
        switch family {
        case .evpn:
            while !reader.isAtEnd {
                guard let type = reader.u8(), let length = reader.u8(), let body = reader.take(Int(length)) else {
                    throw Problem(detail: "an Ethernet VPN route is longer than what is left")
                }
                if let route = evpn(type, body) {
                    routes.append(route)
                } else {
                    passedOver.append("\([2, 3, 5].contains(type) ? "a malformed" : "an") Ethernet VPN route of type \(type)")
                }
            }
        case .routeTarget:
            while !reader.isAtEnd { routes.append(RouteAdvertisement(try routeTarget(&reader))) }
        case .inet, .inet6, .inetVPN, .inet6VPN:
            let isVPN = family.safi == 128
            while !reader.isAtEnd {
                guard let bits = reader.u8() else { break }
                var length = Int(bits)
                var label: UInt32 = 0
                var distinguisher = RouteDistinguisher.zero
                if isVPN {
                    guard length >= 88, let word = reader.u24(), let name = reader.u64() else {
                        throw Problem(detail: "a VPN prefix of \(bits) bits ends within label and distinguisher")
                    }
                    length -= 88
                    label = word
                    distinguisher = RouteDistinguisher(rawValue: name)
                }
                let prefix: RoutePrefix
                if family.afi == 1 {
                    guard let found = reader.ipv4Prefix(length: length) else {
                        throw Problem(detail: "an IPv4 prefix of \(length) bits is too long or does not fit what is left")
                    }
                    prefix = .inet(found)
                } else {
                    guard let found = reader.ipv6Prefix(length: length) else {
                        throw Problem(detail: "an IPv6 prefix of \(length) bits is too long or does not fit what is left")
                    }
                    prefix = .inet6(found)
                }
                routes.append(RouteAdvertisement(RouteKey(prefix, distinguisher: distinguisher), label: label))
            }
        default: throw Problem(detail: "routes of the family \(family) cannot be read")
        }
        return routes
    }

    /// What the 24 bits of a label field mean (RFC 8365 §5.1.3).
    static func label(_ field: UInt32, _ family: AddressFamily, usesVXLAN: Bool, ethernetTag: UInt32) -> UInt32 {
        guard family == .evpn, usesVXLAN else { return field >> 4 }
        // Some senders leave the label empty and put the network identifier into the tag.
        return field != 0 ? field : ethernetTag & 0xFF_FFFF
    }

    private static func routeTarget(_ reader: inout WireReader) throws(Problem) -> RouteKey {
        guard let bits = reader.u8(), bits == 0 || 32...96 ~= bits, var body = reader.take((Int(bits) + 7) / 8) else {
            throw Problem(detail: "a route target membership has neither 0 nor 32 to 96 bits, or does not fit what is left")
        }
        guard bits > 0, let origin = body.u32() else { return RouteKey(.routeTarget(.all)) }
        // A membership that leaves bits of the target open is taken for one in all targets: more routes are sent than wanted, never fewer.
        let target = bits == 96 ? body.u64().flatMap { RouteTarget(rawValue: $0) } : nil
        return RouteKey(.routeTarget(RouteTargetPrefix(origin: ASNumber(origin), target: target)))
    }

    private static func evpn(_ type: UInt8, _ body: WireReader) -> RouteAdvertisement? {
        var reader = body
        func address(_ bits: UInt8) -> IPAddress? {
            switch bits {
            case 32: reader.ipv4().map { .v4($0) }
            case 128: reader.ipv6().map { .v6($0) }
            default: nil
            }
        }
        guard let name = reader.u64() else { return nil }
        let distinguisher = RouteDistinguisher(rawValue: name)
        switch type {
        case 2:
            guard let segment = reader.take(10), let identifier = EthernetSegmentIdentifier(bytes: segment.rest), let tag = reader.u32(),
                reader.u8() == 48, let mac = reader.integer(UInt64.self, count: 6), let bits = reader.u8()
            else { return nil }
            let ip = bits == 0 ? nil : address(bits)
            guard bits == 0 || ip != nil, let label = reader.u24() else { return nil }
            let second = reader.isAtEnd ? 0 : reader.u24()
            guard let second, reader.isAtEnd else { return nil }
            let detail = identifier.isSingleHomed && second == 0 ? nil : EVPNDetail(segment: identifier, layer3Label: second)
            let prefix = EVPNPrefix.macAddress(ethernetTag: tag, MACAddress(rawValue: mac), ip)
            return RouteAdvertisement(RouteKey(.evpn(prefix), distinguisher: distinguisher), label: label, evpn: detail)
        case 3:
            guard let tag = reader.u32(), let bits = reader.u8(), let originator = address(bits), reader.isAtEnd else { return nil }
            return RouteAdvertisement(
                RouteKey(.evpn(.inclusiveMulticast(ethernetTag: tag, originator: originator)), distinguisher: distinguisher))
        case 5:
            guard body.count == 34 || body.count == 58, let segment = reader.take(10),
                let identifier = EthernetSegmentIdentifier(bytes: segment.rest), let tag = reader.u32(), let length = reader.u8()
            else { return nil }
            let width: UInt8 = body.count == 34 ? 32 : 128
            guard length <= width, let network = address(width), let gateway = address(width), let label = reader.u24() else { return nil }
            let detail =
                identifier.isSingleHomed && gateway.isUnspecified
                ? nil : EVPNDetail(segment: identifier, gateway: gateway.isUnspecified ? nil : gateway)
            let prefix = EVPNPrefix.ipPrefix(ethernetTag: tag, IPPrefix(network, length: Int(length)))
            return RouteAdvertisement(RouteKey(.evpn(prefix), distinguisher: distinguisher), label: label, evpn: detail)
        default: return nil
        }
    }

    // MARK: Writing

    /// Appends one route. The path's encapsulations say what the label field holds.
    static func append(
        _ route: RouteAdvertisement, _ family: AddressFamily, usesVXLAN: Bool, isWithdrawn: Bool, to bytes: inout [UInt8]
    ) {
        switch route.key.prefix {
        case .inet(let prefix): append(.v4(prefix), route, family, isWithdrawn, to: &bytes)
        case .inet6(let prefix): append(.v6(prefix), route, family, isWithdrawn, to: &bytes)
        case .routeTarget(let prefix):
            guard prefix != .all else { return bytes.append(0) }
            bytes.append(prefix.target == nil ? 32 : 96)
            bytes.append32(prefix.origin.rawValue)
            if let target = prefix.target { bytes.append64(target.rawValue) }
        case .evpn(let prefix): append(prefix, route, usesVXLAN, to: &bytes)
        }
    }

    private static func append(
        _ prefix: IPPrefix, _ route: RouteAdvertisement, _ family: AddressFamily, _ isWithdrawn: Bool, to bytes: inout [UInt8]
    ) {
        guard family.safi == 128 else {
            bytes.append(UInt8(prefix.length))
            return bytes.append(prefix: prefix)
        }
        bytes.append(UInt8(88 + prefix.length))
        bytes.append24(isWithdrawn ? withdrawnLabel : (route.label & MPLSLabel.greatest) << 4 | 1)
        bytes.append64(route.key.distinguisher.rawValue)
        bytes.append(prefix: prefix)
    }

    private static func append(_ prefix: EVPNPrefix, _ route: RouteAdvertisement, _ usesVXLAN: Bool, to bytes: inout [UInt8]) {
        func field(_ label: UInt32) -> UInt32 { usesVXLAN ? label & 0xFF_FFFF : label << 4 & 0xFF_FFF0 | 1 }
        bytes.append(prefix.type)
        let start = bytes.count
        bytes.append(0)
        bytes.append64(route.key.distinguisher.rawValue)
        switch prefix {
        case .macAddress(let tag, let mac, let ip):
            (route.evpn?.segment ?? .singleHomed).append(to: &bytes)
            bytes.append32(tag)
            bytes.append(48)
            mac.append(to: &bytes)
            bytes.append(UInt8(ip?.bitCount ?? 0))
            if let ip { bytes.append(address: ip) }
            bytes.append24(field(route.label))
            if let second = route.evpn?.layer3Label, second != 0 { bytes.append24(field(second)) }
        case .inclusiveMulticast(let tag, let originator):
            bytes.append32(tag)
            bytes.append(UInt8(originator.bitCount))
            bytes.append(address: originator)
        case .ipPrefix(let tag, let prefix):
            (route.evpn?.segment ?? .singleHomed).append(to: &bytes)
            bytes.append32(tag)
            bytes.append(UInt8(prefix.length))
            bytes.append(address: prefix.network)
            switch (prefix.network, route.evpn?.gateway) {
            case (.v4, .v4(let gateway)): bytes.append32(gateway.rawValue)
            case (.v6, .v6(let gateway)): bytes.append(address: .v6(gateway))
            case (.v4, _): bytes.append32(0)
            case (.v6, _): bytes.append(address: .v6(.any))
            }
            bytes.append24(field(route.label))
        }
        bytes[start] = UInt8(bytes.count - start - 1)
    }
}
