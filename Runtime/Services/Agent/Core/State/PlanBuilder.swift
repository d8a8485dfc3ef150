// How the plan is made: the host's own entries, then each interface, each network's VRF, and the routes of control nodes. A next hop, VRF or
// label is made when it is first referred to.

import ForwarderMessages
import Graph
import NetworkTypes

/// The names that a plan uses.
struct UsedNames {
    var interfaces: Set<String> = []
    var vrfs: Set<String> = []
    var nextHops: Set<String> = []
    var labels: Set<String> = []

    func keep(in indexes: inout AgentIndexes) {
        indexes.interfaces.keep(interfaces)
        indexes.vrfs.keep(vrfs)
        indexes.nextHops.keep(nextHops)
        indexes.labels.keep(labels)
        indexes.keepPositions(of: nextHops)
    }
}

struct PlanBuilder {
    let inputs: AgentInputs
    var indexes: AgentIndexes
    var used = UsedNames()
    var plan = AgentPlan()
    /// Local workloads that have an address, by VRF.
    private var local: [UInt32: [IPPrefix: [PlannedInterface]]] = [:]
    /// The routes of control nodes.
    let merged: [ControllerRoutes.Key: ControllerRoute]
    /// Rules are the same for all interfaces that have the same network and groups, and are compiled once.
    private struct RulesOf: Hashable {
        let network: NodeName
        let groups: [NodeName]
        let hasPortSecurity: Bool
    }
    private var policies: [RulesOf: PolicyQuestion.Side] = [:]

    var host: HostParameters { inputs.host }
    var configuration: AgentConfiguration { plan.configuration }

    init(_ inputs: AgentInputs, _ indexes: AgentIndexes) {
        self.inputs = inputs
        self.indexes = indexes
        merged = inputs.routes.merged
        plan.configuration = AgentConfiguration(inputs.graph)
        plan.problems = plan.configuration.problems
    }

    mutating func build() {
        addHost()
        for (id, interface) in plan.configuration.interfaces.sorted(by: { $0.key < $1.key }) { addAddressing(id, interface) }
        let ports = inputs.ports.values.sorted { $0.id < $1.id }
        for port in ports {
            plan.workloads.insert(port.instance)
            addInterface(port)
        }
        addSubnets()
        addControllerRoutes()
        addFloods()
    }

    // MARK: Entries and numbers

    mutating func add(_ message: ForwarderEntry.Message) {
        guard let entry = ForwarderEntry(message) else {
            plan.problems.append("an entry cannot be sent to the forwarder: \(message)")
            return
        }
        plan.tables[entry.key] = entry
    }

    private mutating func number(
        _ table: WritableKeyPath<AgentIndexes, IndexTable>, _ names: WritableKeyPath<UsedNames, Set<String>>, _ name: String, _ noun: String
    ) -> UInt32? {
        guard let number = indexes[keyPath: table].claim(name) else {
            plan.problems.append("the forwarder's table of \(noun) is full: there is none for \(name)")
            return nil
        }
        used[keyPath: names].insert(name)
        return number
    }

    mutating func vrf(_ instance: String, _ network: NodeName?) -> UInt32? {
        guard let index = number(\.vrfs, \.vrfs, instance, "VRFs") else { return nil }
        if plan.vrfs[index] == nil {
            plan.vrfs[index] = PlannedVRF(index: index, instance: instance, network: network)
            let isBridged = network.flatMap { configuration.networks[$0]?.forwarding } == .bridged
            add(.vrf(VrfMessage(operation: .add, index: index, name: instance, flags: isBridged ? .bridgeOnly : [])))
        }
        return index
    }

    /// A next hop by its name; made by the closure if this is its first mention.
    mutating func nextHop(_ name: String, _ make: (UInt32) -> NextHopMessage) -> UInt32? {
        let isNew = !used.nextHops.contains(name)
        guard let index = number(\.nextHops, \.nextHops, name, "next hops") else { return nil }
        if isNew { add(.nextHop(make(index))) }
        return index
    }

