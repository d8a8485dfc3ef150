// UUIDs as the older platform's clients spell them, and as its id_perms carry them.

import NetworkTypes

extension UUIDValue {
    /// Any spelling that Python's `uuid.UUID` takes: with or without dashes and braces, upper or lower case.
    public init?(anySpelling text: String) {
        var digits = Substring(text).utf8
        if digits.first == UInt8(ascii: "u"), text.hasPrefix("urn:uuid:") { digits = digits.dropFirst(9) }
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
    /// Appends the canonical text: 32 lower-case digits and four dashes.
    func appendText(to bytes: inout [UInt8]) {
        func digits(_ value: UInt64, _ count: Int, from shift: Int) {
            for index in 0..<count {
                let digit = UInt8(truncatingIfNeeded: value >> UInt64(shift - 4 * index)) & 15
                bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
            }
        }
        digits(high, 8, from: 60)
        bytes.append(UInt8(ascii: "-"))
        digits(high, 4, from: 28)
        bytes.append(UInt8(ascii: "-"))
        digits(high, 4, from: 12)
        bytes.append(UInt8(ascii: "-"))
        digits(low, 4, from: 60)
        bytes.append(UInt8(ascii: "-"))
        digits(low, 12, from: 44)
    }
}
