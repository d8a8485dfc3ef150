// `tungsten up`: everything on one machine, each role in a process of its own.

import ArgumentParser
import Foundation
import Glibc
import Logging
import Supervision

struct UpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up",
        abstract: "Run every role on this machine.",
        discussion: """
            Prints where each role listens and what to try first. A role that ends is started again. Nothing is authenticated yet, so \
            everything listens on the loopback interface unless told otherwise. Ctrl-C stops it all; data stay.
            """)

    @Option(help: ArgumentHelp("Where the configuration server listens. Port 0 takes any free port.", valueName: "host:port"))
    var listen = ListenAddress(host: "127.0.0.1", port: 8082)

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let stop = common.makeStopSignal()
        let logs = common.dataDirectory + "/log"
        let supervisor = try Supervisor(logFolder: logs) {
            print($0); fflush(nil)
        }
        do {
            let api = try await startAPI(supervisor)
            _ = try await supervisor.start(
                Role("transformer", program: Self.program, arguments: role("transformer", "--api", api), announcement: "follows"))
            print(greeting(api, logs))
            fflush(nil)
        } catch {
            await supervisor.stop()
            throw error
        }
        await stop.requested()
        print("stopping")
        await supervisor.stop()
    }

    /// Starts the configuration server and returns its address.
    private func startAPI(_ supervisor: Supervisor) async throws -> String {
        let line = try await supervisor.start(
            Role("api", program: Self.program, arguments: role("api", "--listen", listen.description), announcement: "serves"))
        guard let address = line.split(separator: " ").first(where: { $0.hasPrefix("http://") })?.dropFirst(7).prefix(while: { $0 != "," })
        else { throw SupervisorError(message: "the configuration server does not say where it listens: \(line)") }
        // Started again, it must be found where it was.
        await supervisor.setArguments(of: "api", to: role("api", "--listen", String(address)))
        return String(address)
    }

    private func role(_ name: String, _ arguments: String...) -> [String] {
        [name, "--stop-with-input", "--data-dir", common.dataDirectory, "--log-level", common.logLevel.rawValue] + arguments
    }

    /// This very program, even when a newer one was installed meanwhile.
    private static let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]

    private func greeting(_ address: String, _ logs: String) -> String {
        """

        Running, with data in \(common.dataDirectory) and logs in \(logs):
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
