// The typed client against the real server: calls and watches over sockets, broken connections, restarts.

import Client
import ConfigServer
import ConfigurationClient
import ConfigurationGraph
import ConfigurationModel
import ConfigurationREST
import Foundation
import Graph
import GraphFeed
import Logging
import NIOCore
import NIOPosix
import NIOTransport
import Resources
import Testing

/// A server with a folder of its own, at a port that it keeps when it comes back.
final class TestConfigServer: Sendable {
    let server: ConfigServer
    let folder: String
    var port: Int { Int(server.address.split(separator: ":").last ?? "") ?? 0 }

    private init(_ server: ConfigServer, _ folder: String) {
        self.server = server
        self.folder = folder
    }

    static func start(
        in folder: String? = nil, port: Int = 0, _ adjust: (inout ConfigServer.Options) -> Void = { _ in }
    ) async throws -> TestConfigServer {
        let folder = folder ?? NSTemporaryDirectory() + "tungsten-test-" + UUID().uuidString
        var options = ConfigServer.Options(port: port, dataDirectory: folder)
        adjust(&options)
        let server = try await ConfigServer.listen(
            options, ConfigurationResources.catalogue, Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        try await server.load()
        return TestConfigServer(server, folder)
    }

    func stop(removing: Bool = true) async throws {
        try await server.stop()
        if removing { try FileManager.default.removeItem(atPath: folder) }
    }

    var transport: NIOTransport { NIOTransport([.init(host: "127.0.0.1", port: port)]) }
    var client: ConfigurationClient { ConfigurationClient(transport: transport) }
}

private struct Unexpected: Error {
    let message: String
    init(_ message: String) { self.message = message }
}

private func network(_ name: String) -> VirtualNetwork {
    var network = VirtualNetwork()
    network.identity = ObjectIdentity(["default-domain", "default-project", name], parentType: "project")
    return network
}

@Suite struct ClientEndToEndTests {
    @Test func carriesCalls() async throws {
        let server = try await TestConfigServer.start()
        let client = server.client
        let made = try await client.virtualNetworks.create(network("blue"))
        let uuid = try #require(made.uuid)
        let revision = client.writtenRevision
        #expect(revision > 0)
        var read = try await client.virtualNetworks.read(uuid: uuid)
        #expect(read.identity.name == "blue")
        read.displayName = "Blue"
        try await client.virtualNetworks.update(read)
        #expect(try await client.virtualNetworks.read(name: ["default-domain", "default-project", "blue"]).displayName == "Blue")
        await #expect(throws: ClientError(.conflict, "")) { try await client.virtualNetworks.create(network("blue")) }
        #expect(client.writtenRevision == revision + 1)
        try await client.virtualNetworks.delete(uuid: uuid)
        await #expect(throws: ClientError(.notFound, "")) { try await client.virtualNetworks.read(uuid: uuid) }
        // Many at once, each with its own reply.
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<100 {
                group.addTask {
                    let made = try await client.virtualNetworks.create(network("n\(number)"))
                    #expect(try await client.virtualNetworks.read(uuid: made.uuid ?? "").identity.name == "n\(number)")
                }
            }
            try await group.waitForAll()
        }
        try await server.stop()
    }

    @Test func saysWhenNobodyAnswers() async throws {
        // A port that was free a moment ago.
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton).bind(host: "127.0.0.1", port: 0).get()
        let port = listener.localAddress?.port ?? 0
        try await listener.close()
        let client = ConfigurationClient(transport: NIOTransport([.init(host: "127.0.0.1", port: port)]))
        do {
            _ = try await client.tags.count()
            Issue.record("an answer from nobody")
        } catch {
            #expect(error.code == .unreachable && error.message.contains("127.0.0.1:\(port)"), "\(error)")
        }
        // Of several the one that answers is used, every time.
        let server = try await TestConfigServer.start()
        let either = ConfigurationClient(
            transport: NIOTransport([.init(host: "127.0.0.1", port: port), .init(host: "127.0.0.1", port: server.port)]))
        for _ in 0..<4 { #expect(try await either.projects.count() == 1) }
        try await server.stop()
    }

    @Test func usesAKeptConnectionOnlyWhileItLives() async throws {
        let first = try await TestConfigServer.start()
        let client = first.client
        #expect(try await client.projects.count() == 1)
        try await first.stop(removing: false)
        let second = try await TestConfigServer.start(in: first.folder, port: first.port)
        #expect(try await client.projects.count() == 1)
        try await second.stop()
    }

    @Test(arguments: [
        ("127.0.0.1:8082", "127.0.0.1", 8082), ("[::1]:1", "::1", 1), ("api.example:65535", "api.example", 65535),
    ]) func readsAddresses(text: String, host: String, port: Int) throws {
        let address = try #require(NIOTransport.Address(text))
        #expect(address == .init(host: host, port: port) && address.description == text)
    }

