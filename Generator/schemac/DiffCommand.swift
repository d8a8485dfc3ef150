// schemac diff: what would a change of the schema break?

import ArgumentParser
import SchemaCompiler

struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Compare two versions of a schema, and say whom each change breaks.",
        discussion: """
            Each version is a file or a folder. A change is compatible; breaking for clients, when a program written for the older schema \
            may fail or misread; or breaking for stored data, when objects stored under the older schema no longer fit. Documentation is \
            not compared.

            Exit status: 0 no change or compatible ones only, 1 something breaks clients, 2 something breaks stored data, 3 one of the two \
            is no valid schema.
            """)

    @Option(name: [.short, .long], help: "How to print: text or json.")
    var format = OutputFormat.text

    @Argument(help: "The older schema.", completion: .file(extensions: ["xsd"]))
    var old: String

    @Argument(help: "The newer schema.", completion: .file(extensions: ["xsd"]))
    var new: String

    func run() throws {
        let (oldCompiler, before) = model(old)
        let (newCompiler, after) = model(new)
        guard let before, let after else { finish(oldCompiler, status: 3) }
        let comparison = SchemaComparison(from: before, to: after)
        writeAnswer(format == .json ? comparison.json() : comparison.text())
        withExtendedLifetime(oldCompiler) { finish(newCompiler, status: Int32(comparison.impact.rawValue)) }
    }

    /// Nil when it is wrong; then the reasons have been printed.
    private func model(_ path: String) -> (Compiler, Model?) {
        let compiler = Compiler()
        let model = compiler.configurationModel(files: SchemaFolder.expand([path], compiler.diagnostics))
        writeError(compiler.diagnostics.rendered(.error))
        return (compiler, compiler.diagnostics.failed ? nil : model)
    }
}
