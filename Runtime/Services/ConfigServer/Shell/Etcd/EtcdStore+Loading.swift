// Reading everything, as it was at one revision of etcd: the checkpoint, and on top of it the commits that it does not have yet.

import Coding
import ConfigServerCore
import Synchronization

extension EtcdStore {
    private static let objectPage = 500

    public func load(
        object: (ObjectRow) throws(StoreError) -> Void, value: (_ key: String, _ value: [UInt8]) throws(StoreError) -> Void,
        change: (ChangeRow) throws(StoreError) -> Void
    ) throws(StoreError) -> StorePosition {
        let (head, folded, revision) = try begin()
        var overlay = Overlay()
        var log: [ChangeRow] = []
        let all = layout.commits(after: 0)
        var next = folded.commit + 1
        try forEach(all, limit: Self.page, at: revision) { pair throws(StoreError) in
            guard let number = layout.number(pair.key) else { throw unusable(pair.key, "it has no number") }
            let stored = try storedCommit(pair, number, at: revision)
            log += stored.commit.log
            guard number > folded.commit else { return }
            guard number == next else { throw unusable(pair.key, "commit \(next), which comes before it, is missing") }
            next += 1
            overlay.apply(stored.commit)
        }
        guard next == head.position.commit + 1 else {
            throw unusable(layout.head, "commit \(next) is missing")
        }
        let objects = layout.all("objects/")
        try forEach(objects, limit: Self.objectPage, at: revision) { pair throws(StoreError) in
            guard let number = layout.number(pair.key) else { throw unusable(pair.key, "it has no number") }
            try overlay.takeObjects(before: number, object)
            if overlay.takeObject(number) { return }
            try object(try row(pair, number, revision))
        }
        try overlay.takeObjects(before: .max, object)
        let values = layout.all("values/")
        try forEach(values, limit: Self.objectPage, at: revision) { pair throws(StoreError) in
            let name = layout.valueName(pair.key)
            if overlay.values[name] == nil { overlay.values[name] = .some(pair.value) }
        }
        for (name, content) in overlay.values.sorted(by: { $0.key < $1.key }) {
            if let content { try value(name, content) }
        }
        for row in log { try change(row) }
        state.withLock { state in
            state.store = head.store
            state.seen = head.position.commit
        }
        return head.position
    }

    /// Where the store is, which is made if there is none; and the revision of etcd at which it was there.
    private func begin() throws(StoreError) -> (EtcdHead, EtcdFolded, UInt64) {
        let new = EtcdHead(store: String(UInt64.random(in: .min ... .max), radix: 16), StorePosition())
        let look: [EtcdOperation] = [.range(EtcdRange(layout.head)), .range(EtcdRange(layout.all("folded").start))]
        let beginning: [EtcdOperation] = [
            .put(EtcdPair(key: layout.head, value: new.text)),
            .put(EtcdPair(key: layout.all("folded").start, value: EtcdFolded().text)),
        ]
        let reply = try call(
            EtcdTransaction(if: [.isMissing(layout.head)], then: isMade ? beginning : [], else: look).request)
        if reply.succeeded, !isMade {
            throw StoreError(.unusable, "etcd has no configuration below \(layout.prefix); name another prefix with --store")
        }
        guard !reply.succeeded else { return (new, EtcdFolded(), reply.revision) }
        guard let headPair = reply.responses.first?.pairs.first, let foldedPair = reply.responses.last?.pairs.first else {
            throw unusable(layout.all("folded").start, "it is missing")
        }
        return (try head(headPair), try folded(foldedPair), reply.revision)
    }

    func folded(_ pair: EtcdPair) throws(StoreError) -> EtcdFolded {
        do {
            return try EtcdFolded(parsing: pair.value)
        } catch {
            throw unusable(pair.key, error.message)
        }
    }

    private func row(_ pair: EtcdPair, _ number: UInt64, _ revision: UInt64) throws(StoreError) -> ObjectRow {
        var text = pair.value
        if let parts = EtcdParts(text) {
            guard let commit = UInt64(parts.place) else { throw unusable(pair.key, "'\(parts.place)' is not the number of a commit") }
            text = try joined(layout.pieces(number, commit), parts.count, revision)
        }
        do {
            return try ObjectRow(parsing: text)
        } catch {
            throw unusable(pair.key, error.message)
        }
    }

    /// Every pair of a range, page by page.
    func forEach(
        _ range: (start: [UInt8], end: [UInt8]), limit: Int, at revision: UInt64, keysOnly: Bool = false,
        _ body: (EtcdPair) throws(StoreError) -> Void
    ) throws(StoreError) {
        var start = range.start
        while true {
            let reply = try call(EtcdRange(start, end: range.end, limit: limit, revision: revision, keysOnly: keysOnly).request)
            for pair in reply.pairs { try body(pair) }
            guard reply.hasMore, let last = reply.pairs.last else { return }
            start = last.key + [0]
        }
    }
}

/// What commits make of objects and values, to be laid over a checkpoint that does not have them.
private struct Overlay {
    /// nil: removed.
    private var objects: [UInt64: ObjectRow?] = [:]
    private var order: [UInt64]?
    private var taken = 0
    var values: [String: [UInt8]?] = [:]

    mutating func apply(_ commit: Commit) {
        for change in commit.rows {
            switch change {
            case .put(let row): objects[row.number] = .some(row)
            case .remove(let number): objects[number] = .some(nil)
            case .setValue(let key, let value): values[key] = .some(value)
            case .removeValue(let key): values[key] = .some(nil)
            }
        }
    }

    /// Hands over the objects below a number that were not yet.
    mutating func takeObjects(before number: UInt64, _ body: (ObjectRow) throws(StoreError) -> Void) throws(StoreError) {
        let order = order ?? objects.keys.sorted()
        self.order = order
        while taken < order.count, order[taken] < number {
            if let row = objects[order[taken]] ?? nil { try body(row) }
            taken += 1
        }
    }

    /// Whether the overlay knows the object, which then is handed over in its place.
    func takeObject(_ number: UInt64) -> Bool { objects[number] != nil }
}
