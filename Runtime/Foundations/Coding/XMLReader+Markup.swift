// Tags, attributes, comments, processing instructions, and what stands before and after the root element.

extension XMLReader {
    // MARK: Around the root

    /// Everything up to and including the root's start tag.
    mutating func readProlog() throws(CodingError) {
        if has("\u{FEFF}", at: 0) { position = 3 }
        if has("<?xml", at: position), position + 5 < count, ASCII.isBlank(byte(position + 5)) { try readDeclaration() }
        try skipBetweenElements()
        guard position < count else { throw error(.unexpectedEnd, "expected an element, found the end of the document") }
        guard byte(position) == ASCII.lessThan else {
            throw error(
                .syntax, "expected an element, found \(Excerpt.character(at: position, in: document))",
                hint: byte(position) >= 0xFE || byte(position) == 0 ? "write UTF-8, not UTF-16" : "an XML document begins with '<'")
        }
        try startTag()
    }

    /// Only comments, processing instructions and blanks may follow the root.
    mutating func readEpilog() throws(CodingError) {
        guard open.isEmpty else {
            throw error(.syntax, "the element \(elementName) was not read to its end", at: startOfElement)
        }
        try skipBetweenElements()
        guard position == count else {
            throw error(
                .syntax, "expected the end of the document, found \(Excerpt.character(at: position, in: document))",
                hint: "a document has one root element; nothing may follow it")
        }
    }

    /// `<?xml version="1.0" encoding="UTF-8"?>`: another version or encoding would change what the bytes mean.
    private mutating func readDeclaration() throws(CodingError) {
        position += 5
        while true {
            skipBlanks()
            if has("?>", at: position) { break }
            let start = position
            let attribute = try readAttribute()
            let value = attribute.decoded ?? string(attribute.source)
            switch string(attribute.name) {
            case "version" where value != "1.0":
                throw error(.unsupported, "XML \(Excerpt.plain(value)) is not supported", hint: "write version=\"1.0\"", at: start)
            case "encoding" where !["utf-8", "us-ascii", "ascii"].contains(value.lowercased()):
                throw error(.unsupported, "the encoding \(Excerpt.plain(value)) is not supported", hint: "write UTF-8", at: start)
            case "version", "encoding", "standalone": break
            default: throw error(.syntax, "the XML declaration has no \(Excerpt.plain(string(attribute.name)))", at: start)
            }
        }
        position += 2
    }

    private mutating func skipBetweenElements() throws(CodingError) {
        while true {
            skipBlanks()
            guard try skipAside() else { break }
        }
        try refuseDeclaration()
    }

    // MARK: Elements

    /// Moves to the next child's content. False when the end tag came instead.
    mutating func enterChild() throws(CodingError) -> Bool {
        if open.isEmpty { return false }
        if endEmptyElement() { return false }
        while true {
            skipBlanks()
            guard position < count else { throw endInsideElement() }
            guard byte(position) == ASCII.lessThan else { throw textBetweenElements() }
            if has("</", at: position) {
                try endTag()
                return false
            }
            if try skipAside() { continue }
            if has("<![CDATA[", at: position) { throw textBetweenElements() }
            try refuseDeclaration()
            try startTag()
            return true
        }
    }

    /// Moves on by one tag, wherever that leads; text and comments on the way are skipped.
    mutating func skipStep() throws(CodingError) {
        if endEmptyElement() { return }
        try skipText()
        if has("</", at: position) { return try endTag() }
        if try skipAside() { return }
        if try skipCharacterData() { return }
        try refuseDeclaration()
        try startTag()
    }

    /// Ends `<name/>`, which has no end tag of its own.
    mutating func endEmptyElement() -> Bool {
        guard isEmptyElement else { return false }
        isEmptyElement = false
        closeElement()
        return true
    }

    private mutating func closeElement() {
        let element = open.removeLast()
        if allAttributes.count > element.firstAttribute { allAttributes.removeSubrange(element.firstAttribute...) }
    }

