// An agent without a forwarder: it speaks the channel as a real one does, announces what it is told to, and keeps count of what it hears.
// For tests, and to find out what a control node carries.

import Coding
import Graph
import NIOCore
import NIOPosix
import RouteMessages
import XMPP

/// One simulated agent, with sessions to up to two control nodes.
///
/// `@unchecked`: every variable is touched on `loop` only, where its channels live as well; entries from outside hop there.
public final class SimulatedAgent: @unchecked Sendable {
    /// What an agent has heard so far.
    public struct Report: Sendable {
        public var established = 0
        public var sessionsLost: [String] = []
        public var items = 0
        public var retracts = 0
        public var bytes = 0
        public var endsOfRIB = 0
        public var configurationObjects = 0
        /// Routes that the agent knows now, over all tables.
        public var routes = 0
    }

    public let name: String
    private let loop: any EventLoop
    private let keepsRoutes: Bool
    private var sessions: ControlNodeSessions
    private var channels: [Int: any Channel] = [:]
    /// Counts attempts, so that a connection that was given up is known when it comes about after all.
    private var attempts: [Int: Int] = [:]
    private var timers: [TimerKey: Scheduled<Void>] = [:]
    private var report = Report()
    /// By session, so that each control node's word stands by itself.
    private var known: [Int: [String: [UInt8]]] = [:]

    /// What each control node said of the configuration.
    private var configurations: [Int: (assembler: ConfigurationAssembler, graph: GraphStore)] = [:]

    private struct TimerKey: Hashable {
        let session: Int
        let timer: ClientSession.Timer
    }

    /// - Parameter keepsRoutes: whether entries are kept for `routes`, rather than their names alone.
    public init(_ settings: ClientSession.Settings, servers: [String], keepsRoutes: Bool = true, on loop: any EventLoop) {
        name = settings.name
        self.loop = loop
        self.keepsRoutes = keepsRoutes
        sessions = ControlNodeSessions(servers: servers, settings: settings)
    }

    // MARK: From outside

    public func start() { loop.execute { self.perform(self.sessions.start()) } }

    /// Ends its sessions. Control nodes see no more than a connection that closes.
    public func stop() -> EventLoopFuture<Void> { loop.submit { self.perform(self.sessions.stop()) } }

    /// Changes what it says about routes.
    public func change(_ edit: @escaping @Sendable (inout AgentStatements) -> [Stanza.Payload]) {
        loop.execute { self.perform(self.sessions.change(edit)) }
    }

    public func changeConfiguration(_ edit: @escaping @Sendable (inout AgentStatements) -> [Stanza.Payload]) {
        loop.execute { self.perform(self.sessions.changeConfiguration(edit)) }
    }

    public func currentReport() -> EventLoopFuture<Report> {
        loop.submit {
            var report = self.report
            report.routes = self.known.values.reduce(0) { $0 + $1.count }
            return report
        }
    }

    /// The entry of a route as the first control node told it; nil when there is none.
    public func route(_ table: TableNode, _ id: String) -> EventLoopFuture<[UInt8]?> {
        loop.submit { self.known[0]?["\(table) \(id)"] }
    }

    /// The agent's part of the configuration as the first control node told it. Values are XML.
    public func configuration() -> EventLoopFuture<GraphStore> { loop.submit { self.configurations[0]?.graph ?? GraphStore() } }

    // MARK: Actions

    private func perform(_ actions: [ControlNodeSessions.Action]) {
        for action in actions {
            switch action {
            case .connect(let session, let server): connect(session, server)
            case .session(let session, let action): perform(action, session)
            case .configurationSource: break
            }
        }
        for channel in channels.values { channel.flush() }
    }

    private func perform(_ action: ClientSession.Action, _ session: Int) {
        switch action {
        case .connect: break
        case .close: channels.removeValue(forKey: session)?.close(promise: nil)
        case .send(let bytes): channels[session]?.write(ByteBuffer(bytes: bytes), promise: nil)
        case .startTimer(let timer, let seconds):
            let key = TimerKey(session: session, timer: timer)
            timers.removeValue(forKey: key)?.cancel()
            timers[key] = loop.scheduleTask(in: .milliseconds(Int64(seconds * 1000))) {
                self.timers[key] = nil
                self.handle(.timer(timer), session)
            }
        case .stopTimer(let timer): timers.removeValue(forKey: TimerKey(session: session, timer: timer))?.cancel()
        case .established:
            report.established += 1
            known[session] = [:]
            configurations[session] = nil
        case .lost(let reason): report.sessionsLost.append(reason)
        case .stanza(let stanza): take(stanza, session)
        }
    }

