// Bringing objects and values up to the commits, one bounded transaction at a time. Every server comes to the same transactions from the
// same mark, and each moves the mark only from where it was, so it does not matter who does it, or who dies doing it.

/// The next transaction, or what has to be written before it.
public struct EtcdFoldingStep: Sendable, Equatable {
    /// Pieces of objects that are too large for one pair: one request each, before the transaction, which makes them count.
    public var pieces: [EtcdPair] = []
    public var transaction: EtcdTransaction
    /// Where the mark is afterwards.
    public var mark: EtcdFolded
}

extension EtcdLayout {
    /// - Parameter commits: some of those after the mark, without a gap.
    /// - Returns: nil when there is nothing to do.
    public func folding(_ commits: [Commit], from start: EtcdFolded) -> EtcdFoldingStep? {
        var mark = start
        var pieces: [EtcdPair] = []
        var operations: [[UInt8]: EtcdOperation] = [:]
        var others: [EtcdOperation] = []
        var size = 0
        walk: for commit in commits {
            while mark.row < commit.rows.count {
                let change = commit.rows[mark.row]
                let (operation, large, cost) = folding(change, in: mark.commit + 1)
                // Pieces are written before the transaction, so they must not be among those that it deletes.
                if !large.isEmpty, !others.isEmpty { break walk }
                let count = operations.count + others.count
                if count > 0, count + 2 > Self.greatestTransaction || size + cost > Self.greatestValue { break walk }
                size += cost
                pieces += large
                operations[key(of: change)] = operation
                if case .remove(let number) = change {
                    others.append(.delete(EtcdRange(key("pieces/\(Self.digits(number))/"), end: all("pieces/\(Self.digits(number))/").end)))
                }
                mark.row += 1
            }
            mark = EtcdFolded(commit: mark.commit + 1)
        }
        guard mark != start else { return nil }
        let all = operations.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value) + others
        return EtcdFoldingStep(
            pieces: pieces,
            transaction: EtcdTransaction(
                if: [.value(of: folded, is: start.text)], then: all + [.put(EtcdPair(key: folded, value: mark.text))]),
            mark: mark)
    }

    private func key(of change: RowChange) -> [UInt8] {
        switch change {
        case .put(let row): object(row.number)
        case .remove(let number): object(number)
        case .setValue(let name, _), .removeValue(let name): value(name)
        }
    }

    private func folding(_ change: RowChange, in commit: UInt64) -> (EtcdOperation, pieces: [EtcdPair], cost: Int) {
        switch change {
        case .put(let row):
            let text = row.text
            guard text.count > Self.greatestValue else {
                return (.put(EtcdPair(key: object(row.number), value: text)), [], text.count)
            }
            let pieces = Self.split(text, below: pieces(row.number, commit).start)
            let place = EtcdParts(count: pieces.count, place: Self.digits(commit))
            return (.put(EtcdPair(key: object(row.number), value: place.text)), pieces, 0)
        case .remove(let number): return (.delete(EtcdRange(object(number))), [], 0)
        case .setValue(let name, let value): return (.put(EtcdPair(key: self.value(name), value: value)), [], value.count)
        case .removeValue(let name): return (.delete(EtcdRange(value(name))), [], 0)
        }
    }
}
