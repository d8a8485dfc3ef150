// The command `tungsten`: one subcommand a role, and one that runs them all.

import ArgumentParser
import Logging

@main
struct Tungsten: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tungsten",
        abstract: "A virtual networking platform.",
        discussion: """
            Start with `tungsten up`: it runs every role on this machine and says what to try first. \
            Each role can also run by itself, on a host of its own.
            """,
        subcommands: [
            UpCommand.self, DownCommand.self, StatusCommand.self, APICommand.self, DatabaseCommand.self, UserCommand.self,
            TransformerCommand.self,
            NamesCommand.self,
            ControlCommand.self,
            AgentCommand.self,
            PortCommand.self, SimCommand.self,
        ],
        groupedSubcommands: [
            CommandGroup(
                name: "Working with the configuration",
                subcommands: [
                    GetCommand.self, DescribeCommand.self, CreateCommand.self, SetCommand.self, ApplyCommand.self, DiffCommand.self,
                    EditCommand.self, DeleteCommand.self, WatchCommand.self, HistoryCommand.self, ExplainCommand.self, TreeCommand.self,
                    ReferencesCommand.self, ContextCommand.self, CompletionCommand.self,
                ]),
            CommandGroup(
                name: "Looking into the forwarder",
                subcommands: [
                    InterfaceCommand.self, NextHopCommand.self, RouteCommand.self, LabelCommand.self, FlowCommand.self,
                    DropStatisticsCommand.self, TraceCommand.self,
                ]),
        ])
}

/// What every role that keeps data takes.
struct CommonOptions: ParsableArguments {
    @Option(
        name: .customLong("data-dir"),
        help: ArgumentHelp(
            "Where data are kept. The folder is made if it is missing, and readable by its user only.", valueName: "dir"))
    var dataDirectory: String = DataFolder.standard

    @OptionGroup var process: ProcessOptions

    var logLevel: Logger.Level { process.logLevel }

    func makeStopSignal() -> StopSignal { process.makeStopSignal() }
    func makeLogger(_ role: String) -> Logger { process.makeLogger(role) }
}

/// What every role takes.
struct ProcessOptions: ParsableArguments {
    @Option(
        name: .customLong("log-level"),
        help: ArgumentHelp("How much is logged, to standard error.", valueName: "level"))
    var logLevel: Logger.Level = .info

    /// Given by `tungsten up` to its roles.
    @Flag(name: .customLong("stop-with-input"), help: ArgumentHelp("Stop when standard input ends.", visibility: .hidden))
    var stopsWithInput = false

    func makeStopSignal() -> StopSignal { StopSignal(followingInput: stopsWithInput) }

    /// Logs of this process go to standard error from now on.
    func makeLogger(_ role: String) -> Logger {
        var logger = Logger(label: role) { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = logLevel
        return logger
    }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}
