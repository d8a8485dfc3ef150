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
            It keeps the configuration and serves the REST API. Unless told otherwise it asks nobody who they are, and listens on the \
            loopback interface only: whoever can reach it can change everything. `--auth users` or `--auth keystone` lets in only those \
            who prove who they are.

            SIGTERM and Ctrl-C stop it after the requests in progress; a second one at once.
            """)

    @Option(help: ArgumentHelp("Where to listen. Port 0 takes any free port, and prints it.", valueName: "host:port"))
    var listen = ListenAddress(host: "127.0.0.1", port: 8082)

    @OptionGroup(title: "Who may do what") var authentication: AuthenticationOptions

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let stop = common.makeStopSignal()
        var options = ConfigServer.Options(host: listen.host, port: listen.port, dataDirectory: common.dataDirectory)
        authentication.apply(to: &options)
        let server = try await ConfigServer.listen(options, ConfigurationResources.catalogue, common.makeLogger("api"))
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
