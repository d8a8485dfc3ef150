// The shared store: several servers on one etcd (EtcdLayout.swift says how the data lie there). A commit is one transaction that takes
// effect only if the head is where this server's image is, so commits have one order and each is decided on all before it.
//
// What is promised while etcd is in trouble: a commit whose answer was lost is asked for again and recognised by its tag, so it is stored
// once; when no answer comes in time it is in doubt, and whoever looks later finds it stored or not, like any other.

import Coding
import ConfigServerCore
import Glibc
import NIOPosix
import NIOTransport
import Synchronization

/// Rows in etcd.
public final class EtcdStore: Store {
    struct State {
        /// Which store this is: known once it was loaded.
        var store = ""
        /// Where its rows are: known once it was loaded.
        var layout: EtcdLayout
        var trouble: String?
        var isClosed = false
        var wake: (@Sendable () -> Void)?
        /// The highest commit anybody told of.
        var seen: UInt64 = 0
        /// The commit that is being stored: hearing of it is no news.
        var inFlight: UInt64 = 0
        /// The number of commits that this server made: makes the next tag.
        var count = 0
    }

    /// What only the thread that appends knows.
    private struct Courtesy {
        /// This server asked the others to let it go first.
        var hasAsked = false
        /// The wishes of others, as they stood when the last commit was stored.
        var wishes: [EtcdPair] = []
        /// Those of them that came to nothing: who made them is gone, or changed its mind.
        var void: [EtcdPair] = []
        /// Seconds that the last commit took.
        var pace = 0.002
    }

    let client: EtcdClient
    let heldChanges: UInt64
    let isMade: Bool
    let state: Mutex<State>
    private let courtesy = Mutex(Courtesy())
    private let tag: String
    private let follower = Mutex<[Task<Void, Never>]>([])
    private let keeper = NIOThreadPool(numberOfThreads: 1)

    /// How long a commit waits for a cluster that was well a moment ago: an election takes one to two seconds.
    private static let patience = 8.0
    /// So many commits are read at once.
    static let page = 16
    /// After so many commits of its own a server brings the checkpoint up to date.
    private static let keepingInterval: UInt64 = 64

    /// - Parameters:
    ///   - addresses: members of the cluster, tried in turn; at least one.
    ///   - access: as whom, and over which TLS.
    ///   - isMade: the store is made if there is none.
    public init(
        _ addresses: [NIOTransport.Address], prefix: String = EtcdLayout.standardPrefix, access: EtcdAccess = EtcdAccess(),
        heldChanges: Int = 16_384, isMade: Bool = true
    ) {
        self.isMade = isMade
        client = EtcdClient(addresses, access)
        state = Mutex(State(layout: EtcdLayout(prefix: prefix)))
        self.heldChanges = UInt64(max(heldChanges, 1))
        tag = String(UInt64.random(in: .min ... .max), radix: 16)
        keeper.start()
    }

    public var isShared: Bool { true }

    var layout: EtcdLayout { state.withLock { $0.layout } }

    public var trouble: String? { state.withLock { $0.trouble } }

    private var isFollowing: Bool { !follower.withLock { $0.isEmpty } }

    public func follow(_ wake: @escaping @Sendable () -> Void) {
        state.withLock { $0.wake = wake }
        follower.withLock { tasks in
            guard tasks.isEmpty else { return }
            // They hold the store until it is closed.
            tasks = [Task { await EtcdFollower.beat(self) }, Task { await EtcdFollower.watch(self) }]
        }
    }

    public func close() {
        state.withLock { state in
            state.isClosed = true
            state.wake = nil
        }
        for task in follower.withLock({ $0 }) { task.cancel() }
        keeper.shutdownGracefully { _ in }
    }

    // MARK: Asking etcd

    /// One request, repeated while the cluster may be choosing a leader.
    func call(_ request: (path: String, body: [UInt8])) throws(StoreError) -> EtcdReply {
        guard !state.withLock({ $0.isClosed }) else { throw StoreError(.failed, "the store is closed: the server is stopping") }
        // When it is known to be out of reach nobody waits for it.
        let deadline = Counters.now() + (trouble == nil ? Self.patience : 0)
        var inDoubt = false
        var pause: UInt32 = 20_000
        while true {
            do throws(EtcdFailure) {
                let reply = try client.call(request)
                note(trouble: nil)
                return reply
            } catch {
                inDoubt = inDoubt || error.inDoubt
                switch error.kind {
                case .compacted: throw StoreError(.forgotten, "etcd's history was compacted meanwhile: \(error.message)")
                case .refused: throw StoreError(inDoubt ? .inDoubt : .failed, error.message)
                case .forbidden: throw StoreError(inDoubt ? .inDoubt : .forbidden, error.message)
                case .unavailable: break
                }
                guard Counters.now() < deadline, !state.withLock({ $0.isClosed }) else {
                    note(trouble: error.message)
                    throw StoreError(inDoubt ? .inDoubt : .failed, "etcd is out of reach: \(error.message)")
                }
                usleep(pause)
                pause = min(pause * 2, 320_000)
            }
        }
    }

