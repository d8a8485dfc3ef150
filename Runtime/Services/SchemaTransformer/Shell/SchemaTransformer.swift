// The transformer as a role: follows the configuration, plans, and writes. Owns the connection and the pauses; everything it knows comes from
// the configuration, so it can be stopped at any point and started anywhere, and several may run at once.

import Client
import ConfigurationClient
import ConfigurationGraph
import Graph
import GraphFeed
import Logging
import SchemaTransformerCore

public struct SchemaTransformer: Sendable {
    private let client: ConfigurationClient
    private let allowsRouters: Bool
    private let pauses: WatchPauses
    private let logger: Logger

    /// - Parameter allowsRouters: whether traffic that no policy names may pass to where a router leads.
    public init(
        _ transport: any ClientTransport, allowsRouters: Bool = true, pauses: WatchPauses = WatchPauses(), logger: Logger
    ) {
        client = ConfigurationClient(transport: transport)
        self.allowsRouters = allowsRouters
        self.pauses = pauses
        self.logger = logger
    }

    /// Runs until the task is cancelled.
    ///
    /// - Parameter settled: called whenever everything is as it should be, as of a revision.
    /// - Throws: when the server refuses to be watched, which does not mend itself.
    public func run(settled: @Sendable (_ revision: UInt64) -> Void = { _ in }) async throws {
        var feed = GraphFeed(client, ConfigurationGraph.schema, types: Transformer.types, pauses: pauses)
        var transformer = Transformer(allowsRouters: allowsRouters)
        var isSynchronized = false
        while let update = try await feed.next() {
            transformer.take(update.effects)
            switch update.occasion {
            case .disconnected(let error):
                logger.warning("the configuration server cannot be reached; trying again", metadata: ["error": "\(error)"])
                continue
            case .synchronized:
                logger.info("configuration read", metadata: ["revision": "\(update.revision)"])
                isSynchronized = true
            case .resumed:
                logger.info("the configuration server answers again")
            case .changed:
                break
            }
            // What was written and has not come back yet would be planned a second time.
            guard isSynchronized, update.revision >= client.writtenRevision else { continue }
            try await settle(&transformer, feed, update.revision, settled)
            if Task.isCancelled { return }
        }
    }

    /// Plans and writes once; what it came to shows in the graph, and leads to the next update.
    private func settle(
        _ transformer: inout Transformer, _ feed: GraphFeed, _ revision: UInt64, _ settled: (UInt64) -> Void
    ) async throws {
        var failures = 0
        while !Task.isCancelled {
            let writes = transformer.plan(feed.graph)
            for problem in transformer.takeProblems() { logger.warning("\(problem)") }
            if writes.isEmpty { return settled(revision) }
            let outcome = await perform(writes, feed)
            // With something written, the graph changes and there will be another turn, also for what failed.
            if client.writtenRevision > revision { return }
            switch outcome {
            case .made: return
            case .refused: return
            case .unreachable:
                failures += 1
                try? await Task.sleep(for: pauses.pause(afterFailures: failures))
            }
        }
    }

    private enum Outcome {
        case made
        /// The server does not want some of it: another try makes sense when something has changed.
        case refused
        case unreachable
    }

    private func perform(_ writes: [Write], _ feed: GraphFeed) async -> Outcome {
        let writer = ConfigurationWriter(client: client)
        var outcome = Outcome.made
        for write in writes {
            if Task.isCancelled { return outcome }
            do throws(ClientError) {
                try await writer.perform(write) { feed.uuid(of: $0) }
                logger.debug("\(write)")
            } catch {
                switch error.code {
                case .unreachable, .unavailable:
                    logger.warning("could not \(write)", metadata: ["error": "\(error)"])
                    return .unreachable
                case .notFound:
                    // It went away while this was under way.
                    logger.debug("could not \(write)", metadata: ["error": "\(error)"])
                    outcome = .refused
                default:
                    logger.error("could not \(write)", metadata: ["error": "\(error)"])
                    outcome = .refused
                }
            }
        }
        return outcome
    }
}
