// Reading everything, as it was at one revision of etcd: the checkpoint, and on top of it the commits that it does not have yet.

import Coding
import ConfigServerCore
import Synchronization

extension EtcdStore {
    public func load(
        object: (ObjectRow) throws(StoreError) -> Void, value: (_ key: String, _ value: [UInt8]) throws(StoreError) -> Void,
        change: (ChangeRow) throws(StoreError) -> Void
    ) throws(StoreError) -> StorePosition {
        let (head, revision) = try begin()
        let layout = layout.based(on: head.base)
        var log: [ChangeRow] = []
        let rows = try EtcdRows(self, layout, head, at: revision) { log += $0 }
        try rows.forEachObject(object)
        try rows.forEachValue(value)
        for row in log { try change(row) }
        state.withLock { state in
            state.store = head.store
            state.layout = layout
            state.seen = head.position.commit
        }
        return head.position
    }

    /// Where the store is, which is made if there is none; and the revision of etcd at which it was there.
    func begin() throws(StoreError) -> (EtcdHead, UInt64) {
        // A new store's rows are below no base.
        let layout = layout.based(on: "")
        let new = EtcdHead(store: String(UInt64.random(in: .min ... .max), radix: 16), StorePosition())
        let beginning: [EtcdOperation] = [
            .put(EtcdPair(key: layout.head, value: new.text)), .put(EtcdPair(key: layout.folded, value: EtcdFolded().text)),
        ]
        let reply = try call(
            EtcdTransaction(
                if: [.isMissing(layout.head)], then: isMade ? beginning : [], else: [.range(EtcdRange(layout.head))]
            ).request)
        if reply.succeeded, !isMade {
            throw StoreError(.unusable, "etcd has no configuration below \(layout.prefix); name another prefix with --store")
        }
        guard !reply.succeeded else { return (new, reply.revision) }
        guard let pair = reply.responses.first?.pairs.first else { throw unusable(layout.head, "it is missing") }
        return (try head(pair), reply.revision)
    }

    func folded(_ pair: EtcdPair) throws(StoreError) -> EtcdFolded {
        do {
            return try EtcdFolded(parsing: pair.value)
        } catch {
            throw unusable(pair.key, error.message)
        }
    }

    func row(_ pair: EtcdPair, _ number: UInt64, _ layout: EtcdLayout, _ revision: UInt64) throws(StoreError) -> ObjectRow {
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
