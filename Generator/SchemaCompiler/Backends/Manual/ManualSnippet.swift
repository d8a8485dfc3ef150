// Examples as code: the same values in Python and in Swift, laid out as a person would.

/// An expression in the making.
enum ManualSnippet {
    case atom(String)
    case list([ManualSnippet])
    case call(String, [(label: String?, value: ManualSnippet)])

    enum Language {
        case python
        case swift

        var labelEnd: String { self == .python ? "=" : ": " }
        var lineWidth: Int { self == .python ? 88 : 110 }
    }

    /// The value of an example as an expression of its type.
    init(_ value: ExampleValue, of type: TypeReference, in model: Model, _ language: Language) {
        switch value {
        case .integer(let number): self = .atom(String(number))
        case .boolean(let flag): self = .atom(language == .python ? (flag ? "True" : "False") : String(flag))
        case .string(let text):
            if language == .swift, case .simple(let name) = type, let simple = model.simpleType(name), simple.isSwiftEnumeration {
                self = .atom("." + Naming.swiftCase(text))
            } else {
                self = .atom(Self.quoted(text))
            }
        case .array(let elements): self = .list(elements.map { ManualSnippet($0, of: type, in: model, language) })
        case .object(let members):
            guard case .structure(let name) = type, let structure = model.structure(name) else {
                self = .atom("")
                return
            }
            let arguments = members.compactMap { key, value -> (label: String?, value: ManualSnippet)? in
                guard let member = structure.members.first(where: { Naming.jsonKey($0.name) == key }) else { return nil }
                let label = language == .python ? Naming.pythonMember(member.name) : Naming.swiftMember(member.name)
                return (label, ManualSnippet(value, of: member.type, in: model, language))
            }
            self = .call(language == .python ? "vnc_api.\(Naming.pythonType(name))" : Naming.swiftType(name), arguments)
        }
    }

    /// A list of texts, such as a fully qualified name.
    static func names(_ names: [String]) -> ManualSnippet { .list(names.map { .atom(Self.quoted($0)) }) }

    /// A string literal, the same in both languages but for signs that no example has.
    static func quoted(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
        return isPlain ? "\"" + text + "\"" : SwiftLiteral.string(text)
    }

    // MARK: Layout

    /// The expression after `prefix`, on one line if it fits and otherwise with an argument a line.
    func text(after prefix: String, _ language: Language) -> Text {
        var text = Bytes(capacity: 1 << 8)
        text.append(prefix)
        append(to: &text, column: text.count, depth: 0, language)
        return Text(bytes: text)
    }

    private func append(to text: inout Bytes, column: Int, depth: Int, _ language: Language) {
        let isOpen: Bool
        if case .atom = self { isOpen = false } else { isOpen = column + width(language) > language.lineWidth }
        func newLine(_ depth: Int) {
            text.append("\n")
            for _ in 0..<depth { text.append("    ") }
        }
        func items<Item>(_ items: [Item], _ end: String, _ body: (Item, inout Bytes, Int, Int) -> Void) {
            for (index, item) in items.enumerated() {
                if index > 0 { text.append(isOpen ? "," : ", ") }
                if isOpen { newLine(depth + 1) }
                body(item, &text, isOpen ? (depth + 1) * 4 : 0, depth + 1)
            }
            // Python's formatters put the closing sign on a line of its own.
            if isOpen, language == .python {
                text.append(",")
                newLine(depth)
            }
            text.append(end)
        }
        switch self {
        case .atom(let atom): text.append(atom)
        case .list(let elements):
            text.append("[")
            items(elements, "]") { $0.append(to: &$1, column: $2, depth: $3, language) }
        case .call(let name, let arguments):
            text.append(name)
            text.append("(")
            items(arguments, ")") { argument, text, column, depth in
                var column = column
                if let label = argument.label {
                    text.append(label)
                    text.append(language.labelEnd)
                    column += label.utf8.count + language.labelEnd.utf8.count
                }
                argument.value.append(to: &text, column: column, depth: depth, language)
            }
        }
    }

    /// Columns on one line.
    private func width(_ language: Language) -> Int {
        switch self {
        case .atom(let text): text.utf8.count
        case .list(let elements): elements.reduce(2 * max(1, elements.count)) { $0 + $1.width(language) }
        case .call(let name, let arguments):
            arguments.reduce(name.utf8.count + 2 * max(1, arguments.count)) { sum, argument in
                sum + (argument.label.map { $0.utf8.count + language.labelEnd.utf8.count } ?? 0) + argument.value.width(language)
            }
        }
    }
}

extension SimpleType {
    /// The type is a Swift type of its own, with a constant for each value.
    fileprivate var isSwiftEnumeration: Bool { isEnumeration && !base.isNumeric && unionScalars.isEmpty }
}
