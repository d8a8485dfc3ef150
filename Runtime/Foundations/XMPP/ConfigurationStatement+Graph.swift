// Between the graph and the channel. On the channel a link with data is three objects: a node of the metadata's type named `attr(A,B)`
// with the data in its property `value`, and two links that join it to the ends.

import Graph

extension ConfigurationObject {
    /// The property of a link's node that carries the data.
    static let dataProperty = "value"

    public static func node(_ name: NodeName, properties: [String: [UInt8]]) -> ConfigurationObject {
        .node(
            ConfigurationNode(
                type: name.type, name: name.name,
                properties: properties.sorted { $0.key < $1.key }.map { ConfigurationNode.Property(name: $0.key, content: $0.value) }))
    }

    /// The node that stands for the data of a link.
    public static func dataNode(of link: LinkName) -> NodeName {
        let (first, second) = link.left.name <= link.right.name ? (link.left.name, link.right.name) : (link.right.name, link.left.name)
        return NodeName(type: link.metadata, name: "attr(\(first),\(second))")
    }

    /// The objects that a link is on the channel, nodes first.
    public static func link(_ link: LinkName, data: [UInt8]?) -> [ConfigurationObject] {
        guard let data else { return [.link(joining: link.left, link.right, link.metadata)] }
        let node = dataNode(of: link)
        return [
            .node(node, properties: [dataProperty: data]), .link(joining: node, link.left, link.metadata),
            .link(joining: node, link.right, link.metadata),
        ]
    }

    static func link(joining a: NodeName, _ b: NodeName, _ metadata: String) -> ConfigurationObject {
        .link(
            ConfigurationLink(
                metadata: metadata, left: ConfigurationLink.End(type: a.type, name: a.name),
                right: ConfigurationLink.End(type: b.type, name: b.name)))
    }
}

/// Puts the links that carry data together again, at the receiving end.
public struct ConfigurationAssembler: Sendable {
    /// A node that stands for the data of a link, as far as it was heard of.
    private struct Part {
        var data: [UInt8]?
        var ends: Set<NodeName> = []
    }
    private var parts: [NodeName: Part] = [:]

    public init() {}

    /// What a statement says about the graph.
    public mutating func changes(for statement: ConfigurationStatement) -> [GraphChange] {
        switch statement {
        case .update(.node(let node)):
            let properties = Dictionary(node.properties.map { ($0.name, $0.content) }, uniquingKeysWith: { $1 })
            guard Self.standsForLink(node.type, node.name) else {
                return [.node(NodeName(type: node.type, name: node.name), properties: properties)]
            }
            return change(NodeName(type: node.type, name: node.name)) { $0.data = properties[ConfigurationObject.dataProperty] ?? [] }
        case .delete(.node(let node)):
            let name = NodeName(type: node.type, name: node.name)
            return Self.standsForLink(node.type, node.name) ? change(name) { $0.data = nil } : [.removeNode(name)]
        case .update(.link(let link)):
            if let (part, end) = Self.part(of: link) { return change(part) { $0.ends.insert(end) } }
            return [.link(Self.name(of: link), data: link.content.isEmpty ? nil : link.content)]
        case .delete(.link(let link)):
            if let (part, end) = Self.part(of: link) { return change(part) { $0.ends.remove(end) } }
            return [.removeLink(Self.name(of: link))]
        }
    }

    private mutating func change(_ name: NodeName, _ edit: (inout Part) -> Void) -> [GraphChange] {
        var part = parts[name] ?? Part()
        let before = Self.link(name, part)
        edit(&part)
        parts[name] = part.data == nil && part.ends.isEmpty ? nil : part
        let after = Self.link(name, part)
        var changes: [GraphChange] = []
        if let before, before.name != after?.name { changes.append(.removeLink(before.name)) }
        if let after { changes.append(.link(after.name, data: after.data)) }
        return changes
    }

    /// The whole link, once its data and both ends are there.
    private static func link(_ name: NodeName, _ part: Part) -> (name: LinkName, data: [UInt8])? {
        let ends = part.ends.sorted()
        guard let data = part.data, ends.count == 2 else { return nil }
        return (LinkName(name.type, ends[0], ends[1]), data)
    }

    private static func standsForLink(_ type: String, _ name: String) -> Bool { name.hasPrefix("attr(") && name.hasSuffix(")") }

    /// The node for the link's data and the other end, when the link is one half of a link with data.
    private static func part(of link: ConfigurationLink) -> (NodeName, NodeName)? {
        for (a, b) in [(link.left, link.right), (link.right, link.left)] where a.type == link.metadata && standsForLink(a.type, a.name) {
            return (NodeName(type: a.type, name: a.name), NodeName(type: b.type, name: b.name))
        }
        return nil
    }

    private static func name(of link: ConfigurationLink) -> LinkName {
        LinkName(
            link.metadata, NodeName(type: link.left.type, name: link.left.name), NodeName(type: link.right.type, name: link.right.name))
    }
}
