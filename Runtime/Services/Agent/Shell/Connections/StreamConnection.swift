// A connection that carries a stream of bytes, from one attempt to its end: to the forwarder's socket, to a control node. Reads a piece
// when the one before has been dealt with, and gives up a peer that does not take what it is sent.

import NIOCore
import NIOPosix

/// Not Sendable: of the agent's event loop, like everything that it calls.
final class StreamConnection {
    enum Event {
        case connected
        case received([UInt8])
        /// Said once. The connection is of no use any more, or did not come about.
        case ended(reason: String)
    }

    private let loop: any EventLoop
    private let gate: ReadGate
    private let greatestUnsent: Int
    private var report: ((Event) -> Void)?
    private var channel: (any Channel)?
    private var mustFlush = false

    /// Longer than anybody's patience: whoever wants a connection has a timer of his own.
    private static let connectTime = TimeAmount.seconds(90)
    /// The most that is sent in the end, when the connection is closed in good order.
    private static let farewellTime = TimeAmount.seconds(1)

    /// - Parameters:
    ///   - greatestUnsent: how many bytes may wait for the peer before it is given up.
    ///   - report: called on the loop, never after `close`.
    init(on loop: any EventLoop, _ gate: ReadGate, greatestUnsent: Int, report: @escaping (Event) -> Void) {
        self.loop = loop
        self.gate = gate
        self.greatestUnsent = greatestUnsent
        self.report = report
    }

    /// Begins; the outcome is reported.
    func open(_ connect: (ClientBootstrap) -> EventLoopFuture<any Channel>) {
        let bootstrap = ClientBootstrap(group: loop)
            .connectTimeout(Self.connectTime)
            .channelOption(.autoRead, value: false)
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 64 << 10))
        connect(bootstrap).hop(to: loop).assumeIsolated().whenComplete { self.connected($0) }
    }

    private func connected(_ result: Result<any Channel, any Error>) {
        switch result {
        case .failure(let error): end(SocketReason.text(error))
        case .success(let channel):
            guard report != nil else { return channel.close(promise: nil) }
            do {
                try channel.pipeline.syncOperations.addHandler(Handler(self))
            } catch {
                channel.close(promise: nil)
                return end(SocketReason.text(error))
            }
            self.channel = channel
            report?(.connected)
            proceed()
        }
    }

    /// Bytes go out with the next `flush`.
    func send(_ bytes: [UInt8]) {
        guard let channel else { return }
        let unsent = (try? channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
        guard unsent + bytes.count <= greatestUnsent else {
            // Said before the channel says that it ends.
            end("the other end does not read: \(unsent) bytes wait for it")
            return channel.close(promise: nil)
        }
        channel.write(ByteBuffer(bytes: bytes), promise: nil)
        mustFlush = true
    }

    func flush() {
        guard mustFlush else { return }
        mustFlush = false
        channel?.flush()
    }

    /// Closes at once; nothing is reported any more.
    func close() {
        report = nil
        channel?.close(promise: nil)
        channel = nil
    }

    /// Closes once what was said is on its way, or after a second. The future never fails.
    func finish() -> EventLoopFuture<Void> {
        report = nil
        guard let channel else { return loop.makeSucceededVoidFuture() }
        self.channel = nil
        channel.writeAndFlush(ByteBuffer()).whenComplete { _ in channel.close(promise: nil) }
        let deadline = loop.scheduleTask(in: Self.farewellTime) { channel.close(promise: nil) }
        return channel.closeFuture.always { _ in deadline.cancel() }
    }

    private func proceed() {
        gate.pass { [weak self] in self?.channel?.read() }
    }

    private func end(_ reason: String) {
        channel = nil
        let report = report
        self.report = nil
        report?(.ended(reason: reason))
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let connection: StreamConnection
        private var reason = "the other end closed the connection"

        init(_ connection: StreamConnection) { self.connection = connection }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            connection.report?(.received(Array(unwrapInboundIn(data).readableBytesView)))
        }

        func channelReadComplete(context: ChannelHandlerContext) { connection.proceed() }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            reason = SocketReason.text(error)
            context.close(promise: nil)
        }

        func channelInactive(context: ChannelHandlerContext) { connection.end(reason) }
    }
}
