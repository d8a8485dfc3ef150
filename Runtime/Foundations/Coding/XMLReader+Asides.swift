// What a document may hold beside its data: comments and processing instructions are passed over, declarations are refused.

extension XMLReader {
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
