// `tungsten names`: the platform's name server by itself.

import Agent
import ArgumentParser
import Glibc
import ObjectCommands

struct NamesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "names",
        abstract: "Run the name server that agents ask for workloads on other hosts.",
        discussion: """
            Agents trap the DNS questions of their workloads. Names of workloads on the same host they know; for others they ask here, saying from which \
            network the question came. It follows the configuration, keeps nothing, and forwards nothing: several may run at once.
            """)

    @Option(help: ArgumentHelp("Where it answers, over UDP. Port 0 takes any free port, and prints it.", valueName: "host:port"))
    var listen = ListenAddress(host: "127.0.0.1", port: 53)

    @OptionGroup(title: "Configuration server") var api: APIOptions

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let settings = try api.roleSettings()
        let transport = try settings.transport()
        let stop = common.makeStopSignal()
        let service = try await NameService.start(host: listen.host, port: listen.port, common.makeLogger("names"))
        try await stop.run {
            try await service.follow(transport) { service in
                print("names are answered on \(service.address), from \(settings.place)")
                fflush(nil)
            }
        }
        try await service.stop()
    }
}
