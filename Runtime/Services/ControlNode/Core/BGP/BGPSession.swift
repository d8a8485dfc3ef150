// One BGP session's state machine (RFC 4271 §8): events in, actions out. It holds no socket and no clock; the shell around it opens and
// closes connections, runs the timers it is told to, and hands in what happens.
//
// A peer may connect to us while we connect to it. Both connections are taken as far as OPEN, and only then is one of them chosen (§6.8):
// the one that the speaker with the greater identifier opened. So a session has up to two connections, each with a state of its own; the
// session's state is that of the one that got furthest.
//
//     Idle ──start──▶ Connect ──connected──▶ OpenSent ──OPEN──▶ OpenConfirm ──KEEPALIVE──▶ Established
//      ▲ ▲               │ ▲                   │  │                  │                        │
//      │ │      failed   ▼ │ retry             │  │                  │                        │
//      │ │             Active ◀──── closed ────┘  │                  │                        │
//      │ └──────────────────────── error ─────────┴───── lost ───────┴────────────────────────┘
//      └── idle hold: waits longer after each failure, and takes no connection meanwhile

import NetworkTypes

/// What is configured of a peer, as far as its session depends on it.
public struct BGPSessionOptions: Hashable, Sendable {
    public var localAS: ASNumber
    public var peerAS: ASNumber
    public var identifier: IPv4Address
    /// Offered to the peer, in seconds: 0 for no keepalives, otherwise 3 and more. The lower of both offers counts.
    public var holdTime: UInt16
    public var families: [AddressFamily]
    /// Waits for the peer to connect.
    public var isPassive: Bool
    /// Whether AS numbers of four bytes are offered.
    public var hasFourByteAS: Bool
    /// Offers graceful restart with this many seconds; nil for not at all.
    public var restartTime: UInt16?
    /// Shut down by the administrator.
    public var isAdminDown: Bool

    public init(
        localAS: ASNumber, peerAS: ASNumber, identifier: IPv4Address, holdTime: UInt16 = 90, families: [AddressFamily],
        isPassive: Bool = false, hasFourByteAS: Bool = true, restartTime: UInt16? = nil, isAdminDown: Bool = false
    ) {
        self.localAS = localAS
        self.peerAS = peerAS
        self.identifier = identifier
        self.holdTime = holdTime
        self.families = families
        self.isPassive = isPassive
        self.hasFourByteAS = hasFourByteAS
        self.restartTime = restartTime
        self.isAdminDown = isAdminDown
    }

    public var isInternal: Bool { localAS == peerAS }

    var open: OpenMessage {
        var capabilities = families.map { Capability.multiprotocol($0) }
        if hasFourByteAS { capabilities.append(.fourByteAS(localAS)) }
        if let restartTime {
            capabilities.append(
                .gracefulRestart(.init(seconds: restartTime, families: families.map { .init($0, isForwardingPreserved: false) })))
        }
        return OpenMessage(system: localAS, holdTime: holdTime, identifier: identifier, capabilities: capabilities)
    }
}

public struct BGPSession: Sendable {
    /// Who opened a connection.
    public enum Direction: Hashable, Sendable, CaseIterable {
        case outgoing
        case incoming
    }

    public enum State: Int, Sendable, Comparable, CustomStringConvertible {
        case idle
        case connect
        case active
        case openSent
        case openConfirm
        case established

        public static func < (left: State, right: State) -> Bool { left.rawValue < right.rawValue }

        public var description: String {
            switch self {
            case .idle: "Idle"
            case .connect: "Connect"
            case .active: "Active"
            case .openSent: "OpenSent"
            case .openConfirm: "OpenConfirm"
            case .established: "Established"
            }
        }
    }

    public enum Timer: Hashable, Sendable {
        /// Until another attempt to connect.
        case connectRetry
        /// Until the session may start again after it failed.
        case idleHold
        /// Until the peer counts as gone.
        case hold(Direction)
        /// Until the next KEEPALIVE is due.
        case keepalive(Direction)
    }

