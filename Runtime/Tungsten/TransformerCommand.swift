// `tungsten transformer`: the schema transformer by itself.

import ArgumentParser
import Glibc
import ObjectCommands
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

    @Flag(
        name: .customLong("deny-routed"),
        help: "Deny all traffic that no policy lets through, also where a logical router leads to the other network.")
    var deniesRouted = false

    @OptionGroup(title: "Configuration server") var api: APIOptions

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let settings = try api.roleSettings()
        let transport = try settings.transport()
        let stop = common.makeStopSignal()
        let transformer = SchemaTransformer(
            transport, allowsRouters: !deniesRouted, logger: common.makeLogger("transformer"))
        let first = FirstTime()
        try await stop.run {
            try await transformer.run { revision in
                guard first.isNow() else { return }
                print("schema transformer follows \(settings.place), from revision \(revision)")
                fflush(nil)
            }
        }
    }
}

private final class FirstTime: Sendable {
    private let isOver = Atomic(false)

    func isNow() -> Bool { !isOver.exchange(true, ordering: .relaxed) }
}
