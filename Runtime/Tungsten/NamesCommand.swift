// `tungsten names`: the platform's name server by itself.

import Agent
import ArgumentParser
import Glibc
import NIOTransport

struct NamesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "names",
        abstract: "Run the name server that agents ask for workloads on other hosts.",
        discussion: """
            Agents trap the DNS questions of their workloads. Names of workloads on the same host they know; for others they ask here, saying from which \
            network the question came. It follows the configuration, keeps nothing, and forwards nothing: several may run at once.
            """)

    @Option(help: ArgumentHelp("The configuration server; several, separated by commas, are tried in turn.", valueName: "host:port"))
    var api = "127.0.0.1:8082"

    @Option(help: ArgumentHelp("Where it answers, over UDP. Port 0 takes any free port, and prints it.", valueName: "host:port"))
    var listen = ListenAddress(host: "127.0.0.1", port: 53)

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let addresses = try NIOTransport.addresses(api, "--api")
        let stop = common.makeStopSignal()
        let service = try await NameService.start(host: listen.host, port: listen.port, common.makeLogger("names"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await service.follow(NIOTransport(addresses)) { service in
                    print("names are answered on \(service.address), from \(api)")
                    fflush(nil)
                }
            }
            await stop.requested()
            group.cancelAll()
            try await group.waitForAll()
        }
        try await service.stop()
    }
}

extension NIOTransport {
    /// The addresses of configuration servers in an option's text.
    static func addresses(_ text: String, _ option: String) throws -> [Address] {
        let addresses = try text.split(separator: ",").map { part in
            guard let address = Address(String(part)) else {
                throw ValidationError("\(option): '\(part)' is not an address; write HOST:PORT, with an IPv6 address in brackets")
            }
            return address
        }
        guard !addresses.isEmpty else { throw ValidationError("\(option) needs the address of a configuration server, HOST:PORT") }
        return addresses
    }
}
