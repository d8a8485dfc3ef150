// From a route of a table to what an agent is told about it. All paths that are equally good become next hops of one entry; the rest of the
// entry is the best path's.

import Coding
import NetworkTypes
import RouteMessages
import XMPP

/// Writes the entries of routes.
struct AgentRouteWriter: Sendable {
    let system: ASNumber

    /// What an entry says about networks: the name behind a number; `unresolved` for an unknown one.
    typealias NetworkNames = (UInt32) -> String?

    /// The channel's number of a table's family; nil for families that agents are not told of.
    static func family(_ family: AddressFamily) -> RouteFamily? {
        switch family {
        case .inet: .inet
        case .inet6: .inet6
        case .evpn: .ethernet
        default: nil
        }
    }

    /// What the route is called in events.
    static func itemID(_ prefix: RoutePrefix) -> String? {
        switch prefix {
        case .inet(let prefix): prefix.description
        case .inet6(let prefix): prefix.description
        case .evpn(.macAddress(let tag, let mac, let ip)): evpnID(tag, mac, ip.map { IPPrefix(host: $0) })
        case .evpn(.ipPrefix(let tag, let prefix)): evpnID(tag, .zero, prefix)
        case .evpn(.inclusiveMulticast(let tag, _)): evpnID(tag, .broadcast, nil)
        case .routeTarget: nil
        }
    }

    private static func evpnID(_ tag: UInt32, _ mac: MACAddress, _ prefix: IPPrefix?) -> String {
        "\(tag == 0 ? "" : "\(tag)-")\(mac),\(prefix.map { "\($0)" } ?? "0.0.0.0/32")"
    }

    /// `<entry>…</entry>` for a route; nil when no path of it can be used, and for membership of a flood, which each member is told in its
    /// own words.
    func entry(_ key: RouteKey, _ route: Route, instance: RoutingInstance, networks: NetworkNames) -> [UInt8]? {
        let paths = route.equalPaths
        guard let best = paths.first else { return nil }
        switch key.prefix {
        case .inet(let prefix): return unicast(.inet, "\(prefix)", paths, best, instance, networks)
        case .inet6(let prefix): return unicast(.inet6, "\(prefix)", paths, best, instance, networks)
        case .evpn(.macAddress(let tag, let mac, let ip)):
            return ethernet(tag, mac, ip.map { IPPrefix(host: $0) }, paths, best, instance, networks)
        case .evpn(.ipPrefix(let tag, let prefix)): return ethernet(tag, .zero, prefix, paths, best, instance, networks)
        case .evpn(.inclusiveMulticast), .routeTarget: return nil
        }
    }

    private func unicast(
        _ family: RouteFamily, _ prefix: String, _ paths: [Path], _ best: Path, _ instance: RoutingInstance, _ networks: NetworkNames
    ) -> [UInt8] {
        let numbers = family.numbers
        let hops = paths.map { path in
            UnicastNextHop(
                af: path.attributes.nextHop.channelFamily, address: path.attributes.nextHop.description,
                mac: path.attributes.routerMAC?.description, label: Int(path.label),
                tunnelEncapsulationList: encapsulations(of: path), virtualNetwork: network(of: path, instance, networks),
                tagList: tags(of: path), localSequenceNumber: path.attributes.localSequence.map(Int.init))
        }
        let communities = best.attributes.communities.map(\.description)
        return UnicastEntry(
            nlri: UnicastDestination(af: numbers.af, safi: numbers.safi, address: prefix),
            nextHops: UnicastNextHopList(nextHop: hops), version: 1, virtualNetwork: network(of: best, instance, networks),
            mobility: mobility(of: best), sequenceNumber: Int(best.attributes.mobilitySequence),
            securityGroupList: securityGroups(of: best),
            communityTagList: communities.isEmpty ? nil : CommunityTagList(communityTag: communities),
            localPreference: Int(best.attributes.localPreference), med: best.attributes.med.map(Int.init),
            loadBalance: loadBalance(of: best)
        ).xml(root: "entry")
    }

    private func ethernet(
        _ tag: UInt32, _ mac: MACAddress, _ prefix: IPPrefix?, _ paths: [Path], _ best: Path, _ instance: RoutingInstance,
        _ networks: NetworkNames
    ) -> [UInt8] {
        EthernetEntry(
            nlri: destination(tag, mac, prefix), nextHops: EthernetNextHopList(nextHop: paths.map(hop)),
            virtualNetwork: network(of: best, instance, networks), mobility: mobility(of: best),
            sequenceNumber: Int(best.attributes.mobilitySequence), securityGroupList: securityGroups(of: best),
            localPreference: Int(best.attributes.localPreference), med: best.attributes.med.map(Int.init),
            etreeLeaf: best.attributes.isETreeLeaf
        ).xml(root: "entry")
    }

