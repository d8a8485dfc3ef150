// The engine on its event loop: whatever happens is told to it with the time and chance, and what it says is to be done is done, in order.
//
// Only files take time. While the disk is at work later actions wait, and nothing more is read from anybody (ReadGate), so that what waits
// is no more than what was read already.

import AgentCore
import Coding
import Glibc
import Logging
import NIOCore
import NIOPosix
import XMPP

/// Not Sendable: of the agent's event loop.
final class AgentLoop {
    private struct TimerKey: Hashable {
        let session: Int
        let timer: ClientSession.Timer
    }

    private let loop: any EventLoop
    private let logger: Logger
    private var engine: AgentEngine
    private let gate = ReadGate()
    private let forwarder: any ForwarderConnection
    private let controlNodes: ControlNodeConnections
    private let files: FileKeeper
    // These call back, so they are made when this object is whole.
    private var packets: PacketChannel?
    private var ports: PortServer?
    private var names: NameServerRelay?
    private var nameService: NameServerRelay?

    /// What is still to be done, the next at the front.
    private var actions = CircularBuffer<AgentAction>()
    private var isCarryingOut = false
    private var isWriting = false
    /// The reply before which the owed files were tried once more.
    private var retriedBefore: Int?
    private var timers: [TimerKey: Scheduled<Void>] = [:]
    private var wake: Scheduled<Void>?
    private var connecting: Scheduled<Void>?
    private var retrying: Scheduled<Void>?
    private var isStopping = false
    /// Called once when nothing is left to be done.
    private var whenIdle: (() -> Void)?
    private var random = SystemRandomNumberGenerator()
    private let clock = WallClock()

    /// While the disk refuses a file, it is tried again this often.
    private static let diskPause = TimeAmount.seconds(5)
    private static let portFolder = "ports/"

    init(_ options: AgentOptions, _ store: FileStore, _ thread: NIOThreadPool, on loop: any EventLoop, _ logger: Logger) {
        self.loop = loop
        self.logger = logger
        engine = AgentEngine(options.engine)
        forwarder =
            options.forwarderSocket == ForwarderSocket.netlink
            ? NetlinkConnection(on: loop, gate) : ForwarderSocketConnection(path: options.forwarderSocket, on: loop, gate)
        controlNodes = ControlNodeConnections(on: loop, gate)
        files = FileKeeper(store, thread, on: loop, logger)
        packets = PacketChannel(options.packetPlace, on: loop, gate, logger) { [unowned self] in handle(.packetArrived($0)) }
        ports = PortServer(
            on: loop, logger, ask: { [unowned self] in handle(.portRequest($0, number: $1)) },
            status: { [unowned self] in status })
        names = NameServerRelay(NameServerList(options.nameServers.map(\.address)), .init(), on: loop, logger) { [unowned self] in
            handle(.nameServerAnswered(question: $0, $1))
        }
        if !options.nameServices.isEmpty {
            nameService = NameServerRelay(NameServerList(options.nameServices.map(\.address)), .init(), on: loop, logger) {
                [unowned self] in handle(.nameServerAnswered(question: $0, $1))
            }
        }
    }

    // MARK: Beginning and ending

    func load(_ loaded: [FileStore.Loaded]) {
        for file in loaded {
            switch file.content {
            case .success(let bytes): actions += engine.load(file: file.name, bytes)
            case .failure(let error): logger.warning("\(file.name) is left alone: \(error)")
            }
        }
        carryOut()
    }

    func listen(_ host: String, _ port: Int) -> EventLoopFuture<SocketAddress?> {
        ports?.listen(host, port) ?? loop.makeFailedFuture(ChannelError.alreadyClosed)
    }

    func start() {
        actions += engine.start(now: Self.now, time: clock.text, jitter: jitter)
        carryOut()
    }

