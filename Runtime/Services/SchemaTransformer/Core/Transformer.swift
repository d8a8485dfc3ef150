// From intent to what routers understand: routing instances and their route targets, connections between them, access lists.
//
// A pure function from the graph to writes: what should be, less what is. Both are in the graph, as what the transformer made comes back to
// it like everything else; it keeps nothing that would have to survive it. The function is computed piece by piece: each subject is evaluated
// by itself, through a reader that notes what it looked at, and is due again when any of that changes.

import Coding
import ConfigurationModel
import Graph

/// What is evaluated by itself. Of those that are due, the policies come first: others build on them.
enum Subject: Hashable, Sendable {
    /// What a network's policies come to.
    case policies(NodeName)
    /// A network has its routing instance.
    case network(NodeName)
    /// The route targets of a routing instance.
    case targets(NodeName)
    /// A network's connections to others.
    case connections(NodeName)
    case accessLists(NodeName)
    case securityGroup(NodeName)
    /// A route target that the transformer made is in use.
    case target(NodeName)

    /// What there is to evaluate because a node is there.
    static func subjects(of node: NodeName) -> [Subject] {
        switch node.type {
        case "virtual-network": [.policies(node), .network(node), .connections(node), .accessLists(node)]
        case "routing-instance": [.targets(node)]
        case "security-group": [.securityGroup(node)]
        case "route-target": [.target(node)]
        default: []
        }
    }
}

public struct Transformer: Sendable {
    /// Whether traffic that no policy names may reach other networks through a router: then it passes where there is a route, and is denied
    /// only between the networks that a policy names.
    public let allowsRouters: Bool
    /// The types of object that it looks at.
    public static let types = [
        "global-system-config", "virtual-network", "network-policy", "routing-instance", "route-target", "access-control-list",
        "security-group", "logical-router",
    ]
    /// What `id_perms.creator` says of route targets that it made.
    public static let creator = "schema-transformer"

    static let instanceLink = "virtual-network-routing-instance"
    static let connectionLink = "connection"

    private var dependents = GraphDependents<Subject>()
    private var due: Set<Subject> = []
    private var policies: [NodeName: NetworkPolicies] = [:]
    /// By name: who agrees to be connected with a network; and by project: who agrees with all of it.
    private var wantedBy: [String: Set<NodeName>] = [:]
    private var wantingProject: [String: Set<NodeName>] = [:]
    private var targetNames = RouteTargetNames()
    /// What could not be understood, by subject. For the log.
    private var problems: [Subject: [String]] = [:]
    private var newProblems: [String] = []

    public init(allowsRouters: Bool = true) { self.allowsRouters = allowsRouters }

    /// Whether there may be something to write.
    public var isDue: Bool { !due.isEmpty }

    /// Takes note of what changed in the graph.
    public mutating func take(_ effects: [GraphEffect]) {
        for effect in effects {
            switch effect {
            case .nodeAdded(let node):
                due.formUnion(Subject.subjects(of: node))
                if node.type == "route-target" { targetNames.insert(node.name) }
            case .nodeRemoved(let node):
                if node.type == "route-target" { targetNames.remove(node.name) }
                // First, as it makes others due, and subjects of the node itself, which are to be forgotten.
                setPolicies(of: node, .none)
                for subject in Subject.subjects(of: node) { forget(subject) }
            default:
                break
            }
            due.formUnion(dependents.affected(by: effect))
        }
    }

    private mutating func forget(_ subject: Subject) {
        dependents.forget(subject)
        due.remove(subject)
        problems[subject] = nil
    }

    /// What could not be understood since the last call.
    public mutating func takeProblems() -> [String] {
        defer { newProblems = [] }
        return newProblems
    }

    /// The writes that lead from the configuration as it is to the one that should be, in the order in which to make them. What they are
    /// about stays due until the graph shows that nothing is left to do, so that what fails is planned again.
    public mutating func plan(_ graph: GraphStore) -> [Write] {
        for subject in due {
            guard case .policies(let network) = subject else { continue }
            let made = evaluate(subject, graph) { [allowsRouters] evaluation in
                NetworkPolicies(of: network, allowsRouters: allowsRouters, &evaluation)
            }
            due.remove(subject)
            setPolicies(of: network, made)
        }
        var writes: Set<Write> = []
        var reserved: Set<String> = []
        for subject in due.sorted(by: { $0.order < $1.order }) {
            let made = self.writes(subject, graph, &reserved)
            if made.isEmpty { due.remove(subject) }
            writes.formUnion(made)
        }
        return writes.map { (write: $0, order: ($0.phase, $0.description)) }.sorted { $0.order < $1.order }.map(\.write)
    }