    mutating func label(_ name: String, _ nextHop: UInt32) -> UInt32? {
        guard let label = number(\.labels, \.labels, name, "labels") else { return nil }
        add(.label(LabelMessage(operation: .add, label: label, nextHop: nextHop)))
        return label
    }

    mutating func route(
        _ vrf: UInt32, _ prefix: IPPrefix, _ route: PlannedRoute, label: UInt32? = nil, flags: RouteFlags = [], mac: MACAddress? = nil
    ) {
        var message = RouteMessage(operation: .add, vrf: vrf, family: .inet)
        switch prefix {
        case .v4(let prefix): message.ipv4Prefix = prefix.network
        case .v6(let prefix):
            message.family = .inet6
            message.ipv6Prefix = prefix.network
        }
        message.prefixLength = UInt8(prefix.length)
        message.nextHop = route.nextHop
        message.label = label
        message.routeFlags = flags
        message.stitchedMac = mac
        add(.route(message))
        plan.vrfs[vrf]?.routes[prefix] = route
    }

    mutating func bridge(_ vrf: UInt32, _ mac: MACAddress, _ nextHop: UInt32, label: UInt32? = nil, flags: BridgeFlags = []) {
        var message = RouteMessage(operation: .add, vrf: vrf, family: .bridge)
        message.macAddress = mac
        message.nextHop = nextHop
        message.label = label
        message.bridgeFlags = flags
        add(.route(message))
    }

    // MARK: The host

    private mutating func addHost() {
        plan.vrfs[0] = PlannedVRF(index: 0, instance: AgentPlan.fabric)
        plan.subscriptions[AgentPlan.fabric] = 0
        add(.vrf(VrfMessage(operation: .add, index: 0, name: AgentPlan.fabric)))
        add(
            .interface(
                InterfaceMessage(
                    operation: .add, index: AgentIndexes.physical, type: .physical, transport: .ethernet, flags: [.layer3, .hostPhysical],
                    name: host.physicalDevice, mac: host.mac, crossConnects: [AgentIndexes.host])))
        add(
            .interface(
                InterfaceMessage(
                    operation: .add, index: AgentIndexes.host, type: .host, transport: .virtual, flags: [.layer3], name: host.hostDevice,
                    mac: host.mac, crossConnects: [AgentIndexes.physical])))
        add(
            .interface(
                InterfaceMessage(
                    operation: .add, index: AgentIndexes.agent, type: .agent,
                    transport: host.agentTransport == .socket ? .socket : .virtual,
                    flags: [.layer3], name: host.agentDevice, mac: .gateway)))
        let receive = nextHop("host") { index in
            NextHopMessage(operation: .add, index: index, type: .receive, flags: .valid, interface: AgentIndexes.host)
        }
        if let receive {
            let own = PlannedRoute(nextHop: receive, target: .platform, network: AgentPlan.fabric, securityGroups: [])
            route(0, .v4(IPv4Prefix(host: host.address)), own)
        }
    }

    /// Packets for the agent: those to gateways and services.
    private mutating func platform() -> UInt32? {
        nextHop("platform") { index in
            NextHopMessage(operation: .add, index: index, type: .receive, flags: .valid, interface: AgentIndexes.agent)
        }
    }

    // MARK: Interfaces

    private mutating func addAddressing(_ id: UUIDValue, _ interface: InterfaceConfiguration) {
        let subnet = ownSubnet(of: interface)
        let workload = interface.workload?.name.split(separator: ":").last.map(String.init)
        var addressing = PortAddressing(
            workloadName: interface.displayName.isEmpty ? workload ?? "" : interface.displayName, networkName: interface.network.name,
            prefixLength: subnet?.prefix.length ?? 32)
        addressing.mac = interface.mac
        for address in interface.addresses {
            switch address {
            case .v4(let address) where addressing.address == nil: addressing.address = address
            case .v6(let address) where addressing.address6 == nil: addressing.address6 = address
            default: break
            }
        }
        addressing.gateway = subnet?.gateway4
        addressing.nameServer = subnet?.service4 ?? subnet?.gateway4
        plan.addressing[id] = addressing
    }

