// The schema as a program can ask it at run time: which members a type has, what they may hold, what the schema says of them. For tools that
// serve people, such as `tungsten explain`. One string literal a schema file, so that the compiler has nothing to do with it; one line a
// declaration: its name, a tab, and JSON that SchemaDictionary (Resources) reads when it is asked for the name.

/// Generates the module of schema dictionaries.
public struct SwiftDictionaryBackend {
    let model: Model

    public init(model: Model) { self.model = model }

    /// One file per schema file and `Index+Dictionary.swift`, which joins them.
    public func files() -> [OutputFile] { model.files.map(file) + [index()] }

    private func index() -> OutputFile {
        var printer = CodePrinter()
        printer.swiftHeader(from: "all files of the schema", imports: ["Resources"])
        printer.blank()
        printer.line("/// What the configuration schema says.")
        printer.block("public enum ConfigurationDictionary {") { printer in
            printer.block("public static let dictionary = SchemaDictionary([", "])") { printer in
                printer.line("common,")
                for file in model.files { printer.line("\(Self.member(file)),") }
            }
            printer.blank()
            literal("common", [entry("") { writeProperties(model.commonProperties, to: &$0) }], to: &printer)
        }
        return OutputFile(path: "Index+Dictionary.swift", bytes: printer.bytes)
    }

    private func file(_ file: ModelFile) -> OutputFile {
        var printer = CodePrinter()
        let source = file.file.path.split(separator: "/").last.map(String.init) ?? file.name
        printer.swiftHeader(from: source, imports: [])
        printer.blank()
        let lines =
            file.objects.compactMap(model.object).map(entry) + file.structures.compactMap(model.structure).map(entry)
            + file.simpleTypes.compactMap(model.simpleType).map(entry)
        printer.block("extension ConfigurationDictionary {") { literal(Self.member(file), lines, to: &$0) }
        return OutputFile(path: "\(file.name)+Dictionary.swift", bytes: printer.bytes)
    }

    private static func member(_ file: ModelFile) -> String { Naming.swiftMember("\(file.name)-file") }

    private func literal(_ name: String, _ lines: [String], to printer: inout CodePrinter) {
        // No delimiter can occur inside: JSON has a backslash before every quotation mark of a text.
        printer.block("static let \(name): StaticString = ##\"\"\"", "\"\"\"##") { printer in for line in lines { printer.line(Text(line)) }
        }
    }

    private func entry(_ name: String, _ body: (inout JSONPrinter) -> Void) -> String {
        var json = JSONPrinter()
        json.object(inline: true, body)
        return "\(name)\t\(String(decoding: json.bytes, as: UTF8.self))"
    }

    // MARK: Declarations

    private func entry(_ object: ObjectType) -> String {
        entry(object.name) { json in
            documentation(object.documentation, to: &json)
            writeProperties(object.properties, to: &json)
            json.array("references") { json in
                for reference in object.references {
                    json.object { json in
                        json.member("name", reference.to)
                        if let data = reference.data { json.member("type", data) }
                        if reference.presence != .optional { json.member("presence", reference.presence.rawValue) }
                        documentation(reference.documentation, to: &json)
                    }
                }
            }
        }
    }

    private func writeProperties(_ properties: [Property], to json: inout JSONPrinter) {
        json.array("properties") { json in
            for property in properties {
                json.object { json in
                    json.member("name", Naming.jsonKey(property.name))
                    json.member("type", Self.name(property.type))
                    if property.presence != .optional { json.member("presence", property.presence.rawValue) }
                    if property.operations != .all { json.member("operations", property.operations.letters) }
                    if let value = property.defaultValue { json.member("default", value) }
                    documentation(property.documentation, to: &json)
                }
            }
        }
    }

    private func entry(_ structure: StructuredType) -> String {
        entry(structure.name) { json in
            documentation(structure.documentation, to: &json)
            json.array("members") { json in
                for member in structure.members {
                    json.object { json in
                        json.member("name", Naming.jsonKey(member.name))
                        json.member("type", Self.name(member.type))
                        if member.isMany { json.member("many", true) }
                        if member.cardinality == .required { json.member("presence", Presence.required.rawValue) }
                        if let presence = member.presence { json.member("presence", presence.rawValue) }
                        if let value = member.defaultValue { json.member("default", value) }
                        documentation(member.documentation, to: &json)
                    }
                }
            }
        }
    }

    private func entry(_ simple: SimpleType) -> String {
        entry(simple.name) { json in
            documentation(simple.documentation, to: &json)
            json.member("base", simple.base.rawValue)
            if let minimum = simple.minimum { json.member("minimum", minimum) }
            if let maximum = simple.maximum { json.member("maximum", maximum) }
            if let minimum = simple.minimumLength { json.member("minimumLength", minimum) }
            if let maximum = simple.maximumLength { json.member("maximumLength", maximum) }
            if !simple.patterns.isEmpty { json.member("patterns", simple.patterns) }
            if !simple.unionScalars.isEmpty { json.member("union", simple.unionScalars.map(\.rawValue)) }
            guard simple.isEnumeration else { return }
            json.array("values") { json in
                for value in simple.enumeration {
                    json.object { json in
                        json.member("name", value.value)
                        documentation(value.documentation, to: &json)
                    }
                }
            }
        }
    }

    // MARK: Parts

    private func documentation(_ text: String, to json: inout JSONPrinter) {
        let paragraphs = Prose.paragraphs(text)
        if !paragraphs.isEmpty { json.member("doc", paragraphs) }
    }

    /// Scalars as XSD spells them, so that no type of the schema can have the name.
    private static func name(_ type: TypeReference) -> String {
        switch type {
        case .scalar(let scalar): "xs:\(scalar.rawValue)"
        case .simple(let name), .structure(let name): name
        }
    }
}
