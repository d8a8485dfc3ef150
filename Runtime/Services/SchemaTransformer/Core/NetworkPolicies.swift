// What the policies attached to a network come to: the rules of its access lists, and the networks it agrees to exchange routes with.
//
// A network without policies has no access list: its own members reach each other, and nobody else has a route to them. With policies, what
// they say comes first, then traffic within the network passes. Traffic between two networks that a policy names is denied beyond what the
// policy lets through; whether anything else passes depends on whether routers may lead to other networks (`allowsRouters`).

import Coding
import ConfigurationModel
import Graph

/// Looks at the graph for one subject, and notes what cannot be understood.
struct Evaluation {
    var reader: GraphReader
    var problems: [String] = []

    init(_ graph: GraphStore) { reader = GraphReader(graph) }

    mutating func value<Value: JSONCodable>(of node: NodeName, _ property: String, as type: Value.Type = Value.self) -> Value? {
        do {
            return try reader.value(of: node, property, as: type)
        } catch {
            problems.append("\(node): \(property) cannot be read and is left out: \(error)")
            return nil
        }
    }

    mutating func data<Value: JSONCodable>(of link: LinkName, as type: Value.Type = Value.self) -> Value? {
        do {
            return try reader.data(of: link, as: type)
        } catch {
            problems.append("\(link.metadata) \(link.left) \(link.right): its data cannot be read and are left out: \(error)")
            return nil
        }
    }
}

struct NetworkPolicies: Sendable, Equatable {
    /// nil when there is no access list.
    private(set) var rules: [AccessRule]?
    /// Rules of policies that are in force at certain times only.
    private(set) var timedRules: [AccessRule]?
    /// Networks that this one agrees to be connected with, if they agree as well.
    private(set) var wanted: Set<String> = []
    /// It agrees with every network of its project.
    private(set) var wantsProject = false

    static let policyLink = "virtual-network-network-policy"
    static let none = NetworkPolicies()

    private init() {}

    /// Whether this network, `own`, agrees to be connected with another.
    func wants(_ other: String, own: String) -> Bool {
        wanted.contains(other) || wantsProject && own.parentName == other.parentName && own != other
    }

    init(of network: NodeName, allowsRouters: Bool, _ evaluation: inout Evaluation) {
        let own = network.name
        var hasPolicies = false
        var written: [AccessRule] = []
        var timed: [AccessRule] = []
        for (policy, isTimed) in Self.attached(to: network, &evaluation) {
            hasPolicies = true
            let entries = evaluation.value(of: policy, "network-policy-entries", as: PolicyEntriesType.self)
            for rule in entries?.policyRule ?? [] {
                for made in Self.rules(rule, policy, own, &evaluation) {
                    if !made.isDenied { connect(made.rule, own) }
                    if isTimed { timed.appendUncovered(made.rule) } else { written.appendUncovered(made.rule) }
                }
            }
        }
        guard hasPolicies else { return }
        rules = Self.completed(written, own, allowsRouters: allowsRouters)
        if !timed.isEmpty { timedRules = timed }
    }

    /// In the order in which they count.
    private static func attached(to network: NodeName, _ evaluation: inout Evaluation) -> [(policy: NodeName, isTimed: Bool)] {
        var found: [(policy: NodeName, major: Int, minor: Int, isTimed: Bool)] = []
        for policy in evaluation.reader.neighbours(of: network, along: policyLink) {
            let data = evaluation.data(of: LinkName(policyLink, network, policy), as: VirtualNetworkPolicyType.self)
            found.append((policy, data?.sequence?.major ?? 0, data?.sequence?.minor ?? 0, data?.timer != nil))
        }
        return found.sorted { ($0.major, $0.minor, $0.policy) < ($1.major, $1.minor, $1.policy) }.map { ($0.policy, $0.isTimed) }
    }

    private mutating func connect(_ rule: AccessRule, _ own: String) {
        let remote: String?
        if rule.source.network == own {
            remote = rule.destination.network
        } else if rule.destination.network == own || rule.destination.network == RuleSide.anyNetwork {
            remote = rule.source.network
        } else {
            remote = rule.destination.network
        }
        guard let remote, remote != own else { return }
        if remote == RuleSide.anyNetwork { wantsProject = true } else { wanted.insert(remote) }
    }

