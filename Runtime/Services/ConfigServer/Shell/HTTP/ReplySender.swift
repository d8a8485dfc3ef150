// Replies on their way out of one connection: each is one buffer, those of one round of reading are one system call, and long ones go in
// parts, so that a client that takes nothing is told from one that takes it slowly.

import ConfigServerCore
import NIOCore

/// A class, as writing may call back: the connection then says here that it takes no more.
final class ReplySender {
    private static let part = 128 << 10

    private var date = HTTPDate()
    private var mustFlush = false
    /// What is still to be written of a long reply.
    private var rest: ByteBuffer?
    /// The last reply was written.
    private(set) var isClosing = false
    /// Since when the client takes nothing, by the patrol's clock; nil when it does.
    private(set) var blockedSince: NIODeadline?

    /// Nothing is left to be written.
    var isDone: Bool { rest == nil }

    /// What was answered is on its way. A client that does not read is not answered, so that what it leaves unread cannot pile up.
    var isFree: Bool { rest == nil && blockedSince == nil }

    /// The value of the header Date.
    func dateText() -> String { date.text() }

    /// Writes a reply, after the last one closes the connection.
    ///
    /// - Parameter mode: what is closed: `.output` where the client still sends what is dropped.
    func send(_ reply: Reply, isHead: Bool, isLast: Bool, closing mode: CloseMode, _ context: ChannelHandlerContext) {
        guard !isClosing else { return }
        var buffer = context.channel.allocator.buffer(capacity: 256 + (isHead ? 0 : reply.body.count))
        buffer.writeReply(reply, isHead: isHead, keepsAlive: !isLast, date: date.text())
        mustFlush = true
        isClosing = isLast
        guard buffer.readableBytes <= Self.part else {
            rest = buffer
            return proceed(closing: mode, context)
        }
        guard isLast else { return context.write(NIOAny(buffer), promise: nil) }
        let sent = context.eventLoop.makePromise(of: Void.self)
        context.write(NIOAny(buffer), promise: sent)
        close(mode, after: sent.futureResult, context)
    }

    /// Writes of a long reply what the connection takes.
    func proceed(closing mode: CloseMode, _ context: ChannelHandlerContext) {
        while var buffer = rest, context.channel.isWritable {
            rest = nil
            guard let part = buffer.readSlice(length: min(Self.part, buffer.readableBytes)) else { break }
            let isLast = buffer.readableBytes == 0
            if !isLast { rest = buffer }
            let sent = isLast && isClosing ? context.eventLoop.makePromise(of: Void.self) : nil
            context.writeAndFlush(NIOAny(part), promise: sent)
            if let sent { close(mode, after: sent.futureResult, context) }
        }
    }

    func flush(_ context: ChannelHandlerContext) {
        guard mustFlush else { return }
        mustFlush = false
        context.flush()
    }

    /// Closes the connection when what was written is out.
    func close(_ context: ChannelHandlerContext) {
        isClosing = true
        let sent = context.eventLoop.makePromise(of: Void.self)
        context.writeAndFlush(NIOAny(ByteBuffer()), promise: sent)
        close(.all, after: sent.futureResult, context)
    }

    private func close(_ mode: CloseMode, after sent: EventLoopFuture<Void>, _ context: ChannelHandlerContext) {
        sent.assumeIsolated().whenComplete { _ in context.close(mode: mode, promise: nil) }
    }

    func setWritable(_ isWritable: Bool, now: NIODeadline) { blockedSince = isWritable ? nil : now }

    /// The connection is gone.
    func forget() { rest = nil }
}
