// Hosts with an engine and a forwarder each, control nodes, and an underlay, all in one thread and one clock that tests move.

import Attributes
import Coding
import ForwarderMessages
import Graph
import NetworkTypes
import Testing
import XMPP

@testable import AgentCore

/// The entries that the forwarder has otherwise than the plan.
func differences(_ host: EngineWorld.Host) -> [EntryKey] {
    differences(host.forwarder.tables, host.engine.plan.tables)
}

func differences(_ tables: ForwarderTables, _ others: ForwarderTables) -> [EntryKey] {
    Set(tables.keys).union(others.keys).filter { tables[$0] != others[$0] }.sorted()
}

final class EngineWorld {
    final class Host {
        let parameters: HostParameters
        var engine: AgentEngine
        var forwarder: StreamForwarder
        var files: [String: [UInt8]] = [:]
        var replies: [Int: PortReply] = [:]
        var logs: [(AgentLog, String)] = []
        var packets: [AgentPacket] = []
        var questions: [Int: [UInt8]] = [:]
        var wake: UInt64?
        /// The forwarder's process runs.
        var hasForwarder = true
        var isConnected = false
        fileprivate var timers: [String: (UInt64, Int, ClientSession.Timer)] = [:]
        fileprivate var connections: [Int: String] = [:]

        init(_ parameters: HostParameters, _ options: AgentEngineOptions) {
            self.parameters = parameters
            engine = AgentEngine(options)
            forwarder = StreamForwarder(instance: 1)
        }

        var indexes: AgentIndexes {
            var indexes = AgentIndexes()
            if let file = files["numbers.json"] { try? indexes.restore(file) }
            return indexes
        }

        func warnings() -> [String] { logs.filter { $0.0 == .warning || $0.0 == .error }.map(\.1) }
    }

    private(set) var now: UInt64 = 1_000_000
    private(set) var hosts: [String: Host] = [:]
    private(set) var nodes: [String: ModelControlNode] = [:]
    /// Control nodes that cannot be reached.
    var unreachable: Set<String> = []
    private var queue: [(String, AgentEvent)] = []
    private var later: [(UInt64, String, AgentEvent)] = []
    private var requestNumber = 0
    /// When control nodes give signs of life.
    private var nextTick: UInt64 = 1_030_000
    var controlNodes: [String]
    /// Of engines that are started from now on.
    var timing = AgentTiming()
    /// Bytes on streams arrive in pieces of random sizes.
    var random: SeededGenerator?
    /// Answers in the underlay.
    var answersARP = true

    init(nodes: [String] = ["cn1:5269"], networks: [NodeName: UInt32] = [SampleCloud.blue: 5, SampleCloud.red: 6]) {
        controlNodes = nodes
        for name in nodes {
            self.nodes[name] = ModelControlNode(
                instances: Dictionary(networks.map { (SampleCloud.instance($0.key), $0.value) }, uniquingKeysWith: { first, _ in first }))
        }
    }

    func configure(_ changes: [GraphChange]) throws {
        for name in controlNodes { nodes[name]?.configure(changes) }
        try run()
    }

    // MARK: Hosts

    static func parameters(_ number: UInt8) -> HostParameters {
        var host = HostParameters(
            name: "host-\(number)", address: IPv4Address(192, 0, 2, number), prefixLength: 24, mac: MACAddress(2, 0, 0, 0, 1, number),
            physicalDevice: "no-uplink0")
        host.hostDevice = "no-vhost0"
        host.gateway = IPv4Address(192, 0, 2, 254)
        return host
    }

    @discardableResult
    func start(_ number: UInt8, files: [String: [UInt8]] = [:], forwarder: StreamForwarder? = nil) throws -> Host {
        let parameters = Self.parameters(number)
        var options = AgentEngineOptions(host: parameters, controlNodes: controlNodes)
        options.timing = timing
        let host = Host(parameters, options)
        host.files = files
        if let forwarder { host.forwarder = forwarder }
        hosts[parameters.name] = host
        var actions: [AgentAction] = []
        for (name, bytes) in files.sorted(by: { $0.key < $1.key }) { actions += host.engine.load(file: name, bytes) }
        actions += host.engine.start(now: now, time: "t", jitter: 0)
        try perform(actions, host)
        try run()
        return host
    }

    /// The process is gone from one moment to the next; what it wrote stays, and its connections end.
    func kill(_ host: Host) {
        let name = host.parameters.name
        hosts[name] = nil
        queue.removeAll { $0.0 == name }
        later.removeAll { $0.1 == name }
        for (session, node) in host.connections { nodes[node]?.disconnected("\(name)/\(session)") }
        host.connections = [:]
    }

