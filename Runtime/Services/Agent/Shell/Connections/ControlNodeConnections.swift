// The sessions' connections to control nodes: one a session, the newest that was asked for.

import NIOCore
import NIOPosix

/// Not Sendable: of the agent's event loop.
final class ControlNodeConnections {
    private let loop: any EventLoop
    private let gate: ReadGate
    private var streams: [Int: StreamConnection] = [:]

    /// Far more than everything that an agent has to say.
    private static let greatestUnsent = 64 << 20

    init(on loop: any EventLoop, _ gate: ReadGate) {
        self.loop = loop
        self.gate = gate
    }

    /// - Parameter server: `host:port`, with an IPv6 address in brackets.
    func connect(_ session: Int, to server: String, _ report: @escaping (StreamConnection.Event) -> Void) {
        streams.removeValue(forKey: session)?.close()
        guard let address = ServerAddress(server) else {
            return report(.ended(reason: "'\(server)' is not an address; it must be HOST:PORT"))
        }
        let stream = StreamConnection(on: loop, gate, greatestUnsent: Self.greatestUnsent, report: report)
        streams[session] = stream
        stream.open { $0.channelOption(.tcpOption(.tcp_nodelay), value: 1).connect(host: address.host, port: address.port) }
    }

    func send(_ session: Int, _ bytes: [UInt8]) { streams[session]?.send(bytes) }

    func close(_ session: Int) { streams.removeValue(forKey: session)?.close() }

    func flush() { for stream in streams.values { stream.flush() } }

    func finish() -> [EventLoopFuture<Void>] {
        defer { streams = [:] }
        return streams.values.map { $0.finish() }
    }
}

/// Where a server is: `192.0.2.1:5269`, `control.example.net:5269`, `[2001:db8::1]:5269`.
public struct ServerAddress: Sendable, Hashable, CustomStringConvertible {
    public let host: String
    public let port: Int

    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// - Parameter defaultPort: for a text without port; nil: it must have one.
    public init?(_ text: String, defaultPort: Int? = nil) {
        var host = text[...]
        var port = defaultPort
        let isBare = defaultPort != nil && (text.filter { $0 == ":" }.count > 1 && !text.hasPrefix("[") || text.hasSuffix("]"))
        if !isBare, let colon = text.lastIndex(of: ":") {
            host = text[..<colon]
            port = Int(text[text.index(after: colon)...])
            if host.contains(":"), !host.hasPrefix("[") { return nil }
        }
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard let port, 1...65535 ~= port, !host.isEmpty, !host.contains(where: { $0 == "[" || $0 == "]" || $0.isWhitespace }) else {
            return nil
        }
        self.host = String(host)
        self.port = port
    }

    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
