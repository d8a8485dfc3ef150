// One connection and the request that it carries at the moment. The handler lives on the event loop and reads from the network only when
// somebody waits for more; the exchange is its face to tasks.

import Client
import NIOCore
import NIOHTTP1
import Synchronization

/// A connection as a task uses it: `begin`, then `next` until it is nil, then perhaps `begin` again.
final class HTTPExchange: Sendable {
    private let channel: any Channel
    private let handler: NIOLoopBound<ExchangeHandler>
    private let progress: ExchangeProgress
    private let address: NIOTransport.Address

    init(_ channel: any Channel, _ handler: NIOLoopBound<ExchangeHandler>, _ progress: ExchangeProgress, _ address: NIOTransport.Address) {
        self.channel = channel
        self.handler = handler
        self.progress = progress
        self.address = address
    }

    /// The last reply ended in a way that lets another request follow.
    var canBeUsed: Bool { channel.isActive && progress.isReusable.load(ordering: .acquiring) }

    /// Anything of the reply to the present request has come.
    var hasAnswered: Bool { progress.hasAnswered.load(ordering: .acquiring) }

    /// Sends a request and gives the beginning of its reply.
    func begin(_ request: ClientRequest) async throws(ClientError) -> ReplyHead {
        var head = HTTPRequestHead(version: .http1_1, method: .init(rawValue: request.method.rawValue), uri: request.path)
        head.headers.add(name: "Host", value: address.description)
        head.headers.add(name: "Accept", value: "*/*")
        if !request.body.isEmpty || request.method == .post || request.method == .put {
            head.headers.add(name: "Content-Type", value: "application/json; charset=UTF-8")
            head.headers.add(name: "Content-Length", value: String(request.body.count))
        }
        for (name, value) in request.headers { head.headers.replaceOrAdd(name: name, value: value) }
        let sent = head
        return try await wait { handler, promise in handler.begin(sent, request.body, promise) }
    }

    /// The next piece of the reply's body; nil at its end.
    func next() async throws(ClientError) -> [UInt8]? {
        try await wait { handler, promise in handler.next(promise) }
    }

    func cancel() { channel.close(promise: nil) }

    /// Asks the handler for something on its event loop. A task that is cancelled closes the connection, which ends the wait.
    private func wait<Value: Sendable>(
        _ ask: @escaping @Sendable (ExchangeHandler, EventLoopPromise<Value>) -> Void
    ) async throws(ClientError) -> Value {
        let promise = channel.eventLoop.makePromise(of: Value.self)
        let (channel, handler) = (channel, handler)
        do {
            return try await withTaskCancellationHandler {
                channel.eventLoop.execute { ask(handler.value, promise) }
                return try await promise.futureResult.get()
            } onCancel: {
                channel.close(promise: nil)
            }
        } catch let error as ClientError {
            throw error
        } catch {
            throw ClientError(.unreachable, "the connection to \(address) failed: \(error)")
        }
    }
}
