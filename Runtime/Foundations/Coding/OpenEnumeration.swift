// Enumerations of the schema: strings with a list of known values. Structs, so that a value that a newer version has can still be carried;
// what is read from a document is checked against the list.

/// A string that is one of a list of values.
public protocol OpenEnumeration: SchemaValue, RawRepresentable<String>, Hashable, CustomStringConvertible {
    /// The values the schema allows, in its order.
    static var knownValues: [String] { get }
    init(rawValue: String)
}

extension OpenEnumeration {
    public var description: String { rawValue }

    /// Whether the value is one of those the schema allows.
    public var isKnown: Bool { Self.knownValues.contains(rawValue) }

    /// Refuses values that are not in the list; the empty string passes, as older servers do not check it.
    public init(from reader: inout JSONReader) throws(CodingError) {
        let start = reader.startOfValue()
        self.init(rawValue: try reader.string())
        if let violation { throw reader.error(rule: violation, at: start) }
    }

    public func encode(to writer: inout JSONWriter) { writer.value(rawValue) }

    /// Refuses values that are not in the list; the empty string passes, as in JSON.
    public init(from reader: inout XMLReader) throws(CodingError) {
        let start = reader.startOfElement
        self.init(rawValue: try reader.string())
        if let violation { throw reader.error(rule: violation, at: start) }
    }

    public func encode(to writer: inout XMLWriter) { writer.text(rawValue) }

    private var violation: LexicalRules.Violation? {
        rawValue.isEmpty || isKnown ? nil : LexicalRules.enumerationViolation(by: rawValue, known: Self.knownValues)
    }
}
