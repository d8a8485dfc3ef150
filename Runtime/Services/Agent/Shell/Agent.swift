// The agent of a compute host as a role of the `tungsten` command, and as tests start it: data folder, event loop, start and stop.

import AgentCore
import Logging
import NIOCore
import NIOPosix

/// A running agent. Everything that it owns is on one event loop, the engine with it; only files are written on a thread of their own.
public final class Agent: Sendable {
    /// Where the port API listens: `127.0.0.1:9091`.
    public let address: String
    private let loop: NIOLoopBound<AgentLoop>
    private let group: MultiThreadedEventLoopGroup
    private let thread: NIOThreadPool
    private let store: FileStore
    private let logger: Logger

    private init(
        _ address: String, _ loop: NIOLoopBound<AgentLoop>, _ group: MultiThreadedEventLoopGroup, _ thread: NIOThreadPool,
        _ store: FileStore, _ logger: Logger
    ) {
        self.address = address
        self.loop = loop
        self.group = group
        self.thread = thread
        self.store = store
        self.logger = logger
    }

    /// Takes the data folder, reads it, opens the port API, and begins: forwarder and control nodes may come later.
    public static func start(_ options: AgentOptions, _ logger: Logger) async throws -> Agent {
        let store = try FileStore(options.dataDirectory)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let thread = NIOThreadPool(numberOfThreads: 1)
        thread.start()
        let loop = group.next()
        do {
            let files = try await thread.runIfActive { store.load() }
            let bound = try await loop.submit {
                NIOLoopBound(AgentLoop(options, store, thread, on: loop, logger), eventLoop: loop)
            }.get()
            let address = try await loop.flatSubmit {
                bound.value.load(files)
                return bound.value.listen(options.host, options.port)
            }.get()
            try await loop.submit { bound.value.start() }.get()
            let text = address.flatMap { address in
                address.ipAddress.flatMap { ip in address.port.map { ServerAddress(host: ip, port: $0).description } }
            }
            return Agent(text ?? "\(options.host):\(options.port)", bound, group, thread, store, logger)
        } catch {
            try await thread.shutdownGracefully()
            try await group.shutdownGracefully()
            store.release()
            throw error
        }
    }

    /// Says what is owed, and closes everything. The forwarder's tables and the files stay: traffic goes on.
    public func stop() async throws {
        let loop = loop
        try await group.next().flatSubmit { loop.value.stop() }.get()
        try await thread.shutdownGracefully()
        try await group.shutdownGracefully()
        store.release()
        logger.info("agent stopped")
    }
}
