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
        print(
            "\(model.files.count) files, \(model.objects.count) objects, \(model.structures.count) structured and \(model.simpleTypes.count) simple types: "
                + (compiler.diagnostics.all.isEmpty ? "no findings" : "\(compiler.diagnostics.all.count) warnings"))
        if strict, !compiler.diagnostics.all.isEmpty { throw ExitCode(1) }
    }
}
