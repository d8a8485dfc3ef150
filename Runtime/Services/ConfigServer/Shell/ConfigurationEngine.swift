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

    struct PendingWrite: Sendable {
        let operation: Operation
        let complete: @Sendable (Reply) -> Void
    }

    struct Queue {
        var waiting: [PendingWrite] = []
        /// Others may have stored something; called when the image has it.
        var following: [@Sendable () -> Void] = []
        /// The writer is at work, and will look at the queue before it rests.
        var isDraining = false
    }

    /// Only the writer changes these; the lock is for the order in which its jobs see them.
    struct Writing {
        var image = Image()
        var position = StorePosition()
        var lastTimestamp = Timestamp(microseconds: 0)
    }

    let service: ConfigurationService
    let feed: ChangeFeed
    let counters = Counters()
    let requestNumbers = RequestNumbers()
    /// How much of what happened is held for watchers, in memory and in the store.
    let history: ChangeHistory<FeedEntry>.Bounds
    let store: any Store
    let logger: Logger
    /// nil until the store has been read.
    private let published = Mutex<Snapshot?>(nil)
    let queue = Mutex(Queue())
    let writing = Mutex(Writing())
    private let writer = NIOThreadPool(numberOfThreads: 1)
    private let readers = NIOThreadPool(numberOfThreads: 2)
    private let isStopping = Atomic(false)
    /// Why what others stored cannot be taken over; nil when all is well.
    let followingTrouble = Mutex<String?>(nil)

    /// More than this in one transaction would keep the first of them waiting for little gain.
    static let greatestBatch = 1024

    init(_ service: ConfigurationService, _ store: any Store, _ history: ChangeHistory<FeedEntry>.Bounds, _ logger: Logger) {
        self.service = service
        self.history = history
        feed = ChangeFeed(ChangeHistory(after: 0, history))
        self.store = store
        self.logger = logger
        writer.start()
        readers.start()
    }

    // MARK: Starting and stopping

    /// Reads the store, adds the default objects that are missing, and opens for requests. A shared store that is out of reach is waited
    /// for until the server stops; one that does not let this server in is not, as whoever starts it can mend that.
    func load() throws(StoreError) {
        while true {
            do throws(StoreError) {
                try writing.withLock { writing throws(StoreError) in try load(&writing) }
                store.follow { [weak self] in self?.catchUp {} }
                return
            } catch {
                let isHopeless = error.kind == .unusable || error.kind == .forbidden
                guard store.isShared, !isHopeless, !isStopping.load(ordering: .acquiring) else { throw error }
                logger.warning("the store cannot be read; trying again", metadata: ["error": "\(error)"])
                usleep(500_000)
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

    /// Answers a short read, on the calling thread; nil for everything else, which is to be performed.
    func answer(_ operation: Operation) -> Reply? {
        guard let snapshot = published.withLock({ $0 }) else {
            return Refusal(503, "Api server is Initializing:DB Resync in progress").reply
        }
        if operation.isWriting || operation.isAuditing || operation.isWatching || service.isLong(operation, snapshot.image) { return nil }
        return service.read(operation, snapshot.image)
    }

    /// Answers what takes longer. `complete` is called once, on any thread.
    func perform(_ operation: Operation, _ complete: @escaping @Sendable (Reply) -> Void) {
        guard !operation.isWriting else { return enqueue(PendingWrite(operation: operation, complete: complete)) }
        readers.submit { state in
            guard state == .active, let image = self.image else { return complete(Self.stopping) }
            complete(operation.isAuditing ? self.audit(operation, image) : self.service.read(operation, image))
        }
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

    /// Readers first: who hears of a change and asks for more must find it there.
    func publish(_ writing: Writing, _ changes: [ObjectChange]) {
        let snapshot = Snapshot(writing.image, writing.position.revision)
        published.withLock { $0 = snapshot }
        feed.publish(changes)
    }

    func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    }
}
