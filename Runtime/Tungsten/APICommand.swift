// `tungsten api`: the configuration server by itself.

import ArgumentParser
import ConfigServer
import ConfigurationREST
import Glibc

struct APICommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "api",
        abstract: "Run the configuration server.",
        discussion: """
            It keeps the configuration and serves the REST API. It does not authenticate its clients yet, which is why it listens on the \
            loopback interface unless told otherwise: whoever can reach it can change everything.

            SIGTERM and Ctrl-C stop it after the requests in progress; a second one at once.
            """)

    @Option(help: ArgumentHelp("Where to listen. Port 0 takes any free port, and prints it.", valueName: "host:port"))
    var listen = ListenAddress(host: "127.0.0.1", port: 8082)

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let stop = common.makeStopSignal()
        let server = try await ConfigServer.listen(
            ConfigServer.Options(host: listen.host, port: listen.port, dataDirectory: common.dataDirectory),
            ConfigurationResources.catalogue, common.makeLogger("api"))
        print("configuration server listens on http://\(server.address), data in \(common.dataDirectory)")
        fflush(nil)
        do {
            try await server.load()
        } catch {
            try await server.stop()
            throw error
        }
        print("configuration server serves http://\(server.address)")
        fflush(nil)
        await stop.requested()
        try await server.stop()
    }
}