    private mutating func evaluate<Result>(_ subject: Subject, _ graph: GraphStore, _ body: (inout Evaluation) -> Result) -> Result {
        var evaluation = Evaluation(graph)
        let result = body(&evaluation)
        dependents.record(subject, evaluation.reader.facts)
        if evaluation.problems != problems[subject] ?? [] { newProblems += evaluation.problems }
        problems[subject] = evaluation.problems.isEmpty ? nil : evaluation.problems
        return result
    }

    private mutating func writes(_ subject: Subject, _ graph: GraphStore, _ reserved: inout Set<String>) -> [Write] {
        switch subject {
        case .policies:
            return []
        case .network(let network):
            return evaluate(subject, graph) { evaluation in
                let instance = network.defaultInstance
                return evaluation.reader.contains(network) && !evaluation.reader.contains(instance) ? [.createInstance(instance)] : []
            }
        case .targets(let instance):
            var names = targetNames
            defer { targetNames = names }
            return evaluate(subject, graph) { Self.targets(of: instance, &names, &reserved, &$0) }
        case .connections(let network):
            let partners = partners(of: network)
            return evaluate(subject, graph) { Self.connections(of: network, partners, &$0) }
        case .accessLists(let network):
            let own = policies[network] ?? .none
            return evaluate(subject, graph) { evaluation in
                let name = String(network.name.shortName)
                return Self.difference(
                    below: network, "virtual-network-access-control-list", name, own.rules, isDynamic: false, &evaluation)
                    + Self.difference(
                        below: network, "virtual-network-access-control-list", "dynamic", own.timedRules, isDynamic: true, &evaluation)
            }
        case .securityGroup(let group):
            return evaluate(subject, graph) { evaluation in
                let rules = SecurityGroups.rules(of: group, &evaluation)
                let link = "security-group-access-control-list"
                return Self.difference(below: group, link, SecurityGroups.ingress, rules.ingress, isDynamic: false, &evaluation)
                    + Self.difference(below: group, link, SecurityGroups.egress, rules.egress, isDynamic: false, &evaluation)
            }
        case .target(let target):
            return evaluate(subject, graph) { evaluation in
                let isOurs = evaluation.value(of: target, "id-perms", as: IdPermsType.self)?.creator == Self.creator
                let isUsed =
                    !evaluation.reader.neighbours(of: target, along: RouteTargets.link).isEmpty
                    || !evaluation.reader.neighbours(of: target, along: RouteTargets.routerLink).isEmpty
                return isOurs && !isUsed ? [.deleteTarget(target)] : []
            }
        }
    }

    // MARK: Who agrees with whom

    private mutating func setPolicies(of network: NodeName, _ new: NetworkPolicies) {
        let old = policies[network] ?? .none
        guard old != new else { return }
        let before = partners(of: network)
        policies[network] = new == .none ? nil : new
        for name in old.wanted.subtracting(new.wanted) {
            wantedBy[name]?.remove(network)
            if wantedBy[name]?.isEmpty == true { wantedBy[name] = nil }
        }
        for name in new.wanted.subtracting(old.wanted) { wantedBy[name, default: []].insert(network) }
        let project = String(network.name.parentName)
        if new.wantsProject { wantingProject[project, default: []].insert(network) } else { wantingProject[project]?.remove(network) }
        guard network.type == "virtual-network" else { return }
        due.insert(.accessLists(network))
        for other in before.union(partners(of: network)) { due.insert(.connections(other)) }
        due.insert(.connections(network))
    }

    /// The networks that agree, and this one with them.
    private func partners(of network: NodeName) -> Set<NodeName> {
        guard let own = policies[network] else { return [] }
        let willing = (wantedBy[network.name] ?? []).union(wantingProject[String(network.name.parentName)] ?? [])
        return willing.filter { other in
            other != network && own.wants(other.name, own: network.name)
                && policies[other]?.wants(network.name, own: other.name) == true
        }
    }
}

extension Subject {
    /// A fixed order, so that the same graph always leads to the same plan.
    fileprivate var order: (Int, NodeName) {
        switch self {
        case .policies(let node): (0, node)
        case .network(let node): (1, node)
        case .targets(let node): (2, node)
        case .connections(let node): (3, node)
        case .accessLists(let node): (4, node)
        case .securityGroup(let node): (5, node)
        case .target(let node): (6, node)
        }
    }
}

extension NodeName {
    /// The routing instance of a network that has the network's own name.
    var defaultInstance: NodeName { NodeName(type: "routing-instance", name: "\(name):\(name.shortName)") }

    /// The network whose default instance this is; nil for any other instance.
    var networkOfDefaultInstance: NodeName? {
        let network = NodeName(type: "virtual-network", name: String(name.parentName))
        return type == "routing-instance" && network.defaultInstance == self ? network : nil
    }
}