    public enum Event: Sendable {
        /// Begin, and begin again whenever the session ends.
        case start
        /// End, with what the peer is told.
        case stop(NotificationMessage)
        case connected(Direction)
        /// The connection could not be opened, or ended without a word.
        case disconnected(Direction, reason: String)
        case received(Direction, BGPMessage)
        /// What came on the connection is no BGP message.
        case invalid(Direction, BGPProtocolError)
        case expired(Timer)
    }

    public enum Action: Sendable, Equatable {
        case connect
        /// Gives up an attempt, or closes the connection after what was sent.
        case close(Direction)
        case send(Direction, BGPMessage)
        /// Runs the timer for so many seconds from now, in place of one that runs already.
        case startTimer(Timer, seconds: Double)
        case stopTimer(Timer)
        case established(Established)
        case update(UpdateMessage)
        case refresh(AddressFamily)
        /// The session was established and is no more.
        case lost(reason: String)
    }

    /// What both sides agreed on.
    public struct Established: Sendable, Equatable {
        public let direction: Direction
        public let terms: BGPSessionTerms
        public let peerIdentifier: IPv4Address
        public let holdTime: UInt16
        /// The peer's word on its restarts; nil when it does not restart gracefully.
        public let gracefulRestart: Capability.GracefulRestart?
    }

    private struct Connection: Sendable {
        var state: State
        var peer: OpenMessage?
        var holdTime: UInt16 = 0
    }

    /// How long the peer's OPEN is waited for (RFC 4271 §8.2.2 suggests 4 minutes).
    static let openHoldTime = 240.0
    static let greatestConnectRetry = 30.0
    static let greatestIdleHold = 100.0

    public let options: BGPSessionOptions
    private var connections: [Direction: Connection] = [:]
    private var isStarted = false
    private var isWaitingIdle = false
    private var attempts = 0
    /// Failures since the session was last established.
    public private(set) var failures = 0
    public private(set) var established: Established?
    /// Why the session last ended, for people to read.
    public private(set) var lastError: String?
    /// How often the session was established.
    public private(set) var establishedCount = 0

    public init(_ options: BGPSessionOptions) { self.options = options }

    public var state: State {
        if let furthest = connections.values.map(\.state).max(), furthest >= .openSent { return furthest }
        guard isStarted, !isWaitingIdle else { return .idle }
        return connections[.outgoing]?.state ?? .active
    }

    // MARK: Events

    public mutating func handle(_ event: Event) -> [Action] {
        var actions: [Action] = []
        switch event {
        case .start: start(&actions)
        case .stop(let notification): stop(notification, &actions)
        case .connected(let direction): connected(direction, &actions)
        case .disconnected(let direction, let reason): disconnected(direction, reason, &actions)
        case .received(let direction, let message): received(direction, message, &actions)
        case .invalid(let direction, let error): fail(direction, error.notification, error.detail, &actions)
        case .expired(let timer): expired(timer, &actions)
        }
        return actions
    }

    private mutating func start(_ actions: inout [Action]) {
        guard !isStarted, !options.isAdminDown else { return }
        isStarted = true
        isWaitingIdle = false
        beginConnecting(&actions)
    }

    private mutating func stop(_ notification: NotificationMessage, _ actions: inout [Action]) {
        isStarted = false
        isWaitingIdle = false
        failures = 0
        attempts = 0
        actions += [.stopTimer(.connectRetry), .stopTimer(.idleHold)]
        for direction in Direction.allCases { drop(direction, telling: notification, "\(notification)", &actions) }
    }

    private mutating func beginConnecting(_ actions: inout [Action]) {
        guard !options.isPassive else { return }
        connections[.outgoing] = Connection(state: .connect)
        attempts += 1
        actions += [.connect, .startTimer(.connectRetry, seconds: connectRetry)]
    }

    /// Listens, and connects again after a while, unless a connection lives or is being opened.
    private mutating func awaitAnotherAttempt(_ actions: inout [Action]) {
        guard !options.isPassive, connections.isEmpty else { return }
        connections[.outgoing] = Connection(state: .active)
        actions.append(.startTimer(.connectRetry, seconds: connectRetry))
    }

    /// 1, 2, 4, … seconds.
    private var connectRetry: Double { min(Double(1 << min(max(attempts - 1, 0), 10)), Self.greatestConnectRetry) }

