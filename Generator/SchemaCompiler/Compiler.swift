// The compiler on one page. Four named representations; a stage is a function between two of them:
//
//   XSD text ─ SchemaLoader, DocumentReader ─▶ Document     Reading/
//            ─ Lowering ─────────────────────▶ Model        Lowering/, Model/
//            ─ one backend's planning ───────▶ its Plan     Backends/<name>/
//            ─ its printing ─────────────────▶ text         Printing/
//
// Backends see the Model, Naming and a printer: never a Document, never each other. A finding is a Diagnostic with a place; stages go on
// after one, and nothing is written if there was an error.

/// Turns the files of a schema into a model, and a model into files of a target language.
public final class Compiler {
    public let diagnostics = Diagnostics()
    private let source: any FileSource
    /// Kept although nobody asks for them again: a command can then end without giving back, piece by piece, the tens of thousands of
    /// pieces that a schema is.
    private var kept: (documents: [Document], model: Model) = ([], Model())

    public init(source: any FileSource = DiskFileSource()) { self.source = source }

    /// Reads a configuration schema: the files named and all that they include.
    public func configurationModel(files: [String]) -> Model {
        let documents = read(files)
        kept = (documents, Lowering.lower(documents, diagnostics))
        return kept.model
    }

    /// Reads definitions of the messages to the collector: the files named and all that they include.
    public func sandeshModel(files: [String]) -> SandeshModel { MessageCompiler.lowerSandesh(read(files), diagnostics) }

    /// Reads definitions of the messages between agent and forwarder: the files named and all that they include.
    public func forwarderModel(files: [String]) -> ForwarderModel { MessageCompiler.lowerForwarder(read(files), diagnostics) }

    /// Reads message definitions of either kind, told apart by their root elements: for finding out what is wrong with them.
    public func messageModels(files: [String]) -> (sandesh: SandeshModel, forwarder: ForwarderModel) {
        MessageCompiler.lower(read(files), diagnostics)
    }

    /// Finds out what is wrong with files of any kind, and says in a few words what they hold.
    public func check(files: [String]) -> String {
        func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
        let documents = read(files)
        guard !documents.isEmpty, documents.allSatisfy(MessageCompiler.isMessageDefinition) else {
            kept = (documents, Lowering.lower(documents, diagnostics))
            let model = kept.model
            return [
                counted(model.files.count, "file"), counted(model.objects.count, "object"),
                counted(model.structures.count, "structured type"), counted(model.simpleTypes.count, "simple type"),
            ].joined(separator: ", ")
        }
        let (sandesh, forwarder) = MessageCompiler.lower(documents, diagnostics)
        return "\(counted(documents.count, "file")), \(counted(sandesh.messages.count + forwarder.messages.count, "message"))"
    }

    /// What `backends` make of a schema, backend by backend. Nil, with the reasons in `diagnostics`, when the schema is wrong or is not of
    /// the kind that a backend reads: nobody should see files made from half a model.
    public func outputs(of backends: [Backend], files: [String]) -> [OutputFile]? {
        // Each kind of model once, however many backends read it.
        lazy var configuration = configurationModel(files: files)
        lazy var sandesh = sandeshModel(files: files)
        lazy var forwarder = forwarderModel(files: files)
        for backend in backends {
            switch backend.generate {
            case .configuration: _ = configuration
            case .sandesh: _ = sandesh
            case .forwarder: _ = forwarder
            }
        }
        guard !diagnostics.failed else { return nil }
        var makers: [String: String] = [:]
        var outputs: [OutputFile] = []
        for backend in backends {
            let made =
                switch backend.generate {
                case .configuration(let generate): generate(configuration)
                case .sandesh(let generate): generate(sandesh)
                case .forwarder(let generate): generate(forwarder)
                }
            for output in made {
                if let other = makers.updateValue(backend.name, forKey: output.path) {
                    diagnostics.error(
                        "duplicate-output", at: nil, "the backends \(other) and \(backend.name) both make \(output.path)",
                        hint: "compile them into different folders")
                }
                outputs.append(output)
            }
        }
        return diagnostics.failed ? nil : outputs
    }

    private func read(_ files: [String]) -> [Document] {
        var loader = SchemaLoader(source: source, diagnostics: diagnostics)
        // Whatever the order in which the files of a schema are named, they are one schema.
        func key(_ path: String) -> (String, String) { (path.split(separator: "/").last.map(String.init) ?? path, path) }
        for file in files.sorted(by: { key($0) < key($1) }) { loader.load(file) }
        return loader.documents
    }
}
