// The platform's name server: follows the configuration and answers agents' questions about workloads over UDP (RFC 1035). It forwards nothing
// and knows no names but the platform's; an agent that is refused asks the name servers of its host.

import AgentCore
import Client
import ConfigurationClient
import ConfigurationGraph
import GraphFeed
import Logging
import NIOCore
import NIOPosix
import Synchronization

public final class NameService: Sendable {
    public struct Failure: Error, CustomStringConvertible { public let description: String }

    /// A burst of changes is taken in together: the directory is made anew at most so often.
    private static let pause = Duration.milliseconds(200)

    private let directory = Mutex(NameDirectory())
    private let group: MultiThreadedEventLoopGroup
    private let channel: any Channel
    private let logger: Logger

    /// Where it answers, `host:port`.
    public var address: String { channel.localAddress.flatMap { address in address.port.map { "\(address.ipAddress ?? ""):\($0)" } } ?? "" }
    /// How many interfaces have names.
    public var count: Int { directory.withLock { $0.count } }

    /// Begins to answer, at first knowing nothing: everything is refused.
    /// - Parameter port: 0 for any free one.
    public static func start(host: String, port: Int, _ logger: Logger) async throws -> NameService {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let handler = Handler()
        do {
            let channel = try await DatagramBootstrap(group: group)
                .channelOption(.socketOption(.so_reuseaddr), value: 1)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(handler) }
                }
                .bind(host: host, port: port).get()
            let service = NameService(group, channel, logger)
            handler.service.withLock { $0 = service }
            return service
        } catch {
            try await group.shutdownGracefully()
            throw Failure(description: "cannot answer names on \(host):\(port): \(error); choose another address with --listen HOST:PORT")
        }
    }

    private init(_ group: MultiThreadedEventLoopGroup, _ channel: any Channel, _ logger: Logger) {
        self.group = group
        self.channel = channel
        self.logger = logger
    }

    /// Follows the configuration until the task is cancelled.
    /// - Parameter ready: called once, when the configuration has been read.
    public func follow(
        _ transport: any ClientTransport, pauses: WatchPauses = WatchPauses(), ready: @Sendable (NameService) -> Void = { _ in }
    ) async throws {
        var feed = GraphFeed(
            ConfigurationClient(transport: transport), ConfigurationGraph.schema, types: NameDirectory.types, pauses: pauses)
        var isSynchronized = false
        var last = ContinuousClock.now - Self.pause
        var isPending = false
        while let update = try await feed.next() {
            switch update.occasion {
            case .disconnected(let error):
                logger.warning("the configuration server cannot be reached; going on with what is known", metadata: ["error": "\(error)"])
                continue
            case .synchronized: isPending = true
            case .changed, .resumed: isPending = isPending || !update.effects.isEmpty
            }
            guard isPending, isSynchronized || update.occasion == .synchronized else { continue }
            let wait = Self.pause - (ContinuousClock.now - last)
            if isSynchronized, wait > .zero { try? await Task.sleep(for: wait) }
            let made = NameDirectory(feed.graph)
            directory.withLock { $0 = made }
            last = ContinuousClock.now
            isPending = false
            guard !isSynchronized else { continue }
            isSynchronized = true
            logger.info("configuration read", metadata: ["interfaces": "\(made.count)"])
            ready(self)
        }
    }

    public func stop() async throws {
        try await channel.close().get()
        try await group.shutdownGracefully()
    }

    private func answer(_ bytes: [UInt8]) -> [UInt8]? { directory.withLock { $0 }.answer(bytes[...]) }

    private final class Handler: ChannelInboundHandler, Sendable {
        typealias InboundIn = AddressedEnvelope<ByteBuffer>
        typealias OutboundOut = AddressedEnvelope<ByteBuffer>

        let service = Mutex<NameService?>(nil)

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let envelope = unwrapInboundIn(data)
            guard let service = service.withLock({ $0 }), let answer = service.answer(Array(envelope.data.readableBytesView)) else {
                return
            }
            let reply = AddressedEnvelope(remoteAddress: envelope.remoteAddress, data: context.channel.allocator.buffer(bytes: answer))
            context.writeAndFlush(wrapOutboundOut(reply), promise: nil)
        }
    }
}
