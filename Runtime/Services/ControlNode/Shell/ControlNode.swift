// The control node as a role of the `tungsten` command, and as tests start it: listens for BGP, keeps sessions with its peers, and answers
// questions about its state. Each partition of the routing tables has an event loop to itself; peers are spread over the same loops.

import ControlNodeCore
import Graph
import Logging
import NIOCore
import NIOPosix
import NetworkTypes

/// A running control node.
public final class ControlNode: Sendable {
    /// Where it listens for BGP: `127.0.0.1:179`.
    public let address: String
    public let introspectionAddress: String
    /// Where it listens for agents: `127.0.0.1:5269`; nil when it does not.
    public let agentAddress: String?
    private let group: MultiThreadedEventLoopGroup
    private let listeners: [any Channel]
    private let agents: AgentService?
    private let roster: Roster
    private let state: ConfigurationState
    /// Follows the configuration.
    private let follower: Task<Void, Never>?
    private let logger: Logger

    private init(
        _ group: MultiThreadedEventLoopGroup, bgp: any Channel, introspection: any Channel, xmpp: (any Channel)?, _ agents: AgentService?,
        _ roster: Roster, _ state: ConfigurationState, _ configuration: ConfigurationOptions?, _ logger: Logger
    ) {
        self.group = group
        listeners = [bgp, introspection] + [xmpp].compactMap { $0 }
        self.agents = agents
        self.roster = roster
        self.state = state
        self.logger = logger
        follower = configuration.map { configuration in Task { await state.follow(configuration) } }
        address = Self.text(bgp.localAddress)
        introspectionAddress = Self.text(introspection.localAddress)
        agentAddress = xmpp.map { Self.text($0.localAddress) }
    }

    private static func text(_ address: SocketAddress?) -> String {
        guard let ip = address?.ipAddress, let port = address?.port else { return "" }
        return ip.contains(":") ? "[\(ip)]:\(port)" : "\(ip):\(port)"
    }

    /// Starts a control node.
    ///
    /// - Throws: `ControlNodeError` when what is given contradicts itself, or an address cannot be listened on.
    public static func start(_ options: ControlNodeOptions, _ logger: Logger) async throws -> ControlNode {
        let count = options.partitionCount > 0 ? options.partitionCount : System.coreCount
        let group = MultiThreadedEventLoopGroup(numberOfThreads: count)
        var listeners: [any Channel] = []
        do {
            let identity = RouteEngine.Identity(system: options.system, routerID: options.routerID, clusterID: options.clusterID)
            let loops = Array(group.makeIterator())
            let instances = try staticInstances(options)
            let engines = loops.enumerated().map { index, loop in
                EngineLoop(staticEngine(RouteEngine(identity, index: index, count: count), options, instances), on: loop)
            }
            let roster = Roster(identity, engines, instances, on: loops, logger)
            let peers = try options.peers.map { peer in
                guard let made = roster.add(peer) else { throw ControlNodeError("the peer \(peer.address) is given twice") }
                return made
            }
            let wanted = options.configuration.map { configuration in
                ControlConfiguration(
                    name: configuration.name, staticInstances: Set(instances.map(\.name)), staticPeers: Set(peers.map(\.options.address)),
                    firstInstance: UInt32(instances.count + 1))
            }
            let state = ConfigurationState(options.configuration, wanted, identity, on: group.next(), logger)
            let agents = options.agents.map { agents in
                var agents = agents
                if options.configuration != nil { agents.servesAtOnce = false }
                return AgentService(agents, options.system, engines, state, logger)
            }
            state.onActions { roster.perform($0, agents) }
            state.onCompletion { routers in
                agents?.expect(routers)
                agents?.configurationIsComplete()
            }
            agents?.configured(instances)

            let bgp = try await listen(options, group, roster, logger)
            listeners.append(bgp)
            roster.listens(bgp)
            let view = Introspection(roster, state, agents)
            let introspection = try await view.listen(options.introspectionHost, options.introspectionPort, group)
            listeners.append(introspection)
            var xmpp: (any Channel)?
            if let agents, let options = options.agents { xmpp = try await agents.listen(options, group) }
            for peer in peers { peer.start() }
            return ControlNode(
                group, bgp: bgp, introspection: introspection, xmpp: xmpp, agents, roster, state, options.configuration, logger)
        } catch {
            for listener in listeners { try await listener.close() }
            try await group.shutdownGracefully()
            throw error
        }
    }

