// Everything the reader says when it refuses.

extension XMLReader {
    /// An error about the byte at `offset`, or at the reader's position when there is none. `startOfElement`, asked for before the element was
    /// consumed, is the offset for an error about a value.
    public func error(_ kind: CodingError.Kind, _ message: String, hint: String? = nil, at offset: Int? = nil) -> CodingError {
        let offset = min(max(offset ?? position, 0), count)
        return CodingError(kind, message, offset: offset, path: XMLPath.describe(document, at: offset), hint: hint)
    }

    /// The error for a value that breaks a rule of the schema.
    func error(rule violation: LexicalRules.Violation, at start: Int) -> CodingError {
        error(violation.kind, violation.message, hint: violation.hint, at: start)
    }

    func unknownElement(_ element: OpenElement, _ table: MemberTable) -> CodingError {
        let name = string(element.name)
        let hint = NearestNames.hint(for: name, known: table.names.map(\.description), noun: "element")
        return error(.unknownMember, "unknown element \(Excerpt.quoted(name))", hint: hint, at: element.start)
    }

    func textBetweenElements() -> CodingError {
        error(
            .syntax, "text in the element \(Excerpt.plain(elementName)), which holds elements only",
            hint: "found \(Excerpt.character(at: position, in: document)); move or remove it")
    }

    func endInsideElement() -> CodingError {
        error(
            .unexpectedEnd, "the document ends inside the element \(Excerpt.plain(elementName))",
            hint: "the document was cut off, or </\(Excerpt.plain(elementName))> is missing", at: startOfElement)
    }

    /// The position is at the child's '<'.
    mutating func childInText(_ depth: Int) -> CodingError {
        let start = position
        let outer = Excerpt.plain(elementName)
        position += 1
        do throws(CodingError) {
            let name = try readName("an element's name after '<'")
            return error(.type, "expected text in the element \(outer), found the element \(excerpt(name))", at: start)
        } catch {
            return error
        }
    }

    /// A name, for an error text.
    func excerpt(_ name: Range<Int>) -> String { Excerpt.plain(UnsafeRawBufferPointer(rebasing: document[name])) }
}