    private mutating func connected(_ direction: Direction, _ actions: inout [Action]) {
        // An incoming connection that was not wanted is refused; so is a second one while the first lives.
        guard isStarted, !isWaitingIdle, connections[direction].map({ $0.state < .openSent }) ?? true else {
            actions += [.send(direction, .notification(.connectionRejected)), .close(direction)]
            return
        }
        guard established == nil else {
            // RFC 4271 §6.8: an established session stays, unless it is being replaced gracefully, which is not offered.
            actions += [.send(direction, .notification(.collision)), .close(direction)]
            return
        }
        connections[direction] = Connection(state: .openSent)
        if direction == .outgoing { actions.append(.stopTimer(.connectRetry)) }
        actions += [.send(direction, .open(options.open)), .startTimer(.hold(direction), seconds: Self.openHoldTime)]
    }

    private mutating func disconnected(_ direction: Direction, _ reason: String, _ actions: inout [Action]) {
        guard let connection = connections[direction] else { return }
        if connection.state < .openSent {
            // The attempt failed; the retry timer runs, and the peer may connect in the meantime.
            connections[direction] = Connection(state: .active)
            lastError = reason
        } else if connection.state == .openSent {
            // RFC 4271 §8.2.2, event 18 in OpenSent: nobody made a mistake, so there is nothing to sit out. A peer that rests takes a
            // connection and closes it at once; it must be let in when it comes back, or both could refuse each other in turn for long.
            drop(direction, telling: nil, reason, &actions)
            awaitAnotherAttempt(&actions)
        } else {
            drop(direction, telling: nil, reason, &actions)
            waitIdle(&actions)
        }
    }

    private mutating func expired(_ timer: Timer, _ actions: inout [Action]) {
        switch timer {
        case .connectRetry:
            guard isStarted, !isWaitingIdle, state < .openSent else { return }
            if connections[.outgoing]?.state == .connect { actions.append(.close(.outgoing)) }
            beginConnecting(&actions)
        case .idleHold:
            guard isStarted, isWaitingIdle else { return }
            isWaitingIdle = false
            beginConnecting(&actions)
        case .hold(let direction):
            guard connections[direction] != nil else { return }
            fail(direction, .holdTimerExpired, "the hold timer expired", &actions)
        case .keepalive(let direction):
            guard let connection = connections[direction], connection.state >= .openConfirm, connection.holdTime > 0 else { return }
            actions += [
                .send(direction, .keepalive), .startTimer(.keepalive(direction), seconds: Double(connection.holdTime) / 3),
            ]
        }
    }

    // MARK: Messages

    private mutating func received(_ direction: Direction, _ message: BGPMessage, _ actions: inout [Action]) {
        guard let connection = connections[direction], connection.state >= .openSent else { return }
        switch (message, connection.state) {
        case (.notification(let notification), _):
            drop(direction, telling: nil, "the peer says: \(notification)", &actions)
            waitIdle(&actions)
        case (.open(let open), .openSent): receivedOpen(direction, open, &actions)
        case (.keepalive, .openConfirm): establish(direction, connection, &actions)
        case (.keepalive, .established): restartHold(direction, connection, &actions)
        case (.update(let update), .established):
            restartHold(direction, connection, &actions)
            actions.append(.update(update))
        case (.routeRefresh(let family), .established):
            restartHold(direction, connection, &actions)
            // It was not offered, so that a peer that asks nevertheless is answered out of kindness.
            actions.append(.refresh(family))
        default:
            let notification: NotificationMessage =
                switch connection.state {
                case .openSent: .unexpectedInOpenSent
                case .openConfirm: .unexpectedInOpenConfirm
                default: .unexpectedInEstablished
                }
            fail(direction, notification, "a message that the state \(connection.state) does not expect", &actions)
        }
    }

