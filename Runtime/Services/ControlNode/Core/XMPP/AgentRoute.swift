// From what an agent says about a route to a path of a table. The forms are those of Schema/Routes; what the platform attaches to a path
// becomes extended communities, so that BGP carries it and every other decision finds it where it looks.

import Coding
import NetworkTypes
import RouteMessages
import XMPP

/// A route that an agent announced or withdrew, in the terms of the tables.
public struct AgentRoute: Sendable, Equatable {
    public let family: AddressFamily
    public let key: RouteKey
    public let attributes: PathAttributes
    public let label: UInt32
    public let evpn: EVPNDetail?
    public let infeasibility: Infeasibility

    /// Why an entry was not taken. The session survives it: one route that makes no sense must not cost all the others.
    public struct Refusal: Error, Hashable, Sendable, CustomStringConvertible {
        public let description: String
        init(_ description: String) { self.description = description }
    }

    /// Reads the entry of a publication.
    ///
    /// - Parameter system: the AS that numbers security groups and tags.
    public init(family: RouteFamily, entry: [UInt8], system: ASNumber) throws {
        switch family {
        case .inet, .inet6: try self.init(family, UnicastEntry(xml: entry, unknownElements: .skip), system)
        case .ethernet: try self.init(EthernetEntry(xml: entry, unknownElements: .skip), system)
        case .inetLabeled, .inetMulticastVPN, .multicast: throw Refusal("routes of the family \(family) are not exchanged")
        }
    }

    private init(_ family: RouteFamily, _ entry: UnicastEntry, _ system: ASNumber) throws {
        guard let destination = entry.nlri, let text = destination.address else { throw Refusal("an entry without a destination") }
        let prefix = RoutePrefix(try IPPrefix(parsing: text))
        switch (family, prefix) {
        case (.inet, .inet): self.family = .inet
        case (.inet6, .inet6): self.family = .inet6
        default: throw Refusal("\(text) is not of the family \(family)")
        }
        key = RouteKey(prefix)
        guard let hop = entry.nextHops?.nextHop?.first else { throw Refusal("\(text) has no next hop") }
        var builder = AttributeBuilder(system)
        try builder.addEncapsulations(hop.tunnelEncapsulationList)
        builder.addNumbers(.securityGroup, entry.securityGroupList?.securityGroup)
        builder.addNumbers(.tag, hop.tagList?.tag)
        builder.addMobility(entry.mobility, entry.sequenceNumber)
        builder.addLoadBalance(entry.loadBalance)
        builder.addLocalSequence(hop.localSequenceNumber)
        if let mac = hop.mac, let address = try? MACAddress(parsing: mac), address != .zero {
            builder.communities.append(ExtendedCommunity(routerMAC: address))
        }
        attributes = try builder.attributes(
            nextHop: hop.address, localPreference: entry.localPreference, med: entry.med, communities: entry.communityTagList?.communityTag)
        label = UInt32(hop.label ?? 0)
        evpn = nil
        infeasibility = builder.infeasibility
    }

    private init(_ entry: EthernetEntry, _ system: ASNumber) throws {
        family = .evpn
        guard let destination = entry.nlri, let mac = destination.mac else { throw Refusal("an entry without a MAC address") }
        guard (destination.group ?? "").isEmpty else { throw Refusal("interest in a multicast group is not exchanged") }
        let address = try MACAddress(parsing: mac)
        let tag = UInt32(destination.ethernetTag ?? 0)
        let prefix = try destination.address.map { try IPPrefix(parsing: $0) } ?? IPPrefix(host: .v4(.any))
        guard let hop = entry.nextHops?.nextHop?.first else { throw Refusal("\(mac) has no next hop") }
        var builder = AttributeBuilder(system)
        try builder.addEncapsulations(hop.tunnelEncapsulationList)
        builder.addNumbers(.securityGroup, entry.securityGroupList?.securityGroup)
        builder.addNumbers(.tag, hop.tagList?.tag)
        builder.addMobility(entry.mobility, entry.sequenceNumber)
        builder.addLocalSequence(hop.localSequenceNumber)
        if entry.etreeLeaf == true { builder.communities.append(ExtendedCommunity(rawValue: 0x0605_0100 << 32)) }
        if let mac = hop.mac, let address = try? MACAddress(parsing: mac), address != .zero {
            builder.communities.append(ExtendedCommunity(routerMAC: address))
        }
        var attributes = try builder.attributes(
            nextHop: hop.address, localPreference: entry.localPreference, med: entry.med, communities: nil)
        label = UInt32(hop.label ?? 0)
        switch address {
        case .broadcast:
            key = RouteKey(.evpn(.inclusiveMulticast(ethernetTag: tag, originator: attributes.nextHop)))
            attributes.pmsiTunnel = PMSITunnel(
                flags: (entry.edgeReplicationNotSupported == true ? 0 : 0x80)
                    | (entry.assistedReplicationSupported == true ? 0x09 : 0),
                label: attributes.isInVXLAN ? label : label << 4, identifier: attributes.nextHop.bytes)
            evpn = nil
        case .zero:
            key = RouteKey(.evpn(.ipPrefix(ethernetTag: tag, prefix)))
            evpn = EVPNDetail()
        default:
            guard prefix.isHost || prefix.network.isUnspecified else {
                throw Refusal("\(mac) with \(prefix), which is no host: a prefix is announced with the MAC address 0")
            }
            let ip = prefix.network.isUnspecified ? nil : prefix.network
            key = RouteKey(.evpn(.macAddress(ethernetTag: tag, address, ip)))
            evpn = EVPNDetail(layer3Label: UInt32(hop.l3Label ?? 0))
        }
        self.attributes = attributes
        infeasibility = builder.infeasibility
    }
}