    private func ownSubnet(of interface: InterfaceConfiguration) -> SubnetConfiguration? {
        let subnets = configuration.networks[interface.network]?.subnets ?? []
        for case .v4(let address) in interface.addresses {
            if let subnet = subnets.first(where: { $0.prefix.contains(.v4(address)) }) { return subnet }
        }
        return nil
    }

    private mutating func addInterface(_ port: Port) {
        let interface = port.isLinkUp ? configuration.interfaces[port.id] : nil
        let network = interface.flatMap { configuration.networks[$0.network] }
        guard let index = number(\.interfaces, \.interfaces, "workload:\(port.id)", "interfaces"),
            let vrf = vrf(interface?.instance ?? AgentPlan.unconfigured, interface?.network)
        else { return }
        // What the orchestrator plugged in is what is on the wire.
        let mac = port.mac
        let hasPolicy = interface.map { !$0.isPolicyDisabled } ?? false
        let encapsulation = mac.bytes + MACAddress.gateway.bytes + [0x08, 0x00]
        let flags: NextHopFlags = hasPolicy ? [.valid, .policy] : .valid
        func workloadNextHop(_ family: AddressFamily) -> (UInt32) -> NextHopMessage {
            { number in
                NextHopMessage(
                    operation: .add, index: number, type: .encapsulate, family: family, flags: flags, vrf: vrf, interface: index,
                    encapsulation: encapsulation)
            }
        }
        guard let routed = nextHop("workload:\(port.id):inet", workloadNextHop(.inet)),
            let bridged = nextHop("workload:\(port.id):bridge", workloadNextHop(.bridge))
        else { return }
        let subnet = interface.flatMap { ownSubnet(of: $0) }
        var planned = PlannedInterface(
            index: index, id: port.id, vrf: vrf, nextHop: routed, bridgeNextHop: bridged, mac: mac, configuration: interface,
            dhcp: dhcp(port, index, interface, subnet), ownAddresses: [], gateway: subnet?.gateway4, scope: nil)
        for subnet in network?.subnets ?? [] { planned.ownAddresses.formUnion(subnet.ownAddresses) }
        if let interface, let network { planned.scope = addName(port, interface, network) }
        if let interface {
            planned.securityGroups = groups(of: interface)
            planned.policy = policy(of: interface)
            planned.checksSource = network?.checksSource ?? true
        }
        add(.interface(interfaceMessage(port, planned, network, subnet, hasPolicy)))
        plan.interfaces[index] = planned
        plan.interfaceByNextHop[routed] = index
        plan.interfaceByNextHop[bridged] = index
        if let interface { addWorkload(planned, interface, network) }
    }

    private func interfaceMessage(
        _ port: Port, _ planned: PlannedInterface, _ network: NetworkConfiguration?, _ subnet: SubnetConfiguration?, _ hasPolicy: Bool
    ) -> InterfaceMessage {
        var flags: InterfaceFlags = []
        if hasPolicy { flags.insert(.policy) }
        if network?.forwarding != .bridged { flags.insert(.layer3) }
        if network?.forwarding != .routed { flags.insert(.layer2) }
        if subnet?.isDHCPEnabled != false { flags.insert(.dhcp) }
        if network?.floodsUnknownUnicast == true { flags.insert(.unknownUnicastFlood) }
        return InterfaceMessage(
            operation: .add, index: planned.index, type: .virtual, transport: .virtual, flags: flags, name: port.device, vrf: planned.vrf,
            nextHop: planned.nextHop, mac: .gateway, ipv4Address: planned.configuration == nil ? nil : planned.dhcp.address)
    }

