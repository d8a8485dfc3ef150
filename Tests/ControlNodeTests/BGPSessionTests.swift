// The session's state machine, line by line: an event, and what the shell is told to do.

import NetworkTypes
import Testing

@testable import ControlNodeCore

private let ours = IPv4Address(10, 0, 0, 2)
private let higher = IPv4Address(10, 0, 0, 3)
private let lower = IPv4Address(10, 0, 0, 1)

private func options(_ change: (inout BGPSessionOptions) -> Void = { _ in }) -> BGPSessionOptions {
    var options = BGPSessionOptions(
        localAS: ASNumber(64512), peerAS: ASNumber(64512), identifier: ours, families: [.inetVPN, .evpn])
    change(&options)
    return options
}

private func open(
    _ identifier: IPv4Address = higher, system: UInt32 = 64512, holdTime: UInt16 = 30, families: [AddressFamily] = [.inetVPN, .inet]
) -> BGPMessage {
    .open(
        OpenMessage(
            system: ASNumber(system), holdTime: holdTime, identifier: identifier,
            capabilities: families.map { .multiprotocol($0) } + [.fourByteAS(ASNumber(system))]))
}

extension BGPSession.Action {
    /// The action in a few words, so that transcripts read.
    fileprivate var text: String {
        switch self {
        case .connect: "connect"
        case .close(let direction): "close \(direction)"
        case .send(let direction, let message):
            switch message {
            case .open: "send \(direction) OPEN"
            case .keepalive: "send \(direction) KEEPALIVE"
            case .notification(let notification): "send \(direction) \(notification.code)/\(notification.subcode)"
            default: "send \(direction) \(message)"
            }
        case .startTimer(let timer, let seconds): "timer \(timer.text) \(Int(seconds))"
        case .stopTimer(let timer): "no timer \(timer.text)"
        case .established(let result): "established \(result.direction) hold \(result.holdTime) \(result.terms.families.sorted())"
        case .update: "update"
        case .refresh(let family): "refresh \(family)"
        case .lost: "lost"
        }
    }
}

extension BGPSession.Timer {
    fileprivate var text: String {
        switch self {
        case .connectRetry: "connect"
        case .idleHold: "idle"
        case .hold(let direction): "hold-\(direction)"
        case .keepalive(let direction): "keepalive-\(direction)"
        }
    }
}

/// A session and what it says.
private struct Script {
    var session: BGPSession

    init(_ change: (inout BGPSessionOptions) -> Void = { _ in }) { session = BGPSession(options(change)) }

    mutating func callAsFunction(
        _ event: BGPSession.Event, _ expected: [String], _ state: BGPSession.State, at location: SourceLocation = #_sourceLocation
    ) {
        #expect(session.handle(event).map(\.text) == expected, sourceLocation: location)
        #expect(session.state == state, sourceLocation: location)
    }

    /// Up to Established over one connection.
    mutating func establish(_ direction: BGPSession.Direction = .outgoing) {
        if session.state == .idle { _ = session.handle(.start) }
        _ = session.handle(.connected(direction))
        _ = session.handle(.received(direction, open()))
        _ = session.handle(.received(direction, .keepalive))
        #expect(session.state == .established)
    }
}

private let outgoing = BGPSession.Direction.outgoing
private let incoming = BGPSession.Direction.incoming

@Suite struct BGPSessionTests {
    @Test func aSessionIsEstablished() {
        var run = Script()
        #expect(run.session.state == .idle)
        run(.start, ["connect", "timer connect 1"], .connect)
        run(.connected(outgoing), ["no timer connect", "send outgoing OPEN", "timer hold-outgoing 240"], .openSent)
        run(
            .received(outgoing, open()), ["send outgoing KEEPALIVE", "timer hold-outgoing 30", "timer keepalive-outgoing 10"], .openConfirm)
        run(
            .received(outgoing, .keepalive), ["timer hold-outgoing 30", "no timer connect", "established outgoing hold 30 [inet-vpn]"],
            .established)
        run(.received(outgoing, .keepalive), ["timer hold-outgoing 30"], .established)
        run(.received(outgoing, .update(UpdateMessage(endOfRIB: .inetVPN))), ["timer hold-outgoing 30", "update"], .established)
        run(.received(outgoing, .routeRefresh(.inetVPN)), ["timer hold-outgoing 30", "refresh inet-vpn"], .established)
        run(.expired(.keepalive(outgoing)), ["send outgoing KEEPALIVE", "timer keepalive-outgoing 10"], .established)
        #expect(run.session.established?.terms.hasFourByteAS == true && run.session.established?.terms.isInternal == true)
    }

