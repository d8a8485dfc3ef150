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
        /// The server is there again; what happened meanwhile follows.
        case resumed
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
    private var mirror: GraphMirror
    private var watch: ConfigurationWatch.Iterator
    private var pending: [GraphUpdate] = []

    /// - Parameter types: the object types to follow; none: all. Links show when both their ends are among them.
    public init(_ client: ConfigurationClient, _ schema: GraphSchema, types: [String] = [], pauses: WatchPauses = WatchPauses()) {
        mirror = GraphMirror(schema)
        watch = client.watch(types, pauses: pauses).makeAsyncIterator()
    }

    /// The UUID of the object that a node stands for.
    public func uuid(of node: NodeName) -> String? { mirror.uuid(of: node) }

    /// Waits for the configuration to change and takes it in; changes that came together are one update. nil when the task is cancelled.
    public nonisolated(nonsending) mutating func next() async throws(ClientError) -> GraphUpdate? {
        while pending.isEmpty {
            guard let events = try await watch.nextBatch() else { return nil }
            pending = mirror.take(events, into: &graph)
        }
        return pending.removeFirst()
    }
}
