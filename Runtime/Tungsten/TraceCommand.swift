// `tungsten trace FROM TO`: the way of one packet between two workloads, step by step, with the table entries that decided.

import Agent
import AgentCore
import ArgumentParser
import Attributes
import Client
import Coding
import ConfigurationClient
import ForwarderMessages
import Glibc
import NetworkTypes
import ObjectCommands

struct TraceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace",
        abstract: "Follow one packet from a workload to another, with the table entry that decided each step.",
        discussion: """
            Sends an ICMP echo request into the forwarder as if the first workload had sent it: a packet like any other, that policy applies to \
            and that the other workload answers. Run it on the host of the first workload, as root. Forwarders of further hosts that can be asked \
            from here, each given with --socket, tell the rest of the way.

            A workload is named by its port: the name, the whole name with colons, or the UUID.

              tungsten trace red-web1 red-db1
            """)

    @Argument(help: ArgumentHelp("The workload that the packet comes from.", valueName: "from"))
    var source: String

    @Argument(help: ArgumentHelp("The workload that it goes to, or an IPv4 address.", valueName: "to"))
    var destination: String

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Sockets of forwarders. Without it: those of the demonstration in the data folder, or the one of this host.", valueName: "path…"
        ))
    var socket: [String] = []

    @Option(name: .customLong("data-dir"), help: ArgumentHelp("The folder that `tungsten up` was given.", valueName: "dir"))
    var dataDirectory = DataFolder.standard

    @Option(name: .shortAndLong, help: ArgumentHelp("text to read, or json.", valueName: "format"))
    var output = Output.text

    @OptionGroup(title: "Configuration server, for names and addresses") var api: APIOptions

    enum Output: String, ExpressibleByArgument, CaseIterable {
        case text, json
    }

    func run() async throws {
        let workloads = WorkloadDirectory(ConfigurationClient(transport: try api.settings().transport(asks: true)))
        let from = try await workloads.find(source)
        let to: WorkloadDirectory.Workload?
        let target: IPv4Address
        if let address = try? IPv4Address(parsing: destination) {
            (to, target) = (nil, address)
        } else {
            let found = try await workloads.find(destination)
            (to, target) = (found, found.address)
        }
        let sockets = socket.isEmpty ? ForwarderSockets.known(dataDirectory) : socket
        let hosts = try sockets.map { TracedHost(name: ForwarderSockets.name($0), forwarder: try ForwarderSocket(path: $0)) }
        var report = TraceReport("from \(from) to \(to.map { "\($0)" } ?? "\(target)")")
        try follow(from, target, isNeighbour: from.prefix?.contains(target) ?? false, hosts, &report)
        print(output == .json ? report.json : report.text, terminator: "")
    }

    private func follow(
        _ from: WorkloadDirectory.Workload, _ target: IPv4Address, isNeighbour: Bool, _ hosts: [TracedHost], _ report: inout TraceReport
    ) throws {
        guard let (host, interface) = try hosts.lazy.compactMap({ host in try host.interface(of: from.mac).map { (host, $0) } }).first
        else {
            throw CommandFailure(
                "no forwarder here has an interface for \(from) with the MAC address \(from.mac); run this on its host, or name that host's forwarder with --socket"
            )
        }
        let neighbour = isNeighbour ? try host.neighbour(target, vrf: interface.vrf ?? 0) ?? .gateway : .gateway
        let identifier = UInt16.random(in: 1...UInt16.max)
        let frame = PacketTrace.question(from: from.end, to: target, through: neighbour, identifier: identifier)
        report.begin("on \(host.name), sent to \(neighbour)" + (neighbour == .gateway ? ", the gateway" : ""))
        let steps = try host.trace(frame, interface.index ?? 0)
        for step in steps { report.add(step.sentence, try PacketTrace.entry(of: step).flatMap { try host.describe($0) }) }
        if let tunnel = PacketTrace.tunnel(steps) {
            guard let other = try hosts.first(where: { try $0.isHost(tunnel.destination) }) else {
                return report.end("left for the host \(tunnel.destination), whose forwarder was not named: nothing more can be said here")
            }
            report.begin("on \(other.name), as far as its tables say")
            for (sentence, entry) in try other.arrival(of: tunnel, from: from.address, to: target, identifier) {
                report.add(sentence, entry)
            }
        }
        report.end(PacketTrace.end(steps).map { $0.step == "transmitted" ? "the packet was sent on" : $0.sentence } ?? "no end was told")
    }
}