    @Test func connectingIsTriedAgainMoreAndMoreRarely() {
        var run = Script()
        run(.start, ["connect", "timer connect 1"], .connect)
        run(.disconnected(outgoing, reason: "refused"), [], .active)
        run(.expired(.connectRetry), ["connect", "timer connect 2"], .connect)
        run(.disconnected(outgoing, reason: "refused"), [], .active)
        run(.expired(.connectRetry), ["connect", "timer connect 4"], .connect)
        run(.expired(.connectRetry), ["close outgoing", "connect", "timer connect 8"], .connect)
        for _ in 0..<3 { _ = run.session.handle(.expired(.connectRetry)) }
        run(.expired(.connectRetry), ["close outgoing", "connect", "timer connect 30"], .connect)
        #expect(run.session.lastError == "refused")
    }

    @Test func aPassiveSessionWaits() {
        var run = Script { $0.isPassive = true }
        run(.start, [], .active)
        run(.connected(incoming), ["send incoming OPEN", "timer hold-incoming 240"], .openSent)
        run(
            .received(incoming, open()), ["send incoming KEEPALIVE", "timer hold-incoming 30", "timer keepalive-incoming 10"], .openConfirm)
    }

    @Test func aSessionThatIsDownTakesNoConnection() {
        var run = Script { $0.isAdminDown = true }
        run(.start, [], .idle)
        run(.connected(incoming), ["send incoming 6/5", "close incoming"], .idle)
    }

    @Test func theOpenOfAnotherSystemIsRefused() {
        var run = Script()
        _ = run.session.handle(.start)
        _ = run.session.handle(.connected(outgoing))
        run(
            .received(outgoing, open(system: 7)),
            [
                "send outgoing 2/2", "close outgoing", "no timer hold-outgoing", "no timer keepalive-outgoing", "no timer connect",
                "timer idle 1",
            ], .idle)
        #expect(run.session.lastError == "the peer is AS 7, and AS 64512 is configured")
        run(.expired(.idleHold), ["connect", "timer connect 2"], .connect)
    }

    @Test(arguments: [
        (open(ours), "2/3"), (open(families: [.inet]), "2/7"), (BGPMessage.keepalive, "5/1"),
        (.update(UpdateMessage(endOfRIB: .inet)), "5/1"),
    ])
    func inOpenSentTheRestIsAnError(message: BGPMessage, code: String) {
        var run = Script()
        _ = run.session.handle(.start)
        _ = run.session.handle(.connected(outgoing))
        #expect(run.session.handle(.received(outgoing, message)).map(\.text).first == "send outgoing \(code)")
        #expect(run.session.state == .idle)
    }

    @Test func unexpectedMessagesLaterAreErrorsAsWell() {
        var run = Script()
        _ = run.session.handle(.start)
        _ = run.session.handle(.connected(outgoing))
        _ = run.session.handle(.received(outgoing, open()))
        #expect(run.session.handle(.received(outgoing, open())).map(\.text).first == "send outgoing 5/2")
        run = Script()
        run.establish()
        #expect(run.session.handle(.received(outgoing, open())).map(\.text).first == "send outgoing 5/3")
    }

    @Test func theHoldTimerEndsTheSession() {
        var run = Script()
        run.establish()
        run(
            .expired(.hold(outgoing)),
            [
                "send outgoing 4/0", "close outgoing", "no timer hold-outgoing", "no timer keepalive-outgoing", "lost", "no timer connect",
                "timer idle 1",
            ], .idle)
    }

    @Test func aHoldTimeOfZeroMeansNoKeepalives() {
        var run = Script { $0.holdTime = 0 }
        _ = run.session.handle(.start)
        _ = run.session.handle(.connected(outgoing))
        run(.received(outgoing, open()), ["send outgoing KEEPALIVE", "no timer hold-outgoing"], .openConfirm)
    }

