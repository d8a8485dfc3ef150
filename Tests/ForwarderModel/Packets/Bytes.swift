// Numbers in network byte order, the only order that packets know.

extension [UInt8] {
    /// The two bytes at an offset. The caller has checked that they are there.
    func word(at offset: Int) -> UInt16 { UInt16(self[offset]) << 8 | UInt16(self[offset + 1]) }

    /// The four bytes at an offset. The caller has checked that they are there.
    func longWord(at offset: Int) -> UInt32 { UInt32(word(at: offset)) << 16 | UInt32(word(at: offset + 2)) }

    /// The bytes from an offset up to another, or up to the end if that comes first.
    func bytes(from start: Int, to end: Int = .max) -> [UInt8] {
        start < Swift.min(end, count) ? Array(self[start..<Swift.min(end, count)]) : []
    }

    mutating func append(word: UInt16) { append(contentsOf: [UInt8(word >> 8), UInt8(word & 0xFF)]) }

    mutating func append(longWord: UInt32) {
        append(word: UInt16(longWord >> 16))
        append(word: UInt16(longWord & 0xFFFF))
    }
}

/// The Internet checksum of RFC 1071 over bytes, an odd last one padded with zero. 0 for a header whose own checksum is right.
func internetChecksum(_ bytes: [UInt8]) -> UInt16 {
    var sum = 0
    for offset in stride(from: 0, to: bytes.count, by: 2) {
        sum += Int(bytes[offset]) << 8 + (offset + 1 < bytes.count ? Int(bytes[offset + 1]) : 0)
    }
    while sum > 0xFFFF { sum = sum & 0xFFFF + sum >> 16 }
    return ~UInt16(sum)
}
