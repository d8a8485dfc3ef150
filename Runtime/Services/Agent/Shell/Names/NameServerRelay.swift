// Asks the host's name servers what workloads want to know and the agent does not. Each question goes out from a port and under an
// identifier of its own, both at random (RFC 5452), and only an answer that comes back to them from the server that was asked is believed.

import Logging
import NIOCore
import NIOPosix

/// Not Sendable: of the agent's event loop.
final class NameServerRelay {
    struct Options: Sendable {
        /// After this nobody answers any more.
        var timeLimit = TimeAmount.seconds(3)
        /// After this the next server is asked as well, or the same again.
        var patience = TimeAmount.seconds(1)
        /// Questions that may wait for an answer. Each has up to three sockets.
        var greatestOutstanding = 256
    }

    private final class Inquiry {
        let number: Int
        let question: ForwardedQuestion
        let servers: [SocketAddress]
        var attempts = 0
        var channels: [any Channel] = []
        var timers: [Scheduled<Void>] = []

        init(_ number: Int, _ question: ForwardedQuestion, _ servers: [SocketAddress]) {
            self.number = number
            self.question = question
            self.servers = servers
        }
    }

    private let loop: any EventLoop
    private let logger: Logger
    private let options: Options
    private let answered: (Int, [UInt8]?) -> Void
    private var list: NameServerList
    private var outstanding: [Int: Inquiry] = [:]
    private var random = SystemRandomNumberGenerator()

    /// - Parameter answered: the number of a question, and what its client gets; nil: nobody answered.
    init(
        _ list: NameServerList, _ options: Options, on loop: any EventLoop, _ logger: Logger, answered: @escaping (Int, [UInt8]?) -> Void
    ) {
        self.list = list
        self.options = options
        self.loop = loop
        self.logger = logger
        self.answered = answered
    }

    var outstandingCount: Int { outstanding.count }

    func ask(_ number: Int, _ message: [UInt8]) {
        let servers = list.current()
        guard let question = ForwardedQuestion(message), !servers.isEmpty, outstanding.count < options.greatestOutstanding,
            outstanding[number] == nil
        else {
            logger.debug(
                "question \(number) is not put: \(servers.isEmpty ? "no name server is known" : "there are too many, or it is none")")
            return answered(number, nil)
        }
        let inquiry = Inquiry(number, question, servers)
        outstanding[number] = inquiry
        inquiry.timers.append(loop.assumeIsolated().scheduleTask(in: options.timeLimit) { self.finish(inquiry, nil) })
        attempt(inquiry)
    }

    func close() {
        for inquiry in outstanding.values { clear(inquiry) }
        outstanding = [:]
    }

    private func attempt(_ inquiry: Inquiry) {
        guard outstanding[inquiry.number] === inquiry else { return }
        let server = inquiry.servers[inquiry.attempts % inquiry.servers.count]
        inquiry.attempts += 1
        // Each server once, and no server more than three times.
        if inquiry.attempts < max(inquiry.servers.count, 3) {
            inquiry.timers.append(loop.assumeIsolated().scheduleTask(in: options.patience) { self.attempt(inquiry) })
        }
        let identifier = UInt16.random(in: 0...UInt16.max, using: &random)
        DatagramBootstrap(group: loop)
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 65_535))
            .connect(to: server)
            .hop(to: loop).assumeIsolated()
            .whenComplete { result in
                guard case .success(let channel) = result else { return self.attemptNext(inquiry) }
                guard self.outstanding[inquiry.number] === inquiry else { return channel.close(promise: nil) }
                inquiry.channels.append(channel)
                let handler = Handler(
                    received: { bytes in
                        if let answer = inquiry.question.answer(bytes, identifier: identifier) { self.finish(inquiry, answer) }
                    },
                    // Nobody listens there: no use in waiting.
                    refused: { self.attemptNext(inquiry) })
                guard (try? channel.pipeline.syncOperations.addHandler(handler)) != nil else { return channel.close(promise: nil) }
                let envelope = AddressedEnvelope(
                    remoteAddress: server, data: ByteBuffer(bytes: inquiry.question.bytes(identifier: identifier)))
                channel.writeAndFlush(envelope, promise: nil)
            }
    }

    private func attemptNext(_ inquiry: Inquiry) {
        guard outstanding[inquiry.number] === inquiry else { return }
        if inquiry.attempts < inquiry.servers.count {
            attempt(inquiry)
        } else if inquiry.channels.allSatisfy({ !$0.isActive }), inquiry.attempts >= max(inquiry.servers.count, 3) {
            finish(inquiry, nil)
        }
    }

    private func finish(_ inquiry: Inquiry, _ answer: [UInt8]?) {
        guard outstanding[inquiry.number] === inquiry else { return }
        outstanding[inquiry.number] = nil
        clear(inquiry)
        answered(inquiry.number, answer)
    }

    private func clear(_ inquiry: Inquiry) {
        for timer in inquiry.timers { timer.cancel() }
        inquiry.timers = []
        for channel in inquiry.channels { channel.close(promise: nil) }
        inquiry.channels = []
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = AddressedEnvelope<ByteBuffer>

        private let received: ([UInt8]) -> Void
        private let refused: () -> Void

        init(received: @escaping ([UInt8]) -> Void, refused: @escaping () -> Void) {
            self.received = received
            self.refused = refused
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            received(Array(unwrapInboundIn(data).data.readableBytesView))
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
            refused()
        }
    }
}