    /// Reads a start tag; `position` is at its '<'.
    private mutating func startTag() throws(CodingError) {
        let start = position
        guard open.count < maximumDepth else {
            throw error(.depth, "more than \(maximumDepth) elements lie in each other", hint: "flatten the document")
        }
        position += 1
        let name = try readName("an element's name after '<'")
        let firstAttribute = allAttributes.count
        while true {
            let end = position
            skipBlanks()
            guard position < count else {
                throw error(.unexpectedEnd, "the document ends inside the tag \(excerpt(name))", at: start)
            }
            let byte = byte(position)
            if byte == ASCII.greaterThan {
                position += 1
                break
            }
            if has("/>", at: position) {
                position += 2
                isEmptyElement = true
                break
            }
            guard position > end else {
                throw error(
                    .syntax, "expected '>', found \(Excerpt.character(at: position, in: document))",
                    hint: "attributes are separated by blanks")
            }
            let attribute = try readAttribute()
            try refuseDuplicate(attribute, since: firstAttribute)
            allAttributes.append(attribute)
        }
        open.append(OpenElement(start: start, name: name, firstAttribute: firstAttribute))
    }

    /// Reads the end tag of the current element; `position` is at its "</".
    mutating func endTag() throws(CodingError) {
        guard let current = open.last else { return }
        let start = position
        let length = current.name.count
        let nameStart = start &+ 2
        let isSame =
            nameStart &+ length <= count && document[nameStart..<nameStart &+ length].elementsEqual(document[current.name])
            && (nameStart &+ length == count || !isNameByte(at: nameStart &+ length))
        guard isSame else {
            position = nameStart
            let found = try readName("an element's name after '</'")
            throw error(
                .syntax, "expected </\(excerpt(current.name))>, found </\(excerpt(found))>",
                hint: "elements must end in the reverse order of their beginning", at: start)
        }
        position = nameStart &+ length
        skipBlanks()
        guard position < count else { throw endInsideElement() }
        guard byte(position) == ASCII.greaterThan else {
            throw error(
                .syntax, "expected '>', found \(Excerpt.character(at: position, in: document))", hint: "end tags have no attributes")
        }
        position &+= 1
        closeElement()
    }

    private func isNameByte(at offset: Int) -> Bool {
        guard let (scalar, _) = UTF8Sequence.decode(document, at: offset) else { return false }
        return XMLCharacters.isName(scalar)
    }

    mutating func readName(_ expected: String) throws(CodingError) -> Range<Int> {
        let start = position
        while let (scalar, length) = UTF8Sequence.decode(document, at: position),
            position == start ? XMLCharacters.isNameStart(scalar) : XMLCharacters.isName(scalar)
        {
            position += length
        }
        guard position > start else {
            let found = Excerpt.character(at: position, in: document)
            throw error(
                position < count ? .syntax : .unexpectedEnd, "expected \(expected), found \(found)",
                hint: "write '<' itself as &lt;")
        }
        return start..<position
    }

    // MARK: Attributes

    private mutating func readAttribute() throws(CodingError) -> Attribute {
        let name = try readName("an attribute's name")
        skipBlanks()
        guard position < count, byte(position) == ASCII.equals else {
            throw error(.syntax, "expected '=' after the attribute \(excerpt(name))", hint: "write \(excerpt(name))=\"…\"")
        }
        position += 1
        skipBlanks()
        guard position < count, byte(position) == ASCII.quote || byte(position) == ASCII.apostrophe else {
            throw error(.syntax, "the value of the attribute \(excerpt(name)) has no quotes", hint: "write \(excerpt(name))=\"…\"")
        }
        let quote = byte(position)
        position += 1
        let start = position
        while position < count, isPlainInAttribute(byte(position)), byte(position) != quote { position += 1 }
        if position < count, byte(position) == quote {
            position += 1
            return Attribute(name: name, source: start..<position - 1, decoded: nil)
        }
        let value = try attributeValue(from: start, quote: quote, name: name)
        return Attribute(name: name, source: start..<position - 1, decoded: value)
    }

