// The opening tag of a stream (RFC 6120 §4.7). Agents and control nodes that exist write it in one fixed form, kept here byte for byte.

import Coding

/// What the two ends say when a stream opens.
public struct StreamHeader: Hashable, Sendable {
    public var from: String
    public var to: String
    /// Given by the end that answers.
    public var id: String?
    /// The default namespace. Agents of a subcluster write the subcluster's name here.
    public var namespace: String

    public static let clientNamespace = "jabber:client"

    public init(from: String, to: String, id: String? = nil, namespace: String = Self.clientNamespace) {
        self.from = from
        self.to = to
        self.id = id
        self.namespace = namespace
    }

    /// Reads `<stream:stream …>`.
    public init(parsing bytes: [UInt8]) throws(CodingError) {
        // The element of a whole document has an end.
        let document = bytes.suffix(2).elementsEqual(Array("/>".utf8)) ? bytes : bytes + Array("</stream:stream>".utf8)
        self = try XMLReader.read(document) { reader throws(CodingError) in
            guard reader.isElement("stream:stream") else {
                throw reader.error(.syntax, "expected <stream:stream>, found <\(reader.elementName)>", at: reader.startOfElement)
            }
            guard let from = reader.attribute("from"), !from.isEmpty else {
                throw reader.error(
                    .missingMember, "the stream does not say who it is from", hint: "from='…' names the sender", at: reader.startOfElement)
            }
            let header = StreamHeader(
                from: from, to: reader.attribute("to") ?? "", id: reader.attribute("id"),
                namespace: reader.attribute("xmlns") ?? Self.clientNamespace)
            try reader.skipElement()
            return header
        }
    }

    /// The XML declaration and the opening tag.
    public var bytes: [UInt8] {
        let id = id.map { " id='\(Self.escaped($0))'" } ?? ""
        let text =
            "<?xml version='1.0'?><stream:stream from='\(Self.escaped(from))' to='\(Self.escaped(to))'\(id) version='1.0' xml:lang='en' "
            + "xmlns='\(Self.escaped(namespace))' xmlns:stream='http://etherx.jabber.org/streams' >"
        return Array(text.utf8)
    }

    private static func escaped(_ text: String) -> String {
        var writer = XMLWriter()
        writer.start("a")
        writer.attribute("b", text)
        return String(decoding: writer.bytes.dropFirst(#"<a b=""#.utf8.count).dropLast(), as: UTF8.self)
    }
}
