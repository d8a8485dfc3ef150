// A BGP peer: carries out what its session's state machine decides, with channels and timers, and carries routes between the session and the
// engines. Works on one event loop. Its channels may be on others: what they read is handed over as it came, and the peer asks for more only
// when the engines have done with what it gave them, so that a fast sender fills its own window and not our memory.

import ControlNodeCore
import Logging
import NIOCore
import NIOPosix
import NetworkTypes

/// `@unchecked`: every stored variable is touched by tasks of `loop` only; each entry from outside hops there.
final class BGPPeer: @unchecked Sendable {
    let id: PeerID
    let options: BGPPeerOptions
    let loop: any EventLoop
    private let identity: RouteEngine.Identity
    private let engines: [EngineLoop]
    private let logger: Logger

    private var session: BGPSession
    private var channels: [BGPSession.Direction: any Channel] = [:]
    private var splitters: [BGPSession.Direction: BGPFrameSplitter] = [:]
    private var timers: [BGPSession.Timer: Scheduled<Void>] = [:]
    /// Counts connection attempts, so that one that was given up is known when it succeeds after all.
    private var attempt = 0
    /// Counts established sessions: see `PeerOutlet`.
    private var sessionNumber = 0
    /// Pieces of work that engines have not finished.
    private var outstanding = 0
    private var readIsDue: Set<BGPSession.Direction> = []
    private var unsentBytes = 0
    private var joinsOutstanding = 0
    /// VPN families that wait for the peer's route target memberships.
    private var constrainedFamilies: [AddressFamily] = []
    private var constraintTimer: Scheduled<Void>?
    /// Families whose routes of the last session are kept until the peer has said everything again.
    private var staleFamilies: Set<AddressFamily> = []
    private var staleTimer: Scheduled<Void>?
    private var restart: Capability.GracefulRestart?
    private var counters = Counters()
    private var isClosing = false

    struct Counters: Sendable {
        var received: UInt64 = 0
        var sent: UInt64 = 0
        var problems: UInt64 = 0
    }

    /// How much the engines may have to do before the peer is no longer listened to.
    private static let greatestBacklog = 32
    /// How much may wait to be sent before the session is given up.
    private static let greatestUnsent = 256 << 20
    /// How long the peer's memberships are waited for (RFC 4684 §6 leaves it open).
    private static let constraintPatience = TimeAmount.seconds(30)

    init(
        _ id: PeerID, _ options: BGPPeerOptions, _ identity: RouteEngine.Identity, _ engines: [EngineLoop], on loop: any EventLoop,
        _ logger: Logger
    ) {
        self.id = id
        self.options = options
        self.identity = identity
        self.engines = engines
        self.loop = loop
        var logger = logger
        logger[metadataKey: "peer"] = "\(options.address)"
        self.logger = logger
        session = BGPSession(
            BGPSessionOptions(
                localAS: options.localSystem ?? identity.system, peerAS: options.system, identifier: identity.routerID,
                holdTime: options.holdTime, families: options.families, isPassive: options.isPassive, restartTime: options.restartTime,
                isAdminDown: options.isAdminDown))
    }

    private var localSystem: ASNumber { options.localSystem ?? identity.system }

    // MARK: From outside

    func start() { loop.execute { self.handle(.start) } }

    /// Ends the session for good and waits until its connections are closed. Nothing is kept of what the peer said.
    func stop(_ notification: NotificationMessage) -> EventLoopFuture<Void> {
        loop.flatSubmit {
            self.isClosing = true
            let open = Array(self.channels.values)
            self.handle(.stop(notification))
            self.forget(self.staleFamilies)
            self.staleTimer?.cancel()
            self.constraintTimer?.cancel()
            return EventLoopFuture.andAllComplete(open.map(\.closeFuture), on: self.loop)
        }
    }

    /// Ends the session; it begins again at once.
    func reset() {
        loop.execute {
            self.handle(.stop(.administrativeReset))
            self.handle(.start)
        }
    }

    /// The peer has connected to us.
    func accept(_ channel: any Channel) {
        loop.execute {
            guard self.channels[.incoming] == nil, !self.isClosing else {
                let refusal = self.session.established == nil ? NotificationMessage.connectionRejected : .collision
                Self.refuse(channel, refusal)
                return
            }
            self.open(channel, .incoming)
        }
    }

