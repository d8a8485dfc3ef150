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

/// A type of link. Links have no direction when the graph is walked; `from` and `to` say which object declares it.
public struct GraphLinkType: Sendable {
    /// The metadata name: `virtual-network-network-ipam`.
    public let name: String
    public let from: String
    public let to: String
    /// Codes the data that the link carries; nil when it carries none.
    public let data: PropertyCoder?

    public init(_ name: String, from: String, to: String) {
        self.name = name
        self.from = from
        self.to = to
        data = nil
    }

    public init<Data: SchemaValue>(_ name: String, from: String, to: String, data type: Data.Type) {
        self.name = name
        self.from = from
        self.to = to
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
        let from: String
        let to: String
    }

    public init(nodes: [GraphNodeType], links: [GraphLinkType]) {
        self.nodes = nodes
        self.links = links
        nodeIndex = Dictionary(nodes.enumerated().map { ($0.element.name, $0.offset) }, uniquingKeysWith: { first, _ in first })
        linkIndex = Dictionary(
            links.enumerated().map { (LinkEnds(from: $0.element.from, to: $0.element.to), $0.offset) },
            uniquingKeysWith: { first, _ in first })
    }

    public func node(_ name: String) -> GraphNodeType? { nodeIndex[name].map { nodes[$0] } }

    /// The link that an object of one type declares to another type, as parent or by reference.
    public func link(from: String, to: String) -> GraphLinkType? { linkIndex[LinkEnds(from: from, to: to)].map { links[$0] } }
}
