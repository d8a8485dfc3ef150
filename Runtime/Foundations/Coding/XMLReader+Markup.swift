// Tags, and what stands before and after the root element.

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

    func isNameByte(at offset: Int) -> Bool {
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
}
