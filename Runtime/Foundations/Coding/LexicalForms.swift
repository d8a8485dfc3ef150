// Numbers and booleans as text, the same for JSON and XML: the lexical forms of XML Schema Part 2 (§3.2.2, §3.2.5, §3.3.13), which include
// those of JSON. Locale does not enter.

enum LexicalForms {
    enum Outcome<Value> {
        case value(Value)
        /// Well formed, but the type cannot hold it.
        case outOfRange
        case malformed
    }

    /// An optional sign and digits, leading zeros allowed.
    @inline(__always)
    static func integer<Integer: FixedWidthInteger>(_ text: UnsafeRawBufferPointer, _: Integer.Type) -> Outcome<Integer> {
        var position = 0
        let count = text.count
        var isNegative = false
        if count > 0, text[0] == ASCII.minus || text[0] == ASCII.plus {
            isNegative = text[0] == ASCII.minus
            position = 1
        }
        guard position < count else { return .malformed }
        // Eighteen digits cannot overflow 64 bits.
        if count &- position <= 18 {
            var magnitude: Int64 = 0
            while position < count {
                let digit = text[position] &- ASCII.zero
                guard digit < 10 else { return .malformed }
                magnitude = magnitude &* 10 &+ Int64(truncatingIfNeeded: digit)
                position &+= 1
            }
            return Integer(exactly: isNegative ? -magnitude : magnitude).map { .value($0) } ?? .outOfRange
        }
        return longInteger(UnsafeRawBufferPointer(rebasing: text[position...]), isNegative: isNegative)
    }

    private static func longInteger<Integer: FixedWidthInteger>(
        _ digits: UnsafeRawBufferPointer, isNegative: Bool
    ) -> Outcome<Integer> {
        guard digits.allSatisfy({ ASCII.isDigit($0) }) else { return .malformed }
        var value: Integer = 0
        for byte in digits {
            let digit = Integer(truncatingIfNeeded: byte - ASCII.zero)
            let (product, tooLarge) = value.multipliedReportingOverflow(by: 10)
            // Towards the sign from the start: the smallest negative number has no positive counterpart.
            let (sum, tooFar) = isNegative ? product.subtractingReportingOverflow(digit) : product.addingReportingOverflow(digit)
            if tooLarge || tooFar { return .outOfRange }
            value = sum
        }
        return .value(value)
    }

    /// A decimal number with optional fraction and exponent; nil when it is malformed. Too large a number is an infinity.
    static func double(_ text: UnsafeRawBufferPointer) -> Double? {
        guard let parts = DecimalParts(text) else { return nil }
        if let exact = parts.exactValue { return exact }
        // The standard library's conversion needs a digit on both sides of the point.
        var spelled = parts.isNegative ? "-" : ""
        let integerDigits = UnsafeRawBufferPointer(rebasing: text[parts.integerDigits])
        let fractionDigits = UnsafeRawBufferPointer(rebasing: text[parts.fractionDigits])
        spelled += integerDigits.isEmpty ? "0" : String(decoding: integerDigits, as: UTF8.self)
        if !fractionDigits.isEmpty { spelled += "." + String(decoding: fractionDigits, as: UTF8.self) }
        spelled += "e\(parts.exponent)"
        return Double(spelled)
    }

    /// The values of XML Schema's double that have names instead of digits.
    static func specialDouble(_ text: Substring) -> Double? {
        switch text {
        case "INF", "+INF": .infinity
        case "-INF": -.infinity
        case "NaN": .nan
        default: nil
        }
    }

    /// The text of a double in XML: the shortest decimal that reads back as the same value.
    static func text(_ value: Double) -> String {
        if value.isFinite { return value.description }
        return value.isNaN ? "NaN" : value < 0 ? "-INF" : "INF"
    }

    /// A decimal number taken apart.
    private struct DecimalParts {
        var isNegative = false
        var integerDigits: Range<Int>
        var fractionDigits: Range<Int>
        /// Clamped to what decides between zero and infinity anyway.
        var exponent = 0
        /// All digits as one integer; nil when there are more than 15, which a double may not hold exactly.
        var digits: Int64?

        init?(_ text: UnsafeRawBufferPointer) {
            var position = 0
            func skipDigits() -> Range<Int> {
                let start = position
                while position < text.count, ASCII.isDigit(text[position]) { position += 1 }
                return start..<position
            }
            if position < text.count, text[position] == ASCII.minus || text[position] == ASCII.plus {
                isNegative = text[position] == ASCII.minus
                position += 1
            }
            integerDigits = skipDigits()
            fractionDigits = position..<position
            if position < text.count, text[position] == ASCII.period {
                position += 1
                fractionDigits = skipDigits()
            }
            guard !integerDigits.isEmpty || !fractionDigits.isEmpty else { return nil }
            if position < text.count, text[position] | 0x20 == ASCII.lowerE {
                position += 1
                var isSmall = false
                if position < text.count, text[position] == ASCII.minus || text[position] == ASCII.plus {
                    isSmall = text[position] == ASCII.minus
                    position += 1
                }
                let range = skipDigits()
                if range.isEmpty { return nil }
                for index in range { exponent = min(exponent * 10 + Int(text[index] - ASCII.zero), 1_000_000_000) }
                if isSmall { exponent = -exponent }
            }
            guard position == text.count else { return nil }
            if integerDigits.count + fractionDigits.count <= 15 {
                var value: Int64 = 0
                for index in integerDigits { value = value * 10 + Int64(text[index] - ASCII.zero) }
                for index in fractionDigits { value = value * 10 + Int64(text[index] - ASCII.zero) }
                digits = value
            }
        }

        /// The value when one exact integer times or over one exact power of ten gives it: that operation rounds once, hence correctly.
        var exactValue: Double? {
            guard let digits else { return nil }
            let scale = exponent - fractionDigits.count
            guard abs(scale) <= 22 else { return nil }
            let magnitude = Double(digits)
            let value = scale < 0 ? magnitude / Self.powersOfTen[-scale] : magnitude * Self.powersOfTen[scale]
            return isNegative ? -value : value
        }

        /// Those that a double holds exactly.
        private static let powersOfTen: [Double] = [
            1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
        ]
    }
}
