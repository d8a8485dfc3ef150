// Attributes, names, numbers and prose of message definitions: what both kinds share. Everything that is wrong becomes a diagnostic at
// its place, and the reader hands back nil or something harmless so that the pass can go on and find the rest.

/// Reads the parts of definition elements.
struct DefinitionReader {
    let diagnostics: Diagnostics
    /// What the root element is called, for hints.
    let root: String
    let namespace: String
    /// How names are written: a pattern in words for hints, and the test.
    let isName: (String) -> Bool
    let nameRule: String

    /// Reports attributes and children that the element may not have, and text between children.
    func check(_ element: Element, attributes: [String], children: [String]) {
        for attribute in element.attributes where attribute.namespace.isEmpty && !attributes.contains(attribute.name) {
            diagnostics.error(
                "unknown-attribute", at: element.location(of: attribute.name), "<\(element.name)> has no attribute \(attribute.name)",
                hint: Spelling.suggestion(for: attribute.name, in: attributes) ?? "it may have \(attributes.joined(separator: ", "))")
        }
        for child in element.children where child.namespace != namespace || !children.contains(child.name) {
            if child.namespace != namespace {
                diagnostics.error(
                    "unknown-element", at: child.location, "<\(child.name)> is not of the namespace \(namespace)",
                    hint: "declare xmlns=\"\(namespace)\" on <\(root)>")
            } else {
                diagnostics.error(
                    "unknown-element", at: child.location, "<\(child.name)> does not belong into <\(element.name)>",
                    hint: Spelling.suggestion(for: child.name, in: children)
                        ?? (children.isEmpty ? "it holds text only" : "it may hold \(children.joined(separator: ", "))"))
            }
        }
        if !children.isEmpty, let stray = Prose.paragraphs(element.text).first {
            diagnostics.error(
                "stray-text", at: element.location, "text stands directly inside <\(element.name)>: \"\(stray.prefix(40))\"",
                hint: "put it into <documentation>")
        }
    }

    /// The children named so, of our namespace.
    func children(_ element: Element, _ names: String...) -> [Element] {
        element.children.filter { $0.namespace == namespace && names.contains($0.name) }
    }

    // MARK: Prose

    /// The text of an element that holds nothing else.
    func prose(_ element: Element, _ what: String) -> String {
        let text = Prose.paragraphs(element.text).joined(separator: "\n\n")
        if text.isEmpty {
            diagnostics.error(
                "undocumented", at: element.location, "\(what) has no text",
                hint: "write between the tags what it means: unit, range, what its absence means")
        }
        return text
    }

    /// The text of the documentation element of an element that holds others.
    func documentation(_ element: Element, _ what: String) -> String {
        let found = children(element, "documentation")
        for extra in found.dropFirst() {
            diagnostics.error(
                "duplicate", at: extra.location, "\(what) has a second <documentation>", hint: "make it a paragraph of the first")
        }
        guard let documentation = found.first else {
            diagnostics.error("undocumented", at: element.location, "\(what) is not documented", hint: "begin it with <documentation>")
            return ""
        }
        check(documentation, attributes: [], children: [])
        return prose(documentation, "the documentation of \(what)")
    }

    // MARK: Attributes

    func required(_ attribute: String, of element: Element) -> String? {
        if let value = element[attribute], !value.isEmpty { return value }
        diagnostics.error(
            "missing-attribute", at: element.location, "<\(element.name)> without \(attribute)", hint: "add \(attribute)=\"…\"")
        return nil
    }

    func name(of element: Element) -> String? {
        guard let name = required("name", of: element) else { return nil }
        if isName(name) { return name }
        diagnostics.error("bad-name", at: element.location(of: "name"), "\"\(name)\" is not a name", hint: nameRule)
        return nil
    }

    /// A decimal number within a range; nil when the attribute is absent or wrong.
    func number(_ attribute: String, of element: Element, in range: ClosedRange<UInt64>, _ why: String = "") -> UInt64? {
        guard let text = element[attribute] else { return nil }
        if let number = Self.decimal(text), range.contains(number) { return number }
        diagnostics.error(
            "bad-number", at: element.location(of: attribute),
            "\(attribute) is \"\(text)\", not a number from \(range.lowerBound) to \(range.upperBound)",
            hint: why.isEmpty ? nil : why)
        return nil
    }

