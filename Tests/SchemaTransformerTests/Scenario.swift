// A configuration in a few lines of text, and what the transformer makes of it in a few lines more.
//
//     network blue: p1 p2                  a network of the project, and its policies in order
//     policy p1: blue <> red tcp 80        rules, separated by commas; `deny` at the end denies
//     group web: in tcp 443 any            a security group's rules: in or out, protocol, ports, and the other side
//
// The world does what the API server does with the writes, as far as the transformer can see it: what was written is in the graph next time.

import Coding
import ConfigurationModel
import Graph
import Testing

@testable import SchemaTransformerCore

struct World {
    var graph = GraphStore()
    var transformer = Transformer()
    private(set) var log: [String] = []
    static let project = NodeName(type: "project", name: "d:p")

    init(allowsRouters: Bool = true) { transformer = Transformer(allowsRouters: allowsRouters) }

    static func network(_ name: String) -> NodeName { NodeName(type: "virtual-network", name: "d:p:\(name)") }
    static func policy(_ name: String) -> NodeName { NodeName(type: "network-policy", name: "d:p:\(name)") }
    static func group(_ name: String) -> NodeName { NodeName(type: "security-group", name: "d:p:\(name)") }

    mutating func apply(_ change: GraphChange) { transformer.take(graph.apply(change)) }

    // MARK: Saying what there is