    @Test(arguments: ["", "host", ":1", "host:0", "host:65536", "host:x", "::1:80", "[]:1"]) func refusesAddresses(text: String) {
        #expect(NIOTransport.Address(text) == nil)
    }

    // MARK: Watching

    @Test func watchesThroughARestartOfTheServer() async throws {
        let first = try await TestConfigServer.start()
        var watch = first.client.watch(["virtual-network"], pauses: WatchPauses(shortest: .milliseconds(10), longest: .milliseconds(50)))
            .makeAsyncIterator()
        #expect(try await watch.next() == .listing)
        for _ in 0..<4 {
            guard case .listed? = try await watch.next() else { throw Unexpected("four networks are there at the start") }
        }
        guard case .synchronized(let listed)? = try await watch.next() else { throw Unexpected("the list has no end") }
        _ = try await first.client.virtualNetworks.create(network("a"))
        guard case .created(let object, let revision)? = try await watch.next() else { throw Unexpected("a was made") }
        #expect(object.fullyQualifiedName.last == "a" && revision == listed + 1)
        try await first.stop(removing: false)

        let second = try await TestConfigServer.start(in: first.folder, port: first.port)
        _ = try await second.client.virtualNetworks.create(network("b"))
        while let event = try await watch.next() {
            if case .disconnected = event { continue }
            if event == .resumed { continue }
            guard case .created(let object, _) = event else {
                Issue.record("\(event) instead of the creation of b")
                break
            }
            #expect(object.fullyQualifiedName.last == "b")
            break
        }
        try await second.stop()
    }

    @Test func listsAgainWhenItWasAwayTooLong() async throws {
        let server = try await TestConfigServer.start { $0.heldChanges = 5 }
        let client = server.client
        var short = client.watch(["tag-type"]).makeAsyncIterator()
        var revision: UInt64 = 0
        while let event = try await short.next() {
            guard case .synchronized(let number) = event else { continue }
            revision = number
            break
        }
        for number in 0..<6 { _ = try await client.virtualNetworks.create(network("n\(number)")) }
        var late = client.watch(["virtual-network"], after: revision).makeAsyncIterator()
        #expect(try await late.next() == .listing)
        try await server.stop()
    }

    @Test func saysWhatTheServerRefuses() async throws {
        let server = try await TestConfigServer.start()
        var watch = server.client.watch(["virtual-netwrok"]).makeAsyncIterator()
        await #expect(throws: ClientError(.notFound, "")) { try await watch.next() }
        try await server.stop()
    }

    @Test func endsWhenItsTaskIsCancelled() async throws {
        let server = try await TestConfigServer.start()
        let client = server.client
        let (began, signal) = AsyncStream.makeStream(of: Void.self)
        let task = Task {
            var count = 0
            for try await event in client.watch(["project"]) {
                count += 1
                if case .synchronized = event { signal.yield() }
            }
            return count
        }
        for await _ in began { break }
        task.cancel()
        #expect(try await task.value >= 3)
        try await server.stop()
    }

    // MARK: The graph

    @Test func aGraphFollowsTheConfiguration() async throws {
        let first = try await TestConfigServer.start { $0.heldChanges = 20 }
        let client = first.client
        var feed = GraphFeed(
            client, ConfigurationGraph.schema, pauses: WatchPauses(shortest: .milliseconds(10), longest: .milliseconds(50)))
        let start = try #require(try await feed.next())
        #expect(start.occasion == .synchronized && !start.effects.isEmpty)
        let made = try await client.virtualNetworks.create(network("blue"))
        let blue = NodeName(type: "virtual-network", name: "default-domain:default-project:blue")
        let instance = NodeName(type: "routing-instance", name: "default-domain:default-project:blue:blue")
        var effects: [GraphEffect] = []
        while !feed.graph.contains(instance), let update = try await feed.next() { effects += update.effects }
        #expect(effects.contains(.nodeAdded(blue)))
        #expect(effects.contains(.linkAdded(LinkName("virtual-network-routing-instance", blue, instance))))
        #expect(feed.uuid(of: blue) == made.uuid)
        #expect(try feed.graph.value(of: instance, "routing-instance-is-default", as: Bool.self) == true)

        // While the feed looks away more happens than the server holds.
        for number in 0..<15 { _ = try await client.virtualNetworks.create(network("n\(number)")) }
        try await client.virtualNetworks.delete(uuid: made.uuid ?? "")
        try await first.stop(removing: false)
        let second = try await TestConfigServer.start(in: first.folder, port: first.port) { $0.heldChanges = 20 }
        effects = []
        while feed.graph.contains(blue), let update = try await feed.next() { effects += update.effects }
        #expect(effects.contains(.nodeRemoved(blue)))

        var fresh = GraphFeed(second.client, ConfigurationGraph.schema)
        _ = try await fresh.next()
        while feed.graph.snapshot != fresh.graph.snapshot, try await feed.next() != nil {}
        #expect(feed.graph.snapshot == fresh.graph.snapshot)
        try await second.stop()
    }
}
