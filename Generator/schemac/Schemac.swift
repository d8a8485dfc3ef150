// The command line of the schema compiler. It finds files, calls the library, and prints; whatever is worth testing in memory lies in
// SchemaCompiler. Relies on Glibc only: a build runs this program once per generated target, and Foundation would double its start.

import ArgumentParser

@main
struct Schemac: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schemac",
        abstract: "Compile, check and explore data models written as XML schemas.",
        discussion: """
            A schema is given as files, or as folders whose *.xsd files are read in the order of their names; what they include is read \
            as well. Without either, the environment variable SCHEMAC_SCHEMA names the schema, and Schema/Configuration below the \
            current folder is taken if that is not set.

            Findings go to standard error as FILE:LINE:COLUMN: error: …, which editors understand. Exit status: 0 success, 1 the schema \
            is wrong or a file cannot be written, 64 wrong usage. `schemac diff` has statuses of its own.
            """,
        version: "1.0.0",
        subcommands: [CompileCommand.self, CheckCommand.self, ExplainCommand.self, DiffCommand.self, ListCommand.self])
}
