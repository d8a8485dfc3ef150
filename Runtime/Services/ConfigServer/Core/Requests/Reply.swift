// Replies, and refusals, which are replies that end an operation early.

import Coding

/// What the server answers.
public struct Reply: Sendable {
    public enum ContentType: Sendable {
        case json
        /// Errors: the older platform's clients expect the bare text.
        case text
        case html
        /// Server-Sent Events.
        case events
        /// A refusal as a document (Problem.swift).
        case problem
        /// Counters, as Prometheus reads them.
        case metrics
    }

    public var status: Int
    public var contentType: ContentType
    public var body: [UInt8]
    /// The value of ETag, without quotes.
    public var entityTag: String?
    /// The methods of the resource, when another one was used.
    public var allow: String?
    /// Something the client should know although its request was carried out.
    public var warning: String?
    /// The revision of the last change that the request made; nil when it changed nothing. A client that watches as well knows by it when
    /// it sees its own change.
    public var revision: UInt64?
    /// The value of X-Subject-Token: the token that the client asked for.
    public var subjectToken: String?
    /// The value of WWW-Authenticate, for those who must say who they are.
    public var challenge: String?
    /// What the log calls the request.
    public var requestID: String?
    /// What the reader of the request's body found wrong with it.
    var cause: CodingError?

    public init(_ status: Int = 200, _ contentType: ContentType = .json, body: [UInt8]) {
        self.status = status
        self.contentType = contentType
        self.body = body
    }

    /// Success with nothing to say.
    static let empty = Reply(body: [])

    /// A JSON object that `members` writes.
    static func object(reserving capacity: Int = 256, _ members: (inout JSONWriter) -> Void) -> Reply {
        var writer = JSONWriter(reservingCapacity: capacity)
        writer.beginObject()
        members(&writer)
        writer.endObject()
        return Reply(body: writer.finish())
    }
}

/// Why a request is not carried out: a status and a sentence that says what to do about it.
public struct Refusal: Error, Sendable, CustomStringConvertible {
    public let status: Int
    public let message: String
    public var allow: String?
    /// Where it is wrong, and how to mend it, if a reader of the body found it.
    var cause: CodingError?

    public init(_ status: Int, _ message: String, allow: String? = nil) {
        self.status = status
        self.message = message
        self.allow = allow
    }

    /// The body of a request, or a part of it, is not what it must be.
    init(_ prefix: String, _ error: CodingError, in member: String = "") {
        let error = member.isEmpty ? error : error.within(member)
        let place = error.path.isEmpty ? "" : error.path + ": "
        let advice = error.hint.map { "; " + $0 } ?? ""
        self.init(400, "\(prefix)\(place)\(error.message)\(advice)")
        cause = error
    }

    /// A member of the body is not what it must be, or is missing.
    init(_ status: Int, _ message: String, at path: String) {
        self.init(status, message)
        cause = CodingError(.type, message, path: path)
    }

    public var description: String { "\(status) \(message)" }

    public var reply: Reply {
        var reply = Reply(status, .text, body: Array(message.utf8))
        reply.allow = allow
        reply.cause = cause
        return reply
    }
}
