// Who a control node is, when it is not told on the command line: what the configuration says of the BGP router with its name.

import Client
import ConfigurationGraph
import ControlNodeCore
import GraphFeed
import Logging
import NetworkTypes

extension ControlNodeOptions {
    /// Makes options of what the configuration says of the BGP router with the name. Nil when the task is cancelled.
    ///
    /// - Parameter identifier: who it is when the configuration does not have it; nil: it is waited for until it does.
    /// - Throws: `ClientError` when the server refuses to be asked.
    public static func waiting(
        for options: ConfigurationOptions, or identifier: IPv4Address? = nil, _ logger: Logger
    ) async throws -> ControlNodeOptions? {
        let client = ConfigurationClient(transport: options.transport)
        var feed = GraphFeed(client, ConfigurationGraph.schema, types: ConfiguredRouter.types, pauses: options.pauses)
        while let update = try await feed.next() {
            switch update.occasion {
            case .disconnected(let error):
                logger.warning("the configuration server cannot be reached; trying again", metadata: ["error": "\(error)"])
            case .resumed: break
            case .synchronized, .changed:
                let fallback = identifier.map { ConfiguredRouter(identifier: $0, in: feed.graph) }
                if let router = ConfiguredRouter.find(options.name, in: feed.graph) ?? fallback {
                    var made = ControlNodeOptions(system: router.system, routerID: router.identifier)
                    made.clusterID = router.clusterID
                    made.configuration = options
                    return made
                }
                if update.occasion == .synchronized {
                    logger.notice(
                        """
                        waiting: the configuration has no bgp-router '\(options.name)' with an identifier below ip-fabric's __default__; create \
                        it, or start the control node with --router-id
                        """)
                }
            }
        }
        return nil
    }
}
