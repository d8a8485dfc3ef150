// Writes XML 1.0 in UTF-8: elements, attributes, text; no blanks of its own. Names come from a schema and are not checked; end tags are the
// caller's business. An element without content has a start and an end tag unless `empty` wrote it: receivers with simple parsers rely on
// that. Characters that XML cannot carry at all (most control characters, U+FFFE, U+FFFF) are replaced by U+FFFD.

/// Appends XML to an array of bytes.
public struct XMLWriter: Sendable {
    /// What was written so far. While a start tag is open (attributes may follow), its `>` is missing.
    public private(set) var bytes: [UInt8]
    private var isTagOpen = false

    public init(reservingCapacity capacity: Int = 256) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    /// Continues after `bytes`, which are not looked at.
    public init(appendingTo bytes: consuming [UInt8]) { self.bytes = bytes }

    /// Ends writing and gives all bytes, without copying them.
    public consuming func finish() -> [UInt8] {
        closeTag()
        return bytes
    }

    // MARK: Elements

    /// A start tag, to which attributes may be added until something else is written.
    public mutating func start(_ name: StaticString) {
        closeTag()
        bytes.append(ASCII.lessThan)
        append(name)
        isTagOpen = true
    }

    public mutating func start(_ name: String) {
        closeTag()
        bytes.append(ASCII.lessThan)
        bytes.append(contentsOf: name.utf8)
        isTagOpen = true
    }

    /// The end tag of the element begun with the same name.
    public mutating func end(_ name: StaticString) {
        closeTag()
        append("</")
        append(name)
        bytes.append(ASCII.greaterThan)
    }

    public mutating func end(_ name: String) {
        closeTag()
        append("</")
        bytes.append(contentsOf: name.utf8)
        bytes.append(ASCII.greaterThan)
    }

    /// An element without content, in its short form `<name/>`.
    public mutating func empty(_ name: StaticString) {
        closeTag()
        bytes.append(ASCII.lessThan)
        append(name)
        append("/>")
    }

    public mutating func empty(_ name: String) {
        closeTag()
        bytes.append(ASCII.lessThan)
        bytes.append(contentsOf: name.utf8)
        append("/>")
    }

    /// An attribute of the start tag that was just written.
    ///
    /// - Precondition: nothing was written since `start`, except attributes.
    public mutating func attribute(_ name: StaticString, _ value: String) {
        precondition(isTagOpen, "the attribute \(name) does not follow a start tag")
        bytes.append(ASCII.space)
        append(name)
        appendAttributeValue(value)
    }

    public mutating func attribute(_ name: String, _ value: String) {
        precondition(isTagOpen, "the attribute \(name) does not follow a start tag")
        bytes.append(ASCII.space)
        bytes.append(contentsOf: name.utf8)
        appendAttributeValue(value)
    }

    // MARK: Content

    public mutating func text(_ text: String) {
        closeTag()
        appendEscaped(text, inAttribute: false)
    }

    /// Text in a CDATA section, in which markup needs no escapes: for values that are XML themselves.
    public mutating func characterData(_ text: String) {
        closeTag()
        append("<![CDATA[")
        var brackets = 0
        for scalar in text.unicodeScalars {
            // The end mark cannot stand in a section: it is divided between two.
            if scalar == ">", brackets >= 2 { append("]]><![CDATA[") }
            brackets = scalar == "]" ? brackets + 1 : 0
            UTF8Sequence.append(XMLCharacters.isAllowed(scalar.value) ? scalar.value : 0xFFFD, to: &bytes)
        }
        append("]]>")
    }

    /// An integer as text.
    public mutating func integer(_ value: some FixedWidthInteger) {
        closeTag()
        bytes.append(addingCapacity: DecimalDigits.maximumLength) { span in
            span.withUnsafeMutableBufferPointer { buffer, count in
                guard let base = buffer.baseAddress else { return }
                count = DecimalDigits.write(value, to: UnsafeMutableRawPointer(base))
            }
        }
    }

    /// Whole elements that are XML already. Not checked.
    public mutating func raw(_ xml: some Collection<UInt8>) {
        closeTag()
        bytes.append(contentsOf: xml)
    }

    // MARK: Values

    /// An element that holds a value, unless that is nil.
    @inlinable
    public mutating func element<V: XMLCodable>(_ name: StaticString, _ value: V?) {
        guard let value else { return }
        start(name)
        value.encode(to: &self)
        end(name)
    }

    /// An element for each value, in order.
    @inlinable
    public mutating func element<V: XMLCodable>(_ name: StaticString, _ values: [V]?) {
        guard let values else { return }
        for value in values { element(name, value) }
    }

    /// An element that holds a value, unless that is nil.
    @inlinable
    public mutating func element<V: XMLCodable>(_ name: String, _ value: V?) {
        guard let value else { return }
        start(name)
        value.encode(to: &self)
        end(name)
    }

    // MARK: Bytes

    @inline(__always)
    private mutating func closeTag() {
        guard isTagOpen else { return }
        bytes.append(ASCII.greaterThan)
        isTagOpen = false
    }

    private mutating func append(_ literal: StaticString) {
        literal.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    private mutating func appendAttributeValue(_ value: String) {
        append("=\"")
        appendEscaped(value, inAttribute: true)
        bytes.append(ASCII.quote)
    }

    private mutating func appendEscaped(_ text: String, inAttribute: Bool) {
        var text = text
        text.withUTF8 { text in
            var start = 0
            for index in 0..<text.count {
                guard let (escape, length) = XMLEscapes.escape(at: index, in: text, inAttribute: inAttribute) else { continue }
                bytes.append(contentsOf: text[start..<index])
                append(escape)
                start = index + length
            }
            bytes.append(contentsOf: text[start...])
        }
    }
}
