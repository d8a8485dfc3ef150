// The configuration server as a role of the `tungsten` command, and as tests start it: sockets, data folder, start and stop. It listens
// before it has read its data, so that clients are told to wait instead of being turned away.

import CAllocator
import ConfigServerCore
import Glibc
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Resources
import Synchronization

/// Why the server does not start, in words for the one who started it.
public struct ConfigServerError: Error, CustomStringConvertible, Sendable {
    public let message: String
    public var description: String { message }
}

/// A running configuration server.
public final class ConfigServer: Sendable {
    public struct Options: Sendable {
        public var host: String
        /// 0: any free port.
        public var port: Int
        /// Where the embedded store lies; not used with another one.
        public var dataDirectory: String
        public var store = StoreChoice.sqlite
        /// How many changes are held for watchers who come back or fall behind and for audits, in memory and in the store. Those in memory
        /// may weigh 4 KiB each on average, or 64 MiB in all if that is more; beyond it fewer are held.
        public var heldChanges = ConfigServer.standardHeldChanges
        /// How many objects of a kind a project may have that sets no limit itself: `["virtual_network": 100]`, members of QuotaType.
        public var quotas: [String: Int] = [:]
        /// What `/openapi.json` serves.
        public var description: APIDescription?
        /// nil: plain HTTP.
        public var tls: TLSIdentity?
        /// How callers prove who they are.
        public var authentication = Authentication.none
        /// What is made of who they are; without authentication everybody may do everything.
        public var mode = AuthorizationMode.cloudAdmin
        public var specialRoles = Access.SpecialRoles()
        public var limits = ConnectionLimits()
        public var accessLog = AccessLogChoice.off

        public init(host: String = "127.0.0.1", port: Int = 8082, dataDirectory: String) {
            self.host = host
            self.port = port
            self.dataDirectory = dataDirectory
        }

        var history: ChangeHistory<FeedEntry>.Bounds {
            .init(count: heldChanges, weight: max(64 << 20, min(heldChanges, 1 << 40) * 4096))
        }
    }

    public static let standardHeldChanges = 16_384

    /// Where it listens: `127.0.0.1:8082`.
    public let address: String
    private let parts: Parts
    private let group: MultiThreadedEventLoopGroup
    private let listener: any Channel
    private let connections: Connections
    private let logger: Logger

    /// How long stopping waits for connections to finish.
    private static let patience = TimeAmount.seconds(10)

    private init(
        address: String, parts: Parts, group: MultiThreadedEventLoopGroup, listener: any Channel, connections: Connections, logger: Logger
    ) {
        self.address = address
        self.parts = parts
        self.group = group
        self.listener = listener
        self.connections = connections
        self.logger = logger
    }

    /// Makes a process ready that is there for a server and nothing else: for the memory of a big configuration, and for much of it going
    /// from one thread to another. To be called before there are threads.
    public static func prepareProcess() { tungsten_share_heap(64 << 20) }

