// schemac check: is the schema right?

import ArgumentParser
import SchemaCompiler

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Say what is wrong with a schema, and how to mend it.",
        discussion: """
            Reads data models and message definitions. Findings go to standard error as FILE:LINE:COLUMN: error: …, a summary to standard \
            output.

            Exit status: 0 when nothing is wrong, 1 when there are errors, or with --strict warnings, 64 wrong usage.
            """)

    @Flag(help: "End with status 1 when there are warnings, too.")
    var strict = false

    @OptionGroup var schema: SchemaArguments

    func run() throws {
        let compiler = Compiler()
        let summary = compiler.check(files: try schema.paths(compiler.diagnostics))
        try report(compiler.diagnostics)
        let warnings = compiler.diagnostics.warningCount
        writeAnswer("\(summary): \(warnings == 0 ? "no findings" : warnings == 1 ? "1 warning" : "\(warnings) warnings")\n")
        finish(compiler, status: strict && warnings > 0 ? 1 : 0)
    }
}
