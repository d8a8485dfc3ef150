// The scalar types of the schema in both formats. The narrow integers serve message definitions, which have them.

extension Bool: JSONCodable, XMLCodable {
    public init(from reader: inout JSONReader) throws(CodingError) { self = try reader.boolean() }
    public func encode(to writer: inout JSONWriter) { writer.value(self) }
    public init(from reader: inout XMLReader) throws(CodingError) { self = try reader.boolean() }
    public func encode(to writer: inout XMLWriter) { writer.text(self ? "true" : "false") }
}

extension String: JSONCodable, XMLCodable {
    public init(from reader: inout JSONReader) throws(CodingError) { self = try reader.string() }
    public func encode(to writer: inout JSONWriter) { writer.value(self) }
    public init(from reader: inout XMLReader) throws(CodingError) { self = try reader.string() }
    public func encode(to writer: inout XMLWriter) { writer.text(self) }
}

extension Double: JSONCodable, XMLCodable {
    public init(from reader: inout JSONReader) throws(CodingError) { self = try reader.double() }
    public func encode(to writer: inout JSONWriter) { writer.value(self) }
    public init(from reader: inout XMLReader) throws(CodingError) { self = try reader.double() }
    public func encode(to writer: inout XMLWriter) { writer.text(LexicalForms.text(self)) }
}

extension FixedWidthInteger where Self: SchemaValue {
    public init(from reader: inout JSONReader) throws(CodingError) { self = try reader.integer(Self.self) }
    public func encode(to writer: inout JSONWriter) { writer.appendInteger(self) }
    public init(from reader: inout XMLReader) throws(CodingError) { self = try reader.integer(Self.self) }
    public func encode(to writer: inout XMLWriter) { writer.integer(self) }
}

extension Int: JSONCodable, XMLCodable {}
extension Int8: JSONCodable, XMLCodable {}
extension Int16: JSONCodable, XMLCodable {}
extension Int32: JSONCodable, XMLCodable {}
extension Int64: JSONCodable, XMLCodable {}
extension UInt: JSONCodable, XMLCodable {}
extension UInt8: JSONCodable, XMLCodable {}
extension UInt16: JSONCodable, XMLCodable {}
extension UInt32: JSONCodable, XMLCodable {}
extension UInt64: JSONCodable, XMLCodable {}
