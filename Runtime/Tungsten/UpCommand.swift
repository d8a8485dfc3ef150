// `tungsten up`: everything on one machine, each role in a process of its own, and two hosts to try it on.

import ArgumentParser
import Client
import ConfigurationClient
import Demonstration
import Foundation
import Glibc
import Logging
import ObjectCommands
import Supervision

struct UpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up",
        abstract: "Run every role on this machine.",
        discussion: """
            Prints where each role listens and what to try first. A role that ends is started again. Run as root it also makes two hosts, as \
            network namespaces, with the workloads of two tenants on them. Ctrl-C or `tungsten down` stops it all; data stay.

            Unless told otherwise the configuration server asks nobody who they are, and everything listens on the loopback interface, and for \
            the two hosts on a bridge of their own. With `--auth users` everybody logs in, the roles as the user `platform`, which is made at \
            the first start: its password is in platform.password in the data folder. With `--auth keystone` they log in as --user.
            """)

    @Option(help: ArgumentHelp("Where the configuration server listens. Port 0 takes any free port.", valueName: "host:port"))
    var listen = ListenAddress(host: "127.0.0.1", port: 8082)

    @Option(help: ArgumentHelp("Where the control node answers questions. Port 0 takes any free port.", valueName: "host:port"))
    var introspection = ListenAddress(host: "127.0.0.1", port: 8083)

    @Flag(inversion: .prefixedNo, help: "Make the two hosts of the demonstration.")
    var demonstration = true

    @OptionGroup(title: "Who may do what") var authentication: AuthenticationOptions

    @OptionGroup(title: "As whom the roles log in to Keystone") var login: LoginOptions

    @OptionGroup(title: "TLS of the configuration server") var tls: TLSOptions

    @Option(
        name: .customLong("tls-authorities"),
        help: ArgumentHelp("What the roles trust the server's certificate by (PEM). (default: the system's authorities)", valueName: "file")
    )
    var tlsAuthorities: String?

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if authentication.kind == .keystone {
            guard login.user != nil else {
                throw ValidationError("--auth keystone needs --user, as whom the roles log in, and its --project")
            }
        } else if login.user != nil {
            throw ValidationError("--user goes with --auth keystone; with --auth users the roles have a user of their own")
        }
    }

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
        var settings = try loginOfRoles()
        let url = try await startAPI(supervisor)
        settings.server = url
        let client = ConfigurationClient(transport: try settings.transport(environment: environment))
        try await supervisor.start(role("transformer", settings.arguments, announcement: "follows"))
        if obstacle == nil {
            try await hosts.makeNetworks()
            let names = "\(DemonstrationPlan.standard.controlAddress):53"
            try await supervisor.start(
                role("names", settings.arguments + ["--listen", names], announcement: "are answered"))
        }
        let control = try await startControlNode(supervisor, settings, client, servesHosts: obstacle == nil)
        Self.say(greeting(settings, control, common.dataDirectory + "/log"))
        if let obstacle {
            Self.say("\nThe two hosts of the demonstration are not made: \(obstacle).\n\nCtrl-C stops everything.")
        } else {
            try await demonstrate(hosts, supervisor, client)
        }
    }

    // MARK: Roles

    /// What the roles say to the server: nothing of themselves when it asks nobody.
    private func loginOfRoles() throws -> ServerContext {
        var settings = ServerContext()
        switch authentication.kind {
        case .none: break
        case .users:
            settings = try PlatformLogin.make(
                in: common.dataDirectory, users: authentication.users ?? UserFileOptions.standard(in: common.dataDirectory),
                role: authentication.administrator)
        case .keystone:
            login.apply(to: &settings)
            settings.identityURL = settings.identityURL ?? authentication.keystone
        }
        settings.tlsAuthorities = tlsAuthorities
        if tls.clientAuthorities != nil { (settings.tlsCertificate, settings.tlsKey) = (tls.certificate, tls.key) }
        return settings
    }

    /// Without what somebody's shell says of servers and logins: the roles are told all of that.
    private var environment: [String: String] {
        ProcessInfo.processInfo.environment.filter { name, _ in
            !name.hasPrefix("TUNGSTEN_") || authentication.kind == .keystone && name == "TUNGSTEN_PASSWORD"
        }
    }

    /// Starts the configuration server and returns where roles on this machine reach it.
    private func startAPI(_ supervisor: Supervisor) async throws -> String {
        let rest = authentication.arguments + tls.arguments
        let line = try await supervisor.start(role("api", ["--listen", listen.description] + rest, announcement: "serves"))
        let scheme = tls.identity == nil ? "http://" : "https://"
        let address = try Self.address(in: line, after: scheme)
        // Started again, it must be found where it was.
        await supervisor.setArguments(of: "api", to: arguments("api", ["--listen", address] + rest))
        for (all, own) in [("0.0.0.0:", "127.0.0.1:"), ("[::]:", "[::1]:")] where address.hasPrefix(all) {
            return scheme + own + address.dropFirst(all.count)
        }
        return scheme + address
    }

    /// Starts the control node and returns where it answers.
    private func startControlNode(
        _ supervisor: Supervisor, _ settings: ServerContext, _ client: ConfigurationClient, servesHosts: Bool
    ) async throws -> String {
        let host = servesHosts ? "\(DemonstrationPlan.standard.controlAddress)" : "127.0.0.1"
        try await LocalControlNode.ensure(client, address: host)
        let own = [
            "--name", LocalControlNode.name, "--listen-xmpp", "\(host):\(servesHosts ? 5269 : 0)", "--listen-bgp",
            "\(host):\(servesHosts ? 179 : 0)", "--introspection",
        ]
        let line = try await supervisor.start(
            role("control", settings.arguments + own + [introspection.description], announcement: "answers on"))
        let address = try Self.address(in: line, after: "http://")
        await supervisor.setArguments(of: "control", to: arguments("control", settings.arguments + own + [address]))
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

    private func role(_ name: String, _ arguments: [String], announcement: String) -> Role {
        Role(
            name, program: CurrentProgram.path, arguments: self.arguments(name, arguments), environment: environment,
            announcement: announcement)
    }

    private func arguments(_ name: String, _ rest: [String]) -> [String] {
        [name] + shared + ["--data-dir", common.dataDirectory] + rest
    }

    private var shared: [String] { ["--stop-with-input", "--log-level", common.logLevel.rawValue] }

    // MARK: The demonstration

    private func demonstrate(_ hosts: DemonstrationHosts, _ supervisor: Supervisor, _ client: ConfigurationClient) async throws {
        let plan = DemonstrationPlan.standard
        Self.say("\nMaking two hosts as network namespaces, and the workloads of two tenants on them.")
        let ports = try await DemonstrationObjects(plan, client).make()
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

    private func greeting(_ settings: ServerContext, _ control: String, _ logs: String) -> String {
        let running = """

            Running, with data in \(common.dataDirectory) and logs in \(logs):
              configuration server   \(settings.place)
              control node           http://\(control)

            Try, in another terminal:
            """
        guard authentication.kind == .none, tls.identity == nil else {
            return running + "\n" + guideForLogin(settings)
        }
        return running + """

              curl -s '\(settings.place)/virtual-networks'
              curl -s '\(settings.place)/projects?detail=True'
              curl -s -X POST -H 'Content-Type: application/json' \(settings.place)/virtual-networks \\
                -d '{"virtual-network": {"fq_name": ["default-domain", "default-project", "blue"], "parent_type": "project"}}'
            """
    }

    /// How people get in. The roles' own login may be used by whoever can read the data folder, and needs no password to be thought of.
    private func guideForLogin(_ settings: ServerContext) -> String {
        var lines = ["  export TUNGSTEN_SERVER=\(settings.place)"]
        if let file = settings.tlsAuthorities { lines.append("  export TUNGSTEN_TLS_AUTHORITIES=\(file)") }
        if authentication.kind == .users, let user = settings.user, let file = settings.passwordFile {
            lines.append("  export TUNGSTEN_USER=\(user) TUNGSTEN_PASSWORD_FILE=\(file)    # as the roles; for yourself:")
            let place = authentication.users.map { "--file \($0)" } ?? "--data-dir \(common.dataDirectory)"
            lines.append("  tungsten user add \(NSUserName()) --role \(authentication.administrator) \(place)")
        }
        lines.append("  tungsten get virtual-networks")
        return lines.joined(separator: "\n")
    }
}
