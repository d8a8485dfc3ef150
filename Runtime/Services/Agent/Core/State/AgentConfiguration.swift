// What the agent needs of the configuration, read out of the graph that control nodes send: the interfaces of workloads, their networks and
// security groups. A property that cannot be read is passed over and reported; everything else stays in force.

import Coding
import ConfigurationModel
import Graph
import NetworkTypes

/// An interface of a workload, as configured.
public struct InterfaceConfiguration: Sendable, Equatable {
    public var id: UUIDValue
    public var name: NodeName
    public var displayName: String
    public var mac: MACAddress?
    public var network: NodeName
    /// The routing instance's name: that of the VRF.
    public var instance: String
    /// In order: the first of a family is the interface's own.
    public var addresses: [IPAddress]
    /// The numbers of its security groups, and which groups they are.
    public var securityGroups: [NodeName]
    public var isPolicyDisabled: Bool
    public var hasPortSecurity: Bool
    public var workload: NodeName?
    public var maximumFlows: Int
    var dhcpOptions: [DHCPOption] = []
    var routes: [ClasslessRoute] = []
}

public struct SubnetConfiguration: Sendable, Equatable {
    public var prefix: IPPrefix
    public var gateway: IPAddress?
    public var service: IPAddress?
    public var isDHCPEnabled: Bool
    public var nameServers: [IPv4Address]
    var dhcpOptions: [DHCPOption] = []
    var routes: [ClasslessRoute] = []
}

public struct NetworkConfiguration: Sendable, Equatable {
    public enum Forwarding: Sendable {
        case bridgedAndRouted
        case bridged
        case routed
    }

    public var name: NodeName
    /// The platform's number of the network; VXLAN network identifier unless another is set. 0: not yet known.
    public var number: UInt32
    public var vxlanIdentifier: UInt32
    public var forwarding: Forwarding
    /// Packets are accepted only from where the route to their source leads.
    public var checksSource: Bool
    public var floodsUnknownUnicast: Bool
    public var subnets: [SubnetConfiguration]
    /// Of its policies, joined by the transformer into one list.
    public var accessLists: [NodeName]
    public var domain: DNSName
}

public struct SecurityGroupConfiguration: Sendable, Equatable {
    public var name: NodeName
    public var number: UInt32
    public var ingress: [AclRuleType]
    public var egress: [AclRuleType]

    public static func == (left: Self, right: Self) -> Bool {
        left.name == right.name && left.number == right.number && left.ingress.map { $0.json() } == right.ingress.map { $0.json() }
            && left.egress.map { $0.json() } == right.egress.map { $0.json() }
    }
}

/// Everything that is read from the graph.
public struct AgentConfiguration: Sendable {
    public var interfaces: [UUIDValue: InterfaceConfiguration] = [:]
    public var networks: [NodeName: NetworkConfiguration] = [:]
    public var securityGroups: [NodeName: SecurityGroupConfiguration] = [:]
    /// The rules of networks' access lists.
    public var accessLists: [NodeName: [AclRuleType]] = [:]
    /// Tunnels, the most wanted first.
    public var encapsulations: [Encapsulation] = []
    /// What could not be read: node, property and reason.
    public var problems: [String] = []

    public init() {}

    public init(_ graph: GraphStore) {
        var reader = ConfigurationReader(graph: graph)
        for name in graph.nodeNames where name.type == "virtual-machine-interface" { reader.readInterface(name) }
        for name in graph.nodeNames where name.type == "global-vrouter-config" { reader.readGlobal(name) }
        self = reader.configuration
        problems.sort()
    }
}

private struct ConfigurationReader {
    let graph: GraphStore
    var configuration = AgentConfiguration()

    // MARK: Properties

    private mutating func property<T: XMLCodable>(_ node: NodeName, _ property: String, _ type: T.Type = T.self) -> T? {
        graph.properties(of: node)?[property].flatMap { decode($0, "\(node) \(property)") }
    }

    private mutating func decode<T: XMLCodable>(_ content: [UInt8], _ place: String) -> T? {
        do throws(CodingError) {
            return try T(xml: Array("<value>".utf8) + content + Array("</value>".utf8), unknownElements: .skip)
        } catch {
            configuration.problems.append("\(place): \(error)")
            return nil
        }
    }

