// Configuration from one control node after another. What the former source said stays in force until the new one has said everything; what the
// new one has not said by then is gone.

import Graph
import XMPP

public struct ReceivedConfiguration: Sendable {
    /// What the present source has said, as long as it has not said everything.
    private var heard: GraphStore?
    private var assembler = ConfigurationAssembler()

    public init() {}

    /// The present source is not known to have said everything.
    public var isIncomplete: Bool { heard != nil }

    /// From now on another control node speaks, and says everything.
    public mutating func sourceChanged() {
        heard = GraphStore()
        assembler = ConfigurationAssembler()
    }

    /// - Returns: whether the graph has changed.
    public mutating func received(_ statements: [ConfigurationStatement], _ graph: inout GraphStore) -> Bool {
        var isChanged = false
        for statement in statements {
            for change in assembler.changes(for: statement) {
                if !graph.apply(change).isEmpty { isChanged = true }
                heard?.apply(change)
            }
        }
        return isChanged
    }

    /// The present source has said everything.
    ///
    /// - Returns: whether anything went.
    public mutating func completed(_ graph: inout GraphStore) -> Bool {
        guard let heard else { return false }
        self.heard = nil
        let changes = graph.difference(to: heard)
        for change in changes { graph.apply(change) }
        return !changes.isEmpty
    }
}
