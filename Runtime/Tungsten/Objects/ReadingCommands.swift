// `tungsten get`, `describe`, `tree`, `refs`, `explain`: looking, and changing nothing.

import ArgumentParser
import ObjectCommands
import Resources

struct GetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "List objects of a type, or show some of them.",
        discussion: """
            A type is written as virtual-network, virtual-networks, or shortly vn; several with commas between them. A name is whole, \
            default-domain:default-project:front, or as short as nobody else's, front, or a UUID.

              tungsten get virtual-networks
              tungsten get vn front -o yaml > front.yaml
              tungsten get vmi --below default-project -o wide

            \(exitStatuses)
            """)

    @Argument(help: "The type.", completion: Completion.types)
    var type: String

    @Argument(help: "Names or UUIDs; none: all objects of the type.", completion: Completion.names)
    var names: [String] = []

    @Option(help: ArgumentHelp("Only children of this object.", valueName: "name"))
    var below: String?

    @OptionGroup var output: ObjectOutput
    @OptionGroup var server: ObjectOptions

    func run() async throws {
        try await server.run { access in
            var objects: [StoredObject] = []
            for spelling in type.split(separator: ",").map(String.init) {
                let type = try access.schema.type(spelling)
                if names.isEmpty {
                    var parent: String?
                    if let below { parent = try await access.parent(of: type, below).uuid }
                    objects += try await access.list(type, parent: parent)
                } else {
                    for name in names { objects.append(try await access.read(type, name)) }
                }
            }
            if objects.isEmpty { Output.remark("There are none.") }
            try output.show(objects, access.schema, asList: names.count != 1)
        }
    }
}

struct DescribeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "describe",
        abstract: "Show all about objects: properties, references, children and what refers to them.",
        discussion: exitStatuses)

    @Argument(help: "The type.", completion: Completion.types)
    var type: String

    @Argument(help: "Names or UUIDs.", completion: Completion.names)
    var names: [String]

    @OptionGroup var server: ObjectOptions

    func run() async throws {
        try await server.run { access in
            let type = try access.schema.type(type)
            for (index, name) in names.enumerated() {
                let object = try await access.read(type, name, relatives: true)
                Output.write((index > 0 ? "\n---\n\n" : "") + (try ObjectDescription.text(object, access.schema)))
            }
        }
    }
}

struct TreeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tree", abstract: "Show what is below an object, or the whole configuration as a tree.", discussion: exitStatuses)

    @Argument(help: "The type of the object to begin with.", completion: Completion.types)
    var type: String?

    @Argument(help: "Its name or UUID.", completion: Completion.names)
    var name: String?

    @Option(help: ArgumentHelp("How many levels to show.", valueName: "levels"))
    var depth = 4

    @OptionGroup var server: ObjectOptions

    func validate() throws {
        guard type == nil || name != nil else { throw ValidationError("which object? write its name after the type") }
        guard 0...32 ~= depth else { throw ValidationError("--depth: \(depth) is not between 0 and 32") }
    }

    func run() async throws {
        try await server.run { access in
            var root: ObjectName?
            if let type, let name { root = try await access.read(try access.schema.type(type), name).name }
            try await access.tree(root, depth: depth) { Output.line($0) }
        }
    }
}

struct ReferencesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "refs", abstract: "Show what an object refers to, and what refers to it.", discussion: exitStatuses)

    @Argument(help: "The type.", completion: Completion.types)
    var type: String

    @Argument(help: "The name or UUID.", completion: Completion.names)
    var name: String

    @Flag(help: "Also UUIDs, and the data of references.")
    var wide = false

    @OptionGroup var server: ObjectOptions

    func run() async throws {
        try await server.run { access in
            var table = ObjectAccess.relations(
                of: try await access.read(try access.schema.type(type), name, relatives: true), access.schema)
            if !wide {
                table.columns = Array(table.columns.prefix(3))
                table.rows = table.rows.map { Array($0.prefix(3)) }
            }
            Output.write(table.text())
        }
    }
}

struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say what a type or a member is, as the data model does. Needs no server.",
        discussion: """
              tungsten explain
              tungsten explain virtual-network
              tungsten explain vn.virtual_network_properties.forwarding_mode
            """)

    @Argument(
        help: ArgumentHelp("The type and, with dots, a member; none: all types.", valueName: "type[.member…]"),
        completion: Completion.explanations)
    var path: String?

    func run() async throws {
        do {
            guard let path else { return Output.write(SchemaExplanation.types(ObjectOptions.schema)) }
            Output.write(try SchemaExplanation.text(path, ObjectOptions.schema))
        } catch {
            Output.complain("\(error)")
            throw ExitCode(1)
        }
    }
}
