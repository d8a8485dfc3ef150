// Regular expression → tree. Recursive descent; groups may lie in each other 64 deep, which bounds the recursion here and later.

/// A part of a regular expression.
indirect enum PatternTree {
    case scalar(UInt32)
    case set(ScalarSet)
    case sequence([PatternTree])
    case alternatives([PatternTree])
    /// `maximum` is nil when there is none.
    case repetition(PatternTree, minimum: Int, maximum: Int?)
}

struct PatternParser {
    private static let maximumNesting = 64
    /// No program could hold more.
    private static let maximumRepetition = PatternProgram.maximumNodes

    private let scalars: [Unicode.Scalar]
    private var position = 0
    private var nesting = 0

    static func parse(_ source: String) throws(CodingError) -> PatternTree {
        var parser = PatternParser(scalars: Array(source.unicodeScalars))
        let tree = try parser.alternatives()
        guard parser.position == parser.scalars.count else {
            throw parser.error("')' without '('", hint: "write a parenthesis itself as \\)")
        }
        return tree
    }

    private init(scalars: [Unicode.Scalar]) { self.scalars = scalars }

    private var next: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    private mutating func alternatives() throws(CodingError) -> PatternTree {
        var branches = [try branch()]
        while next == "|" {
            position += 1
            branches.append(try branch())
        }
        return branches.count == 1 ? branches[0] : .alternatives(branches)
    }

    private mutating func branch() throws(CodingError) -> PatternTree {
        var pieces: [PatternTree] = []
        while let scalar = next, scalar != "|", scalar != ")" {
            let atom = try atom()
            pieces.append(try quantified(atom))
        }
        return pieces.count == 1 ? pieces[0] : .sequence(pieces)
    }

    private mutating func atom() throws(CodingError) -> PatternTree {
        guard let scalar = next else { throw error("the pattern ends too early") }
        switch scalar {
        case "(":
            return try group()
        case "[":
            return .set(try characterClass())
        case ".":
            position += 1
            return .set(.anyButLineEnds)
        case "\\":
            return try escape()
        case "?", "*", "+":
            throw error("nothing to repeat before '\(scalar)'", hint: "write the character itself as \\\(scalar)")
        case "{", "}", "]":
            throw error("'\(scalar)' has no counterpart", hint: "write the character itself as \\\(scalar)")
        default:
            position += 1
            return .scalar(scalar.value)
        }
    }

    private mutating func group() throws(CodingError) -> PatternTree {
        guard nesting < Self.maximumNesting else { throw error("more than \(Self.maximumNesting) groups lie in each other") }
        let start = position
        nesting += 1
        position += 1
        if next == "?" { throw error("'(?' groups are not part of XML Schema", hint: "use a plain group") }
        let tree = try alternatives()
        guard next == ")" else {
            position = start
            throw error("'(' without ')'", hint: "write a parenthesis itself as \\(")
        }
        position += 1
        nesting -= 1
        return tree
    }

    private mutating func escape() throws(CodingError) -> PatternTree {
        switch try escapedItem() {
        case .scalar(let scalar): .scalar(scalar)
        case let item: .set(ScalarSet([item]))
        }
    }

    // MARK: Quantifiers

    private mutating func quantified(_ atom: PatternTree) throws(CodingError) -> PatternTree {
        let result: PatternTree
        switch next {
        case "?": result = .repetition(atom, minimum: 0, maximum: 1)
        case "*": result = .repetition(atom, minimum: 0, maximum: nil)
        case "+": result = .repetition(atom, minimum: 1, maximum: nil)
        case "{":
            position += 1
            let (minimum, maximum) = try quantity()
            result = .repetition(atom, minimum: minimum, maximum: maximum)
        default: return atom
        }
        position += 1
        if let scalar = next, "?*+{".unicodeScalars.contains(scalar) {
            throw error("two quantifiers follow each other", hint: "put the repeated part in parentheses")
        }
        return result
    }

