// Reading of path attributes (RFC 4271 §4.3). What is wrong with an attribute never breaks more than it must: RFC 7606 says for each what
// the consequence is, and that is a value here.
//
//     attribute             wrong length or value        attribute             wrong length or value
//     ORIGIN                withdraw (§7.1)              COMMUNITIES           withdraw (§7.8)
//     AS_PATH               withdraw (§7.2)              ORIGINATOR_ID         withdraw; from outside discard (§7.9)
//     NEXT_HOP              withdraw (§7.3)              CLUSTER_LIST          withdraw; from outside discard (§7.10)
//     MULTI_EXIT_DISC       withdraw (§7.4)              MP_REACH, MP_UNREACH  reset (§7.11, §7.12)
//     LOCAL_PREF            withdraw; from outside       EXTENDED COMMUNITIES  withdraw (§7.14)
//                           discard (§7.5)               AS4_PATH, AS4_AGGR.   discard (RFC 6793 §6)
//     ATOMIC_AGGREGATE      discard (§7.6)               PMSI_TUNNEL           withdraw (RFC 6514 §5)
//     AGGREGATOR            discard (§7.7)               LARGE COMMUNITIES     withdraw (RFC 8092 §6)

import NetworkTypes

/// What follows from a mistake in an attribute (RFC 7606 §2).
public enum AttributeOutcome: Hashable, Sendable, Comparable {
    /// The attribute is ignored, the routes are used.
    case discard
    /// The routes are treated as if the peer had withdrawn them.
    case withdraw
    /// Nothing that follows could be trusted: the session ends.
    case reset
}

/// A mistake in an attribute.
public struct AttributeProblem: Hashable, Sendable, CustomStringConvertible {
    public let type: UInt8
    public let outcome: AttributeOutcome
    public let detail: String

    public var description: String { "attribute \(type): \(detail); \(outcome)" }
}

/// The numbers of attributes.
enum AttributeType {
    static let origin: UInt8 = 1
    static let asPath: UInt8 = 2
    static let nextHop: UInt8 = 3
    static let med: UInt8 = 4
    static let localPreference: UInt8 = 5
    static let atomicAggregate: UInt8 = 6
    static let aggregator: UInt8 = 7
    static let communities: UInt8 = 8
    static let originatorID: UInt8 = 9
    static let clusterList: UInt8 = 10
    static let reachable: UInt8 = 14
    static let unreachable: UInt8 = 15
    static let extendedCommunities: UInt8 = 16
    static let as4Path: UInt8 = 17
    static let as4Aggregator: UInt8 = 18
    static let pmsiTunnel: UInt8 = 22
    static let largeCommunities: UInt8 = 32
    static let originNetworkPath: UInt8 = 243

    static let optional: UInt8 = 0x80
    static let transitive: UInt8 = 0x40
    static let partial: UInt8 = 0x20
    static let extendedLength: UInt8 = 0x10

    /// What the first two flags must be; nil for attributes that are not known.
    static func flags(_ type: UInt8) -> UInt8? {
        switch type {
        case origin, asPath, nextHop, localPreference, atomicAggregate: transitive
        case med, originatorID, clusterList, reachable, unreachable: optional
        case aggregator, communities, extendedCommunities, as4Path, as4Aggregator, pmsiTunnel, largeCommunities, originNetworkPath:
            optional | transitive
        default: nil
        }
    }
}

/// The attributes of one UPDATE as they are read.
struct AttributeReading {
    let terms: BGPSessionTerms
    var origin: RouteOrigin?
    var asPath: ASPath?
    var nextHop: IPv4Address?
    var attributes = PathAttributes(nextHop: .v4(.any))
    var reachable: (family: AddressFamily, nextHop: IPAddress, routes: [RouteAdvertisement])?
    var unreachable: (family: AddressFamily, routes: [RouteAdvertisement])?
    var problems: [AttributeProblem] = []
    private var as4Path: ASPath?
    private var as4Aggregator: Aggregator?
    private var seen: Set<UInt8> = []

