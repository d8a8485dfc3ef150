// The latest changes, for those who come back after a pause or read more slowly than others write. Bounded: by the number of changes and
// by what they weigh. All watchers read the one history, so a slow one costs nothing but its own place in it.

/// A bounded queue of what happened, found by revision.
public struct ChangeHistory<Entry: Sendable>: Sendable {
    public struct Bounds: Sendable {
        public var count: Int
        /// Bytes, counted by `ObjectChange.weight`.
        public var weight: Int

        public init(count: Int = 16_384, weight: Int = 64 << 20) {
            self.count = max(count, 1)
            self.weight = weight
        }
    }

    private struct Slot: Sendable {
        let revision: UInt64
        let weight: Int
        let entry: Entry
    }

    private var slots: [Slot] = []
    /// Slots before this one were dropped; they leave the array many at a time.
    private var start = 0
    private var weight = 0
    private let bounds: Bounds
    /// Every change after this revision is here.
    public private(set) var floor: UInt64
    /// The revision of the latest change; `floor` when there is none.
    public private(set) var last: UInt64

    public init(after floor: UInt64, _ bounds: Bounds = Bounds()) {
        self.floor = floor
        last = floor
        self.bounds = bounds
    }

    public var count: Int { slots.count - start }

    /// Adds a change later than all others, and forgets the oldest beyond the bounds. The latest one always stays.
    public mutating func append(_ entry: Entry, revision: UInt64, weight: Int) {
        slots.append(Slot(revision: revision, weight: weight, entry: entry))
        self.weight += weight
        last = revision
        while count > 1, count > bounds.count || self.weight > bounds.weight {
            floor = slots[start].revision
            self.weight -= slots[start].weight
            start += 1
        }
        if start > 1024, start > slots.count / 2 {
            slots.removeFirst(start)
            start = 0
        }
    }

    /// All that is held, newest first.
    public var newestFirst: some Sequence<Entry> { slots[start...].reversed().lazy.map(\.entry) }

    /// At most `limit` changes later than `revision`, oldest first; nil when some of them were forgotten.
    public func changes(after revision: UInt64, limit: Int) -> [Entry]? {
        guard revision >= floor else { return nil }
        var (low, high) = (start, slots.count)
        while low < high {
            let middle = (low + high) / 2
            if slots[middle].revision <= revision { low = middle + 1 } else { high = middle }
        }
        return slots[low..<min(slots.count, low + limit)].map(\.entry)
    }
}