    /// Takes the data folder and begins to listen. Until `load` has returned, every request is answered with 503.
    public static func listen(_ options: Options, _ catalogue: ResourceCatalogue, _ logger: Logger) async throws -> ConfigServer {
        let parts = try Parts(options, catalogue, logger)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: System.coreCount)
        let connections = Connections()
        do {
            let listener = try await bind(parts, group, connections, logger)
            return ConfigServer(
                address: listener.localAddress?.authority ?? "\(options.host):\(options.port)", parts: parts, group: group,
                listener: listener, connections: connections, logger: logger)
        } catch {
            await parts.stop()
            try await group.shutdownGracefully()
            throw ConfigServerError(
                message: """
                    cannot listen on \(options.host):\(options.port): \(error); another server may be running; \
                    choose another address with --listen HOST:PORT
                    """)
        }
    }

    /// What the server is made of beside its sockets. Made in one step, before there is anything to wait for: Swift 6.3's optimiser ends with
    /// a fault on an asynchronous function that makes all of this and undoes it.
    private struct Parts {
        let options: Options
        /// nil when the data lie elsewhere.
        let directory: DataDirectory?
        let tls: NIOSSLContext?
        let accessLog: AccessLog?
        let gatekeeper: Gatekeeper
        let engine: ConfigurationEngine

        init(_ options: Options, _ catalogue: ResourceCatalogue, _ logger: Logger) throws {
            let directory: DataDirectory? = if case .sqlite = options.store { try DataDirectory(options.dataDirectory) } else { nil }
            do {
                var options = options
                if let files = options.limits.raiseFileLimit(), files < 4096 {
                    logger.notice(
                        "few files may be open at once", metadata: ["files": "\(files)", "connections": "\(options.limits.connections)"])
                }
                tls = try options.tls?.context()
                accessLog = try AccessLog(options.accessLog, logger)
                let service = ConfigurationService(
                    catalogue, quotas: try Quota.checked(options.quotas), description: options.description)
                gatekeeper = Gatekeeper(
                    try options.authentication.authenticator(service, logger), options.mode, options.specialRoles)
                let store = try options.store.open(directory, heldChanges: options.heldChanges)
                engine = ConfigurationEngine(service, store, options.history, logger)
                self.directory = directory
                self.options = options
            } catch {
                directory?.release()
                throw error
            }
        }

        func stop() async {
            await gatekeeper.stop()
            await engine.stop()
            await accessLog?.stop()
            directory?.release()
        }
    }

    private static func bind(
        _ parts: Parts, _ group: MultiThreadedEventLoopGroup, _ connections: Connections, _ logger: Logger
    ) async throws -> any Channel {
        let options = parts.options
        let (tls, engine, gatekeeper, accessLog) = (parts.tls, parts.engine, parts.gatekeeper, parts.accessLog)
        let patrols = Patrols(options.limits, group)
        let most = options.limits.connections
        return try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.maxMessagesPerRead, value: 4)
            // A connection keeps a buffer of what it usually reads: most requests are a few hundred bytes, and most connections wait.
            .childChannelOption(.recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 512, initial: 1024, maximum: 65_536))
            // What the kernel holds of a reply without having sent it is bounded, and so is what a client takes before the server sees it.
            .childChannelOption(.tcpOption(NIOBSDSocket.Option(rawValue: TCP_NOTSENT_LOWAT)), value: 128 << 10)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let count = connections.add(channel)
                    guard count <= most + ConnectionLimits.reserve else { return channel.close(promise: nil) }
                    var limits = NIOHTTPDecoderLimitConfiguration()
                    limits.maxHeaderFieldSize = 64 << 10
                    limits.maxHeaderListSize = 128 << 10
                    limits.maxHeaderFieldCount = 128
                    let pipeline = channel.pipeline.syncOperations
                    if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
                    try pipeline.addHandlers([
                        ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: limits)),
                        HTTPConnection(
                            engine, gatekeeper, scheme: tls == nil ? "http" : "https", patrol: patrols.patrol(on: channel.eventLoop),
                            accessLog: accessLog, isExtra: count > most, logger),
                    ])
                }
            }
            .bind(host: options.host, port: options.port)
            .get()
    }

    /// Reads the data and opens for requests; an etcd that is out of reach is waited for. When it fails the server can only be stopped.
    public func load() async throws {
        try await NIOThreadPool.singleton.runIfActive { [engine = parts.engine] in try engine.load() }
    }

    /// Lets `load` fail instead of waiting for an etcd that is out of reach.
    public func giveUpLoading() { parts.engine.giveUpLoading() }

    /// Stops listening, lets requests in progress finish, closes connections and the store.
    public func stop() async throws {
        giveUpLoading()
        try await listener.close()
        await connections.finish(within: Self.patience, on: group.next())
        await parts.stop()
        try await group.shutdownGracefully()
        logger.info("configuration server stopped")
    }
}

/// The open connections of a server.
final class Connections: Sendable {
    private let open = Mutex<[ObjectIdentifier: any Channel]>([:])

    /// - Returns: how many there are now.
    func add(_ channel: any Channel) -> Int {
        let key = ObjectIdentifier(channel)
        let count = open.withLock { open in
            open[key] = channel
            return open.count
        }
        channel.closeFuture.whenComplete { _ in
            self.open.withLock { $0[key] = nil }
        }
        return count
    }

    /// Asks every connection to finish, and closes what has not after the time given.
    func finish(within patience: TimeAmount, on eventLoop: any EventLoop) async {
        let channels = open.withLock { Array($0.values) }
        for channel in channels { channel.pipeline.fireUserInboundEventTriggered(StopServing()) }
        let deadline = eventLoop.scheduleTask(in: patience) {
            for channel in channels { channel.close(promise: nil) }
        }
        for channel in channels {
            // How a connection ended does not matter any more.
            _ = try? await channel.closeFuture.get()
        }
        deadline.cancel()
    }
}
