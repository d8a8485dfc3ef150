// Texts that are too large for one pair are written before the pair that makes them count. Who dies in between, is overtaken, or puts
// another text in the place of one leaves pairs that nobody reads. They are found and deleted here, by any server, at any time.
//
// Why nothing that is needed is deleted: what belongs to a commit that has been folded is referred to by now or never will be. A commit of
// that number exists, and was stored together with the name of its parts; the mark moves only forward, and an object comes to name the
// pieces of a commit only in the transaction that moves the mark past it.

import ConfigServerCore

extension EtcdStore {
    /// Deletes the texts of commits up to the mark that no pair names. The mark was read before.
    func collect(_ mark: EtcdFolded) throws(StoreError) {
        var texts: [EtcdLayout.LargeText] = []
        for place in ["parts/", "pieces/"] {
            let all = layout.all(place)
            try forEach(all, limit: 1000, at: 0, keysOnly: true) { pair throws(StoreError) in
                guard let text = layout.largeText(pair.key), text.commit <= mark.commit, text != texts.last else { return }
                texts.append(text)
            }
        }
        while !texts.isEmpty {
            let some = Array(texts.prefix(EtcdLayout.greatestTransaction / 2))
            texts.removeFirst(some.count)
            let owners = try call(EtcdTransaction(if: [], then: some.map { .range(EtcdRange($0.owner)) }).request).responses
            guard owners.count == some.count else { return }
            let abandoned = zip(some, owners).filter { text, reply in
                reply.pairs.first.flatMap { EtcdParts($0.value) }?.place != text.place
            }
            guard !abandoned.isEmpty else { continue }
            let deletions = abandoned.map { text, _ in EtcdOperation.delete(EtcdRange(text.range.start, end: text.range.end)) }
            _ = try call(EtcdTransaction(if: [], then: deletions).request)
        }
    }
}
