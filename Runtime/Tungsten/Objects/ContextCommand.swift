// `tungsten context`: the servers that a person works with.

import ArgumentParser
import ObjectCommands

struct ContextCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "context",
        abstract: "Name servers and choose between them.",
        discussion: """
              tungsten context add lab --server https://lab1:8082,https://lab2:8082 --project default-domain:web \
                --user grace --password-file ~/.lab --tls-authorities /etc/lab/ca.pem
              tungsten context use lab
              tungsten context list

            Kept in ~/.config/tungsten/contexts.yaml, without passwords. The environment wins over it, options over both. Each option has a \
            variable: TUNGSTEN_SERVER, TUNGSTEN_PROJECT, TUNGSTEN_USER, TUNGSTEN_PASSWORD_FILE, TUNGSTEN_TLS_AUTHORITIES and so on, and \
            TUNGSTEN_CONTEXT names the context. A password or a token itself can be in TUNGSTEN_PASSWORD or TUNGSTEN_TOKEN.
            """,
        subcommands: [
            ContextAddCommand.self, ContextSetCommand.self, ContextUseCommand.self, ContextListCommand.self, ContextDeleteCommand.self,
        ],
        defaultSubcommand: ContextListCommand.self)
}

/// What a context can say.
struct ContextOptions: ParsableArguments {
    @OptionGroup var connection: ConnectionOptions

    func context() throws(CommandError) -> ServerContext {
        let context = connection.context
        if context.server != nil { _ = try context.servers() }
        _ = try context.identityService()
        return context
    }

    static func run(_ body: () throws -> Void) throws {
        do { try body() } catch let error as CommandError {
            Output.complain(error.message)
            throw ExitCode(error.kind.rawValue)
        }
    }
}

struct ContextAddCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "add", abstract: "Add a context; the first becomes the current one.")

    @Argument(help: "Its name.")
    var name: String

    @OptionGroup var options: ContextOptions

    func run() throws {
        try ContextOptions.run {
            var file = try Contexts.read()
            guard file.contexts[name] == nil else {
                throw CommandError(.conflict, "there is a context '\(name)' already; `tungsten context set --name \(name)` changes it")
            }
            file.contexts[name] = try options.context()
            if file.current == nil { file.current = name }
            try Contexts.write(file)
            Output.line("context \(name) added" + (file.current == name ? ", and in use" : "; `tungsten context use \(name)` uses it"))
        }
    }
}

struct ContextSetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "set", abstract: "Change what a context says.")

    @Option(help: "The context; the current one when left out.", completion: .custom { _, _, _ in Contexts.names })
    var name: String?

    @OptionGroup var options: ContextOptions

    func run() throws {
        try ContextOptions.run {
            var file = try Contexts.read()
            let name = name ?? file.current ?? "default"
            if file.contexts.isEmpty { (file.contexts[name], file.current) = (ServerContext(), name) }
            guard let context = try file.context(name) else { return }
            file.contexts[name] = context.overridden(by: try options.context())
            try Contexts.write(file)
            Output.line("context \(name) changed")
        }
    }
}

struct ContextUseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "use", abstract: "Make a context the current one.")

    @Argument(help: "Its name.", completion: .custom { _, _, _ in Contexts.names })
    var name: String

    func run() throws {
        try ContextOptions.run {
            var file = try Contexts.read()
            _ = try file.context(name)
            file.current = name
            try Contexts.write(file)
            Output.line("context \(name) is in use")
        }
    }
}

struct ContextListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Show all contexts.")

    func run() throws {
        try ContextOptions.run {
            let file = try Contexts.read()
            var table = TextTable(["current", "name", "server", "project", "user"])
            for (name, context) in file.contexts.sorted(by: { $0.key < $1.key }) {
                table.rows.append([
                    name == file.current ? "*" : "", name, context.server ?? ServerContext.standardServer, context.project ?? "",
                    context.user ?? "",
                ])
            }
            if table.rows.isEmpty { Output.remark("There are none; commands talk to \(ServerContext.standardServer).") }
            Output.write(table.rows.isEmpty ? "" : table.text())
        }
    }
}

struct ContextDeleteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "delete", abstract: "Forget a context.")

    @Argument(help: "Its name.", completion: .custom { _, _, _ in Contexts.names })
    var name: String

    func run() throws {
        try ContextOptions.run {
            var file = try Contexts.read()
            _ = try file.context(name)
            file.contexts[name] = nil
            if file.current == name { file.current = nil }
            try Contexts.write(file)
            Output.line("context \(name) deleted")
        }
    }
}
