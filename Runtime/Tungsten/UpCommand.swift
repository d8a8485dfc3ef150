// `tungsten up`: everything on one machine, each role in a process of its own, and two hosts to try it on.

import ArgumentParser
import Client
import ConfigurationClient
import Demonstration
import Foundation
import Glibc
import Logging
import NIOTransport
import Supervision

struct UpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up",
        abstract: "Run every role on this machine.",
        discussion: """
            Prints where each role listens and what to try first. A role that ends is started again. Run as root it also makes two hosts, as \
            network namespaces, with the workloads of two tenants on them. Nothing is authenticated yet, so everything listens on the loopback \
            interface, and for the two hosts on a bridge of their own. Ctrl-C or `tungsten down` stops it all; data stay.
            """)

    @Option(help: ArgumentHelp("Where the configuration server listens. Port 0 takes any free port.", valueName: "host:port"))
    var listen = ListenAddress(host: "127.0.0.1", port: 8082)

    @Option(help: ArgumentHelp("Where the control node answers questions. Port 0 takes any free port.", valueName: "host:port"))
    var introspection = ListenAddress(host: "127.0.0.1", port: 8083)

    @Flag(inversion: .prefixedNo, help: "Make the two hosts of the demonstration.")
    var demonstration = true

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let platform = RunningPlatform(dataDirectory: common.dataDirectory)
        try platform.claim()
        let stop = common.makeStopSignal()
        let logs = common.dataDirectory + "/log"
        let supervisor = try Supervisor(logFolder: logs, recordFile: platform.roles) { Self.say($0) }
        let hosts = DemonstrationHosts(.standard, folder: common.dataDirectory + "/demonstration", program: CurrentProgram.path)
        let obstacle = demonstration ? await hosts.obstacle() : "--no-demonstration was given"
        let (outcomes, outcome) = AsyncStream.makeStream(of: Outcome.self)
        let starting = Task {
            do {
                try await start(supervisor, hosts, obstacle)
            } catch {
                outcome.yield(.failed(error))
            }
        }
        Task {
            await stop.requested()
            outcome.yield(.stop)
        }
        var failure: (any Error)?
        for await outcome in outcomes {
            if case .failed(let error) = outcome { failure = error } else { Self.say("stopping") }
            break
        }
        starting.cancel()
        await supervisor.stop()
        await starting.value
        if obstacle == nil { await hosts.removeNetworks() }
        if let failure { throw failure }
    }

    private enum Outcome {
        case stop
        case failed(any Error)
    }

    private func start(_ supervisor: Supervisor, _ hosts: DemonstrationHosts, _ obstacle: String?) async throws {
        let api = try await startAPI(supervisor)
        try await supervisor.start(
            Role("transformer", program: CurrentProgram.path, arguments: role("transformer", "--api", api), announcement: "follows"))
        if obstacle == nil {
            try await hosts.makeNetworks()
            let names = "\(DemonstrationPlan.standard.controlAddress):53"
            try await supervisor.start(
                Role(
                    "names", program: CurrentProgram.path, arguments: role("names", "--api", api, "--listen", names),
                    announcement: "are answered"))
        }
        let control = try await startControlNode(supervisor, api, servesHosts: obstacle == nil)
        Self.say(greeting(api, control, common.dataDirectory + "/log"))
        if let obstacle {
            Self.say("\nThe two hosts of the demonstration are not made: \(obstacle).\n\nCtrl-C stops everything.")
        } else {
            try await demonstrate(hosts, supervisor, api)
        }
    }

    // MARK: Roles

    /// Starts the configuration server and returns its address.
    private func startAPI(_ supervisor: Supervisor) async throws -> String {
        let line = try await supervisor.start(
            Role("api", program: CurrentProgram.path, arguments: role("api", "--listen", listen.description), announcement: "serves"))
        let address = try Self.address(in: line, after: "http://")
        // Started again, it must be found where it was.
        await supervisor.setArguments(of: "api", to: role("api", "--listen", address))
        return address
    }

    /// Starts the control node and returns where it answers.
    private func startControlNode(_ supervisor: Supervisor, _ api: String, servesHosts: Bool) async throws -> String {
        guard let server = NIOTransport.Address(api) else { throw SupervisorError(message: "\(api) is no address") }
        let host = servesHosts ? "\(DemonstrationPlan.standard.controlAddress)" : "127.0.0.1"
        try await LocalControlNode.ensure(ConfigurationClient(transport: NIOTransport([server])), address: host)
        func arguments(_ introspection: String) -> [String] {
            role(
                "control", "--api-server", api, "--name", LocalControlNode.name, "--listen-xmpp", "\(host):\(servesHosts ? 5269 : 0)",
                "--listen-bgp",
                "\(host):\(servesHosts ? 179 : 0)", "--introspection", introspection)
        }
        let line = try await supervisor.start(
            Role(
                "control", program: CurrentProgram.path, arguments: arguments(introspection.description), announcement: "answers on"))
        let address = try Self.address(in: line, after: "http://")
        await supervisor.setArguments(of: "control", to: arguments(address))
        return address
    }

    /// The address that a role says it listens on.
    private static func address(in line: String, after mark: String) throws -> String {
        guard
            let address = line.split(separator: " ").first(where: { $0.hasPrefix(mark) })?.dropFirst(mark.count).prefix(while: { $0 != "," }
            )
        else { throw SupervisorError(message: "a role does not say where it listens: \(line)") }
        return String(address)
    }

    private func role(_ name: String, _ arguments: String...) -> [String] {
        [name] + shared + ["--data-dir", common.dataDirectory] + arguments
    }

    private var shared: [String] { ["--stop-with-input", "--log-level", common.logLevel.rawValue] }

    // MARK: The demonstration

    private func demonstrate(_ hosts: DemonstrationHosts, _ supervisor: Supervisor, _ api: String) async throws {
        let plan = DemonstrationPlan.standard
        guard let address = NIOTransport.Address(api) else { throw SupervisorError(message: "\(api) is no address") }
        Self.say("\nMaking two hosts as network namespaces, and the workloads of two tenants on them.")
        let ports = try await DemonstrationObjects(plan, ConfigurationClient(transport: NIOTransport([address]))).make()
        for host in plan.hosts {
            for role in try hosts.roles(of: host, common: shared) { try await supervisor.start(role) }
        }
        for port in ports {
            try Task.checkCancellation()
            try await hosts.plug(port)
        }
        for port in ports {
            try await hosts.waitUntilUp(port)
            try await hosts.configure(port.workload)
        }
        Self.say(DemonstrationGuide(plan, ports, program: CurrentProgram.path).text)
    }

    // MARK: What is said

    private static func say(_ text: String) {
        print(text)
        fflush(nil)
    }

    private func greeting(_ address: String, _ control: String, _ logs: String) -> String {
        """

        Running, with data in \(common.dataDirectory) and logs in \(logs):
          configuration server   http://\(address)
          control node           http://\(control)

        Try, in another terminal:
          curl -s 'http://\(address)/virtual-networks'
          curl -s 'http://\(address)/projects?detail=True'
          curl -s -X POST -H 'Content-Type: application/json' http://\(address)/virtual-networks \\
            -d '{"virtual-network": {"fq_name": ["default-domain", "default-project", "blue"], "parent_type": "project"}}'
        """
    }
}
