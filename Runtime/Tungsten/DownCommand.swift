// `tungsten down`: stops what `tungsten up` runs, and removes what it made outside its data folder.

import ArgumentParser
import Demonstration
import Foundation
import Glibc

struct DownCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "down",
        abstract: "Stop what `tungsten up` runs on this machine.",
        discussion: """
            Asks the processes to stop and waits for them, then removes the network namespaces and links of the demonstration, also those that \
            a run left behind that was killed. Data stay.
            """)

    @Option(name: .customLong("data-dir"), help: ArgumentHelp("The folder that `tungsten up` was given.", valueName: "dir"))
    var dataDirectory = DataFolder.standard

    @Option(help: ArgumentHelp("How long it waits before it gives up.", valueName: "seconds"))
    var patience = 60

    func run() async throws {
        let platform = RunningPlatform(dataDirectory: dataDirectory)
        if let process = platform.identifier {
            guard kill(process, SIGTERM) == 0 else {
                throw CommandFailure("process \(process) cannot be stopped: \(String(cString: strerror(errno)))")
            }
            let deadline = ContinuousClock.now + .seconds(patience)
            while platform.identifier == process {
                guard ContinuousClock.now < deadline else {
                    throw CommandFailure("process \(process) has not stopped within \(patience) s; its logs are in \(dataDirectory)/log")
                }
                try await Task.sleep(for: .milliseconds(50))
            }
            print("stopped process \(process) and its roles")
        } else {
            print("nothing runs with \(dataDirectory)")
        }
        guard geteuid() == 0 else { return }
        let hosts = DemonstrationHosts(.standard, folder: dataDirectory + "/demonstration", program: CurrentProgram.path)
        let removed = await hosts.removeNetworks()
        if removed > 0 { print("removed \(removed) namespaces and links of the demonstration") }
        if FileManager.default.fileExists(atPath: dataDirectory) { print("data stay in \(dataDirectory)") }
    }
}
