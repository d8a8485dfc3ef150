// A store in etcd filled anew, as an import does it: rows go below a base that no head names, in transactions as large as etcd takes, and then
// one transaction moves the head there. Servers find another store than theirs behind the head and load it. Who dies in between leaves a
// base that nobody names, which the next one who fills the store deletes.

import ConfigServerCore

extension EtcdStore {
    /// Puts what `body` adds in the place of everything (`WholeStore.fill`).
    func fill(replaces: Bool, _ body: (any NewRows) throws(StoreError) -> Void) throws(StoreError) -> (StorePosition, removed: Int) {
        let layout = layout.based(on: "")
        var (present, removed) = try present(replaces, layout)
        let base = String(UInt64.random(in: .min ... .max), radix: 16)
        try removeBases(except: [present?.base ?? "", base], layout)
        let rows = EtcdFilling(self, layout.based(on: base))
        do throws(StoreError) {
            try rows.begin()
            try body(rows)
            try rows.flush()
            while true {
                let before = present?.position ?? StorePosition()
                let position = StorePosition(
                    commit: before.commit + 1, revision: before.revision + UInt64(removed) + UInt64(rows.objects))
                let head = EtcdHead(store: String(UInt64.random(in: .min ... .max), radix: 16), base: base, position)
                let answer = try rows.finish(head, instead: present)
                if answer?.text == head.text {
                    do { try removeBases(except: [base], layout) } catch {}
                    return (position, removed)
                }
                // Somebody stored something meanwhile. It is replaced, too, unless nothing was to be.
                guard answer?.text != present?.text else {
                    throw StoreError(.busy, "another import into the same store has begun meanwhile; nothing was imported")
                }
                (present, removed) = try self.present(replaces, layout)
            }
        } catch {
            // What it wrote is of no use to anybody.
            if error.kind != .inDoubt { do { try rows.remove() } catch {} }
            throw error
        }
    }

    /// Where the store is, nil if there is none, and how many objects it has; if it is to be empty, it is.
    private func present(_ replaces: Bool, _ layout: EtcdLayout) throws(StoreError) -> (EtcdHead?, Int) {
        let reply = try call(EtcdRange(layout.head).request)
        guard let pair = reply.pairs.first else { return (nil, 0) }
        let head = try head(pair)
        let count = try EtcdRows(self, layout.based(on: head.base), head, at: reply.revision, log: nil).count()
        guard replaces || count == (0, 0) else { throw StoreError.notEmpty(count.objects) }
        return (head, count.objects)
    }

    /// Deletes all rows that are below other bases.
    private func removeBases(except kept: Set<String>, _ layout: EtcdLayout) throws(StoreError) {
        if !kept.contains("") {
            for range in layout.based(on: "").rows { try removeAll(range) }
        }
        var start = layout.bases.start
        while let key = try call(EtcdRange(start, end: layout.bases.end, limit: 1, keysOnly: true).request).pairs.first?.key {
            let base = layout.based(on: layout.base(of: key))
            if !kept.contains(base.base) {
                // First what says that it is being filled: who fills it gives up.
                _ = try call(EtcdTransaction(if: [], then: [.delete(EtcdRange(base.folded))]).request)
                for range in base.rows { try removeAll(range) }
            }
            start = base.rows.first?.end ?? layout.bases.end
        }
    }

    /// Deletes a range in steps that keep nobody else waiting.
    fileprivate func removeAll(_ range: (start: [UInt8], end: [UInt8])) throws(StoreError) {
        while true {
            let reply = try call(EtcdRange(range.start, end: range.end, limit: 2000, keysOnly: true).request)
            guard let last = reply.pairs.last else { return }
            _ = try call(EtcdTransaction(if: [], then: [.delete(EtcdRange(range.start, end: last.key + [0]))]).request)
            guard reply.hasMore else { return }
        }
    }
}

/// Rows below a base that is being filled.
private final class EtcdFilling: NewRows {
    private let store: EtcdStore
    private let layout: EtcdLayout
    private var batch: [EtcdOperation] = []
    private var size = 0
    private(set) var objects = 0
    /// Stands where the checkpoint says how far it is, until it is complete.
    private static let mark = EtcdFolded().text

    init(_ store: EtcdStore, _ layout: EtcdLayout) {
        self.store = store
        self.layout = layout
    }

