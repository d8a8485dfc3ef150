// `tungsten port`: the port API for people and scripts. Orchestrators' plug-ins speak it themselves.

import AgentCore
import ArgumentParser
import Client
import Coding
import NIOTransport
import NetworkTypes

struct PortCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "port",
        abstract: "Attach workloads to this host's agent, detach them, and show them.",
        discussion: """
            A port is a workload's network device on this host, and says which interface of the configuration it is:

              tungsten port add --uuid 7d3f… --device tap0 --mac 02:00:00:00:00:0a
              tungsten port list

            Ports outlive restarts of the agent and of the host.
            """,
        subcommands: [PortAddCommand.self, PortDeleteCommand.self, PortListCommand.self, PortShowCommand.self])
}

/// Which agent, and how to talk to it.
struct PortOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Where the agent serves ports.", valueName: "host:port"))
    var agent = ListenAddress(host: "127.0.0.1", port: 9091)

    /// The body of a good answer. What the agent refuses is thrown in its words.
    func send(_ method: ClientRequest.Method, _ path: String, body: [UInt8] = []) async throws -> [UInt8] {
        let reply: ClientReply
        do throws(ClientError) {
            reply = try await NIOTransport([.init(host: agent.host, port: agent.port)]).send(ClientRequest(method, path, body: body))
        } catch {
            guard error.code == .unreachable else { throw error }
            throw AgentRefusal(description: "no agent answers on \(agent): is `tungsten agent` running here? name its address with --agent")
        }
        guard reply.status < 300 else { throw AgentRefusal(description: Self.reason(reply)) }
        return reply.body
    }

    private static func reason(_ reply: ClientReply) -> String {
        let members = MemberTable(["error"])
        let text = try? JSONReader.read(reply.body, unknownMembers: .skip) { reader throws(CodingError) -> String? in
            var text: String?
            try reader.beginObject()
            while try reader.nextMember(members) != nil { text = try reader.string() }
            return text
        }
        return text.flatMap { $0 } ?? "the agent answers with status \(reply.status)"
    }

    static func uuid(_ text: String, _ option: String) throws -> UUIDValue {
        guard let id = try? UUIDValue(parsing: text) else {
            throw ValidationError("\(option): '\(text)' is not a UUID; write it as 123e4567-e89b-12d3-a456-426614174000")
        }
        return id
    }
}

private struct AgentRefusal: Error, CustomStringConvertible { let description: String }

/// How ports are shown.
struct PortOutput: ParsableArguments {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case table
        case json
    }

    @Option(name: .shortAndLong, help: ArgumentHelp("table: columns to read. json: as the agent says it.", valueName: "format"))
    var output = Format.table

    func show(_ ports: [Port], _ body: [UInt8]) {
        guard output == .table else { return print(String(decoding: body, as: UTF8.self)) }
        var table = InspectionTable(["uuid", "device", "mac", "address", "instance", "network", "name", "state"])
        for port in ports {
            table.rows.append([
                .text(port.id.description), .text(port.device), .text(port.mac.description),
                (port.address?.description ?? port.address6?.description).map { .text($0) } ?? .none, .text(port.instance.description),
                port.network.map { .text($0.description) } ?? .none, port.displayName.isEmpty ? .none : .text(port.displayName),
                .text(port.isLinkUp ? "up" : "down"),
            ])
        }
        print(table.text, terminator: "")
    }
}

struct PortAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Attach a workload's device. Adding the same port again changes nothing.")

    @Option(help: "The virtual machine interface in the configuration.")
    var uuid: String

    @Option(help: "The device on this host: a TAP device, or this end of a veth pair.")
    var device: String

    @Option(help: "The workload's MAC address.")
    var mac: String

    @Option(help: ArgumentHelp("The virtual machine in the configuration; the interface stands for it when left out.", valueName: "uuid"))
    var instance: String?

    @Option(help: ArgumentHelp("The virtual network.", valueName: "uuid"))
    var network: String?

    @Option(help: ArgumentHelp("The project.", valueName: "uuid"))
    var project: String?

    @Option(help: "A name for people.")
    var name: String?

    @Option(help: "The IPv4 address, if whoever attaches the workload knows it: the configuration does.")
    var address: String?

    @Option(help: ArgumentHelp("The VLAN that the workload's packets carry on the device, both ways.", valueName: "1-4094"))
    var vlan: Int?

    @Flag(help: "The device belongs to a network namespace or container, not to a virtual machine.")
    var namespace = false

    @OptionGroup var options: PortOptions

    func run() async throws {
        _ = try await options.send(.post, "/port", body: try port().json())
        print("port \(uuid) is attached to \(device)")
    }

    private func port() throws -> Port {
        let id = try PortOptions.uuid(uuid, "--uuid")
        guard let mac = try? MACAddress(parsing: mac) else {
            throw ValidationError("--mac: '\(mac)' is not a MAC address; write it as 02:00:00:00:00:0a")
        }
        var port = Port(id: id, instance: try instance.map { try PortOptions.uuid($0, "--instance") } ?? id, device: device, mac: mac)
        port.network = try network.map { try PortOptions.uuid($0, "--network") }
        port.project = try project.map { try PortOptions.uuid($0, "--project") }
        port.displayName = name ?? ""
        port.kind = namespace ? .namespace : .virtualMachine
        port.address = try address.map { text in
            guard let address = try? IPv4Address(parsing: text) else {
                throw ValidationError("--address: '\(text)' is not an IPv4 address")
            }
            return address
        }
        if let vlan {
            guard 1...4094 ~= vlan else { throw ValidationError("--vlan: \(vlan) is not a VLAN's number, 1 to 4094") }
            port.receivedVLAN = vlan
            port.sentVLAN = vlan
        }
        return port
    }
}

struct PortDeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Detach ports. A port that is not there is no error.")

    @Argument(help: "The ports' interfaces in the configuration.")
    var uuids: [String]

    @OptionGroup var options: PortOptions

    func run() async throws {
        let ids = try uuids.map { try PortOptions.uuid($0, "delete") }
        for id in ids { _ = try await options.send(.delete, "/port/\(id)") }
    }
}

struct PortListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Show all ports.")

    @OptionGroup var output: PortOutput
    @OptionGroup var options: PortOptions

    func run() async throws {
        let body = try await options.send(.get, "/port")
        output.show(try JSONReader.read(body, unknownMembers: .skip) { reader throws(CodingError) in try reader.array(Port.self) }, body)
    }
}

struct PortShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show one port.")

    @Argument(help: "The port's interface in the configuration.")
    var uuid: String

    @OptionGroup var output: PortOutput
    @OptionGroup var options: PortOptions

    func run() async throws {
        let body = try await options.send(.get, "/port/\(try PortOptions.uuid(uuid, "show"))")
        output.show([try Port(json: body, unknownMembers: .skip)], body)
    }
}
