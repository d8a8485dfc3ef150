// How the typed client reaches a configuration server. The client decides what to ask; a transport carries it.

/// One HTTP request of the client.
public struct ClientRequest: Sendable {
    public enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case delete = "DELETE"
    }

    public var method: Method
    /// Path and query, already percent-encoded: `/virtual-networks?count=true`.
    public var path: String
    /// JSON; empty for none.
    public var body: [UInt8]
    /// Besides those that the transport sets itself: `("If-Match", "\"3\"")`. Names are looked at without regard to case.
    public var headers: [(name: String, value: String)]

    public init(_ method: Method, _ path: String, body: [UInt8] = [], headers: [(name: String, value: String)] = []) {
        self.method = method
        self.path = path
        self.body = body
        self.headers = headers
    }
}

/// What the server answered.
public struct ClientReply: Sendable {
    public var status: Int
    public var body: [UInt8]
    /// The revision of the last change that the request made, as the server says; nil when it changed nothing.
    public var revision: UInt64?
    /// The version of the object that the reply shows, as `ETag` has it, quotes included; nil when the server says none.
    public var entityTag: String?
    /// The token that the server gives to who has logged in (`X-Subject-Token`).
    public var subjectToken: String?

    public init(status: Int, body: [UInt8], revision: UInt64? = nil, entityTag: String? = nil, subjectToken: String? = nil) {
        self.status = status
        self.body = body
        self.revision = revision
        self.entityTag = entityTag
        self.subjectToken = subjectToken
    }
}

/// Carries requests to one server, or to one of several that behave as one.
public protocol ClientTransport: Sendable {
    /// - Throws: `ClientError` of the code `.unreachable` when no server answers. Any answer, of whatever status, is a reply.
    func send(_ request: ClientRequest) async throws(ClientError) -> ClientReply

    /// Sends a request whose reply has no end, or is too long to be held.
    ///
    /// - Returns: as soon as the status is known.
    func stream(_ request: ClientRequest) async throws(ClientError) -> any ClientStream
}

/// A reply as it arrives. One task reads it.
public protocol ClientStream: Sendable {
    var status: Int { get }
    /// As `ClientReply.revision`.
    var revision: UInt64? { get }

    /// The next piece of the body; nil at its end, and after `cancel`. Nothing is read from the network before it is asked for, but for
    /// what fits in buffers, so who reads slowly makes the server wait.
    ///
    /// - Throws: `ClientError` of the code `.unreachable` when the connection breaks. Ends early when the task is cancelled.
    func next() async throws(ClientError) -> [UInt8]?

    /// Gives up the rest of the reply.
    func cancel()
}

/// Why a call failed. Equal by code: tests and programs compare that, people read the rest.
public struct ClientError: Error, Sendable, Equatable, CustomStringConvertible {
    public struct Code: Sendable, Hashable, RawRepresentable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }
        /// No server could be reached.
        public static let unreachable = Code(rawValue: "unreachable")
        /// 404: no such object.
        public static let notFound = Code(rawValue: "not-found")
        /// 409: the name is taken, or the object is still in use.
        public static let conflict = Code(rawValue: "conflict")
        /// 400: the server refuses the content.
        public static let invalid = Code(rawValue: "invalid")
        /// 401 or 403.
        public static let denied = Code(rawValue: "denied")
        /// 412: a quota is used up, or a precondition failed.
        public static let precondition = Code(rawValue: "precondition")
        /// 502, 503, 504: worth trying again.
        public static let unavailable = Code(rawValue: "unavailable")
        /// The reply is not what the schema says.
        public static let malformedReply = Code(rawValue: "malformed-reply")
        /// Any other status.
        public static let refused = Code(rawValue: "refused")
    }

    public let code: Code
    /// The server's words where it has any.
    public let message: String
    public let status: Int?
    /// False when the request certainly reached nobody, so that it did not happen.
    public var wasSent = true

    public init(_ code: Code, _ message: String, status: Int? = nil) {
        self.code = code
        self.message = message
        self.status = status
    }

    /// What a status that is no success means.
    public init(_ reply: ClientReply) {
        let code: Code =
            switch reply.status {
            case 400: .invalid
            case 401, 403: .denied
            case 404: .notFound
            case 409: .conflict
            case 412: .precondition
            case 502, 503, 504: .unavailable
            default: .refused
            }
        self.init(code, String(decoding: reply.body.prefix(4096), as: UTF8.self), status: reply.status)
    }

    public static func == (a: ClientError, b: ClientError) -> Bool { a.code == b.code }

    public var description: String { status.map { "\(message) (HTTP \($0))" } ?? message }
}
