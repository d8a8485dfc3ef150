// Tree → nondeterministic automaton (Thompson's construction) → answer. The automaton is a list of nodes; matching keeps the set of nodes
// it can be in and never goes back, so that no pattern and no value make it slow. Scratch memory is four words a node, on the stack for
// patterns of usual size.

struct PatternProgram: Sendable {
    /// A pattern that needs more is refused: it is a mistake such as `(a{1000}){1000}`.
    static let maximumNodes = 65_536

    private struct Node {
        enum Kind: UInt8 {
            /// Matches the scalar `first`, then goes on with the next node.
            case scalar
            /// Matches a member of the set `first`, then goes on with the next node.
            case set
            /// Goes on at `first` and at `second` at once.
            case split
            /// Goes on at `first`.
            case jump
            /// The pattern has matched, if the value ends here.
            case end
        }

        let kind: Kind
        var first: UInt32 = 0
        var second: UInt32 = 0
    }

    private var nodes: [Node] = []
    private var sets: [ScalarSet] = []

    init(_ tree: PatternTree) throws(CodingError) {
        guard Self.size(of: tree) < Self.maximumNodes else {
            throw CodingError(
                .unsupported, "the pattern needs an automaton of more than \(Self.maximumNodes) nodes", hint: "repeat less")
        }
        emit(tree)
        nodes.append(Node(kind: .end))
    }

    // MARK: Construction

    /// A bound on the nodes `emit` will make, and on its work; the maximum if that is less.
    private static func size(of tree: PatternTree) -> Int {
        let size: Int
        switch tree {
        case .scalar, .set: size = 1
        case .sequence(let parts): size = sum(parts)
        case .alternatives(let parts): size = sum(parts) + 2 * (parts.count - 1)
        case .repetition(let part, let minimum, let maximum):
            let one = self.size(of: part)
            // Both factors are at most 65,536.
            if let maximum { size = one * minimum + (one + 1) * (maximum - minimum) } else { size = one * (minimum + 1) + 2 }
        }
        // At least 1, though an empty group makes no node: so the work of emitting is bounded too.
        return min(max(size, 1), maximumNodes)
    }

    private static func sum(_ parts: [PatternTree]) -> Int {
        parts.reduce(0) { total, part in min(total + size(of: part), maximumNodes) }
    }

    private mutating func emit(_ tree: PatternTree) {
        switch tree {
        case .scalar(let scalar):
            nodes.append(Node(kind: .scalar, first: scalar))
        case .set(let set):
            nodes.append(Node(kind: .set, first: UInt32(sets.count)))
            sets.append(set)
        case .sequence(let parts):
            for part in parts { emit(part) }
        case .alternatives(let parts):
            emitAlternatives(parts)
        case .repetition(let part, let minimum, let maximum):
            for _ in 0..<minimum { emit(part) }
            if let maximum { emitOptional(part, times: maximum - minimum) } else { emitLoop(part) }
        }
    }

    private var here: UInt32 { UInt32(nodes.count) }

    private mutating func emitAlternatives(_ parts: [PatternTree]) {
        var jumps: [Int] = []
        for part in parts.dropLast() {
            let split = nodes.count
            nodes.append(Node(kind: .split, first: here + 1))
            emit(part)
            jumps.append(nodes.count)
            nodes.append(Node(kind: .jump))
            nodes[split].second = here
        }
        if let last = parts.last { emit(last) }
        for jump in jumps { nodes[jump].first = here }
    }

    /// `part?` so many times: each can leave for the end.
    private mutating func emitOptional(_ part: PatternTree, times: Int) {
        var splits: [Int] = []
        for _ in 0..<times {
            splits.append(nodes.count)
            nodes.append(Node(kind: .split, first: here + 1))
            emit(part)
        }
        for split in splits { nodes[split].second = here }
    }

    private mutating func emitLoop(_ part: PatternTree) {
        let split = nodes.count
        nodes.append(Node(kind: .split, first: here + 1))
        emit(part)
        nodes.append(Node(kind: .jump, first: UInt32(split)))
        nodes[split].second = here
    }

    // MARK: Matching

    func matches(_ text: UnsafeRawBufferPointer) -> Bool {
        // Steps are numbered in 32 bits.
        guard text.count < Int(UInt32.max) - 1 else { return false }
        return withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 4 * nodes.count) { scratch in
            nodes.withUnsafeBufferPointer { nodes in
                var run = Run(nodes: nodes, scratch: scratch)
                run.add(0)
                var position = 0
                while position < text.count {
                    guard let (scalar, length) = UTF8Sequence.decode(text, at: position) else { return false }
                    position += length
                    run.nextStep()
                    for index in 0..<run.currentCount where accepts(nodes[Int(run.current[index])], scalar) {
                        run.add(run.current[index] + 1)
                    }
                    if run.nextCount == 0 && !run.atEnd { return false }
                }
                return run.atEnd
            }
        }
    }

    @inline(__always)
    private func accepts(_ node: Node, _ scalar: UInt32) -> Bool {
        node.kind == .scalar ? node.first == scalar : sets[Int(node.first)].contains(scalar)
    }

    /// The states of one match: those before the current character, and those after it.
    private struct Run {
        private let nodes: UnsafeBufferPointer<Node>
        /// The step in which each node was last reached, so that none is visited twice in one step.
        private let marks: UnsafeMutableBufferPointer<UInt32>
        /// Nodes whose followers are not visited yet. Each is pushed once a step: the buffer cannot overflow.
        private let pending: UnsafeMutableBufferPointer<UInt32>
        private(set) var current: UnsafeMutableBufferPointer<UInt32>
        private(set) var currentCount = 0
        private var next: UnsafeMutableBufferPointer<UInt32>
        private(set) var nextCount = 0
        /// The end was reached in this step.
        private(set) var atEnd = false
        private var step: UInt32 = 1

        init(nodes: UnsafeBufferPointer<Node>, scratch: UnsafeMutableBufferPointer<UInt32>) {
            let count = nodes.count
            self.nodes = nodes
            scratch.initialize(repeating: 0)
            marks = UnsafeMutableBufferPointer(rebasing: scratch[0..<count])
            pending = UnsafeMutableBufferPointer(rebasing: scratch[count..<2 * count])
            current = UnsafeMutableBufferPointer(rebasing: scratch[2 * count..<3 * count])
            next = UnsafeMutableBufferPointer(rebasing: scratch[3 * count..<4 * count])
        }

        mutating func nextStep() {
            swap(&current, &next)
            currentCount = nextCount
            nextCount = 0
            atEnd = false
            step += 1
        }

        /// Adds a node, and all that can be reached from it without reading a character.
        mutating func add(_ node: UInt32) {
            guard marks[Int(node)] != step else { return }
            marks[Int(node)] = step
            var pendingCount = 1
            pending[0] = node
            while pendingCount > 0 {
                pendingCount -= 1
                let index = pending[pendingCount]
                let node = nodes[Int(index)]
                switch node.kind {
                case .scalar, .set:
                    next[nextCount] = index
                    nextCount += 1
                case .end: atEnd = true
                case .jump: push(node.first, &pendingCount)
                case .split:
                    push(node.first, &pendingCount)
                    push(node.second, &pendingCount)
                }
            }
        }

        private func push(_ node: UInt32, _ count: inout Int) {
            guard marks[Int(node)] != step else { return }
            marks[Int(node)] = step
            pending[count] = node
            count += 1
        }
    }
}
