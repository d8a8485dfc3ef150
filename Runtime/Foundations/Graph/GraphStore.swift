// The configuration graph: nodes named by type and fully qualified name, joined by links of a metadata name.
//
// A link may be heard of before its ends, and a node may vanish before its links: the graph keeps what was said and shows what is
// complete, so that the same statements in any order end in the same graph. A value type; nothing here waits, locks or logs.

/// The name of a node: an object of the configuration.
public struct NodeName: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The schema's noun: `virtual-network`.
    public let type: String
    /// The fully qualified name joined with colons: `default-domain:admin:blue`.
    public let name: String

    public init(type: String, name: String) {
        self.type = type
        self.name = name
    }

    public static func < (a: NodeName, b: NodeName) -> Bool { (a.type, a.name) < (b.type, b.name) }
    public var description: String { "\(type) \(name)" }
}

/// The name of a link: two nodes and the metadata that joins them. Its ends have no order.
public struct LinkName: Hashable, Sendable, Comparable {
    public let metadata: String
    public let left: NodeName
    public let right: NodeName

    public init(_ metadata: String, _ a: NodeName, _ b: NodeName) {
        self.metadata = metadata
        (left, right) = b < a ? (b, a) : (a, b)
    }

    public static func < (a: LinkName, b: LinkName) -> Bool { (a.metadata, a.left, a.right) < (b.metadata, b.left, b.right) }
}

/// A statement about the graph.
public enum GraphChange: Sendable, Equatable {
    /// The node exists with exactly these properties: element name to encoded value.
    case node(NodeName, properties: [String: [UInt8]])
    case removeNode(NodeName)
    /// The link exists with exactly this data.
    case link(LinkName, data: [UInt8]?)
    case removeLink(LinkName)
}

/// What a consumer must look at again after a change.
public enum GraphEffect: Hashable, Sendable {
    case nodeAdded(NodeName)
    case nodeChanged(NodeName, properties: Set<String>)
    case nodeRemoved(NodeName)
    case linkAdded(LinkName)
    case linkChanged(LinkName)
    case linkRemoved(LinkName)
}

/// The graph. Links whose ends are not both there are kept but not shown.
public struct GraphStore: Sendable {
    private var nodes: [NodeName: [String: [UInt8]]] = [:]
    /// Data of every link that was stated, shown or not. An outer nil: no such link; an inner nil: no data.
    private var links: [LinkName: [UInt8]?] = [:]
    /// Every stated link at both its ends, by metadata.
    private var adjacency: [NodeName: [String: Set<LinkName>]] = [:]

    public init() {}

    /// Applies a statement and says what it changed in the graph that is shown. Saying a thing twice changes nothing.
    @discardableResult
    public mutating func apply(_ change: GraphChange) -> [GraphEffect] {
        switch change {
        case .node(let name, let properties): put(name, properties)
        case .removeNode(let name): remove(name)
        case .link(let name, let data): put(name, data)
        case .removeLink(let name): remove(name)
        }
    }

    private mutating func put(_ name: NodeName, _ properties: [String: [UInt8]]) -> [GraphEffect] {
        guard let old = nodes.updateValue(properties, forKey: name) else {
            return [.nodeAdded(name)] + allLinks(at: name).filter(isShown).sorted().map(GraphEffect.linkAdded)
        }
        let changed = Set(old.keys).union(properties.keys).filter { old[$0] != properties[$0] }
        return changed.isEmpty ? [] : [.nodeChanged(name, properties: changed)]
    }

    private mutating func remove(_ name: NodeName) -> [GraphEffect] {
        let hidden = allLinks(at: name).filter(isShown).sorted()
        guard nodes.removeValue(forKey: name) != nil else { return [] }
        return hidden.map(GraphEffect.linkRemoved) + [.nodeRemoved(name)]
    }

    private mutating func put(_ name: LinkName, _ data: [UInt8]?) -> [GraphEffect] {
        if let old = links.updateValue(data, forKey: name) { return old == data || !isShown(name) ? [] : [.linkChanged(name)] }
        for end in [name.left, name.right] { adjacency[end, default: [:]][name.metadata, default: []].insert(name) }
        return isShown(name) ? [.linkAdded(name)] : []
    }

    private mutating func remove(_ name: LinkName) -> [GraphEffect] {
        let wasShown = isShown(name)
        guard links.removeValue(forKey: name) != nil else { return [] }
        for end in [name.left, name.right] {
            adjacency[end]?[name.metadata]?.remove(name)
            if adjacency[end]?[name.metadata]?.isEmpty == true { adjacency[end]?[name.metadata] = nil }
            if adjacency[end]?.isEmpty == true { adjacency[end] = nil }
        }
        return wasShown ? [.linkRemoved(name)] : []
    }

    private func allLinks(at name: NodeName) -> [LinkName] { adjacency[name]?.values.flatMap { $0 } ?? [] }
    private func isShown(_ name: LinkName) -> Bool { nodes[name.left] != nil && nodes[name.right] != nil && links[name] != nil }

    // MARK: Looking

    public func contains(_ name: NodeName) -> Bool { nodes[name] != nil }
    public func properties(of name: NodeName) -> [String: [UInt8]]? { nodes[name] }
    /// nil when the link is not shown; an inner nil when it carries no data.
    public func data(of name: LinkName) -> [UInt8]?? { isShown(name) ? links[name] : nil }

    /// The nodes at the other end of a node's links of one metadata name, in order.
    public func neighbours(of name: NodeName, along metadata: String) -> [NodeName] {
        guard let stated = adjacency[name]?[metadata] else { return [] }
        return stated.filter(isShown).map { $0.left == name ? $0.right : $0.left }.sorted()
    }

    /// All shown links of a node, in order.
    public func links(of name: NodeName) -> [LinkName] { allLinks(at: name).filter(isShown).sorted() }

    public var nodeCount: Int { nodes.count }
    public var nodeNames: [NodeName] { nodes.keys.sorted() }

    /// Everything said, in a fixed order: two graphs with equal snapshots hold the same.
    public var snapshot: [GraphChange] {
        nodes.keys.sorted().map { .node($0, properties: nodes[$0] ?? [:]) }
            + links.keys.sorted().map { GraphChange.link($0, data: links[$0].flatMap { $0 }) }
    }

    /// The statements that turn this graph into `desired`: a resync is the same code with an empty graph.
    public func difference(to desired: GraphStore) -> [GraphChange] {
        links.keys.filter { desired.links[$0] == nil }.sorted().map(GraphChange.removeLink)
            + nodes.keys.filter { desired.nodes[$0] == nil }.sorted().map(GraphChange.removeNode)
            + desired.nodes.keys.sorted().compactMap { name in
                nodes[name] == desired.nodes[name] ? nil : .node(name, properties: desired.nodes[name] ?? [:])
            }
            + desired.links.keys.sorted().compactMap { name in
                guard let data = desired.links[name] else { return nil }
                if let mine = links[name], mine == data { return nil }
                return .link(name, data: data)
            }
    }
}