extension PathAttributes {
    fileprivate var isInVXLAN: Bool { extendedCommunities.contains { $0.meaning == .encapsulation(.vxlan) } }
}

/// Collects what becomes extended communities.
private struct AttributeBuilder {
    let system: ASNumber
    var communities: [ExtendedCommunity] = []
    var infeasibility: Infeasibility = []

    init(_ system: ASNumber) { self.system = system }

    /// No list at all means MPLS in GRE, as agents of old say nothing; a list of which nothing is known makes the path unusable.
    mutating func addEncapsulations(_ list: TunnelEncapsulationList?) throws {
        guard let names = list?.tunnelEncapsulation, !names.isEmpty else { return }
        let types = names.flatMap { AgentEncapsulation.types(named: $0) }
        if types.isEmpty { infeasibility.insert(.noTunnelEncapsulation) }
        communities += types.map { ExtendedCommunity(.encapsulation($0)) }
    }

    mutating func addNumbers(_ kind: ExtendedCommunity.PlatformKind, _ numbers: [Int]?) {
        // An AS of four bytes does not fit beside a number of four; AS_TRANS stands for it (RFC 6793 §9).
        let system = UInt16(exactly: system.rawValue) ?? UInt16(ASNumber.transition.rawValue)
        for number in numbers ?? [] {
            guard let number = UInt32(exactly: number), number > 0 else { continue }
            communities.append(ExtendedCommunity(kind, system: system, number: number))
        }
    }

    mutating func addMobility(_ mobility: Mobility?, _ old: Int?) {
        let sequence = UInt32(clamping: mobility?.seqno ?? mobility?.value ?? old ?? 0)
        let isSticky = mobility?.sticky ?? false
        if sequence > 0 || isSticky { communities.append(ExtendedCommunity(.macMobility(sequence: sequence, isSticky: isSticky))) }
    }

    mutating func addLocalSequence(_ sequence: Int?) {
        if let sequence, sequence > 0 { communities.append(ExtendedCommunity(localSequence: UInt32(clamping: sequence))) }
    }

    mutating func addLoadBalance(_ balance: LoadBalance?) {
        guard let balance else { return }
        let fields = balance.loadBalanceFields?.loadBalanceFieldList ?? []
        let bits = AgentLoadBalance.fields.enumerated().reduce(UInt64(0)) { $0 | (fields.contains($1.element) ? 0x80 >> $1.offset : 0) }
        let bias: UInt64 = balance.loadBalanceDecision == AgentLoadBalance.sourceBias ? 0x80 : 0
        if bits != 0 || bias != 0 { communities.append(ExtendedCommunity(rawValue: 0x03AA << 48 | bits << 40 | bias << 24)) }
    }

    func attributes(nextHop: String?, localPreference: Int?, med: Int?, communities names: [String]?) throws -> PathAttributes {
        guard let nextHop else { throw AgentRoute.Refusal("a next hop without an address") }
        let preference = localPreference.map { UInt32(clamping: $0) }
        var attributes = PathAttributes(
            nextHop: try IPAddress(parsing: nextHop), med: AgentPreference.med(said: med, localPreference: preference),
            localPreference: preference ?? PathAttributes.defaultLocalPreference, extendedCommunities: communities)
        attributes.communities = (names ?? []).compactMap { Community($0) }
        return attributes
    }
}

/// How agents spell encapsulations.
enum AgentEncapsulation {
    /// `gre` is two types: old receivers know MPLS in GRE as plain GRE.
    static func types(named name: String) -> [TunnelType] {
        switch name {
        case "gre": [.gre, .mplsOverGRE]
        case "udp": [.mplsOverUDP]
        case "vxlan": [.vxlan]
        case "native": [.native]
        case "mpls": [.mpls]
        default: []
        }
    }

    /// In the order in which agents list them. A label without an encapsulation is one in GRE.
    static func names(of types: [TunnelType], hasLabel: Bool) -> [String] {
        var names: [String] = []
        for type in types {
            switch type {
            case .gre, .mplsOverGRE: if !names.contains("gre") { names.append("gre") }
            case .mplsOverUDP: names.append("udp")
            case .vxlan: names.append("vxlan")
            case .native: names.append("native")
            case .mpls: names.append("mpls")
            default: break
            }
        }
        return names.isEmpty && hasLabel ? ["gre"] : names
    }
}

enum AgentLoadBalance {
    /// From the first bit on.
    static let fields = ["l3-source-address", "l3-destination-address", "l4-protocol", "l4-source-port", "l4-destination-port"]
    static let sourceBias = "source-bias"
}

/// Agents say which of two addresses is active by the local preference alone, and send 0 as MED. Routers outside compare MEDs, so one is
/// made: the more preferred, the lower.
enum AgentPreference {
    static func med(said: Int?, localPreference: UInt32?) -> UInt32? {
        if let said, said > 0 { return UInt32(clamping: said) }
        switch localPreference {
        case nil: return nil
        case 100?: return 200
        case 200?: return 100
        case let preference?: return UInt32.max - preference
        }
    }
}