    static func refuse(_ channel: any Channel, _ notification: NotificationMessage) {
        let terms = BGPSessionTerms(families: [], hasFourByteAS: false, isInternal: false)
        let bytes = BGPMessage.notification(notification).bytes(terms).flatMap { $0 }
        channel.writeAndFlush(ByteBuffer(bytes: bytes)).whenComplete { _ in channel.close(promise: nil) }
    }

    func status() -> EventLoopFuture<NeighborStatus> {
        loop.submit {
            NeighborStatus(
                name: self.options.name, address: self.options.address, system: self.options.system, state: self.session.state,
                identifier: self.session.established?.peerIdentifier, families: self.session.established?.terms.families.sorted() ?? [],
                holdTime: self.session.established?.holdTime, establishedCount: self.session.establishedCount,
                received: self.counters.received, sent: self.counters.sent, problems: self.counters.problems,
                lastError: self.session.lastError, peer: self.id)
        }
    }

    // MARK: Actions

    private func handle(_ event: BGPSession.Event) {
        loop.preconditionInEventLoop()
        for action in session.handle(event) { perform(action) }
    }

    private func perform(_ action: BGPSession.Action) {
        switch action {
        case .connect: connect()
        case .close(let direction): close(direction)
        case .send(let direction, let message):
            send(message.bytes(BGPSessionTerms(families: [], hasFourByteAS: true, isInternal: true)), direction)
        case .startTimer(let timer, let seconds):
            timers[timer]?.cancel()
            timers[timer] = loop.scheduleTask(in: .nanoseconds(Int64(jittered(seconds, timer) * 1e9))) { self.handle(.expired(timer)) }
        case .stopTimer(let timer): timers.removeValue(forKey: timer)?.cancel()
        case .established(let result): established(result)
        case .update(let update): receive([update])
        case .refresh(let family): for engine in engines { engine.refresh(id, family) }
        case .lost(let reason): lost(reason)
        }
    }

    /// Peers that started together shall not go on in step (RFC 4271 §10).
    private func jittered(_ seconds: Double, _ timer: BGPSession.Timer) -> Double {
        if case .hold = timer { seconds } else { seconds * Double.random(in: 0.9...1.0) }
    }