    private mutating func parse<T: NetworkValue>(_ text: String?, _ place: String) -> T? {
        guard let text, !text.isEmpty else { return nil }
        do {
            return try T(parsing: text)
        } catch {
            configuration.problems.append("\(place): \(error)")
            return nil
        }
    }

    // MARK: Objects

    mutating func readInterface(_ node: NodeName) {
        guard let id = uuid(of: node), let network = graph.neighbours(of: node, along: "virtual-machine-interface-virtual-network").first,
            let instance = instance(of: node, network)
        else { return }
        readNetwork(network)
        let macs: MacAddressesType? = property(node, "virtual-machine-interface-mac-addresses")
        let properties: VirtualMachineInterfacePropertiesType? = property(node, "virtual-machine-interface-properties")
        let groups = graph.neighbours(of: node, along: "virtual-machine-interface-security-group")
        for group in groups { readSecurityGroup(group) }
        let options: DhcpOptionsListType? = property(node, "virtual-machine-interface-dhcp-option-list")
        let routes: RouteTableType? = property(node, "virtual-machine-interface-host-routes")
        let display: String? = property(node, "display-name")
        configuration.interfaces[id] = InterfaceConfiguration(
            id: id, name: node, displayName: display ?? "",
            mac: parse(macs?.macAddress?.first, "\(node) mac-address"), network: network, instance: instance,
            addresses: addresses(of: node), securityGroups: groups,
            isPolicyDisabled: property(node, "virtual-machine-interface-disable-policy") ?? false,
            hasPortSecurity: property(node, "port-security-enabled") ?? true,
            workload: graph.neighbours(of: node, along: "virtual-machine-interface-virtual-machine").first,
            maximumFlows: properties?.maxFlows ?? 0, dhcpOptions: dhcpOptions(options, node), routes: classlessRoutes(routes, node))
    }

    private mutating func uuid(of node: NodeName) -> UUIDValue? {
        guard let permissions: IdPermsType = property(node, "id-perms"), let high = permissions.uuid?.uuidMslong,
            let low = permissions.uuid?.uuidLslong
        else { return nil }
        return UUIDValue(high: high, low: low)
    }

    /// The instance that the link with the forwarding rule names, else the network's own, which has the network's last name twice.
    private func instance(of node: NodeName, _ network: NodeName) -> String? {
        if let linked = graph.neighbours(of: node, along: "virtual-machine-interface-routing-instance").first { return linked.name }
        let own = network.name + ":" + (network.name.split(separator: ":").last ?? "")
        let all = graph.neighbours(of: network, along: "virtual-network-routing-instance").map(\.name)
        return all.contains(own) ? own : all.first
    }

    private mutating func addresses(of node: NodeName) -> [IPAddress] {
        var own: [IPAddress] = []
        var further: [IPAddress] = []
        for instance in graph.neighbours(of: node, along: "instance-ip-virtual-machine-interface") {
            guard let address: IPAddress = parse(property(instance, "instance-ip-address"), "\(instance) instance-ip-address") else {
                continue
            }
            if property(instance, "instance-ip-secondary") ?? false { further.append(address) } else { own.append(address) }
        }
        return own.sorted() + further.sorted()
    }

    private mutating func readNetwork(_ node: NodeName) {
        guard configuration.networks[node] == nil else { return }
        let properties: VirtualNetworkType? = property(node, "virtual-network-properties")
        let allocated: Int? = property(node, "virtual-network-network-id")
        let number = UInt32(clamping: allocated ?? properties?.networkId ?? 0)
        let vxlan = UInt32(clamping: properties?.vxlanNetworkIdentifier ?? 0)
        var subnets: [SubnetConfiguration] = []
        var domain = DNSName.root
        for ipam in graph.neighbours(of: node, along: "virtual-network-network-ipam") {
            if let name = domainName(of: ipam) { domain = name }
            let link = LinkName("virtual-network-network-ipam", node, ipam)
            guard let data = graph.data(of: link) ?? nil, let value: VnSubnetsType = decode(data, "\(node) subnets") else { continue }
            for subnet in value.ipamSubnets ?? [] { readSubnet(subnet, node).map { subnets.append($0) } }
        }
        let lists = graph.neighbours(of: node, along: "virtual-network-access-control-list")
        for list in lists {
            let entries: AclEntriesType? = property(list, "access-control-list-entries")
            configuration.accessLists[list] = entries?.aclRule ?? []
        }
        let mode = properties?.forwardingMode?.rawValue
        configuration.networks[node] = NetworkConfiguration(
            name: node, number: number, vxlanIdentifier: vxlan > 0 ? vxlan : number,
            forwarding: mode == "l2" ? .bridged : mode == "l3" ? .routed : .bridgedAndRouted,
            checksSource: properties?.rpf?.rawValue != "disable", floodsUnknownUnicast: property(node, "flood-unknown-unicast") ?? false,
            subnets: subnets.sorted { $0.prefix < $1.prefix }, accessLists: lists, domain: domain)
    }

