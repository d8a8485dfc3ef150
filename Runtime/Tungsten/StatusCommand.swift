// `tungsten status`: what runs on this machine, and what is wrong with it.

import Agent
import AgentCore
import ArgumentParser
import Client
import Demonstration
import ForwarderMessages
import Foundation
import NIOCore
import NIOTransport
import ObjectCommands
import Supervision

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show which roles run on this machine, and what is wrong with them.",
        discussion: """
            Asks each role where it listens. Hosts of the demonstration are asked in their namespaces, which needs root. The exit status is 0 when \
            all that was found is well, else 1.
            """)

    @Option(help: ArgumentHelp("Where the control node answers questions.", valueName: "host:port"))
    var control = ListenAddress(host: "127.0.0.1", port: 8083)

    @Option(help: ArgumentHelp("Where the agent serves ports.", valueName: "host:port"))
    var agent = ListenAddress(host: "127.0.0.1", port: 9091)

    @Option(help: InspectOptions.socketHelp)
    var socket: String?

    @Option(name: .customLong("data-dir"), help: ArgumentHelp("The folder that `tungsten up` was given.", valueName: "dir"))
    var dataDirectory = DataFolder.standard

    @Option(
        name: .shortAndLong, help: ArgumentHelp("table: columns to read. json: an array with an object for each role.", valueName: "format")
    )
    var output = InspectOptions.Output.table

    @OptionGroup(title: "Configuration server") var api: APIOptions

    /// Used for hosts in namespaces: the agent alone, as it tells it.
    @Flag(name: .customLong("agent-only"), help: ArgumentHelp("Print what the agent says of itself.", visibility: .hidden))
    var agentOnly = false

    func run() async throws {
        if agentOnly {
            guard let body = await get(agent, "/status") else { throw ExitCode.failure }
            print(String(decoding: body, as: UTF8.self))
            return
        }
        var findings = [await configurationServer(try settings()), await controlNode()]
        findings += supervisedRoles()
        let hosts = demonstrationHosts()
        for (host, folder) in hosts {
            findings.append(forwarder(host.name + " forwarder", folder + "/vrouter.sock"))
            findings.append(await agent(host))
        }
        if hosts.isEmpty {
            findings.append(forwarder("forwarder", socket ?? ForwarderSocket.standardPlace))
            let text = await get(agent, "/status")
            findings.append(RoleStatus(agent: "agent", "http://\(agent)", text.map { Data($0) }))
        }
        print(output == .json ? table(findings).json : table(findings).text, terminator: "")
        if findings.contains(where: { $0.state != "up" || !$0.problems.isEmpty }) { throw ExitCode.failure }
    }

    private func table(_ findings: [RoleStatus]) -> InspectionTable {
        var table = InspectionTable(["role", "where", "state", "detail", "problems"])
        for finding in findings {
            table.rows.append([
                .text(finding.role), .text(finding.place), .text(finding.state), finding.detail.isEmpty ? .none : .text(finding.detail),
                finding.problems.isEmpty ? .none : .list(finding.problems),
            ])
        }
        return table
    }

    // MARK: Asking

    private func get(_ address: ListenAddress, _ path: String) async -> [UInt8]? {
        guard let reply = try? await NIOTransport([.init(host: address.host, port: address.port)]).send(ClientRequest(.get, path)),
            reply.status == 200
        else { return nil }
        return reply.body
    }

    /// With nothing said of who asks, as the roles of the `tungsten up` that runs, where its user may read that.
    private func settings() throws(CommandError) -> ServerContext {
        let settings = try api.settings()
        guard settings.user == nil, let folder = runningFolders.first, let platform = PlatformLogin.kept(in: folder) else {
            return settings
        }
        return settings.overridden(by: platform)
    }

    private func configurationServer(_ settings: ServerContext) async -> RoleStatus {
        let role = "configuration server"
        var place = settings.place
        do {
            place = try settings.servers().map(\.description).joined(separator: ",")
            let transport = try settings.transport(patience: .seconds(10), asks: false)
            let reply = try await transport.send(ClientRequest(.get, "/virtual-networks?count=true"))
            switch reply.status {
            case 200:
                let networks = (try? JSONDecoder().decode([String: Count].self, from: Data(reply.body)))?["virtual-networks"]?.count
                return RoleStatus(role, place, "up", networks.map { "\($0) virtual networks" } ?? "")
            case 401, 403: return RoleStatus(role, place, "up", "what it has is only for those who log in (--user)")
            default: return RoleStatus(role, place, "down", "\(ClientError(reply))")
            }
        } catch let error as ClientError where error.code != .unreachable {
            return RoleStatus(role, place, error.code == .denied ? "up" : "down", error.message)
        } catch let error as CommandError {
            return RoleStatus(role, place, "down", error.message)
        } catch {
            return RoleStatus(role, place, "down")
        }
    }

    private struct Count: Decodable { let count: Int }

    private func controlNode() async -> RoleStatus {
        let place = "http://\(control)"
        guard let neighbors = await rows("neighbors"), let instances = await rows("instances") else {
            return RoleStatus("control node", place, "down")
        }
        // A control node that serves no agents has no such page.
        let agents = await rows("agents") ?? []
        var status = RoleStatus(
            "control node", place, "up", "\(agents.count) agents, \(neighbors.count) BGP neighbors, \(instances.count) routing instances")
        for configuration in await rows("configuration") ?? [] {
            status.problems += configuration["problems"] as? [String] ?? []
            if let state = configuration["state"] as? String, state != "complete" {
                status.problems.append("its configuration is \(state)")
            }
        }
        return status
    }

    /// A page of the control node: an object with one list of objects.
    private func rows(_ page: String) async -> [[String: Any]]? {
        guard let body = await get(control, "/" + page) else { return nil }
        return (try? JSONSerialization.jsonObject(with: Data(body)) as? [String: [[String: Any]]])?[page]
    }

    private func forwarder(_ role: String, _ path: String) -> RoleStatus {
        do {
            let forwarder = try ForwarderSocket(path: path, patience: 5)
            let build = try forwarder.hello().build ?? ""
            let interfaces = try forwarder.interfaces()
            let flows = try forwarder.flows().count
            return RoleStatus(role, path, "up", "\(interfaces.count) interfaces, \(flows) flows" + (build.isEmpty ? "" : ", \(build)"))
        } catch {
            return RoleStatus(role, path, "down", "\(error)")
        }
    }

    /// Data folders that `tungsten up` runs with: the one that was named, else that of `make run`.
    private var runningFolders: [String] {
        [dataDirectory, "Build/data"].filter { RunningPlatform(dataDirectory: $0).identifier != nil }
    }

    /// Roles that answer no questions, from what `tungsten up` wrote down of them.
    private func supervisedRoles() -> [RoleStatus] {
        guard let folder = runningFolders.first else { return [] }
        let names = ["transformer": "schema transformer", "names": "name server"]
        let path = RunningPlatform(dataDirectory: folder).roles
        let records: [RoleRecord]
        do {
            records = try RoleRecord.read(from: path)
        } catch {
            var status = RoleStatus("other roles", path, "unknown")
            status.problems = ["the file is not what `tungsten up` writes; stop the platform and start it again to have it written anew"]
            return [status]
        }
        return records.compactMap { record in
            guard let name = names[record.role] else { return nil }
            var status = RoleStatus(
                name, record.process.map { "process \($0)" } ?? "", record.state == .running ? "up" : "down",
                record.restarts == 0 ? "" : "started again \(record.restarts) \(record.restarts == 1 ? "time" : "times")")
            if record.state != .running {
                status.problems = ["\(record.lastEnd ?? "could not be started"); its log is \(folder)/log/\(record.role).log"]
            }
            return status
        }
    }

    /// Hosts of the demonstration that run with the data folder.
    private func demonstrationHosts() -> [(host: DemonstrationPlan.Host, folder: String)] {
        for folder in runningFolders {
            let hosts = DemonstrationPlan.standard.hosts.map { ($0, "\(folder)/demonstration/\($0.name)") }
            return hosts.filter { FileManager.default.fileExists(atPath: $0.1 + "/vrouter.sock") }
        }
        return []
    }

    private func agent(_ host: DemonstrationPlan.Host) async -> RoleStatus {
        let role = host.name + " agent"
        let place = "namespace \(host.namespace)"
        let asked = try? await Tool.run(
            "ip", ["netns", "exec", host.namespace, CurrentProgram.path, "status", "--agent-only"], patience: .seconds(15))
        return RoleStatus(agent: role, place, asked.flatMap { $0.isSuccess ? Data($0.output.utf8) : nil })
    }
}

