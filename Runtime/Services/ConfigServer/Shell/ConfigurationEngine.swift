// Owns the configuration of a running server. Reads take the image of the last stored state and never wait. Requests that may change
// something queue up; one thread decides all that are waiting, one after the other on the image in the making, stores what they come to in
// one transaction with one wait for the disk, publishes the new image, and only then answers. What a client was told is stored, what a
// reader sees is stored, and when storing fails the image in the making is dropped and everything is as before.
//
// Where several servers share a store another one may have stored something since: then the writer applies what that was, to its image and
// to the feed, and decides the batch again. So every server's image goes through the same states in the same order, and each of its
// decisions follows on the state before it. A reply that changes nothing is decided on a state that was the latest after it was asked. Reads
// show a state that was the latest a moment ago, and never an older one than this server has shown or acknowledged before.

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
        /// Others may have stored something; called when the image has it.
        var following: [@Sendable () -> Void] = []
        /// The writer is at work, and will look at the queue before it rests.
        var isDraining = false
    }

    /// Only the writer changes these; the lock is for the order in which its jobs see them.
    private struct Writing {
        var image = Image()
        var position = StorePosition()
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
    let requestNumbers = RequestNumbers()
    let options: Options
    private let store: any Store
    private let logger: Logger
    /// nil until the store has been read.
    private let published = Mutex<Snapshot?>(nil)
    private let queue = Mutex(Queue())
    private let writing = Mutex(Writing())
    private let writer = NIOThreadPool(numberOfThreads: 1)
    private let readers = NIOThreadPool(numberOfThreads: 2)
    private let isStopping = Atomic(false)
    /// Why what others stored cannot be taken over; nil when all is well.
    private let followingTrouble = Mutex<String?>(nil)

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

    /// Reads the store, adds the default objects that are missing, and opens for requests. A shared store that is out of reach is waited
    /// for until the server stops.
    func load() throws(StoreError) {
        while true {
            do throws(StoreError) {
                try writing.withLock { writing throws(StoreError) in try load(&writing) }
                store.follow { [weak self] in self?.catchUp {} }
                return
            } catch {
                guard store.isShared, error.kind != .unusable, !isStopping.load(ordering: .acquiring) else { throw error }
                logger.warning("the store cannot be read; trying again", metadata: ["error": "\(error)"])
                usleep(500_000)
            }
        }
    }

    private func load(_ writing: inout Writing) throws(StoreError) {
        var loader = ImageLoader(service.types)
        var log: [ChangeRow] = []
        let position = try store.load(
            object: { row throws(StoreError) in try loader.add(row) },
            value: { key, value throws(StoreError) in loader.addValue(key, value) },
            change: { row throws(StoreError) in log.append(row) })
        for (type, count) in loader.unknownTypes.sorted(by: { $0.key < $1.key }) {
            logger.warning(
                "objects of a type that the schema does not have stay in the store, unseen",
                metadata: ["type": "\(type)", "count": "\(count)"])
        }
        let image = try loader.finish()
        var history = ChangeHistory<FeedEntry>(after: log.first.map { $0.revision - 1 } ?? position.revision, options.history)
        for row in log {
            guard let change = service.change(row, in: image) else { continue }
            history.append(FeedEntry(change), revision: change.revision, weight: change.weight)
        }
        feed.begin(with: history)
        writing.image = image
        writing.position = position
        try addDefaultObjects(&writing)
        publish(writing, [])
        logger.info(
            "configuration loaded", metadata: ["objects": "\(writing.image.objectCount)", "revision": "\(writing.position.revision)"])
    }

    private func addDefaultObjects(_ writing: inout Writing) throws(StoreError) {
        while true {
            let transaction: Transaction
            do {
                transaction = try service.defaultObjects(missingFrom: writing.image, now: now(), random: SystemRandomNumberGenerator())
            } catch {
                // The objects are this program's own, so that is a mistake in it or in the schema it was built from.
                throw StoreError(.unusable, "the default objects cannot be made: \(error.message)")
            }
            guard !transaction.isEmpty else { return }
            let changes = service.changes(
                of: transaction, to: writing.image, after: writing.position.revision, note: ChangeNote(time: now(), call: "start"))
            let commit = Commit(rows: transaction.rows(service.types), log: changes.map { service.row($0) })
            switch try store.append(commit, after: writing.position) {
            case .stored:
                writing.image.apply(transaction)
                writing.position = writing.position.after(commit)
                feed.publish(changes)
                logger.info("default objects made", metadata: ["changes": "\(transaction.changes.count)"])
                return
            // Another server starts at the same moment.
            case .overtaken(let commits): feed.publish(try takeOver(commits, &writing))
            }
        }
    }

    /// A store that is out of reach is waited for no longer.
    func giveUpLoading() { isStopping.store(true, ordering: .releasing) }

    /// Waits for requests in progress and closes the store. Requests that come later are refused.
    func stop() async {
        isStopping.store(true, ordering: .releasing)
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
        if operation.isAuditing {
            readers.submit { state in
                complete(state == .active ? self.audit(operation, snapshot.image) : Self.stopping)
            }
            return nil
        }
        guard service.isLong(operation, snapshot.image) else { return service.read(operation, snapshot.image) }
        readers.submit { [service] state in
            complete(state == .active ? service.read(operation, snapshot.image) : Self.stopping)
        }
        return nil
    }

    private func audit(_ operation: Operation, _ image: Image) -> Reply {
        do throws(Refusal) {
            let query = try service.auditQuery(operation, image)
            let held = feed.held
            return service.audit(query, held.newestFirst.lazy.map(\.change), floor: held.floor)
        } catch {
            return error.reply
        }
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
        return probe.reply(metrics(), isReady: snapshot != nil, trouble: trouble)
    }

    /// Why changes are not taken or not seen at the moment; nil when all is well.
    private var trouble: String? { followingTrouble.withLock { $0 } ?? store.trouble }

    /// Whether a watcher follows on something that this server may not have heard of yet: another one has shown it. Then `watch` is to be
    /// asked after `catchUp`.
    func mustCatchUp(for operation: Operation) throws(Refusal) -> Bool {
        guard store.isShared, let snapshot = published.withLock({ $0 }) else { return false }
        guard let revision = try service.watchQuery(operation, snapshot.image).revision else { return false }
        return revision > snapshot.revision
    }

    /// Takes over what others have stored by now, and then calls `complete`, on any thread.
    func catchUp(_ complete: @escaping @Sendable () -> Void) {
        start { $0.following.append(complete) }
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

    private func enqueue(_ write: PendingWrite) { start { $0.waiting.append(write) } }

    /// Changes the queue, and sees to it that the writer looks at it.
    private func start(_ change: (inout Queue) -> Void) {
        let mustStart = queue.withLock { queue in
            change(&queue)
            defer { queue.isDraining = true }
            return !queue.isDraining
        }
        guard mustStart else { return }
        writer.submit { state in
            if state == .active { self.drain() } else { self.refuseAll() }
        }
    }

    private func refuseAll() {
        let abandoned = queue.withLock { queue in
            defer { queue = Queue() }
            return queue
        }
        for write in abandoned.waiting { write.complete(Self.stopping) }
        for complete in abandoned.following { complete() }
    }

    // MARK: The writer

    private func drain() {
        while true {
            let (batch, following) = queue.withLock { queue in
                let batch = Array(queue.waiting.prefix(Self.greatestBatch))
                queue.waiting.removeFirst(batch.count)
                let following = queue.following
                queue.following = []
                queue.isDraining = !batch.isEmpty || !following.isEmpty
                return (batch, following)
            }
            if batch.isEmpty, following.isEmpty { return }
            if !following.isEmpty {
                writing.withLock { follow(&$0) }
                for complete in following { complete() }
            }
            if batch.isEmpty { continue }
            let replies = writing.withLock { decideAndStore(batch, &$0) }
            for (write, reply) in zip(batch, replies) { write.complete(reply) }
        }
    }

    /// What a batch comes to on an image.
    private struct Outcome {
        var image: Image
        var commit = Commit()
        var changes: [ObjectChange] = []
        var replies: [Reply] = []
    }

    private func decide(_ batch: [PendingWrite], _ writing: inout Writing) -> Outcome {
        var outcome = Outcome(image: writing.image)
        outcome.replies.reserveCapacity(batch.count)
        for write in batch {
            writing.lastTimestamp = max(now(), Timestamp(microseconds: writing.lastTimestamp.microseconds + 1))
            let decision = service.decide(
                write.operation, outcome.image, now: writing.lastTimestamp, random: SystemRandomNumberGenerator())
            var reply = decision.reply
            if !decision.transaction.isEmpty {
                outcome.commit.rows += decision.transaction.rows(service.types)
                let revision = outcome.changes.last?.revision ?? writing.position.revision
                let made = service.changes(
                    of: decision.transaction, to: outcome.image, after: revision,
                    note: ChangeNote(write.operation, at: writing.lastTimestamp))
                reply.revision = made.last?.revision
                outcome.changes += made
                outcome.image.apply(decision.transaction)
            }
            outcome.replies.append(reply)
        }
        outcome.commit.log = outcome.changes.map { service.row($0) }
        return outcome
    }

    /// The replies to a batch, once they are true.
    private func decideAndStore(_ batch: [PendingWrite], _ writing: inout Writing) -> [Reply] {
        let start = Counters.now()
        // The image has everything that was stored when the batch came.
        var isCurrent = !store.isShared
        do throws(StoreError) {
            while true {
                let outcome = decide(batch, &writing)
                if outcome.commit.rows.isEmpty {
                    if isCurrent { return outcome.replies }
                    // A refusal may be due to what is no longer so.
                    isCurrent = true
                    let missed = try store.commits(after: writing.position)
                    if missed.isEmpty { return outcome.replies }
                    let changes = try takeOver(missed, &writing)
                    publish(writing, changes)
                    continue
                }
                switch try store.append(outcome.commit, after: writing.position) {
                case .stored:
                    writing.image = outcome.image
                    writing.position = writing.position.after(outcome.commit)
                    let count = outcome.replies.count { $0.revision != nil }
                    counters.stored(changes: count, in: Counters.now() - start, isFailure: false)
                    publish(writing, outcome.changes)
                    return outcome.replies
                case .overtaken(let commits):
                    counters.overtaken()
                    let changes = try takeOver(commits, &writing)
                    publish(writing, changes)
                }
            }
        } catch {
            counters.stored(changes: 0, in: Counters.now() - start, isFailure: true)
            logger.error(
                "changes could not be stored; the requests were refused",
                metadata: ["error": "\(error)", "count": "\(batch.count)"])
            if error.kind == .forgotten { follow(&writing) }
            let what =
                error.kind == .inDoubt
                ? "Whether the change was stored is not known; look before you try again"
                : "The change could not be stored, and nothing was changed"
            let refusal = Refusal(503, "\(what): \(error.message)").reply
            return batch.map { _ in refusal }
        }
    }

    // MARK: Others

    /// Takes over everything that others have stored.
    private func follow(_ writing: inout Writing) {
        do throws(StoreError) {
            do throws(StoreError) {
                let commits = try store.commits(after: writing.position)
                if !commits.isEmpty {
                    let changes = try takeOver(commits, &writing)
                    publish(writing, changes)
                }
            } catch {
                guard error.kind == .forgotten else { throw error }
                logger.warning("loading the configuration again", metadata: ["reason": "\(error)"])
                try load(&writing)
            }
            followingTrouble.withLock { $0 = nil }
        } catch {
            logger.error("what other servers stored cannot be taken over", metadata: ["error": "\(error)"])
            followingTrouble.withLock { $0 = error.message }
        }
    }

    private func takeOver(_ commits: [Commit], _ writing: inout Writing) throws(StoreError) -> [ObjectChange] {
        var changes: [ObjectChange] = []
        for commit in commits {
            changes += try service.follow(commit, on: &writing.image)
            writing.position = writing.position.after(commit)
        }
        return changes
    }

    /// Readers first: who hears of a change and asks for more must find it there.
    private func publish(_ writing: Writing, _ changes: [ObjectChange]) {
        let snapshot = Snapshot(writing.image, writing.position.revision)
        published.withLock { $0 = snapshot }
        feed.publish(changes)
    }

    private func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    }
}
