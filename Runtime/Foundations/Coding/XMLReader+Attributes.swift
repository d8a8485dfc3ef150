// Attributes of start tags (XML 1.0 §3.1, §3.3.3).

extension XMLReader {
    /// Reads `name="value"`, checking the value; `position` is at the name.
    mutating func readAttribute() throws(CodingError) -> Attribute {
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

    func refuseDuplicate(_ attribute: Attribute, since first: Int) throws(CodingError) {
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
}