    func request(_ host: Host, _ method: PortRequest.Method, _ path: String, _ body: [UInt8] = []) throws -> PortReply {
        requestNumber += 1
        queue.append((host.parameters.name, .portRequest(PortRequest(method, path, body: body), number: requestNumber)))
        try run()
        return try #require(host.replies[requestNumber])
    }

    func plug(_ host: Host, _ number: UInt8) throws {
        let reply = try request(host, .post, "/port", SampleCloud.port(number).json())
        #expect(reply.status == 200)
    }

    func send(_ host: Host, _ event: AgentEvent) throws {
        queue.append((host.parameters.name, event))
        try run()
    }

    // MARK: Control nodes

    /// The control node is gone, or there again.
    func setReachable(_ node: String, _ isReachable: Bool) throws {
        if isReachable {
            unreachable.remove(node)
            return
        }
        unreachable.insert(node)
        for host in hosts.values {
            for (session, connected) in host.connections where connected == node {
                host.connections[session] = nil
                nodes[node]?.disconnected("\(host.parameters.name)/\(session)")
                queue.append((host.parameters.name, .controlNode(session: session, .closed(reason: "the connection ended"))))
            }
        }
        try run()
    }

    // MARK: Time

    /// Time passes, with all that happens in it.
    func advance(_ milliseconds: UInt64) throws {
        let end = now + milliseconds
        while let next = nextTime, next <= end {
            now = max(next, now)
            for host in hosts.values.sorted(by: { $0.parameters.name < $1.parameters.name }) {
                let name = host.parameters.name
                if let wake = host.wake, wake <= now {
                    host.wake = nil
                    queue.append((name, .woken))
                }
                for (key, timer) in host.timers where timer.0 <= now {
                    host.timers[key] = nil
                    queue.append((name, .controlNode(session: timer.1, .timer(timer.2))))
                }
            }
            if now >= nextTick {
                nextTick = now + 30_000
                for node in nodes.values { node.tick() }
            }
            for (time, name, event) in later where time <= now { queue.append((name, event)) }
            later.removeAll { $0.0 <= now }
            try run()
        }
        now = end
    }

    private var nextTime: UInt64? {
        (hosts.values.flatMap { host in [host.wake].compactMap { $0 } + host.timers.values.map(\.0) } + later.map(\.0) + [nextTick]).min()
    }

    /// Until nothing more happens by itself.
    func run() throws {
        var steps = 0
        while true {
            carry()
            guard !queue.isEmpty else { return }
            steps += 1
            guard steps < 20_000 else {
                Issue.record("it does not come to rest")
                return
            }
            let (name, event) = queue.removeFirst()
            guard let host = hosts[name] else { continue }
            try perform(host.engine.handle(event, now: now, time: "t", jitter: 0), host)
        }
    }

    private func carry() {
        for (address, node) in nodes {
            for (key, bytes) in node.takeOutgoing() {
                let parts = key.split(separator: "/")
                guard parts.count == 2, let session = Int(parts[1]), hosts[String(parts[0])]?.connections[session] == address else {
                    continue
                }
                for piece in cut(bytes) { queue.append((String(parts[0]), .controlNode(session: session, .received(piece)))) }
            }
        }
    }

