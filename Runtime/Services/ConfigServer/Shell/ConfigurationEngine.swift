// Owns the configuration of a running server. Reads take the image of the last stored state and never wait. Requests that may change
// something queue up; one thread decides all that are waiting, one after the other on the image in the making, stores what they come to in
// one transaction with one wait for the disk, publishes the new image, and only then answers. What a client was told is stored, what a
// reader sees is stored, and when storing fails the image in the making is dropped and everything is as before.

import ConfigServerCore
import Glibc
import Logging
import NIOCore
import NIOPosix
import Synchronization

final class ConfigurationEngine: Sendable {
    /// What readers see. A class, so that taking it is one reference counted and not one for every index.
    private final class Snapshot: Sendable {
        let image: Image
        /// The revision of the latest change in it.
        let revision: UInt64

        init(_ image: Image, _ revision: UInt64) {
            self.image = image
            self.revision = revision
        }
    }

    private struct PendingWrite: Sendable {
        let operation: Operation
        let complete: @Sendable (Reply) -> Void
    }

    private struct Queue {
        var waiting: [PendingWrite] = []
        /// The writer is at work, and will look at the queue before it rests.
        var isDraining = false
    }

    /// Only the writer changes these; the lock is for the order in which its jobs see them.
    private struct Writing {
        var image = Image()
        var revision: UInt64 = 0
        var lastTimestamp = Timestamp(microseconds: 0)
    }

    struct Options: Sendable {
        /// How much of what happened is held for watchers, in memory and in the store.
        var history = ChangeHistory<FeedEntry>.Bounds()
        /// How often a watcher hears that the connection lives.
        var keepAlive = TimeAmount.seconds(60)
    }

    let service: ConfigurationService
    let feed: ChangeFeed
    let counters = Counters()
    let options: Options
    private let store: any Store
    private let logger: Logger
    /// nil until the store has been read.
    private let published = Mutex<Snapshot?>(nil)
    private let queue = Mutex(Queue())
    private let writing = Mutex(Writing())
    private let writer = NIOThreadPool(numberOfThreads: 1)
    private let readers = NIOThreadPool(numberOfThreads: 2)

    /// More than this in one transaction would keep the first of them waiting for little gain.
    private static let greatestBatch = 1024

    init(_ service: ConfigurationService, _ store: any Store, _ options: Options, _ logger: Logger) {
        self.service = service
        self.options = options
        feed = ChangeFeed(ChangeHistory(after: 0, options.history))
        self.store = store
        self.logger = logger
        writer.start()
        readers.start()
    }

    // MARK: Starting and stopping

    /// Reads the store, adds the default objects that are missing, and opens for requests.
    func load() throws(StoreError) {
        var loader = ImageLoader(service.types)
        var log: [ChangeRow] = []
        try store.load(
            object: { row throws(StoreError) in try loader.add(row) },
            value: { key, value throws(StoreError) in loader.addValue(key, value) },
            change: { row throws(StoreError) in log.append(row) })
        for (type, count) in loader.unknownTypes.sorted(by: { $0.key < $1.key }) {
            logger.warning(
                "objects of a type that the schema does not have stay in the store, unseen",
                metadata: ["type": "\(type)", "count": "\(count)"])
        }
        var image = try loader.finish()
        var history = ChangeHistory<FeedEntry>(after: log.first.map { $0.revision - 1 } ?? 0, options.history)
        for row in log {
            guard let change = service.change(row, in: image) else { continue }
            history.append(FeedEntry(change), revision: change.revision, weight: change.weight)
        }
        var revision = log.last?.revision ?? 0
        let defaults = try addDefaultObjects(to: &image, after: &revision)
        for change in defaults { history.append(FeedEntry(change), revision: change.revision, weight: change.weight) }
        feed.begin(with: history)
        writing.withLock { writing in
            writing.image = image
            writing.revision = revision
        }
        publish(image, revision, [])
        logger.info("configuration loaded", metadata: ["objects": "\(image.objectCount)", "revision": "\(revision)"])
    }

    private func addDefaultObjects(to image: inout Image, after revision: inout UInt64) throws(StoreError) -> [ObjectChange] {
        let transaction: Transaction
        do {
            transaction = try service.defaultObjects(missingFrom: image, now: now(), random: SystemRandomNumberGenerator())
        } catch {
            // The objects are this program's own, so that is a mistake in it or in the schema it was built from.
            throw StoreError(.unusable, "the default objects cannot be made: \(error.message)")
        }
        guard !transaction.isEmpty else { return [] }
        let changes = service.changes(of: transaction, to: image, after: revision)
        try store.apply(transaction.rows(service.types) + changes.map { .log(service.row($0)) })
        image.apply(transaction)
        revision = changes.last?.revision ?? revision
        logger.info("default objects made", metadata: ["changes": "\(transaction.changes.count)"])
        return changes
    }

    /// Waits for requests in progress and closes the store. Requests that come later are refused.
    func stop() async {
        do {
            try await readers.shutdownGracefully()
            try await writer.shutdownGracefully()
        } catch {
            logger.error("a worker thread did not stop", metadata: ["error": "\(error)"])
        }
        store.close()
    }

    // MARK: Requests

    /// What readers see now; nil until the store has been read.
    var image: Image? { published.withLock { $0 }?.image }

