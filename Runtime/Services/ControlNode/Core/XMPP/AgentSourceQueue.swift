// Which sources of an agent's connection are to be asked next. A source works on an event loop of its own, so its answer to one question and
// its word that it has something new may arrive in either order: whatever it says while it is being asked makes it be asked again.

/// Sources by number, each in the queue once, the one that waits longest first.
public struct AgentSourceQueue: Sendable {
    private var waiting: [Int] = []
    private var isAsking = false

    public init() {}

    /// A source has something.
    public mutating func hasOutput(_ source: Int) {
        if !waiting.contains(source) { waiting.append(source) }
    }

    /// The source to ask now; nil when there is none, or one has yet to answer.
    public mutating func next() -> Int? {
        guard !isAsking, !waiting.isEmpty else { return nil }
        isAsking = true
        return waiting.removeFirst()
    }

    /// The source that was asked has answered, and had more than it could give at once or not.
    public mutating func answered(_ source: Int, hasMore: Bool) {
        isAsking = false
        if hasMore { hasOutput(source) }
    }
}
