// JSON Schema 2020-12: one document for each schema file, `network.schema.json`, and `index.schema.json` with what all objects share. The
// types of a file are its `$defs`; its root accepts one object in its envelope, as the API and exports have it, so that an editor that is
// given a schema for a file of configuration checks and completes it. The root of the index accepts an object of any type.
//
// Members that an object does not have are refused here, although a server ignores them with a warning: whoever checks a document wants to
// hear of a mistyped name. In all else the documents are as tolerant as servers are: see JSONSchemaVocabulary.

/// Generates the JSON Schema documents.
public struct JSONSchemaBackend {
    let model: Model
    /// The file that declares a type or an object, by its name in the schema.
    private let home: [String: String]
    /// The name of a type in `$defs`.
    private let spelling: [String: String]

    public init(model: Model) {
        self.model = model
        var home: [String: String] = [:]
        var spelling: [String: String] = [:]
        for file in model.files {
            for name in file.objects + file.structures + file.simpleTypes {
                home[name] = file.name
                spelling[name] = Naming.swiftType(name)
            }
        }
        self.home = home
        self.spelling = spelling
    }

    private static let index = "index"

    /// Identifies the documents to each other. The host is reserved never to exist (RFC 2606): nothing is fetched from there.
    private static func identifier(_ file: String) -> String { "https://tungsten.invalid/schema/\(document(file))" }

    private static func document(_ file: String) -> String { "\(file).schema.json" }

    public func files() -> [OutputFile] { model.files.map(document) + [indexDocument()] }

    // MARK: Documents

    private func document(_ file: ModelFile) -> OutputFile {
        var printer = JSONPrinter(reservingCapacity: 1 << 16)
        let vocabulary = vocabulary(in: file.name)
        printer.object { printer in
            writeHead(file.name, title: file.name, file.documentation, to: &printer)
            if !file.objects.isEmpty {
                writeEnvelopes(file.objects.map { ($0, reference(to: $0, in: file.name)) }, to: &printer)
            }
            printer.object("$defs") { printer in
                for simple in file.simpleTypes.compactMap(model.simpleType) where !simple.isAnonymous {
                    printer.object(spelling[simple.name]) { vocabulary.write(simple, to: &$0) }
                }
                for structure in file.structures.compactMap(model.structure) {
                    printer.object(spelling[structure.name]) { vocabulary.write(structure, to: &$0) }
                }
                for object in file.objects.compactMap(model.object) { write(object, in: file.name, vocabulary, to: &printer) }
            }
        }
        return OutputFile(path: Self.document(file.name), bytes: printer.finish())
    }

    private func indexDocument() -> OutputFile {
        var printer = JSONPrinter(reservingCapacity: 1 << 14)
        let vocabulary = vocabulary(in: Self.index)
        printer.object { printer in
            writeHead(Self.index, title: "configuration", "An object of any type, in its envelope.", to: &printer)
            writeEnvelopes(model.objects.map(\.name).sorted().map { ($0, reference(to: $0, in: Self.index)) }, to: &printer)
            printer.object("$defs") { printer in
                printer.object("object.base") { printer in
                    printer.member("type", "object")
                    printer.member("description", "What every object has: identity, place in the tree, and common properties.")
                    printer.object("properties") { printer in
                        writeIdentity(to: &printer)
                        for property in model.commonProperties {
                            printer.object(Naming.jsonKey(property.name)) { vocabulary.write(property, to: &$0) }
                        }
                    }
                }
                writeRelations(to: &printer)
                for scalar in [Scalar.integer, .unsignedInt, .unsignedShort, .unsignedLong] {
                    printer.object("xs.\(scalar.rawValue)") { vocabulary.write(scalar, to: &$0) }
                }
            }
        }
        return OutputFile(path: Self.document(Self.index), bytes: printer.finish())
    }

    private func writeHead(_ file: String, title: String, _ description: String, to printer: inout JSONPrinter) {
        printer.member("$schema", "https://json-schema.org/draft/2020-12/schema")
        printer.member("$id", Self.identifier(file))
        printer.member("title", title)
        if !description.isEmpty { printer.member("description", description) }
    }

    /// The root of a document: `{"virtual-network": {…}}` for one of the types.
    private func writeEnvelopes(_ objects: [(name: String, reference: Text)], to printer: inout JSONPrinter) {
        printer.member("type", "object")
        printer.member("minProperties", 1)
        printer.member("maxProperties", 1)
        printer.object("properties") { printer in
            for object in objects { printer.object(object.name, inline: true) { $0.member("$ref", object.reference) } }
        }
        printer.member("additionalProperties", false)
    }

    // MARK: Objects

