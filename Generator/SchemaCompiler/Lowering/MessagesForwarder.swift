// Forwarder definitions: Document to ForwarderModel. The passes in order, each with why it comes there; what a pass finds wrong it
// reports, and the next goes on with what is left, so that one run shows every mistake.

/// Lowers the documents of the messages between agent and forwarder.
struct ForwarderLowering {
    struct Declared {
        enum Kind {
            case enumeration
            case structure
            case message
        }
        let kind: Kind
        let element: Element
        /// Index into the model's files.
        let file: Int
    }
    enum Progress {
        case open
        case done(Int)
    }

    let diagnostics: Diagnostics
    let reader: DefinitionReader
    let files: DefinitionFiles
    var model = ForwarderModel()
    var declared: [String: Declared] = [:]
    /// Names in the order of declaration, to lower in that order.
    private var order: [String] = []
    /// Retired commands.
    private var retired: [UInt64: SourceLocation] = [:]
    /// Enumerations by name, once lowered; structures, once begun.
    var enumerations: [String: Int] = [:]
    var structures: [String: Progress] = [:]
    /// How many levels of structures a structure holds, itself included.
    var depths: [Int] = []

    static func lower(_ documents: [Document], _ diagnostics: Diagnostics) -> ForwarderModel {
        var lowering = ForwarderLowering(documents, diagnostics)
        // Names first: a type may be used before it is declared.
        lowering.collect()
        // Enumerations stand on nothing.
        lowering.lowerEnumerations()
        // Structures, each after those that it holds, as C wants them.
        for name in lowering.order where lowering.declared[name]?.kind == .structure { _ = lowering.structure(name, path: []) }
        lowering.lowerMessages()
        // What no single declaration shows.
        lowering.checkSpellings()
        return lowering.model
    }

    private init(_ documents: [Document], _ diagnostics: Diagnostics) {
        self.diagnostics = diagnostics
        reader = DefinitionReader(
            diagnostics: diagnostics, root: "forwarder", namespace: MessageCompiler.forwarderNamespace, isName: Self.isNoun,
            nameRule: "names are in lower case, words joined with hyphens: next-hop")
        files = DefinitionFiles(documents, reader)
        model.files = files.files
    }

    static func isNoun(_ text: String) -> Bool {
        guard text.utf8.count <= 48, let first = text.utf8.first, first >= UInt8(ascii: "a"), first <= UInt8(ascii: "z") else {
            return false
        }
        var previous = first
        for byte in text.utf8 {
            let isLetter = byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z")
            let isDigit = byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
            if !isLetter, !isDigit, byte != UInt8(ascii: "-") || previous == UInt8(ascii: "-") { return false }
            previous = byte
        }
        return previous != UInt8(ascii: "-")
    }

    // MARK: Names

    private mutating func collect() {
        for (file, root) in files.roots.enumerated() {
            if !Self.isNoun(model.files[file].name) {
                diagnostics.error(
                    "bad-file-name", at: root.location,
                    "C headers are named after the file, and \"\(model.files[file].name)\" is not a name",
                    hint: "rename the file; " + reader.nameRule)
            }
            reader.check(
                root, attributes: [],
                children: ["documentation", "include", "family", "enumeration", "flags", "structure", "message", "retired"])
            for child in root.children where child.namespace == reader.namespace {
                switch child.name {
                case "family": family(child, file)
                case "enumeration", "flags": declare(child, .enumeration, file)
                case "structure": declare(child, .structure, file)
                case "message": declare(child, .message, file)
                default: continue
                }
            }
            retired.merge(reader.retiredNumbers(root, of: "the messages")) { first, _ in first }
        }
        if model.family == nil, let root = files.roots.first {
            diagnostics.error(
                "missing-family", at: root.location, "no file declares the generic netlink family",
                hint: "add <family name=\"…\" version=\"1\">…</family> to one of them: its name begins every name in C")
        }
    }

    private mutating func family(_ element: Element, _ file: Int) {
        reader.check(element, attributes: ["name", "version"], children: [])
        let text = reader.prose(element, "the family")
        guard let name = reader.name(of: element), let version = reader.requiredNumber("version", of: element, in: 1...255) else { return }
        if let other = model.family {
            diagnostics.error(
                "duplicate", at: element.location, "the family is declared twice",
                hint: "the other declaration is at \(other.location.reference)")
            return
        }
        model.family = ForwarderFamily(name: name, version: UInt8(version), documentation: text, location: element.location, file: file)
    }

