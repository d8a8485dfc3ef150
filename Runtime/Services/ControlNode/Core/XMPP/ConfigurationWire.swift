// From values as the graph has them, in JSON, to what stands between tags on the agent channel. A value that its schema does not accept, as an
// older server may have stored it, is left out: the rest of the object is of use without it.

import Coding
import Graph

struct ConfigurationWire: Sendable {
    /// By type of node and name of property.
    private let properties: [String: [String: PropertyCoder]]
    /// By metadata.
    private let links: [String: PropertyCoder]

    init(_ schema: GraphSchema) {
        properties = Dictionary(
            schema.nodes.map { type in
                (type.name, Dictionary(type.properties.map { ($0.name, $0.coder) }, uniquingKeysWith: { first, _ in first }))
            }, uniquingKeysWith: { first, _ in first })
        links = Dictionary(schema.links.compactMap { link in link.data.map { (link.name, $0) } }, uniquingKeysWith: { first, _ in first })
    }

    func properties(_ values: [String: [UInt8]], of node: NodeName) -> [String: [UInt8]] {
        guard let coders = properties[node.type] else { return [:] }
        return values.reduce(into: [:]) { result, value in
            if let coder = coders[value.key] { result[value.key] = Self.content(value.value, coder) }
        }
    }

    /// Empty for a link whose data the schema does not have or does not accept: that there is a link still counts.
    func data(_ value: [UInt8], of link: LinkName) -> [UInt8] { links[link.metadata].flatMap { Self.content(value, $0) } ?? [] }

    private static func content(_ json: [UInt8], _ coder: PropertyCoder) -> [UInt8]? {
        try? JSONReader.read(json, unknownMembers: .skip) { reader throws(CodingError) in
            var writer = XMLWriter()
            try coder.xmlFromJSON(&reader, &writer)
            return writer.finish()
        }
    }
}
