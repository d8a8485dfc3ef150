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

    public init(_ method: Method, _ path: String, body: [UInt8] = []) {
        self.method = method
        self.path = path
        self.body = body
    }
}

/// What the server answered.
public struct ClientReply: Sendable {
    public var status: Int
    public var body: [UInt8]
    /// The revision of the last change that the request made, as the server says; nil when it changed nothing.
    public var revision: UInt64?

    public init(status: Int, body: [UInt8], revision: UInt64? = nil) {
        self.status = status
        self.body = body
        self.revision = revision
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

    public init(_ code: Code, _ message: String, status: Int? = nil) {
        self.code = code
        self.message = message
        self.status = status
    }

    init(_ reply: ClientReply) {
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
