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

    /// What the older platform takes.
    static let greatestBody = 1_024_000
    /// Of many requests in one (`POST /bulk`).
    static let greatestBulk = 32 << 20
    private static let greatestBacklog = 16
    private static let greatestDiscarded = 32 << 20

    private struct Received {
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
    }

    /// What the access log will say. A class, as the one who asks is known later than the request; made only where there is a log.
    private final class LogEntry {
        let method: String
        let target: String
        let begin = NIODeadline.now()
        var user: String?

        init(method: String, target: String) {
            self.method = method
            self.target = target
        }
    }

    /// Replies that are longer are written in parts, so that a client that takes nothing is told from one that takes it slowly.
    private static let part = 128 << 10

    private enum Reading {
        case nothing
        case body(HTTPRequestHead, [UInt8])
        /// The request was refused before its end. The rest of it is read and dropped, so that the client, still writing, gets to see why.
        case discarding(Int)
    }

    private let engine: ConfigurationEngine
    private let gatekeeper: Gatekeeper
    private let scheme: String
    private let patrol: Patrol
    private let accessLog: AccessLog?
    /// There are too many connections already: only questions of health are answered.
    private let isExtra: Bool
    private let logger: Logger
    private var context: ChannelHandlerContext?
    private var reading = Reading.nothing
    private var backlog: [Received] = []
    /// The request that the engine has; nil when none is outstanding.
    private var outstanding: Received?
    private var readIsDue = false
    private var mustFlush = false
    private var isStopping = false
    /// The last request has come: it asked for the connection to be closed, or cannot be followed by another.
    private var hasLastRequest = false
    /// The last reply was written.
    private var isClosing = false
    private var date = HTTPDate()
    /// The address of the other end: `10.0.0.9`.
    private lazy var peer = context?.remoteAddress?.ipAddress
    /// The last header Host, and what addresses in replies to it begin with.
    private var base: (host: String, text: String) = ("", "")
    /// The connection ends in a stream of events: nothing else follows.
    private var stream: WatchStream?

    /// When a request began of which not all headers have come; by the patrol's clock, as all of these.
    private var headBegin: NIODeadline?
    private var bodyBegin: NIODeadline
    /// When something came or went last.
    private var lastUse: NIODeadline
    /// Since when the client takes nothing; nil when it does.
    private var blockedSince: NIODeadline?
    /// A part of a request was read since bytes were last handed on.
    private var hasReadPart = false
    /// What is still to be written of a long reply, and whether the connection ends with it.
    private var rest: ByteBuffer?

    /// - Parameters:
    ///   - scheme: what addresses in replies begin with: `http`, `https`.
    ///   - isExtra: there are too many connections already.
    init(
        _ engine: ConfigurationEngine, _ gatekeeper: Gatekeeper, scheme: String, patrol: Patrol, accessLog: AccessLog?, isExtra: Bool,
        _ logger: Logger
    ) {
        self.patrol = patrol
        self.accessLog = accessLog
        self.isExtra = isExtra
        bodyBegin = patrol.now
        lastUse = patrol.now
        self.engine = engine
        self.scheme = scheme
        self.gatekeeper = gatekeeper
        self.logger = logger
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
        hasReadPart = true
        switch (unwrapInboundIn(data), reading) {
        case (.body(let part), .discarding(let count)):
            reading = .discarding(count + part.readableBytes)
            if count > Self.greatestDiscarded { context.close(promise: nil) }
        case _ where hasLastRequest: break
        case (.head(let head), _): begin(head, context)
        case (.body(let part), .body(let head, var body)):
            reading = .nothing  // Gives up the other reference to the body, so that it grows in place.
            body.append(contentsOf: part.readableBytesView)
            reading = .body(head, body)
            if body.count > Self.greatestBody(of: head) { refuseTooLarge(body.count, head) }
        case (.end, .body(let head, let body)):
            reading = .nothing
            receive(
                Received(
                    content: content(head, body, context), isHead: head.method == .HEAD, keepsAlive: head.isKeepAlive,
                    isHTTP11: head.version == .http1_1, wantsProblems: Self.wantsProblems(head), entry: logEntry(head)))
        case (.body, _), (.end, _): break
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        lastUse = patrol.now
        if hasReadPart {
            hasReadPart = false
            headBegin = nil
        } else if case .nothing = reading, headBegin == nil {
            headBegin = patrol.now
        }
        flush(context)
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
        rest = nil
        engine.counters.closed()
        context.fireChannelInactive()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            blockedSince = nil
            lastUse = patrol.now
            stream?.proceed()
            proceed(context)
        } else {
            blockedSince = patrol.now
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
        reading = .discarding(0)
        let refusal =
            error == .headerOverflow
            ? Refusal(431, "Request Header Fields Too Large: send fewer or shorter headers")
            : Refusal(400, "Bad Request, this is not HTTP/1.1: \(error)")
        receive(Received(content: .answered(refusal.reply), isHead: false, keepsAlive: false, entry: logEntry(nil)))
        flush(context)
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

    private var isIdle: Bool {
        if case .nothing = reading { outstanding == nil && backlog.isEmpty && rest == nil } else { false }
    }

    // MARK: Time

    /// Called every now and then: ends what takes too long.
    func checkTime() {
        guard let context, !isClosing || blockedSince != nil else { return closeWhenDiscarding() }
        let limits = patrol.limits
        if let blockedSince {
            // A stream has its own measure: how far it may fall behind.
            if patrol.isOver(stream == nil ? limits.writeTime : limits.idleTime, since: blockedSince) { context.close(promise: nil) }
            return
        }
        switch reading {
        case .body(let head, let body):
            if patrol.isOver(limits.bodyTime + body.count / 64, since: bodyBegin) {
                refuseLate("the body did not come within \(limits.bodyTime) ms; send it faster, or in parts", head, context)
            }
        case .discarding: closeWhenDiscarding()
        case .nothing:
            if let headBegin, outstanding == nil, patrol.isOver(limits.headerTime, since: headBegin) {
                refuseLate("the headers did not come within \(limits.headerTime) ms; send the whole request at once", nil, context)
            } else if isIdle, patrol.isOver(limits.idleTime, since: lastUse) {
                context.close(promise: nil)
            }
        }
    }

    /// What is only read to be dropped has as long as a body.
    private func closeWhenDiscarding() {
        if case .discarding = reading, patrol.isOver(patrol.limits.bodyTime, since: bodyBegin) { context?.close(promise: nil) }
    }

    private func refuseLate(_ message: String, _ head: HTTPRequestHead?, _ context: ChannelHandlerContext) {
        reading = .discarding(0)
        bodyBegin = patrol.now
        headBegin = nil
        receive(
            Received(
                content: .answered(Refusal(408, "Request Timeout: \(message)").reply), isHead: false, keepsAlive: false,
                wantsProblems: head.map(Self.wantsProblems) ?? false, entry: logEntry(head)))
        flush(context)
    }

    private func logEntry(_ head: HTTPRequestHead?) -> LogEntry? {
        accessLog == nil ? nil : LogEntry(method: head?.method.rawValue ?? "-", target: head?.uri ?? "-")
    }

    // MARK: Requests

    private func begin(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        bodyBegin = patrol.now
        let length = head.headers.first(name: "content-length").flatMap { Int($0) } ?? 0
        guard length <= Self.greatestBody(of: head) else { return refuseTooLarge(length, head) }
        if head.headers.first(name: "expect")?.lowercased() == "100-continue" {
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")), promise: nil)
        }
        var body: [UInt8] = []
        // What is announced is not always sent.
        body.reserveCapacity(min(length, Self.greatestBody))
        reading = .body(head, body)
    }

    private static func greatestBody(of head: HTTPRequestHead) -> Int {
        head.uri.hasPrefix("/bulk") ? greatestBulk : greatestBody
    }

    private func refuseTooLarge(_ length: Int, _ head: HTTPRequestHead) {
        reading = .discarding(0)
        let greatest = Self.greatestBody(of: head)
        logger.notice("request refused: its body is larger than \(greatest) bytes", metadata: ["uri": "\(head.uri.prefix(200))"])
        let refusal = Refusal(413, "Request Entity Too Large: the body is larger than \(greatest) bytes; send it in parts")
        receive(
            Received(
                content: .answered(refusal.reply), isHead: head.method == .HEAD, keepsAlive: false,
                wantsProblems: Self.wantsProblems(head), entry: logEntry(head)))
    }

    private static func wantsProblems(_ head: HTTPRequestHead) -> Bool {
        head.headers.contains { $0.name.utf8.count == 6 && $0.name.lowercased() == "accept" && Reply.acceptsProblems($0.value) }
    }

    private func content(_ head: HTTPRequestHead, _ body: [UInt8], _ context: ChannelHandlerContext) -> Received.Content {
        do throws(Refusal) {
            let method: Request.Method
            switch head.method {
            case .GET, .HEAD: method = .get
            case .POST: method = .post
            case .PUT: method = .put
            case .PATCH: method = .patch
            case .DELETE: method = .delete
            case .OPTIONS: return .answered(engine.service.options(head.uri == "*" ? nil : try RequestTarget(head.uri)))
            default:
                let allowed = ConfigurationService.allMethods
                throw Refusal(405, "Method not allowed: this server takes \(allowed)", allow: allowed)
            }
            var host: String?
            var ifMatch: String?
            var ifNoneMatch: String?
            var lastEventID: String?
            var token: String?
            var subjectToken: String?
            var forwardedFor: String?
            var id: String?
            for (name, value) in head.headers {
                switch name.utf8.count {
                case 4 where name.isHeader("host"): host = value
                case 8 where name.isHeader("if-match"): ifMatch = ifMatch.map { "\($0), \(value)" } ?? value
                case 13 where name.isHeader("if-none-match"): ifNoneMatch = ifNoneMatch.map { "\($0), \(value)" } ?? value
                case 13 where name.isHeader("last-event-id"): lastEventID = value
                case 12 where name.isHeader("x-auth-token"): token = value
                case 12 where name.isHeader("x-user-token"): subjectToken = value
                case 15 where name.isHeader("x-subject-token"): subjectToken = value
                case 15 where name.isHeader("x-forwarded-for"): forwardedFor = value
                case 12 where name.isHeader("x-request-id"): id = value
                default: break
                }
            }
            if !body.isEmpty { try MediaType.requireJSON(head.headers) }
            let base = try base(host, head.version, context)
            var request = Request(
                method, try RequestTarget(head.uri), base: base, ifMatch: ifMatch, ifNoneMatch: ifNoneMatch,
                lastEventID: lastEventID, body: body)
            request.token = token
            request.subjectToken = subjectToken
            request.id = id.flatMap { RequestNumbers.isUsable($0) ? $0 : nil } ?? engine.requestNumbers.next()
            // A proxy says first whom it speaks for.
            request.address =
                forwardedFor.flatMap { $0.split(separator: ",").first.map { String($0.trimmingPrefix(" ").prefix(64)) } } ?? peer
            return .request(request)
        } catch {
            return .answered(error.reply)
        }
    }

    /// Scheme and authority for the addresses in replies: the name that the client used.
    private func base(_ host: String?, _ version: HTTPVersion, _ context: ChannelHandlerContext) throws(Refusal) -> String {
        if let host, host == base.host { return base.text }
        guard let host, !host.isEmpty else {
            guard version == .http1_0 else { throw Refusal(400, "Bad Request, HTTP/1.1 requires the header Host") }
            return "\(scheme)://\(context.localAddress?.authority ?? "localhost")"
        }
        let isPlain = host.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        guard isPlain else { throw Refusal(400, "Bad Request, the header Host is not a host name or address with a port") }
        base = (host, "\(scheme)://\(host)")
        return base.text
    }

    private func receive(_ received: Received) {
        if !received.keepsAlive { hasLastRequest = true }
        if canAnswer, backlog.isEmpty { answer(received) } else { backlog.append(received) }
    }

    /// Nothing is with the engine, and what was answered is on its way: a client that does not read is not answered, so that what it leaves
    /// unread cannot pile up.
    private var canAnswer: Bool { outstanding == nil && rest == nil && blockedSince == nil }

    private func answer(_ received: Received) {
        let reply: Reply?
        switch received.content {
        case .answered(let answer): reply = answer
        case .request(let request): reply = perform(request, received)
        }
        if let reply { write(reply, received) }
    }

    private static let crowded = Refusal(
        503, "Service Unavailable: there are too many connections; close those that are not needed, or raise --max-connections"
    ).reply

    private func perform(_ request: Request, _ received: Received) -> Reply? {
        if let probe = Probe(request) { return engine.answer(probe) }
        if isExtra { return Self.crowded }
        if let access = gatekeeper.access(request), request.target.segments.first != "v3" {
            return perform(request, access, received)
        }
        return identify(request, received)
    }

    /// Finds out who the caller is before the request is looked at, or answers a request about that.
    private func identify(_ request: Request, _ received: Received) -> Reply? {
        guard let context else { return nil }
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        let eventLoop = context.eventLoop
        outstanding = received
        let isAnswered = gatekeeper.answer(request, engine.image) { reply in
            eventLoop.execute { bound.value.finish(reply) }
        }
        if isAnswered { return nil }
        gatekeeper.ask(request) { access in
            eventLoop.execute {
                let connection = bound.value
                guard let received = connection.outstanding else { return }
                connection.outstanding = nil
                if let reply = connection.perform(request, access, received) {
                    connection.outstanding = received
                    connection.finish(reply)
                }
            }
        }
        return nil
    }

    private func perform(_ request: Request, _ access: Result<Access, Refusal>, _ received: Received) -> Reply? {
        do throws(Refusal) {
            var request = request
            request.access = try access.get()
            if let entry = received.entry { entry.user = request.access.caller?.user }
            let operation = try engine.service.operation(request)
            if let reply = engine.answer(operation) {
                if reply.status == 200, let mode = try engine.service.requestedMode(operation) { gatekeeper.setMode(mode) }
                return reply
            }
            guard let context else { return nil }
            let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
            let eventLoop = context.eventLoop
            if operation.isWatching {
                guard try engine.mustCatchUp(for: operation) else { return try watch(operation, received, context) }
                outstanding = received
                engine.catchUp {
                    eventLoop.execute {
                        let connection = bound.value
                        if let received = connection.outstanding { connection.watchLater(operation, received) }
                    }
                }
                return nil
            }
            outstanding = received
            engine.perform(operation) { reply in
                eventLoop.execute { bound.value.finish(reply) }
            }
            return nil
        } catch {
            return error.reply
        }
    }

    /// The engine has caught up with what the watcher saw elsewhere.
    private func watchLater(_ operation: Operation, _ received: Received) {
        guard let context else { return }
        do throws(Refusal) {
            if let reply = try watch(operation, received, context) { finish(reply) }
        } catch {
            finish(error.reply)
        }
    }

    /// Turns the connection into a stream of events. The request stays outstanding for as long as the stream lasts.
    private func watch(_ operation: Operation, _ received: Received, _ context: ChannelHandlerContext) throws(Refusal) -> Reply? {
        let (query, list, position) = try engine.watch(operation)
        guard !received.isHead else { return Reply(200, .events, body: []) }
        outstanding = received
        hasLastRequest = true
        let stream = WatchStream(
            query, engine, context.channel, isChunked: received.isHTTP11, list: list, position: position)
        self.stream = stream
        stream.start(date: date.text())
        return nil
    }

    /// The engine has answered the outstanding request.
    private func finish(_ reply: Reply) {
        guard let received = outstanding else { return }
        outstanding = nil
        write(reply, received)
        answerBacklog()
    }

    private func answerBacklog() {
        while canAnswer, !isClosing, !backlog.isEmpty { answer(backlog.removeFirst()) }
        guard let context else { return }
        flush(context)
        if readIsDue, backlog.count < Self.greatestBacklog {
            readIsDue = false
            context.read()
        }
    }

    // MARK: Replies

    private func write(_ reply: Reply, _ received: Received) {
        guard let context, !isClosing else { return }
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
        let keepsAlive = received.keepsAlive && !isStopping && !isExtra
        var buffer = context.channel.allocator.buffer(capacity: 256 + (received.isHead ? 0 : reply.body.count))
        buffer.writeReply(reply, isHead: received.isHead, keepsAlive: keepsAlive, date: date.text())
        mustFlush = true
        if !keepsAlive {
            isClosing = true
            hasLastRequest = true
        }
        guard buffer.readableBytes <= Self.part else {
            rest = buffer
            return writeRest(context)
        }
        let sent = keepsAlive ? nil : context.eventLoop.makePromise(of: Void.self)
        context.write(wrapOutboundOut(buffer), promise: sent)
        if let sent { closeAfter(sent.futureResult, context) }
    }

    private func log(_ received: Received, _ address: String?, _ requestID: String?, status: Int, bytes: Int) {
        guard let accessLog, let entry = received.entry else { return }
        accessLog.add(
            AccessLog.Entry(
                time: engine.now(), requestID: requestID, address: address, user: entry.user, method: entry.method, target: entry.target,
                status: status, bytes: bytes, microseconds: (NIODeadline.now() - entry.begin).nanoseconds / 1000))
    }

    /// Writes of a long reply what the connection takes.
    private func writeRest(_ context: ChannelHandlerContext) {
        while var buffer = rest, context.channel.isWritable {
            rest = nil
            guard let part = buffer.readSlice(length: min(Self.part, buffer.readableBytes)) else { break }
            let isLast = buffer.readableBytes == 0
            if !isLast { rest = buffer }
            let sent = isLast && isClosing ? context.eventLoop.makePromise(of: Void.self) : nil
            context.writeAndFlush(wrapOutboundOut(part), promise: sent)
            if let sent { closeAfter(sent.futureResult, context) }
        }
    }

    /// The connection takes more.
    private func proceed(_ context: ChannelHandlerContext) {
        writeRest(context)
        guard rest == nil, !isClosing else { return }
        answerBacklog()
        guard isStopping, isIdle, stream == nil else { return }
        // The server stops, and this was the last that it had to say.
        isClosing = true
        closeAfter(context.writeAndFlush(wrapOutboundOut(ByteBuffer())), context)
    }

    private func closeAfter(_ sent: EventLoopFuture<Void>, _ context: ChannelHandlerContext) {
        let closes: CloseMode = if case .discarding = reading { .output } else { .all }
        sent.assumeIsolated().whenComplete { _ in context.close(mode: closes, promise: nil) }
    }

    private func flush(_ context: ChannelHandlerContext) {
        guard mustFlush else { return }
        mustFlush = false
        context.flush()
    }
}

extension String {
    /// Whether this is a header's name, given in lower case; case does not count (RFC 9110 §5.1).
    fileprivate func isHeader(_ name: StaticString) -> Bool {
        var position = 0
        for byte in utf8 {
            // The dash has the bit that tells lower case, and so has no double among the letters.
            guard position < name.utf8CodeUnitCount, byte | 0x20 == name.utf8Start[position] else { return false }
            position += 1
        }
        return position == name.utf8CodeUnitCount
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
