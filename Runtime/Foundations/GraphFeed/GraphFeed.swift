// A graph that follows the configuration: owns the watch and the store, and says after each step what a consumer must look at again.
//
//     var feed = GraphFeed(client, ConfigurationGraph.schema)
//     while let update = try await feed.next() { look(at: update.effects, in: feed.graph) }

import Client
import Graph

/// What happened since the update before.
public struct GraphUpdate: Sendable, Equatable {
    public enum Occasion: Sendable, Equatable {
        /// Everything was listed: the graph is the configuration as of a revision. The first update is of this kind, and so is one after a
        /// break that was too long; its effects are then the differences.
        case synchronized
        /// Changes came in.
        case changed
        /// The server cannot be reached at the moment. The graph stays as it is, and the feed goes on trying.
        case disconnected(ClientError)
    }

    public let occasion: Occasion
    /// In the order in which they happened: what was added may be removed again further on.
    public let effects: [GraphEffect]
    /// The revision of the configuration that the graph shows.
    public let revision: UInt64
}

/// The configuration as a graph, kept up to date. Owned by one task.
public struct GraphFeed: Sendable {
    public private(set) var graph = GraphStore()
    private var translator: GraphTranslator
    private var watch: ConfigurationWatch.Iterator
    private var pending: [GraphUpdate] = []
    /// While a list is read: what it has changed so far. Nobody is told before it is complete.
    private var listEffects: [GraphEffect]?

    /// - Parameter types: the object types to follow; none: all. Links show when both their ends are among them.
    public init(_ client: ConfigurationClient, _ schema: GraphSchema, types: [String] = [], pauses: WatchPauses = WatchPauses()) {
        translator = GraphTranslator(schema)
        watch = client.watch(types, pauses: pauses).makeAsyncIterator()
    }

    /// The UUID of the object that a node stands for.
    public func uuid(of node: NodeName) -> String? { translator.uuid(of: node) }

    /// Waits for the configuration to change and takes it in; changes that came together are one update. nil when the task is cancelled.
    public nonisolated(nonsending) mutating func next() async throws(ClientError) -> GraphUpdate? {
        while pending.isEmpty {
            guard let events = try await watch.nextBatch() else { return nil }
            take(events)
        }
        return pending.removeFirst()
    }

    private mutating func take(_ events: [WatchEvent]) {
        var effects: [GraphEffect] = []
        func flush(_ effects: inout [GraphEffect], _ pending: inout [GraphUpdate]) {
            guard !effects.isEmpty else { return }
            pending.append(GraphUpdate(occasion: .changed, effects: effects, revision: translator.revision))
            effects = []
        }
        for event in events {
            let made = translator.translate(event).flatMap { graph.apply($0) }
            switch event {
            case .listing:
                flush(&effects, &pending)
                // A list that was cut off has left its effects; they are as true as before.
                listEffects = listEffects ?? []
            case .listed:
                listEffects?.append(contentsOf: made)
            case .synchronized:
                let all = (listEffects ?? []) + made
                listEffects = nil
                pending.append(GraphUpdate(occasion: .synchronized, effects: all, revision: translator.revision))
            case .created, .updated, .deleted:
                effects += made
            case .disconnected(let error):
                flush(&effects, &pending)
                pending.append(GraphUpdate(occasion: .disconnected(error), effects: [], revision: translator.revision))
            }
        }
        flush(&effects, &pending)
    }
}
