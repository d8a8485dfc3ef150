// Which objects there are, in little memory: what a check needs to find an object again by its UUID or name, and no text of it.

import NetworkTypes

/// One object, in the order in which they came.
struct CheckedObject {
    let uuid: UUIDValue
    let number: UInt64
    /// Of the elements of the name.
    let name: UInt64
    /// Which of the names of types that were met.
    let type: UInt32
}

/// Objects by UUID, and by type and name. Two hash tables with open addressing hold places in one array.
struct CheckedObjects {
    private(set) var all: [CheckedObject] = []
    private var byUUID = [UInt32](repeating: free, count: 64)
    private var byName = [UInt32](repeating: free, count: 64)

    private static let free = UInt32.max

    subscript(place: Int) -> CheckedObject { all[place] }

    func place(of uuid: UUIDValue) -> Int? {
        let slot = byUUID[slot(of: uuid)]
        return slot == Self.free ? nil : Int(slot)
    }

    /// Adds an object.
    ///
    /// - Returns: where there is one already that has its UUID, or its type and (but for a chance of 1 in 2^64) its name.
    mutating func add(_ object: CheckedObject) -> (sameUUID: Int?, sameName: Int?) {
        if all.count * 2 >= byUUID.count { grow() }
        let place = UInt32(all.count)
        all.append(object)
        return (Self.take(&byUUID, slot(of: object.uuid), place), Self.take(&byName, slot(ofNameOf: object), place))
    }

    /// Notes a place in a slot, unless the slot is taken by an equal object, whose place is given back.
    private static func take(_ slots: inout [UInt32], _ slot: Int, _ place: UInt32) -> Int? {
        guard slots[slot] == free else { return Int(slots[slot]) }
        slots[slot] = place
        return nil
    }

    private func slot(of uuid: UUIDValue) -> Int {
        var hasher = Hasher()
        hasher.combine(uuid.high)
        hasher.combine(uuid.low)
        return slot(hasher.finalize(), in: byUUID) { all[$0].uuid == uuid }
    }

    private func slot(ofNameOf object: CheckedObject) -> Int {
        slot(Int(truncatingIfNeeded: object.name) ^ Int(object.type), in: byName) {
            all[$0].name == object.name && all[$0].type == object.type
        }
    }

    /// Where an object is, or would be.
    private func slot(_ hash: Int, in slots: [UInt32], _ isIt: (Int) -> Bool) -> Int {
        let mask = slots.count - 1
        var slot = hash & mask
        while slots[slot] != Self.free, !isIt(Int(slots[slot])) { slot = (slot + 1) & mask }
        return slot
    }

    private mutating func grow() {
        let count = byUUID.count * 2
        byUUID = [UInt32](repeating: Self.free, count: count)
        byName = [UInt32](repeating: Self.free, count: count)
        for place in all.indices {
            _ = Self.take(&byUUID, slot(of: all[place].uuid), UInt32(place))
            _ = Self.take(&byName, slot(ofNameOf: all[place]), UInt32(place))
        }
    }

    /// Equal for equal names, byte by byte: two spellings of `é` are two names.
    static func hash(_ name: some Sequence<String>) -> UInt64 {
        var hasher = Hasher()
        for element in name {
            var element = element
            element.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
            // No byte of UTF-8.
            hasher.combine(0xFF as UInt8)
        }
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }
}
