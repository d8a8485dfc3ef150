// The port API over HTTP: requests of orchestrators' plug-ins in, the engine's replies out, and `GET /status` for people. It does not
// authenticate: who may run programs on the host may attach workloads. So it listens on the loopback interface unless told otherwise.

import AgentCore
import Coding
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix

/// What is answered: JSON.
struct PortAnswer {
    let status: Int
    let body: [UInt8]
    var allow: String?

    init(status: Int, body: [UInt8]) {
        self.status = status
        self.body = body
    }

    /// What is wrong and how to mend it.
    init(_ status: Int, error: String, allow: String? = nil) {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("error", error)
        writer.endObject()
        self.status = status
        body = writer.finish()
        self.allow = allow
    }
}

/// Not Sendable: of the agent's event loop, which its connections share.
final class PortServer {
    private let loop: any EventLoop
    private let logger: Logger
    private let ask: (PortRequest, Int) -> Void
    private let status: () -> [UInt8]
    private var listener: (any Channel)?
    private var connections: [ObjectIdentifier: any Channel] = [:]
    /// Requests that the engine has.
    private var waiting: [Int: (connection: PortConnection, request: PortRequest.Method)] = [:]
    private var nextNumber = 1

    static let greatestConnections = 128
    private static let idleTime = TimeAmount.seconds(120)

    /// - Parameters:
    ///   - ask: hands a request to the engine, under a number.
    ///   - status: what there is to say about the agent, JSON.
    init(on loop: any EventLoop, _ logger: Logger, ask: @escaping (PortRequest, Int) -> Void, status: @escaping () -> [UInt8]) {
        self.loop = loop
        self.logger = logger
        self.ask = ask
        self.status = status
    }

    /// - Returns: where it listens.
    func listen(_ host: String, _ port: Int) -> EventLoopFuture<SocketAddress?> {
        let bound = NIOLoopBound(self, eventLoop: loop)
        return ServerBootstrap(group: loop)
            .serverChannelOption(.backlog, value: 128)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try bound.value.accept(channel) }
            }
            .bind(host: host, port: port)
            .map { channel in
                bound.value.listener = channel
                return channel.localAddress
            }
            .flatMapErrorThrowing { error in
                throw AgentError(
                    "cannot listen on \(host):\(port): \(SocketReason.text(error)); another agent may be running; choose another address "
                        + "with --listen HOST:PORT")
            }
    }

    private func accept(_ channel: any Channel) throws {
        guard connections.count < Self.greatestConnections else {
            logger.notice("a connection to the port API is refused: there are \(connections.count)")
            throw ChannelError.operationUnsupported
        }
        let key = ObjectIdentifier(channel)
        connections[key] = channel
        channel.closeFuture.assumeIsolated().whenComplete { _ in self.connections[key] = nil }
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderListSize = 64 << 10
        limits.maxHeaderFieldCount = 128
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandlers([
            IdleStateHandler(allTimeout: Self.idleTime), HTTPResponseEncoder(),
            ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: limits)),
            HTTPServerPipelineHandler(), PortConnection(self),
        ])
    }

    /// Has a request answered, now or later.
    func perform(_ request: PortRequest, for connection: PortConnection) {
        if request.path == "/status" {
            guard request.method == .get else {
                return connection.answer(PortAnswer(405, error: "/status can only be read", allow: "GET"))
            }
            return connection.answer(PortAnswer(status: 200, body: status()))
        }
        let number = nextNumber
        nextNumber += 1
        waiting[number] = (connection, request.method)
        ask(request, number)
    }

    /// Whether the reply to a request says that something was done.
    func changesSomething(_ number: Int) -> Bool { waiting[number].map { $0.request != .get } ?? false }

    /// The reply to a request. The client may have gone.
    func answer(_ number: Int, _ answer: PortAnswer) {
        waiting.removeValue(forKey: number)?.connection.answer(answer)
    }

    /// Stops listening; requests in progress are answered as far as that takes no time.
    func close() -> EventLoopFuture<Void> {
        for channel in connections.values { channel.pipeline.fireUserInboundEventTriggered(PortConnection.Stop()) }
        return listener?.close().inAnyCase ?? loop.makeSucceededVoidFuture()
    }
}
