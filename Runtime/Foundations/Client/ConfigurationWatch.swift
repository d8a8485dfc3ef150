// Watching a configuration server: the events of `GET /watch` as a sequence that outlives connections and servers. It connects again with
// growing pauses, goes on where it was, and lists again when that is not possible any more. Ends when its task is cancelled.

extension ConfigurationClient {
    /// Watches objects.
    ///
    /// - Parameters:
    ///   - types: the schema's nouns, `virtual-network`; none: all types.
    ///   - fields: for some types, the only members that are of interest.
    ///   - revision: where to go on, as an earlier watch heard it; nil: begin with a list.
    public func watch(
        _ types: [String] = [], fields: [String: [String]] = [:], after revision: UInt64? = nil, pauses: WatchPauses = WatchPauses()
    ) -> ConfigurationWatch {
        ConfigurationWatch(
            transport: transport, conversation: WatchConversation(types: types, fields: fields, revision: revision), pauses: pauses)
    }
}

/// How long a watcher waits before it connects again.
public struct WatchPauses: Sendable {
    public var shortest: Duration
    public var longest: Duration

    public init(shortest: Duration = .milliseconds(100), longest: Duration = .seconds(10)) {
        self.shortest = shortest
        self.longest = longest
    }

    /// Twice as long with every attempt that failed.
    public func pause(afterFailures count: Int) -> Duration {
        min(longest, shortest * (1 << min(max(count - 1, 0), 20)))
    }
}

/// The events of a configuration server. Iterate once.
public struct ConfigurationWatch: AsyncSequence, Sendable {
    public typealias Element = WatchEvent
    public typealias Failure = ClientError

    let transport: any ClientTransport
    let conversation: WatchConversation
    let pauses: WatchPauses

    public func makeAsyncIterator() -> Iterator { Iterator(transport: transport, conversation: conversation, pauses: pauses) }

    public struct Iterator: AsyncIteratorProtocol, Sendable {
        private let transport: any ClientTransport
        private var conversation: WatchConversation
        private let pauses: WatchPauses
        private var stream: (any ClientStream)?
        private var parser = ServerSentEventParser()
        private var ready: ArraySlice<WatchEvent> = []
        private var failures = 0

        init(transport: any ClientTransport, conversation: WatchConversation, pauses: WatchPauses) {
            self.transport = transport
            self.conversation = conversation
            self.pauses = pauses
        }

        /// The next event; nil when the task is cancelled.
        ///
        /// - Throws: when asking again would not help: the server refuses what is asked for.
        public nonisolated(nonsending) mutating func next() async throws(ClientError) -> WatchEvent? {
            guard try await waitForEvents() else { return nil }
            return ready.popFirst()
        }

        /// All events that have come; waits for one when there is none. nil when the task is cancelled.
        public nonisolated(nonsending) mutating func nextBatch() async throws(ClientError) -> [WatchEvent]? {
            guard try await waitForEvents() else { return nil }
            defer { ready = [] }
            return Array(ready)
        }

        private nonisolated(nonsending) mutating func waitForEvents() async throws(ClientError) -> Bool {
            while ready.isEmpty {
                guard !Task.isCancelled else {
                    stream?.cancel()
                    return false
                }
                if let stream { try await read(stream) } else { try await connect() }
            }
            return true
        }

        public mutating func next(isolation actor: isolated (any Actor)?) async throws(ClientError) -> WatchEvent? { try await next() }

        private nonisolated(nonsending) mutating func connect() async throws(ClientError) {
            if failures > 0 {
                do { try await Task.sleep(for: pauses.pause(afterFailures: failures)) } catch { return }
            }
            do throws(ClientError) {
                let stream = try await transport.stream(ClientRequest(.get, conversation.path))
                var body: [UInt8] = []
                if stream.status != 200 {
                    while body.count < 65_536, let piece = try await stream.next() { body += piece }
                    stream.cancel()
                }
                switch conversation.answered(status: stream.status, body: body) {
                case nil:
                    self.stream = stream
                    parser = ServerSentEventParser()
                    ready = conversation.began()[...]
                case .again: break
                case .later: failed(ClientError(ClientReply(status: stream.status, body: body)))
                case .fail(let error): throw error
                }
            } catch {
                // An identity service that cannot answer now is no refusal either.
                guard error.code == .unreachable || error.code == .unavailable else { throw error }
                failed(error)
            }
        }

        private nonisolated(nonsending) mutating func read(_ stream: any ClientStream) async throws(ClientError) {
            do throws(ClientError) {
                guard let piece = try await stream.next() else {
                    self.stream = nil
                    failed(ClientError(.unreachable, "the server ended the stream"))
                    return
                }
                let events: [ServerSentEvent]
                do {
                    events = try parser.parse(piece)
                } catch {
                    throw ClientError(.malformedReply, "an event of the server is larger than \(error.limit) bytes")
                }
                for event in events { ready += try conversation.received(event) }
                // The server speaks: the next break is a new one.
                if !events.isEmpty { failures = 0 }
            } catch {
                self.stream = nil
                stream.cancel()
                guard error.code == .unreachable else { throw error }
                failed(error)
            }
        }

        private mutating func failed(_ error: ClientError) {
            failures += 1
            if !Task.isCancelled { ready.append(.disconnected(error)) }
        }
    }
}
