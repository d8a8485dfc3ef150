// `tungsten watch`: what happens to objects, as it happens.

import ArgumentParser
import Client
import Coding
import ObjectCommands
import Resources

struct WatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Show objects, and every change to them, until Ctrl-C.",
        discussion: """
            A broken connection is made again, and nothing is missed. With -o json, each event is an object on a line of its own: event, revision, kind, \
            and the object's members.

              tungsten watch virtual-network,vmi
              tungsten watch virtual-network --changes -o json | jq .fq_name
            """)

    @Argument(help: "Types; none: all.", completion: Completion.types)
    var types: [String] = []

    @Flag(help: "Only changes, not what there is at the beginning.")
    var changes = false

    @Option(help: ArgumentHelp("Go on after this revision, as an earlier watch printed it.", valueName: "revision"))
    var after: UInt64?

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case table
        case json
        case name
    }

    @Option(
        name: .shortAndLong, help: ArgumentHelp("table: a line each. json: a JSON object each. name: type and name.", valueName: "format"))
    var output = Format.table

    @OptionGroup var server: ObjectOptions

    func run() async throws {
        try await server.run { access in
            let names = try types.flatMap { $0.split(separator: ",") }.map { spelling throws(CommandError) in
                try access.schema.type(String(spelling)).name
            }
            do throws(ClientError) {
                for try await event in ConfigurationClient(transport: access.transport).watch(names, after: after) { show(event) }
            } catch {
                throw CommandError(error, "cannot watch")
            }
        }
    }

    private func show(_ event: WatchEvent) {
        switch event {
        case .listed(let object): if !changes { show("present", object, nil) }
        case .created(let object, let revision): show("created", object, revision)
        case .updated(let object, let revision): show("changed", object, revision)
        case .deleted(let object, let revision): show("deleted", object, revision)
        case .disconnected(let error): Output.remark("connection lost: \(error.message)")
        case .resumed: Output.remark("connected again")
        case .listing, .synchronized: break
        }
    }

    private func show(_ what: String, _ object: WatchedObject, _ revision: UInt64?) {
        let name = object.fullyQualifiedName.joined(separator: ":")
        switch output {
        case .table: Output.line("\(what)  \(object.type)  \(name)")
        case .name: Output.line("\(object.type) \(name)")
        case .json: Output.line(WatchText.json(what, object, revision))
        }
    }
}
