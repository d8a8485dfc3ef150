// `tungsten history`: who changed what, and when.

import ArgumentParser
import Foundation
import ObjectCommands

struct HistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Show who changed what, and when: newest first.",
        discussion: """
              tungsten history                                   # everything
              tungsten history virtual-network front             # one object, also one that was deleted
              tungsten history vn --since 2h --by red -o yaml    # all of every change: before, after, by which request

            A line for each value that was changed: what it was, and what it is since. Times are in UTC. The server holds the last 16,384 changes or \
            so. Whoever may read an object may read its history.

            \(exitStatuses)
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case table
        case json
        case yaml
    }

    @Argument(help: "The type; none: all.", completion: Completion.types)
    var type: String?

    @Argument(help: "The name or UUID; none: all objects of the type.", completion: Completion.names)
    var name: String?

    @Option(
        help: ArgumentHelp("Only changes since then: 30m, 2h, 7d; 2026-03-01, 2026-03-01T12:00; or after a revision.", valueName: "when"),
        transform: { text in
            guard let start = HistoryStart(text) else {
                throw ValidationError("'\(text)' is no time; write 30m, 2h, 7d, 2026-03-01T12:00, or the number of a revision")
            }
            return start
        })
    var since: HistoryStart?

    // `--user` says as whom the command logs in.
    @Option(name: .customLong("by"), help: ArgumentHelp("Only changes that this user made.", valueName: "user"))
    var user: String?

    @Option(help: ArgumentHelp("At most so many changes; 1000 is the most.", valueName: "number"))
    var limit = 100

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("table: a line a value. json, yaml: all that the server noted.", valueName: "format"))
    var output = Format.table

    @Flag(name: .customLong("no-headers"), help: "The table without the line that names its columns.")
    var noHeaders = false

    @OptionGroup var server: ObjectOptions

    func validate() throws {
        guard 1...1000 ~= limit else { throw ValidationError("--limit: \(limit) is not from 1 to 1000") }
    }

    func run() async throws {
        try await server.run { access in
            let found = try type.map { spelling throws(CommandError) in try access.schema.type(spelling) }
            let changes = try await access.history(found, name, since: since, user: user, limit: limit) { seconds in
                let time = Date(timeIntervalSinceNow: -Double(seconds)).formatted(.iso8601)
                return String(time.prefix { $0 != "Z" })
            }
            if changes.isEmpty { Output.remark("There are none.") }
            switch output {
            case .table: Output.write(HistoryText.table(changes).text(headings: !noHeaders))
            case .json: Output.write(HistoryText.json(changes))
            case .yaml: Output.write(try HistoryText.yaml(changes))
            }
        }
    }
}