    /// Answers an operation: at once, and on the calling thread, when it is a short read. `complete` is called once, on any thread.
    func perform(_ operation: Operation, _ complete: @escaping @Sendable (Reply) -> Void) -> Reply? {
        guard let snapshot = published.withLock({ $0 }) else {
            return Refusal(503, "Api server is Initializing:DB Resync in progress").reply
        }
        if operation.isWriting {
            enqueue(PendingWrite(operation: operation, complete: complete))
            return nil
        }
        guard service.isLong(operation, snapshot.image) else { return service.read(operation, snapshot.image) }
        readers.submit { [service] state in
            complete(state == .active ? service.read(operation, snapshot.image) : Self.stopping)
        }
        return nil
    }

    /// Answers whoever looks after the server, at any time.
    func answer(_ probe: Probe) -> Reply {
        let snapshot = published.withLock { $0 }
        func metrics() -> Metrics {
            var metrics = counters.read()
            metrics.watchers = feed.watcherCount
            metrics.content = snapshot.map { service.content($0.image, revision: $0.revision, oldestRevision: feed.floor) }
            return metrics
        }
        return probe.reply(metrics(), isReady: snapshot != nil)
    }

    /// Where a watcher begins: what to list first, if anything, and the revision that the changes after it follow on.
    func watch(_ operation: Operation) throws(Refusal) -> (query: WatchQuery, list: InitialEvents?, position: UInt64) {
        guard let snapshot = published.withLock({ $0 }) else {
            throw Refusal(503, "Api server is Initializing:DB Resync in progress")
        }
        let query = try service.watchQuery(operation, snapshot.image)
        guard let revision = query.revision else {
            return (query, InitialEvents(query, service, snapshot.image, revision: snapshot.revision), snapshot.revision)
        }
        guard revision <= snapshot.revision, revision >= feed.floor else {
            throw Refusal(
                410,
                "Gone: the changes after revision \(revision) are not held; those after \(feed.floor) are. "
                    + "Watch without a revision to have everything listed first")
        }
        return (query, nil, revision)
    }

    /// Makes the text of something long without keeping an event loop from its work. Not called any more once the server stops.
    func makeText(_ work: @escaping @Sendable () -> Void) {
        readers.submit { state in
            if state == .active { work() }
        }
    }

    private static let stopping = Refusal(503, "The server is stopping; try again in a moment").reply

    private func enqueue(_ write: PendingWrite) {
        let mustStart = queue.withLock { queue in
            queue.waiting.append(write)
            defer { queue.isDraining = true }
            return !queue.isDraining
        }
        guard mustStart else { return }
        writer.submit { state in
            if state == .active { self.drain() } else { self.refuseAll() }
        }
    }

    private func refuseAll() {
        let waiting = queue.withLock { queue in
            defer { queue = Queue() }
            return queue.waiting
        }
        for write in waiting { write.complete(Self.stopping) }
    }

    // MARK: The writer

    private func drain() {
        while true {
            let batch = queue.withLock { queue in
                let batch = Array(queue.waiting.prefix(Self.greatestBatch))
                queue.waiting.removeFirst(batch.count)
                queue.isDraining = !batch.isEmpty
                return batch
            }
            if batch.isEmpty { return }
            let replies = writing.withLock { decideAndStore(batch, &$0) }
            for (write, reply) in zip(batch, replies) { write.complete(reply) }
        }
    }

    /// The replies to a batch, once they are true.
    private func decideAndStore(_ batch: [PendingWrite], _ writing: inout Writing) -> [Reply] {
        var image = writing.image
        var rows: [RowChange] = []
        var changes: [ObjectChange] = []
        var replies: [Reply] = []
        replies.reserveCapacity(batch.count)
        for write in batch {
            writing.lastTimestamp = max(now(), Timestamp(microseconds: writing.lastTimestamp.microseconds + 1))
            let decision = service.decide(write.operation, image, now: writing.lastTimestamp, random: SystemRandomNumberGenerator())
            var reply = decision.reply
            if !decision.transaction.isEmpty {
                rows += decision.transaction.rows(service.types)
                let made = service.changes(of: decision.transaction, to: image, after: changes.last?.revision ?? writing.revision)
                reply.revision = made.last?.revision
                changes += made
                image.apply(decision.transaction)
            }
            replies.append(reply)
        }
        guard !rows.isEmpty else { return replies }
        rows += changes.map { .log(service.row($0)) }
        let revision = changes.last?.revision ?? writing.revision
        let held = UInt64(options.history.count)
        if !changes.isEmpty, revision > held { rows.append(.trimLog(through: revision - held)) }
        let start = Counters.now()
        do throws(StoreError) {
            try store.apply(rows)
            counters.stored(changes: replies.count { $0.revision != nil }, in: Counters.now() - start, isFailure: false)
        } catch {
            counters.stored(changes: 0, in: Counters.now() - start, isFailure: true)
            logger.error(
                "changes could not be stored; the requests were refused",
                metadata: ["error": "\(error)", "count": "\(batch.count)"])
            let refusal = Refusal(503, "The change could not be stored, and nothing was changed: \(error.message)").reply
            return replies.map { _ in refusal }
        }
        writing.image = image
        writing.revision = revision
        publish(image, revision, changes)
        return replies
    }

    /// Readers first: who hears of a change and asks for more must find it there.
    private func publish(_ image: Image, _ revision: UInt64, _ changes: [ObjectChange]) {
        let snapshot = Snapshot(image, revision)
        published.withLock { $0 = snapshot }
        feed.publish(changes)
    }

    private func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    }
}
