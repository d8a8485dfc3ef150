// A route engine on its event loop: whatever is to be done with it is queued there, and what follows is told once for all that was queued.

import ControlNodeCore
import NIOCore

/// Where messages for a peer go.
struct PeerOutlet: Sendable {
    let peer: PeerID
    /// Tells the sessions that a peer had one after the other apart: what was meant for the last one must not reach this one.
    let session: Int
    let deliver: @Sendable (_ session: Int, _ messages: [[UInt8]]) -> Void
}

/// `@unchecked`: `engine`, `outlets`, `isFlushDue` and `follower` are touched by tasks of `loop` only, which `perform` and `flush` check.
final class EngineLoop: @unchecked Sendable {
    let loop: any EventLoop
    private var engine: RouteEngine
    private var outlets: [PeerID: PeerOutlet] = [:]
    private var isFlushDue = false
    private var follower: (@Sendable ([RouteChange]) -> Void)?

    init(_ engine: RouteEngine, on loop: any EventLoop) {
        self.engine = engine
        self.loop = loop
    }

    /// Queues work on the engine. Works that are queued together are followed by one flush.
    func perform(_ body: @escaping @Sendable (inout RouteEngine) -> Void) {
        loop.execute {
            body(&self.engine)
            self.scheduleFlush()
        }
    }

    /// Reads from the engine.
    func read<Value: Sendable>(_ body: @escaping @Sendable (RouteEngine) -> Value) -> EventLoopFuture<Value> {
        loop.submit { body(self.engine) }
    }

    /// Who is told, on the loop, of changes of tables other than those of BGP speakers.
    func onChanges(_ body: @escaping @Sendable ([RouteChange]) -> Void) { loop.execute { self.follower = body } }

    private func scheduleFlush() {
        loop.preconditionInEventLoop()
        guard !isFlushDue, engine.hasChanges else { return }
        isFlushDue = true
        // Behind everything that is queued already, so that a burst of messages ends in one round of telling.
        loop.execute {
            self.isFlushDue = false
            self.flush()
        }
    }

    private func flush() {
        loop.preconditionInEventLoop()
        let told = engine.flush()
        if !told.changes.isEmpty { follower?(told.changes) }
        deliver(told.updates)
    }

    private func deliver(_ updates: [OutgoingUpdate]) {
        guard !updates.isEmpty else { return }
        var byPeer: [PeerID: [[UInt8]]] = [:]
        for update in updates {
            for peer in update.peers { byPeer[peer, default: []] += update.messages }
        }
        for (peer, messages) in byPeer { if let outlet = outlets[peer] { outlet.deliver(outlet.session, messages) } }
    }

    /// A session is established, or wants further families. `done` is called when what it is to be told first is on its way.
    func join(
        _ outlet: PeerOutlet, families: [AddressFamily], _ policy: ExportPolicy, _ terms: BGPSessionTerms, isConstrained: Bool,
        done: @escaping @Sendable () -> Void
    ) {
        loop.execute {
            self.outlets[outlet.peer] = outlet
            self.deliver(self.engine.join(outlet.peer, families: families, policy, terms, isConstrained: isConstrained))
            self.scheduleFlush()
            done()
        }
    }

    /// A session is gone; `then` says what becomes of its routes.
    func leave(_ peer: PeerID, then: @escaping @Sendable (inout RoutePartition) -> Void) {
        loop.execute {
            self.outlets[peer] = nil
            self.engine.leave(peer)
            self.engine.withPartition { then(&$0) }
            self.scheduleFlush()
        }
    }

    func refresh(_ peer: PeerID, _ family: AddressFamily) {
        loop.execute { self.deliver(self.engine.refresh(peer, family)) }
    }
}
