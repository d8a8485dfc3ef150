// One OpenAPI 3.1 document for the whole configuration API: `openapi.json`. What differs between object types comes from the model; what
// is the same for all of them (actions, errors, query parameters) is written out once in this folder. The document describes what a
// server accepts and answers, also where that is looser than the schema: see JSONSchemaVocabulary.
//
// Names with a dot in `components` (`object.identity`, `xs.integer`) are ours; no noun of a schema can be spelled like that.

/// Generates the OpenAPI document.
public struct OpenAPIBackend {
    let model: Model
    let vocabulary: JSONSchemaVocabulary

    public init(model: Model) {
        self.model = model
        // Types are referred to far more often than declared, so each spelling is derived once.
        var references: [String: Text] = [:]
        for structure in model.structures { references[structure.name] = Self.schema(Naming.swiftType(structure.name)) }
        for simple in model.simpleTypes where !simple.isAnonymous { references[simple.name] = Self.schema(Naming.swiftType(simple.name)) }
        vocabulary = JSONSchemaVocabulary(
            model: model, reference: { references[$0] ?? Self.schema($0) }, scalarReference: { Self.schema("xs.\($0.rawValue)") })
    }

    static func schema(_ name: String) -> Text { "#/components/schemas/\(name)" }

    public func files() -> [OutputFile] {
        // About four times the schema; growing the buffer by copies would cost more than writing it.
        var printer = JSONPrinter(reservingCapacity: 3 << 20)
        printer.object { printer in
            printer.member("openapi", "3.1.0")
            printer.object("info", writeInformation)
            printer.array("servers") { printer in
                printer.object(inline: true) {
                    $0.member("url", "/")
                    $0.member("description", "The server that this document was read from")
                }
                printer.object(inline: true) {
                    $0.member("url", "http://localhost:8082")
                    $0.member("description", "A server on this machine")
                }
            }
            // A token is needed only where the server asks for one.
            printer.array("security") { printer in
                printer.object { _ in }
                printer.object(inline: true) { $0.array("token", inline: true) { _ in } }
            }
            printer.array("tags", writeTags)
            printer.object("paths") { printer in
                OpenAPIActions(model: model).write(to: &printer)
                let objects = OpenAPIObjectPaths(model: model)
                for file in model.files {
                    for object in file.objects.compactMap(model.object) { objects.write(object, tag: file.name, to: &printer) }
                }
            }
            printer.object("components", writeComponents)
        }
        return [OutputFile(path: "openapi.json", bytes: printer.finish())]
    }

    private func writeInformation(_ printer: inout JSONPrinter) {
        printer.member("title", "Configuration API")
        printer.member("version", "1.0")
        printer.member("summary", "Objects of the virtual networking platform: create, read, list, update, delete and relate them")
        printer.member("description", OpenAPIProse.introduction)
        printer.object("license", inline: true) {
            $0.member("name", "Apache-2.0")
            $0.member("identifier", "Apache-2.0")
        }
    }

    private func writeTags(_ printer: inout JSONPrinter) {
        printer.object {
            $0.member("name", OpenAPIActions.tag)
            $0.member("description", OpenAPIProse.actions)
        }
        for file in model.files where !file.objects.isEmpty {
            printer.object { printer in
                printer.member("name", file.name)
                vocabulary.describe(file.documentation, to: &printer)
            }
        }
    }

    private func writeComponents(_ printer: inout JSONPrinter) {
        printer.object("schemas", writeSchemas)
        OpenAPIShared.writeParameters(to: &printer)
        OpenAPIShared.writeHeaders(to: &printer)
        OpenAPIShared.writeResponses(to: &printer)
        OpenAPIShared.writeSecurity(to: &printer)
    }
}