    mutating func say(_ text: String) {
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1).map { $0.split(separator: " ").map(String.init) }
            guard let head = parts.first, head.count == 2 else {
                Issue.record("not a line of a scenario: \(line)")
                continue
            }
            let rest = parts.count > 1 ? parts[1] : []
            switch head[0] {
            case "network": network(head[1], policies: rest)
            case "policy": policy(head[1], rest.joined(separator: " "))
            case "group": group(head[1], rest.joined(separator: " "))
            default: Issue.record("no \(head[0]) in scenarios")
            }
        }
    }

    mutating func network(_ name: String, policies: [String] = [], timed: Set<String> = [], properties: [String: [UInt8]] = [:]) {
        let node = Self.network(name)
        apply(.node(node, properties: properties))
        // The server makes the routing instance along with the network.
        if !graph.contains(node.defaultInstance) { create(node.defaultInstance, below: node) }
        for old in graph.neighbours(of: node, along: NetworkPolicies.policyLink) where !policies.contains(String(old.name.shortName)) {
            apply(.removeLink(LinkName(NetworkPolicies.policyLink, node, old)))
        }
        for (number, policy) in policies.enumerated() {
            var data = VirtualNetworkPolicyType(sequence: SequenceType(major: number, minor: 0))
            if timed.contains(policy) { data.timer = TimerType() }
            apply(.link(LinkName(NetworkPolicies.policyLink, node, Self.policy(policy)), data: data.json()))
        }
    }

    mutating func policy(_ name: String, _ text: String) {
        let rules = text.split(separator: ",").map { rule in
            let words = rule.split(separator: " ").map(String.init)
            var made = PolicyRuleType()
            made.direction = DirectionType(rawValue: words[1])
            made.srcAddresses = [Self.address(words[0])]
            made.dstAddresses = [Self.address(words[2])]
            made.`protocol` = words.count > 3 ? words[3] : "any"
            made.srcPorts = [PortType(startPort: -1, endPort: -1)]
            made.dstPorts = [Self.port(words.count > 4 ? words[4] : "any")]
            made.actionList = ActionListType(simpleAction: words.last == "deny" ? .deny : .pass)
            if words.last == "service" { made.actionList?.applyService = ["d:p:firewall"] }
            return made
        }
        apply(.node(Self.policy(name), properties: ["network-policy-entries": PolicyEntriesType(policyRule: rules).json()]))
    }

    private static func port(_ text: String) -> PortType {
        let numbers = text.split(separator: "-").compactMap { Int($0) }
        return PortType(startPort: numbers.first ?? -1, endPort: numbers.last ?? -1)
    }

    private static func address(_ text: String) -> AddressType {
        if text.hasPrefix("@") { return AddressType(networkPolicy: "d:p:\(text.dropFirst())") }
        if let slash = text.lastIndex(of: "/") {
            return AddressType(subnet: SubnetType(ipPrefix: String(text[..<slash]), ipPrefixLen: Int(text[text.index(after: slash)...])))
        }
        return AddressType(virtualNetwork: ["any", "local"].contains(text) ? text : "d:p:\(text)")
    }

    mutating func group(_ name: String, _ text: String) {
        let rules = text.split(separator: ",").map { rule in
            let words = rule.split(separator: " ").map(String.init)
            let other =
                words[3].contains("/") ? Self.address(words[3]) : AddressType(securityGroup: words[3] == "any" ? "any" : "d:p:\(words[3])")
            let local = AddressType(securityGroup: "local")
            var made = PolicyRuleType()
            made.`protocol` = words[1]
            made.ethertype = .iPv4
            made.srcAddresses = [words[0] == "in" ? other : local]
            made.dstAddresses = [words[0] == "in" ? local : other]
            if words[2] != "any" { made.dstPorts = [Self.port(words[2])] }
            return made
        }
        let number = 8_000_000 + name.utf8.reduce(0) { $0 + Int($1) }
        apply(
            .node(
                Self.group(name),
                properties: [
                    "security-group-entries": PolicyEntriesType(policyRule: rules).json(), "security-group-id": Array("\(number)".utf8),
                ]))
    }

    mutating func removeNetwork(_ name: String) {
        network(name)
        let node = Self.network(name)
        for link in graph.links(of: node.defaultInstance) { apply(.removeLink(link)) }
        apply(.removeNode(node.defaultInstance))
        for list in graph.neighbours(of: node, along: "virtual-network-access-control-list") { remove(list) }
        apply(.removeNode(node))
    }

    // MARK: The server

    private mutating func create(_ node: NodeName, below parent: NodeName, properties: [String: [UInt8]] = [:]) {
        apply(.node(node, properties: properties))
        apply(.link(LinkName("\(parent.type)-\(node.type)", parent, node), data: nil))
    }

    private mutating func remove(_ node: NodeName) {
        for link in graph.links(of: node) { apply(.removeLink(link)) }
        apply(.removeNode(node))
    }

    private static let made = ["id-perms": IdPermsType(creator: Transformer.creator).json()]

    mutating func perform(_ write: Write) {
        log.append(write.description)
        switch write {
        case .createInstance(let instance):
            create(instance, below: NodeName(type: "virtual-network", name: String(instance.name.parentName)))
        case .allocateTarget(let instance, let proposal, _):
            let target = NodeName(type: "route-target", name: proposal)
            #expect(!graph.contains(target), "\(proposal) is given out twice")
            apply(.node(target, properties: Self.made))
            apply(.link(LinkName(RouteTargets.link, instance, target), data: InstanceTargetType().json()))
        case .createTarget(let target): apply(.node(target, properties: Self.made))
        case .addTarget(let instance, let target, let use):
            #expect(graph.contains(target))
            let data = InstanceTargetType(importExport: use.map { ImportExportType(rawValue: $0) })
            apply(.link(LinkName(RouteTargets.link, instance, target), data: data.json()))
        case .removeTarget(let instance, let target): apply(.removeLink(LinkName(RouteTargets.link, instance, target)))
        case .deleteTarget(let target):
            #expect(graph.links(of: target).isEmpty)
            apply(.removeNode(target))
        case .connect(let left, let right): apply(.link(LinkName(Transformer.connectionLink, left, right), data: ConnectionType().json()))
        case .disconnect(let left, let right): apply(.removeLink(LinkName(Transformer.connectionLink, left, right)))
        case .putAccessList(let list, let parent, let entries):
            create(list, below: parent, properties: ["access-control-list-entries": entries])
        case .deleteAccessList(let list): remove(list)
        }
    }

    /// Plans and performs until nothing is left, and says what was done.
    @discardableResult
    mutating func settle(sourceLocation: SourceLocation = #_sourceLocation) -> [String] {
        log = []
        for _ in 0..<20 {
            let writes = transformer.plan(graph)
            if writes.isEmpty { return log }
            for write in writes { perform(write) }
        }
        Issue.record("the transformer does not come to rest: \(log.suffix(8))", sourceLocation: sourceLocation)
        return log
    }

    // MARK: Looking

    /// The rules of a network's access list, a line each; nil when there is none.
    func accessList(_ network: String, _ name: String? = nil) throws -> [String]? {
        try lines(NodeName(type: "access-control-list", name: "d:p:\(network):\(name ?? network)"))
    }

    func lines(_ list: NodeName) throws -> [String]? {
        guard let entries = try graph.value(of: list, "access-control-list-entries", as: AclEntriesType.self) else { return nil }
        return (entries.aclRule ?? []).map { rule in
            let match = rule.matchCondition
            func side(_ address: AddressType?, _ port: PortType?) -> String {
                let subnets = ([address?.subnet].compactMap { $0 } + (address?.subnetList ?? [])).map {
                    "\($0.ipPrefix ?? "")/\($0.ipPrefixLen ?? 0)"
                }
                let network = (address?.virtualNetwork).map { String($0.shortName) }
                let place = ([network, address?.securityGroup.map { "#\($0)" }].compactMap { $0 } + subnets).joined(separator: "+")
                let ports = port?.startPort == -1 ? "" : ":\(port?.startPort ?? 0)-\(port?.endPort ?? 0)"
                return (place.isEmpty ? "*" : place) + ports
            }
            return [
                rule.actionList?.simpleAction?.rawValue ?? "", match?.`protocol` ?? "", side(match?.srcAddress, match?.srcPort),
                rule.direction?.rawValue ?? "-", side(match?.dstAddress, match?.dstPort),
            ].joined(separator: " ")
        }
    }

    /// `blue-red`, by the networks of the instances.
    var connections: [String] {
        graph.nodeNames.filter { $0.type == "routing-instance" }.flatMap { instance in
            graph.neighbours(of: instance, along: Transformer.connectionLink).filter { instance < $0 }.map {
                "\(instance.name.shortName)-\($0.name.shortName)"
            }
        }
    }

    /// The route targets of a network's instance: `8000000`, `64512:1 import`.
    func targets(_ network: String) throws -> [String] {
        let instance = Self.network(network).defaultInstance
        return try graph.neighbours(of: instance, along: RouteTargets.link).map { target in
            let data = try graph.data(of: LinkName(RouteTargets.link, instance, target), as: InstanceTargetType.self)
            return target.name.dropFirst("target:".count) + (data?.importExport.map { " \($0.rawValue)" } ?? "")
        }
    }
}
