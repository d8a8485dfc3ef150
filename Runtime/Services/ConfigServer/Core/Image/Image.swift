// The whole configuration at one moment, as a value. Decisions read it, transactions turn it into the next one, and it depends on nothing
// but the transactions applied so far. A copy is cheap and stays as it is: readers keep one while the writer goes on.

import NetworkTypes

/// Every object, and the indexes over them.
public struct Image: Sendable {
    var objects = SortedIndex<ObjectEntry>()
    var names = SortedIndex<NameEntry>()
    var relations = SortedIndex<Relation>()
    var allocations = SortedIndex<AllocationEntry>()
    var values = SortedIndex<ValueEntry>()
    /// The highest `Identity.number` or `ObjectReference.number` given out.
    var lastNumber: UInt64 = 0
    /// Objects in the store that the schema has no type for, and what is below them.
    var unseen: Set<UUIDValue> = []

    public init() {}

    public var objectCount: Int { objects.count }

    func state(_ uuid: UUIDValue) -> ObjectState? {
        guard let entry = objects.first(notBefore: { $0.uuid < uuid }), entry.uuid == uuid else { return nil }
        return entry.state
    }

    /// Finds an object by its name as a JSON array.
    func identity(_ type: TypeNumber, named name: [UInt8]) -> Identity? {
        guard let entry = names.first(notBefore: { $0.identity.isNamed(before: type, name) }) else { return nil }
        return entry.identity.type == type && entry.identity.name == name ? entry.identity : nil
    }

    /// Calls `body` with the objects of a type in the order of their names, until it returns false.
    func forEachObject(of type: TypeNumber, from name: [UInt8] = [], _ body: (Identity) -> Bool) {
        names.forEach(notBefore: { $0.identity.isNamed(before: type, name) }) { entry in
            entry.identity.type == type && body(entry.identity)
        }
    }

    func objectCount(of type: TypeNumber) -> Int {
        names.rank { $0.identity.type <= type } - names.rank { $0.identity.type < type }
    }

    /// Calls `body` with the children of a type, or the objects of a type that refer to `owner`, oldest first, until it returns false.
    func forEachRelative(of owner: Identity, _ kind: Relation.Kind, _ body: (Identity) -> Bool) {
        relations.forEach(notBefore: { $0.isBefore(owner.number, kind) }) { relation in
            relation.owner == owner.number && relation.kind == kind && body(relation.relative)
        }
    }

    /// Calls `body` with all children and all objects that refer to `owner`, kind by kind.
    func forEachRelation(of owner: Identity, from kind: Relation.Kind = .children(0), _ body: (Relation) -> Bool) {
        relations.forEach(notBefore: { $0.isBefore(owner.number, kind) }) { relation in
            relation.owner == owner.number && body(relation)
        }
    }

    /// How many `forEachRelative` would call with.
    func relativeCount(of owner: Identity, _ kind: Relation.Kind) -> Int {
        relations.rank { $0.isBefore(owner.number, kind, UInt64.max) } - relations.rank { $0.isBefore(owner.number, kind) }
    }

    func value(_ key: String) -> [UInt8]? {
        guard let entry = values.first(notBefore: { $0.key < key }), entry.key == key else { return nil }
        return entry.value
    }

    func isAllocated(_ number: UInt64, in space: String) -> Bool { owner(of: Allocation(space: space, number: number)) != nil }

    /// Who has a number.
    func owner(of allocation: Allocation) -> UUIDValue? {
        guard let entry = allocations.first(notBefore: { $0.isBefore(allocation.space, allocation.number) }),
            entry.space == allocation.space, entry.number == allocation.number
        else { return nil }
        return entry.owner
    }

    /// The lowest number in the range that nobody has; nil when all are taken.
    func lowestFree(in space: String, _ range: ClosedRange<UInt64>) -> UInt64? {
        let start = allocations.rank { $0.isBefore(space, range.lowerBound) }
        func taken(through number: UInt64) -> UInt64 {
            UInt64(allocations.rank { $0.isBefore(space, number) || ($0.space == space && $0.number == number) } - start)
        }
        // All numbers below some number are taken, and that number is free: the smallest one with fewer entries up to it than numbers.
        var low = range.lowerBound
        var high = range.upperBound
        guard taken(through: high) < high - range.lowerBound + 1 else { return nil }
        // Without gaps, the usual case, the number is next to the last one taken.
        let expected = low + taken(through: high)
        if expected == low || taken(through: expected - 1) == expected - low { return expected }
        high = expected
        while low < high {
            let middle = low + (high - low) / 2
            if taken(through: middle) < middle - range.lowerBound + 1 { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// How many numbers of the range somebody has.
    func allocatedCount(in space: String, _ range: ClosedRange<UInt64>) -> Int {
        allocations.rank { $0.isBefore(space, range.upperBound) || ($0.space == space && $0.number == range.upperBound) }
            - allocations.rank { $0.isBefore(space, range.lowerBound) }
    }

    /// The highest number in the range that nobody has; nil when all are taken.
    func highestFree(in space: String, _ range: ClosedRange<UInt64>) -> UInt64? {
        func isFull(from number: UInt64) -> Bool {
            // A range of all 2^64 numbers cannot be full.
            let others = range.upperBound - number
            return others < UInt64(Int.max) && allocatedCount(in: space, number...range.upperBound) == Int(others) + 1
        }
        guard !isFull(from: range.lowerBound) else { return nil }
        // All numbers above some number are taken, and that number is free: the largest one from which the range is not full.
        var low = range.lowerBound
        var high = range.upperBound
        while low < high {
            let middle = low + (high - low) / 2 + 1
            if isFull(from: middle) { high = middle - 1 } else { low = middle }
        }
        return low
    }
}
