// The table of target languages. To add one: write `Backends/<Name>/`, then add a line to `Backend.all`, such as
//
//     Backend("swift-model", "Swift value types with JSON and XML coding") { SwiftModelBackend(model: $0).files() },
//
// A backend is a function from the model to files. It reads no file, knows no command line, and gives the same bytes for the same schema
// bytes, wherever and whenever it runs.

/// A target language of the compiler, by the name that `schemac compile --backend` takes.
public struct Backend: Sendable {
    public let name: String
    /// What it makes, as a line of the help text.
    public let summary: String
    let generate: @Sendable (Model) -> [OutputFile]

    init(_ name: String, _ summary: String, _ generate: @escaping @Sendable (Model) -> [OutputFile]) {
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
    ]

    public static func named(_ name: String) -> Backend? { all.first { $0.name == name } }
}
