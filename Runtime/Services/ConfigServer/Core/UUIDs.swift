// UUIDs as the older platform's clients spell them, and as its id_perms carry them.

import NetworkTypes

extension UUIDValue {
    /// Any spelling that Python's `uuid.UUID` takes: with or without dashes and braces, upper or lower case.
    public init?(anySpelling text: String) {
        // Strings lend their bytes, unless they came from elsewhere.
        let uuid = text.utf8.withContiguousStorageIfAvailable { Self(digits: $0[...]) }
        guard let uuid = uuid ?? Array(text.utf8).withUnsafeBufferPointer({ Self(digits: $0[...]) }) else { return nil }
        self = uuid
    }

    /// As `init(anySpelling:)`, from bytes.
    public init?(anySpelling text: UnsafeBufferPointer<UInt8>) {
        guard let uuid = Self(canonical: text) ?? Self(digits: text[...]) else { return nil }
        self = uuid
    }

    /// The spelling of replies and stores: digits in lower case, and four dashes.
    private init?(canonical text: UnsafeBufferPointer<UInt8>) {
        guard text.count == Self.textLength else { return nil }
        var isValid = true
        func digits(_ range: Range<Int>) -> UInt64 {
            var value: UInt64 = 0
            for position in range {
                let byte = text[position]
                let number = byte &- UInt8(ascii: "0")
                let letter = byte &- UInt8(ascii: "a")
                isValid = isValid && (number < 10 || letter < 6)
                value = value &<< 4 | UInt64(number < 10 ? number : letter &+ 10)
            }
            return value
        }
        let high = digits(0..<8) << 32 | digits(9..<13) << 16 | digits(14..<18)
        let low = digits(19..<23) << 48 | digits(24..<36)
        let dashes = (text[8], text[13], text[18], text[23])
        guard isValid, dashes == (UInt8(ascii: "-"), UInt8(ascii: "-"), UInt8(ascii: "-"), UInt8(ascii: "-")) else { return nil }
        self.init(high: high, low: low)
    }

    private init?(digits: Slice<UnsafeBufferPointer<UInt8>>) {
        var digits = digits
        if digits.first == UInt8(ascii: "u"), digits.starts(with: "urn:uuid:".utf8) { digits = digits.dropFirst(9) }
        if digits.first == UInt8(ascii: "{"), digits.last == UInt8(ascii: "}") { digits = digits.dropFirst().dropLast() }
        var (high, low): (UInt64, UInt64) = (0, 0)
        var count = 0
        for byte in digits {
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            case UInt8(ascii: "-"): continue
            default: return nil
            }
            count += 1
            (high, low) = (high << 4 | low >> 60, low << 4 | UInt64(digit))
        }
        guard count == 32 else { return nil }
        self.init(high: high, low: low)
    }
}

extension UUIDValue {
    /// How many bytes the canonical text has.
    static let textLength = 36

    /// Writes the canonical text, 32 lower-case digits and four dashes, to where there is room for it.
    func writeText(to buffer: UnsafeMutableRawPointer) {
        let digits: StaticString = "0123456789abcdef"
        var position = 0
        func write(_ value: UInt64, _ count: Int, from shift: UInt64) {
            for index in 0..<UInt64(count) {
                let digit = digits.utf8Start[Int(truncatingIfNeeded: value &>> (shift &- 4 &* index) & 15)]
                buffer.storeBytes(of: digit, toByteOffset: position, as: UInt8.self)
                position &+= 1
            }
        }
        func dash() {
            buffer.storeBytes(of: UInt8(ascii: "-"), toByteOffset: position, as: UInt8.self)
            position &+= 1
        }
        write(high, 8, from: 60)
        dash()
        write(high, 4, from: 28)
        dash()
        write(high, 4, from: 12)
        dash()
        write(low, 4, from: 60)
        dash()
        write(low, 12, from: 44)
    }
}
