// One watcher's stream of events on its connection. First everything that is (unless the watcher goes on from a revision), then every change
// after that revision: the list comes from one image, and the changes that follow are those made to that very image, so that between the two
// nothing is missing and nothing comes twice.
//
// All of it runs on the connection's event loop, but for making the text of a list. The stream writes while the connection takes bytes and
// then waits until it does again; meanwhile its place in the feed stays behind, and when the feed no longer holds what comes next, the
// stream ends with an event that says so.

import ConfigServerCore
import NIOCore
import Synchronization

final class WatchStream {
    private enum Phase {
        /// The next part of the list is in the making.
        case listing
        /// A part is ready, or the list has not begun.
        case mustList(InitialEvents)
        case following
        case ended
    }

    private let query: WatchQuery
    private let engine: ConfigurationEngine
    private let channel: any Channel
    /// Chunks of HTTP/1.1; without them the end of the connection is the end of the stream.
    private let isChunked: Bool
    private var phase: Phase
    /// The watcher has been told of everything up to this revision that it wants to hear.
    private var position: UInt64
    /// How many bytes of events were written.
    private(set) var written = 0
    /// When the watcher was last told that the connection lives, by the patrol's clock.
    private var lastKeepAlive: NIODeadline
    private let wake = WakeFlag()

    /// So many changes are looked at before others on the event loop have their turn.
    private static let batch = 512
    /// How long a watcher may take to fetch the last event.
    private static let patience = TimeAmount.seconds(10)

    /// - Parameters:
    ///   - list: what to list first; nil to go on from `position`.
    ///   - now: by the clock of the patrol that calls `checkTime`.
    init(
        _ query: WatchQuery, _ engine: ConfigurationEngine, _ channel: any Channel, isChunked: Bool, list: InitialEvents?,
        position: UInt64, now: NIODeadline
    ) {
        self.query = query
        self.engine = engine
        self.channel = channel
        self.isChunked = isChunked
        self.position = position
        lastKeepAlive = now
        phase = list.map { .mustList($0) } ?? .following
    }

    /// Writes what comes before the first event and goes on from there.
    func start(date: String) {
        var head = channel.allocator.buffer(capacity: 256)
        head.writeStaticString("HTTP/1.1 200 OK\r\nDate: ")
        head.writeString(date)
        head.writeStaticString("\r\nContent-Type: text/event-stream; charset=utf-8\r\nCache-Control: no-store\r\n")
        head.writeStaticString(isChunked ? "Transfer-Encoding: chunked\r\n\r\n" : "Connection: close\r\n\r\n")
        channel.writeAndFlush(head, promise: nil)
        let bound = NIOLoopBound(self, eventLoop: channel.eventLoop)
        let eventLoop = channel.eventLoop
        engine.feed.add(ObjectIdentifier(self)) { [wake] in
            guard wake.raise() else { return }
            eventLoop.execute { bound.value.woken() }
        }
        proceed()
    }

    /// The connection is gone.
    func end() {
        phase = .ended
        engine.feed.remove(ObjectIdentifier(self))
    }

    /// Tells the watcher why no more events come, and closes the connection.
    func stop(reason: String, _ message: String) {
        if case .ended = phase { return }
        end()
        write(EventText.stop(reason: reason, message))
        let channel = channel
        if isChunked { channel.write(ByteBuffer(string: "0\r\n\r\n"), promise: nil) }
        channel.flush()
        channel.writeAndFlush(ByteBuffer()).whenComplete { _ in channel.close(promise: nil) }
        let deadline = channel.eventLoop.scheduleTask(in: Self.patience) { channel.close(promise: nil) }
        channel.closeFuture.whenComplete { _ in deadline.cancel() }
    }

    // MARK: Moving on

    private func woken() {
        wake.lower()
        proceed()
    }

    /// Writes what there is for as long as the connection takes it.
    func proceed() {
        while channel.isWritable {
            switch phase {
            case .listing, .ended: return
            case .mustList(let list): return makeList(list)
            case .following: guard writeChanges() else { return }
            }
        }
    }

    /// Makes the next part of the list on a thread that may take its time.
    private func makeList(_ list: InitialEvents) {
        phase = .listing
        let bound = NIOLoopBound(self, eventLoop: channel.eventLoop)
        let eventLoop = channel.eventLoop
        engine.makeText {
            var list = list
            let part = list.next()
            let rest = list
            eventLoop.execute { bound.value.listed(part, rest) }
        }
    }

    private func listed(_ part: (text: [UInt8], isLast: Bool)?, _ rest: InitialEvents) {
        guard case .listing = phase else { return }
        if let part {
            write(part.text)
            channel.flush()
        }
        phase = part?.isLast ?? true ? .following : .mustList(rest)
        proceed()
    }

    /// Writes the next changes; false when there are none.
    private func writeChanges() -> Bool {
        guard let entries = engine.feed.changes(after: position, limit: Self.batch) else {
            stop(reason: "behind", "more changed than is held before this was read: list again by watching without a revision")
            return false
        }
        guard !entries.isEmpty else { return false }
        for entry in entries {
            position = entry.change.revision
            guard query.includes(entry.change) else { continue }
            if isChunked, query.showsAll(of: entry.change) {
                let chunk = entry.chunk(engine.service.eventText)
                written += chunk.readableBytes
                channel.write(chunk, promise: nil)
            } else {
                write(engine.service.eventText(entry.change, for: query))
            }
            if !channel.isWritable { break }
        }
        channel.flush()
        return true
    }

    /// Called by the patrol every now and then.
    func checkTime(_ patrol: Patrol) {
        guard patrol.isOver(patrol.limits.keepAliveInterval, since: lastKeepAlive), channel.isWritable else { return }
        if case .ended = phase { return }
        lastKeepAlive = patrol.now
        write(EventText.keepAlive)
        channel.flush()
    }

    private func write(_ text: [UInt8]) {
        let bytes = isChunked ? ByteBuffer(chunk: text) : ByteBuffer(bytes: text)
        written += bytes.readableBytes
        channel.write(bytes, promise: nil)
    }
}

/// Whether the feed has called and the event loop has not yet come to it: many changes in a row are one call.
private final class WakeFlag: Sendable {
    private let isRaised = Atomic(false)

    /// Whether it was down.
    func raise() -> Bool { !isRaised.exchange(true, ordering: .acquiringAndReleasing) }

    /// Before looking for changes: one that comes after the look raises it again.
    func lower() { isRaised.store(false, ordering: .sequentiallyConsistent) }
}