    /// Has the engine say what it owes, waits for the disk, and closes everything.
    func stop() -> EventLoopFuture<Void> {
        let done = loop.makePromise(of: Void.self)
        handle(.stop)
        isStopping = true
        whenIdle = { [unowned self] in
            let closing = [ports?.close(), packets?.close(), forwarder.finish()].compactMap { $0 } + controlNodes.finish()
            names?.close()
            nameService?.close()
            for timer in timers.values { timer.cancel() }
            for timer in [wake, connecting, retrying] { timer?.cancel() }
            EventLoopFuture.andAllComplete(closing, on: loop).cascade(to: done)
        }
        carryOut()
        return done.futureResult
    }

    // MARK: Events

    private static var now: UInt64 { NIODeadline.now().uptimeNanoseconds / 1_000_000 }
    private var jitter: Double { Double.random(in: -1...1, using: &random) }

    private func handle(_ event: AgentEvent) {
        guard !isStopping else { return }
        actions += engine.handle(event, now: Self.now, time: clock.text, jitter: jitter)
        carryOut()
    }

    private func forwarderEvent(_ event: StreamConnection.Event) {
        switch event {
        case .connected:
            packets?.start()
            handle(.forwarderConnected)
        case .received(let bytes): handle(.forwarderReceived(bytes))
        case .ended(let reason):
            packets?.pauseAttempts()
            handle(.forwarderLost(reason: reason))
        }
    }

    private func controlNodeEvent(_ session: Int, _ event: StreamConnection.Event) {
        switch event {
        case .connected: handle(.controlNode(session: session, .connected))
        case .received(let bytes): handle(.controlNode(session: session, .received(bytes)))
        case .ended(let reason): handle(.controlNode(session: session, .closed(reason: reason)))
        }
    }

    /// The engine's state, and what only the process knows.
    private var status: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("packet-channel", packets?.isOpen == true ? "open" : "closed")
        writer.member("packets-dropped", Int(clamping: packets?.droppedCount ?? 0))
        writer.member("questions-outstanding", names?.outstandingCount ?? 0)
        writer.key("files-refused")
        writer.beginArray()
        for refusal in files.refusals { writer.value(refusal) }
        writer.endArray()
        writer.endObject()
        // One more member of the engine's object.
        return engine.status.dropLast() + Array(#","process":"#.utf8) + writer.finish() + [UInt8(ascii: "}")]
    }

    // MARK: Actions

    /// Does what is to be done until something has to be waited for. Actions may lead to events at once, whose actions go behind the
    /// others.
    private func carryOut() {
        guard !isCarryingOut else { return }
        isCarryingOut = true
        while !isWriting, let action = actions.popFirst() { perform(action) }
        isCarryingOut = false
        forwarder.flush()
        controlNodes.flush()
        guard !isWriting, let whenIdle else { return }
        self.whenIdle = nil
        whenIdle()
    }

    private func perform(_ action: AgentAction) {
        switch action {
        case .connectForwarder(let pause): connectForwarder(after: pause)
        case .sendForwarder(let bytes): forwarder.send(bytes)
        case .sendPacket(let bytes): packets?.send(bytes)
        case .connectControlNode(let session, let server):
            controlNodes.connect(session, to: server) { [unowned self] in controlNodeEvent(session, $0) }
        case .closeControlNode(let session): controlNodes.close(session)
        case .sendControlNode(let session, let bytes): controlNodes.send(session, bytes)
        case .startTimer(let session, let timer, let milliseconds): startTimer(TimerKey(session: session, timer: timer), milliseconds)
        case .stopTimer(let session, let timer): timers.removeValue(forKey: TimerKey(session: session, timer: timer))?.cancel()
        case .writeFile(let name, let bytes): write(.write(name: name, bytes))
        case .removeFile(let name): write(.remove(name: name))
        case .reply(let number, let reply): self.reply(number, reply)
        case .askNameServer(let question, let message): names?.ask(question, message)
        case .askNameService(let question, let message): nameService?.ask(question, message)
        case .wake(let time): schedule(time)
        case .log(let importance, let text): log(importance, text)
        }
    }

