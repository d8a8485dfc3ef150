// schemac list: what is there?

import ArgumentParser
import Glibc
import SchemaCompiler

extension Listing.Kind: ExpressibleByArgument {}

/// How a command prints what it found.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
}

struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the nouns of a schema, a line each.",
        discussion: """
            The first argument says which: objects (the default), types, properties, references or links. (Write ./objects for a file \
            of that name.) The columns, as JSON names them:

              objects     object, parents, schema
              types       type, kind, schema
              properties  object, property, type, stored, presence, operations, schema
              references  from, to, data, link, schema
              links       link, kind, from, to, data, derived, schema
            """)

    @Option(name: [.short, .long], help: "How to print: text or json.")
    var format = OutputFormat.text

    @Argument(
        help: ArgumentHelp("objects, types, properties, references or links; then schema files or folders.", valueName: "kind> <file"),
        completion: .file(extensions: ["xsd"]))
    var arguments: [String] = []

    func run() throws {
        let kind = arguments.first.flatMap(Listing.Kind.init(rawValue:))
        if kind == nil, let word = arguments.first, access(word, F_OK) != 0,
            let meant = Spelling.suggestion(for: word, in: Listing.Kind.allCases.map(\.rawValue))
        {
            throw ValidationError("'\(word)' is neither a file nor something to list; \(meant)")
        }
        let (compiler, model) = try SchemaArguments.model(kind == nil ? arguments : Array(arguments.dropFirst()))
        let listing = Listing(kind ?? .objects, of: model)
        writeAnswer(format == .json ? listing.json() : listing.text())
        finish(compiler)
    }
}
