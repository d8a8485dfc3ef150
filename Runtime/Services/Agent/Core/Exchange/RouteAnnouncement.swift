// From a route of the plan to what is said about it to control nodes: its name on the agent channel and its entry, in the forms of Schema/Routes.
// The other end of these words is the control node's reader; a test holds the two together.

import Coding
import NetworkTypes
import RouteMessages
import XMPP

/// A route as it is announced.
public struct RouteAnnouncement: Sendable, Hashable {
    public let node: RouteNode
    /// `<entry>…</entry>`.
    public let entry: [UInt8]

    public init(_ publication: RoutePublication) {
        node = RouteNode(publication)
        entry =
            switch publication.destination {
            case .prefix(let prefix): Self.unicast(publication, prefix)
            case .mac(let mac, let address): Self.ethernet(publication, mac, address.map { IPPrefix(host: $0) })
            case .flood: Self.ethernet(publication, .broadcast, nil)
            }
    }

    private static func unicast(_ publication: RoutePublication, _ prefix: IPPrefix) -> [UInt8] {
        let numbers = RouteNode.family(of: prefix).numbers
        let hop = publication.nextHop
        return UnicastEntry(
            nlri: UnicastDestination(af: numbers.af, safi: numbers.safi, address: prefix.description),
            nextHops: UnicastNextHopList(nextHop: [
                UnicastNextHop(
                    af: RouteFamily.inet.numbers.af, address: hop.address.description, label: Int(hop.label),
                    tunnelEncapsulationList: encapsulations(hop), virtualNetwork: publication.network)
            ]),
            version: 1, virtualNetwork: publication.network, sequenceNumber: 0, securityGroupList: groups(publication),
            localPreference: publication.preference, med: 0
        ).xml(root: "entry")
    }

    private static func ethernet(_ publication: RoutePublication, _ mac: MACAddress, _ prefix: IPPrefix?) -> [UInt8] {
        let numbers = RouteFamily.ethernet.numbers
        let hop = publication.nextHop
        return EthernetEntry(
            nlri: EthernetDestination(
                af: numbers.af, safi: numbers.safi, ethernetTag: Int(publication.ethernetTag), mac: mac.description,
                address: prefix?.description ?? RouteNode.noAddress),
            nextHops: EthernetNextHopList(nextHop: [
                EthernetNextHop(
                    af: RouteFamily.inet.numbers.af, address: hop.address.description, label: Int(hop.label),
                    tunnelEncapsulationList: encapsulations(hop))
            ]),
            virtualNetwork: publication.network, sequenceNumber: 0, securityGroupList: groups(publication),
            localPreference: publication.preference, med: 0,
            // What others flood comes from themselves: nobody asks this host to copy for them.
            edgeReplicationNotSupported: mac == .broadcast ? true : nil
        ).xml(root: "entry")
    }

    private static func encapsulations(_ hop: RouteNextHop) -> TunnelEncapsulationList {
        TunnelEncapsulationList(tunnelEncapsulation: hop.encapsulations.map(\.rawValue).sorted())
    }

    private static func groups(_ publication: RoutePublication) -> SecurityGroupList? {
        publication.securityGroups.isEmpty ? nil : SecurityGroupList(securityGroup: publication.securityGroups.map(Int.init))
    }
}

extension RouteNode {
    /// What stands for the address in the name of a MAC address alone.
    static let noAddress = "0.0.0.0/32"

    static func family(of prefix: IPPrefix) -> RouteFamily {
        if case .v4 = prefix { .inet } else { .inet6 }
    }

    public init(_ publication: RoutePublication) {
        let tag = publication.ethernetTag == 0 ? "" : "\(publication.ethernetTag)-"
        switch publication.destination {
        case .prefix(let prefix):
            self.init(
                table: TableNode(family: Self.family(of: prefix), instance: publication.instance), prefix: prefix.description)
        case .mac(let mac, let address):
            let prefix = address.map { IPPrefix(host: $0).description } ?? Self.noAddress
            self.init(table: TableNode(family: .ethernet, instance: publication.instance), prefix: "\(tag)\(mac),\(prefix)")
        case .flood:
            self.init(
                table: TableNode(family: .ethernet, instance: publication.instance),
                prefix: "\(tag)\(MACAddress.broadcast),\(Self.noAddress)")
        }
    }
}
