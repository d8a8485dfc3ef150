// schemac check: is the schema right?

import ArgumentParser
import SchemaCompiler

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Say what is wrong with a schema, and how to mend it.")

    @Flag(help: "End with status 1 when there are warnings, too.")
    var strict = false

    @OptionGroup var schema: SchemaArguments

    func run() throws {
        let compiler = Compiler()
        let model = compiler.configurationModel(files: try schema.paths(compiler.diagnostics))
        try report(compiler.diagnostics)
        let warnings = compiler.diagnostics.warningCount
        print(
            "\(model.files.count) files, \(model.objects.count) objects, \(model.structures.count) structured types,",
            "\(model.simpleTypes.count) simple types:", warnings == 0 ? "no findings" : warnings == 1 ? "1 warning" : "\(warnings) warnings"
        )
        finish(compiler, status: strict && warnings > 0 ? 1 : 0)
    }
}
