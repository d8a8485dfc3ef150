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
    private let listener: any Channel
    private let introspection: any Channel
    private let agentListener: (any Channel)?
    private let agents: AgentService?
    let engines: [EngineLoop]
    let peers: [BGPPeer]
    let instances: [RoutingInstance]
    private let logger: Logger

    private init(
        _ group: MultiThreadedEventLoopGroup, _ listener: any Channel, _ introspection: any Channel, _ agentListener: (any Channel)?,
        _ agents: AgentService?, _ engines: [EngineLoop],
        _ peers: [BGPPeer], _ instances: [RoutingInstance], _ logger: Logger
    ) {
        self.group = group
        self.listener = listener
        self.introspection = introspection
        self.agentListener = agentListener
        self.agents = agents
        agentAddress = agentListener.map { Self.text($0.localAddress) }
        self.engines = engines
        self.peers = peers
        self.instances = instances
        self.logger = logger
        address = Self.text(listener.localAddress)
        introspectionAddress = Self.text(introspection.localAddress)
    }

    private static func text(_ address: SocketAddress?) -> String {
        guard let ip = address?.ipAddress, let port = address?.port else { return "" }
        return ip.contains(":") ? "[\(ip)]:\(port)" : "\(ip):\(port)"
    }

    public static func start(_ options: ControlNodeOptions, _ logger: Logger) async throws -> ControlNode {
        let count = options.partitionCount > 0 ? options.partitionCount : System.coreCount
        let group = MultiThreadedEventLoopGroup(numberOfThreads: count)
        do {
            let identity = RouteEngine.Identity(system: options.system, routerID: options.routerID, clusterID: options.clusterID)
            let loops = Array(group.makeIterator())
            let instances = try staticInstances(options)
            let engines = loops.enumerated().map { index, loop in
                EngineLoop(staticEngine(RouteEngine(identity, index: index, count: count), options, instances), on: loop)
            }
            var peers: [BGPPeer] = []
            for (index, peer) in options.peers.enumerated() {
                guard !peers.contains(where: { $0.options.address == peer.address }) else {
                    throw ControlNodeError("the peer \(peer.address) is given twice")
                }
                // Numbers from 1: 0 is the control node itself.
                peers.append(
                    BGPPeer(PeerID(UInt32(index + 1)), peer, identity, engines, on: loops[index % loops.count], logger))
            }
            let listener = try await listen(options, group, peers, logger)
            do {
                let agents = options.agents.map { AgentService($0, options.system, engines, on: group.next(), logger) }
                agents?.configured(instances)
                let view = Introspection(engines, peers, instances, agents)
                let introspection = try await view.listen(options.introspectionHost, options.introspectionPort, group)
                var agentListener: (any Channel)?
                if let agents, let options = options.agents {
                    do {
                        agentListener = try await agents.listen(options, group)
                    } catch {
                        try await introspection.close()
                        throw error
                    }
                }
                let node = ControlNode(group, listener, introspection, agentListener, agents, engines, peers, instances, logger)
                for peer in peers { peer.start() }
                return node
            } catch {
                try await listener.close()
                throw error
            }
        } catch {
            try await group.shutdownGracefully()
            throw error
        }
    }

    private static func listen(
        _ options: ControlNodeOptions, _ group: MultiThreadedEventLoopGroup, _ peers: [BGPPeer], _ logger: Logger
    ) async throws -> any Channel {
        var known: [IPAddress: BGPPeer] = [:]
        for peer in peers { known[peer.options.address] = peer }
        let byAddress = known
        do {
            return try await ServerBootstrap(group: group)
                .serverChannelOption(.backlog, value: 256)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                .childChannelOption(.autoRead, value: false)
                .childChannelInitializer { channel in
                    let remote = channel.remoteAddress?.ipAddress.flatMap { try? IPAddress(parsing: $0) }
                    if let peer = remote.flatMap({ byAddress[Self.unmapped($0)] }) {
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
        engine.withPartition { $0.configure(instances) }
        engine.originate(memberships: instances.reduce(into: []) { $0.formUnion($1.importTargets) })
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
        guard let peer = peers.first(where: { $0.options.address == address }) else { return false }
        peer.reset()
        return true
    }

    /// The configuration changed: agents are told of their parts of it.
    public func apply(configuration changes: [GraphChange]) { agents?.configuration.apply(changes) }

    /// The configuration has been read to its end: agents are served from now on.
    public func configurationIsComplete() { agents?.configurationIsComplete() }

    /// Tells every peer, closes everything.
    public func stop() async throws {
        try await listener.close()
        try await introspection.close()
        try await agentListener?.close()
        await agents?.stop()
        for peer in peers { try await peer.stop().get() }
        try await group.shutdownGracefully()
        logger.info("control node stopped")
    }
}
