// How long connections may take for what, and how many there may be: what keeps slow or many clients from taking the server from others.
// One clock and one timer serve all connections of an event loop.

import Glibc
import NIOCore

/// Times in milliseconds. They are looked at in steps (`step`), so a connection may have a little more.
public struct ConnectionLimits: Sendable {
    /// From the first byte of a request to the end of its headers.
    public var headerTime = 10_000
    /// For a body; one that is large has a second more for every 64 KB that came.
    public var bodyTime = 30_000
    /// Without any request.
    public var idleTime = 120_000
    /// Without the client taking anything of what is ready for it.
    public var writeTime = 30_000
    /// Beyond these, connections are told so and closed, but for questions of health.
    public var connections = 20_000

    /// So many more are let in, to be told, or to ask for the server's health.
    static let reserve = 64

    public init() {}

    /// How often watchers hear that the connection lives.
    var keepAliveInterval = 60_000

    /// How often connections are looked at: an eighth of the shortest time, and at least every second.
    var step: TimeAmount {
        let shortest = Int64(max(8, min(headerTime, bodyTime, idleTime, writeTime, keepAliveInterval)))
        return .milliseconds(min(1000, shortest / 8))
    }

    /// Lets the process open as many files as it may at all, and takes no more connections than fit.
    ///
    /// - Returns: how many files it may open; nil when that cannot be found out.
    mutating func raiseFileLimit() -> Int? {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return nil }
        if limit.rlim_cur < limit.rlim_max {
            var raised = limit
            raised.rlim_cur = limit.rlim_max
            if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 { limit = raised }
        }
        // Besides connections: the store, the log, event loops, files of tokens and certificates.
        let files = Int(clamping: limit.rlim_cur)
        connections = max(1, min(connections, files - 64 - Self.reserve))
        return files
    }
}

/// Looks after the connections of one event loop. It has one timer and one clock for all of them, so that a request costs no reading of the
/// time.
final class Patrol {
    /// The time of the last look.
    private(set) var now = NIODeadline.now()
    let limits: ConnectionLimits
    private var connections: [ObjectIdentifier: HTTPConnection] = [:]
    private var timer: RepeatedTask?

    init(_ limits: ConnectionLimits, on eventLoop: any EventLoop) {
        self.limits = limits
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        timer = eventLoop.scheduleRepeatedTask(initialDelay: limits.step, delay: limits.step) { _ in bound.value.look() }
    }

    func add(_ connection: HTTPConnection) { connections[ObjectIdentifier(connection)] = connection }

    func remove(_ connection: HTTPConnection) { connections[ObjectIdentifier(connection)] = nil }

    /// Since a moment, by this clock, more than so many milliseconds have passed; what happened between two looks counts from the later.
    func isOver(_ milliseconds: Int, since moment: NIODeadline) -> Bool {
        now - moment > .milliseconds(Int64(milliseconds)) + limits.step
    }

    private func look() {
        now = .now()
        // Looking may close connections, which then leave.
        for connection in Array(connections.values) { connection.checkTime() }
    }
}

/// The patrols of all event loops, made when the first connection of a loop comes.
final class Patrols: Sendable {
    private let limits: ConnectionLimits
    private let boxes: [ObjectIdentifier: NIOLoopBoundBox<Patrol?>]

    init(_ limits: ConnectionLimits, _ group: any EventLoopGroup) {
        self.limits = limits
        var boxes: [ObjectIdentifier: NIOLoopBoundBox<Patrol?>] = [:]
        for eventLoop in group.makeIterator() {
            boxes[ObjectIdentifier(eventLoop)] = NIOLoopBoundBox.makeEmptyBox(valueType: Patrol.self, eventLoop: eventLoop)
        }
        self.boxes = boxes
    }

    /// Called on the event loop.
    func patrol(on eventLoop: any EventLoop) -> Patrol {
        guard let box = boxes[ObjectIdentifier(eventLoop)] else { return Patrol(limits, on: eventLoop) }
        if let patrol = box.value { return patrol }
        let patrol = Patrol(limits, on: eventLoop)
        box.value = patrol
        return patrol
    }
}