    private func dhcp(
        _ port: Port, _ index: UInt32, _ interface: InterfaceConfiguration?, _ subnet: SubnetConfiguration?
    ) -> DHCPConfiguration {
        let configured = interface?.addresses.lazy.compactMap { address in
            if case .v4(let address) = address { address } else { nil as IPv4Address? }
        }.first
        // Before anything is known, a link-local address of the interface's own: the workload boots, and asks again in four seconds.
        let linkLocal = IPv4Address(rawValue: 0xA9FE_8000 | index & 0x7FFF)
        var dhcp = DHCPConfiguration(
            hardwareAddress: port.mac, address: configured ?? port.address ?? linkLocal,
            prefixLength: subnet?.prefix.length ?? (configured ?? port.address == nil ? 16 : 32), gateway: subnet?.gateway4)
        dhcp.isComplete = configured != nil && subnet != nil
        dhcp.service = subnet?.service4
        dhcp.nameServers = subnet.map { $0.nameServers.isEmpty ? [$0.service4 ?? $0.gateway4].compactMap { $0 } : $0.nameServers } ?? []
        dhcp.hostName = port.displayName.isEmpty ? interface?.displayName : port.displayName
        let domain = interface.flatMap { configuration.networks[$0.network]?.domain } ?? .root
        dhcp.domainName = domain == .root ? nil : domain.description
        dhcp.options = [interface?.dhcpOptions ?? [], subnet?.dhcpOptions ?? []]
        dhcp.routes = [interface?.routes ?? [], subnet?.routes ?? []]
        return dhcp
    }

    private mutating func addName(_ port: Port, _ interface: InterfaceConfiguration, _ network: NetworkConfiguration) -> NameScope {
        let scope = NameScope(network: network.name, domain: network.domain)
        let name = port.displayName.isEmpty ? interface.displayName : port.displayName
        plan.names.add(name, interface.addresses, in: scope)
        for subnet in network.subnets { plan.names.add(subnet.prefix, in: scope) }
        return scope
    }

    /// Labels, routes and announcements of a configured interface.
    private mutating func addWorkload(_ planned: PlannedInterface, _ interface: InterfaceConfiguration, _ network: NetworkConfiguration?) {
        guard let routedLabel = label("workload:\(planned.id):inet", planned.nextHop),
            let bridgedLabel = label("workload:\(planned.id):bridge", planned.bridgeNextHop)
        else { return }
        plan.subscriptions[interface.instance] = planned.vrf
        let groups = planned.securityGroups
        let isRouted = network?.forwarding != .bridged
        for address in interface.addresses where isRouted {
            local[planned.vrf, default: [:]][IPPrefix(host: address), default: []].append(planned)
        }
        bridge(planned.vrf, planned.mac, planned.bridgeNextHop)
        let identifier = network?.vxlanIdentifier ?? 0
        let usesVXLAN = configuration.encapsulations.first == .vxlan && identifier > 0
        let tunnels = mplsEncapsulations
        func publish(_ destination: RouteDestination, _ nextHop: RouteNextHop, _ address: IPAddress?) {
            let isActive = address.map { inputs.activeAddresses.contains(.init(planned.id, $0)) } ?? false
            plan.publications.insert(
                RoutePublication(
                    instance: interface.instance, destination: destination, nextHop: nextHop, network: interface.network.name,
                    securityGroups: groups, preference: isActive ? 200 : 100, ethernetTag: usesVXLAN ? identifier : 0))
        }
        let frames =
            usesVXLAN
            ? RouteNextHop(host.address, label: identifier, [.vxlan]) : RouteNextHop(host.address, label: bridgedLabel, tunnels)
        for address in interface.addresses {
            if isRouted { publish(.prefix(IPPrefix(host: address)), RouteNextHop(host.address, label: routedLabel, tunnels), address) }
            publish(.mac(planned.mac, address), frames, address)
        }
        publish(.mac(planned.mac, nil), frames, nil)
    }

    /// Tunnels that carry labels, as announced.
    var mplsEncapsulations: Set<Encapsulation> {
        let wanted = Set(configuration.encapsulations).subtracting([.vxlan])
        return wanted.isEmpty ? [.mplsOverGRE, .mplsOverUDP] : wanted
    }

    // MARK: Networks

