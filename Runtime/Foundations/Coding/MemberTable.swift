// The names a type's members have, found by bytes: one hash of the length and at most 24 bytes, then one comparison. Built once per type
// (`static let`), read for every member of every document; never allocates after it was built. Serves JSON and XML alike.

/// Turns member names into the numbers that generated code switches over.
public struct MemberTable: Sendable {
    private struct Slot {
        /// Where the name lies in `text`.
        var offset: UInt32
        var count: UInt32
        /// Position in the list given to `init`, or -1 in an empty slot.
        var index: Int32
    }

    /// All names back to back.
    private let text: [UInt8]
    /// Open addressing; at most half of the slots are used, so that every search ends.
    private let slots: [Slot]
    private let mask: Int
    /// The names, in the order of their numbers.
    public let names: [StaticString]

    /// - Precondition: the names differ. They come from a compiler that has checked it.
    public init(_ names: [StaticString]) {
        self.names = names
        var text: [UInt8] = []
        var capacity = 2
        while capacity < 2 * names.count { capacity *= 2 }
        var slots = [Slot](repeating: Slot(offset: 0, count: 0, index: -1), count: capacity)
        for (index, name) in names.enumerated() {
            let bytes = name.withUTF8Buffer { Array($0) }
            let found = bytes.withUnsafeBytes { Self.find($0, in: slots, text: text, mask: capacity - 1) }
            precondition(slots[found].index < 0, "the name \(name) occurs twice in a member table")
            slots[found] = Slot(offset: UInt32(text.count), count: UInt32(bytes.count), index: Int32(index))
            text += bytes
        }
        self.text = text
        self.slots = slots
        mask = capacity - 1
    }

    /// The number of the name with these bytes.
    public func index(of name: UnsafeRawBufferPointer) -> Int? {
        let index = slots[Self.find(name, in: slots, text: text, mask: mask)].index
        return index < 0 ? nil : Int(index)
    }

    /// The number of a name.
    public func index(of name: String) -> Int? {
        var name = name
        return name.withUTF8 { index(of: UnsafeRawBufferPointer($0)) }
    }

    /// The slot that holds the name, or the empty one where it belongs.
    private static func find(_ name: UnsafeRawBufferPointer, in slots: [Slot], text: [UInt8], mask: Int) -> Int {
        var position = hash(name) & mask
        while true {
            let slot = slots[position]
            if slot.index < 0 { return position }
            if Int(slot.count) == name.count, text.withUnsafeBytes({ equal(name, $0, at: Int(slot.offset)) }) { return position }
            position = (position &+ 1) & mask
        }
    }

    /// Length, head, middle and tail. Names in one table that agree in all of them are rare, and cost one more comparison. The input cannot
    /// make a search longer than the table's own crowding does.
    @inline(__always)
    private static func hash(_ name: UnsafeRawBufferPointer) -> Int {
        let count = name.count
        var mixed = UInt64(truncatingIfNeeded: count) &* 0x9E37_79B9_7F4A_7C15
        if count >= 8 {
            mixed ^= name.loadUnaligned(as: UInt64.self)
            mixed = (mixed ^ mixed >> 29) &* 0xBF58_476D_1CE4_E5B9
            mixed ^= name.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
            if count > 16 {
                mixed = (mixed ^ mixed >> 31) &* 0x94D0_49BB_1331_11EB
                mixed ^= name.loadUnaligned(fromByteOffset: count / 2 &- 4, as: UInt64.self)
            }
        } else if count >= 4 {
            let head = name.loadUnaligned(as: UInt32.self)
            let tail = name.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self)
            mixed ^= UInt64(head) << 32 | UInt64(tail)
        } else {
            for byte in name { mixed = mixed << 8 ^ UInt64(byte) }
        }
        mixed = (mixed ^ mixed >> 32) &* 0xD6E8_FEB8_6659_FD93
        return Int(truncatingIfNeeded: mixed >> 33)
    }

    /// Whether `name` stands at `offset` of `text`; the caller has compared the lengths.
    @inline(__always)
    private static func equal(_ name: UnsafeRawBufferPointer, _ text: UnsafeRawBufferPointer, at offset: Int) -> Bool {
        let count = name.count
        guard count >= 8 else {
            for index in 0..<count where name[index] != text[offset &+ index] { return false }
            return true
        }
        var index = 0
        while index <= count &- 8 {
            let left = name.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            if left != text.loadUnaligned(fromByteOffset: offset &+ index, as: UInt64.self) { return false }
            index &+= 8
        }
        // The rest, as the last eight bytes: some are compared twice.
        return name.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
            == text.loadUnaligned(fromByteOffset: offset &+ count &- 8, as: UInt64.self)
    }
}
