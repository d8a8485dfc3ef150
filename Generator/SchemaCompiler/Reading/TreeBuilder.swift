// SAX events to a tree of Elements, through libxml2's push parser. Relies on being handed one UTF-8 buffer; promises that nothing outside
// the buffer is opened: a document type declaration ends the parse before anything in it is read.

import CLibXML2

/// Receives SAX events and stacks up elements.
final class TreeBuilder {
    let file: SourceFile
    let diagnostics: Diagnostics
    var root: Element?
    var fatal = false
    private var stack: [Element] = []
    private var context: xmlParserCtxtPtr?
    private var interned = [InternedName](repeating: InternedName(), count: 256)

    /// A name as libxml2 holds it in its dictionary, and as a String.
    private struct InternedName {
        var pointer: UnsafePointer<xmlChar>?
        var text = ""
    }

    /// A schema of ours nests 10 deep. libxml2 itself sets no limit to a push parser, and freeing a tree takes a stack frame per level.
    static let maximumDepth = 100

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
        handler.internalSubset = { user, _, _, _ in TreeBuilder.from(user)?.documentType() }
        handler.serror = { user, error in TreeBuilder.from(user)?.report(error) }

        file.bytes.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress?.assumingMemoryBound(to: CChar.self),
                let context = xmlCreatePushParserCtxt(&handler, Unmanaged.passUnretained(self).toOpaque(), nil, 0, nil)
            else { return }
            self.context = context
            // No network, no entity substitution, no limits lifted. The encoding has been checked; libxml2 must not convert, or offsets
            // would no longer be those of the file.
            let options = XML_PARSE_NONET.rawValue | XML_PARSE_NOCDATA.rawValue | XML_PARSE_IGNORE_ENC.rawValue
            xmlCtxtUseOptions(context, Int32(options))
            xmlParseChunk(context, base, Int32(buffer.count), 1)
            self.context = nil
            xmlFreeParserCtxt(context)
        }
    }

    static func from(_ user: UnsafeMutableRawPointer?) -> TreeBuilder? {
        user.map { Unmanaged<TreeBuilder>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Names come from libxml2's dictionary: equal names are equal pointers while the parse lasts. A schema has a few dozen of them, so
    /// a table with one place per name, in which the newer of two evicts the older, finds nearly all.
    private func name(_ pointer: UnsafePointer<xmlChar>?) -> String {
        guard let pointer else { return "" }
        let place = (UInt(bitPattern: pointer) >> 2) % 256
        if interned[Int(place)].pointer == pointer { return interned[Int(place)].text }
        let text = String(cString: pointer)
        // The literal is not reference-counted, and it is what nearly every element holds.
        interned[Int(place)] = InternedName(pointer: pointer, text: text == xsdNamespace ? xsdNamespace : text)
        return interned[Int(place)].text
    }

    private func start(
        _ localName: UnsafePointer<xmlChar>?, _ uri: UnsafePointer<xmlChar>?, _ count: Int,
        _ attributes: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?
    ) {
        if stack.count == Self.maximumDepth {
            stop(
                "too-deep", at: back(to: "<"), "elements are nested more than \(Self.maximumDepth) deep",
                hint: "a schema needs about ten levels")
            return
        }
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

    private func documentType() {
        stop(
            "doctype", at: back(to: "<!DOCTYPE"), "a document type declaration is not allowed in a schema",
            hint: "remove <!DOCTYPE …>: entities and external definitions are never read")
    }

    private func stop(_ code: Diagnostic.Code, at offset: Int, _ message: String, hint: String) {
        fatal = true
        diagnostics.error(code, at: SourceLocation(file: file, offset: offset), message, hint: hint)
        xmlStopParser(context)
    }

    private func end() { _ = stack.popLast() }

    private func characters(_ text: UnsafePointer<xmlChar>?, _ count: Int) {
        guard let text, count > 0, let element = stack.last else { return }
        let buffer = UnsafeBufferPointer(start: text, count: count)
        if element.text.isEmpty {
            // Indentation is most of what stands between elements, and nobody reads it.
            guard let first = buffer.firstIndex(where: { $0 > UInt8(ascii: " ") }) else { return }
            element.textLocation = SourceLocation(file: file, offset: max(0, Int(tungsten_xml_text_offset(context, text, count)) + first))
        }
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
        return file.bytes.withUnsafeBufferPointer { bytes in
            var index = min(Int(consumed), bytes.count) - 1
            while index > 0, bytes[index] != mark.utf8Start[0] || !opens(bytes, at: index, mark) { index -= 1 }
            return max(index, 0)
        }
    }

    private func opens(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int, _ mark: StaticString) -> Bool {
        guard index + mark.utf8CodeUnitCount <= bytes.count else { return false }
        for offset in 0..<mark.utf8CodeUnitCount where bytes[index + offset] != mark.utf8Start[offset] { return false }
        return true
    }

    private func report(_ error: UnsafePointer<xmlError>?) {
        guard let error else { return }
        // xmlStopParser reports that it stopped.
        if fatal { return }
        // Undeclared prefixes: the older platform's schema has them, and names resolve without their prefix.
        if error.pointee.domain == XML_FROM_NAMESPACE.rawValue { return }
        guard error.pointee.level.rawValue >= XML_ERR_ERROR.rawValue else { return }
        let offset = max(0, Int(tungsten_xml_offset(context)))
        // Nothing but blanks, comments and instructions: the caller says that there is no element.
        if root == nil, !mayHoldElement { return }
        fatal = true
        let open = stack.last.map { "<\($0.name)> from line \($0.location.line)" }
        let (place, message, hint) = explain(error.pointee, at: offset, open)
        diagnostics.error(
            "not-well-formed", at: SourceLocation(file: file, offset: place), message,
            hint: hint ?? open.map { "the innermost open element is \($0)" })
    }

    /// Whether anything but blanks, comments and instructions stands in the file.
    private var mayHoldElement: Bool {
        guard let first = file.bytes.firstIndex(of: UInt8(ascii: "<")) else { return file.bytes.contains { $0 > UInt8(ascii: " ") } }
        return zip(file.bytes[first...], file.bytes[(first + 1)...]).contains {
            $0 == UInt8(ascii: "<") && $1 != UInt8(ascii: "!") && $1 != UInt8(ascii: "?")
        }
    }

    /// libxml2's findings in the words of this compiler, for those that its own words do not explain.
    private func explain(_ error: xmlError, at offset: Int, _ open: String?) -> (offset: Int, message: String, hint: String?) {
        let beginning = "an XSD begins with <xs:schema …>"
        switch UInt32(truncatingIfNeeded: error.code) {
        case XML_ERR_DOCUMENT_EMPTY.rawValue:
            return (offset, "the file does not begin with an XML element", beginning)
        case XML_ERR_DOCUMENT_END.rawValue:
            if let open { return (offset, "the file ends inside \(open)", "is the file complete?") }
            if root == nil { return (file.bytes.count, "the file ends inside its first element", "is the file complete?") }
            return (offset, "something follows the end of the root element", "a file holds one xs:schema and nothing after it")
        case XML_ERR_TAG_NAME_MISMATCH.rawValue:
            let tag = back(to: "</")
            let name = String(decoding: file.bytes[tag..<min(offset + 1, file.bytes.count)], as: UTF8.self).prefix {
                $0 != ">" && $0 != "\n"
            }
            return (tag, "\(name)> does not close \(open ?? "the element that is open")", "close the inner element first")
        case XML_ERR_NAME_REQUIRED.rawValue where stack.isEmpty == false:
            return (offset, "no name follows < or &", "write &lt; and &amp; for < and & that are meant themselves")
        case XML_ERR_UNDECLARED_ENTITY.rawValue:
            let name = error.str1.map { "&\(String(cString: $0));" } ?? "this entity"
            return (offset, "\(name) means nothing in XML", "write the character itself, or its number such as &#160;")
        case XML_ERR_ATTRIBUTE_REDEFINED.rawValue:
            let name = error.str1.map { String(cString: $0) } ?? "an attribute"
            return (offset, "\(name) is given twice in one element", "remove one of them")
        case XML_ERR_ATTRIBUTE_WITHOUT_VALUE.rawValue:
            let name = error.str1.map { String(cString: $0) } ?? "an attribute"
            return (offset, "the attribute \(name) has no value", "write \(name)=\"…\"")
        case XML_ERR_ATTRIBUTE_NOT_STARTED.rawValue:
            return (offset, "the value of an attribute is not in quotation marks", "write name=\"value\"")
        case XML_ERR_COMMENT_NOT_FINISHED.rawValue:
            return (offset, "a comment is not closed", "write --> where it ends")
        case XML_ERR_GT_REQUIRED.rawValue:
            return (offset, "a tag is not closed", "write > where it ends")
        case XML_ERR_HYPHEN_IN_COMMENT.rawValue:
            return (offset, "two hyphens inside a comment", "a comment ends with --> and holds no -- before that")
        default:
            return (offset, Self.text(error), nil)
        }
    }

    private static func text(_ error: xmlError) -> String {
        let text = error.message.map { String(cString: $0) } ?? ""
        return "the XML is not well-formed: \(text.split(separator: "\n").first ?? "")"
    }
}