    private static func listen(
        _ options: ControlNodeOptions, _ group: MultiThreadedEventLoopGroup, _ roster: Roster, _ logger: Logger
    ) async throws -> any Channel {
        do {
            return try await ServerBootstrap(group: group)
                .serverChannelOption(.backlog, value: 256)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                .childChannelOption(.autoRead, value: false)
                .childChannelInitializer { channel in
                    let remote = channel.remoteAddress?.ipAddress.flatMap { try? IPAddress(parsing: $0) }
                    if let peer = remote.flatMap({ roster.peer(Self.unmapped($0)) }) {
                        peer.accept(channel)
                    } else {
                        logger.notice("connection refused: no such peer", metadata: ["address": "\(remote.map { "\($0)" } ?? "?")"])
                        BGPPeer.refuse(channel, .connectionRejected)
                    }
                    return channel.eventLoop.makeSucceededVoidFuture()
                }
                .bind(host: options.host, port: options.port)
                .get()
        } catch {
            throw ControlNodeError(
                "cannot listen on \(options.host):\(options.port): \(error); another BGP speaker may be running; choose another address "
                    + "with --listen-bgp HOST:PORT")
        }
    }

    /// A socket for both families sees IPv4 peers in IPv6 form.
    private static func unmapped(_ address: IPAddress) -> IPAddress {
        if case .v6(let address) = address, let inner = address.mappedIPv4Address { return .v4(inner) }
        return address
    }

    // MARK: Static configuration

    private static func staticInstances(_ options: ControlNodeOptions) throws -> [RoutingInstance] {
        var instances: [RoutingInstance] = []
        for (index, instance) in options.instances.enumerated() {
            guard !instances.contains(where: { $0.name == instance.name }) else {
                throw ControlNodeError("the routing instance '\(instance.name)' is given twice")
            }
            instances.append(
                RoutingInstance(
                    id: InstanceID(UInt32(index + 1)), name: instance.name, importTargets: instance.importTargets,
                    exportTargets: instance.exportTargets, virtualNetwork: instance.name,
                    virtualNetworkNumber: instance.virtualNetworkNumber))
        }
        for route in options.routes where !instances.contains(where: { $0.name == route.instance }) {
            throw ControlNodeError("the route \(route.key) is of the instance '\(route.instance)', which is not given")
        }
        return instances
    }

    /// The engine with the configuration's instances and routes in it.
    private static func staticEngine(_ engine: RouteEngine, _ options: ControlNodeOptions, _ instances: [RoutingInstance]) -> RouteEngine {
        var engine = engine
        engine.configure(instances)
        let source = PathSource(peer: .local, kind: .staticRoute, routerID: options.routerID)
        for route in options.routes where engine.holds(route.key) {
            guard let instance = instances.first(where: { $0.name == route.instance }) else { continue }
            let distinguisher = RouteDistinguisher(options.routerID, UInt16(truncatingIfNeeded: instance.id.rawValue))
            engine.withPartition { partition in
                let attributes = partition.intern(
                    PathAttributes(
                        nextHop: route.nextHop, localPreference: PathAttributes.defaultLocalPreference,
                        extendedCommunities: route.communities + route.encapsulations.map { ExtendedCommunity(.encapsulation($0)) }))
                partition.announce(
                    TableID(instance.id, route.family), route.key,
                    Path(source: source, distinguisher: distinguisher, attributes: attributes, label: route.label))
            }
        }
        return engine
    }

    // MARK: Operation

    /// Ends the session with a peer; it begins again at once. False when there is no such peer.
    public func reset(_ address: IPAddress) -> Bool {
        guard let peer = roster.peer(address) else { return false }
        peer.reset()
        return true
    }

    /// The configuration changed, for those who bring it themselves instead of having it followed.
    public func apply(configuration changes: [GraphChange]) { state.apply(changes) }

    /// The configuration has been brought to its end: agents are served from now on.
    public func configurationIsComplete() { agents?.configurationIsComplete() }

    /// Tells every peer, closes everything.
    public func stop() async throws {
        follower?.cancel()
        await follower?.value
        for listener in listeners { try await listener.close() }
        await agents?.stop()
        try await roster.close()
        try await group.shutdownGracefully()
        logger.info("control node stopped")
    }
}
