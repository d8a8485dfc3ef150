// Housekeeping: the checkpoint is brought up to the commits, commits that no watcher can ask for are dropped, large texts that nothing
// names are collected (EtcdStore+Collecting.swift), and etcd is told to forget
// its own history, which nobody here reads. Every step is a transaction that names what it starts from, so servers do not disturb each
// other, and whoever dies leaves nothing half-done.

import ConfigServerCore

extension EtcdStore {
    /// Does what there is to do. What fails is tried again next time.
    func keep() {
        do throws(StoreError) {
            let (head, mark) = try fold()
            try trim(head, mark)
            try collect(mark)
        } catch {}
    }

    /// Brings the checkpoint up to date; gives where the head was, and what the checkpoint has at least.
    private func fold() throws(StoreError) -> (EtcdHead, EtcdFolded) {
        let look = try call(
            EtcdTransaction(
                if: [], then: [.range(EtcdRange(layout.head)), .range(EtcdRange(layout.folded))]
            ).request)
        guard let headPair = look.responses.first?.pairs.first, let foldedPair = look.responses.last?.pairs.first else {
            throw StoreError(.forgotten, "the head is missing")
        }
        let head = try head(headPair)
        var mark = try folded(foldedPair)
        while mark.commit < head.position.commit {
            let range = layout.commits(after: mark.commit)
            let pairs = try call(EtcdRange(range.start, end: range.end, limit: Self.page).request).pairs
            let commits = try storedCommits(pairs, after: StorePosition(commit: mark.commit))
            guard !commits.isEmpty else { throw StoreError(.forgotten, "commits after \(mark.commit) are missing") }
            let last = mark.commit + UInt64(commits.count)
            while mark.commit < last,
                let step = layout.folding(commits.suffix(Int(last - mark.commit)).map(\.commit), from: mark)
            {
                for piece in step.pieces { _ = try call(EtcdTransaction(if: [], then: [.put(piece)]).request) }
                // Another server does the same at the moment: one is enough.
                guard try call(step.transaction.request).succeeded else { return (head, mark) }
                mark = step.mark
            }
        }
        return (head, mark)
    }

    /// Drops commits that are in the checkpoint and too old for any watcher.
    private func trim(_ head: EtcdHead, _ mark: EtcdFolded) throws(StoreError) {
        guard head.position.revision > heldChanges else { return }
        let floor = head.position.revision - heldChanges
        let all = layout.commits(after: 0)
        var start = all.start
        var last: UInt64?
        walk: while true {
            let pairs = try call(EtcdRange(start, end: all.end, limit: Self.page).request).pairs
            for pair in pairs {
                guard let number = layout.number(pair.key) else { break walk }
                guard number <= mark.commit, try storedCommit(pair, number).revision <= floor else { break walk }
                last = number
            }
            guard pairs.count == Self.page, let end = pairs.last else { break }
            start = end.key + [0]
        }
        guard let last else { return }
        let end = layout.commit(last + 1)
        let parts = layout.all("parts/")
        let reply = try call(
            EtcdTransaction(
                if: [],
                then: [
                    .range(EtcdRange(layout.compaction)), .delete(EtcdRange(all.start, end: end)),
                    .delete(EtcdRange(parts.start, end: parts.start + Array(EtcdLayout.digits(last + 1).utf8))),
                    .delete(EtcdRange(layout.turns.start, end: layout.turns.end)),
                ]
            ).request)
        let previous = reply.responses.first?.pairs.first.flatMap { UInt64(String(decoding: $0.value, as: UTF8.self)) }
        _ = try call(
            EtcdTransaction(
                if: [], then: [.put(EtcdPair(key: layout.compaction, value: Array(String(reply.revision).utf8)))]
            ).request)
        // Whoever is loading at the moment reads at a revision after the previous trimming, or begins again.
        if let previous { _ = try? call(etcdCompactionRequest(previous)) }
    }
}