    private mutating func receivedOpen(_ direction: Direction, _ open: OpenMessage, _ actions: inout [Action]) {
        guard open.system == options.peerAS else {
            return fail(direction, .badPeerAS, "the peer is AS \(open.system), and AS \(options.peerAS) is configured", &actions)
        }
        guard open.identifier != options.identifier || !options.isInternal else {
            return fail(direction, .badIdentifier, "the peer has this router's identifier \(open.identifier)", &actions)
        }
        guard !open.families.isDisjoint(with: options.families) else {
            let theirs = open.families.sorted().map(\.description).joined(separator: ", ")
            return fail(direction, NotificationMessage(code: 2, subcode: 7), "no family in common; the peer speaks \(theirs)", &actions)
        }
        let other: Direction = direction == .incoming ? .outgoing : .incoming
        if let rival = connections[other], rival.state >= .openConfirm {
            // The connection of the speaker with the greater identifier stays; between equal ones (RFC 6286) the greater AS decides.
            let isOursGreater =
                options.identifier != open.identifier ? options.identifier > open.identifier : options.localAS > options.peerAS
            let winner: Direction = isOursGreater ? .outgoing : .incoming
            drop(winner == direction ? other : direction, telling: .collision, "a second connection was chosen", &actions)
            if winner != direction { return }
        } else if let rival = connections[other], rival.state < .openSent {
            actions += [.close(other), .stopTimer(.connectRetry)]
            connections[other] = nil
        }
        let holdTime = min(options.holdTime, open.holdTime)
        let connection = Connection(state: .openConfirm, peer: open, holdTime: holdTime)
        connections[direction] = connection
        actions.append(.send(direction, .keepalive))
        restartHold(direction, connection, &actions)
        if holdTime > 0 { actions.append(.startTimer(.keepalive(direction), seconds: Double(holdTime) / 3)) }
    }

    private func restartHold(_ direction: Direction, _ connection: Connection, _ actions: inout [Action]) {
        actions.append(
            connection.holdTime > 0
                ? .startTimer(.hold(direction), seconds: Double(connection.holdTime)) : .stopTimer(.hold(direction)))
    }

    private mutating func establish(_ direction: Direction, _ connection: Connection, _ actions: inout [Action]) {
        guard let peer = connection.peer else { return }
        let other: Direction = direction == .incoming ? .outgoing : .incoming
        if connections[other] != nil { drop(other, telling: .collision, "the other connection was established first", &actions) }
        connections[direction]?.state = .established
        failures = 0
        attempts = 0
        establishedCount += 1
        let terms = BGPSessionTerms(
            families: peer.families.intersection(options.families), hasFourByteAS: options.hasFourByteAS && peer.fourByteAS != nil,
            isInternal: options.isInternal)
        let result = Established(
            direction: direction, terms: terms, peerIdentifier: peer.identifier, holdTime: connection.holdTime,
            gracefulRestart: options.restartTime == nil ? nil : peer.gracefulRestart)
        established = result
        restartHold(direction, connection, &actions)
        actions += [.stopTimer(.connectRetry), .established(result)]
    }

    // MARK: Ends

    private mutating func fail(
        _ direction: Direction, _ notification: NotificationMessage, _ reason: String, _ actions: inout [Action]
    ) {
        guard connections[direction].map({ $0.state >= .openSent }) == true else { return }
        drop(direction, telling: notification, reason, &actions)
        waitIdle(&actions)
    }

    /// Ends one connection.
    private mutating func drop(
        _ direction: Direction, telling notification: NotificationMessage?, _ reason: String, _ actions: inout [Action]
    ) {
        guard let connection = connections.removeValue(forKey: direction) else { return }
        if let notification, connection.state >= .openSent { actions.append(.send(direction, .notification(notification))) }
        if connection.state != .active { actions.append(.close(direction)) }
        if connection.state >= .openSent { actions += [.stopTimer(.hold(direction)), .stopTimer(.keepalive(direction))] }
        lastError = reason
        if connection.state == .established {
            established = nil
            actions.append(.lost(reason: reason))
        }
    }

    /// After a failure the session rests, longer each time, unless its other connection lives.
    private mutating func waitIdle(_ actions: inout [Action]) {
        guard isStarted, !isWaitingIdle, !connections.values.contains(where: { $0.state >= .openSent }) else { return }
        if connections[.outgoing]?.state == .connect { actions.append(.close(.outgoing)) }
        connections = [:]
        isWaitingIdle = true
        let seconds = min(Double(1 << min(failures, 10)), Self.greatestIdleHold)
        failures += 1
        actions += [.stopTimer(.connectRetry), .startTimer(.idleHold, seconds: seconds)]
    }
}