/// Where forwarders can be asked on this machine.
enum ForwarderSockets {
    static func known(_ dataDirectory: String) -> [String] {
        var found: [String] = []
        var matches = glob_t()
        defer { globfree(&matches) }
        for folder in [dataDirectory, "Build/data"] where found.isEmpty {
            if glob(folder + "/demonstration/*/vrouter.sock", 0, nil, &matches) == 0 {
                found = (0..<Int(matches.gl_pathc)).compactMap { matches.gl_pathv[$0].map { String(cString: $0) } }
            }
        }
        return found.isEmpty ? [ForwarderSocket.standardPlace] : found
    }

    /// The folder that the socket is in, which in the demonstration has the host's name.
    static func name(_ path: String) -> String {
        [ForwarderSocket.standardPath, ForwarderSocket.netlink].contains(path)
            ? "this host" : path.split(separator: "/").dropLast().last.map(String.init) ?? path
    }
}

/// A forwarder that is asked about a packet.
private struct TracedHost {
    let name: String
    let forwarder: ForwarderSocket

    /// An entry; nil: there is none.
    private func get<Message: AttributeMessage>(_ question: Message) throws -> Message? {
        do throws(ForwarderError) {
            return try forwarder.ask(question).first
        } catch {
            guard error.code == UInt32(ENOENT) else { throw error }
            return nil
        }
    }

    /// The interface whose next hop puts this MAC address on frames: the workload's.
    func interface(of mac: MACAddress) throws -> InterfaceMessage? {
        let nextHops = try forwarder.nextHops()
        return try forwarder.interfaces().first { interface in
            interface.type == .virtual
                && nextHops.contains { $0.index == interface.nextHop && $0.encapsulation?.prefix(6) == mac.bytes[...] }
        }
    }

    /// The MAC address that ARP for an address is answered with.
    func neighbour(_ address: IPv4Address, vrf: UInt32) throws -> MACAddress? {
        let route = try get(RouteMessage(operation: .get, vrf: vrf, family: .inet, ipv4Prefix: address))
        return route?.stitchedMac.flatMap { $0 == .zero ? nil : $0 }
    }

    /// Sends the frame in; once more while the agent decides about its flow.
    func trace(_ frame: [UInt8], _ interface: UInt32) throws -> [TraceStep] {
        var steps: [TraceStep] = []
        for attempt in 0..<20 {
            if attempt > 0 { usleep(50_000) }
            steps = try forwarder.ask(TraceMessage(interface: interface, frame: frame)).first?.steps ?? []
            if !PacketTrace.isHeld(steps) { break }
        }
        return steps
    }

    func isHost(_ address: IPv4Address) throws -> Bool {
        let route = try get(RouteMessage(operation: .get, vrf: 0, family: .inet, ipv4Prefix: address))
        guard route?.prefixLength == 32, let nextHop = route?.nextHop else { return false }
        return try get(NextHopMessage(operation: .get, index: nextHop))?.type == .receive
    }