    /// Remembers whether etcd can be reached, and tells of a change.
    func note(trouble: String?) {
        let wake = state.withLock { state in
            let isNews = (state.trouble == nil) != (trouble == nil)
            state.trouble = trouble
            return isNews ? state.wake : nil
        }
        wake?()
    }

    /// Takes notice of where the head is, as a watch or a look at it said.
    func note(_ head: EtcdHead) {
        let wake = state.withLock { state -> (@Sendable () -> Void)? in
            if head.store == state.store, head.position.commit <= max(state.seen, state.inFlight) { return nil }
            state.seen = head.store == state.store ? head.position.commit : .max
            return state.wake
        }
        wake?()
    }

    private func settle(_ commit: UInt64) {
        state.withLock { state in
            state.inFlight = 0
            state.seen = state.seen == .max ? commit : max(state.seen, commit)
        }
    }

    // MARK: Storing

    public func append(_ commit: Commit, after position: StorePosition) throws(StoreError) -> StoreOutcome {
        // Known for a while, and the follower looks for it: nobody has to wait to hear it.
        if let trouble, isFollowing { throw StoreError(.failed, "etcd is out of reach: \(trouble)") }
        yieldToOthers(position)
        let (store, base, seen, tag) = state.withLock { state in
            state.inFlight = position.commit + 1
            state.count += 1
            return (state.store, state.layout.base, state.seen, "\(self.tag)-\(state.count)")
        }
        defer { state.withLock { $0.inFlight = 0 } }
        if seen > position.commit {
            courtesy.withLock { $0.hasAsked = true }
            return .overtaken(by: try commits(after: position, asking: [wish(position)]))
        }
        let start = Counters.now()
        let next = position.after(commit)
        let transaction = try transaction(
            commit, tag, from: EtcdHead(store: store, base: base, position), to: EtcdHead(store: store, base: base, next))
        let reply = try call(transaction.request)
        guard !reply.succeeded else {
            finished(next, reply, Counters.now() - start)
            return .stored
        }
        courtesy.withLock { $0.hasAsked = true }
        let others = try storedCommits(reply.responses.last?.pairs ?? [], after: position)
        // An attempt whose answer was lost had succeeded.
        if others.first?.tag == tag {
            settle(next.commit)
            return .stored
        }
        settle(position.commit + UInt64(others.count))
        return .overtaken(by: others.isEmpty ? try commits(after: position) : others.map(\.commit))
    }

    private func transaction(
        _ commit: Commit, _ tag: String, from head: EtcdHead, to next: EtcdHead
    ) throws(StoreError) -> EtcdTransaction {
        for case .setValue(let key, let value) in commit.rows where value.count > EtcdLayout.greatestValue {
            throw StoreError(.failed, "the value of '\(key.prefix(100))' has \(value.count) bytes; etcd keeps \(EtcdLayout.greatestValue)")
        }
        let number = next.position.commit
        var text = StoredCommit(tag: tag, revision: next.position.revision, commit).text
        if text.count > EtcdLayout.greatestValue {
            let parts = EtcdLayout.split(text, below: layout.parts(number, tag).start)
            for part in parts { _ = try call(EtcdTransaction(if: [], then: [.put(part)]).request) }
            text = EtcdParts(count: parts.count, place: tag).text
        }
        let turns = layout.turns
        let wish = wish(head.position)
        var success: [EtcdOperation] = [
            .put(EtcdPair(key: layout.head, value: next.text)), .put(EtcdPair(key: layout.commit(number), value: text)),
        ]
        if courtesy.withLock({ $0.hasAsked }) { success.append(.delete(EtcdRange(layout.turn(self.tag)))) }
        success.append(.range(EtcdRange(turns.start, end: turns.end, limit: 8)))
        let missed = layout.commits(after: head.position.commit)
        return EtcdTransaction(
            if: [.value(of: layout.head, is: head.text)], then: success,
            else: [
                wish, .range(EtcdRange(missed.start, end: missed.end, limit: Self.page)),
            ])
    }

    /// Asks the others to let this server go first once.
    private func wish(_ position: StorePosition) -> EtcdOperation {
        .put(EtcdPair(key: layout.turn(tag), value: Array(String(position.commit).utf8)))
    }