    func begin() throws(StoreError) {
        _ = try store.call(EtcdTransaction(if: [], then: [.put(EtcdPair(key: layout.folded, value: Self.mark))]).request)
    }

    /// Makes the rows count, if the store is where it was.
    ///
    /// - Returns: the head that there is then: the new one, if it worked.
    func finish(_ head: EtcdHead, instead present: EtcdHead?) throws(StoreError) -> EtcdHead? {
        let reply = try store.call(
            EtcdTransaction(
                if: [
                    present.map { .value(of: layout.head, is: $0.text) } ?? .isMissing(layout.head),
                    .value(of: layout.folded, is: Self.mark),
                ],
                then: [
                    .put(EtcdPair(key: layout.head, value: head.text)),
                    .put(EtcdPair(key: layout.folded, value: EtcdFolded(commit: head.position.commit).text)),
                ], else: [.range(EtcdRange(layout.head))]
            ).request)
        if reply.succeeded { return head }
        // It may be the new one all the same: when the answer to the first of two attempts was lost.
        return try (reply.responses.first?.pairs.first).map { pair throws(StoreError) in try store.head(pair) }
    }

    func remove() throws(StoreError) {
        for range in layout.rows { try store.removeAll(range) }
    }

    // MARK: Rows

    func add(_ row: ObjectRow) throws(StoreError) {
        objects += 1
        let text = row.text
        guard text.count > EtcdLayout.greatestValue else { return try put(EtcdPair(key: layout.object(row.number), value: text)) }
        // As a commit of the number 0, which there is not, would have written it.
        let pieces = EtcdLayout.split(text, below: layout.pieces(row.number, 0).start)
        for piece in pieces { _ = try store.call(EtcdTransaction(if: [], then: [.put(piece)]).request) }
        try put(EtcdPair(key: layout.object(row.number), value: EtcdParts(count: pieces.count, place: EtcdLayout.digits(0)).text))
    }

    func addValue(_ key: String, _ value: [UInt8]) throws(StoreError) {
        guard value.count <= EtcdLayout.greatestValue else {
            throw StoreError(.failed, "the value of '\(key.prefix(100))' has \(value.count) bytes; etcd keeps \(EtcdLayout.greatestValue)")
        }
        try put(EtcdPair(key: layout.value(key), value: value))
    }

    private func put(_ pair: EtcdPair) throws(StoreError) {
        let isKnown = batch.contains { if case .put(let other) = $0 { other.key == pair.key } else { false } }
        if isKnown || batch.count == EtcdLayout.greatestTransaction || size + pair.value.count > EtcdLayout.greatestValue { try flush() }
        batch.append(.put(pair))
        size += pair.value.count
    }

    func flush() throws(StoreError) {
        guard !batch.isEmpty else { return }
        _ = try store.call(EtcdTransaction(if: [], then: batch).request)
        batch = []
        size = 0
    }

    func forEachObject(_ body: (ObjectRow) throws(StoreError) -> Void) throws(StoreError) {
        try flush()
        try store.forEach(layout.all("objects/"), limit: 500, at: 0) { pair throws(StoreError) in
            guard let number = layout.number(pair.key) else { throw store.unusable(pair.key, "it has no number") }
            try body(try store.row(pair, number, layout, 0))
        }
    }

    func forEachValue(_ body: (_ key: String, _ value: [UInt8]) throws(StoreError) -> Void) throws(StoreError) {
        try flush()
        try store.forEach(layout.all("values/"), limit: 500, at: 0) { pair throws(StoreError) in
            try body(layout.valueName(pair.key), pair.value)
        }
    }

    func object(_ number: UInt64) throws(StoreError) -> ObjectRow? {
        try flush()
        guard let pair = try store.call(EtcdRange(layout.object(number)).request).pairs.first else { return nil }
        return try store.row(pair, number, layout, 0)
    }
}

/// A store in etcd for those who work on all of it.
struct EtcdWholeStore: WholeStore {
    let store: EtcdStore

    func read(_ body: (StorePosition, any StoredRows) throws(StoreError) -> Void) throws(StoreError) {
        let (head, revision) = try store.begin()
        try body(head.position, try EtcdRows(store, store.layout.based(on: head.base), head, at: revision, log: nil))
    }

    func fill(replaces: Bool, _ body: (any NewRows) throws(StoreError) -> Void) throws(StoreError) -> (StorePosition, removed: Int) {
        try store.fill(replaces: replaces, body)
    }

    func close() { store.close() }
}