    @Test func theRestGrowsWithEachFailure() {
        var run = Script()
        _ = run.session.handle(.start)
        for expected in ["timer idle 1", "timer idle 2", "timer idle 4", "timer idle 8"] {
            _ = run.session.handle(.connected(outgoing))
            _ = run.session.handle(.received(outgoing, open()))
            #expect(run.session.handle(.disconnected(outgoing, reason: "reset")).map(\.text).last == expected)
            _ = run.session.handle(.expired(.idleHold))
        }
        run.establish()
        #expect(run.session.handle(.disconnected(outgoing, reason: "reset")).map(\.text).last == "timer idle 1")
        #expect(run.session.establishedCount == 1)
    }

    @Test func aConnectionDuringTheRestIsRefused() {
        var run = Script()
        run.establish()
        _ = run.session.handle(.received(outgoing, .notification(.administrativeReset)))
        run(.connected(incoming), ["send incoming 6/5", "close incoming"], .idle)
        #expect(run.session.lastError == "the peer says: cease (6): administrative reset (4)")
    }

    /// A peer that rests after a reset takes connections and closes them without a word.
    @Test func aPeerThatClosesAtOnceIsLetInWhenItComesBack() {
        var run = Script()
        run(.start, ["connect", "timer connect 1"], .connect)
        run(.connected(outgoing), ["no timer connect", "send outgoing OPEN", "timer hold-outgoing 240"], .openSent)
        let closing = ["close outgoing", "no timer hold-outgoing", "no timer keepalive-outgoing"]
        run(.disconnected(outgoing, reason: "closed"), closing + ["timer connect 1"], .active)
        run(.expired(.connectRetry), ["connect", "timer connect 2"], .connect)
        _ = run.session.handle(.connected(outgoing))
        run(.disconnected(outgoing, reason: "closed"), closing + ["timer connect 2"], .active)
        run(.connected(incoming), ["send incoming OPEN", "timer hold-incoming 240"], .openSent)
        run(
            .disconnected(incoming, reason: "closed"), ["close incoming", "no timer hold-incoming", "no timer keepalive-incoming"], .active)
        run(.connected(incoming), ["send incoming OPEN", "timer hold-incoming 240"], .openSent)
    }

    @Test func aPassiveSessionGoesOnListening() {
        var run = Script { $0.isPassive = true }
        _ = run.session.handle(.start)
        _ = run.session.handle(.connected(incoming))
        run(
            .disconnected(incoming, reason: "closed"), ["close incoming", "no timer hold-incoming", "no timer keepalive-incoming"], .active)
    }

    /// The own connection failed with an error while the peer's was open; when that one closes as well, ours is tried again.
    @Test func somebodyAlwaysTriesAgain() {
        var run = Script()
        _ = run.session.handle(.start)
        _ = run.session.handle(.connected(outgoing))
        _ = run.session.handle(.connected(incoming))
        _ = run.session.handle(.received(outgoing, .keepalive))
        #expect(run.session.state == .openSent)
        #expect(run.session.handle(.disconnected(incoming, reason: "closed")).map(\.text).last == "timer connect 1")
        run(.expired(.connectRetry), ["connect", "timer connect 2"], .connect)
    }

    // MARK: Collisions

    @Test func theConnectionOfTheGreaterIdentifierStays() {
        // The peer's identifier is greater: the connection that it opened stays.
        var run = Script()
        _ = run.session.handle(.start)
        _ = run.session.handle(.connected(outgoing))
        _ = run.session.handle(.connected(incoming))
        _ = run.session.handle(.received(outgoing, open(higher)))
        run(
            .received(incoming, open(higher)),
            [
                "send outgoing 6/7", "close outgoing", "no timer hold-outgoing", "no timer keepalive-outgoing", "send incoming KEEPALIVE",
                "timer hold-incoming 30", "timer keepalive-incoming 10",
            ], .openConfirm)
        // Ours is greater: the one that we opened stays.
        run = Script()
        _ = run.session.handle(.start)
        _ = run.session.handle(.connected(outgoing))
        _ = run.session.handle(.connected(incoming))
        _ = run.session.handle(.received(outgoing, open(lower)))
        run(
            .received(incoming, open(lower)),
            ["send incoming 6/7", "close incoming", "no timer hold-incoming", "no timer keepalive-incoming"], .openConfirm)
        run(
            .received(outgoing, .keepalive), ["timer hold-outgoing 30", "no timer connect", "established outgoing hold 30 [inet-vpn]"],
            .established)
    }

