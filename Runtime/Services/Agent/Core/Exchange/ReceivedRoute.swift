// What control nodes say about routes, in the terms of the plan. The name of an item says what it is about, since that is all that a retraction
// has; the entry says where it leads.

import Coding
import NetworkTypes
import RouteMessages
import XMPP

/// Why something that a control node said about a route cannot be used. What was said before stays in force.
public struct ReceivedRouteError: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String
    init(_ description: String) { self.description = description }
}

extension RouteDestination {
    /// Reads the name of an item: `10.1.1.3/32`, `[TAG-]MAC,PREFIX`. Nil for routes that this agent has no use for.
    public init?(item name: String, _ family: RouteFamily) throws(ReceivedRouteError) {
        switch family {
        case .inet, .inet6:
            let prefix = try Self.prefix(name, name)
            guard RouteNode.family(of: prefix) == family else { throw ReceivedRouteError("'\(name)' is of another family than its table") }
            self = .prefix(prefix)
        case .ethernet:
            let parts = name.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            // With a group and a source: interest in multicast.
            guard parts.count == 2 else {
                if parts.count > 2 { return nil }
                throw ReceivedRouteError("'\(name)' is no MAC address and prefix, such as 02:00:00:00:00:01,10.1.1.3/32")
            }
            let text = parts[0].split(separator: "-").last.map(String.init) ?? ""
            guard let mac = try? MACAddress(parsing: text) else { throw ReceivedRouteError("'\(text)' in '\(name)' is no MAC address") }
            let prefix = try Self.prefix(parts[1], name)
            switch mac {
            case .broadcast: self = .flood
            // An IP prefix in the Ethernet table: the unicast table has it too.
            case .zero: return nil
            default: self = .mac(mac, prefix.network.isUnspecified ? nil : prefix.network)
            }
        case .inetLabeled, .inetMulticastVPN, .multicast: return nil
        }
    }

    private static func prefix(_ text: String, _ name: String) throws(ReceivedRouteError) -> IPPrefix {
        guard let prefix = try? IPPrefix(parsing: text) else { throw ReceivedRouteError("'\(text)' in '\(name)' is no prefix") }
        return prefix
    }
}

extension ControllerRoute {
    /// Reads the entry of an item.
    ///
    /// - Parameter problems: receives what was left out of the route: next hops that cannot be used.
    public init(_ destination: RouteDestination, entry: [UInt8], problems: inout [String]) throws(ReceivedRouteError) {
        let hops: [Hop]
        let network: String?
        let groups: [Int]?
        do throws(CodingError) {
            switch destination {
            case .prefix:
                let entry = try UnicastEntry(xml: entry, unknownElements: .skip)
                hops = (entry.nextHops?.nextHop ?? []).map { Hop($0.address, $0.label, $0.tunnelEncapsulationList) }
                network = entry.virtualNetwork ?? entry.nextHops?.nextHop?.first?.virtualNetwork
                groups = entry.securityGroupList?.securityGroup
            case .mac, .flood:
                let entry = try EthernetEntry(xml: entry, unknownElements: .skip)
                // Whom to copy what is flooded to is in a list of its own; the next hop is this host's.
                let list = destination == .flood ? entry.olist : entry.nextHops
                hops = (list?.nextHop ?? []).map { Hop($0.address, $0.label, $0.tunnelEncapsulationList) }
                network = entry.virtualNetwork
                groups = entry.securityGroupList?.securityGroup
            }
        } catch {
            throw ReceivedRouteError("\(error)")
        }
        var nextHops: [RouteNextHop] = []
        for hop in hops {
            do throws(ReceivedRouteError) {
                nextHops.append(try hop.nextHop())
            } catch {
                problems.append(error.description)
            }
        }
        guard !nextHops.isEmpty || destination == .flood else {
            let reasons = problems.isEmpty ? "" : ": " + problems.joined(separator: "; ")
            throw ReceivedRouteError("it has no next hop that can be used\(reasons)")
        }
        self.init(
            nextHops, network: network ?? "",
            securityGroups: (groups ?? []).compactMap { UInt32(exactly: $0) }.filter { $0 > 0 }.sorted())
    }

    private struct Hop {
        let address: String?
        let label: Int?
        let encapsulations: [String]

        init(_ address: String?, _ label: Int?, _ list: TunnelEncapsulationList?) {
            self.address = address
            self.label = label
            encapsulations = list?.tunnelEncapsulation ?? []
        }

        func nextHop() throws(ReceivedRouteError) -> RouteNextHop {
            guard let text = address, let address = try? IPv4Address(parsing: text) else {
                throw ReceivedRouteError("the next hop '\(address ?? "")' is no IPv4 address")
            }
            guard let label, let number = UInt32(exactly: label), number > 0 else {
                throw ReceivedRouteError("the next hop \(text) has no label")
            }
            // No list at all means MPLS in GRE; one of which nothing is known leads nowhere.
            let known = encapsulations.isEmpty ? [.mplsOverGRE] : Set(encapsulations.compactMap { Encapsulation(rawValue: $0) })
            guard !known.isEmpty else {
                throw ReceivedRouteError(
                    "the next hop \(text) takes \(encapsulations.joined(separator: ", ")) only; gre, udp and vxlan are known here")
            }
            return RouteNextHop(address, label: number, known)
        }
    }
}