/// What was found out about a role.
private struct RoleStatus {
    var role: String
    var place: String
    var state: String
    var detail: String
    var problems: [String] = []

    init(_ role: String, _ place: String, _ state: String, _ detail: String = "") {
        (self.role, self.place, self.state, self.detail) = (role, place, state, detail)
    }

    /// An agent, from what it says of itself; nil: it does not answer.
    init(agent role: String, _ place: String, _ text: Data?) {
        guard let text, let agent = try? JSONDecoder().decode(AgentReport.self, from: text) else {
            self.init(role, place, "down")
            return
        }
        let up = agent.ports.count { $0.state == "up" }
        let sessions = agent.controlNodes.map { "\($0.server) \($0.state)" }.joined(separator: ", ")
        self.init(role, place, "up", "\(up) of \(agent.ports.count) ports up; control nodes: \(sessions)")
        problems = agent.problems + agent.ports.filter { $0.state != "up" }.map { "\($0.device) \($0.state): \($0.reason ?? "")" }
    }
}

/// What is read of an agent's GET /status.
private struct AgentReport: Decodable {
    struct Port: Decodable {
        let device: String
        let state: String
        let reason: String?
    }

    struct ControlNode: Decodable {
        let server: String
        let state: String
    }

    let ports: [Port]
    let controlNodes: [ControlNode]
    let problems: [String]

    enum CodingKeys: String, CodingKey {
        case ports, problems
        case controlNodes = "control-nodes"
    }
}
