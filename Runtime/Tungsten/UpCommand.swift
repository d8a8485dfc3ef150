// `tungsten up`: everything on one machine.

import ArgumentParser
import ConfigServer
import ConfigurationREST
import Glibc

struct UpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up",
        abstract: "Run every role on this machine.",
        discussion: """
            Prints where each role listens and what to try first. Nothing is authenticated yet, so everything listens on the loopback \
            interface unless told otherwise. Ctrl-C stops it all; data stay.
            """)

    @Option(help: ArgumentHelp("Where the configuration server listens. Port 0 takes any free port.", valueName: "host:port"))
    var listen = ListenAddress(host: "127.0.0.1", port: 8082)

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let stop = StopSignal()
        let server = try await ConfigServer.listen(
            ConfigServer.Options(host: listen.host, port: listen.port, dataDirectory: common.dataDirectory),
            ConfigurationResources.catalogue, common.makeLogger("api"))
        do {
            try await server.load()
        } catch {
            try await server.stop()
            throw error
        }
        print(Self.greeting(server.address, common.dataDirectory))
        fflush(nil)
        await stop.requested()
        print("stopping")
        try await server.stop()
    }

    private static func greeting(_ address: String, _ dataDirectory: String) -> String {
        """

        Running, with data in \(dataDirectory):
          configuration server   http://\(address)

        Try, in another terminal:
          curl -s 'http://\(address)/virtual-networks'
          curl -s 'http://\(address)/projects?detail=True'
          curl -s -X POST -H 'Content-Type: application/json' http://\(address)/virtual-networks \\
            -d '{"virtual-network": {"fq_name": ["default-domain", "default-project", "blue"], "parent_type": "project"}}'

        Ctrl-C stops everything.
        """
    }
}
