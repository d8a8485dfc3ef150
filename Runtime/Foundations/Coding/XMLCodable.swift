// Types that read and write themselves as XML, and the pair of both forms that the schema's types have.

/// A value with an XML form: the content of an element whose name the value does not know.
///
/// Reading starts with the reader on the element, its start tag read, and consumes everything up to and including the end tag. Writing
/// writes what stands between the tags; attributes may be written first, as the start tag is still open.
public protocol XMLCodable: Sendable {
    init(from reader: inout XMLReader) throws(CodingError)
    func encode(to writer: inout XMLWriter)
}

/// What every type of the schema can do.
public typealias SchemaValue = JSONCodable & XMLCodable

extension XMLCodable {
    /// Reads a whole document, whose root element may have any name.
    public init(xml bytes: [UInt8], unknownElements: UnknownMembers = .reject) throws(CodingError) {
        self = try XMLReader.read(bytes, unknownElements: unknownElements) { reader throws(CodingError) in try Self(from: &reader) }
    }

    /// Reads a whole document, whose root element may have any name.
    public init(xml text: String, unknownElements: UnknownMembers = .reject) throws(CodingError) {
        try self.init(xml: Array(text.utf8), unknownElements: unknownElements)
    }

    /// The value as a document of one element.
    public func xml(root name: StaticString) -> [UInt8] {
        var writer = XMLWriter()
        writer.element(name, self)
        return writer.finish()
    }

    /// The value as a document of one element.
    public func xmlString(root name: StaticString) -> String { String(decoding: xml(root: name), as: UTF8.self) }
}
