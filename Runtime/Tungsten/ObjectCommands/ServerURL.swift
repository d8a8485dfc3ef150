// Where a server is, as people write it: `https://api1:8082`, `http://10.0.0.5`, `api1:8082`, `[::1]:8082`, with a path for an identity
// service. No name or password belongs into it, as others can see the command line.

/// The address of a server, and whether TLS leads to it.
public struct ServerURL: Sendable, Equatable, CustomStringConvertible {
    public var isSecure: Bool
    /// `host:port`, an IPv6 address in brackets.
    public var address: String
    /// What follows, without a slash at its end: `/v3`, or empty.
    public var path: String

    /// - Parameter standardPort: for a text that names none. Without a scheme, it is `http`.
    public init?(_ text: some StringProtocol, standardPort: Int) {
        var rest = Substring(text)
        isSecure = rest.hasPrefix("https://")
        if isSecure {
            rest = rest.dropFirst("https://".count)
        } else if rest.hasPrefix("http://") {
            rest = rest.dropFirst("http://".count)
        }
        let end = rest.firstIndex(of: "/") ?? rest.endIndex
        let authority = rest[..<end]
        var path = rest[end...]
        while path.last == "/" { path = path.dropLast() }
        let isPlain = (authority + path).utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"@?#,\"\\".utf8.contains($0) }
        guard isPlain, let address = Self.address(authority, standardPort) else { return nil }
        self.address = address
        self.path = String(path)
    }

    private static func address(_ authority: Substring, _ standardPort: Int) -> String? {
        let isBracketed = authority.hasPrefix("[")
        let hostEnd = isBracketed ? authority.firstIndex(of: "]").map { authority.index(after: $0) } : authority.firstIndex(of: ":")
        guard let hostEnd = hostEnd ?? (isBracketed ? nil : authority.endIndex) else { return nil }
        let host = authority[..<hostEnd]
        guard host.utf8.count > (isBracketed ? 2 : 0) else { return nil }
        let rest = authority[hostEnd...]
        if rest.isEmpty { return "\(host):\(standardPort)" }
        guard rest.first == ":", let port = Int(rest.dropFirst()), 1...65535 ~= port else { return nil }
        return "\(host):\(port)"
    }

    public var description: String { "\(isSecure ? "https" : "http")://\(address)\(path)" }
}