    @Test func anEstablishedSessionIsNotReplaced() {
        var run = Script()
        run.establish()
        run(.connected(incoming), ["send incoming 6/7", "close incoming"], .established)
        run(.disconnected(incoming, reason: "closed"), [], .established)
    }

    @Test func anIncomingConnectionEndsTheOwnAttempt() {
        var run = Script()
        run(.start, ["connect", "timer connect 1"], .connect)
        run(.connected(incoming), ["send incoming OPEN", "timer hold-incoming 240"], .openSent)
        run(
            .received(incoming, open()),
            [
                "close outgoing", "no timer connect", "send incoming KEEPALIVE", "timer hold-incoming 30", "timer keepalive-incoming 10",
            ], .openConfirm)
    }

    @Test func theOtherConnectionCarriesOnWhenOneIsLost() {
        var run = Script()
        _ = run.session.handle(.start)
        _ = run.session.handle(.connected(outgoing))
        _ = run.session.handle(.connected(incoming))
        run(
            .disconnected(outgoing, reason: "reset"), ["close outgoing", "no timer hold-outgoing", "no timer keepalive-outgoing"], .openSent
        )
        _ = run.session.handle(.received(incoming, open()))
        run(
            .received(incoming, .keepalive), ["timer hold-incoming 30", "no timer connect", "established incoming hold 30 [inet-vpn]"],
            .established)
    }

    // MARK: Administration

    @Test func stoppingTellsThePeer() {
        var run = Script()
        run.establish()
        run(
            .stop(.administrativeShutdown),
            [
                "no timer connect", "no timer idle", "send outgoing 6/2", "close outgoing", "no timer hold-outgoing",
                "no timer keepalive-outgoing", "lost",
            ], .idle)
        run(.start, ["connect", "timer connect 1"], .connect)
    }

    @Test func bytesThatAreNoMessageEndTheSession() {
        var run = Script()
        run.establish()
        let texts = run.session.handle(.invalid(outgoing, BGPProtocolError(.malformedAttributes, "cut off"))).map(\.text)
        #expect(texts.first == "send outgoing 3/1" && texts.contains("lost"))
    }

    /// Whatever happens in whatever order: a session is never established without having agreed, and every loss follows an establishment.
    @Test(arguments: 1...200) func anyOrderOfEventsIsSurvived(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var session = BGPSession(options { $0.isPassive = random.chance(30) })
        var isUp = false
        for _ in 0..<200 {
            let direction: BGPSession.Direction = random.chance(50) ? outgoing : incoming
            let event: BGPSession.Event
            switch Int.random(in: 0..<12, using: &random) {
            case 0: event = .start
            case 1: event = random.chance(10) ? .stop(.administrativeReset) : .start
            case 2, 3: event = .connected(direction)
            case 4: event = .disconnected(direction, reason: "gone")
            case 5, 6: event = .received(direction, open(random.chance(50) ? higher : lower))
            case 7, 8: event = .received(direction, .keepalive)
            case 9: event = .received(direction, random.chance(20) ? .notification(.collision) : .update(UpdateMessage()))
            case 10:
                event = random.chance(20) ? .invalid(direction, BGPProtocolError(.malformedOpen, "bad")) : .expired(.keepalive(direction))
            default: event = .expired([.connectRetry, .idleHold, .idleHold, .hold(direction)].randomElement(using: &random) ?? .idleHold)
            }
            for action in session.handle(event) {
                if case .established = action {
                    #expect(!isUp, "seed \(seed)")
                    isUp = true
                }
                if case .lost = action {
                    #expect(isUp, "seed \(seed)")
                    isUp = false
                }
                if case .update = action { #expect(isUp, "seed \(seed)") }
            }
            #expect(isUp == (session.state == .established) && isUp == (session.established != nil), "seed \(seed)")
        }
    }
}