    init(_ terms: BGPSessionTerms) { self.terms = terms }

    var isAnythingSeen: Bool { !seen.isEmpty }

    private mutating func note(_ type: UInt8, _ outcome: AttributeOutcome, _ detail: String) {
        problems.append(AttributeProblem(type: type, outcome: outcome, detail: detail))
    }

    private func reset(_ type: UInt8, _ notification: NotificationMessage, _ detail: String) -> BGPProtocolError {
        BGPProtocolError(notification, "UPDATE: attribute \(type): \(detail)")
    }

    mutating func read(_ reader: WireReader) throws(BGPProtocolError) {
        var reader = reader
        while !reader.isAtEnd {
            guard let flags = reader.u8(), let type = reader.u8(),
                let length = flags & AttributeType.extendedLength != 0 ? reader.u16().map(Int.init) : reader.u8().map(Int.init),
                let value = reader.take(length)
            else {
                // What was read so far is used to know which routes to withdraw (RFC 7606 §4).
                note(0, .withdraw, "an attribute is longer than what is left of the attributes")
                break
            }
            guard seen.insert(type).inserted else {
                if type == AttributeType.reachable || type == AttributeType.unreachable {
                    throw reset(type, .malformedAttributes, "it is there twice")
                }
                note(type, .discard, "it is there more than once; the first counts")
                continue
            }
            if let expected = AttributeType.flags(type) {
                guard flags & (AttributeType.optional | AttributeType.transitive) == expected else {
                    if type == AttributeType.reachable || type == AttributeType.unreachable {
                        throw reset(type, NotificationMessage(code: 3, subcode: 4), "its flags are \(flags)")
                    }
                    note(type, .withdraw, "its flags are \(flags), but it is \(expected & 0x80 != 0 ? "optional" : "well-known")")
                    continue
                }
                try read(type, value)
            } else if flags & AttributeType.optional == 0 {
                throw reset(type, .unrecognizedWellKnown, "it says that every speaker must know it")
            } else if flags & AttributeType.transitive != 0 {
                attributes.unknown.append(UnknownAttribute(type: type, value: Array(value.rest)))
            }
        }
        finish()
    }

