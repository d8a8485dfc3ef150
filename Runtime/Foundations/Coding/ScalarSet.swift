// Sets of characters, as classes and escapes of regular expressions denote them. ASCII is answered from a bit map, everything else from
// ranges and Unicode's general categories.

struct ScalarSet: Sendable {
    /// A set that an escape names (XML Schema Part 2, F.1.1), or its complement when the letter is a capital.
    struct Escape: Sendable {
        private enum Name: Sendable {
            case blank
            case digit
            case word
            case nameStart
            case nameCharacter
        }

        private let name: Name
        private let isNegated: Bool

        init?(_ letter: Unicode.Scalar) {
            switch letter {
            case "s", "S": name = .blank
            case "d", "D": name = .digit
            case "w", "W": name = .word
            case "i", "I": name = .nameStart
            case "c", "C": name = .nameCharacter
            default: return nil
            }
            isNegated = ("A"..."Z").contains(letter)
        }

        func contains(_ value: UInt32) -> Bool {
            guard let scalar = Unicode.Scalar(value) else { return false }
            let isMember =
                switch name {
                case .blank: value == 0x20 || value == 0x09 || value == 0x0A || value == 0x0D
                case .digit: scalar.properties.generalCategory == .decimalNumber
                case .word: Self.isWord(scalar.properties.generalCategory)
                case .nameStart: XMLCharacters.isNameStart(value)
                case .nameCharacter: XMLCharacters.isName(value)
                }
            return isMember != isNegated
        }

        /// Everything but punctuation, separators and the categories called other. By this definition `_` is not part of a word, and `+` is.
        private static func isWord(_ category: Unicode.GeneralCategory) -> Bool {
            switch category {
            case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation, .finalPunctuation,
                .otherPunctuation, .spaceSeparator, .lineSeparator, .paragraphSeparator, .control, .format, .surrogate, .privateUse,
                .unassigned:
                false
            default: true
            }
        }
    }

    enum Item: Sendable {
        case scalar(UInt32)
        case range(ClosedRange<UInt32>)
        case escape(Escape)

        func contains(_ value: UInt32) -> Bool {
            switch self {
            case .scalar(let scalar): scalar == value
            case .range(let range): range.contains(value)
            case .escape(let escape): escape.contains(value)
            }
        }
    }

    /// Bit n for the ASCII character n, negation included.
    private let low: UInt64
    private let high: UInt64
    private let items: [Item]
    private let isNegated: Bool

    init(_ items: [Item], isNegated: Bool = false) {
        self.items = items
        self.isNegated = isNegated
        func bits(_ start: UInt32) -> UInt64 {
            (0..<64).reduce(0) { bits, index in
                items.contains { $0.contains(start + index) } != isNegated ? bits | 1 << UInt64(index) : bits
            }
        }
        low = bits(0)
        high = bits(64)
    }

    /// What the dot stands for.
    static let anyButLineEnds = ScalarSet([.scalar(0x0A), .scalar(0x0D)], isNegated: true)

    func contains(_ value: UInt32) -> Bool {
        if value < 64 { return low >> UInt64(value) & 1 != 0 }
        if value < 128 { return high >> UInt64(value - 64) & 1 != 0 }
        return items.contains { $0.contains(value) } != isNegated
    }
}