    /// What a member of a network's flood is told: whom to copy to.
    func flood(tag: UInt32, own: Path, others: [Path], instance: RoutingInstance, networks: NetworkNames) -> [UInt8] {
        EthernetEntry(
            nlri: destination(tag, .broadcast, nil), nextHops: EthernetNextHopList(nextHop: [hop(own)]),
            olist: EthernetNextHopList(nextHop: others.map(hop)), virtualNetwork: network(of: own, instance, networks),
            localPreference: Int(own.attributes.localPreference), med: own.attributes.med.map(Int.init)
        ).xml(root: "entry")
    }

    private func destination(_ tag: UInt32, _ mac: MACAddress, _ prefix: IPPrefix?) -> EthernetDestination {
        let numbers = RouteFamily.ethernet.numbers
        return EthernetDestination(
            af: numbers.af, safi: numbers.safi, ethernetTag: Int(tag), mac: mac.description,
            address: prefix.map { "\($0)" } ?? "0.0.0.0/32")
    }

    private func hop(_ path: Path) -> EthernetNextHop {
        EthernetNextHop(
            af: path.attributes.nextHop.channelFamily, address: path.attributes.nextHop.description,
            mac: path.attributes.routerMAC?.description, label: Int(path.label), l3Label: path.evpn.map { Int($0.layer3Label) },
            tunnelEncapsulationList: encapsulations(of: path), tagList: tags(of: path),
            localSequenceNumber: path.attributes.localSequence.map(Int.init))
    }

    // MARK: Attributes

    private func encapsulations(of path: Path) -> TunnelEncapsulationList {
        TunnelEncapsulationList(
            tunnelEncapsulation: AgentEncapsulation.names(of: path.attributes.encapsulations, hasLabel: path.label > 0))
    }

    /// The network that the path came from. A path of the instance itself does not say it, and is of the instance's network.
    private func network(of path: Path, _ instance: RoutingInstance, _ networks: NetworkNames) -> String {
        guard path.isReplica, let origin = path.attributes.originNetwork else {
            return path.isReplica ? "unresolved" : instance.virtualNetwork
        }
        return networks(origin.number) ?? "unresolved"
    }

    /// Groups of this AS, and those whose numbers mean the same everywhere.
    private func securityGroups(of path: Path) -> SecurityGroupList? {
        let numbers = path.attributes.numbers(.securityGroup).filter { isOwn($0) || (1...7_999_999).contains($0.number) }
        return numbers.isEmpty ? nil : SecurityGroupList(securityGroup: numbers.map { Int($0.number) })
    }

    private func tags(of path: Path) -> TagList? {
        let numbers = path.attributes.numbers(.tag).filter { isOwn($0) || $0.number >= 8_000_000 }
        return numbers.isEmpty ? nil : TagList(tag: numbers.map { Int($0.number) })
    }

    private func isOwn(_ number: PlatformNumber) -> Bool {
        number.system == system.rawValue || !system.isTwoByte && number.system == ASNumber.transition.rawValue
    }

    private func mobility(of path: Path) -> Mobility? {
        let sequence = Int(path.attributes.mobilitySequence)
        guard sequence > 0 || path.attributes.isSticky else { return nil }
        return Mobility(value: sequence, seqno: sequence, sticky: path.attributes.isSticky)
    }

    private func loadBalance(of path: Path) -> LoadBalance? {
        guard let community = path.attributes.extendedCommunities.first(where: { $0.rawValue >> 48 == 0x03AA }) else { return nil }
        let bits = UInt8(truncatingIfNeeded: community.rawValue >> 40)
        let fields = AgentLoadBalance.fields.enumerated().filter { bits & 0x80 >> $0.offset != 0 }.map(\.element)
        let isBiased = community.rawValue >> 24 & 0x80 != 0
        return LoadBalance(
            loadBalanceFields: LoadBalanceFields(loadBalanceFieldList: fields),
            loadBalanceDecision: isBiased ? AgentLoadBalance.sourceBias : "field-hash")
    }
}

extension SharedAttributes {
    var routerMAC: MACAddress? { value.extendedCommunities.lazy.compactMap(\.routerMAC).first }
    var localSequence: UInt32? { value.extendedCommunities.lazy.compactMap(\.localSequence).first }
}

extension IPAddress {
    /// 1 or 2, as both BGP and the agent channel number the families.
    var channelFamily: Int { if case .v4 = self { 1 } else { 2 } }
}