    private static func completed(_ written: [AccessRule], _ own: String, allowsRouters: Bool) -> [AccessRule] {
        var rules = written
        let network = RuleSide(network: own)
        rules.appendUncovered(.passing(network, network))
        guard allowsRouters else {
            rules.appendUncovered(.denying(.any, .any))
            return rules
        }
        for rule in written {
            // What the policy says about two networks is all that passes between them. Rules about addresses say nothing about networks.
            guard let source = rule.source.network, let destination = rule.destination.network else { continue }
            rules.appendUncovered(.denying(RuleSide(network: source), RuleSide(network: destination)))
        }
        rules.appendUncovered(.passing(.any, .any))
        return rules
    }

    // MARK: One rule of a policy

    /// The rules that one rule of a policy means for a network: one for each way to choose addresses and ports.
    private static func rules(
        _ rule: PolicyRuleType, _ policy: NodeName, _ own: String, _ evaluation: inout Evaluation
    ) -> [(rule: AccessRule, isDenied: Bool)] {
        let actions = rule.actionList ?? ActionListType(simpleAction: .pass)
        guard (actions.applyService ?? []).isEmpty else {
            evaluation.problems.append(
                "\(policy): a rule that applies services is left out, and its traffic denied: service chains are not supported yet")
            return []
        }
        let sources = sides(rule.srcAddresses, rule.srcPorts, policy, own, &evaluation)
        let destinations = sides(rule.dstAddresses, rule.dstPorts, policy, own, &evaluation)
        let isDenied = actions.simpleAction == .deny
        var made: [(rule: AccessRule, isDenied: Bool)] = []
        for source in sources {
            for destination in destinations {
                let concernsAddressesOnly = source.network == nil && destination.network == nil
                guard source.mentions(own) || destination.mentions(own) || concernsAddressesOnly else { continue }
                let isIPv6 = rule.ethertype == .iPv6 || (source.subnets + destination.subnets).contains(where: \.isIPv6)
                guard let number = RuleProtocol.number(rule.`protocol` ?? "any", isIPv6: isIPv6) else {
                    evaluation.problems.append("\(policy): no protocol has the name '\(rule.`protocol` ?? "")'; the rule is left out")
                    return []
                }
                made.append(
                    (
                        AccessRule(
                            ipProtocol: number, source: source, destination: destination, actions: actions.json(),
                            identifier: rule.ruleUuid, direction: rule.direction?.rawValue), isDenied
                    ))
            }
        }
        return made
    }

    private static func sides(
        _ addresses: [AddressType]?, _ ports: [PortType]?, _ policy: NodeName, _ own: String, _ evaluation: inout Evaluation
    ) -> [RuleSide] {
        let ranges = (ports ?? []).isEmpty ? [PortRange.any] : (ports ?? []).map(PortRange.init)
        return (addresses ?? []).flatMap { address in
            sides(address, policy, own, &evaluation).flatMap { side in
                ranges.map { range in
                    var side = side
                    side.ports = range
                    return side
                }
            }
        }
    }

    private static func sides(_ address: AddressType, _ policy: NodeName, _ own: String, _ evaluation: inout Evaluation) -> [RuleSide] {
        if let name = address.networkPolicy, !name.isEmpty {
            let named = NodeName(type: "network-policy", name: name)
            return evaluation.reader.neighbours(of: named, along: policyLink).map { RuleSide(network: $0.name) }
        }
        if let group = address.securityGroup, !group.isEmpty {
            evaluation.problems.append("\(policy): a security group has no meaning in a network policy; the rule is left out")
            return []
        }
        let subnets = ([address.subnet].compactMap { $0 } + (address.subnetList ?? [])).compactMap { RuleSubnet($0) }
        guard let network = address.virtualNetwork, !network.isEmpty else {
            return [subnets.isEmpty ? .any : RuleSide(network: nil, subnets: subnets)]
        }
        return [RuleSide(network: network == "local" ? own : network, subnets: subnets)]
    }
}

extension String {
    /// `d:p:n` → `d:p`.
    var parentName: Substring { self[..<(lastIndex(of: ":") ?? startIndex)] }
    /// `d:p:n` → `n`.
    var shortName: Substring { self[(lastIndex(of: ":").map { index(after: $0) } ?? startIndex)...] }
}
