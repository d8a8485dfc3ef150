// The control node's XMPP server: listens, spreads what agents say over the partitions, and says what it knows of them.

import ControlNodeCore
import Logging
import NIOCore
import NIOPosix
import NetworkTypes
import Synchronization
import XMPP

/// Where agents connect to.
public struct AgentServiceOptions: Sendable {
    public var host = "127.0.0.1"
    /// 0: any free port.
    public var port = 5269
    /// Seconds of silence after which an agent is given up.
    public var holdSeconds = Liveness.defaultHoldSeconds
    /// How long the routes of a lost agent are used on, in seconds.
    public var staleSeconds = 300.0
    /// How long agents may take to come back after a start, in seconds, before one is told that it knows everything. An agent tries again after
    /// half a minute at the latest.
    public var returnSeconds = 35.0
    /// False: agents are served only after `AgentService.configurationIsComplete`.
    public var servesAtOnce = true

    public init() {}
}

final class AgentService: Sendable {
    struct Settings: Sendable {
        let system: ASNumber
        let holdSeconds: Int
    }

    let settings: Settings
    let directory = AgentDirectory()
    let logger: Logger
    private let engines: [EngineLoop]
    private let partitions: [AgentPartition]
    let configuration: AgentConfiguration
    /// The partitions, then the configuration: the place in this list names a source.
    let sources: [any AgentSource]
    private let serving: Atomic<Bool>
    private let connections = Atomic(0)
    private let open = Mutex<[ObjectIdentifier: any Channel]>([:])

    init(
        _ options: AgentServiceOptions, _ system: ASNumber, _ engines: [EngineLoop], _ state: ConfigurationState, _ logger: Logger
    ) {
        settings = Settings(system: system, holdSeconds: options.holdSeconds)
        var exchange = AgentExchange.Settings(system: system)
        exchange.staleSeconds = options.staleSeconds
        // Without a configuration there is nothing that says who may be on the way.
        exchange.returnSeconds = options.servesAtOnce ? 0 : options.returnSeconds
        let directory = directory
        let partitions = engines.enumerated().map { AgentPartition($0.offset, $0.element, exchange, directory) }
        self.engines = engines
        self.partitions = partitions
        configuration = AgentConfiguration(engines.count, state, directory)
        sources = partitions + [configuration]
        serving = Atomic(options.servesAtOnce)
        self.logger = logger
        for (engine, partition) in zip(engines, partitions) { engine.onChanges { partition.changed($0) } }
    }

    var partitionCount: Int { partitions.count }
    var isServing: Bool { serving.load(ordering: .acquiring) }

    /// Everything that there was when the control node started has been read: agents are answered from now on. An agent that was answered
    /// before would take what is not there yet for deleted.
    func configurationIsComplete() { serving.store(true, ordering: .releasing) }

    /// The agents that there are in the configuration, by name.
    func expect(_ names: Set<String>) { for partition in partitions { partition.expect(names) } }

    /// These instances are gone.
    func removed(_ names: [String]) { for partition in partitions { partition.removed(names) } }

    /// The partitions know these instances; agents that wait for them are served.
    func configured(_ instances: [RoutingInstance]) { for partition in partitions { partition.configured(instances) } }

    // MARK: Listening

    func listen(_ options: AgentServiceOptions, _ group: any EventLoopGroup) async throws -> any Channel {
        do {
            return try await ServerBootstrap(group: group)
                .serverChannelOption(.backlog, value: 1024)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                .childChannelOption(.autoRead, value: false)
                .childChannelOption(.writeBufferWaterMark, value: .init(low: 64 << 10, high: 256 << 10))
                .childChannelInitializer { channel in
                    let number = self.connections.add(1, ordering: .relaxed).newValue
                    let key = ObjectIdentifier(channel)
                    self.open.withLock { $0[key] = channel }
                    channel.closeFuture.whenComplete { _ in self.open.withLock { $0[key] = nil } }
                    return channel.pipeline.addHandler(AgentSession(number: number, self, on: channel.eventLoop))
                }
                .bind(host: options.host, port: options.port)
                .get()
        } catch {
            throw ControlNodeError(
                "cannot listen on \(options.host):\(options.port): \(error); another control node may be running; choose another address "
                    + "with --listen-xmpp HOST:PORT")
        }
    }

