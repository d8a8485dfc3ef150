// Routes of control nodes: tunnels to other hosts, ECMP over them, and where a network's flooded frames are copied to.

import ForwarderMessages
import Graph
import NetworkTypes

extension PlanBuilder {
    mutating func addControllerRoutes() {
        let byInstance = Dictionary(grouping: merged, by: { $0.key.instance })
        for vrf in plan.vrfs.values.sorted(by: { $0.index < $1.index }) where vrf.index != 0 {
            let routes = (byInstance[vrf.instance] ?? []).sorted { $0.key.destination < $1.key.destination }
            // What ARP for an address of another host is answered with.
            var macs: [IPAddress: MACAddress] = [:]
            for (key, _) in routes {
                if case .mac(let mac, .some(let address)) = key.destination { macs[address] = mac }
            }
            for (key, route) in routes {
                switch key.destination {
                case .prefix(let prefix): addRoute(vrf, prefix, route, prefix.isHost ? macs[prefix.network] : nil)
                case .mac(let mac, _): addBridgeEntry(vrf, mac, route)
                case .flood: break
                }
            }
        }
    }

    private mutating func addRoute(_ vrf: PlannedVRF, _ prefix: IPPrefix, _ controller: ControllerRoute, _ mac: MACAddress?) {
        let elsewhere = controller.nextHops.filter { $0.address != host.address }
        // Our own announcement comes back to us; what we know of our own workloads is better than what it says. In another network's instance, which
        // policy lets it into, it is all that there is.
        let own = workloads(vrf.index, prefix)
        let here = own.isEmpty ? controller.nextHops.filter { $0.address == host.address }.compactMap { workload(label: $0.label) } : own
        guard !elsewhere.isEmpty || own.isEmpty && !here.isEmpty else { return }
        // The platform answers for its own addresses on every host.
        if case .v4(let prefix) = prefix, prefix.isHost, plan.vrfs[vrf.index]?.routes[.v4(prefix)]?.target == .platform { return }
        var members: [String: NextHopMember] = [:]
        var single: (UInt32, UInt32)?
        for nextHop in elsewhere {
            guard let (tunnel, index) = tunnel(to: nextHop, bridging: false) else { continue }
            members["\(tunnel):\(nextHop.label)"] = NextHopMember(nextHop: index, label: nextHop.label)
            single = (index, nextHop.label)
        }
        for workload in here { members["workload:\(workload.id):inet"] = NextHopMember(nextHop: workload.nextHop) }
        var planned = PlannedRoute(
            nextHop: 0, target: .remote, network: controller.network, securityGroups: controller.securityGroups)
        let flags: RouteFlags = mac == nil ? [] : .arpProxy
        if members.count == 1, let workload = here.first {
            planned.nextHop = workload.nextHop
            planned.target = .interface(workload.index)
            route(vrf.index, prefix, planned, flags: flags, mac: mac)
        } else if members.count == 1, let (index, label) = single {
            planned.nextHop = index
            route(vrf.index, prefix, planned, label: label, flags: flags, mac: mac)
        } else if members.count > 1, let index = composite("ecmp:\(vrf.instance):\(prefix)", members, vrf.index) {
            planned.nextHop = index
            route(vrf.index, prefix, planned, flags: flags, mac: mac)
        }
    }

    /// The workload that packets with the label are for.
    private func workload(label: UInt32) -> PlannedInterface? {
        guard case .label(let message) = plan.tables[.label(label)]?.message, let nextHop = message.nextHop,
            let workload = plan.interfaceByNextHop[nextHop].flatMap({ plan.interfaces[$0] }), workload.nextHop == nextHop
        else { return nil }
        return workload
    }

    private mutating func addBridgeEntry(_ vrf: PlannedVRF, _ mac: MACAddress, _ route: ControllerRoute) {
        // A workload here has its entry already.
        guard plan.tables[.bridge(vrf: vrf.index, mac)] == nil,
            let nextHop = route.nextHops.first(where: { $0.address != host.address }), let (_, index) = tunnel(to: nextHop, bridging: true)
        else { return }
        bridge(vrf.index, mac, index, label: nextHop.label)
    }

    /// The encapsulation that both ends can do and the configuration likes best.
    private func encapsulation(_ offered: Set<Encapsulation>, bridging: Bool) -> Encapsulation? {
        let possible = bridging ? offered : offered.subtracting([.vxlan])
        return (configuration.encapsulations + [.mplsOverGRE, .mplsOverUDP, .vxlan]).first { possible.contains($0) }
    }

