// The rows of a store in etcd as it was at one revision of etcd: the checkpoint, page by page, and laid over it the commits that it does not
// have yet, which servers keep few.

import Coding
import ConfigServerCore

final class EtcdRows: StoredRows {
    private static let page = 500

    private let store: EtcdStore
    private let layout: EtcdLayout
    private let revision: UInt64
    private var overlay = Overlay()

    /// - Parameter log: takes the lines of the log of changes that the store has, in their order.
    init(
        _ store: EtcdStore, _ layout: EtcdLayout, _ head: EtcdHead, at revision: UInt64, log: (([ChangeRow]) -> Void)?
    ) throws(StoreError) {
        self.store = store
        self.layout = layout
        self.revision = revision
        guard let pair = try store.call(EtcdRange(layout.folded, revision: revision).request).pairs.first else {
            throw store.unusable(layout.folded, "it is missing")
        }
        let folded = try store.folded(pair)
        var next = folded.commit + 1
        // Whoever does not want the log needs no commits that are in the checkpoint.
        let commits = layout.commits(after: log == nil ? folded.commit : 0)
        var made = Overlay()
        try store.forEach(commits, limit: EtcdStore.page, at: revision) { pair throws(StoreError) in
            guard let number = layout.number(pair.key) else { throw store.unusable(pair.key, "it has no number") }
            let stored = try store.storedCommit(pair, number, at: revision)
            log?(stored.commit.log)
            guard number > folded.commit else { return }
            guard number == next else { throw store.unusable(pair.key, "commit \(next), which comes before it, is missing") }
            next += 1
            made.apply(stored.commit)
        }
        guard next == head.position.commit + 1 else { throw store.unusable(layout.head, "commit \(next) is missing") }
        overlay = made
    }

    func forEachObject(_ body: (ObjectRow) throws(StoreError) -> Void) throws(StoreError) {
        var overlay = overlay
        try store.forEach(layout.all("objects/"), limit: Self.page, at: revision) { pair throws(StoreError) in
            guard let number = layout.number(pair.key) else { throw store.unusable(pair.key, "it has no number") }
            try overlay.takeObjects(before: number, body)
            if overlay.objects[number] != nil { return }
            try body(try store.row(pair, number, layout, revision))
        }
        try overlay.takeObjects(before: .max, body)
    }

    func forEachValue(_ body: (_ key: String, _ value: [UInt8]) throws(StoreError) -> Void) throws(StoreError) {
        var values = overlay.values
        try store.forEach(layout.all("values/"), limit: Self.page, at: revision) { pair throws(StoreError) in
            let name = layout.valueName(pair.key)
            if values[name] == nil { values[name] = .some(pair.value) }
        }
        for (name, content) in values.sorted(by: { $0.key < $1.key }) {
            if let content { try body(name, content) }
        }
    }

    /// Without reading them.
    func count() throws(StoreError) -> (objects: Int, values: Int) {
        var objects = overlay.objects.count { $0.value != nil }
        try store.forEach(layout.all("objects/"), limit: Self.page * 10, at: revision, keysOnly: true) { pair in
            if let number = layout.number(pair.key), overlay.objects[number] == nil { objects += 1 }
        }
        var values = overlay.values.count { $0.value != nil }
        try store.forEach(layout.all("values/"), limit: Self.page * 10, at: revision, keysOnly: true) { pair in
            if overlay.values[layout.valueName(pair.key)] == nil { values += 1 }
        }
        return (objects, values)
    }

    func object(_ number: UInt64) throws(StoreError) -> ObjectRow? {
        if let row = overlay.objects[number] { return row }
        let key = layout.object(number)
        guard let pair = try store.call(EtcdRange(key, revision: revision).request).pairs.first else { return nil }
        return try store.row(pair, number, layout, revision)
    }
}

/// What commits make of objects and values, to be laid over a checkpoint that does not have them.
private struct Overlay {
    /// nil: removed.
    private(set) var objects: [UInt64: ObjectRow?] = [:]
    private var order: [UInt64]?
    private var taken = 0
    private(set) var values: [String: [UInt8]?] = [:]

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
}