    private func connectForwarder(after pause: UInt64) {
        connecting?.cancel()
        connecting = loop.assumeIsolated().scheduleTask(in: Self.amount(pause)) { [unowned self] in
            forwarder.connect { [unowned self] in forwarderEvent($0) }
        }
    }

    private func startTimer(_ key: TimerKey, _ milliseconds: UInt64) {
        timers[key]?.cancel()
        timers[key] = loop.assumeIsolated().scheduleTask(in: Self.amount(milliseconds)) { [unowned self] in
            timers[key] = nil
            handle(.controlNode(session: key.session, .timer(key.timer)))
        }
    }

    private func schedule(_ time: UInt64?) {
        wake?.cancel()
        wake = nil
        guard let time else { return }
        let now = Self.now
        wake = loop.assumeIsolated().scheduleTask(in: Self.amount(time > now ? time - now : 0)) { [unowned self] in
            wake = nil
            handle(.woken)
        }
    }

    private static func amount(_ milliseconds: UInt64) -> TimeAmount { .milliseconds(Int64(min(milliseconds, 1 << 40))) }

    private func log(_ importance: AgentLog, _ text: String) {
        switch importance {
        case .debug: logger.debug("\(text)")
        case .info: logger.info("\(text)")
        case .warning: logger.warning("\(text)")
        case .error: logger.error("\(text)")
        }
    }

    // MARK: Files and replies

    /// Has this change and those that follow it at once carried out; later actions wait.
    private func write(_ first: FileStore.Change) {
        var changes = [first]
        while let change = actions.first.flatMap(Self.change) {
            changes.append(change)
            actions.removeFirst()
        }
        apply(changes)
    }

    private static func change(_ action: AgentAction) -> FileStore.Change? {
        switch action {
        case .writeFile(let name, let bytes): .write(name: name, bytes)
        case .removeFile(let name): .remove(name: name)
        default: nil
        }
    }

    private func apply(_ changes: [FileStore.Change]) {
        isWriting = true
        gate.close()
        files.apply(changes) { [unowned self] in
            isWriting = false
            if files.owesAnything, retrying == nil, !isStopping { retryLater() }
            carryOut()
            if !isWriting { gate.open() }
        }
    }

    private func retryLater() {
        retrying = loop.assumeIsolated().scheduleTask(in: Self.diskPause) { [unowned self] in
            retrying = nil
            if files.owesAnything, !isWriting { apply([]) } else if files.owesAnything { retryLater() }
        }
    }

    /// Who was told that something is done may rely on it after a crash. So as long as the disk refuses what was asked for, that is the
    /// answer.
    private func reply(_ number: Int, _ reply: PortReply) {
        guard ports?.changesSomething(number) == true, reply.status < 300, files.refusal(below: Self.portFolder) != nil else {
            ports?.answer(number, PortAnswer(status: reply.status, body: reply.body))
            return
        }
        // A request that repeats one that the disk refused finds nothing to change, and may find the disk in order.
        if retriedBefore != number {
            retriedBefore = number
            actions.prepend(.reply(number: number, reply))
            return apply([])
        }
        let reason = files.refusal(below: Self.portFolder) ?? ""
        let text =
            "it is done, and is forgotten when the agent restarts, because the disk does not take it: \(reason); make room and ask again"
        ports?.answer(number, PortAnswer(500, error: text))
    }
}

/// The time of day, for files.
private struct WallClock {
    /// RFC 3339, in seconds: `2026-01-01T00:00:00Z`.
    var text: String {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        var parts = tm()
        gmtime_r(&now.tv_sec, &parts)
        func digits(_ value: Int32) -> String { value < 10 ? "0\(value)" : String(value) }
        return "\(parts.tm_year + 1900)-\(digits(parts.tm_mon + 1))-\(digits(parts.tm_mday))"
            + "T\(digits(parts.tm_hour)):\(digits(parts.tm_min)):\(digits(parts.tm_sec))Z"
    }
}
