// The regular expressions that a schema may contain. Generated code compiles a pattern when it first needs it, far from anybody who could
// mend it, so every pattern is checked here, against what the run-time reads: XML Schema Part 2, appendix F, without \p{…} and without
// class subtraction. A test holds the two against each other.

/// Checks the syntax of one pattern by walking over it.
struct PatternSyntax {
    /// What is wrong, at which character (counted from 1), and how to mend it.
    struct Failure: Error {
        let message: String
        let character: Int
        let hint: String
    }

    /// The run-time allows 64.
    static let maximumNesting = 20
    /// How many states a pattern may have once its repetitions are written out. The run-time allows several times as many.
    static let maximumSize = 10_000

    private let scalars: [Unicode.Scalar]
    private var index = 0

    static func check(_ pattern: String) throws(Failure) {
        var syntax = PatternSyntax(scalars: Array(pattern.unicodeScalars))
        _ = try syntax.alternatives(nesting: 0)
        guard syntax.index == syntax.scalars.count else {
            throw syntax.failure("\")\" closes nothing", hint: "write a parenthesis that is meant itself as \\)")
        }
    }

    private init(scalars: [Unicode.Scalar]) { self.scalars = scalars }

    private var peek: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

    /// Every walk returns a bound on the number of states, never less than 1.
    private mutating func alternatives(nesting: Int) throws(Failure) -> Int {
        var size = try branch(nesting: nesting)
        while peek == "|" {
            index += 1
            size = try bounded(size + 2 + branch(nesting: nesting))
        }
        return size
    }

    private mutating func branch(nesting: Int) throws(Failure) -> Int {
        var size = 0
        while let scalar = peek, scalar != "|", scalar != ")" {
            let start = index
            let one = try atom(scalar, nesting: nesting)
            size = try bounded(size + repeated(one), from: start)
        }
        return max(size, 1)
    }

    private mutating func atom(_ scalar: Unicode.Scalar, nesting: Int) throws(Failure) -> Int {
        switch scalar {
        case "(": return try group(nesting: nesting)
        case "[":
            try characterClass()
        case "\\":
            _ = try escape()
        case "?", "*", "+", "{":
            throw failure("\"\(scalar)\" has nothing before it to repeat", hint: "write a sign that is meant itself as \\\(scalar)")
        case "}", "]":
            throw failure("\"\(scalar)\" closes nothing", hint: "write a bracket that is meant itself as \\\(scalar)")
        default:
            index += 1
        }
        return 1
    }

    private mutating func group(nesting: Int) throws(Failure) -> Int {
        let start = index
        if nesting == Self.maximumNesting {
            throw failure("groups are nested more than \(Self.maximumNesting) deep", hint: "write the pattern flatter")
        }
        index += 1
        if peek == "?" { throw failure("XSD knows no groups that begin with (?", hint: "use plain parentheses") }
        let size = try alternatives(nesting: nesting + 1)
        guard peek == ")" else {
            index = start
            throw failure("\"(\" is not closed", hint: "add \")\", or write a parenthesis that is meant itself as \\(")
        }
        index += 1
        return size
    }

    // MARK: Quantifiers

    private mutating func repeated(_ size: Int) throws(Failure) -> Int {
        let total: Int
        switch peek {
        case "?": total = size + 1
        case "*", "+": total = 2 * size + 2
        case "{":
            let (least, most) = try quantity()
            total = most.map { size * least + (size + 1) * ($0 - least) } ?? size * (least + 1) + 2
        default: return size
        }
        index += 1
        if let scalar = peek, scalar == "?" || scalar == "*" || scalar == "+" || scalar == "{" {
            throw failure("two repetitions follow each other", hint: "put what the first one repeats into parentheses")
        }
        return max(total, 1)
    }

