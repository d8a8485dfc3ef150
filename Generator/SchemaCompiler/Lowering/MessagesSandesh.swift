// Sandesh definitions: Document to SandeshModel. The passes in order, each with why it comes there; what a pass finds wrong it reports,
// and the next goes on with what is left, so that one run shows every mistake.

/// Lowers the documents of the messages that processes send to the collector.
struct SandeshLowering {
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
    var model = SandeshModel()
    var declared: [String: Declared] = [:]
    /// Names in the order of declaration, to lower in that order.
    private var order: [String] = []
    var enumerations: [String: Int] = [:]
    var structures: [String: Progress] = [:]
    /// What messages need to know of the structures that they hold, by the structure's index.
    var facts: [(hasKey: Bool, signature: UInt32)] = []

    static func lower(_ documents: [Document], _ diagnostics: Diagnostics) -> SandeshModel {
        var lowering = SandeshLowering(documents, diagnostics)
        // Names first: a type may be used before it is declared.
        lowering.collect()
        // Enumerations stand on nothing.
        lowering.lowerEnumerations()
        // Structures, each after those that it holds, so that a structure within itself is found.
        for name in lowering.order where lowering.declared[name]?.kind == .structure { _ = lowering.structure(name, path: []) }
        // Messages, and what their kind asks of them.
        lowering.lowerMessages()
        // What no single declaration shows.
        lowering.checkSpellings()
        return lowering.model
    }

    private init(_ documents: [Document], _ diagnostics: Diagnostics) {
        self.diagnostics = diagnostics
        reader = DefinitionReader(
            diagnostics: diagnostics, root: "messages", namespace: MessageCompiler.sandeshNamespace, isName: Self.isIdentifier,
            nameRule: Self.nameRule)
        files = DefinitionFiles(documents, reader)
        model.files = files.files
    }

    static let nameRule = "names are as on the wire: letters, digits and underscores, 64 at most, not beginning with a digit"

    static func isIdentifier(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 64, first < UInt8(ascii: "0") || first > UInt8(ascii: "9") else {
            return false
        }
        return text.utf8.allSatisfy { byte in
            let letter = byte | 0x20
            return letter >= UInt8(ascii: "a") && letter <= UInt8(ascii: "z") || byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
                || byte == UInt8(ascii: "_")
        }
    }

    // MARK: Names

    private mutating func collect() {
        for (file, root) in files.roots.enumerated() {
            reader.check(root, attributes: [], children: ["documentation", "include", "enumeration", "structure", "message"])
            for child in root.children where child.namespace == reader.namespace {
                switch child.name {
                case "enumeration": declare(child, .enumeration, file)
                case "structure": declare(child, .structure, file)
                case "message": declare(child, .message, file)
                default: continue
                }
            }
        }
    }

    private mutating func declare(_ element: Element, _ kind: Declared.Kind, _ file: Int) {
        guard let name = reader.name(of: element) else { return }
        if SandeshScalar(rawValue: name) != nil || Self.wireWords.contains(name) {
            diagnostics.error(
                "reserved-name", at: element.location(of: "name"), "\(name) means something else on the wire", hint: "choose another name")
        } else if let other = declared[name] {
            diagnostics.error(
                "duplicate", at: element.location(of: "name"), "\(name) is declared twice",
                hint: "the other is at \(other.element.location.reference)")
        } else {
            declared[name] = Declared(kind: kind, element: element, file: file)
            order.append(name)
        }
    }

    /// Elements that the encoding itself uses.
    private static let wireWords: Set<String> = ["sandesh", "SandeshHeader", "list", "set", "map", "element", "struct"]

    // MARK: Enumerations and structures

    private mutating func lowerEnumerations() {
        for name in order {
            guard let declaration = declared[name], declaration.kind == .enumeration else { continue }
            reader.check(declaration.element, attributes: ["name"], children: ["documentation", "value", "retired"])
            let values = reader.namedNumbers(
                declaration.element, "value", in: 0...UInt64(Int32.max), of: name, isValueName: Self.isIdentifier, rule: Self.nameRule)
            enumerations[name] = model.enumerations.count
            model.files[declaration.file].enumerations.append(model.enumerations.count)
            model.enumerations.append(
                SandeshEnumeration(
                    name: name, values: values, documentation: reader.documentation(declaration.element, name),
                    location: declaration.element.location))
        }
    }

    /// The index of a structure, lowered now if it was not yet; nil for one that holds itself.
    mutating func structure(_ name: String, path: [String]) -> Int? {
        switch structures[name] {
        case .done(let index): return index
        case .open: return nil
        case nil: break
        }
        guard let declaration = declared[name], declaration.kind == .structure else { return nil }
        structures[name] = .open
        reader.check(declaration.element, attributes: ["name"], children: ["documentation", "field", "list", "set", "map", "retired"])
        let fields = fields(declaration, name, path: path + [name])
        if fields.isEmpty, reader.children(declaration.element, "field", "list", "set", "map").isEmpty {
            diagnostics.error(
                "empty", at: declaration.element.location, "\(name) has no field",
                hint: "add <field number=\"1\" name=\"…\" type=\"…\">…</field>")
        }
        let index = model.structures.count
        facts.append((hasKey(fields), signature(name, fields)))
        model.structures.append(
            SandeshStructure(
                name: name, fields: fields, documentation: reader.documentation(declaration.element, name),
                location: declaration.element.location))
        model.files[declaration.file].structures.append(index)
        structures[name] = .done(index)
        return index
    }

    // MARK: Messages

    private mutating func lowerMessages() {
        for name in order {
            guard let declaration = declared[name], declaration.kind == .message else { continue }
            let element = declaration.element
            reader.check(element, attributes: ["name", "kind"], children: ["documentation", "field", "list", "set", "map", "retired"])
            let kinds = SandeshMessage.Kind.allCases.map(\.rawValue)
            let written = reader.required("kind", of: element) == nil ? "" : reader.choice("kind", of: element, among: kinds, default: "")
            let fields = fields(declaration, name, path: [name])
            guard let kind = SandeshMessage.Kind(rawValue: written) else { continue }
            var message = SandeshMessage(
                name: name, kind: kind, fields: fields, documentation: reader.documentation(element, name), location: element.location)
            message.hasKey = hasKey(fields)
            // The header's field is signed, and its readers take a negative one for an error.
            message.versionSignature = Int32(signature("\(kind.rawValue) \(name)", fields) & 0x7FFF_FFFF)
            check(message, element)
            model.files[declaration.file].messages.append(model.messages.count)
            model.messages.append(message)
        }
    }
}
