// A pull reader for whole XML documents in memory: the part of XML 1.0 that data needs. Elements, attributes, text, CDATA, references to
// characters and to the five predefined entities; comments and processing instructions are skipped. Document types are refused, and with
// them everything that makes XML parsers dangerous: entities, external files, default attributes. Names are taken as written, with their
// prefixes; namespaces are not resolved. Encoding is UTF-8. As in JSONReader, the bytes stay the caller's, a reader cannot leave `read`,
// every access is below `count`, and any input ends in a value or a CodingError.

/// Reads one XML document, element by element.
///
/// The reader stands on an element whose start tag it has read: `elementName` and `attribute` tell about it. Then its content is consumed,
/// up to and including its end tag: by `text` or a scalar, by `value`, by `skipElement`, or child by child with `nextChild` until that
/// returns nil. After a child was consumed, the reader stands on the parent again.
public struct XMLReader: ~Copyable {
    /// More nesting than this is refused whatever the caller asks for: generated types are read by recursion, which needs stack.
    public static let greatestDepth = 512

    /// An element whose end tag was not read yet.
    struct OpenElement {
        /// Where its start tag begins.
        let start: Int
        let name: Range<Int>
        /// How many attributes the elements around it have.
        let firstAttribute: Int
    }

    struct Attribute {
        let name: Range<Int>
        /// The value as it stands in the document.
        let source: Range<Int>
        /// The value, when it does not stand there literally.
        let decoded: String?
    }

    let base: UnsafeRawPointer
    let count: Int
    /// The next byte to look at. At most `count`.
    var position = 0
    let maximumDepth: Int
    /// What becomes of elements that a `MemberTable` does not have. Attributes that nobody asks for are always skipped.
    public let unknownElements: UnknownMembers
    var open: [OpenElement] = []
    var allAttributes: [Attribute] = []
    /// The start tag just read was `<name/>`: there is no content, and no end tag to come.
    var isEmptyElement = false

    var document: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

    private init(_ base: UnsafeRawPointer, count: Int, unknownElements: UnknownMembers, maximumDepth: Int) {
        self.base = base
        self.count = count
        self.unknownElements = unknownElements
        self.maximumDepth = min(max(maximumDepth, 1), Self.greatestDepth)
    }

    /// Reads one document: `body` finds the reader on the root element and consumes that.
    public static func read<R>(
        _ bytes: [UInt8], unknownElements: UnknownMembers = .reject, maximumDepth: Int = 64,
        _ body: (inout XMLReader) throws(CodingError) -> R
    ) throws(CodingError) -> R {
        try bytes.withUnsafeBufferPointer { buffer throws(CodingError) -> R in
            try read(UnsafeRawBufferPointer(buffer), unknownElements: unknownElements, maximumDepth: maximumDepth, body)
        }
    }

    /// As above, on memory that the caller keeps alive and unchanged during the call.
    public static func read<R>(
        _ bytes: UnsafeRawBufferPointer, unknownElements: UnknownMembers = .reject, maximumDepth: Int = 64,
        _ body: (inout XMLReader) throws(CodingError) -> R
    ) throws(CodingError) -> R {
        guard let base = bytes.baseAddress, !bytes.isEmpty else {
            throw CodingError(.unexpectedEnd, "expected an XML element, found an empty document")
        }
        var reader = XMLReader(base, count: bytes.count, unknownElements: unknownElements, maximumDepth: maximumDepth)
        try reader.readProlog()
        let result = try body(&reader)
        try reader.readEpilog()
        return result
    }

    // MARK: The current element

    /// The name in the start tag, prefix included. Empty after the root has ended.
    public var elementName: String {
        guard let current = open.last else { return "" }
        return string(current.name)
    }

    /// Whether the element has this name.
    public func isElement(_ name: StaticString) -> Bool {
        guard let current = open.last else { return false }
        return equal(current.name, name)
    }

    /// The value of an attribute of the element; nil when it has none of that name.
    public func attribute(_ name: StaticString) -> String? {
        guard let current = open.last else { return nil }
        for attribute in allAttributes[current.firstAttribute...] where equal(attribute.name, name) { return value(attribute) }
        return nil
    }

    /// All attributes of the element, in their order.
    public var attributes: [(name: String, value: String)] {
        guard let current = open.last else { return [] }
        return allAttributes[current.firstAttribute...].map { (string($0.name), value($0)) }
    }

    private func value(_ attribute: Attribute) -> String { attribute.decoded ?? string(attribute.source) }

    // MARK: Children

    /// The number in `table` of the next child, on which the reader now stands; nil when the element has ended.
    ///
    /// Children that the table does not have are refused or skipped, as `read` was told. Text other than blanks is refused.
    public mutating func nextChild(_ table: MemberTable) throws(CodingError) -> Int? {
        while try enterChild() {
            guard let current = open.last else { break }
            let name = UnsafeRawBufferPointer(start: base + current.name.lowerBound, count: current.name.count)
            if let index = table.index(of: name) { return index }
            guard unknownElements == .skip else { throw unknownElement(current, table) }
            try skipElement()
        }
        return nil
    }

    /// The name of the next child, whatever it is, on which the reader now stands; nil when the element has ended.
    public mutating func nextChild() throws(CodingError) -> String? { try enterChild() ? elementName : nil }

    /// Consumes the element with all that is in it, checking the syntax.
    public mutating func skipElement() throws(CodingError) {
        // A loop, so that depth costs no stack.
        let outer = open.count - 1
        while open.count > max(outer, 0) { try skipStep() }
    }

    /// Consumes the element and gives it as it stands in the document, tags included. The syntax of all of it was checked.
    public mutating func elementBytes() throws(CodingError) -> [UInt8] {
        let start = startOfElement
        try skipElement()
        return Array(document[start..<position])
    }

    /// Consumes the element and gives what stands between its tags. The syntax of all of it was checked.
    public mutating func contentBytes() throws(CodingError) -> [UInt8] {
        if isEmptyElement {
            try skipElement()
            return []
        }
        let start = position
        try skipElement()
        // An end tag has no '<' but its first byte.
        guard let end = document[start..<position].lastIndex(of: ASCII.lessThan) else { return [] }
        return Array(document[start..<end])
    }

    /// The start of the element, for an error about it.
    public var startOfElement: Int { open.last?.start ?? position }

    // MARK: Bytes

    @inline(__always)
    func byte(_ offset: Int) -> UInt8 { base.load(fromByteOffset: offset, as: UInt8.self) }

    /// Bytes that are known to be valid.
    func string(_ range: Range<Int>) -> String { String(decoding: document[range], as: UTF8.self) }

    @inline(__always)
    func equal(_ range: Range<Int>, _ literal: StaticString) -> Bool {
        guard range.count == literal.utf8CodeUnitCount else { return false }
        return has(literal, at: range.lowerBound)
    }

    /// Whether the document goes on with `literal` at `offset`.
    @inline(__always)
    func has(_ literal: StaticString, at offset: Int) -> Bool {
        let length = literal.utf8CodeUnitCount
        guard offset &+ length <= count else { return false }
        for index in 0..<length where byte(offset &+ index) != literal.utf8Start[index] { return false }
        return true
    }

    @inline(__always)
    mutating func skipBlanks() {
        while position < count, ASCII.isBlank(byte(position)) { position &+= 1 }
    }
}
