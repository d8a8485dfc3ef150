// The scripts of Examples/ do what they say, against a real server, and may run again. The one in Python is run with the Python package.

import Client
import ConfigurationClient
import ConfigurationModel
import Foundation
import NIOTransport
import Resources
import Testing

@Suite struct ExampleTests {
    private struct Run {
        var status: Int32
        var output: String
    }

    /// Runs a program to its end. A pipe's buffer holds what these print.
    private func run(_ path: String, _ arguments: String...) async throws -> Run {
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        let (ended, signal) = AsyncStream.makeStream(of: Void.self)
        process.terminationHandler = { _ in signal.finish() }
        try process.run()
        for await _ in ended {}
        let text = try output.fileHandleForReading.readToEnd() ?? Data()
        return Run(status: process.terminationStatus, output: String(decoding: text, as: UTF8.self))
    }

    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    /// The executable beside the test bundle.
    private static let twoPorts = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "TwoPorts").path

    @Test func twoPorts() async throws {
        let server = try await TestConfigServer.start()
        let address = "127.0.0.1:\(server.port)"
        for _ in 0..<2 {
            let run = try await run(Self.twoPorts, address)
            // Addresses come from the top of the subnet; the list of a second run has an order of its own.
            #expect(run.status == 0)
            #expect(run.output.split(separator: "\n").sorted() == ["two-ports-a 10.7.0.252", "two-ports-b 10.7.0.251"], "\(run.output)")
        }
        let ports = try await server.client.virtualMachineInterfaces.list()
        #expect(ports.compactMap(\.identity.name).sorted() == ["two-ports-a", "two-ports-b"])

        let shell = try await run(Self.root.appending(path: "Examples/TwoPorts/two-ports.sh").path, address)
        #expect(shell.status == 0 && shell.output.contains("10.7.0.252") && shell.output.contains("10.7.0.251"), "\(shell.output)")
        try await server.stop()
    }

    @Test func theReadmeShowsTheScript() throws {
        let script = try String(contentsOf: Self.root.appending(path: "Examples/TwoPorts/main.swift"), encoding: .utf8)
        let readme = try String(contentsOf: Self.root.appending(path: "README.md"), encoding: .utf8)
        let begin = try #require(script.range(of: "import ")).lowerBound
        #expect(readme.contains("```swift\n" + script[begin...] + "```"))
    }

    @Test func twoPortsWithCurlAlone() async throws {
        let server = try await TestConfigServer.start()
        let run = try await run(Self.root.appending(path: "Examples/TwoPorts/two-ports.sh").path, "127.0.0.1:\(server.port)")
        #expect(run.status == 0 && run.output.contains("10.7.0.252") && run.output.contains("10.7.0.251"), "\(run.output)")
        #expect(try await server.client.instanceIps.count() == 2)
        try await server.stop()
    }

    @Test func saysWhatIsWrongWithAnAddress() {
        #expect(throws: ClientError(.invalid, "")) { try ConfigurationClient(server: "127.0.0.1") }
    }

    @Test func anObjectIsMadeOnce() async throws {
        let server = try await TestConfigServer.start()
        let client = server.client
        let project = try await client.projects.read(name: ["default-domain", "default-project"])
        let network = VirtualNetwork("once", below: project) { $0.displayName = "first" }
        #expect(network.identity.fullyQualifiedName == ["default-domain", "default-project", "once"])
        #expect(network.identity.parentType == "project")
        let made = try await client.virtualNetworks.ensure(network)
        let again = try await client.virtualNetworks.ensure(VirtualNetwork("once", below: project) { $0.displayName = "second" })
        #expect(made.identity.uuid != nil && again.identity.uuid == made.identity.uuid && again.displayName == "first")
        // A conflict about something else is no sign that the object is there.
        var twin = VirtualNetwork("another", below: project)
        twin.identity.uuid = made.identity.uuid
        await #expect(throws: ClientError(.conflict, "")) { try await client.virtualNetworks.ensure(twin) }
        try await server.stop()
    }

    @Test func aTypeIsWatchedAsItsValues() async throws {
        let server = try await TestConfigServer.start()
        let client = server.client
        let project = try await client.projects.read(name: ["default-domain", "default-project"])
        var watch = client.virtualMachineInterfaces.watch().makeAsyncIterator()
        guard case .listing? = try await watch.next(), case .synchronized? = try await watch.next() else {
            Issue.record("an empty list")
            return
        }
        let network = VirtualNetwork("seen", below: project)
        try await client.virtualNetworks.create(network)
        let port = VirtualMachineInterface("seen", below: project) { $0.virtualNetworkRefs = [Reference(to: network)] }
        let uuid = try #require(try await client.virtualMachineInterfaces.create(port).uuid)
        guard case .created(let created, let revision)? = try await watch.next() else {
            Issue.record("no port was made")
            return
        }
        #expect(created.identity.uuid == uuid && revision == client.writtenRevision)
        #expect(created.virtualNetworkRefs?.first?.to == network.identity.fullyQualifiedName)
        #expect(created.virtualMachineInterfaceMacAddresses?.macAddress?.first?.hasPrefix("02:") == true)
        #expect(created.routingInstanceRefs?.first?.data?.direction == .both)
        try await client.virtualMachineInterfaces.delete(uuid: uuid)
        guard case .deleted(let deleted, _)? = try await watch.next() else {
            Issue.record("no port was deleted")
            return
        }
        #expect(deleted.uuid == uuid && deleted.fullyQualifiedName == port.identity.fullyQualifiedName)
        try await server.stop()
    }
}