    private mutating func tunnel(to nextHop: RouteNextHop, bridging: Bool) -> (String, UInt32)? {
        guard let encapsulation = encapsulation(nextHop.encapsulations, bridging: bridging) else {
            plan.problems.append("a route to \(nextHop.address) offers no encapsulation that can be used")
            return nil
        }
        let network = IPv4Prefix(host.address, length: host.prefixLength)
        let neighbour = network.contains(nextHop.address) ? nextHop.address : host.gateway ?? nextHop.address
        plan.wantedNeighbours.insert(neighbour)
        let name = "tunnel:\(encapsulation.rawValue):\(nextHop.address)"
        let host = host
        let mac = inputs.neighbours[neighbour]
        let index = self.nextHop(name) { index in
            guard let mac else {
                return NextHopMessage(operation: .add, index: index, type: .resolve, flags: .valid, interface: AgentIndexes.physical)
            }
            let kind: TunnelEncapsulation =
                switch encapsulation {
                case .mplsOverGRE: .mplsOverGre
                case .mplsOverUDP: .mplsOverUdp
                case .vxlan: .vxlan
                }
            return NextHopMessage(
                operation: .add, index: index, type: .tunnel, flags: .valid, interface: AgentIndexes.physical,
                encapsulation: mac.bytes + host.mac.bytes + [0x08, 0x00], tunnel: kind, sourceIpv4: host.address,
                destinationIpv4: nextHop.address)
        }
        return index.map { (name, $0) }
    }

    // MARK: Flooding

    /// The broadcast entry of each network: workloads here, and the hosts that the control node names. The network's label and VXLAN identifier lead into
    /// its bridge table.
    mutating func addFloods() {
        for vrf in plan.vrfs.values.sorted(by: { $0.index < $1.index }) {
            guard let name = vrf.network, let network = configuration.networks[name], network.forwarding != .routed else { continue }
            let workloads = plan.interfaces.values.filter { $0.vrf == vrf.index }.sorted { $0.index < $1.index }
            let flags: NextHopFlags = network.floodsUnknownUnicast ? [.valid, .unknownUnicastFlood] : .valid
            let entry = nextHop("vrf:\(vrf.instance)") { index in
                NextHopMessage(operation: .add, index: index, type: .vrfTranslate, family: .bridge, flags: flags, vrf: vrf.index)
            }
            guard let entry, let label = label("vrf:\(vrf.instance)", entry) else { continue }
            let identifier = network.vxlanIdentifier
            if identifier > 0, identifier < 1 << 24 {
                add(.vxlanNetwork(VxlanNetworkMessage(operation: .add, identifier: identifier, nextHop: entry)))
            }
            var members: [NextHopMember] = []
            func composite(_ kind: String, _ composite: CompositeKind, _ members: [NextHopMember]) -> UInt32? {
                nextHop("flood:\(kind):\(vrf.instance)") { index in
                    NextHopMessage(
                        operation: .add, index: index, type: .composite, family: .bridge, flags: .valid, vrf: vrf.index,
                        composite: composite, members: members)
                }
            }
            let here = workloads.map { NextHopMember(nextHop: $0.bridgeNextHop) }
            if let index = composite("local", .local, here) { members.append(NextHopMember(nextHop: index)) }
            let route = merged[ControllerRoutes.Key(vrf.instance, .flood)]
            var there: [NextHopMember] = []
            for nextHop in route?.nextHops ?? [] where nextHop.address != host.address {
                if let (_, index) = tunnel(to: nextHop, bridging: true) {
                    there.append(NextHopMember(nextHop: index, label: nextHop.label))
                }
            }
            if !there.isEmpty, let index = composite("evpn", .evpn, there) { members.append(NextHopMember(nextHop: index)) }
            guard let root = composite("root", .multicast, members) else { continue }
            let ownDHCP = !network.subnets.isEmpty && network.subnets.allSatisfy { !$0.isDHCPEnabled }
            bridge(vrf.index, .broadcast, root, label: identifier > 0 ? identifier : nil, flags: ownDHCP ? .floodDhcp : [])
            let usesVXLAN = configuration.encapsulations.first == .vxlan && identifier > 0
            plan.publications.insert(
                RoutePublication(
                    instance: vrf.instance, destination: .flood,
                    nextHop: usesVXLAN
                        ? RouteNextHop(host.address, label: identifier, [.vxlan])
                        : RouteNextHop(host.address, label: label, mplsEncapsulations),
                    network: name.name, securityGroups: [], preference: 100, ethernetTag: usesVXLAN ? identifier : 0))
        }
    }
}