    private func cut(_ bytes: [UInt8]) -> [[UInt8]] {
        guard var random else { return [bytes] }
        defer { self.random = random }
        var pieces: [[UInt8]] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = Int.random(in: 1...max(rest.count, 1), using: &random)
            pieces.append(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        return pieces
    }

    // MARK: Actions

    private func perform(_ actions: [AgentAction], _ host: Host) throws {
        let name = host.parameters.name
        for action in actions {
            switch action {
            case .connectForwarder(let wait):
                host.isConnected = false
                queue.removeAll { if $0.0 == name, case .forwarderReceived = $0.1 { true } else { false } }
                guard host.hasForwarder else {
                    later.append((now + max(wait, 1), name, .forwarderLost(reason: "nobody listens")))
                    continue
                }
                host.isConnected = true
                host.forwarder.connected()
                if wait == 0 { queue.append((name, .forwarderConnected)) } else { later.append((now + wait, name, .forwarderConnected)) }
            case .sendForwarder(let bytes):
                guard host.isConnected else { continue }
                try checkNumbers(bytes, host)
                let answers = try host.forwarder.received(bytes)
                for piece in cut(answers) where !piece.isEmpty { queue.append((name, .forwarderReceived(piece))) }
            case .sendPacket(let bytes):
                let packet = try AgentPacket(parsing: bytes[...])
                host.packets.append(packet)
                answerARP(packet, host)
            case .connectControlNode(let session, let server):
                guard let node = nodes[server], !unreachable.contains(server) else {
                    queue.append((name, .controlNode(session: session, .closed(reason: "refused"))))
                    continue
                }
                host.connections[session] = server
                node.accepted("\(name)/\(session)")
                queue.append((name, .controlNode(session: session, .connected)))
            case .closeControlNode(let session):
                if let server = host.connections.removeValue(forKey: session) { nodes[server]?.disconnected("\(name)/\(session)") }
            case .sendControlNode(let session, let bytes):
                guard let server = host.connections[session] else { continue }
                try nodes[server]?.received("\(name)/\(session)", bytes)
            case .startTimer(let session, let timer, let milliseconds):
                host.timers["\(session) \(timer)"] = (now + milliseconds, session, timer)
            case .stopTimer(let session, let timer): host.timers["\(session) \(timer)"] = nil
            case .writeFile(let file, let bytes): host.files[file] = bytes
            case .removeFile(let file): host.files[file] = nil
            case .reply(let number, let reply): host.replies[number] = reply
            case .askNameServer(let question, let message), .askNameService(let question, let message): host.questions[question] = message
            case .wake(let time): host.wake = time
            case .log(let level, let text): host.logs.append((level, text))
            }
        }
    }

    /// Numbers are on disk before the forwarder hears of them.
    private func checkNumbers(_ bytes: [UInt8], _ host: Host) throws {
        let indexes = host.indexes
        var splitter = ForwarderFrameSplitter()
        splitter.append(bytes)
        while let frame = try splitter.next() {
            switch frame.command {
            case NextHopMessage.command:
                let message = try NextHopMessage(attributes: frame.attributes)
                guard message.operation == .add, let index = message.index else { continue }
                #expect(indexes.nextHops.name(of: index) != nil, "next hop \(index) is used before it is written down")
            case LabelMessage.command:
                let message = try LabelMessage(attributes: frame.attributes)
                guard message.operation == .add, let label = message.label else { continue }
                #expect(indexes.labels.name(of: label) != nil, "label \(label) is used before it is written down")
            case InterfaceMessage.command:
                let message = try InterfaceMessage(attributes: frame.attributes)
                guard message.operation == .add, let index = message.index, index > 2 else { continue }
                #expect(indexes.interfaces.name(of: index) != nil, "interface \(index) is used before it is written down")
            default: break
            }
        }
    }

    private func answerARP(_ packet: AgentPacket, _ host: Host) {
        guard answersARP, UInt32(packet.interface) == AgentIndexes.physical, let frame = try? EthernetFrame(parsing: packet.frame),
            frame.type == .arp, let request = try? ARPPacket(parsing: frame.payload), request.operation == .request
        else { return }
        let last = UInt8(truncatingIfNeeded: request.targetAddress.rawValue)
        let reply = ARPPacket(
            .reply, sender: MACAddress(2, 0, 0, 0, 1, last), request.targetAddress, target: request.senderMAC, request.senderAddress)
        let answer = frame.answer(from: MACAddress(2, 0, 0, 0, 1, last), reply.bytes).bytes
        let trap = AgentPacket(interface: UInt16(AgentIndexes.physical), vrf: 0, .trap(.arp), frame: answer[...])
        queue.append((host.parameters.name, .packetArrived(trap.bytes)))
    }

    // MARK: Looking

    func interface(_ host: Host, _ number: UInt8) throws -> PlannedInterface {
        try #require(host.engine.plan.interfaces.values.first { $0.id == SampleCloud.id(number) })
    }

    func route(_ host: Host, _ instance: String, _ prefix: String) throws -> RouteMessage? {
        let vrf = try #require(host.indexes.vrfs[instance])
        guard case .route(let message)? = host.forwarder.tables[.route(vrf: vrf, try IPPrefix(parsing: prefix))]?.message else {
            return nil
        }
        return message
    }

    /// The first packet of a flow from a workload.
    func miss(_ host: Host, from number: UInt8, _ tuple: FlowTuple) throws {
        let interface = try interface(host, number)
        let frame = Self.frame(tuple, from: interface.mac)
        let trap = host.forwarder.miss(
            interface: interface.index, vrf: interface.vrf, nextHop: interface.nextHop, tuple, frame: frame)
        try send(host, .packetArrived(trap))
    }

    /// A frame of a flow.
    static func frame(_ tuple: FlowTuple, from mac: MACAddress) -> [UInt8] {
        guard case .v4(let source) = tuple.source, case .v4(let destination) = tuple.destination else { return [] }
        let payload: [UInt8]
        if tuple.number == .icmp {
            payload = ICMPMessage.echoRequest(identifier: tuple.sourcePort, sequence: 1, data: [1, 2, 3, 4]).bytes
        } else {
            payload = UDPDatagram(from: tuple.sourcePort, to: tuple.destinationPort, payload: [1, 2]).bytes(from: source, to: destination)
        }
        let packet = IPv4Packet(from: source, to: destination, tuple.number, payload: payload[...])
        return EthernetFrame(to: .gateway, from: mac, type: .ipv4, payload: packet.bytes[...]).bytes
    }
}
