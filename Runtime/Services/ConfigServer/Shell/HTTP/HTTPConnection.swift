// One client's connection: requests in, replies out, in the order of the requests. Works on NIO's HTTP/1 parts on the way in, and writes
// whole replies as bytes on the way out, so that a reply is one buffer and a pipeline of them one system call.
//
// Everything here runs on the connection's event loop. While a request is with the engine, later ones of the same connection wait; when too
// many wait, nothing more is read, so a client that does not listen is not listened to.

import ConfigServerCore
import Logging
import NIOCore
import NIOHTTP1

/// Told to connections when the server stops: finish what was asked, then close.
struct StopServing {}

final class HTTPConnection: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private static let greatestBacklog = 16

    /// A request, and what the reply to it depends on.
    struct Received {
        enum Content {
            case request(Request)
            /// There is nothing to be decided.
            case answered(Reply)
        }

        let content: Content
        let isHead: Bool
        let keepsAlive: Bool
        var isHTTP11 = true
        /// Refusals that come before there is a request.
        var wantsProblems = false
        var entry: LogEntry?

        /// What was refused before its end.
        init(refusal: Refusal, _ head: HTTPRequestHead?, _ entry: LogEntry?) {
            content = .answered(refusal.reply)
            isHead = head?.method == .HEAD
            keepsAlive = false
            wantsProblems = head.map(RequestMaker.wantsProblems) ?? false
            self.entry = entry
        }

        init(_ content: Content, _ head: HTTPRequestHead, _ entry: LogEntry?) {
            self.content = content
            isHead = head.method == .HEAD
            keepsAlive = head.isKeepAlive
            isHTTP11 = head.version == .http1_1
            wantsProblems = RequestMaker.wantsProblems(head)
            self.entry = entry
        }
    }

    /// What the access log will say. A class, as the one who asks is known later than the request; made only where there is a log.
    final class LogEntry {
        let method: String
        let target: String
        let begin = NIODeadline.now()
        var user: String?

        init(method: String, target: String) {
            self.method = method
            self.target = target
        }
    }

    let engine: ConfigurationEngine
    let gatekeeper: Gatekeeper
    /// There are too many connections already: only questions of health are answered.
    let isExtra: Bool
    let patrol: Patrol
    private let accessLog: AccessLog?
    private let logger: Logger
    private(set) var context: ChannelHandlerContext?
    private var reader: RequestReader
    private var maker: RequestMaker
    let sender = ReplySender()
    private var backlog: [Received] = []
    /// The request that the engine has; nil when none is outstanding.
    var outstanding: Received?
    private var readIsDue = false
    private var isStopping = false
    /// The last request has come: it asked for the connection to be closed, or cannot be followed by another.
    var hasLastRequest = false
    /// The address of the other end: `10.0.0.9`.
    private lazy var peer = context?.remoteAddress?.ipAddress
    /// The connection ends in a stream of events: nothing else follows.
    var stream: WatchStream?
    /// When something came or went last, by the patrol's clock.
    private var lastUse: NIODeadline

    /// - Parameters:
    ///   - scheme: what addresses in replies begin with: `http`, `https`.
    ///   - isExtra: there are too many connections already.
    init(
        _ engine: ConfigurationEngine, _ gatekeeper: Gatekeeper, scheme: String, patrol: Patrol, accessLog: AccessLog?, isExtra: Bool,
        _ logger: Logger
    ) {
        self.engine = engine
        self.gatekeeper = gatekeeper
        self.isExtra = isExtra
        self.patrol = patrol
        self.accessLog = accessLog
        self.logger = logger
        reader = RequestReader(now: patrol.now)
        maker = RequestMaker(scheme: scheme, engine.requestNumbers)
        lastUse = patrol.now
    }

    // MARK: Events

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelActive(context: ChannelHandlerContext) {
        engine.counters.opened()
        patrol.add(self)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // What comes after the last request is dropped; of one that was refused, so much and no more.
        guard !hasLastRequest || reader.isDiscarding else { return }
        act(on: reader.take(unwrapInboundIn(data), now: patrol.now), context)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        lastUse = patrol.now
        reader.completeRead(now: patrol.now)
        sender.flush(context)
        context.fireChannelReadComplete()
    }

    func channelInactive(context: ChannelHandlerContext) {
        if let stream {
            stream.end()
            if let received = outstanding, case .request(let request) = received.content {
                log(received, request.address, request.id, status: 200, bytes: stream.written)
            }
        }
        patrol.remove(self)
        sender.forget()
        engine.counters.closed()
        context.fireChannelInactive()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        let isWritable = context.channel.isWritable
        sender.setWritable(isWritable, now: patrol.now)
        if isWritable {
            lastUse = patrol.now
            stream?.proceed()
            proceed(context)
        }
        context.fireChannelWritabilityChanged()
    }

    func read(context: ChannelHandlerContext) {
        if backlog.count < Self.greatestBacklog { context.read() } else { readIsDue = true }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError else {
            // The connection broke; there is nobody left to tell.
            context.close(promise: nil)
            return
        }
        act(on: reader.refuse(error), context)
        sender.flush(context)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is StopServing {
            isStopping = true
            stream?.stop(reason: "stopping", "the server stops: connect again in a moment and go on from the last id")
            if isIdle { context.close(promise: nil) }
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    private var isIdle: Bool { reader.isResting && outstanding == nil && backlog.isEmpty && sender.isDone }

    /// Called every now and then: ends what takes too long.
    func checkTime() {
        guard let context else { return }
        let limits = patrol.limits
        if let blockedSince = sender.blockedSince {
            // A stream has its own measure: how far it may fall behind.
            if patrol.isOver(stream == nil ? limits.writeTime : limits.idleTime, since: blockedSince) { context.close(promise: nil) }
            return
        }
        stream?.checkTime(patrol)
        guard !sender.isClosing || reader.isDiscarding else { return }
        let step = reader.refuseLate(patrol, mayWait: outstanding != nil)
        if case .nothing = step, isIdle, patrol.isOver(limits.idleTime, since: lastUse) { return context.close(promise: nil) }
        act(on: step, context)
        sender.flush(context)
    }

    // MARK: Requests

    private func act(on step: RequestReader.Step, _ context: ChannelHandlerContext) {
        switch step {
        case .nothing: break
        case .mustContinue: context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")), promise: nil)
        case .answer(let head, let body): receive(Received(content(head, body, context), head, logEntry(head)))
        case .refuse(let refusal, let head):
            if refusal.status == 413 {
                logger.notice("request refused: its body is too large", metadata: ["uri": "\(head?.uri.prefix(200) ?? "-")"])
            }
            receive(Received(refusal: refusal, head, logEntry(head)))
        case .mustClose: context.close(promise: nil)
        }
    }

    private func logEntry(_ head: HTTPRequestHead?) -> LogEntry? {
        accessLog == nil ? nil : LogEntry(method: head?.method.rawValue ?? "-", target: head?.uri ?? "-")
    }

    private func content(_ head: HTTPRequestHead, _ body: [UInt8], _ context: ChannelHandlerContext) -> Received.Content {
        do throws(Refusal) {
            if let method = Request.Method(head.method) {
                return .request(try maker.request(method, head, body, from: peer, to: context.localAddress))
            }
            if head.method == .OPTIONS { return .answered(engine.service.options(head.uri == "*" ? nil : try RequestTarget(head.uri))) }
            let allowed = ConfigurationService.allMethods
            throw Refusal(405, "Method not allowed: this server takes \(allowed)", allow: allowed)
        } catch {
            return .answered(error.reply)
        }
    }

    private func receive(_ received: Received) {
        if !received.keepsAlive { hasLastRequest = true }
        if canAnswer, backlog.isEmpty { answer(received) } else { backlog.append(received) }
    }

    private var canAnswer: Bool { outstanding == nil && sender.isFree }

    // MARK: Replies

    private func answer(_ received: Received) {
        let reply: Reply?
        switch received.content {
        case .answered(let answer): reply = answer
        case .request(let request): reply = perform(request, received)
        }
        if let reply { write(reply, received) }
    }

    /// The engine has answered the outstanding request.
    func finish(_ reply: Reply) {
        guard let received = outstanding else { return }
        outstanding = nil
        write(reply, received)
        answerBacklog()
    }

    private func answerBacklog() {
        while canAnswer, !sender.isClosing, !backlog.isEmpty { answer(backlog.removeFirst()) }
        guard let context else { return }
        sender.flush(context)
        if readIsDue, backlog.count < Self.greatestBacklog {
            readIsDue = false
            context.read()
        }
    }

    private func write(_ reply: Reply, _ received: Received) {
        guard let context, !sender.isClosing else { return }
        var reply = reply
        var method = Counters.Method.other
        var body: [UInt8] = []
        var address = peer
        switch received.content {
        case .request(let request):
            method = received.isHead ? .head : Counters.Method(request.method)
            if reply.status == 401 { reply.challenge = gatekeeper.challenge(base: request.base) }
            reply.requestID = request.id
            body = request.body
            address = request.address
        case .answered:
            reply.requestID = engine.requestNumbers.next()
        }
        engine.counters.answered(method, reply.status)
        if received.wantsProblems, reply.status >= 400 {
            reply = reply.asProblem(title: HTTPResponseStatus(statusCode: reply.status).reasonPhrase, requestBody: body)
        }
        log(received, address, reply.requestID, status: reply.status, bytes: received.isHead ? 0 : reply.body.count)
        let isLast = !received.keepsAlive || isStopping || isExtra
        if isLast { hasLastRequest = true }
        sender.send(reply, isHead: received.isHead, isLast: isLast, closing: closeMode, context)
    }

    /// A client that still sends what is dropped gets to see the reply before the connection goes.
    private var closeMode: CloseMode { reader.isDiscarding ? .output : .all }

    private func log(_ received: Received, _ address: String?, _ requestID: String?, status: Int, bytes: Int) {
        guard let accessLog, let entry = received.entry else { return }
        accessLog.add(
            AccessLog.Entry(
                time: engine.now(), requestID: requestID, address: address, user: entry.user, method: entry.method, target: entry.target,
                status: status, bytes: bytes, microseconds: (NIODeadline.now() - entry.begin).nanoseconds / 1000))
    }

    /// The connection takes more.
    private func proceed(_ context: ChannelHandlerContext) {
        sender.proceed(closing: closeMode, context)
        guard sender.isDone, !sender.isClosing else { return }
        answerBacklog()
        // The server stops, and this was the last that it had to say.
        if isStopping, isIdle, stream == nil { sender.close(context) }
    }
}

extension Counters.Method {
    fileprivate init(_ method: Request.Method) {
        switch method {
        case .get: self = .get
        case .post: self = .post
        case .put: self = .put
        case .patch: self = .patch
        case .delete: self = .delete
        }
    }
}