    private mutating func declare(_ element: Element, _ kind: Declared.Kind, _ file: Int) {
        guard let name = reader.name(of: element) else { return }
        if AttributeScalar(rawValue: name) != nil || ["string", "bytes", "flag"].contains(name) {
            diagnostics.error(
                "reserved-name", at: element.location(of: "name"), "\(name) is a built-in kind of attribute", hint: "choose another name")
        } else if let other = declared[name] {
            diagnostics.error(
                "duplicate", at: element.location(of: "name"), "\(name) is declared twice",
                hint: "the other is at \(other.element.location.reference)")
        } else {
            declared[name] = Declared(kind: kind, element: element, file: file)
            order.append(name)
        }
    }

    // MARK: Enumerations and flags

    private mutating func lowerEnumerations() {
        for name in order {
            guard let declaration = declared[name], declaration.kind == .enumeration else { continue }
            let enumeration = enumeration(declaration.element, name)
            enumerations[name] = model.enumerations.count
            model.files[declaration.file].enumerations.append(model.enumerations.count)
            model.enumerations.append(enumeration)
        }
    }

    private func enumeration(_ element: Element, _ name: String) -> ForwarderEnumeration {
        let isFlags = element.name == "flags"
        let tag = isFlags ? "bit" : "value"
        reader.check(
            element, attributes: ["name", "base", "extensible"] + (isFlags ? [] : ["sentences"]),
            children: ["documentation", tag, "retired"])
        let bases: [AttributeScalar] = isFlags ? [.u8, .u16, .u32, .u64] : [.u8, .u16, .u32]
        _ = reader.required("base", of: element)
        let written = reader.choice("base", of: element, among: bases.map(\.rawValue), default: "u32")
        let base = AttributeScalar(rawValue: written) ?? .u32
        let isExtensible = reader.boolean("extensible", of: element)
        // A constant of an enumeration is an int in C.
        let greatest = isFlags ? UInt64(base.bytes * 8 - 1) : min(base.greatest, UInt64(Int32.max))
        let values = reader.namedNumbers(element, tag, in: 0...greatest, of: name, isValueName: Self.isNoun, rule: reader.nameRule)
        if !isFlags, !isExtensible, let large = values.first(where: { $0.number > 63 }) {
            diagnostics.error(
                "bad-number", at: large.location,
                "\(large.name) has the number \(large.number), and \(name) is not extensible, so its numbers end at 63",
                hint: "take smaller numbers, or write extensible=\"true\" if any number may pass")
        }
        return ForwarderEnumeration(
            name: name, base: base, isFlags: isFlags, isExtensible: isExtensible,
            hasSentences: !isFlags && reader.boolean("sentences", of: element), values: values,
            documentation: reader.documentation(element, name), location: element.location)
    }

    // MARK: Structures and messages

    /// The index of a structure, lowered now if it was not yet; nil for one that holds itself.
    mutating func structure(_ name: String, path: [String]) -> Int? {
        switch structures[name] {
        case .done(let index): return index
        case .open: return nil
        case nil: break
        }
        guard let declaration = declared[name], declaration.kind == .structure else { return nil }
        structures[name] = .open
        reader.check(declaration.element, attributes: ["name"], children: ["documentation", "attribute", "list", "retired"])
        let set = attributeSet(declaration, name, command: nil, path: path + [name])
        let index = model.structures.count
        let held = set.attributes.compactMap { if case .structure(let inner) = $0.type { depths[inner] } else { nil } }
        depths.append(1 + (held.max() ?? 0))
        model.structures.append(set)
        model.files[declaration.file].structures.append(index)
        structures[name] = .done(index)
        return index
    }

    private mutating func lowerMessages() {
        var commands: [UInt64: (name: String, location: SourceLocation)] = [:]
        for name in order {
            guard let declaration = declared[name], declaration.kind == .message else { continue }
            let element = declaration.element
            reader.check(element, attributes: ["name", "command"], children: ["documentation", "attribute", "list", "retired"])
            let command = reader.requiredNumber(
                "command", of: element, in: 1...255, "it stands in one byte of the generic netlink header; 0 is not used")
            if let command {
                reader.refuse(command, retired, element, name, "command")
                if let other = commands[command] {
                    diagnostics.error(
                        "duplicate-number", at: element.location(of: "command"),
                        "\(name) has the command \(command), as has \(other.name) at \(other.location.reference)",
                        hint: "the next free one is \((commands.keys.max() ?? 0) + 1)")
                } else {
                    commands[command] = (name, element.location)
                }
            }
            let set = attributeSet(declaration, name, command: UInt8(truncatingIfNeeded: command ?? 0), path: [name])
            model.files[declaration.file].messages.append(model.messages.count)
            model.messages.append(set)
        }
    }
}
