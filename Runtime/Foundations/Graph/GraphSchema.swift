// The types of a configuration graph as generated code lists them. Relies on Coding; knows no schema type.

import Coding

/// Moves one property value between its two wire forms: JSON as the API has it and XML as control nodes and agents exchange it.
public struct PropertyCoder: Sendable {
    public let xmlFromJSON: @Sendable (_ reader: inout JSONReader, _ writer: inout XMLWriter) throws(CodingError) -> Void
    public let jsonFromXML: @Sendable (_ reader: inout XMLReader, _ writer: inout JSONWriter) throws(CodingError) -> Void

    public init<Value: SchemaValue>(_ type: Value.Type) {
        xmlFromJSON = { reader, writer throws(CodingError) in try Value(from: &reader).encode(to: &writer) }
        jsonFromXML = { reader, writer throws(CodingError) in try Value(from: &reader).encode(to: &writer) }
    }
}

/// A property that travels with its node.
public struct GraphNodeProperty: Sendable {
    /// The element that carries it: `virtual-network-properties`.
    public let name: String
    public let coder: PropertyCoder

    public init<Value: SchemaValue>(_ name: String, _ type: Value.Type) {
        self.name = name
        coder = PropertyCoder(type)
    }
}

/// A type of node: an object type of the schema.
public struct GraphNodeType: Sendable {
    public let name: String
    public let properties: [GraphNodeProperty]

    public init(_ name: String, properties: [GraphNodeProperty]) {
        self.name = name
        self.properties = properties
    }
}

/// A type of link. Links have no direction when the graph is walked; `from` and `to` say which object declares it: the one that refers, or
/// the parent, which its child names.
public struct GraphLinkType: Sendable {
    public enum Kind: Sendable {
        /// From a parent to its child.
        case parent
        case reference
    }

    /// The metadata name: `virtual-network-network-ipam`.
    public let name: String
    public let from: String
    public let to: String
    public let kind: Kind
    /// Codes the data that the link carries; nil when it carries none.
    public let data: PropertyCoder?

    public init(_ name: String, parent: String, child: String) {
        self.name = name
        from = parent
        to = child
        kind = .parent
        data = nil
    }

    public init(_ name: String, from: String, to: String) {
        self.name = name
        self.from = from
        self.to = to
        kind = .reference
        data = nil
    }

    public init<Data: SchemaValue>(_ name: String, from: String, to: String, data type: Data.Type) {
        self.name = name
        self.from = from
        self.to = to
        kind = .reference
        data = PropertyCoder(type)
    }
}

/// All node and link types, found by name.
public struct GraphSchema: Sendable {
    public let nodes: [GraphNodeType]
    public let links: [GraphLinkType]
    private let nodeIndex: [String: Int]
    private let linkIndex: [LinkEnds: Int]

    private struct LinkEnds: Hashable {
        let kind: GraphLinkType.Kind
        let from: String
        let to: String
    }

    public init(nodes: [GraphNodeType], links: [GraphLinkType]) {
        self.nodes = nodes
        self.links = links
        nodeIndex = Dictionary(nodes.enumerated().map { ($0.element.name, $0.offset) }, uniquingKeysWith: { first, _ in first })
        linkIndex = Dictionary(
            links.enumerated().map { (LinkEnds(kind: $0.element.kind, from: $0.element.from, to: $0.element.to), $0.offset) },
            uniquingKeysWith: { first, _ in first })
    }

    public func node(_ name: String) -> GraphNodeType? { nodeIndex[name].map { nodes[$0] } }

    /// The link by which objects of one type refer to objects of another.
    public func link(from: String, to: String) -> GraphLinkType? {
        linkIndex[LinkEnds(kind: .reference, from: from, to: to)].map { links[$0] }
    }

    /// The link between a parent and its children of a type. A type may be both parent of another and refer to it: they are two links.
    public func link(parent: String, child: String) -> GraphLinkType? {
        linkIndex[LinkEnds(kind: .parent, from: parent, to: child)].map { links[$0] }
    }
}
