// Text to Document. Refuses what is no schema text before libxml2 sees it; TreeBuilder does the rest. Promises that no byte sequence
// crashes it, that nothing outside the buffer is opened, and that every failure is a diagnostic with a position.

/// Parses one XML file into a tree with positions.
struct DocumentReader {
    /// A schema file is text written by people; anything larger is a mistake, found before it costs memory. (libxml2 stops at ten million
    /// bytes, with a message that nobody understands.)
    static let maximumBytes = 8 << 20
    /// The busiest element of a schema has ten. libxml2 compares every attribute of an element with every other.
    static let maximumAttributes = 100

    static func read(_ file: SourceFile, _ diagnostics: Diagnostics) -> Document? {
        guard accepts(file, diagnostics) else { return nil }
        let builder = TreeBuilder(file: file, diagnostics: diagnostics)
        builder.parse()
        guard !builder.fatal, let root = builder.root else {
            if !builder.fatal {
                diagnostics.error(
                    "no-root", at: SourceLocation(file: file, offset: 0), "the file holds no XML element",
                    hint: "an XSD begins with <xs:schema …>")
            }
            return nil
        }
        return Document(file: file, root: root)
    }

    /// Refuses, before libxml2 sees them, inputs that are not schema text at all.
    private static func accepts(_ file: SourceFile, _ diagnostics: Diagnostics) -> Bool {
        let bytes = file.bytes
        func refuse(_ code: Diagnostic.Code, at offset: Int = 0, _ message: String, hint: String) -> Bool {
            diagnostics.error(code, at: SourceLocation(file: file, offset: offset), message, hint: hint)
            return false
        }
        if bytes.isEmpty { return refuse("empty-file", "the file is empty", hint: "an XSD begins with <xs:schema …>") }
        if bytes.count > maximumBytes {
            return refuse(
                "file-too-large", "the file is larger than \(maximumBytes >> 20) MiB",
                hint: "split the schema into files of related types and include them")
        }
        // With or without a byte order mark: "<" and a zero byte, in either order.
        if [[0xFE, 0xFF], [0xFF, 0xFE], [0x3C, 0], [0, 0x3C]].contains(where: bytes.starts) {
            return refuse("encoding", "the file is UTF-16", hint: "save it as UTF-8")
        }
        if let zero = bytes.firstIndex(of: 0) {
            return refuse("binary-file", at: zero, "byte \(zero) is zero, so this is not a text file", hint: "name an .xsd file")
        }
        if let bad = firstInvalidUTF8(bytes) {
            return refuse("encoding", at: bad, "byte \(bad) is not valid UTF-8", hint: "save the file as UTF-8")
        }
        if let tag = crowdedTag(bytes) {
            return refuse(
                "too-many-attributes", at: tag, "an element has more than \(maximumAttributes) attributes",
                hint: "a schema needs about ten; is a quotation mark missing?")
        }
        return acceptsDeclaration(file, diagnostics)
    }

    /// Where a tag begins that holds more equals signs, outside quotes, than an element may have attributes. Comments and the like may hold
    /// anything.
    private static func crowdedTag(_ bytes: [UInt8]) -> Int? {
        bytes.withUnsafeBufferPointer { crowdedTag($0) }
    }

    private static func crowdedTag(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        var index = 0
        while let tag = find("<", in: bytes, from: index) {
            if find("<!--", in: bytes, from: tag, exactly: true) != nil {
                index = find("-->", in: bytes, from: tag + 4) ?? bytes.count
                continue
            }
            if find("<![CDATA[", in: bytes, from: tag, exactly: true) != nil {
                index = find("]]>", in: bytes, from: tag) ?? bytes.count
                continue
            }
            var signs = 0
            var quote: UInt8?
            index = tag
            while index < bytes.count {
                let byte = bytes[index]
                if let open = quote {
                    if byte == open { quote = nil }
                } else if byte == UInt8(ascii: ">") {
                    break
                } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                    quote = byte
                } else if byte == UInt8(ascii: "=") {
                    signs += 1
                }
                index += 1
            }
            if signs > maximumAttributes { return tag }
        }
        return nil
    }

    /// Where `mark` stands next, or with `exactly`, whether it stands there.
    private static func find(_ mark: StaticString, in bytes: UnsafeBufferPointer<UInt8>, from start: Int, exactly: Bool = false) -> Int? {
        let count = mark.utf8CodeUnitCount
        var index = start
        while index + count <= bytes.count {
            var matched = 0
            while matched < count, bytes[index + matched] == mark.utf8Start[matched] { matched += 1 }
            if matched == count { return index }
            if exactly { return nil }
            index += 1
        }
        return nil
    }

    private static func firstInvalidUTF8(_ bytes: [UInt8]) -> Int? {
        if String(validating: bytes, as: UTF8.self) != nil { return nil }
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var offset = 0
        while true {
            switch decoder.decode(&iterator) {
            case .scalarValue(let scalar): offset += UTF8.width(scalar)
            case .emptyInput, .error: return offset
            }
        }
    }

    /// The XML declaration may name an encoding. Since the bytes are known to be UTF-8, any other name is a mistake of the editor.
    private static func acceptsDeclaration(_ file: SourceFile, _ diagnostics: Diagnostics) -> Bool {
        let bytes = file.bytes
        let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        guard bytes[start...].starts(with: "<?xml".utf8), let end = bytes[start...].firstIndex(of: UInt8(ascii: ">")) else { return true }
        let text = String(decoding: bytes[start..<end], as: UTF8.self)
        guard let word = text.firstRange(of: "encoding") else { return true }
        let name = text[word.upperBound...].lowercased()
        if name.contains("utf-8") || name.contains("us-ascii") { return true }
        let offset = start + text.utf8.distance(from: text.startIndex, to: word.lowerBound)
        diagnostics.error(
            "encoding", at: SourceLocation(file: file, offset: offset), "the XML declaration names an encoding other than UTF-8",
            hint: "save the file as UTF-8 and write encoding=\"UTF-8\"")
        return false
    }
}