    func requiredNumber(_ attribute: String, of element: Element, in range: ClosedRange<UInt64>, _ why: String = "") -> UInt64? {
        required(attribute, of: element).flatMap { _ in number(attribute, of: element, in: range, why) }
    }

    func boolean(_ attribute: String, of element: Element) -> Bool {
        choice(attribute, of: element, among: ["true", "false"], default: "false") == "true"
    }

    /// One of a few words.
    func choice(_ attribute: String, of element: Element, among words: [String], default fallback: String) -> String {
        guard let text = element[attribute] else { return fallback }
        if words.contains(text) { return text }
        diagnostics.error(
            "bad-value", at: element.location(of: attribute), "\(attribute) is \"\(text)\"",
            hint: Spelling.suggestion(for: text, in: words) ?? "write \(words.dropLast().joined(separator: ", ")) or \(words.last ?? "")")
        return fallback
    }

    /// Digits only: `Int` would also take a sign, and an XSD number may not have leading blanks here.
    private static func decimal(_ text: String) -> UInt64? {
        text.utf8.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") } ? UInt64(text) : nil
    }
}

extension DefinitionReader {
    /// Named numbers of an enumeration, or named bits of flags. Reports names and numbers used twice, and numbers that were retired.
    func namedNumbers(
        _ element: Element, _ tag: String, in range: ClosedRange<UInt64>, of owner: String, isValueName: (String) -> Bool, rule: String
    ) -> [NamedNumber] {
        var values: [NamedNumber] = []
        let retired = retiredNumbers(element, of: owner)
        for child in children(element, tag) {
            check(child, attributes: ["name", "number"], children: [])
            let name = required("name", of: child)
            let text = prose(child, name.map { "\($0) of \(owner)" } ?? "a value of \(owner)")
            guard let name, let number = requiredNumber("number", of: child, in: range) else { continue }
            if !isValueName(name) {
                diagnostics.error("bad-name", at: child.location(of: "name"), "\"\(name)\" is not a name", hint: rule)
                continue
            }
            if let other = values.first(where: { $0.number == number }) {
                diagnostics.error(
                    "duplicate-number", at: child.location(of: "number"),
                    "\(name) has the number \(number), as has \(other.name) on line \(other.location.line)",
                    hint: "the next free one is \(values.map(\.number).max().map { $0 + 1 } ?? 0)")
            } else if let other = values.first(where: { $0.name == name }) {
                diagnostics.error(
                    "duplicate", at: child.location(of: "name"), "\(owner) has \(name) twice",
                    hint: "the other is on line \(other.location.line)")
            } else {
                refuse(number, retired, child, name)
                values.append(NamedNumber(name: name, number: number, documentation: text, location: child.location))
            }
        }
        if values.isEmpty, children(element, tag).isEmpty {
            diagnostics.error(
                "empty", at: element.location, "\(owner) has no \(tag)", hint: "add <\(tag) name=\"…\" number=\"…\">…</\(tag)>")
        }
        return values
    }

    /// The numbers that `retired` elements of an element reserve for ever.
    func retiredNumbers(_ element: Element, of owner: String) -> [UInt64: SourceLocation] {
        var retired: [UInt64: SourceLocation] = [:]
        for child in children(element, "retired") {
            check(child, attributes: ["number"], children: [])
            _ = prose(child, "a retired number of \(owner)")
            if let number = requiredNumber("number", of: child, in: 0...UInt64(UInt32.max)) { retired[number] = child.location }
        }
        return retired
    }

    /// Reports a number that was retired.
    func refuse(_ number: UInt64, _ retired: [UInt64: SourceLocation], _ element: Element, _ name: String, _ attribute: String = "number") {
        guard let location = retired[number] else { return }
        diagnostics.error(
            "retired-number", at: element.location(of: attribute),
            "\(name) has the number \(number), which was retired on line \(location.line)",
            hint: "peers in use still give it its old meaning; take another")
    }
}
