// `tungsten create`, `set`, `delete`: single objects, from the command line.

import ArgumentParser
import Coding
import ObjectCommands
import Resources

struct CreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Create an object, or all objects of files.",
        discussion: """
              tungsten create virtual-network front --below default-project mtu=9000
              tungsten create vmi port1 --below default-project virtual_network_refs=front
              tungsten create -f network.yaml

            Members are written as for `tungsten set`. Objects that exist already are errors; `tungsten apply` changes them.

            \(exitStatuses)
            """)

    @Argument(help: "The type.", completion: Completion.types)
    var type: String?

    @Argument(help: "The name, whole or of its last part.")
    var name: String?

    @Argument(help: ArgumentHelp("Members to set.", valueName: "member=value"), completion: Completion.members)
    var members: [String] = []

    @Option(help: ArgumentHelp("The object that it belongs to.", valueName: "name"))
    var below: String?

    @Option(name: .shortAndLong, help: ArgumentHelp("A file of objects, - for standard input.", valueName: "file"))
    var file: [String] = []

    @Flag(name: .customLong("dry-run"), help: "Let the server check it, and change nothing.")
    var dryRun = false

    @Flag(name: .shortAndLong, help: "Print the UUID alone.")
    var quiet = false

    @OptionGroup var server: ObjectOptions

    func validate() throws {
        guard file.isEmpty else {
            if type != nil { throw ValidationError("either a type and a name, or files with -f") }
            return
        }
        guard type != nil, name != nil else { throw ValidationError("create what? write a type and a name, or files with -f") }
    }

    func run() async throws {
        try await server.run { access in
            guard let spelling = type, let name else {
                for document in try access.documents(file) {
                    show(try await access.create(document, trial: dryRun))
                }
                return
            }
            let type = try access.schema.type(spelling)
            let parent: ObjectName? = if let below { try await access.parent(of: type, below) } else { nil }
            let assignments = try members.map { member throws(CommandError) in try Assignment(member) }
            let object = try await access.newObject(type, name, below: parent, assignments)
            show(try await access.create(type, object, trial: dryRun))
        }
    }

    private func show(_ made: ObjectName) {
        Output.line(quiet ? made.uuid : "\(made.type) \(made.joined) \(dryRun ? "can be created" : "created") (\(made.uuid))")
    }
}

struct SetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Change members of an object.",
        discussion: """
              tungsten set virtual-network front virtual_network_properties.vxlan_network_identifier=100
              tungsten set vn front mtu-                                     # remove it
              tungsten set vn front network_policy_refs+=web                 # one reference more; -= for one less
              tungsten set vn front 'route_target_list+=target:64512:100'    # one element more
              tungsten set vn front 'virtual_network_properties={forwarding_mode: l3, rpf: enable}'

            `tungsten explain TYPE` tells members, their types and what they mean. What somebody else changed between reading and writing is not \
            overwritten.

            \(exitStatuses)
            """)

    @Argument(help: "The type.", completion: Completion.types)
    var type: String

    @Argument(help: "The name or UUID.", completion: Completion.names)
    var name: String

    @Argument(help: ArgumentHelp("What to change.", valueName: "member=value"), completion: Completion.members)
    var members: [String]

    @Flag(name: .customLong("dry-run"), help: "Let the server check it, and change nothing.")
    var dryRun = false

    @OptionGroup var server: ObjectOptions

    func run() async throws {
        try await server.run { access in
            let type = try access.schema.type(type)
            let assignments = try members.map { member throws(CommandError) in try Assignment(member) }
            let object = try await access.read(type, name)
            let changes = try await access.changes(assignments, of: type, current: object.value)
            try await access.write(changes, to: object, trial: dryRun)
            let outcome = ApplyOutcome(
                title: "\(type.name) \(object.name.joined)", result: changes.isEmpty ? .unchanged : .changed, members: changes.map(\.key))
            Output.line(outcome.line + (dryRun ? " (dry run)" : ""))
        }
    }
}

struct DeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Delete objects.",
        discussion: """
              tungsten delete virtual-network front back
              tungsten delete -f network.yaml           # all objects of the file, users before what they use

            \(exitStatuses)
            """)

    @Argument(help: "The type.", completion: Completion.types)
    var type: String?

    @Argument(help: "Names or UUIDs.", completion: Completion.names)
    var names: [String] = []

    @Option(name: .shortAndLong, help: ArgumentHelp("A file of objects, - for standard input.", valueName: "file"))
    var file: [String] = []

    @Flag(name: .customLong("ignore-missing"), help: "An object that is not there is no error.")
    var ignoresMissing = false

    @OptionGroup var server: ObjectOptions

    func validate() throws {
        if file.isEmpty {
            guard type != nil, !names.isEmpty else { throw ValidationError("delete what? write a type and names, or files with -f") }
        } else if type != nil {
            throw ValidationError("either a type and names, or files with -f")
        }
    }

    func run() async throws {
        try await server.run { access in
            guard let type else {
                return try await access.delete(try access.documents(file)) { Output.line($0.line) }
            }
            let found = try access.schema.type(type)
            for text in names {
                do throws(CommandError) {
                    var name = try await access.find(found, text)
                    if name.fullyQualifiedName.isEmpty { name = try await access.read(found, uuid: name.uuid).name }
                    try await access.delete(name)
                    Output.line("\(found.name) \(name.joined) deleted")
                } catch {
                    guard error.kind == .notFound, ignoresMissing else { throw error }
                }
            }
        }
    }
}