    /// The inside of `{n}`, `{n,}` or `{n,m}`, up to the closing brace.
    private mutating func quantity() throws(Failure) -> (Int, Int?) {
        let start = index
        index += 1
        let least = try count()
        var most: Int? = least
        if peek == "," {
            index += 1
            most = peek == "}" ? nil : try count()
        }
        guard peek == "}" else { throw failure("the repetition is not closed", hint: "write {2}, {2,} or {2,5}") }
        if let most, most < least {
            index = start
            throw failure("{\(least),\(most)} allows nothing", hint: "put the smaller number first")
        }
        return (least, most)
    }

    private mutating func count() throws(Failure) -> Int {
        var value: Int?
        while let scalar = peek, ("0"..."9").contains(scalar) {
            value = (value ?? 0) * 10 + Int(scalar.value - 0x30)
            if value ?? 0 > Self.maximumSize {
                throw failure("more than \(Self.maximumSize) repetitions", hint: "write {1,} for any number")
            }
            index += 1
        }
        guard let value else { throw failure("a number of repetitions is missing", hint: "write {2}, {2,} or {2,5}, or \\{ for a brace") }
        return value
    }

    // MARK: Classes and escapes

    private mutating func characterClass() throws(Failure) {
        let start = index
        index += 1
        if peek == "^" { index += 1 }
        var isEmpty = true
        while let scalar = peek, scalar != "]" {
            if scalar == "[" { throw failure("\"[\" inside a class", hint: "write \\[; classes cannot be subtracted from each other") }
            try classItem()
            isEmpty = false
        }
        guard peek == "]" else {
            index = start
            throw failure("\"[\" is not closed", hint: "add \"]\", or write a bracket that is meant itself as \\[")
        }
        if isEmpty { throw failure("the class holds no character", hint: "name at least one character between \"[\" and \"]\"") }
        index += 1
    }

    /// One character, one escape, or a range.
    private mutating func classItem() throws(Failure) {
        let start = index
        let low = try classCharacter()
        guard peek == "-", index + 1 < scalars.count, scalars[index + 1] != "]" else { return }
        if scalars[index + 1] == "[" {
            index += 1
            throw failure("\"[\" inside a class", hint: "write \\[; classes cannot be subtracted from each other")
        }
        index += 1
        guard let low, let high = try classCharacter() else {
            index = start
            throw failure("a range needs one character at each end", hint: "write \\- for a hyphen that is meant itself")
        }
        if low > high {
            index = start
            throw failure("the range \(low)-\(high) is empty", hint: "put the smaller character first")
        }
    }

    /// The character, or nil for an escape that stands for several.
    private mutating func classCharacter() throws(Failure) -> Unicode.Scalar? {
        guard let scalar = peek else { return nil }
        if scalar == "\\" { return try escape() }
        index += 1
        return scalar
    }

    private mutating func escape() throws(Failure) -> Unicode.Scalar? {
        index += 1
        guard let scalar = peek else {
            index -= 1
            throw failure("nothing follows \"\\\"", hint: "write a backslash that is meant itself as \\\\")
        }
        switch scalar {
        case "n", "r", "t", "\\", "|", ".", "-", "^", "?", "*", "+", "{", "}", "(", ")", "[", "]":
            index += 1
            let named: [Unicode.Scalar: Unicode.Scalar] = ["n": "\n", "r": "\r", "t": "\t"]
            return named[scalar] ?? scalar
        case "s", "S", "d", "D", "w", "W", "i", "I", "c", "C":
            index += 1
            return nil
        default:
            index -= 1
            let isCategory = scalar == "p" || scalar == "P"
            throw failure(
                "\"\\\(scalar)\" is not supported",
                hint: isCategory ? "list the characters in a class, such as [a-z]" : "leave the backslash out")
        }
    }

    // MARK: Failures

    private func bounded(_ size: Int, from start: Int? = nil) throws(Failure) -> Int {
        if size <= Self.maximumSize { return size }
        throw Failure(
            message: "the repetitions multiply to more than \(Self.maximumSize) states", character: (start ?? index) + 1,
            hint: "repeat less, and check long values in the server")
    }

    private func failure(_ message: String, hint: String) -> Failure { Failure(message: message, character: index + 1, hint: hint) }
}