    fileprivate func handle(_ event: ClientSession.Event, _ session: Int) {
        perform(sessions.handle(event, session: session, jitter: Double.random(in: -1...1)))
    }

    fileprivate func received(_ bytes: [UInt8], _ session: Int, from channel: any Channel) {
        guard channels[session] === channel else { return }
        report.bytes += bytes.count
        handle(.received(bytes), session)
    }

    fileprivate func closed(_ session: Int, _ channel: any Channel) {
        guard channels[session] === channel else { return }
        channels[session] = nil
        handle(.closed(reason: "the connection ended"), session)
    }

    private func connect(_ session: Int, _ server: String) {
        let attempt = attempts[session, default: 0] + 1
        attempts[session] = attempt
        guard let colon = server.lastIndex(of: ":"), let port = Int(server[server.index(after: colon)...]) else {
            return handle(.closed(reason: "\(server) is not HOST:PORT"), session)
        }
        ClientBootstrap(group: loop)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { $0.pipeline.addHandler(SessionHandler(self, session)) }
            .connect(host: String(server[..<colon]), port: port)
            .hop(to: loop)
            .whenComplete { result in
                guard self.attempts[session] == attempt else {
                    if case .success(let channel) = result { channel.close(promise: nil) }
                    return
                }
                switch result {
                case .success(let channel):
                    self.channels[session] = channel
                    self.handle(.connected, session)
                case .failure(let error): self.handle(.closed(reason: "\(error)"), session)
                }
            }
    }

    // MARK: Hearing

    private func take(_ stanza: Stanza, _ session: Int) {
        switch stanza.payload {
        case .endOfRIB: report.endsOfRIB += 1
        case .event(let event):
            report.items += event.items.count
            report.retracts += event.retracts.count
            for item in event.items { known[session, default: [:]]["\(event.node) \(item.id)"] = keepsRoutes ? item.entry : [] }
            for id in event.retracts { known[session]?["\(event.node) \(id)"] = nil }
        case .configuration(let statements):
            report.configurationObjects += statements.count
            guard keepsRoutes else { return }
            for statement in statements { take(statement, session) }
        case .subscribe, .unsubscribe, .publish, .associate, .dissociate, .unknown: break
        }
    }
}

extension SimulatedAgent {
    private func take(_ statement: ConfigurationStatement, _ session: Int) {
        var (assembler, graph) = configurations.removeValue(forKey: session) ?? (ConfigurationAssembler(), GraphStore())
        for change in assembler.changes(for: statement) { graph.apply(change) }
        configurations[session] = (assembler, graph)
    }
}

private final class SessionHandler: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    private let agent: SimulatedAgent
    private let session: Int

    init(_ agent: SimulatedAgent, _ session: Int) {
        self.agent = agent
        self.session = session
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        agent.received(Array(unwrapInboundIn(data).readableBytesView), session, from: context.channel)
    }

    func channelInactive(context: ChannelHandlerContext) { agent.closed(session, context.channel) }
}

extension SimulatedAgent {
    /// The entry of an address of a workload on this agent.
    public static func entry(
        _ prefix: String, nextHop: String, label: Int, preference: Int = 100, network: String = "",
        encapsulations: [String] = ["gre", "udp"]
    ) -> [UInt8] {
        let isIPv6 = prefix.contains(":")
        return UnicastEntry(
            nlri: UnicastDestination(af: isIPv6 ? 2 : 1, safi: 1, address: prefix),
            nextHops: UnicastNextHopList(nextHop: [
                UnicastNextHop(
                    af: nextHop.contains(":") ? 2 : 1, address: nextHop, label: label,
                    tunnelEncapsulationList: TunnelEncapsulationList(tunnelEncapsulation: encapsulations))
            ]),
            version: 1, virtualNetwork: network.isEmpty ? nil : network, localPreference: preference, med: 0
        ).xml(root: "entry")
    }
}
