// Character data (XML 1.0 §2.4, §2.7, §4.1): text, CDATA sections, references. Line ends become line feeds (§2.11).

extension XMLReader {
    /// The element's text, exactly as written, up to and including its end tag. Child elements are refused.
    public mutating func text() throws(CodingError) -> String {
        if open.isEmpty || endEmptyElement() { return "" }
        let start = position
        var stop = start
        while stop < count, isPlain(byte(stop)) { stop &+= 1 }
        guard has("</", at: stop) else { return try composedText() }
        position = stop
        try endTag()
        return string(start..<stop)
    }

    /// Text that must be put together from several parts.
    private mutating func composedText() throws(CodingError) -> String {
        let outer = open.count
        var text: [UInt8] = []
        while true {
            guard position < count else { throw endInsideElement() }
            switch byte(position) {
            case ASCII.lessThan:
                if has("</", at: position) {
                    try endTag()
                    return String(decoding: text, as: UTF8.self)
                }
                if try skipAside() { continue }
                if try appendCharacterData(to: &text) { continue }
                try refuseDeclaration()
                throw childInText(outer)
            case ASCII.ampersand:
                try appendReference(to: &text)
            default:
                try refuseSectionEnd()
                try appendCharacter(to: &text)
            }
        }
    }

    /// Bytes that stand for themselves wherever they are: ASCII without markup, carriage returns, and the bracket of "]]>".
    @inline(__always)
    private func isPlain(_ byte: UInt8) -> Bool {
        byte >= ASCII.space
            ? byte < 0x80 && byte != ASCII.lessThan && byte != ASCII.ampersand && byte != ASCII.closeBracket
            : byte == ASCII.lineFeed || byte == ASCII.tab
    }

    /// Moves to the next markup, or fails at the end of the document.
    mutating func skipText() throws(CodingError) {
        var dropped: [UInt8] = []
        while position < count, byte(position) != ASCII.lessThan {
            if isPlain(byte(position)) {
                position &+= 1
            } else if byte(position) == ASCII.ampersand {
                try appendReference(to: &dropped)
                dropped.removeAll(keepingCapacity: true)
            } else {
                try refuseSectionEnd()
                try skipCharacter()
            }
        }
        guard position < count else { throw endInsideElement() }
    }

    /// Whether there was a CDATA section to skip.
    mutating func skipCharacterData() throws(CodingError) -> Bool {
        var dropped: [UInt8] = []
        return try appendCharacterData(to: &dropped)
    }

    private mutating func appendCharacterData(to text: inout [UInt8]) throws(CodingError) -> Bool {
        guard has("<![CDATA[", at: position) else { return false }
        let start = position
        position += 9
        while position < count {
            if has("]]>", at: position) {
                position += 3
                return true
            }
            try appendCharacter(to: &text)
        }
        throw error(.unexpectedEnd, "the document ends inside a CDATA section", hint: "it ends with ']]>'", at: start)
    }

    private func refuseSectionEnd() throws(CodingError) {
        guard has("]]>", at: position) else { return }
        throw error(.syntax, "']]>' outside a CDATA section", hint: "write it as ]]&gt;")
    }

    /// Appends the character at the position; line ends of all kinds become line feeds.
    mutating func appendCharacter(to text: inout [UInt8]) throws(CodingError) {
        let start = position
        try skipCharacter()
        if byte(start) == ASCII.carriageReturn {
            text.append(ASCII.lineFeed)
        } else {
            text.append(contentsOf: document[start..<position])
        }
    }

    /// Moves past one character, or one line end of two, checking that XML allows it.
    mutating func skipCharacter() throws(CodingError) {
        let first = byte(position)
        if first >= ASCII.space ? first < 0x80 : first == ASCII.lineFeed || first == ASCII.tab {
            position &+= 1
            return
        }
        if first == ASCII.carriageReturn {
            position += has("\r\n", at: position) ? 2 : 1
            return
        }
        guard let (scalar, length) = UTF8Sequence.decode(document, at: position) else {
            throw error(.encoding, "bytes that are not UTF-8", hint: "write UTF-8")
        }
        guard XMLCharacters.isAllowed(scalar) else {
            throw error(
                .encoding, "the character U+\(String(scalar, radix: 16, uppercase: true)) cannot stand in XML",
                hint: "XML has no way to write it; leave it out")
        }
        position += length
    }

    /// Decodes the reference at the position.
    mutating func appendReference(to text: inout [UInt8]) throws(CodingError) {
        let start = position
        // The longest that can mean anything is &#x0010FFFF; some zeros more do no harm.
        let end = document[start..<min(start + 16, count)].firstIndex(of: ASCII.semicolon)
        guard let end else {
            throw error(.syntax, "'&' that begins no reference", hint: "write '&' itself as &amp;")
        }
        let name = string(checked: start + 1..<end)
        switch name {
        case "lt": text.append(ASCII.lessThan)
        case "gt": text.append(ASCII.greaterThan)
        case "amp": text.append(ASCII.ampersand)
        case "apos": text.append(ASCII.apostrophe)
        case "quot": text.append(ASCII.quote)
        default:
            guard name.hasPrefix("#") else {
                throw error(
                    .syntax, "the entity &\(Excerpt.plain(name)); is not defined",
                    hint: "only &lt; &gt; &amp; &apos; &quot; and numbers are known")
            }
            guard let value = Self.characterNumber(name.dropFirst()), XMLCharacters.isAllowed(value) else {
                throw error(.encoding, "&\(Excerpt.plain(name)); denotes no character that XML allows")
            }
            UTF8Sequence.append(value, to: &text)
        }
        position = end + 1
    }

    /// Bytes that may be anything.
    private func string(checked range: Range<Int>) -> String { String(decoding: document[range], as: UTF8.self) }

    private static func characterNumber(_ digits: Substring) -> UInt32? {
        let isHexadecimal = digits.hasPrefix("x")
        let digits = isHexadecimal ? digits.dropFirst() : digits
        guard let first = digits.utf8.first, ASCII.hexadecimal(first) != nil else { return nil }
        return UInt32(digits, radix: isHexadecimal ? 16 : 10)
    }
}
