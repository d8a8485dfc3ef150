// The end of the pipeline of a client's connection: hands the parts of a reply to whoever asks for them, and asks the network for more only
// then, so that a slow reader makes the server wait instead of this process remember.
//
// Runs on the connection's event loop. Every promise it was given is kept or broken, whatever happens to the connection.

import Client
import NIOCore
import NIOHTTP1
import Synchronization

/// How far the present request has come, for all threads to see.
final class ExchangeProgress: Sendable {
    let isReusable = Atomic(false)
    let hasAnswered = Atomic(false)
}

/// What matters of a reply before its body.
struct ReplyHead: Sendable {
    let status: Int
    let revision: UInt64?
    let entityTag: String?
    let subjectToken: String?
}

final class ExchangeHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private enum Ending {
        /// More of the reply is to come.
        case open
        case complete
        case broken(ClientError)
    }

    private let address: String
    private let progress: ExchangeProgress
    private var context: ChannelHandlerContext?
    private var statusWaiter: EventLoopPromise<ReplyHead>?
    private var pieceWaiter: EventLoopPromise<[UInt8]?>?
    private var body: [UInt8] = []
    private var ending = Ending.open
    private var keepsAlive = false

    init(address: String, _ progress: ExchangeProgress) {
        self.address = address
        self.progress = progress
    }

    // MARK: Asked for

    func begin(_ head: HTTPRequestHead, _ content: [UInt8], _ promise: EventLoopPromise<ReplyHead>) {
        guard let context, context.channel.isActive else { return promise.fail(Self.closed(address)) }
        progress.isReusable.store(false, ordering: .releasing)
        progress.hasAnswered.store(false, ordering: .releasing)
        (body, ending, statusWaiter) = ([], .open, promise)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if !content.isEmpty { context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: content)))), promise: nil) }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        context.read()
    }

    func next(_ promise: EventLoopPromise<[UInt8]?>) {
        pieceWaiter = promise
        deliver()
        if pieceWaiter != nil { context?.read() }
    }

    private func deliver() {
        guard let waiter = pieceWaiter else { return }
        if !body.isEmpty {
            pieceWaiter = nil
            defer { body = [] }
            return waiter.succeed(body)
        }
        switch ending {
        case .open: return
        case .complete: waiter.succeed(nil)
        case .broken(let error): waiter.fail(error)
        }
        pieceWaiter = nil
    }

    private static func closed(_ address: String) -> ClientError { ClientError(.unreachable, "\(address) closed the connection") }

    private func breakOff(_ error: ClientError) {
        if case .open = ending { ending = .broken(error) }
        progress.isReusable.store(false, ordering: .releasing)
        statusWaiter?.fail(error)
        statusWaiter = nil
        deliver()
    }

    // MARK: Events

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        breakOff(Self.closed(address))
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            // 1xx come before the reply (RFC 9110 §15.2).
            guard head.status.code >= 200 else { return }
            progress.hasAnswered.store(true, ordering: .releasing)
            keepsAlive = head.isKeepAlive
            let revision = head.headers.first(name: "X-Configuration-Revision").flatMap { UInt64($0) }
            statusWaiter?.succeed(
                ReplyHead(
                    status: Int(head.status.code), revision: revision, entityTag: head.headers.first(name: "ETag"),
                    subjectToken: head.headers.first(name: "X-Subject-Token")))
            statusWaiter = nil
        case .body(let part):
            body.append(contentsOf: part.readableBytesView)
        case .end:
            ending = .complete
            progress.isReusable.store(keepsAlive, ordering: .releasing)
            // Whatever comes now is the end of the connection, and worth knowing before the next request.
            context.read()
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        deliver()
        if statusWaiter != nil || pieceWaiter != nil { context.read() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        breakOff(Self.closed(address))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        breakOff(ClientError(.unreachable, "the connection to \(address) broke: \(error)"))
        context.close(promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // Silence matters to those who wait for something.
        guard event is IdleStateHandler.IdleStateEvent, statusWaiter != nil || pieceWaiter != nil else {
            return context.fireUserInboundEventTriggered(event)
        }
        breakOff(ClientError(.unreachable, "\(address) says nothing any more"))
        context.close(promise: nil)
    }
}