    private mutating func addSubnets() {
        for vrf in plan.vrfs.values.sorted(by: { $0.index < $1.index }) {
            guard let name = vrf.network, let network = configuration.networks[name] else { continue }
            if let receive = nextHop(
                "routed:\(vrf.instance)",
                { index in
                    NextHopMessage(operation: .add, index: index, type: .bridgeReceive, family: .bridge, flags: .valid, vrf: vrf.index)
                })
            {
                bridge(vrf.index, .gateway, receive)
            }
            guard network.forwarding != .bridged else { continue }
            for subnet in network.subnets {
                // Addresses that nobody has: not a way out through a default route. ARP for them is flooded.
                route(
                    vrf.index, subnet.prefix, PlannedRoute(nextHop: 0, target: .nowhere, network: name.name, securityGroups: []))
            }
            for subnet in network.subnets {
                guard let platform = platform() else { continue }
                for address in subnet.ownAddresses.sorted() {
                    route(
                        vrf.index, .v4(IPv4Prefix(host: address)),
                        PlannedRoute(nextHop: platform, target: .platform, network: name.name, securityGroups: []), flags: .arpProxy)
                }
            }
            for (prefix, workloads) in (local[vrf.index] ?? [:]).sorted(by: { $0.key < $1.key }) {
                guard let route = localRoute(prefix, workloads, vrf, name) else { continue }
                self.route(vrf.index, prefix, route, flags: [.arpProxy, .arpTrap], mac: workloads.count == 1 ? workloads[0].mac : nil)
            }
        }
    }

    private mutating func localRoute(
        _ prefix: IPPrefix, _ workloads: [PlannedInterface], _ vrf: PlannedVRF, _ network: NodeName
    ) -> PlannedRoute? {
        let groups = Set(workloads.flatMap(\.securityGroups)).sorted()
        if workloads.count == 1 {
            return PlannedRoute(
                nextHop: workloads[0].nextHop, target: .interface(workloads[0].index), network: network.name, securityGroups: groups)
        }
        let members = Dictionary(
            workloads.map { ("workload:\($0.id):inet", NextHopMember(nextHop: $0.nextHop)) }, uniquingKeysWith: { first, _ in first })
        return composite("ecmp:\(vrf.instance):\(prefix)", members, vrf.index).map {
            PlannedRoute(nextHop: $0, target: .remote, network: network.name, securityGroups: groups)
        }
    }

    private func groups(of interface: InterfaceConfiguration) -> [UInt32] {
        interface.securityGroups.compactMap { configuration.securityGroups[$0]?.number }.filter { $0 > 0 }.sorted()
    }

    private mutating func policy(of interface: InterfaceConfiguration) -> PolicyQuestion.Side? {
        guard !interface.isPolicyDisabled else { return nil }
        let rules = RulesOf(
            network: interface.network, groups: interface.securityGroups, hasPortSecurity: interface.hasPortSecurity)
        if let known = policies[rules] { return known }
        let side = configuration.policySide(of: interface)
        policies[rules] = side
        return side
    }

    mutating func composite(_ name: String, _ members: [String: NextHopMember], _ vrf: UInt32) -> UInt32? {
        let places = indexes.arrange(Set(members.keys), of: name)
        return nextHop(name) { index in
            NextHopMessage(
                operation: .add, index: index, type: .composite, flags: .valid, vrf: vrf, composite: .ecmp,
                members: places.map { place in place.flatMap { members[$0] } ?? NextHopMember() })
        }
    }

    /// Local workloads with an address in a VRF.
    func workloads(_ vrf: UInt32, _ prefix: IPPrefix) -> [PlannedInterface] { local[vrf]?[prefix] ?? [] }
}

extension SubnetConfiguration {
    var gateway4: IPv4Address? { if case .v4(let address) = gateway { address.isUnspecified ? nil : address } else { nil } }
    var service4: IPv4Address? { if case .v4(let address) = service { address.isUnspecified ? nil : address } else { nil } }
    var ownAddresses: Set<IPv4Address> { Set([gateway4, service4].compactMap { $0 }) }
}
