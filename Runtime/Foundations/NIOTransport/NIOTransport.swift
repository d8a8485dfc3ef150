// Carries the typed client's requests over HTTP/1.1 on SwiftNIO: for services, which have an event loop group anyway. Plain calls share
// kept connections; a stream has one of its own. Promises one request, one reply: nothing is sent twice, except to another server when one
// does not take the connection, and where a kept connection turns out to be closed before a request that may be repeated was answered.

import Client
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// A server at an address, or several that behave as one.
public final class NIOTransport: ClientTransport {
    /// Where a server is: `127.0.0.1:8082`, `[::1]:8082`.
    public struct Address: Sendable, Hashable, CustomStringConvertible {
        public let host: String
        public let port: Int

        public init(host: String, port: Int) {
            self.host = host
            self.port = port
        }

        /// `host:port`; an IPv6 address in brackets.
        public init?(_ text: String) {
            guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]), 1...65535 ~= port else {
                return nil
            }
            var host = text[..<colon]
            if host.hasPrefix("["), host.hasSuffix("]") {
                host = host.dropFirst().dropLast()
            } else if host.contains(":") {
                return nil
            }
            guard !host.isEmpty else { return nil }
            self.init(host: String(host), port: port)
        }

        public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
    }

    public struct Options: Sendable {
        /// How long a connection may take to be made.
        public var connectTime = TimeAmount.seconds(5)
        /// How long the server may take to answer a plain call.
        public var replyTime = TimeAmount.seconds(60)
        /// How long a stream may be silent before it counts as broken. The server shows signs of life more often.
        public var silence = TimeAmount.seconds(150)
        /// The largest reply to a plain call, in bytes.
        public var largestReply = 256 << 20
        /// nil: plain HTTP.
        public var security: TransportSecurity?

        public init() {}
    }

    private struct Pool {
        /// Connections that wait for a request, and since when.
        var idle: [(connection: HTTPExchange, since: NIODeadline)] = []
        /// Where to connect next.
        var next = 0
    }

    private let addresses: [Address]
    private let group: any EventLoopGroup
    private let options: Options
    private let pool = Mutex(Pool())
    /// Made once, as reading the files takes long; the error of it is that of every connection.
    private let security: Result<NIOSSLContext?, ClientError>

    /// A kept connection is not used any more after this: servers close silent ones, and not at a moment that suits us.
    private static let keepTime = TimeAmount.seconds(20)
    private static let greatestIdle = 16

    /// - Parameter addresses: servers to try in turn; at least one.
    public init(_ addresses: [Address], on group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton, options: Options = Options())
    {
        precondition(!addresses.isEmpty, "a transport needs an address")
        self.addresses = addresses
        self.group = group
        self.options = options
        do throws(ClientError) {
            security = .success(try options.security?.context())
        } catch {
            security = .failure(error)
        }
    }

    deinit { for kept in pool.withLock({ $0.idle }) { kept.connection.cancel() } }

    public func send(_ request: ClientRequest) async throws(ClientError) -> ClientReply {
        if let kept = takeKept() {
            do throws(ClientError) {
                return try await call(request, on: kept)
            } catch {
                guard error.code == .unreachable, request.method != .post, !kept.hasAnswered, !Task.isCancelled else { throw error }
            }
        }
        return try await call(request, on: try await connect(silence: options.replyTime))
    }

    public func stream(_ request: ClientRequest) async throws(ClientError) -> any ClientStream {
        let connection = try await connect(silence: options.silence)
        return ReplyStream(head: try await connection.begin(request), exchange: connection)
    }

    private func call(_ request: ClientRequest, on connection: HTTPExchange) async throws(ClientError) -> ClientReply {
        let head = try await connection.begin(request)
        var body: [UInt8] = []
        while let piece = try await connection.next() {
            guard body.count + piece.count <= options.largestReply else {
                connection.cancel()
                throw ClientError(.malformedReply, "the reply to \(request.path.prefix(200)) is larger than \(options.largestReply) bytes")
            }
            body += piece
        }
        keep(connection)
        return ClientReply(
            status: head.status, body: body, revision: head.revision, entityTag: head.entityTag, subjectToken: head.subjectToken)
    }

    // MARK: Connections

    private func takeKept() -> HTTPExchange? {
        let now = NIODeadline.now()
        let (found, old) = pool.withLock { pool -> (HTTPExchange?, [HTTPExchange]) in
            var old: [HTTPExchange] = []
            while let kept = pool.idle.popLast() {
                if kept.connection.canBeUsed, now - kept.since < Self.keepTime { return (kept.connection, old) }
                old.append(kept.connection)
            }
            return (nil, old)
        }
        for connection in old { connection.cancel() }
        return found
    }

    private func keep(_ connection: HTTPExchange) {
        let isKept =
            connection.canBeUsed
            && pool.withLock { pool in
                guard pool.idle.count < Self.greatestIdle else { return false }
                pool.idle.append((connection, .now()))
                return true
            }
        if !isKept { connection.cancel() }
    }

    private func connect(silence: TimeAmount) async throws(ClientError) -> HTTPExchange {
        let context = try security.get()
        let first = pool.withLock { pool in
            defer { pool.next = (pool.next + 1) % addresses.count }
            return pool.next
        }
        var reasons: [String] = []
        for offset in addresses.indices {
            let address = addresses[(first + offset) % addresses.count]
            do {
                return try await connect(to: address, context, silence: silence)
            } catch {
                reasons.append("\(address): \(Self.words(error))")
            }
        }
        var error = ClientError(.unreachable, "no server answers: " + reasons.joined(separator: "; "))
        error.wasSent = false
        throw error
    }

    private static func words(_ error: any Error) -> String {
        guard let failure = error as? NIOConnectionError else { return "\(error)" }
        if let last = failure.connectionErrors.last { return "\(last.error)" }
        return failure.dnsAError.map { "\($0)" } ?? "the name has no address"
    }

    private func connect(to address: Address, _ context: NIOSSLContext?, silence: TimeAmount) async throws -> HTTPExchange {
        let progress = ExchangeProgress()
        let channel = try await ClientBootstrap(group: group)
            .connectTimeout(options.connectTime)
            .channelOption(.autoRead, value: false)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let context {
                        try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: address.serverName))
                    }
                    try pipeline.addHandler(IdleStateHandler(readTimeout: silence))
                    try pipeline.addHTTPClientHandlers()
                    try pipeline.addHandler(ExchangeHandler(address: address.description, progress))
                }
            }
            .connect(host: address.host, port: address.port)
            .get()
        let handler = try await channel.eventLoop.submit {
            NIOLoopBound(try channel.pipeline.syncOperations.handler(type: ExchangeHandler.self), eventLoop: channel.eventLoop)
        }.get()
        return HTTPExchange(channel, handler, progress, address)
    }
}

private struct ReplyStream: ClientStream {
    let head: ReplyHead
    let exchange: HTTPExchange

    var status: Int { head.status }
    var revision: UInt64? { head.revision }

    func next() async throws(ClientError) -> [UInt8]? { try await exchange.next() }
    func cancel() { exchange.cancel() }
}

extension ConfigurationClient {
    /// A client of one server over plain HTTP: `ConfigurationClient(server: "127.0.0.1:8082")`. `NIOTransport` has the rest, several servers
    /// and TLS.
    ///
    /// - Throws: `ClientError` of the code `.invalid` when the text is no address. Whether a server answers there shows at the first call.
    public init(server: String) throws(ClientError) {
        guard let address = NIOTransport.Address(server) else {
            throw ClientError(.invalid, "a server is HOST:PORT, as in 127.0.0.1:8082 or [::1]:8082, not '\(server)'")
        }
        self.init(transport: NIOTransport([address]))
    }
}
