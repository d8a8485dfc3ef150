// Requests as their parts come in: heads and bodies put together, what is too large or too slow refused. It decides only; the connection
// writes, closes, and says what time it is.

import ConfigServerCore
import NIOCore
import NIOHTTP1

struct RequestReader {
    /// What the connection has to do.
    enum Step {
        case nothing
        /// The client asks whether it may send the body (RFC 9110 §10.1.1).
        case mustContinue
        case answer(HTTPRequestHead, body: [UInt8])
        /// The request is refused before its end; nil when its head is not known. No other follows it.
        case refuse(Refusal, HTTPRequestHead?)
        case mustClose
    }

    private enum State {
        case resting
        case body(HTTPRequestHead, [UInt8])
        /// The request was refused before its end. The rest of it is read and dropped, so that the client, still writing, gets to see why.
        case discarding(Int)
    }

    /// What the older platform takes.
    static let greatestBody = 1_024_000
    /// Of many requests in one (`POST /bulk`).
    static let greatestBulk = 32 << 20
    private static let greatestDiscarded = 32 << 20

    private var state = State.resting
    /// When a request began of which not all headers have come; by the patrol's clock, as the next.
    private var headBegin: NIODeadline?
    private var bodyBegin: NIODeadline
    /// A part of a request was read since bytes were last handed on.
    private var hasReadPart = false

    init(now: NIODeadline) { bodyBegin = now }

    /// No request has begun.
    var isResting: Bool { if case .resting = state { true } else { false } }

    var isDiscarding: Bool { if case .discarding = state { true } else { false } }

    // MARK: Parts

    mutating func take(_ part: HTTPServerRequestPart, now: NIODeadline) -> Step {
        hasReadPart = true
        switch (part, state) {
        case (.body(let part), .discarding(let count)):
            state = .discarding(count + part.readableBytes)
            return count + part.readableBytes > Self.greatestDiscarded ? .mustClose : .nothing
        case (.head(let head), .resting): return begin(head, now)
        case (.body(let part), .body(let head, var body)):
            state = .resting  // Gives up the other reference to the body, so that it grows in place.
            body.append(contentsOf: part.readableBytesView)
            state = .body(head, body)
            return body.count > Self.greatestBody(of: head) ? refuseTooLarge(head) : .nothing
        case (.end, .body(let head, let body)):
            state = .resting
            return .answer(head, body: body)
        default: return .nothing
        }
    }

    /// All that was read has been taken.
    mutating func completeRead(now: NIODeadline) {
        if hasReadPart {
            hasReadPart = false
            headBegin = nil
        } else if isResting, headBegin == nil {
            headBegin = now
        }
    }

    private mutating func begin(_ head: HTTPRequestHead, _ now: NIODeadline) -> Step {
        bodyBegin = now
        let length = head.headers.first(name: "content-length").flatMap { Int($0) } ?? 0
        guard length <= Self.greatestBody(of: head) else { return refuseTooLarge(head) }
        var body: [UInt8] = []
        // What is announced is not always sent.
        body.reserveCapacity(min(length, Self.greatestBody))
        state = .body(head, body)
        return head.headers.first(name: "expect")?.lowercased() == "100-continue" ? .mustContinue : .nothing
    }

    private static func greatestBody(of head: HTTPRequestHead) -> Int { head.uri.hasPrefix("/bulk") ? greatestBulk : greatestBody }

    // MARK: Refusals

    private mutating func refuseTooLarge(_ head: HTTPRequestHead) -> Step {
        let greatest = Self.greatestBody(of: head)
        return refuse(Refusal(413, "Request Entity Too Large: the body is larger than \(greatest) bytes; send it in parts"), head)
    }

    private mutating func refuse(_ refusal: Refusal, _ head: HTTPRequestHead?) -> Step {
        state = .discarding(0)
        return .refuse(refusal, head)
    }

    /// What came is no HTTP.
    mutating func refuse(_ error: HTTPParserError) -> Step {
        refuse(
            error == .headerOverflow
                ? Refusal(431, "Request Header Fields Too Large: send fewer or shorter headers")
                : Refusal(400, "Bad Request, this is not HTTP/1.1: \(error)"), nil)
    }

    /// Refuses what takes too long to come.
    ///
    /// - Parameter mayWait: an earlier request is being answered, and the client may wait for that before it goes on with its next head.
    mutating func refuseLate(_ patrol: Patrol, mayWait: Bool) -> Step {
        let limits = patrol.limits
        switch state {
        // What is only read to be dropped has as long as a body.
        case .discarding: return patrol.isOver(limits.bodyTime, since: bodyBegin) ? .mustClose : .nothing
        case .body(let head, let body):
            guard patrol.isOver(limits.bodyTime + body.count / 64, since: bodyBegin) else { return .nothing }
            bodyBegin = patrol.now
            return refuse(late("the body did not come within \(limits.bodyTime) ms; send it faster, or in parts"), head)
        case .resting:
            guard let begin = headBegin, !mayWait, patrol.isOver(limits.headerTime, since: begin) else { return .nothing }
            headBegin = nil
            bodyBegin = patrol.now
            return refuse(late("the headers did not come within \(limits.headerTime) ms; send the whole request at once"), nil)
        }
    }

    private func late(_ message: String) -> Refusal { Refusal(408, "Request Timeout: \(message)") }
}