    private func write(_ object: ObjectType, in file: String, _ vocabulary: JSONSchemaVocabulary, to printer: inout JSONPrinter) {
        printer.object(spelling[object.name]) { printer in
            printer.member("title", object.name)
            vocabulary.describe(object.documentation, to: &printer)
            printer.member("$ref", shared("object.base", in: file))
            printer.object("properties") { printer in
                if !object.parents.isEmpty {
                    printer.object("parent_type", inline: true) { $0.member("enum", object.parents.map(\.parent)) }
                }
                for property in object.properties { printer.object(Naming.jsonKey(property.name)) { vocabulary.write(property, to: &$0) } }
                for reference in object.references {
                    writeRelation(
                        Naming.referenceField(to: reference.to), "object.reference", reference.data, reference.documentation,
                        presence: reference.presence, in: file, vocabulary, to: &printer)
                }
                for child in object.children {
                    writeRelation(
                        Naming.childField(child.child), "object.relative", nil, child.documentation, in: file, vocabulary, to: &printer)
                }
                for reference in object.backReferences {
                    writeRelation(
                        Naming.backReferenceField(from: reference.from), "object.relative", reference.data,
                        "From `\(reference.from)`: \(reference.documentation)",
                        in: file, vocabulary, to: &printer)
                }
            }
            printer.member("unevaluatedProperties", false)
        }
    }

    private func writeRelation(
        _ key: String, _ kind: String, _ data: String?, _ documentation: String, presence: Presence = .optional, in file: String,
        _ vocabulary: JSONSchemaVocabulary,
        to printer: inout JSONPrinter
    ) {
        printer.object(key) { printer in
            printer.member("type", ["array", "null"])
            printer.object("items", inline: true) { printer in
                printer.member("$ref", shared(kind, in: file))
                guard let data else { return }
                printer.object("properties") { printer in
                    printer.object("attr") { printer in
                        printer.array("anyOf") { printer in
                            printer.object { $0.member("$ref", reference(to: data, in: file)) }
                            printer.object { $0.member("type", "null") }
                        }
                    }
                }
            }
            vocabulary.describe(documentation, to: &printer)
            if presence != .optional { printer.member("x-presence", presence.rawValue) }
        }
    }

    private func writeIdentity(to printer: inout JSONPrinter) {
        for (key, format, description) in [
            ("uuid", "uuid", "Identifies the object everywhere and for ever."), ("name", nil, "The last element of `fq_name`."),
            ("parent_type", nil, "The type of the object that contains this one."),
            ("parent_uuid", "uuid", "The object that contains this one."),
            ("parent_href", "uri", "Its address."), ("href", "uri", "The address of this object."),
        ] {
            printer.object(key, inline: true) { printer in
                printer.member("type", ["string", "null"])
                if let format { printer.member("format", format) }
                printer.member("description", description)
            }
        }
        printer.object("fq_name", inline: true) { writeName("The names from the root of the tree down to this object.", to: &$0) }
    }

    private func writeRelations(to printer: inout JSONPrinter) {
        for (name, description, data) in [
            (
                "object.reference", "A reference to another object, by name or UUID.",
                "The data of the reference; null where it carries none."
            ),
            ("object.relative", "A child, or an object that refers to this one.", "The data of its reference; null where it carries none."),
        ] {
            printer.object(name) { printer in
                printer.member("type", "object")
                printer.member("description", description)
                printer.object("properties") { printer in
                    printer.object("to", inline: true) { writeName("The fully qualified name of the other object.", to: &$0) }
                    printer.object("uuid", inline: true) { printer in
                        printer.member("type", ["string", "null"])
                        printer.member("format", "uuid")
                    }
                    printer.object("href", inline: true) { printer in
                        printer.member("type", ["string", "null"])
                        printer.member("format", "uri")
                    }
                    printer.object("attr", inline: true) { $0.member("description", data) }
                }
                printer.array("anyOf", inline: true) { printer in
                    for key in ["to", "uuid"] { printer.object { $0.member("required", [key]) } }
                }
                printer.member("additionalProperties", false)
            }
        }
    }

    private func writeName(_ description: String, to printer: inout JSONPrinter) {
        printer.member("type", ["array", "null"])
        printer.object("items") { printer in
            printer.member("type", "string")
            printer.member("minLength", 1)
        }
        printer.member("minItems", 1)
        printer.member("description", description)
    }

    // MARK: References between documents

    private func vocabulary(in file: String) -> JSONSchemaVocabulary {
        JSONSchemaVocabulary(
            model: model, reference: { reference(to: $0, in: file) }, scalarReference: { shared("xs.\($0.rawValue)", in: file) })
    }

    private func reference(to name: String, in file: String) -> Text {
        let target = home[name] ?? file
        return "\(target == file ? "" : Self.document(target))#/$defs/\(spelling[name] ?? name)"
    }

    private func shared(_ name: String, in file: String) -> Text {
        "\(file == Self.index ? "" : Self.document(Self.index))#/$defs/\(name)"
    }
}
