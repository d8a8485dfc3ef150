// The names a type's members have, found by bytes: one hash of the length and at most 24 bytes, then one comparison; or one comparison
// only, for members that come in the order of the table, as everything does that this module has written. Built once per type (`static
// let`), read for every member of every document; never allocates after it was built. Serves JSON and XML alike.

/// Turns member names into the numbers that generated code switches over.
public struct MemberTable: Sendable {
    private struct Place {
        let offset: Int32
        let count: Int32
    }

    /// The names, in the order of their numbers.
    public let names: [StaticString]
    /// All names back to back, and where each lies.
    private let text: [UInt8]
    private let places: [Place]
    /// Open addressing: numbers of names, -1 in empty slots. At most half of the slots are used, so that every search ends.
    private let slots: [Int32]

    /// - Precondition: the names differ. They come from a compiler that has checked it.
    public init(_ names: [StaticString]) {
        self.names = names
        var text: [UInt8] = []
        places = names.map { name in
            let offset = text.count
            name.withUTF8Buffer { text.append(contentsOf: $0) }
            return Place(offset: Int32(offset), count: Int32(text.count - offset))
        }
        self.text = text
        var capacity = 2
        while capacity < 2 * names.count { capacity *= 2 }
        var slots = [Int32](repeating: -1, count: capacity)
        for (number, name) in names.enumerated() {
            var slot = name.withUTF8Buffer { Self.hash(UnsafeRawBufferPointer($0)) } & (capacity - 1)
            while slots[slot] >= 0 {
                let other = names[Int(slots[slot])]
                precondition(other.description != name.description, "the name \(name) occurs twice in a member table")
                slot = (slot + 1) & (capacity - 1)
            }
            slots[slot] = Int32(number)
        }
        self.slots = slots
    }

    /// How many names there are.
    public var count: Int { places.count }

    /// The number of the name with these bytes.
    public func index(of name: UnsafeRawBufferPointer) -> Int? {
        var slot = Self.hash(name) & (slots.count &- 1)
        while true {
            let number = Int(slots[slot])
            if number < 0 { return nil }
            if isName(number, name) { return number }
            slot = (slot &+ 1) & (slots.count &- 1)
        }
    }

    /// The number of a name.
    public func index(of name: String) -> Int? {
        var name = name
        return name.withUTF8 { index(of: UnsafeRawBufferPointer($0)) }
    }

    /// How many bytes a name has.
    @inline(__always)
    func length(of number: Int) -> Int { Int(places[number].count) }

    /// Whether `name` is the one with this number.
    @inline(__always)
    func isName(_ number: Int, _ name: UnsafeRawBufferPointer) -> Bool {
        let place = places[number]
        guard Int(place.count) == name.count else { return false }
        return text.withUnsafeBytes { Self.equal(name, $0, at: Int(place.offset)) }
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
