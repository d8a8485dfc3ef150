// Bounds on numbers that arrive as text. Clients of the older platform send integers in strings, and a schema document can check such a
// string only with a regular expression, so the bounds become one.

/// Regular expressions, in the common subset of ECMAScript, Python and Rust, for integers within bounds.
enum DecimalPattern {
    /// Matches the decimal text of every integer within the bounds and of 0, with the sign and the leading zeros that readers accept.
    static func anchored(_ bounds: ClosedRange<Int>) -> String {
        var alternatives = ["[-+]?0+"]
        if bounds.upperBound > 0 {
            alternatives.append("\\+?0*" + group(natural(UInt(max(bounds.lowerBound, 1)), bounds.upperBound.magnitude)))
        }
        if bounds.lowerBound < 0 {
            alternatives.append(
                "-0*" + group(natural(bounds.upperBound < 0 ? bounds.upperBound.magnitude : 1, bounds.lowerBound.magnitude)))
        }
        return "^(?:\(alternatives.joined(separator: "|")))$"
    }

    private static func group(_ alternatives: [String]) -> String {
        alternatives.count == 1 ? alternatives[0] : "(?:\(alternatives.joined(separator: "|")))"
    }

    /// Alternatives that together match the numbers from `low` to `high`, 1 ≤ `low` ≤ `high`: blocks in which leading digits are
    /// fixed, one digit has a range and the rest are free.
    private static func natural(_ low: UInt, _ high: UInt) -> [String] {
        var alternatives: [String] = []
        var low = low
        while low <= high {
            // The largest block that begins at `low`: it ends in as many nines as `low` ends in zeros, and further nines never pass `high`.
            var free = 0
            var size: UInt = 1
            while low % (size * 10) == 0, fits(low, size * 10, high) {
                size *= 10
                free += 1
            }
            // A range of the digit before the free ones, as far as it goes without a carry.
            let digit = low / size % 10
            var last = digit
            while last < 9, fits(low, (last - digit + 2) * size, high) { last += 1 }
            let end = low + ((last - digit) * size + (size - 1))
            let prefix = low / size / 10
            alternatives.append((prefix == 0 ? "" : String(prefix)) + range(digit, last) + any(free))
            if end == UInt.max { break }
            low = end + 1
        }
        return merged(alternatives)
    }

    /// Whether the `count` numbers from `low` on end at or below `high`, without overflow.
    private static func fits(_ low: UInt, _ count: UInt, _ high: UInt) -> Bool { high - low >= count - 1 }

    /// `[1-9]`, `[1-9][0-9]`, `[1-9][0-9]{2}` in a row are one expression: `[1-9][0-9]{0,2}`.
    private static func merged(_ alternatives: [String]) -> [String] {
        var run = 0
        while run < alternatives.count, alternatives[run] == "[1-9]" + any(run) { run += 1 }
        guard run > 1 else { return alternatives }
        return ["[1-9]" + (run == 2 ? "[0-9]?" : "[0-9]{0,\(run - 1)}")] + alternatives[run...]
    }

    private static func range(_ first: UInt, _ last: UInt) -> String { first == last ? String(first) : "[\(first)-\(last)]" }

    private static func any(_ count: Int) -> String { count == 0 ? "" : count == 1 ? "[0-9]" : "[0-9]{\(count)}" }
}
