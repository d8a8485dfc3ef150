// Text to Document, through libxml2's SAX2 parser. Relies on the parser being handed one UTF-8 buffer; promises that no byte sequence
// crashes it, that nothing outside the buffer is opened, and that every failure is a diagnostic with a position.

import CLibXML2

/// Parses one XML file into a tree with positions.
struct DocumentReader {
    /// A schema file is text written by people; anything larger is a mistake, found before it costs memory.
    static let maximumBytes = 16 << 20

    static func read(_ file: SourceFile, _ diagnostics: Diagnostics) -> Document? {
        guard accepts(file, diagnostics) else { return nil }
        let builder = TreeBuilder(file: file, diagnostics: diagnostics)
        builder.parse()
        guard !builder.fatal, let root = builder.root else {
            if !builder.fatal {
                diagnostics.error("no-root", at: SourceLocation(file: file, offset: 0), "the file holds no XML element")
            }
            return nil
        }
        return Document(file: file, root: root)
    }

    /// Refuses, before libxml2 sees them, inputs that are not schema text at all.
    private static func accepts(_ file: SourceFile, _ diagnostics: Diagnostics) -> Bool {
        let bytes = file.bytes
        let start = SourceLocation(file: file, offset: 0)
        if bytes.isEmpty {
            diagnostics.error("empty-file", at: start, "the file is empty", hint: "an XSD begins with <xs:schema …>")
            return false
        }
        if bytes.count > maximumBytes {
            diagnostics.error(
                "file-too-large", at: nil,
                "\(file.path): \(bytes.count) bytes is more than the \(maximumBytes) that a schema file may have",
                hint: "split the schema into files of related types and include them")
            return false
        }
        if bytes.starts(with: [0xFE, 0xFF]) || bytes.starts(with: [0xFF, 0xFE]) {
            diagnostics.error("encoding", at: nil, "\(file.path): the file is UTF-16", hint: "save it as UTF-8")
            return false
        }
        if let zero = bytes.firstIndex(of: 0) {
            diagnostics.error(
                "binary-file", at: nil, "\(file.path): byte \(zero) is zero, so this is not a text file", hint: "name an .xsd file")
            return false
        }
        if let bad = firstInvalidUTF8(bytes) {
            diagnostics.error(
                "encoding", at: SourceLocation(file: file, offset: bad), "byte \(bad) is not valid UTF-8", hint: "save the file as UTF-8")
            return false
        }
        return acceptsProlog(file, diagnostics)
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

    /// Walks over what may stand before the root element. A document type declaration is refused here, so that no entity is ever
    /// declared, let alone expanded or fetched.
    private static func acceptsProlog(_ file: SourceFile, _ diagnostics: Diagnostics) -> Bool {
        let bytes = file.bytes
        var index = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        func starts(_ text: StaticString) -> Bool {
            bytes[index...].starts(with: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
        }
        func skip(past text: StaticString) -> Bool {
            while index < bytes.count, !starts(text) { index += 1 }
            index += text.utf8CodeUnitCount
            return index <= bytes.count
        }
        while index < bytes.count {
            if bytes[index] <= UInt8(ascii: " ") {
                index += 1
            } else if starts("<?xml ") {
                let declaration = index
                guard skip(past: "?>") else { return true }
                let text = String(decoding: bytes[declaration..<index], as: UTF8.self).lowercased()
                if text.contains("encoding"), !text.contains("utf-8"), !text.contains("us-ascii") {
                    diagnostics.error(
                        "encoding", at: SourceLocation(file: file, offset: declaration),
                        "the XML declaration names an encoding other than UTF-8",
                        hint: "save the file as UTF-8 and write encoding=\"UTF-8\"")
                    return false
                }
            } else if starts("<?") {
                guard skip(past: "?>") else { return true }
            } else if starts("<!--") {
                guard skip(past: "-->") else { return true }
            } else if starts("<!DOCTYPE") {
                diagnostics.error(
                    "doctype", at: SourceLocation(file: file, offset: index), "a document type declaration is not allowed in a schema",
                    hint: "remove <!DOCTYPE …>: entities and external definitions are never read")
                return false
            } else {
                return true
            }
        }
        return true
    }
}

/// Receives SAX events and stacks up elements.
private final class TreeBuilder {
    let file: SourceFile
    let diagnostics: Diagnostics
    var root: Element?
    var fatal = false
    private var stack: [Element] = []
    private var context: xmlParserCtxtPtr?
    private var interned: [UnsafePointer<xmlChar>: String] = [:]

    init(file: SourceFile, diagnostics: Diagnostics) {
        self.file = file
        self.diagnostics = diagnostics
    }

    func parse() {
        var handler = xmlSAXHandler()
        handler.initialized = UInt32(XML_SAX2_MAGIC)
        handler.startElementNs = { user, name, _, uri, _, _, count, _, attributes in
            TreeBuilder.from(user)?.start(name, uri, Int(count), attributes)
        }
        handler.endElementNs = { user, _, _, _ in TreeBuilder.from(user)?.end() }
        handler.characters = { user, text, count in TreeBuilder.from(user)?.characters(text, Int(count)) }
        handler.cdataBlock = { user, text, count in TreeBuilder.from(user)?.characters(text, Int(count)) }
        handler.comment = { user, text in TreeBuilder.from(user)?.comment(text) }
        handler.serror = { user, error in TreeBuilder.from(user)?.report(error) }

        file.bytes.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress?.assumingMemoryBound(to: CChar.self),
                let context = xmlCreatePushParserCtxt(&handler, Unmanaged.passUnretained(self).toOpaque(), nil, 0, nil)
            else { return }
            self.context = context
            // No network, no entity substitution, no limits lifted: 256 levels of nesting are plenty for a schema.
            xmlCtxtUseOptions(context, Int32(XML_PARSE_NONET.rawValue | XML_PARSE_NOCDATA.rawValue))
            xmlParseChunk(context, base, Int32(buffer.count), 1)
            self.context = nil
            xmlFreeParserCtxt(context)
        }
    }

    static func from(_ user: UnsafeMutableRawPointer?) -> TreeBuilder? {
        user.map { Unmanaged<TreeBuilder>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Names come from libxml2's dictionary: equal names are equal pointers while the parse lasts.
    private func name(_ pointer: UnsafePointer<xmlChar>?) -> String {
        guard let pointer else { return "" }
        if let known = interned[pointer] { return known }
        let text = String(cString: pointer)
        interned[pointer] = text
        return text
    }

    private func start(
        _ localName: UnsafePointer<xmlChar>?, _ uri: UnsafePointer<xmlChar>?, _ count: Int,
        _ attributes: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?
    ) {
        var list: [Element.Attribute] = []
        list.reserveCapacity(count)
        if let attributes {
            // Five pointers each: local name, prefix, URI, start and end of the value.
            for index in 0..<count {
                let start = attributes[index * 5 + 3]
                let end = attributes[index * 5 + 4]
                guard let start, let end, end >= start else { continue }
                let value = String(decoding: UnsafeBufferPointer(start: start, count: end - start), as: UTF8.self)
                list.append(
                    Element.Attribute(name: name(attributes[index * 5]), namespace: name(attributes[index * 5 + 2]), value: value))
            }
        }
        let element = Element(
            name: name(localName), namespace: name(uri), attributes: list, location: SourceLocation(file: file, offset: back(to: "<")))
        if let parent = stack.last { parent.append(element) } else if root == nil { root = element }
        stack.append(element)
    }

    private func end() { _ = stack.popLast() }

    private func characters(_ text: UnsafePointer<xmlChar>?, _ count: Int) {
        guard let text, count > 0, let element = stack.last else { return }
        let buffer = UnsafeBufferPointer(start: text, count: count)
        // Indentation is most of what stands between elements, and nobody reads it.
        if element.text.isEmpty, buffer.allSatisfy({ $0 <= UInt8(ascii: " ") }) { return }
        element.append(text: String(decoding: buffer, as: UTF8.self))
    }

    private func comment(_ text: UnsafePointer<xmlChar>?) {
        guard let text, let element = stack.last else { return }
        element.append(
            Element.Comment(text: String(cString: text), location: SourceLocation(file: file, offset: back(to: "<!--"))))
    }

    /// The parser reports a tag or comment after having passed it; its start is the nearest opening mark behind.
    private func back(to mark: StaticString) -> Int {
        let consumed = tungsten_xml_offset(context)
        guard consumed >= 0 else { return 0 }
        var index = min(Int(consumed), file.bytes.count) - 1
        let wanted = UnsafeBufferPointer(start: mark.utf8Start, count: mark.utf8CodeUnitCount)
        while index > 0, !file.bytes[index...].starts(with: wanted) { index -= 1 }
        return max(index, 0)
    }

    private func report(_ error: UnsafePointer<xmlError>?) {
        guard let error else { return }
        // Undeclared prefixes: the older platform's schema has them, and names resolve without their prefix.
        if error.pointee.domain == XML_FROM_NAMESPACE.rawValue { return }
        guard error.pointee.level.rawValue >= XML_ERR_ERROR.rawValue else { return }
        fatal = true
        let message = String(cString: tungsten_xml_error_message(error)).split(separator: "\n").first.map(String.init) ?? ""
        let offset = tungsten_xml_offset(context)
        diagnostics.error(
            "not-well-formed", at: SourceLocation(file: file, offset: offset >= 0 ? Int(offset) : 0),
            "the XML is not well-formed: \(message)",
            hint: stack.last.map { "the innermost open element is <\($0.name)> from line \($0.location.line)" })
    }
}