    private mutating func read(_ type: UInt8, _ value: WireReader) throws(BGPProtocolError) {
        var value = value
        let count = value.count
        switch type {
        case AttributeType.origin:
            guard count == 1, let number = value.u8(), let found = RouteOrigin(rawValue: number) else {
                return note(type, .withdraw, "the origin is not one byte from 0 to 2")
            }
            origin = found
        case AttributeType.asPath:
            guard let path = Self.path(value, width: terms.hasFourByteAS ? 4 : 2) else {
                return note(type, .withdraw, "the AS path's segments do not fit its length")
            }
            asPath = path
        case AttributeType.nextHop:
            guard count == 4, let address = value.ipv4() else { return note(type, .withdraw, "the next hop has \(count) bytes") }
            nextHop = address
        case AttributeType.med:
            guard count == 4, let number = value.u32() else { return note(type, .withdraw, "the MED has \(count) bytes") }
            attributes.med = number
        case AttributeType.localPreference:
            guard terms.isInternal else { return note(type, .discard, "a local preference came from another autonomous system") }
            guard count == 4, let number = value.u32() else { return note(type, .withdraw, "the local preference has \(count) bytes") }
            attributes.localPreference = number
        case AttributeType.atomicAggregate:
            guard count == 0 else { return note(type, .discard, "it has \(count) bytes instead of none") }
            attributes.isAtomicAggregate = true
        case AttributeType.aggregator:
            attributes.aggregator = aggregator(type, &value, width: terms.hasFourByteAS ? 4 : 2)
        case AttributeType.communities:
            guard count > 0, count % 4 == 0 else { return note(type, .withdraw, "communities have \(count) bytes") }
            while let number = value.u32() { attributes.communities.append(Community(rawValue: number)) }
        case AttributeType.originatorID:
            guard terms.isInternal else { return note(type, .discard, "an originator came from another autonomous system") }
            guard count == 4, let address = value.ipv4() else { return note(type, .withdraw, "the originator has \(count) bytes") }
            attributes.originatorID = address
        case AttributeType.clusterList:
            guard terms.isInternal else { return note(type, .discard, "a cluster list came from another autonomous system") }
            guard count > 0, count % 4 == 0 else { return note(type, .withdraw, "the cluster list has \(count) bytes") }
            while let address = value.ipv4() { attributes.clusterList.append(address) }
        case AttributeType.reachable: try readReachable(value)
        case AttributeType.unreachable: try readUnreachable(value)
        case AttributeType.extendedCommunities:
            guard count > 0, count % 8 == 0 else { return note(type, .withdraw, "extended communities have \(count) bytes") }
            var list: [ExtendedCommunity] = []
            while let number = value.u64() { list.append(ExtendedCommunity(rawValue: number)) }
            attributes.setExtendedCommunities(list)
        case AttributeType.as4Path:
            // From a speaker of four-byte numbers it makes no sense (RFC 6793 §4.1).
            guard !terms.hasFourByteAS else { return note(type, .discard, "it came from a speaker of four-byte AS numbers") }
            guard let path = Self.path(value, width: 4) else { return note(type, .discard, "its segments do not fit its length") }
            // Confederations have no place in it and are passed over (RFC 6793 §6).
            as4Path = ASPath(path.segments.filter { $0.kind == .sequence || $0.kind == .set })
        case AttributeType.as4Aggregator:
            guard !terms.hasFourByteAS else { return note(type, .discard, "it came from a speaker of four-byte AS numbers") }
            as4Aggregator = aggregator(type, &value, width: 4)
        case AttributeType.pmsiTunnel:
            guard let flags = value.u8(), let kind = value.u8(), let label = value.u24() else {
                return note(type, .withdraw, "the tunnel has \(count) bytes, fewer than 5")
            }
            attributes.pmsiTunnel = PMSITunnel(flags: flags, type: kind, label: label, identifier: Array(value.rest))
        case AttributeType.largeCommunities:
            guard count > 0, count % 12 == 0 else { return note(type, .withdraw, "large communities have \(count) bytes") }
            while let administrator = value.u32(), let first = value.u32(), let second = value.u32() {
                attributes.largeCommunities.append(LargeCommunity(administrator, first, second))
            }
        default:
            guard count % 8 == 0 else { return note(type, .discard, "the networks of origin have \(count) bytes") }
            while let number = value.u64() { attributes.originNetworkPath.append(ExtendedCommunity(rawValue: number)) }
        }
    }

    // MARK: Routes

    private mutating func readReachable(_ value: WireReader) throws(BGPProtocolError) {
        var value = value
        let type = AttributeType.reachable
        guard let afi = value.u16(), let safi = value.u8(), let length = value.u8(), let hop = value.take(Int(length)), value.skip(1) else {
            throw reset(type, .optionalAttribute, "it ends before its routes")
        }
        let family = AddressFamily(afi: afi, safi: safi)
        guard terms.families.contains(family) else { return note(type, .discard, "the family \(family) was not agreed on") }
        guard let nextHop = Self.nextHop(hop, family) else {
            throw reset(type, .optionalAttribute, "a next hop of the family \(family) cannot have \(length) bytes")
        }
        reachable = (family, nextHop, try routes(type, value, family))
    }

    private mutating func readUnreachable(_ value: WireReader) throws(BGPProtocolError) {
        var value = value
        let type = AttributeType.unreachable
        guard let afi = value.u16(), let safi = value.u8() else { throw reset(type, .optionalAttribute, "it ends before its routes") }
        let family = AddressFamily(afi: afi, safi: safi)
        guard terms.families.contains(family) else { return note(type, .discard, "the family \(family) was not agreed on") }
        unreachable = (family, try routes(type, value, family))
    }

