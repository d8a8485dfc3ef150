// What changed lately, and those who wait to hear of it. The writer publishes; every watcher reads from its own place in the one history,
// when it is woken and has room to write. Nobody polls, and nobody who reads slowly makes others wait or the server remember more.

import ConfigServerCore
import NIOCore
import Synchronization

/// A change, and its text once somebody needed it: one for all watchers, framed as a chunk of HTTP/1.1 (RFC 9112 §7.1).
final class FeedEntry: Sendable {
    let change: ObjectChange
    private let text = Mutex<ByteBuffer?>(nil)

    init(_ change: ObjectChange) { self.change = change }

    /// - Parameter encode: called by the first who asks, while the others wait.
    func chunk(_ encode: (ObjectChange) -> [UInt8]) -> ByteBuffer {
        text.withLock { text in
            if let text { return text }
            let made = ByteBuffer(chunk: encode(change))
            text = made
            return made
        }
    }
}

extension ByteBuffer {
    init(chunk bytes: [UInt8]) {
        self.init()
        reserveCapacity(bytes.count + 20)
        writeString(String(bytes.count, radix: 16))
        writeStaticString("\r\n")
        writeBytes(bytes)
        writeStaticString("\r\n")
    }
}

final class ChangeFeed: Sendable {
    private struct State {
        var history: ChangeHistory<FeedEntry>
        var watchers: [ObjectIdentifier: @Sendable () -> Void] = [:]
    }

    private let state: Mutex<State>

    init(_ history: ChangeHistory<FeedEntry>) { state = Mutex(State(history: history)) }

    /// Replaces what is held, before anybody watches.
    func begin(with history: ChangeHistory<FeedEntry>) { state.withLock { $0.history = history } }

    /// Adds changes, and wakes whoever waits for some.
    func publish(_ changes: [ObjectChange]) {
        guard !changes.isEmpty else { return }
        let watchers = state.withLock { state in
            for change in changes {
                state.history.append(FeedEntry(change), revision: change.revision, weight: change.weight)
            }
            return Array(state.watchers.values)
        }
        for wake in watchers { wake() }
    }

    /// Every change after this revision is held.
    var floor: UInt64 { state.withLock { $0.history.floor } }

    /// All that is held, and the revision after which that is everything.
    var held: ChangeHistory<FeedEntry> { state.withLock { $0.history } }

    /// How many watch.
    var watcherCount: Int { state.withLock { $0.watchers.count } }

    /// At most `limit` changes after a revision; nil when they are no longer all held.
    func changes(after revision: UInt64, limit: Int) -> [FeedEntry]? {
        state.withLock { $0.history.changes(after: revision, limit: limit) }
    }

    /// `wake` is called after each publication, on the writer's thread, until `remove`.
    func add(_ watcher: ObjectIdentifier, wake: @escaping @Sendable () -> Void) {
        state.withLock { $0.watchers[watcher] = wake }
    }

    func remove(_ watcher: ObjectIdentifier) { state.withLock { $0.watchers[watcher] = nil } }
}
