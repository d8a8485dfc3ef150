// A text that matches a pattern of the schema, for examples. Relies on the pattern being a well-formed XSD regular expression, which the
// compiler has checked; of what it does not know it says so by giving none.

/// A regular expression (XML Schema Part 2, appendix F) taken apart: enough of it to make or to check a short example.
struct PatternExample {
    private indirect enum Node {
        case characters(members: [ClosedRange<UInt32>], negated: Bool)
        case sequence([Node])
        case choice([Node])
        case repetition(Node, minimum: Int, maximum: Int)
    }

    private let root: Node

    /// Nil for a pattern that uses categories or class subtraction, or nests deeper than a person would write.
    init?(_ pattern: String) {
        var parser = Parser(scalars: Array(pattern.unicodeScalars.map(\.value)))
        guard let node = parser.choice(), parser.isAtEnd else { return nil }
        root = node
    }

    // MARK: Making

    /// The first alternative with as few repetitions as the pattern allows. Members of a class take turns, so that `[0-9]{4}` gives 0123.
    var shortest: String {
        var result = String.UnicodeScalarView()
        Self.append(root, to: &result)
        return String(result)
    }

    /// Longer texts are of no use in documentation.
    private static let lengthLimit = 256

    private static func append(_ node: Node, to result: inout String.UnicodeScalarView) {
        if result.count > lengthLimit { return }
        switch node {
        case .characters(let members, let negated):
            let pool: [UInt32]
            if negated {
                pool = Array(
                    (0x61...0x7A as ClosedRange<UInt32>).filter { candidate in !members.contains { $0.contains(candidate) } }.prefix(1))
            } else {
                pool = Array(members.lazy.flatMap { Array($0.lowerBound...min($0.upperBound, $0.lowerBound + 15)) }.prefix(16))
            }
            guard !pool.isEmpty else { return }
            if let scalar = Unicode.Scalar(pool[result.count % pool.count]) { result.append(scalar) }
        case .sequence(let nodes): for node in nodes { append(node, to: &result) }
        case .choice(let nodes): if let first = nodes.first { append(first, to: &result) }
        case .repetition(let node, let minimum, _):
            for _ in 0..<min(minimum, lengthLimit) {
                let length = result.count
                append(node, to: &result)
                if result.count == length { break }
            }
        }
    }

    // MARK: Checking

    /// Whether the whole text matches. Positions are tracked as a set, so that no pattern takes exponential time.
    func matches(_ text: String) -> Bool {
        let scalars = Array(text.unicodeScalars.map(\.value))
        return Self.ends(of: root, in: scalars, from: [0]).contains(scalars.count)
    }

    private static func ends(of node: Node, in text: [UInt32], from starts: Set<Int>) -> Set<Int> {
        switch node {
        case .characters(let members, let negated):
            let taking = starts.filter { start in
                start < text.count && members.contains { $0.contains(text[start]) } != negated
            }
            return Set(taking.map { $0 + 1 })
        case .sequence(let nodes): return nodes.reduce(starts) { $0.isEmpty ? [] : ends(of: $1, in: text, from: $0) }
        case .choice(let nodes): return nodes.reduce(into: []) { $0.formUnion(ends(of: $1, in: text, from: starts)) }
        case .repetition(let node, let minimum, let maximum):
            var frontier = starts
            for _ in 0..<minimum {
                let next = ends(of: node, in: text, from: frontier)
                // Further rounds would change nothing: the text is used up, or the node matches nothing at all.
                if next == frontier { break }
                frontier = next
            }
            var reached = frontier
            var rounds = minimum
            while rounds < maximum, !frontier.isEmpty {
                frontier = ends(of: node, in: text, from: frontier).subtracting(reached)
                reached.formUnion(frontier)
                rounds += 1
            }
            return reached
        }
    }

    // MARK: Taking apart

    private struct Parser {
        let scalars: [UInt32]
        var position = 0
        private var depth = 0

        init(scalars: [UInt32]) { self.scalars = scalars }

