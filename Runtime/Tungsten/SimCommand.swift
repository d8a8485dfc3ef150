// `tungsten sim`: traffic of parts that are not there, to see what the others carry.

import AgentSimulation
import ArgumentParser
import Glibc

struct SimCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sim", abstract: "Simulate parts of a platform.", subcommands: [SimAgentsCommand.self])
}

struct SimAgentsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agents",
        abstract: "Simulate agents: connect, announce routes, and wait until every agent knows every route of its instance.",
        discussion: """
            The control node must know the routing instances sim0, sim1, …:

              tungsten control --as 64512 --router-id 192.0.2.1 --listen-xmpp 127.0.0.1:5269 --instance sim0 --instance sim1
              tungsten sim agents --count 100 --routes 20 --instances 2 --server 127.0.0.1:5269

            It ends with an error when not every route arrived in time.
            """)

    @Option(help: "How many agents.")
    var count = 10

    @Option(help: "How many routes each announces.")
    var routes = 10

    @Option(help: "Over how many routing instances they are spread.")
    var instances = 1

    @Option(name: .customLong("instance-prefix"), help: "The beginning of the instances' names; their number follows.")
    var prefix = "sim"

    @Option(
        name: .customLong("server"), parsing: .singleValue,
        help: ArgumentHelp("A control node. Give a second one, and every agent keeps a session with each.", valueName: "host:port"))
    var servers: [String] = ["127.0.0.1:5269"]

    @Option(help: ArgumentHelp("How long to wait for the last route.", valueName: "seconds"))
    var patience = 60.0

    @Option(help: ArgumentHelp("How long to stay connected afterwards.", valueName: "seconds"))
    var hold = 0.0

    @Option(name: .customLong("control-pid"), help: ArgumentHelp("Report the processor time of this process too.", valueName: "pid"))
    var controlProcess: Int32?

    func validate() throws {
        guard count > 0, routes >= 0, instances > 0 else {
            throw ValidationError("--count and --instances are at least 1, --routes at least 0")
        }
        // Prefixes and addresses are numbered within 10.0.0.0/8 upwards.
        guard count * max(routes, 1) < 1 << 24, count < 1 << 20 else { throw ValidationError("--count times --routes is at most 16777215") }
    }

    func run() async throws {
        var run = ScaleRun(servers: servers)
        run.agents = count
        run.routes = routes
        run.instances = instances
        run.instancePrefix = prefix
        run.patience = patience
        run.controlProcess = controlProcess
        let result = try await run.run(hold: hold)
        print(
            """
            sessions        \(result.established) of \(count)
            routes known    \(result.known) of \(result.expected)
            time            \(rounded(result.seconds)) s
            items           \(result.items)
            retracts        \(result.retracts)
            bytes           \(result.bytes)
            sessions lost   \(result.lost.count)
            processor       \(rounded(result.ownProcessor)) s here\(result.controlProcessor.map { ", \(rounded($0)) s in the control node" } ?? "")
            """)
        for reason in result.lost.prefix(10) { print("  \(reason)") }
        if !result.isComplete {
            print("not every route arrived within \(patience) s")
            throw ExitCode.failure
        }
    }

    private func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }
}