    /// Printable ASCII without a meaning of its own.
    private func isPlainInAttribute(_ byte: UInt8) -> Bool {
        byte >= ASCII.space && byte < 0x80 && byte != ASCII.ampersand && byte != ASCII.lessThan
    }

    /// A value with references, blanks other than spaces, or characters outside ASCII. Consumes the closing quote.
    private mutating func attributeValue(from start: Int, quote: UInt8, name: Range<Int>) throws(CodingError) -> String {
        var text: [UInt8] = []
        position = start
        while true {
            guard position < count else {
                throw error(.unexpectedEnd, "the document ends inside the attribute \(excerpt(name))", hint: "the closing quote is missing")
            }
            let byte = byte(position)
            switch byte {
            case quote:
                position += 1
                return String(decoding: text, as: UTF8.self)
            case ASCII.ampersand:
                try appendReference(to: &text)
            case ASCII.lessThan:
                throw error(.syntax, "'<' inside the attribute \(excerpt(name))", hint: "write it as &lt;, or close the quote")
            case ASCII.tab, ASCII.lineFeed, ASCII.carriageReturn:
                // XML 1.0 §3.3.3; a line end of two characters is one blank (§2.11).
                position += byte == ASCII.carriageReturn && has("\r\n", at: position) ? 2 : 1
                text.append(ASCII.space)
            default:
                try appendCharacter(to: &text)
            }
        }
    }

    private func refuseDuplicate(_ attribute: Attribute, since first: Int) throws(CodingError) {
        // Few attributes are compared with each other; very many, which only an attacker writes, would take quadratic time.
        if allAttributes.count - first >= 128 {
            throw error(.unsupported, "an element has more than 128 attributes", at: attribute.name.lowerBound)
        }
        for other in allAttributes[first...] where document[other.name].elementsEqual(document[attribute.name]) {
            throw error(
                .duplicateMember, "the attribute \(excerpt(attribute.name)) occurs twice", hint: "leave one of the two out",
                at: attribute.name.lowerBound)
        }
    }

    // MARK: Comments and instructions

    /// Whether there was a comment or a processing instruction to skip.
    mutating func skipAside() throws(CodingError) -> Bool {
        if try skipComment() { return true }
        return try skipInstruction()
    }

    private mutating func skipComment() throws(CodingError) -> Bool {
        guard has("<!--", at: position) else { return false }
        let start = position
        position += 4
        while position < count {
            if has("--", at: position) {
                guard has("-->", at: position) else {
                    throw error(position + 2 < count ? .syntax : .unexpectedEnd, "'--' inside a comment", hint: "a comment ends with '-->'")
                }
                position += 3
                return true
            }
            try skipCharacter()
        }
        throw error(.unexpectedEnd, "the document ends inside a comment", hint: "a comment ends with '-->'", at: start)
    }

    private mutating func skipInstruction() throws(CodingError) -> Bool {
        guard has("<?", at: position) else { return false }
        let start = position
        position += 2
        let target = try readName("the name of a processing instruction")
        if string(target).lowercased() == "xml" {
            throw error(.syntax, "an XML declaration that is not at the start", hint: "move it to the first byte, or drop it", at: start)
        }
        while position < count {
            if has("?>", at: position) {
                position += 2
                return true
            }
            try skipCharacter()
        }
        throw error(.unexpectedEnd, "the document ends inside a processing instruction", hint: "it ends with '?>'", at: start)
    }

    /// "<!" that begins neither a comment nor a CDATA section.
    func refuseDeclaration() throws(CodingError) {
        guard has("<!", at: position) else { return }
        if has("<!DOCTYPE", at: position) {
            throw error(
                .unsupported, "document types are refused",
                hint: "drop the <!DOCTYPE …>; entities other than &lt; &gt; &amp; &apos; &quot; cannot be used")
        }
        throw error(.syntax, "'<!' begins nothing that can stand here", hint: "write '<' itself as &lt;")
    }
}