        var isAtEnd: Bool { position == scalars.count }
        private var next: Unicode.Scalar? { position < scalars.count ? Unicode.Scalar(scalars[position]) : nil }

        private mutating func take() -> Unicode.Scalar? {
            defer { position += 1 }
            return next
        }

        mutating func choice() -> Node? {
            var alternatives: [Node] = []
            repeat {
                if !alternatives.isEmpty { position += 1 }
                guard let alternative = sequence() else { return nil }
                alternatives.append(alternative)
            } while next == "|"
            return alternatives.count == 1 ? alternatives[0] : .choice(alternatives)
        }

        private mutating func sequence() -> Node? {
            var nodes: [Node] = []
            while let scalar = next, scalar != "|", scalar != ")" {
                guard let atom = atom(), let node = quantified(atom) else { return nil }
                nodes.append(node)
            }
            return nodes.count == 1 ? nodes[0] : .sequence(nodes)
        }

        private mutating func atom() -> Node? {
            guard let scalar = take() else { return nil }
            switch scalar {
            case "(":
                depth += 1
                defer { depth -= 1 }
                guard depth < 64, let inner = choice(), take() == ")" else { return nil }
                return inner
            case "[": return characterClass()
            case ".": return .characters(members: [10...10, 13...13], negated: true)
            case "\\":
                guard let members = escaped() else { return nil }
                return .characters(members: members, negated: false)
            default: return .characters(members: [scalar.value...scalar.value], negated: false)
            }
        }

        /// The characters of an escape that begins after the backslash; nil for those that stand for everything else.
        private mutating func escaped() -> [ClosedRange<UInt32>]? {
            switch take() {
            case "d": [0x30...0x39]
            case "s": [0x20...0x20, 9...10, 13...13]
            case "w": [0x61...0x7A, 0x41...0x5A, 0x30...0x39]
            case "i": [0x61...0x7A, 0x41...0x5A, 0x5F...0x5F, 0x3A...0x3A]
            case "c": [0x61...0x7A, 0x41...0x5A, 0x30...0x39, 0x2D...0x2E, 0x5F...0x5F, 0x3A...0x3A]
            case "n": [10...10]
            case "r": [13...13]
            case "t": [9...9]
            case .some(let scalar) where !("A"..."Z" as ClosedRange<Unicode.Scalar>).contains(scalar) && scalar != "p":
                [scalar.value...scalar.value]
            default: nil
            }
        }

        private mutating func characterClass() -> Node? {
            let negated = next == "^"
            if negated { position += 1 }
            var members: [ClosedRange<UInt32>] = []
            while let scalar = take(), scalar != "]" {
                if scalar == "[" { return nil }
                if scalar == "\\" {
                    guard let escape = escaped() else { return nil }
                    members += escape
                } else if next == "-", position + 1 < scalars.count, scalars[position + 1] != 0x5D {
                    position += 1
                    guard var last = take() else { return nil }
                    if last == "\\", let literal = take() { last = literal }
                    guard scalar <= last else { return nil }
                    members.append(scalar.value...last.value)
                } else {
                    members.append(scalar.value...scalar.value)
                }
            }
            return .characters(members: members, negated: negated)
        }

        private mutating func quantified(_ atom: Node) -> Node? {
            switch next {
            case "?":
                position += 1
                return .repetition(atom, minimum: 0, maximum: 1)
            case "*":
                position += 1
                return .repetition(atom, minimum: 0, maximum: .max)
            case "+":
                position += 1
                return .repetition(atom, minimum: 1, maximum: .max)
            case "{":
                position += 1
                guard let minimum = number() else { return nil }
                var maximum = minimum
                if next == "," {
                    position += 1
                    maximum = number() ?? .max
                }
                guard take() == "}", minimum <= maximum else { return nil }
                return .repetition(atom, minimum: minimum, maximum: maximum)
            default: return atom
            }
        }

        private mutating func number() -> Int? {
            var value: Int?
            while let digit = next.flatMap({ Int(String($0)) }) {
                value = min((value ?? 0) * 10 + digit, 1_000_000)
                position += 1
            }
            return value
        }
    }
}
