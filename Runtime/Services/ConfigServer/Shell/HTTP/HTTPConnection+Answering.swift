// Who answers a request: questions of health and short reads are answered at once, who calls is found out where that takes asking, and
// what changes something or takes long goes to the engine. All of it runs on the connection's event loop.

import ConfigServerCore
import NIOCore

extension HTTPConnection {
    private static let crowded = Refusal(
        503, "Service Unavailable: there are too many connections; close those that are not needed, or raise --max-connections"
    ).reply

    /// - Returns: the reply; nil when it comes later, and the request is outstanding until then.
    func perform(_ request: Request, _ received: Received) -> Reply? {
        if let probe = Probe(request) { return engine.answer(probe) }
        if isExtra { return Self.crowded }
        if let access = gatekeeper.access(request), request.target.segments.first != "v3" {
            return perform(request, access, received)
        }
        return identify(request, received)
    }

    /// Finds out who the caller is before the request is looked at, or answers a request about that.
    private func identify(_ request: Request, _ received: Received) -> Reply? {
        guard let context else { return nil }
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        let eventLoop = context.eventLoop
        outstanding = received
        let isAnswered = gatekeeper.answer(request, engine.image) { reply in
            eventLoop.execute { bound.value.finish(reply) }
        }
        if isAnswered { return nil }
        gatekeeper.ask(request) { access in
            eventLoop.execute {
                let connection = bound.value
                guard let received = connection.outstanding else { return }
                connection.outstanding = nil
                if let reply = connection.perform(request, access, received) {
                    connection.outstanding = received
                    connection.finish(reply)
                }
            }
        }
        return nil
    }

    private func perform(_ request: Request, _ access: Result<Access, Refusal>, _ received: Received) -> Reply? {
        do throws(Refusal) {
            var request = request
            request.access = try access.get()
            if let entry = received.entry { entry.user = request.access.caller?.user }
            let operation = try engine.service.operation(request)
            if let reply = engine.answer(operation) {
                if reply.status == 200, let mode = try engine.service.requestedMode(operation) { gatekeeper.setMode(mode) }
                return reply
            }
            guard let context else { return nil }
            let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
            let eventLoop = context.eventLoop
            if operation.isWatching {
                guard try engine.mustCatchUp(for: operation) else { return try watch(operation, received, context) }
                outstanding = received
                engine.catchUp {
                    eventLoop.execute {
                        let connection = bound.value
                        if let received = connection.outstanding { connection.watchLater(operation, received) }
                    }
                }
                return nil
            }
            outstanding = received
            engine.perform(operation) { reply in
                eventLoop.execute { bound.value.finish(reply) }
            }
            return nil
        } catch {
            return error.reply
        }
    }

    /// The engine has caught up with what the watcher saw elsewhere.
    private func watchLater(_ operation: Operation, _ received: Received) {
        guard let context else { return }
        do throws(Refusal) {
            if let reply = try watch(operation, received, context) { finish(reply) }
        } catch {
            finish(error.reply)
        }
    }

    /// Turns the connection into a stream of events. The request stays outstanding for as long as the stream lasts.
    private func watch(_ operation: Operation, _ received: Received, _ context: ChannelHandlerContext) throws(Refusal) -> Reply? {
        let (query, list, position) = try engine.watch(operation)
        guard !received.isHead else { return Reply(200, .events, body: []) }
        outstanding = received
        hasLastRequest = true
        let stream = WatchStream(
            query, engine, context.channel, isChunked: received.isHTTP11, list: list, position: position, now: patrol.now)
        self.stream = stream
        stream.start(date: sender.dateText())
        return nil
    }
}
