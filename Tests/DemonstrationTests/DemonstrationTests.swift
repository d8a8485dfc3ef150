// The demonstration's configuration against a real configuration server, and its hosts in real namespaces.

import Client
import ConfigServer
import ConfigurationClient
import ConfigurationModel
import ConfigurationREST
import Demonstration
import Foundation
import Logging
import NIOTransport
import Resources
import Testing

@Suite struct DemonstrationObjectsTests {
    private func withServer(_ body: (ConfigurationClient) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "demonstration-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let server = try await ConfigServer.listen(
            ConfigServer.Options(port: 0, dataDirectory: folder), ConfigurationResources.catalogue,
            Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await server.load()
        do {
            let address = try #require(NIOTransport.Address(server.address))
            try await body(ConfigurationClient(transport: NIOTransport([address])))
        } catch {
            try await server.stop()
            throw error
        }
        try await server.stop()
    }

    @Test func theConfigurationIsMadeOnceAndRemoved() async throws {
        try await withServer { client in
            let before = try await counts(client)
            let objects = DemonstrationObjects(.standard, client)
            let ports = try await objects.make()
            #expect(
                ports.map { "\($0.workload.fullName) \($0.address)" } == [
                    "red-web1 10.1.1.3", "red-web2 10.1.1.4", "red-db1 10.1.2.3", "blue-web1 10.1.1.3", "blue-web2 10.1.1.4",
                    "blue-db1 10.1.2.3",
                ])
            #expect(Set(ports.map(\.mac)).count == ports.count)
            let made = try await counts(client)
            let again = try await objects.make()
            #expect(again.map(\.interface) == ports.map(\.interface))
            #expect(try await counts(client) == made)
            let network = try await client.virtualNetworks.read(name: ["default-domain", "demonstration-red", "web"])
            #expect(network.networkPolicyRefs?.map(\.to) == [["default-domain", "demonstration-red", "between-networks"]])
            try await objects.remove()
            #expect(try await counts(client) == before)
            try await objects.remove()
        }
    }

    private func counts(_ client: ConfigurationClient) async throws -> [Int] {
        [
            try await client.projects.count(), try await client.virtualNetworks.count(), try await client.networkPolicys.count(),
            try await client.virtualMachines.count(), try await client.virtualMachineInterfaces.count(),
            try await client.instanceIps.count(), try await client.virtualRouters.count(), try await client.routingInstances.count(),
        ]
    }
}

@Suite struct HostNetworkTests {
    @Test func namesFitInterfaces() {
        // IFNAMSIZ is 16 with the final zero.
        for workload in DemonstrationPlan.standard.workloads { #expect(workload.tap.utf8.count < 16) }
        for host in DemonstrationPlan.standard.hosts { #expect(host.underlayPort.utf8.count < 16) }
    }

    @Test func theCommandsReadWell() {
        let making = HostNetwork(.standard).making.map(\.description)
        #expect(making.first == "ip link add tungsten0 type bridge")
        #expect(making.contains("ip link add tng-host-a mtu 1600 type veth peer name uplink0 netns tungsten-host-a"))
        #expect(making.contains("ip -n tungsten-host-b link add tap-red-db1 type veth peer name eth0 netns tungsten-red-db1"))
        #expect(HostNetwork(.standard).removing.map(\.description).last == "ip link delete tungsten0")
    }
}
