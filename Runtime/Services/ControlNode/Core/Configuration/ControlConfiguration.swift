// What a control node takes from the configuration: its routing instances and its BGP peers. A function of the graph, computed piece by piece:
// a routing instance at a time, and all peers together, as they are few. Each piece notes what it looked at and is computed again when any
// of that changes; what comes out different is told as actions, and nothing else is, so that what did not change is not disturbed.
//
// Whatever is given on the command line stays as it is, and goes before a thing of the configuration with the same name or address.

import Graph
import NetworkTypes

public struct ControlConfiguration: Sendable {
    /// What is to be done, in this order.
    public enum Action: Hashable, Sendable {
        /// These instances are gone.
        case remove([RoutingInstance])
        /// These instances are new, or otherwise than before.
        case configure([RoutingInstance])
        /// No session is wanted any more with the peer of this address.
        case end(IPAddress)
        case begin(ConfiguredPeer)
    }

    private enum Subject: Hashable, Sendable {
        case instance(NodeName)
        case peers
    }

    /// The name of this control node's own speaker.
    public let name: String
    public private(set) var instances: [String: RoutingInstance] = [:]
    /// In the order of their names.
    public private(set) var peers: [ConfiguredPeer] = []
    /// Who this control node is; nil as long as the configuration does not say.
    public private(set) var router: ConfiguredRouter?
    private let staticInstances: Set<String>
    private let staticPeers: Set<IPAddress>
    private var nextInstance: UInt32
    private var dependents = GraphDependents<Subject>()
    private var due: Set<Subject> = [.peers]
    private var problemsBySubject: [Subject: [String]] = [:]
    private var newProblems: [String] = []

    /// - Parameters:
    ///   - staticInstances: those of the command line, with numbers below `firstInstance`.
    ///   - firstInstance: instances of the configuration have this number and greater ones. None is used a second time.
    public init(name: String, staticInstances: Set<String> = [], staticPeers: Set<IPAddress> = [], firstInstance: UInt32 = 1) {
        self.name = name
        self.staticInstances = staticInstances
        self.staticPeers = staticPeers
        nextInstance = firstInstance
    }

    /// What could not be understood, or not be done, and stands.
    public var problems: [String] { problemsBySubject.values.flatMap { $0 }.sorted() }

    /// What came up since the last call.
    public mutating func takeProblems() -> [String] {
        defer { newProblems = [] }
        return newProblems
    }

    /// Takes note of what changed in the graph.
    public mutating func take(_ effects: [GraphEffect]) {
        for effect in effects {
            if case .nodeAdded(let node) = effect, node.type == ConfiguredInstance.nodeType { due.insert(.instance(node)) }
            due.formUnion(dependents.affected(by: effect))
        }
    }

    /// What follows from everything that was taken note of. To be called when the graph is complete.
    public mutating func update(_ graph: GraphStore) -> [Action] {
        var removed: [RoutingInstance] = []
        var changed: [RoutingInstance] = []
        var actions: [Action] = []
        for subject in due {
            switch subject {
            case .instance(let node):
                let wanted = evaluate(subject, graph) { [staticInstances] evaluation -> ConfiguredInstance? in
                    guard let instance = ConfiguredInstance(node, &evaluation) else { return nil }
                    guard !staticInstances.contains(instance.name) else {
                        evaluation.report("\(node) is given on the command line as well, and is used as it is there")
                        return nil
                    }
                    return instance
                }
                if wanted == nil, !graph.contains(node) { forget(subject) }
                set(node.name, wanted, &removed, &changed)
            case .peers:
                let (wanted, own) = evaluate(subject, graph) { [staticPeers, name] evaluation in
                    (Self.peers(name, staticPeers, &evaluation), ConfiguredRouter(name, &evaluation))
                }
                router = own
                actions = difference(wanted)
                peers = wanted
            }
        }
        due = []
        if !changed.isEmpty { actions.insert(.configure(changed.sorted { $0.name < $1.name }), at: 0) }
        if !removed.isEmpty { actions.insert(.remove(removed.sorted { $0.name < $1.name }), at: 0) }
        return actions
    }

    private static func peers(
        _ name: String, _ staticPeers: Set<IPAddress>, _ evaluation: inout ConfigurationEvaluation
    ) -> [ConfiguredPeer] {
        var wanted: [ConfiguredPeer] = []
        for peer in ConfiguredPeer.all(of: name, &evaluation) {
            if staticPeers.contains(peer.address) {
                evaluation.report("\(peer.name) is given on the command line as well, and is used as it is there")
            } else {
                wanted.append(peer)
            }
        }
        return wanted
    }

    private mutating func evaluate<Result>(
        _ subject: Subject, _ graph: GraphStore, _ body: (inout ConfigurationEvaluation) -> Result
    ) -> Result {
        var evaluation = ConfigurationEvaluation(graph)
        let result = body(&evaluation)
        dependents.record(subject, evaluation.reader.facts)
        let known = problemsBySubject[subject] ?? []
        newProblems += evaluation.problems.filter { !known.contains($0) }
        problemsBySubject[subject] = evaluation.problems.isEmpty ? nil : evaluation.problems
        return result
    }

    private mutating func forget(_ subject: Subject) {
        dependents.forget(subject)
        problemsBySubject[subject] = nil
    }

    // MARK: Differences

    private mutating func set(
        _ name: String, _ wanted: ConfiguredInstance?, _ removed: inout [RoutingInstance], _ changed: inout [RoutingInstance]
    ) {
        guard let wanted else {
            if let old = instances.removeValue(forKey: name) { removed.append(old) }
            return
        }
        let id = instances[name]?.id ?? InstanceID(nextInstance)
        if id.rawValue == nextInstance { nextInstance += 1 }
        let instance = RoutingInstance(
            id: id, name: name, importTargets: wanted.importTargets, exportTargets: wanted.exportTargets,
            virtualNetwork: wanted.virtualNetwork, virtualNetworkNumber: wanted.virtualNetworkNumber)
        if instances.updateValue(instance, forKey: name) != instance { changed.append(instance) }
    }

    /// A peer that is wanted otherwise than before ends and begins: what a session has agreed on cannot be changed.
    private func difference(_ wanted: [ConfiguredPeer]) -> [Action] {
        peers.filter { !wanted.contains($0) }.map { .end($0.address) } + wanted.filter { !peers.contains($0) }.map { .begin($0) }
    }
}