    private func connect() {
        attempt += 1
        let current = attempt
        ClientBootstrap(group: loop)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.autoRead, value: false)
            .channelInitializer { [options] channel in
                guard let key = options.key else { return channel.eventLoop.makeSucceededVoidFuture() }
                return SessionSignature.set(key, of: options.address, on: channel)
            }
            .connectTimeout(.seconds(15))
            .connect(host: "\(options.address)", port: options.port)
            .hop(to: loop)
            .whenComplete { result in
                switch result {
                case .success(let channel):
                    guard current == self.attempt, self.channels[.outgoing] == nil, !self.isClosing else {
                        channel.close(promise: nil)
                        return
                    }
                    self.open(channel, .outgoing)
                case .failure(let error):
                    if current == self.attempt { self.handle(.disconnected(.outgoing, reason: "cannot connect: \(error)")) }
                }
            }
    }

    private func open(_ channel: any Channel, _ direction: BGPSession.Direction) {
        channels[direction] = channel
        splitters[direction] = BGPFrameSplitter()
        let identity = ObjectIdentifier(channel)
        let handler = BGPChannelHandler(
            received: { buffer in
                self.loop.execute { if self.isCurrent(identity, direction) { self.received(buffer, direction) } }
            },
            closed: { reason in
                self.loop.execute { if self.isCurrent(identity, direction) { self.closed(direction, reason) } }
            })
        channel.eventLoop.execute {
            // A channel that has closed meanwhile takes no handler; its end is seen by its close future.
            do { try channel.pipeline.syncOperations.addHandler(handler) } catch { channel.close(promise: nil) }
        }
        channel.closeFuture.hop(to: loop).whenComplete { _ in
            if self.isCurrent(identity, direction) { self.closed(direction, "the connection was closed") }
        }
        handle(.connected(direction))
    }

    private func isCurrent(_ identity: ObjectIdentifier, _ direction: BGPSession.Direction) -> Bool {
        channels[direction].map { ObjectIdentifier($0) } == identity
    }

    private func closed(_ direction: BGPSession.Direction, _ reason: String) {
        channels[direction] = nil
        handle(.disconnected(direction, reason: reason))
    }

    private func close(_ direction: BGPSession.Direction) {
        if direction == .outgoing { attempt += 1 }
        // What was written before, such as a NOTIFICATION, is sent first.
        guard let channel = channels.removeValue(forKey: direction) else { return }
        channel.eventLoop.execute { channel.close(promise: nil) }
    }

    private func send(_ messages: [[UInt8]], _ direction: BGPSession.Direction) {
        guard let channel = channels[direction], !messages.isEmpty else { return }
        let count = messages.reduce(0) { $0 + $1.count }
        var buffer = channel.allocator.buffer(capacity: count)
        for message in messages { buffer.writeBytes(message) }
        counters.sent += UInt64(messages.count)
        unsentBytes += count
        channel.writeAndFlush(buffer).hop(to: loop).whenComplete { _ in self.unsentBytes -= count }
    }

    // MARK: Receiving

    private func received(_ buffer: ByteBuffer, _ direction: BGPSession.Direction) {
        splitters[direction]?.append(buffer.readableBytesView)
        // UPDATEs that came together are handed on together.
        var batch: [UpdateMessage] = []
        do throws(BGPProtocolError) {
            while let frame = try splitters[direction]?.next() {
                counters.received += 1
                let terms = session.established?.terms ?? BGPSessionTerms(families: [], hasFourByteAS: true, isInternal: true)
                let message = try BGPMessage(frame, terms)
                for action in session.handle(.received(direction, message)) {
                    if case .update(let update) = action {
                        batch.append(update)
                    } else {
                        if !batch.isEmpty, case .lost = action { receive(take(&batch)) }
                        perform(action)
                    }
                }
                guard channels[direction] != nil else { return receive(batch) }
            }
            receive(batch)
        } catch {
            receive(batch)
            logger.warning("the peer's message cannot be read: \(error)")
            handle(.invalid(direction, error))
        }
        if outstanding < Self.greatestBacklog { channels[direction]?.read() } else { readIsDue.insert(direction) }
    }

    private func take(_ batch: inout [UpdateMessage]) -> [UpdateMessage] {
        defer { batch = [] }
        return batch
    }

    private func receive(_ batch: [UpdateMessage]) {
        guard !batch.isEmpty, let established = session.established else { return }
        for update in batch where !update.problems.isEmpty {
            counters.problems += UInt64(update.problems.count)
            logger.notice("mistakes in an UPDATE: \(update.problems.map(\.description).joined(separator: "; "))")
        }
        let source = PathSource(
            peer: id, kind: established.terms.isInternal ? .internalBGP : .externalBGP, routerID: established.peerIdentifier)
        outstanding += engines.count
        for engine in engines {
            engine.perform { engine in
                for update in batch { engine.receive(update, from: source) }
                self.loop.execute { self.finishedWork() }
            }
        }
        for update in batch { if let family = update.endOfRIB { endOfRIB(family) } }
    }

    private func finishedWork() {
        outstanding -= 1
        guard outstanding < Self.greatestBacklog, !readIsDue.isEmpty else { return }
        for direction in readIsDue { channels[direction]?.read() }
        readIsDue = []
    }

    private func endOfRIB(_ family: AddressFamily) {
        if staleFamilies.remove(family) != nil {
            let id = id
            for engine in engines { engine.perform { engine in engine.withPartition { $0.sweepStale(peer: id, family: family) } } }
        }
        if family == .routeTarget { joinConstrained() }
    }

    // MARK: Established and lost

    private func established(_ result: BGPSession.Established) {
        logger.info("session established", metadata: ["families": "\(result.terms.families.sorted())", "hold": "\(result.holdTime)"])
        sessionNumber += 1
        let families = result.terms.families.intersection(AddressFamily.supported)
        // What the peer does not restart gracefully is forgotten now.
        let kept = Set(result.gracefulRestart?.families.map(\.family) ?? [])
        forget(staleFamilies.subtracting(kept))
        staleFamilies.formIntersection(kept)
        restart = result.gracefulRestart

        let isConstrained = families.contains(.routeTarget)
        constrainedFamilies = isConstrained ? families.filter { $0.instanceFamily != nil }.sorted() : []
        join(families.subtracting(constrainedFamilies).sorted(), isConstrained: isConstrained)
        if !constrainedFamilies.isEmpty {
            let session = sessionNumber
            constraintTimer = loop.scheduleTask(in: Self.constraintPatience) {
                if session == self.sessionNumber { self.joinConstrained() }
            }
        }
    }

    /// The peer has said which targets it wants, or has not in time.
    private func joinConstrained() {
        constraintTimer?.cancel()
        constraintTimer = nil
        let families = constrainedFamilies
        constrainedFamilies = []
        join(families, isConstrained: true)
    }

    private func join(_ families: [AddressFamily], isConstrained: Bool) {
        guard !families.isEmpty, let established = session.established, let channel = channels[established.direction] else { return }
        let local = channel.localAddress?.ipAddress.flatMap { try? IPAddress(parsing: $0) } ?? .v4(identity.routerID)
        let policy = ExportPolicy(
            localAS: localSystem, isInternal: established.terms.isInternal, localAddress: local, clusterID: identity.clusterID)
        let outlet = PeerOutlet(peer: id, session: sessionNumber) { session, messages in
            self.loop.execute { self.deliver(session, messages) }
        }
        let number = sessionNumber
        let left = Countdown(engines.count)
        for engine in engines {
            engine.join(outlet, families: families, policy, established.terms, isConstrained: isConstrained) {
                self.loop.execute {
                    // The last engine's routes are on their way: the peer knows everything that there was.
                    if left.countDown() { self.deliver(number, families.map { UpdateWriter.endOfRIB($0) }) }
                }
            }
        }
    }

    /// `@unchecked`: touched by tasks of the peer's loop only.
    private final class Countdown: @unchecked Sendable {
        private var left: Int
        init(_ count: Int) { left = count }

        func countDown() -> Bool {
            left -= 1
            return left == 0
        }
    }

    private func deliver(_ session: Int, _ messages: [[UInt8]]) {
        guard session == sessionNumber, let direction = self.session.established?.direction else { return }
        guard unsentBytes < Self.greatestUnsent else {
            logger.error("the peer does not read what it is sent; the session is given up")
            handle(.invalid(direction, BGPProtocolError(.outOfResources, "\(unsentBytes) bytes wait for the peer to read them")))
            return
        }
        send(messages, direction)
    }

    private func lost(_ reason: String) {
        logger.warning("session lost: \(reason)")
        sessionNumber += 1
        constraintTimer?.cancel()
        constrainedFamilies = []
        let id = id
        let kept = isClosing ? [] : Set(restart?.families.map(\.family) ?? []).intersection(options.families)
        staleFamilies = kept
        for engine in engines {
            engine.leave(id) { partition in
                for family in AddressFamily.supported {
                    if kept.contains(family) {
                        partition.sweepStale(peer: id, family: family)
                        partition.markStale(peer: id, family: family)
                    } else {
                        partition.withdrawAll(of: id, family: family)
                    }
                }
            }
        }
        staleTimer?.cancel()
        if !kept.isEmpty, let restart {
            let session = sessionNumber
            staleTimer = loop.scheduleTask(in: .seconds(Int64(max(restart.seconds, 1)))) {
                // A session that was established meanwhile ends the wait by its end-of-RIB markers.
                if session == self.sessionNumber { self.forget(self.staleFamilies) }
            }
        }
    }

    private func forget(_ families: Set<AddressFamily>) {
        guard !families.isEmpty else { return }
        staleFamilies.subtract(families)
        let id = id
        for engine in engines {
            engine.perform { engine in
                engine.withPartition { partition in for family in families { partition.sweepStale(peer: id, family: family) } }
            }
        }
    }
}

/// Hands on what a channel reads.
private final class BGPChannelHandler: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    private let received: @Sendable (ByteBuffer) -> Void
    private let closed: @Sendable (String) -> Void

    init(received: @escaping @Sendable (ByteBuffer) -> Void, closed: @escaping @Sendable (String) -> Void) {
        self.received = received
        self.closed = closed
    }

    /// The first read. One that is asked for before the channel is active is lost, and an accepted channel may become so before or after
    /// the peer, on a loop of its own, has added this handler.
    func handlerAdded(context: ChannelHandlerContext) { if context.channel.isActive { context.read() } }

    func channelActive(context: ChannelHandlerContext) {
        context.read()
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { received(unwrapInboundIn(data)) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        closed("the connection broke: \(error)")
        context.close(promise: nil)
    }
}