    /// Closes all sessions.
    func stop() async {
        for channel in open.withLock({ Array($0.values) }) { try? await channel.close().get() }
    }

    // MARK: Sessions

    func began(_ id: PeerID, _ name: String, _ address: SocketAddress?) {
        var ip = address?.ipAddress.flatMap { try? IPAddress(parsing: $0) } ?? .v4(.any)
        // A socket for both families sees IPv4 agents in IPv6 form.
        if case .v6(let outer) = ip, let inner = outer.mappedIPv4Address { ip = .v4(inner) }
        configuration.forget(id)
        for partition in partitions { partition.connect(id, name: name, address: ip) }
    }

    func ended(_ id: PeerID) {
        configuration.forget(id)
        for partition in partitions { partition.disconnect(id) }
    }

    /// - Parameter done: called once, on any loop, when all of it was taken in.
    func handle(_ requests: [AgentRequest], from id: PeerID, name: String, done: @escaping @Sendable () -> Void) {
        var shares = [[AgentRequest]](repeating: [], count: partitions.count)
        for request in requests {
            switch request {
            case .announce(_, let route), .withdraw(_, let route): shares[route.key.prefix.partition(of: shares.count)].append(request)
            case .subscribe, .unsubscribe, .endOfRIB: for index in shares.indices { shares[index].append(request) }
            case .refused: shares[0].append(request)
            case .subscribeConfiguration(let node): configuration.subscribe(id, name: name, node: node)
            case .unsubscribeConfiguration(let node): configuration.unsubscribe(id, node: node)
            }
        }
        let busy = shares.indices.filter { !shares[$0].isEmpty }
        guard !busy.isEmpty else { return done() }
        let left = Countdown(busy.count, done)
        for index in busy { partitions[index].handle(shares[index], from: id) { left.step() } }
    }

    // MARK: For people

    /// What is known of the agents, over all partitions.
    func table(on loop: any EventLoop) -> EventLoopFuture<Table> {
        EventLoopFuture.whenAllSucceed(partitions.map { $0.summaries() }, on: loop).flatMap { parts in
            let first = parts.first ?? []
            return self.configuration.counts(first.map(\.id)).hop(to: loop).map { counts in
                var table = Table(
                    "agents",
                    [
                        "name", "address", "state", "sessions", "instances", "waiting", "routes", "received", "refused", "sent",
                        "retracted",
                        "pending", "nodes", "links",
                    ])
                for (agent, count) in zip(first, counts) {
                    let all = parts.flatMap { $0.filter { $0.id == agent.id } }
                    func sum(_ value: (AgentExchange.AgentSummary) -> Int) -> Table.Cell { .number(all.reduce(0) { $0 + value($1) }) }
                    table.add([
                        .text(agent.name), .text("\(agent.address)"),
                        .text(agent.isConnected ? agent.isComplete ? "complete" : "connected" : "stale"), .number(agent.counters.sessions),
                        .list(agent.subscriptions), .list(agent.waiting), sum(\.routes), sum(\.counters.received), sum(\.counters.refused),
                        sum(\.counters.sentItems), sum(\.counters.sentRetracts), sum(\.pending), .number(count.nodes), .number(count.links),
                    ])
                }
                return table
            }
        }
    }
}

/// Calls something after so many steps.
private final class Countdown: Sendable {
    private let left: Atomic<Int>
    private let done: @Sendable () -> Void

    init(_ count: Int, _ done: @escaping @Sendable () -> Void) {
        left = Atomic(count)
        self.done = done
    }

    func step() { if left.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 { done() } }
}