    private mutating func routes(
        _ type: UInt8, _ value: WireReader, _ family: AddressFamily
    ) throws(BGPProtocolError) -> [RouteAdvertisement] {
        var passedOver: [String] = []
        defer { for what in passedOver { note(type, .discard, "\(what) was passed over") } }
        do throws(NLRI.Problem) {
            return try NLRI.read(value, family, passedOver: &passedOver)
        } catch {
            throw reset(type, .optionalAttribute, error.detail)
        }
    }

    /// The next hop that packets are sent to. VPN families have a distinguisher of zero before it (RFC 4364 §4.3.2); a second address, local
    /// to the link, may follow an IPv6 address (RFC 2545); an IPv4 address may be written as an IPv6 one (RFC 4659 §3.2.1.2), and IPv4
    /// routes may have an IPv6 next hop (RFC 8950).
    private static func nextHop(_ reader: WireReader, _ family: AddressFamily) -> IPAddress? {
        var reader = reader
        if family.safi == 128 { guard reader.skip(8) else { return nil } }
        switch reader.count {
        case 4: return reader.ipv4().map { .v4($0) }
        case 16, 32, 40:
            guard reader.count != 40 || family.safi == 128, let address = reader.ipv6() else { return nil }
            return address.mappedIPv4Address.map { .v4($0) } ?? .v6(address)
        default: return nil
        }
    }

    // MARK: AS paths

    private static func path(_ reader: WireReader, width: Int) -> ASPath? {
        var reader = reader
        var segments: [ASPath.Segment] = []
        while !reader.isAtEnd {
            // An empty segment is a mistake as well (RFC 7606 §7.2).
            guard let number = reader.u8(), let kind = ASPath.SegmentKind(rawValue: number), let count = reader.u8(), count > 0,
                reader.count >= Int(count) * width
            else { return nil }
            var systems: [ASNumber] = []
            for _ in 0..<count { if let system = reader.integer(UInt32.self, count: width) { systems.append(ASNumber(system)) } }
            segments.append(ASPath.Segment(kind, systems))
        }
        return ASPath(segments)
    }

    private mutating func aggregator(_ type: UInt8, _ value: inout WireReader, width: Int) -> Aggregator? {
        guard value.count == width + 4, let system = value.integer(UInt32.self, count: width), let address = value.ipv4() else {
            note(type, .discard, "the aggregator does not have \(width + 4) bytes")
            return nil
        }
        return Aggregator(system: ASNumber(system), address: address)
    }

    /// Puts together what a speaker of two-byte numbers had to say in two attributes (RFC 6793 §4.2.3).
    private mutating func finish() {
        guard !terms.hasFourByteAS else { return }
        if let aggregator = attributes.aggregator, let real = as4Aggregator {
            // A speaker that knows nothing of the new attributes has aggregated on the way: they are out of date.
            guard aggregator.system == .transition else { return }
            attributes.aggregator = real
        }
        guard let path = asPath, let real = as4Path, path.length >= real.length else { return }
        asPath = Self.merge(path, real)
    }

    /// The path's first numbers, as many as it is longer, then the real ones.
    private static func merge(_ path: ASPath, _ real: ASPath) -> ASPath {
        var surplus = path.length - real.length
        var segments: [ASPath.Segment] = []
        for segment in path.segments {
            guard surplus > 0 else { break }
            switch segment.kind {
            case .sequence:
                let systems = Array(segment.systems.prefix(surplus))
                segments.append(ASPath.Segment(.sequence, systems))
                surplus -= systems.count
            case .set:
                segments.append(segment)
                surplus -= 1
            case .confederationSequence, .confederationSet: segments.append(segment)
            }
        }
        for segment in real.segments {
            if segment.kind == .sequence, let last = segments.last, last.kind == .sequence,
                last.systems.count + segment.systems.count <= 255
            {
                segments[segments.count - 1].systems += segment.systems
            } else {
                segments.append(segment)
            }
        }
        return ASPath(segments)
    }
}
