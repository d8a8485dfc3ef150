// An agent's session with one control node: connecting, opening the stream, signs of life, coming back after a loss. Decides, and leaves
// doing to its owner: events go in, actions come out, in the order in which they are to be done. No clock and no chance here: timers are
// actions and events, and jitter comes with the event.

import Coding

/// One session, from connection to connection.
public struct ClientSession: Sendable {
    public enum State: Hashable, Sendable {
        /// Not wanted.
        case stopped
        /// Waiting to try again.
        case waiting
        case connecting
        /// Connected; the other end has not opened its stream.
        case opening
        case established
    }

    public enum Timer: Hashable, Sendable, CaseIterable {
        /// The connection does not come about.
        case connect
        /// The stream does not open.
        case open
        /// Time for a sign of life, and to look for those of the other end.
        case tick
        /// Time to try again.
        case retry
    }

    public enum Event: Sendable {
        case start
        case stop
        case connected
        /// The connection ended or did not come about.
        case closed(reason: String)
        case received([UInt8])
        case timer(Timer)
    }

    public enum Action: Hashable, Sendable {
        case connect
        /// Close the connection. `closed` need not follow.
        case close
        case send([UInt8])
        /// Start the timer, or start it anew.
        case startTimer(Timer, seconds: Double)
        case stopTimer(Timer)
        /// The session is up: everything is to be said again.
        case established(StreamHeader)
        case stanza(Stanza)
        /// The session is gone, or did not come up.
        case lost(reason: String)
    }

    public struct Settings: Hashable, Sendable {
        /// Name of this host.
        public var name: String
        public var server = Address.controlNode.name
        /// Name of the subcluster, for agents that are in one.
        public var namespace = StreamHeader.clientNamespace
        public var holdSeconds = Liveness.defaultHoldSeconds
        public var connectSeconds = 30.0
        public var openSeconds = 15.0
        /// The first wait; each further one is twice as long.
        public var firstRetrySeconds = 1.0
        public var longestRetrySeconds = 30.0
        public var maximumStanzaLength = 4 << 20

        public init(name: String) { self.name = name }
    }

    public let settings: Settings
    public private(set) var state = State.stopped
    private var splitter: StanzaSplitter
    private var liveness: Liveness
    /// Attempts since the last session that came up.
    private var attempts = 0

    public init(_ settings: Settings) {
        self.settings = settings
        splitter = StanzaSplitter(maximumLength: settings.maximumStanzaLength)
        liveness = Liveness(holdSeconds: settings.holdSeconds)
    }

    /// - Parameter jitter: from −1 to 1, at random: it makes a wait up to a tenth shorter or longer, so that agents that lost a control
    ///   node together do not come back together.
    public mutating func handle(_ event: Event, jitter: Double = 0) -> [Action] {
        switch (event, state) {
        case (.start, .stopped):
            attempts = 0
            return connect()
        case (.stop, .stopped), (.start, _): return []
        case (.stop, _):
            let wasUp = state == .established
            state = .stopped
            return stopAllTimers() + [.close] + (wasUp ? [.lost(reason: "stopped")] : [])
        case (.connected, .connecting):
            state = .opening
            splitter = StanzaSplitter(maximumLength: settings.maximumStanzaLength)
            let header = StreamHeader(from: settings.name, to: settings.server, namespace: settings.namespace)
            return [.stopTimer(.connect), .send(header.bytes), .startTimer(.open, seconds: settings.openSeconds)]
        case (.closed(let reason), .connecting), (.closed(let reason), .opening), (.closed(let reason), .established):
            return lose(reason, closing: false, jitter)
        case (.received(let bytes), .opening), (.received(let bytes), .established):
            return receive(bytes, jitter)
        case (.timer(.connect), .connecting):
            return lose("no connection within \(Int(settings.connectSeconds)) s", closing: true, jitter)
        case (.timer(.open), .opening):
            return lose("no stream within \(Int(settings.openSeconds)) s", closing: true, jitter)
        case (.timer(.tick), .established):
            guard liveness.tick() else { return lose("nothing heard for \(settings.holdSeconds) s", closing: true, jitter) }
            return [.send(Liveness.sign), .startTimer(.tick, seconds: liveness.tickSeconds)]
        case (.timer(.retry), .waiting): return connect()
        // Timers that went off while they were being stopped, and what a connection says after it was given up.
        case (.connected, _), (.closed, _), (.received, _), (.timer, _): return []
        }
    }

    private mutating func connect() -> [Action] {
        state = .connecting
        attempts += 1
        return [.connect, .startTimer(.connect, seconds: settings.connectSeconds)]
    }

    private mutating func lose(_ reason: String, closing: Bool, _ jitter: Double) -> [Action] {
        state = .waiting
        let wait = min(settings.firstRetrySeconds * Double(1 << min(max(attempts - 1, 0), 16)), settings.longestRetrySeconds)
        return stopAllTimers() + (closing ? [.close] : [])
            + [.lost(reason: reason), .startTimer(.retry, seconds: wait * (1 + 0.1 * min(max(jitter, -1), 1)))]
    }

    private func stopAllTimers() -> [Action] { Timer.allCases.map(Action.stopTimer) }

    private mutating func receive(_ bytes: [UInt8], _ jitter: Double) -> [Action] {
        liveness.heard()
        splitter.append(bytes)
        var actions: [Action] = []
        do {
            while let part = try splitter.next() { actions += try take(part) }
            return actions
        } catch let failure as StanzaSplitter.Failure {
            return actions + lose(failure.description, closing: true, jitter)
        } catch {
            return actions + lose("\(error)", closing: true, jitter)
        }
    }

    private mutating func take(_ part: StanzaSplitter.Part) throws -> [Action] {
        switch (part, state) {
        case (.streamOpening(let tag), .opening):
            let header = try StreamHeader(parsing: tag)
            state = .established
            attempts = 0
            liveness = Liveness(holdSeconds: settings.holdSeconds)
            return [.stopTimer(.open), .established(header), .startTimer(.tick, seconds: liveness.tickSeconds)]
        case (.streamOpening, _): throw Violation(description: "a second opening of the stream")
        case (.stanza(let bytes), .established): return [.stanza(try Stanza(parsing: bytes))]
        case (.stanza, _): throw Violation(description: "a stanza before the stream was opened")
        case (.streamClosing, _): throw Violation(description: "the other end closed the stream")
        }
    }

    private struct Violation: Error, CustomStringConvertible { let description: String }
}
