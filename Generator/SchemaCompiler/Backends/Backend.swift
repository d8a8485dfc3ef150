// The table of target languages. To add one: write `Backends/<Name>/`, then add a line to `Backend.all`, such as
//
//     Backend("swift-model", "Swift value types with JSON and XML coding") { SwiftModelBackend(model: $0).files() },
//
// or, for a language that messages are compiled to, `Backend(…, sandesh: …)` or `Backend(…, forwarder: …)`.
// A backend is a function from the model to files. It reads no file, knows no command line, and gives the same bytes for the same schema
// bytes, wherever and whenever it runs.

/// A target language of the compiler, by the name that `schemac compile --backend` takes.
public struct Backend: Sendable {
    public let name: String
    /// What it makes, as a line of the help text.
    public let summary: String
    let generate: Generate

    /// The function, by the kind of schema that it reads.
    enum Generate: Sendable {
        case configuration(@Sendable (Model) -> [OutputFile])
        case sandesh(@Sendable (SandeshModel) -> [OutputFile])
        case forwarder(@Sendable (ForwarderModel) -> [OutputFile])
    }

    init(_ name: String, _ summary: String, _ generate: @escaping @Sendable (Model) -> [OutputFile]) {
        self.init(name, summary, .configuration(generate))
    }

    /// A backend for one of the two kinds of message definitions.
    init(_ name: String, _ summary: String, _ generate: Generate) {
        self.name = name
        self.summary = summary
        self.generate = generate
    }

    /// Every backend, in the order in which the help text lists them.
    public static let all: [Backend] = [
        Backend("swift-model", "Swift value types with JSON and XML coding") { SwiftModelBackend(model: $0).files() },
        Backend("swift-rest", "Swift descriptors for the configuration server") { SwiftRESTBackend(model: $0).files() },
        Backend("swift-client", "Swift accessors of the typed client") { SwiftClientBackend(model: $0).files() },
        Backend("swift-graph", "Swift node and link types of the configuration graph") { SwiftGraphBackend(model: $0).files() },
        Backend("swift-dictionary", "the schema's names, types and prose, for Swift programs to ask at run time") {
            SwiftDictionaryBackend(model: $0).files()
        },
        Backend("python", "the Python package vnc_api, without its hand-written part") { PythonBackend(model: $0).files() },
        Backend("openapi", "one OpenAPI 3.1 document of the REST API") { OpenAPIBackend(model: $0).files() },
        Backend("swift-openapi", "the OpenAPI document for the configuration server to serve") { OpenAPIBackend(model: $0).swiftFiles() },
        Backend("json-schema", "JSON Schema 2020-12, a document for each schema file") { JSONSchemaBackend(model: $0).files() },
        Backend("manual", "the reference manual in Markdown") { ManualBackend(model: $0).files() },
        Backend("swift-sandesh", "Swift codecs of the messages to the collector", .sandesh { SwiftSandeshBackend(model: $0).files() }),
        Backend(
            "swift-forwarder", "Swift codecs of the messages to the forwarder", .forwarder { SwiftForwarderBackend(model: $0).files() }),
        Backend("c-forwarder", "C codecs of the messages to the forwarder", .forwarder { CForwarderBackend(model: $0).files() }),
    ]

    public static func named(_ name: String) -> Backend? { all.first { $0.name == name } }
}
