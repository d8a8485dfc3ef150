// From the head and the body of an HTTP request to what the server is asked: headers by their names, the caller's address, and what
// addresses in the reply begin with.

import ConfigServerCore
import NIOCore
import NIOHTTP1

/// What one connection's requests have in common.
struct RequestMaker {
    private let scheme: String
    private let requestNumbers: RequestNumbers
    /// The last header Host, and what addresses in replies to it begin with.
    private var base: (host: String, text: String) = ("", "")

    /// - Parameter scheme: what addresses in replies begin with: `http`, `https`.
    init(scheme: String, _ requestNumbers: RequestNumbers) {
        self.scheme = scheme
        self.requestNumbers = requestNumbers
    }

    static func wantsProblems(_ head: HTTPRequestHead) -> Bool {
        head.headers.contains { $0.name.utf8.count == 6 && $0.name.lowercased() == "accept" && Reply.acceptsProblems($0.value) }
    }

    /// - Parameters:
    ///   - peer: the address of the other end: `10.0.0.9`.
    ///   - local: the address that the connection was made to, for clients of HTTP/1.0, which name none.
    mutating func request(
        _ method: Request.Method, _ head: HTTPRequestHead, _ body: [UInt8], from peer: String?, to local: SocketAddress?
    ) throws(Refusal) -> Request {
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
        let base = try base(host, head.version, local)
        var request = Request(
            method, try RequestTarget(head.uri), base: base, ifMatch: ifMatch, ifNoneMatch: ifNoneMatch, lastEventID: lastEventID,
            body: body)
        request.token = token
        request.subjectToken = subjectToken
        request.id = id.flatMap { RequestNumbers.isUsable($0) ? $0 : nil } ?? requestNumbers.next()
        // A proxy says first whom it speaks for.
        request.address = forwardedFor.flatMap { $0.split(separator: ",").first.map { String($0.trimmingPrefix(" ").prefix(64)) } } ?? peer
        return request
    }

    /// Scheme and authority for the addresses in replies: the name that the client used.
    private mutating func base(_ host: String?, _ version: HTTPVersion, _ local: SocketAddress?) throws(Refusal) -> String {
        if let host, host == base.host, !host.isEmpty { return base.text }
        guard let host, !host.isEmpty else {
            guard version == .http1_0 else { throw Refusal(400, "Bad Request, HTTP/1.1 requires the header Host") }
            return "\(scheme)://\(local?.authority ?? "localhost")"
        }
        guard host.utf8.allSatisfy(Self.isPlain) else {
            throw Refusal(400, "Bad Request, the header Host is not a host name or address with a port")
        }
        base = (host, "\(scheme)://\(host)")
        return base.text
    }

    /// What names, addresses and ports are made of.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

extension Request.Method {
    /// nil for OPTIONS, which the server answers by itself, and for methods that have no meaning here.
    init?(_ method: HTTPMethod) {
        switch method {
        case .GET, .HEAD: self = .get
        case .POST: self = .post
        case .PUT: self = .put
        case .PATCH: self = .patch
        case .DELETE: self = .delete
        default: return nil
        }
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