    private mutating func domainName(of ipam: NodeName) -> DNSName? {
        guard let dns = graph.neighbours(of: ipam, along: "network-ipam-virtual-DNS").first,
            let data: VirtualDnsType = property(dns, "virtual-DNS-data"), let name = data.domainName
        else { return nil }
        return DNSName(name)
    }

    private mutating func readSubnet(_ subnet: IpamSubnetType, _ node: NodeName) -> SubnetConfiguration? {
        guard let address: IPAddress = parse(subnet.subnet?.ipPrefix, "\(node) subnet"), let length = subnet.subnet?.ipPrefixLen else {
            return nil
        }
        guard 0...address.bitCount ~= length else {
            configuration.problems.append("\(node) subnet: the length \(length) is not from 0 to \(address.bitCount)")
            return nil
        }
        let servers = (subnet.dnsNameservers ?? []).compactMap { parse($0, "\(node) dns-nameservers") as IPv4Address? }
        return SubnetConfiguration(
            prefix: IPPrefix(address, length: length), gateway: parse(subnet.defaultGateway, "\(node) default-gateway"),
            service: parse(subnet.dnsServerAddress, "\(node) dns-server-address"), isDHCPEnabled: subnet.enableDhcp ?? true,
            nameServers: servers, dhcpOptions: dhcpOptions(subnet.dhcpOptionList, node), routes: classlessRoutes(subnet.hostRoutes, node))
    }

    private mutating func dhcpOptions(_ list: DhcpOptionsListType?, _ node: NodeName) -> [DHCPOption] {
        var options: [DHCPOption] = []
        for option in list?.dhcpOption ?? [] {
            do throws(DHCPOptionError) {
                options.append(
                    try DHCPOption.configured(
                        option.dhcpOptionName ?? "", text: option.dhcpOptionValue ?? "", octets: option.dhcpOptionValueBytes ?? ""))
            } catch {
                configuration.problems.append("\(node): \(error)")
            }
        }
        return options
    }

    private mutating func classlessRoutes(_ table: RouteTableType?, _ node: NodeName) -> [ClasslessRoute] {
        (table?.route ?? []).compactMap { route in
            guard let prefix: IPv4Prefix = parse(route.prefix, "\(node) host route"),
                let router: IPv4Address = parse(route.nextHop, "\(node) host route")
            else { return nil }
            return ClasslessRoute(prefix, via: router)
        }
    }

    private mutating func readSecurityGroup(_ node: NodeName) {
        guard configuration.securityGroups[node] == nil else { return }
        let number: Int? = property(node, "security-group-id")
        var group = SecurityGroupConfiguration(name: node, number: UInt32(clamping: number ?? 0), ingress: [], egress: [])
        for list in graph.neighbours(of: node, along: "security-group-access-control-list") {
            let entries: AclEntriesType? = property(list, "access-control-list-entries")
            // The transformer names a group's two lists so.
            if list.name.hasSuffix(":ingress-access-control-list") {
                group.ingress += entries?.aclRule ?? []
            } else if list.name.hasSuffix(":egress-access-control-list") {
                group.egress += entries?.aclRule ?? []
            }
        }
        configuration.securityGroups[node] = group
    }

    mutating func readGlobal(_ node: NodeName) {
        let priorities: EncapsulationPrioritiesType? = property(node, "encapsulation-priorities")
        configuration.encapsulations = (priorities?.encapsulation ?? []).compactMap { Encapsulation(priority: $0.rawValue) }
    }
}
