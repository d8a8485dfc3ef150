// Numbers inside notations: decimal without sign and leading zeros, and pairs of hexadecimal digits.

enum NumberNotation {
    static let dot = UInt8(ascii: ".")
    static let colon = UInt8(ascii: ":")
    static let dash = UInt8(ascii: "-")
    static let slash = UInt8(ascii: "/")

    /// A decimal number. Leading zeros are refused, as some programs read them as octal.
    static func decimal(
        _ text: ArraySlice<UInt8>, maximum: UInt64, _ noun: String = "number"
    ) throws(NotationProblem) -> UInt64 {
        guard let first = text.first else { throw NotationProblem("a \(noun) is missing") }
        var value: UInt64 = 0
        for byte in text {
            let digit = byte &- 0x30
            guard digit < 10 else { throw NotationProblem("\(NotationProblem.quoted(text)) is not a decimal \(noun)") }
            // Stays above every maximum once it is, and cannot overflow.
            value = min(value, UInt64.max / 20) * 10 + UInt64(digit)
        }
        if first == 0x30, text.count > 1 {
            let shorter = text.drop { $0 == 0x30 }
            throw NotationProblem(
                "the \(noun) \(NotationProblem.quoted(text)) has a leading zero",
                hint:
                    "leading zeros can mean octal: write \(String(decoding: shorter.isEmpty ? text.suffix(1) : shorter.prefix(24), as: UTF8.self))"
            )
        }
        guard value <= maximum else {
            throw NotationProblem("the \(noun) \(NotationProblem.quoted(text)) is greater than \(maximum)")
        }
        return value
    }

    static func hexadecimalDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }

    /// `count` pairs of hexadecimal digits, with `:` or `-` between them, the same everywhere.
    static func hexadecimalPairs(_ text: ArraySlice<UInt8>, count: Int) throws(NotationProblem) -> [UInt8] {
        var values: [UInt8] = []
        var rest = text
        var separator: UInt8?
        while true {
            let part = rest.prefix { $0 != colon && $0 != dash }
            guard part.count == 2, let high = part.first.flatMap(hexadecimalDigit), let low = part.last.flatMap(hexadecimalDigit) else {
                throw NotationProblem("\(NotationProblem.quoted(part)) is not a pair of hexadecimal digits")
            }
            guard values.count < count else { throw NotationProblem("it has more than \(count) pairs") }
            values.append(high << 4 | low)
            rest = rest.dropFirst(2)
            guard let next = rest.first else { break }
            if let separator, next != separator { throw NotationProblem("it mixes ':' and '-'", hint: "use ':' everywhere") }
            separator = next
            rest = rest.dropFirst()
        }
        guard values.count == count else { throw NotationProblem("it has \(values.count) pairs instead of \(count)") }
        return values
    }

    /// `0a:1b:…`.
    static func text(ofPairs bytes: some Sequence<UInt8>) -> String {
        var text: [UInt8] = []
        for byte in bytes {
            if !text.isEmpty { text.append(colon) }
            text.append(lowerDigit(byte >> 4))
            text.append(lowerDigit(byte & 15))
        }
        return String(decoding: text, as: UTF8.self)
    }

    static func lowerDigit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x61 + value - 10 }

    /// The parts around the first `separator`; nil when there is none.
    static func divide(_ text: ArraySlice<UInt8>, at separator: UInt8) -> (ArraySlice<UInt8>, ArraySlice<UInt8>)? {
        guard let index = text.firstIndex(of: separator) else { return nil }
        return (text[..<index], text[(index + 1)...])
    }

    /// The parts around the last `separator`; nil when there is none.
    static func divide(_ text: ArraySlice<UInt8>, atLast separator: UInt8) -> (ArraySlice<UInt8>, ArraySlice<UInt8>)? {
        guard let index = text.lastIndex(of: separator) else { return nil }
        return (text[..<index], text[(index + 1)...])
    }
}
