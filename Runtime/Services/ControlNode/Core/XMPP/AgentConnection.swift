// The control node's end of a connection with an agent: the opening of the stream, signs of life, stanzas. Events in, actions out; it knows
// nothing of routes.

import Coding
import XMPP

/// One accepted connection.
public struct AgentConnection: Sendable {
    public enum Timer: Hashable, Sendable {
        /// The agent does not open its stream.
        case open
        /// Time for a sign of life, and to look for those of the agent.
        case tick
    }

    public enum Event: Sendable {
        case accepted
        case received([UInt8])
        case timer(Timer)
    }

    public enum Action: Hashable, Sendable {
        case send([UInt8])
        case startTimer(Timer, seconds: Double)
        case stopTimer(Timer)
        /// The agent said who it is.
        case opened(StreamHeader)
        case stanza(Stanza)
        /// Close the connection. Nothing follows.
        case close(reason: String)
    }

    private enum State {
        case opening
        case open
        case closed
    }

    public static let openSeconds = 15.0
    private var state = State.opening
    private var splitter: StanzaSplitter
    private var liveness: Liveness
    private let number: Int

    /// - Parameter number: tells the stream apart from others; it becomes part of the answer.
    public init(number: Int, holdSeconds: Int = Liveness.defaultHoldSeconds, maximumStanzaLength: Int = 1 << 20) {
        self.number = number
        splitter = StanzaSplitter(maximumLength: maximumStanzaLength)
        liveness = Liveness(holdSeconds: holdSeconds)
    }

    public mutating func handle(_ event: Event) -> [Action] {
        switch (event, state) {
        case (.accepted, .opening): return [.startTimer(.open, seconds: Self.openSeconds)]
        case (.received(let bytes), .opening), (.received(let bytes), .open): return receive(bytes)
        case (.timer(.open), .opening): return close("no stream within \(Int(Self.openSeconds)) s")
        case (.timer(.tick), .open):
            guard liveness.tick() else { return close("nothing heard for \(liveness.holdSeconds) s") }
            return [.send(Liveness.sign), .startTimer(.tick, seconds: liveness.tickSeconds)]
        // What still comes after the end, and timers that went off while they were being stopped.
        default: return []
        }
    }

    /// Ends the connection for a reason found elsewhere.
    public mutating func close(_ reason: String) -> [Action] {
        guard state != .closed else { return [] }
        state = .closed
        return [.stopTimer(.open), .stopTimer(.tick), .close(reason: reason)]
    }

    private mutating func receive(_ bytes: [UInt8]) -> [Action] {
        liveness.heard()
        splitter.append(bytes)
        var actions: [Action] = []
        do {
            while state != .closed, let part = try splitter.next() { actions += try take(part) }
            return actions
        } catch let failure as StanzaSplitter.Failure {
            return actions + close(failure.description)
        } catch {
            return actions + close("\(error)")
        }
    }

    private mutating func take(_ part: StanzaSplitter.Part) throws -> [Action] {
        switch (part, state) {
        case (.streamOpening(let tag), .opening):
            let header = try StreamHeader(parsing: tag)
            state = .open
            let answer = StreamHeader(from: Address.controlNode.name, to: header.from, id: "++\(number)", namespace: header.namespace)
            return [.stopTimer(.open), .send(answer.bytes), .startTimer(.tick, seconds: liveness.tickSeconds), .opened(header)]
        case (.streamOpening, _): return close("a second opening of the stream")
        case (.stanza(let bytes), .open): return [.stanza(try Stanza(parsing: bytes))]
        case (.stanza, _): return close("a stanza before the stream was opened")
        case (.streamClosing, _): return close("the agent closed the stream")
        }
    }
}
