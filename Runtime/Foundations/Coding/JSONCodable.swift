// Types that read and write themselves as JSON, and what can be said of all of them.

/// A value with a JSON form.
///
/// Reading consumes exactly one value; writing writes exactly one. What was written reads back as an equal value, or not at all where the
/// value breaks its own rules: that is how `validate` works.
public protocol JSONCodable: Sendable {
    init(from reader: inout JSONReader) throws(CodingError)
    func encode(to writer: inout JSONWriter)
}

extension JSONCodable {
    /// Reads a whole document.
    public init(json bytes: [UInt8], unknownMembers: UnknownMembers = .reject) throws(CodingError) {
        self = try JSONReader.read(bytes, unknownMembers: unknownMembers) { reader throws(CodingError) in try Self(from: &reader) }
    }

    /// Reads a whole document.
    public init(json text: String, unknownMembers: UnknownMembers = .reject) throws(CodingError) {
        try self.init(json: Array(text.utf8), unknownMembers: unknownMembers)
    }

    /// The value as a JSON document, without blanks. Takes no more memory than it needs, as many are kept.
    public func json() -> [UInt8] {
        var writer = JSONWriter()
        encode(to: &writer)
        let text = writer.finish()
        return text.capacity - text.count > text.count / 4 ? text.withUnsafeBufferPointer { Array($0) } : text
    }

    /// The value as a JSON document, without blanks.
    public func jsonString() -> String { String(decoding: json(), as: UTF8.self) }

    /// Checks the value against its schema, by writing it and reading it back: there is one place where the rules are.
    public func validate() throws(CodingError) { _ = try Self(json: json()) }

    /// Whether both have the same encoded form. Generated types have no `==`, as that would double what they cost to compile.
    public func isEncodedEqual(to other: Self) -> Bool { json() == other.json() }
}