    func describe(_ entry: TraceEntry) throws -> String? {
        switch entry {
        case .interface(let index):
            return try get(InterfaceMessage(operation: .get, index: index)).flatMap {
                InspectionTable.interfaces([$0]).without(["rx-packets", "rx-bytes", "tx-packets", "tx-bytes", "dropped"]).sentence
            }.map { "vif: \($0)" }
        case .vrf(let index):
            return try get(VrfMessage(operation: .get, index: index))?.name.map { "vrf: \($0)" }
        case .flow(let index):
            return try forwarder.flows().first { $0.index == index }.flatMap { InspectionTable.flows([$0]).sentence }.map { "flow: \($0)" }
        case .route(let vrf, let address):
            return try get(RouteMessage(operation: .get, vrf: vrf, family: .inet, ipv4Prefix: address)).flatMap {
                InspectionTable.routes([$0]).sentence
            }.map { "rt: \($0)" }
        case .bridge(let vrf, let mac):
            return try get(RouteMessage(operation: .get, vrf: vrf, family: .bridge, macAddress: mac)).flatMap {
                InspectionTable.routes([$0]).sentence
            }.map { "rt: \($0)" }
        case .nextHop(let index):
            return try get(NextHopMessage(operation: .get, index: index)).flatMap {
                InspectionTable.nextHops([$0]).without(["references"]).sentence
            }.map { "nh: \($0)" }
        }
    }

    /// What the tables say about a packet that comes out of a tunnel, and the flow that the packet has begun.
    func arrival(
        of tunnel: TraceTunnel, from source: IPv4Address, to destination: IPv4Address, _ identifier: UInt16
    ) throws -> [(sentence: String, entry: String?)] {
        var found: [(String, String?)] = []
        guard tunnel.encapsulation != .vxlan else {
            let network = try get(VxlanNetworkMessage(operation: .get, identifier: tunnel.label))
            found.append(
                ("VXLAN network \(tunnel.label) says where frames go on", try network?.nextHop.flatMap { try describe(.nextHop($0)) }))
            return found + (try flows(source, destination, identifier))
        }
        guard let label = try get(LabelMessage(operation: .get, label: tunnel.label)), let nextHop = label.nextHop else {
            return [("label \(tunnel.label) is not known here: the packet is dropped", nil)]
        }
        let message = try get(NextHopMessage(operation: .get, index: nextHop))
        found.append(("label \(tunnel.label) stands for next hop \(nextHop)", try describe(.nextHop(nextHop))))
        if let interface = message?.interface {
            found.append(("which leads out of interface \(interface)", try describe(.interface(interface))))
        }
        return found + (try flows(source, destination, identifier))
    }

    private func flows(_ source: IPv4Address, _ destination: IPv4Address, _ identifier: UInt16) throws -> [(String, String?)] {
        try forwarder.flows().filter { PacketTrace.isFlow($0, from: source, to: destination, identifier) }.map { flow in
            ("flow \(flow.index ?? 0) says \(flow.action?.name ?? "nothing")", InspectionTable.flows([flow]).sentence.map { "flow: \($0)" })
        }
    }
}

/// What is printed.
private struct TraceReport {
    private struct Part {
        var title: String
        var steps: [(sentence: String, entry: String?)] = []
    }

    private let title: String
    private var parts: [Part] = []
    private var outcome = ""

    init(_ title: String) { self.title = title }

    mutating func begin(_ title: String) { parts.append(Part(title: title)) }
    mutating func add(_ sentence: String, _ entry: String?) { parts[parts.count - 1].steps.append((sentence, entry)) }
    mutating func end(_ outcome: String) { self.outcome = outcome }

    var text: String {
        var text = title + "\n"
        for part in parts {
            text += "\n\(part.title)\n"
            for (number, step) in part.steps.enumerated() {
                text += "  \(number + 1). \(step.sentence)\n"
                if let entry = step.entry { text += "       \(entry)\n" }
            }
        }
        return text + "\n\(outcome)\n"
    }

    var json: String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("question", title)
        writer.key("parts")
        writer.beginArray()
        for part in parts {
            writer.beginObject()
            writer.member("where", part.title)
            writer.key("steps")
            writer.beginArray()
            for step in part.steps {
                writer.beginObject()
                writer.member("step", step.sentence)
                if let entry = step.entry { writer.member("entry", entry) }
                writer.endObject()
            }
            writer.endArray()
            writer.endObject()
        }
        writer.endArray()
        writer.member("outcome", outcome)
        writer.endObject()
        return String(decoding: writer.finish(), as: UTF8.self) + "\n"
    }
}
