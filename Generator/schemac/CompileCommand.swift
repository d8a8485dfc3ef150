// schemac compile: schema to files.

import ArgumentParser
import SchemaCompiler

struct CompileCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compile",
        abstract: "Turn a schema into source files, packages or documents.",
        discussion: """
            A file is written only when its content would change, and replaced in one step, so that a build recompiles no more than it \
            must and never sees half a file. When the schema is wrong nothing is written.

            Backends:
            \(Backend.all.map { "  \($0.name)" + String(repeating: " ", count: max(1, 17 - $0.name.count)) + $0.summary }.joined(separator: "\n"))
            """)

    @Option(
        name: [.short, .long],
        help: ArgumentHelp("What to make: a backend or several, separated by commas.", valueName: "name[,name…]"),
        completion: .list(Backend.all.map(\.name)), transform: Self.backends)
    var backend: [[Backend]]

    @Option(
        name: [.short, .long], help: ArgumentHelp("The folder to write to; made if it is missing.", valueName: "folder"),
        completion: .directory)
    var out: String

    @Option(
        help: ArgumentHelp("Also write the list of all output files to this file, one path relative to --out per line.", valueName: "file"),
        completion: .file())
    var manifest: String?

    @Flag(name: [.short, .long], help: "Say which files were written.")
    var verbose = false

    @OptionGroup var schema: SchemaArguments

    func run() throws {
        let compiler = Compiler()
        let paths = try schema.paths(compiler.diagnostics)
        let outputs = compiler.outputs(of: backend.flatMap { $0 }, files: paths)
        try report(compiler.diagnostics)
        guard let outputs else { return }
        let folder = OutputFolder(path: out)
        do {
            for output in outputs {
                let changed = try folder.write(output)
                if verbose { writeAnswer("\(changed ? "wrote" : "kept ") \(output.path)\n") }
            }
            if let manifest {
                var list = Bytes()
                for path in outputs.map(\.path).sorted() { list.append("\(path)\n") }
                try OutputFolder.write(list, to: manifest)
            }
        } catch {
            writeError("schemac: error: \(error.reason)\n")
            throw ExitCode(1)
        }
        finish(compiler)
    }

    private static func backends(_ text: String) throws -> [Backend] {
        try text.split(separator: ",", omittingEmptySubsequences: false).map { name in
            if let backend = Backend.named(String(name)) { return backend }
            let known = Backend.all.map(\.name)
            let hint = Spelling.suggestion(for: String(name), in: known) ?? "there are \(known.joined(separator: ", "))"
            throw ValidationError("No backend is named '\(name)'; \(hint)")
        }
    }
}
