// One client's connection to the port API: HTTP/1.1 requests one after another, each read to its end before it is answered (RFC 9112).

import AgentCore
import NIOCore
import NIOHTTP1

/// Not Sendable: of the agent's event loop. Behind an `HTTPServerPipelineHandler`: one request at a time arrives here.
final class PortConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    /// Tells a connection that the agent stops.
    struct Stop {}

    static let greatestBody = 1 << 20
    /// What a client may go on sending after it was refused, so that it, still writing, gets to see why.
    private static let greatestDiscarded = 32 << 20

    private enum Reading {
        case nothing
        case body(HTTPRequestHead, [UInt8])
        case tooLarge(HTTPRequestHead, discarded: Int)
    }

    private let server: PortServer
    private var context: ChannelHandlerContext?
    private var reading = Reading.nothing
    /// The request that is to be answered; nil: none is.
    private var answering: HTTPRequestHead?
    private var isStopping = false

    init(_ server: PortServer) { self.server = server }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch (unwrapInboundIn(data), reading) {
        case (.head(let head), _): begin(head, context)
        case (.body(let part), .body(let head, var body)):
            reading = .nothing  // Gives up the other reference to the body, so that it grows in place.
            body.append(contentsOf: part.readableBytesView)
            reading = body.count <= Self.greatestBody ? .body(head, body) : .tooLarge(head, discarded: 0)
        case (.body(let part), .tooLarge(let head, let discarded)):
            reading = .tooLarge(head, discarded: discarded + part.readableBytes)
            if discarded > Self.greatestDiscarded { context.close(promise: nil) }
        case (.end, .body(let head, let body)):
            reading = .nothing
            perform(head, body)
        case (.end, .tooLarge(let head, _)):
            reading = .nothing
            refuseTooLarge(head)
        case (.body, .nothing), (.end, .nothing): break
        }
    }

    private func begin(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let length = head.headers.first(name: "content-length").flatMap { Int($0) } ?? 0
        let waits = head.headers.first(name: "expect")?.lowercased() == "100-continue"
        guard length <= Self.greatestBody else {
            // Who waits for permission has sent nothing, and will not.
            if waits { refuseTooLarge(head) } else { reading = .tooLarge(head, discarded: 0) }
            return
        }
        if waits {
            context.writeAndFlush(wrapOutboundOut(.head(HTTPResponseHead(version: head.version, status: .continue))), promise: nil)
        }
        reading = .body(head, [])
    }

    private func refuseTooLarge(_ head: HTTPRequestHead) {
        answering = head
        answer(
            PortAnswer(413, error: "the request is larger than \(Self.greatestBody) bytes; add the ports in several requests"),
            closing: true)
    }

    private func perform(_ head: HTTPRequestHead, _ body: [UInt8]) {
        answering = head
        guard let method = PortRequest.Method(rawValue: head.method.rawValue) else {
            let allowed = "GET, POST, PUT, DELETE"
            return answer(PortAnswer(405, error: "there is no \(head.method.rawValue) here, but \(allowed)", allow: allowed))
        }
        server.perform(PortRequest(method, Self.path(head.uri), body: body), for: self)
    }

    /// Without query, and with escapes resolved but for that of a slash, which would make another path of it.
    static func path(_ uri: String) -> String {
        var bytes: [UInt8] = []
        var rest = Array(uri.utf8.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") })[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2)
            if byte == UInt8(ascii: "%"), digits.count == 2, digits.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit }),
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16), value != UInt8(ascii: "/")
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Answers the request that was handed to the server.
    func answer(_ answer: PortAnswer) { self.answer(answer, closing: false) }

    private func answer(_ answer: PortAnswer, closing: Bool) {
        guard let context, let request = answering else { return }
        answering = nil
        let keepsAlive = request.isKeepAlive && !closing && !isStopping
        var headers: HTTPHeaders = ["Content-Type": "application/json", "Content-Length": "\(answer.body.count)"]
        if let allow = answer.allow { headers.add(name: "Allow", value: allow) }
        if !keepsAlive {
            headers.add(name: "Connection", value: "close")
        } else if request.version == .http1_0 {
            headers.add(name: "Connection", value: "keep-alive")
        }
        let head = HTTPResponseHead(
            version: request.version, status: HTTPResponseStatus(statusCode: answer.status), headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if request.method != .HEAD { context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: answer.body)))), promise: nil) }
        let written = context.writeAndFlush(wrapOutboundOut(.end(nil)))
        if !keepsAlive { written.assumeIsolated().whenComplete { _ in context.close(promise: nil) } }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError else { return context.close(promise: nil) }
        reading = .nothing
        answering = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/")
        answer(
            error == .headerOverflow
                ? PortAnswer(431, error: "the request's headers are too long")
                : PortAnswer(400, error: "this is not HTTP/1.1: \(error)"), closing: true)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is Stop:
            isStopping = true
            if answering == nil { context.close(promise: nil) }
        case is IdleStateHandler.IdleStateEvent: if answering == nil { context.close(promise: nil) }
        default: context.fireUserInboundEventTriggered(event)
        }
    }
}
