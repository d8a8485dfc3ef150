// Identities by UUID, for the loading of an image: a million insertions and some millions of lookups, of keys that are random already.

import NetworkTypes

/// A hash table with open addressing. Clients choose UUIDs, so where they go depends on numbers that differ from one process to the next.
struct IdentityTable: Sendable {
    private struct Slot {
        var uuid = UUIDValue.zero
        /// nil: free.
        var identity: Identity?
    }

    private var slots = [Slot](repeating: Slot(), count: 64)
    private(set) var count = 0
    private let factors: (high: UInt64, low: UInt64)

    init() {
        func odd(_ value: Int) -> UInt64 {
            var hasher = Hasher()
            hasher.combine(value)
            return UInt64(bitPattern: Int64(hasher.finalize())) | 1
        }
        factors = (odd(0), odd(1))
    }

    subscript(uuid: UUIDValue) -> Identity? { slots[place(of: uuid)].identity }

    /// - Returns: false when there is one with the UUID already.
    mutating func insert(_ identity: Identity) -> Bool {
        if count * 2 >= slots.count { grow() }
        let place = place(of: identity.uuid)
        guard slots[place].identity == nil else { return false }
        slots[place] = Slot(uuid: identity.uuid, identity: identity)
        count += 1
        return true
    }

    /// Where the UUID is, or would be.
    private func place(of uuid: UUIDValue) -> Int {
        slots.withUnsafeBufferPointer { slots in
            let mixed = uuid.high &* factors.high ^ uuid.low &* factors.low
            // The high bits of a product depend on all bits.
            var place = Int(truncatingIfNeeded: (mixed &* factors.high) >> 20) & (slots.count - 1)
            while slots[place].identity != nil, slots[place].uuid != uuid { place = (place + 1) & (slots.count - 1) }
            return place
        }
    }

    private mutating func grow() {
        var old: [Slot] = []
        swap(&old, &slots)
        slots = [Slot](repeating: Slot(), count: old.count * 2)
        for index in old.indices {
            guard let identity = old[index].identity.take() else { continue }
            slots[place(of: identity.uuid)] = Slot(uuid: identity.uuid, identity: identity)
        }
    }
}
