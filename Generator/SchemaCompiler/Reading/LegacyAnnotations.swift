// The older platform's annotations: XML comments beginning with #IFMAP-SEMANTICS-IDL that hold statements written like Python calls.
//
// Existing schemas must compile unmodified, so what that platform's own compiler let pass is let pass here: either quote, named
// arguments, string literals side by side (they join, so a forgotten comma merges two arguments), trailing commas, missing arguments.
// A statement that makes no sense is ignored, as it was there; it becomes a warning here.

/// Parses the statements of one comment.
struct LegacyAnnotations {
    static let marker = "#IFMAP-SEMANTICS-IDL"

    let diagnostics: Diagnostics

    static func isAnnotation(_ comment: Element.Comment) -> Bool {
        comment.text.utf8.drop { $0 <= UInt8(ascii: " ") }.starts(with: marker.utf8)
    }

    func statements(in comment: Element.Comment) -> [Statement] {
        var parser = CallParser(comment.text)
        var result: [Statement] = []
        // Where the text is the file's own, unchanged by the parser, a statement's place in it is its place in the file.
        let file = comment.location.file
        let start = comment.location.offset + "<!--".utf8.count
        var text = comment.text
        let isVerbatim = text.withUTF8 { file.bytes.dropFirst(start).starts(with: $0) }
        while let call = parser.next() {
            let location = isVerbatim ? SourceLocation(file: file, offset: start + call.offset) : comment.location
            guard let statement = statement(call, location) else { continue }
            result.append(statement)
        }
        return result
    }

    private func statement(_ call: CallParser.Call, _ location: SourceLocation) -> Statement? {
        func ignored(_ reason: String) -> Statement? {
            diagnostics.warning("ignored-statement", at: location, "\(call.name)(…) is ignored: \(reason)")
            return nil
        }
        func text(_ index: Int, _ name: String) -> String? {
            if case .text(let value)? = call.argument(index, name) { return value }
            return nil
        }
        guard let element = text(0, "name") else { return ignored("it names no element") }
        let body: Statement.Body
        let tail: Int
        switch call.name {
        case "Property", "ListProperty":
            guard let object = text(1, "ident") else { return ignored("it names no object") }
            body = .property(of: object, shape: call.name == "Property" ? .single : .list)
            tail = 2
        case "MapProperty":
            guard let object = text(1, "ident"), let key = text(2, "key_name") else { return ignored("it needs an object and a key") }
            body = .property(of: object, shape: .map(key: key))
            tail = 3
        case "Link":
            guard let from = text(1, "from"), let to = text(2, "to") else { return ignored("it needs two objects") }
            var kind = Link.Kind.link
            var derived = false
            if case .list(let words)? = call.argument(3, "types") {
                if words.contains("has") { kind = .has } else if words.contains("ref") { kind = .ref }
                derived = words.contains("derived")
            }
            body = .reference(from: Self.unprefixed(from), to: Self.unprefixed(to), kind: kind, derived: derived)
            tail = 4
        case "Type", "Exclude":
            return nil
        default:
            return ignored("no such statement")
        }
        return Statement(
            element: element, body: body, presence: text(tail, "presence").flatMap(Presence.init) ?? .optional,
            operations: text(tail + 1, "operations").flatMap(Operations.init(letters:)) ?? .all,
            documentation: text(tail + 2, "description") ?? "", location: location, annotation: nil)
    }

    static func unprefixed(_ name: String) -> String {
        guard let colon = name.utf8.lastIndex(of: UInt8(ascii: ":")) else { return name }
        return String(name[name.utf8.index(after: colon)...])
    }
}

/// Splits text into calls with literal arguments. Never fails: what is no call is passed over.
struct CallParser {
    enum Argument {
        case text(String)
        case list([String])
    }
    struct Call {
        let name: String
        /// Of the name, in bytes.
        let offset: Int
        var positional: [Argument] = []
        var named: [String: Argument] = [:]

        func argument(_ index: Int, _ name: String) -> Argument? { index < positional.count ? positional[index] : named[name] }
    }

    private let bytes: [UInt8]
    private var index = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    mutating func next() -> Call? {
        while index < bytes.count {
            let start = index
            guard let word = word() else {
                index += 1
                continue
            }
            skipBlanks()
            // A word that no parenthesis follows is prose.
            guard peek == UInt8(ascii: "(") else { continue }
            index += 1
            return arguments(of: word, at: start)
        }
        return nil
    }

    private mutating func arguments(of name: String, at offset: Int) -> Call {
        var call = Call(name: name, offset: offset)
        while index < bytes.count {
            skipBlanks()
            guard let byte = peek else { break }
            switch byte {
            case UInt8(ascii: ")"):
                index += 1
                return call
            case UInt8(ascii: "'"), UInt8(ascii: "\""):
                call.positional.append(.text(literals()))
            case UInt8(ascii: "["):
                call.positional.append(.list(list()))
            case UInt8(ascii: ","):
                index += 1
            default:
                guard let label = word() else {
                    index += 1
                    continue
                }
                skipBlanks()
                guard peek == UInt8(ascii: "=") else { continue }
                index += 1
                skipBlanks()
                if peek == UInt8(ascii: "[") { call.named[label] = .list(list()) } else if isQuote { call.named[label] = .text(literals()) }
            }
        }
        return call
    }

    /// Adjacent string literals join. Line breaks inside a literal are layout, as all white space is.
    private mutating func literals() -> String {
        var text: [UInt8] = []
        while isQuote, let quote = peek {
            index += 1
            var start = index
            while index < bytes.count, bytes[index] != quote {
                if bytes[index] == UInt8(ascii: "\\"), index + 1 < bytes.count {
                    text.append(contentsOf: bytes[start..<index])
                    index += 1
                    start = index
                }
                index += 1
            }
            text.append(contentsOf: bytes[start..<index])
            index += 1
            skipBlanks()
        }
        return Prose.paragraphs(String(decoding: text, as: UTF8.self)).joined(separator: " ")
    }

    private mutating func list() -> [String] {
        index += 1
        var items: [String] = []
        while let byte = peek, byte != UInt8(ascii: "]") {
            if isQuote { items.append(literals()) } else { index += 1 }
        }
        index += 1
        return items
    }

    private mutating func word() -> String? {
        let start = index
        while let byte = peek, byte == UInt8(ascii: "_") || (byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z")) {
            index += 1
        }
        return index > start ? String(decoding: bytes[start..<index], as: UTF8.self) : nil
    }

    private mutating func skipBlanks() { while let byte = peek, byte <= UInt8(ascii: " ") { index += 1 } }

    private var peek: UInt8? { index < bytes.count ? bytes[index] : nil }
    private var isQuote: Bool { peek == UInt8(ascii: "'") || peek == UInt8(ascii: "\"") }
}
