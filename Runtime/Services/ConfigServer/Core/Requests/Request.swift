// A request as the Core sees it: what HTTP says about it, without HTTP.

/// What a client asks for.
public struct Request: Sendable {
    /// The methods that have a meaning here. HEAD is a GET whose reply loses its body on the way out.
    public enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    public var method: Method
    public var target: RequestTarget
    /// Scheme and authority that the client used, the beginning of every `href`: `http://127.0.0.1:8082`.
    public var base: String
    /// The value of If-Match: the change is made only to this version of the object.
    public var ifMatch: String?
    /// The value of If-None-Match.
    public var ifNoneMatch: String?
    /// The value of Last-Event-ID: how far a watcher came.
    public var lastEventID: String?
    /// Who sent it, and what the server makes of that.
    public var access = Access.open
    /// The value of X-Auth-Token.
    public var token: String?
    /// The value of X-Subject-Token or X-User-Token: a token that the request is about.
    public var subjectToken: String?
    /// Where it came from: `10.0.0.9`.
    public var address: String?
    /// What its reply and the log call it.
    public var id: String?
    public var body: [UInt8]

    public init(
        _ method: Method, _ target: RequestTarget, base: String, ifMatch: String? = nil, ifNoneMatch: String? = nil,
        lastEventID: String? = nil, body: [UInt8] = []
    ) {
        self.method = method
        self.target = target
        self.base = base
        self.ifMatch = ifMatch
        self.ifNoneMatch = ifNoneMatch
        self.lastEventID = lastEventID
        self.body = body
    }
}

/// The path and the query of a request, decoded.
public struct RequestTarget: Sendable, Equatable {
    /// The path between slashes; none for `/`. One slash at the end does not count.
    public var segments: [String]
    public var query: [QueryItem]

    public struct QueryItem: Sendable, Equatable {
        public let name: String
        public let value: String
    }

    /// Reads the request target of HTTP (RFC 9112 §3.2.1, §3.2.2): `/virtual-networks?count=True`.
    public init(_ text: String) throws(Refusal) {
        guard text.utf8.count <= 65_536 else {
            throw Refusal(414, "URI Too Long: more than 65536 bytes; use POST /list-bulk-collection")
        }
        var bytes = Array(text.utf8)[...]
        // Proxies are addressed with whole URLs.
        for scheme in ["http://", "https://"] where bytes.starts(with: scheme.utf8) {
            let rest = bytes.dropFirst(scheme.utf8.count)
            bytes = rest[(rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? rest.endIndex)...]
        }
        if let fragment = bytes.firstIndex(of: UInt8(ascii: "#")) { bytes = bytes[..<fragment] }
        let mark = bytes.firstIndex(of: UInt8(ascii: "?"))
        let path = bytes[..<(mark ?? bytes.endIndex)]
        segments = []
        segments.reserveCapacity(2)
        // What comes before the first slash is not part of the path.
        var start = path.firstIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? path.endIndex
        while start < path.endIndex {
            let end = path[start...].firstIndex(of: UInt8(ascii: "/")) ?? path.endIndex
            segments.append(try Self.decode(path[start..<end], plusIsBlank: false))
            start = end + 1
        }
        // No name is like this, so it is a mistake, or meant for a server that looks for files.
        guard segments.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." && !$0.utf8.contains(UInt8(ascii: "/")) }) else {
            throw Refusal(400, "Bad Request, the path has an empty part, '.', '..' or an encoded slash; GET / lists the paths there are")
        }
        query = []
        guard let mark else { return }
        for item in bytes[mark...].dropFirst().split(separator: UInt8(ascii: "&")) {
            let parts = item.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            query.append(
                QueryItem(
                    name: try Self.decode(parts[0], plusIsBlank: true),
                    value: parts.count > 1 ? try Self.decode(parts[1], plusIsBlank: true) : ""))
        }
    }

    /// The last value given for a name.
    public subscript(name: String) -> String? { query.last { $0.name == name }?.value }

    /// The comma-separated values given for a name, each once; nil when it is absent or empty.
    func list(_ name: String) -> [String]? {
        guard let text = self[name], !text.isEmpty else { return nil }
        return text.commaSeparated
    }

    /// Percent-encoding undone (RFC 3986 §2.1); what comes out must be UTF-8 without control characters.
    private static func decode(_ text: ArraySlice<UInt8>, plusIsBlank: Bool) throws(Refusal) -> String {
        guard text.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") || $0 < 0x20 || $0 >= 0x7F }) else {
            return String(decoding: text, as: UTF8.self)
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var rest = text
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+") where plusIsBlank:
                bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(hexadecimalDigit), let low = rest.popFirst().flatMap(hexadecimalDigit) else {
                    throw Refusal(400, "Bad Request, '%' in the address must be followed by two hexadecimal digits")
                }
                bytes.append(high << 4 | low)
            default:
                bytes.append(byte)
            }
        }
        guard let decoded = String(validating: bytes, as: UTF8.self), !bytes.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            throw Refusal(400, "Bad Request, the address holds bytes that are not text in UTF-8")
        }
        return decoded
    }

    private static func hexadecimalDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

extension String {
    /// The elements between commas, each once, in the order in which they appear first.
    var commaSeparated: [String] {
        var seen: Set<Substring> = []
        return split(separator: ",").filter { seen.insert($0).inserted }.map(String.init)
    }
}
