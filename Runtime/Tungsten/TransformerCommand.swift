// `tungsten transformer`: the schema transformer by itself.

import ArgumentParser
import Glibc
import NIOTransport
import SchemaTransformer
import Synchronization

struct TransformerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "transformer",
        abstract: "Run the schema transformer.",
        discussion: """
            It turns networks, policies and security groups into what control nodes and agents understand: routing instances, route targets, \
            connections and access lists. It keeps nothing of its own: stop it and start it anywhere, at any time. Several may run at once.
            """)

    @Option(
        help: ArgumentHelp("The configuration server; several, separated by commas, are tried in turn.", valueName: "host:port"))
    var api = "127.0.0.1:8082"

    @Flag(
        name: .customLong("deny-routed"),
        help: "Deny all traffic that no policy lets through, also where a logical router leads to the other network.")
    var deniesRouted = false

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let addresses = try NIOTransport.addresses(api, "--api")
        let stop = common.makeStopSignal()
        let transformer = SchemaTransformer(
            NIOTransport(addresses), allowsRouters: !deniesRouted, logger: common.makeLogger("transformer"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            let first = FirstTime()
            group.addTask {
                try await transformer.run { revision in
                    guard first.isNow() else { return }
                    print("schema transformer follows \(api), from revision \(revision)")
                    fflush(nil)
                }
            }
            await stop.requested()
            group.cancelAll()
            try await group.waitForAll()
        }
    }
}

private final class FirstTime: Sendable {
    private let isOver = Atomic(false)

    func isNow() -> Bool { !isOver.exchange(true, ordering: .relaxed) }
}