    /// The inside of `{n}`, `{n,}` or `{n,m}`; stops at the closing brace.
    private mutating func quantity() throws(CodingError) -> (Int, Int?) {
        let minimum = try number()
        var maximum: Int? = minimum
        if next == "," {
            position += 1
            maximum = next == "}" ? nil : try number()
        }
        guard next == "}" else { throw error("'{' without '}'", hint: "write a repetition as {2}, {2,} or {2,5}") }
        if let maximum, maximum < minimum { throw error("the repetition {\(minimum),\(maximum)} is backwards") }
        return (minimum, maximum)
    }

    private mutating func number() throws(CodingError) -> Int {
        let start = position
        var value = 0
        while let scalar = next, ("0"..."9").contains(scalar) {
            value = value * 10 + Int(scalar.value - 0x30)
            guard value <= Self.maximumRepetition else { throw error("more than \(Self.maximumRepetition) repetitions") }
            position += 1
        }
        guard position > start else { throw error("expected a number of repetitions", hint: "write a brace itself as \\{") }
        return value
    }

    // MARK: Classes

    private mutating func characterClass() throws(CodingError) -> ScalarSet {
        let start = position
        position += 1
        let isNegated = next == "^"
        if isNegated { position += 1 }
        var items: [ScalarSet.Item] = []
        while let scalar = next, scalar != "]" {
            if scalar == "[" { throw error("'[' inside a class", hint: "write it as \\[") }
            if scalar == "-", position + 1 < scalars.count, scalars[position + 1] == "[" {
                throw error("class subtraction is not supported", hint: "list the wanted characters instead")
            }
            items.append(try classItem())
        }
        guard next == "]" else {
            position = start
            throw error("'[' without ']'", hint: "write a bracket itself as \\[")
        }
        if items.isEmpty { throw error("an empty class matches nothing", hint: "put at least one character between '[' and ']'") }
        position += 1
        return ScalarSet(items, isNegated: isNegated)
    }

    /// A character, an escape, or a range of characters.
    private mutating func classItem() throws(CodingError) -> ScalarSet.Item {
        let start = position
        let first = try classCharacter()
        guard next == "-", position + 1 < scalars.count, scalars[position + 1] != "]", scalars[position + 1] != "[" else { return first }
        guard case .scalar(let low) = first else { throw error("a range cannot begin with a set such as \\d") }
        position += 1
        guard case .scalar(let high) = try classCharacter() else { throw error("a range cannot end with a set such as \\d") }
        guard low <= high else {
            position = start
            throw error("the range is backwards", hint: "put the smaller character first")
        }
        return .range(low...high)
    }

    private mutating func classCharacter() throws(CodingError) -> ScalarSet.Item {
        guard let scalar = next else { throw error("'[' without ']'") }
        if scalar == "\\" { return try escapedItem() }
        position += 1
        return .scalar(scalar.value)
    }

    private mutating func escapedItem() throws(CodingError) -> ScalarSet.Item {
        position += 1
        guard let scalar = next else { throw error("the pattern ends after '\\'", hint: "write a backslash itself as \\\\") }
        position += 1
        switch scalar {
        case "n": return .scalar(0x0A)
        case "r": return .scalar(0x0D)
        case "t": return .scalar(0x09)
        case "\\", "|", ".", "-", "^", "?", "*", "+", "{", "}", "(", ")", "[", "]": return .scalar(scalar.value)
        default:
            if let escape = ScalarSet.Escape(scalar) { return .escape(escape) }
            position -= 1
            throw error(
                "'\\\(Excerpt.plain(String(scalar)))' is not an escape that is known here",
                hint: scalar == "p" || scalar == "P" ? "list the wanted characters in a class" : "write the character without '\\'")
        }
    }

    /// An error at the position, as a byte offset.
    private func error(_ message: String, hint: String? = nil) -> CodingError {
        let offset = scalars.prefix(position).reduce(0) { $0 + UTF8.width($1) }
        return CodingError(.syntax, message, offset: offset, hint: hint)
    }
}
