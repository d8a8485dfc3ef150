// Brings a graph in line with what a watcher of the configuration hears. A value: events and a graph in, updates out. `GraphFeed` keeps one
// beside its watch; whoever keeps the graph in a place of its own, such as an event loop, uses this and hands in the events there.

import Client
import Graph

public struct GraphMirror: Sendable {
    private var translator: GraphTranslator
    /// While a list is read: what it has changed so far. Nobody is told before it is complete.
    private var listEffects: [GraphEffect]?

    public init(_ schema: GraphSchema) { translator = GraphTranslator(schema) }

    /// The UUID of the object that a node stands for.
    public func uuid(of node: NodeName) -> String? { translator.uuid(of: node) }

    /// Takes in what came together.
    ///
    /// - Parameter graph: the same one each time, changed by nobody else.
    public mutating func take(_ events: [WatchEvent], into graph: inout GraphStore) -> [GraphUpdate] {
        var updates: [GraphUpdate] = []
        var effects: [GraphEffect] = []
        func add(_ occasion: GraphUpdate.Occasion, _ effects: [GraphEffect] = []) {
            updates.append(GraphUpdate(occasion: occasion, effects: effects, revision: translator.revision))
        }
        func flush() {
            if !effects.isEmpty { add(.changed, effects) }
            effects = []
        }
        for event in events {
            let made = translator.translate(event).flatMap { graph.apply($0) }
            switch event {
            case .listing:
                flush()
                // A list that was cut off has left its effects; they are as true as before.
                listEffects = listEffects ?? []
            case .listed:
                listEffects?.append(contentsOf: made)
            case .synchronized:
                let all = (listEffects ?? []) + made
                listEffects = nil
                add(.synchronized, all)
            case .created, .updated, .deleted:
                effects += made
            case .disconnected(let error):
                flush()
                add(.disconnected(error))
            case .resumed:
                flush()
                add(.resumed)
            }
        }
        flush()
        return updates
    }
}
