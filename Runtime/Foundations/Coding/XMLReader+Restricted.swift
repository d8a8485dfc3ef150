// Repeated, united and attribute values, as members of generated types have them.

extension XMLReader {
    /// A union of numbers and text, kept as text.
    public mutating func string(union pattern: Pattern) throws(CodingError) -> String { try string(pattern: pattern) }

    /// An attribute of the element at hand, read as the content of an element would be; nil when it is not there. Attributes of structured
    /// types are rare, so the detour through a small document costs nothing that matters and leaves one set of rules.
    public func attributeValue<V>(_ name: StaticString, _ read: (inout XMLReader) throws(CodingError) -> V) throws(CodingError) -> V? {
        guard let text = attribute(name) else { return nil }
        var writer = XMLWriter()
        writer.start(name)
        writer.text(text)
        writer.end(name)
        do throws(CodingError) {
            return try XMLReader.read(writer.finish(), read)
        } catch {
            // The place in the small document means nothing to anybody: the element's start is the nearest there is.
            let element = self.error(error.kind, error.message, hint: error.hint, at: startOfElement)
            throw CodingError(
                error.kind, error.message, offset: element.offset, path: "\(element.path).\(error.path)", hint: error.hint)
        }
    }

    /// The text of an element that has attributes beside it; nil, and the element consumed, when there is nothing between its tags.
    public mutating func optionalText<V>(_ read: (inout XMLReader) throws(CodingError) -> V) throws(CodingError) -> V? {
        guard isEmptyElement || has("</", at: position) else { return try read(&self) }
        try skipElement()
        return nil
    }
}

extension XMLWriter {
    /// An attribute holding a value whose XML form is plain text, as that of every scalar is; nothing for nil.
    public mutating func attribute<V: XMLCodable>(_ name: StaticString, value: V?) {
        guard let value else { return }
        do {
            attribute(name, try String(xml: value.xml(root: name)))
        } catch {
            // The schema compiler lets only scalars be attributes, and what a scalar writes can be read as text.
            preconditionFailure("the attribute \(name) holds a structure: \(error)")
        }
    }
}

extension Optional {
    /// Adds an element to an array that comes into being with its first one.
    @inlinable
    public mutating func append<Element>(_ element: Element) where Wrapped == [Element] {
        var elements = self ?? []
        self = nil
        elements.append(element)
        self = elements
    }
}
