// Computing from the graph, and knowing when to compute again. A computation reads the graph through a reader, which notes what was looked
// at; when that changes, the computation is due again. What it depends on is thus exactly what it read: nobody has to declare it, and nobody
// can declare it wrong.

import Coding

/// Something about the graph that can be looked at, and change.
public enum GraphFact: Hashable, Sendable {
    /// Whether a node is there, and its properties.
    case node(NodeName)
    /// A node's links of one metadata name: which there are, and their data.
    case links(NodeName, String)
}

extension GraphEffect {
    /// What is not as it was.
    public var facts: [GraphFact] {
        switch self {
        case .nodeAdded(let node), .nodeChanged(let node, _), .nodeRemoved(let node): [.node(node)]
        case .linkAdded(let link), .linkChanged(let link), .linkRemoved(let link):
            [.links(link.left, link.metadata), .links(link.right, link.metadata)]
        }
    }
}

/// Looks at a graph and remembers at what.
public struct GraphReader: Sendable {
    private let graph: GraphStore
    public private(set) var facts: Set<GraphFact> = []

    public init(_ graph: GraphStore) { self.graph = graph }

    public mutating func contains(_ node: NodeName) -> Bool {
        facts.insert(.node(node))
        return graph.contains(node)
    }

    /// A property of a node; nil when the node is not there or does not have it.
    public mutating func value<Value: JSONCodable>(
        of node: NodeName, _ property: String, as type: Value.Type = Value.self
    ) throws(CodingError) -> Value? {
        facts.insert(.node(node))
        return try graph.value(of: node, property, as: type)
    }

    /// The nodes at the other end of a node's links of one metadata name, in order.
    public mutating func neighbours(of node: NodeName, along metadata: String) -> [NodeName] {
        facts.insert(.links(node, metadata))
        return graph.neighbours(of: node, along: metadata)
    }

    /// The data of a link; nil when the link is not shown or carries none.
    public mutating func data<Value: JSONCodable>(of link: LinkName, as type: Value.Type = Value.self) throws(CodingError) -> Value? {
        facts.insert(.links(link.left, link.metadata))
        return try graph.data(of: link, as: type)
    }
}

/// Which computations looked at what.
public struct GraphDependents<Subject: Hashable & Sendable>: Sendable {
    private var facts: [Subject: Set<GraphFact>] = [:]
    private var subjects: [GraphFact: Set<Subject>] = [:]

    public init() {}

    /// A computation has looked at these facts, and no longer depends on those it looked at before.
    public mutating func record(_ subject: Subject, _ new: Set<GraphFact>) {
        let old = facts.updateValue(new, forKey: subject) ?? []
        for fact in old.subtracting(new) { drop(subject, fact) }
        for fact in new.subtracting(old) { subjects[fact, default: []].insert(subject) }
    }

    /// There is nothing to compute any more.
    public mutating func forget(_ subject: Subject) {
        for fact in facts.removeValue(forKey: subject) ?? [] { drop(subject, fact) }
    }

    private mutating func drop(_ subject: Subject, _ fact: GraphFact) {
        subjects[fact]?.remove(subject)
        if subjects[fact]?.isEmpty == true { subjects[fact] = nil }
    }

    /// The computations that looked at what an effect changed.
    public func affected(by effect: GraphEffect) -> Set<Subject> {
        effect.facts.reduce(into: []) { $0.formUnion(subjects[$1] ?? []) }
    }
}