    private func finished(_ position: StorePosition, _ reply: EtcdReply, _ seconds: Double) {
        settle(position.commit)
        let own = layout.turn(tag)
        courtesy.withLock { courtesy in
            courtesy.hasAsked = false
            courtesy.wishes = reply.responses.last?.pairs.filter { $0.key != own } ?? []
            courtesy.void.removeAll { !courtesy.wishes.contains($0) }
            courtesy.pace = courtesy.pace * 0.8 + seconds * 0.2
        }
        guard position.commit % Self.keepingInterval == 0 else { return }
        keeper.submit { [weak self] state in
            if state == .active { self?.keep() }
        }
    }

    /// Lets a server go first that lost a race: attempts arrive at a steady pace, and the one that is a little behind would stay behind.
    private func yieldToOthers(_ position: StorePosition) {
        let (wishes, pause) = courtesy.withLock { courtesy in
            defer { courtesy.wishes = [] }
            let wishes = courtesy.wishes.filter { !courtesy.void.contains($0) }
            return (wishes, wishes.isEmpty ? 0 : min(courtesy.pace * 4, 1))
        }
        let end = Counters.now() + pause
        while Counters.now() < end {
            if state.withLock({ $0.seen }) > position.commit { return }
            usleep(500)
        }
        courtesy.withLock { $0.void += wishes }
    }

    // MARK: Following

    public func commits(after position: StorePosition) throws(StoreError) -> [Commit] { try commits(after: position, asking: []) }

    private func commits(after position: StorePosition, asking wish: [EtcdOperation]) throws(StoreError) -> [Commit] {
        let missed = layout.commits(after: position.commit)
        let range = EtcdRange(missed.start, end: missed.end, limit: Self.page)
        let reply = try call(EtcdTransaction(if: [], then: [.range(EtcdRange(layout.head))] + wish + [.range(range)]).request)
        guard let pair = reply.responses.first?.pairs.first else { throw forgotten("the head is missing") }
        let head = try head(pair)
        guard head.store == state.withLock({ $0.store }), head.position.commit >= position.commit else {
            throw forgotten("the store was made anew, or restored from a backup")
        }
        var pairs = reply.responses.last?.pairs ?? []
        var found: [StoredCommit] = []
        while position.commit + UInt64(found.count) < head.position.commit {
            let known = StorePosition(commit: position.commit + UInt64(found.count))
            if pairs.isEmpty {
                let rest = layout.commits(after: known.commit)
                pairs = try call(EtcdRange(rest.start, end: rest.end, limit: Self.page).request).pairs
            }
            let more = try storedCommits(pairs, after: known)
            if more.isEmpty { throw forgotten("commits after \(known.commit) were trimmed") }
            found += more
            pairs = []
        }
        settle(position.commit + UInt64(found.count))
        return found.map(\.commit)
    }

    private func forgotten(_ reason: String) -> StoreError { StoreError(.forgotten, "the history in etcd has a gap: \(reason)") }

    func head(_ pair: EtcdPair) throws(StoreError) -> EtcdHead {
        do {
            return try EtcdHead(parsing: pair.value)
        } catch {
            throw unusable(pair.key, error.message)
        }
    }

    func unusable(_ key: [UInt8], _ reason: String) -> StoreError {
        StoreError(
            .unusable,
            "the key \(String(decoding: key, as: UTF8.self)) in etcd is not as this program writes it: \(reason); "
                + "restore a backup, or choose another prefix")
    }

    /// The commits in some pairs, which must follow on a position one by one.
    func storedCommits(_ pairs: [EtcdPair], after position: StorePosition) throws(StoreError) -> [StoredCommit] {
        var expected = position.commit
        var found: [StoredCommit] = []
        for pair in pairs {
            expected += 1
            guard layout.number(pair.key) == expected else { break }
            found.append(try storedCommit(pair, expected))
        }
        return found
    }

    func storedCommit(_ pair: EtcdPair, _ number: UInt64, at revision: UInt64 = 0) throws(StoreError) -> StoredCommit {
        var text = pair.value
        if let parts = EtcdParts(text) { text = try joined(layout.parts(number, parts.place), parts.count, revision) }
        do {
            return try StoredCommit(parsing: text)
        } catch {
            throw unusable(pair.key, error.message)
        }
    }

    /// A text that was too large for one pair, part by part.
    func joined(_ range: (start: [UInt8], end: [UInt8]), _ count: Int, _ revision: UInt64) throws(StoreError) -> [UInt8] {
        var text: [UInt8] = []
        for index in 0..<max(count, 0) {
            let key = range.start + Array(EtcdLayout.digits(UInt64(index)).utf8)
            guard let pair = try call(EtcdRange(key, revision: revision).request).pairs.first else {
                throw StoreError(.forgotten, "a part of a commit is missing: \(String(decoding: key, as: UTF8.self))")
            }
            text += pair.value
        }
        return text
    }
}
