// The whole way of the configuration, with the real parts: objects made over REST, the schema transformer, a control node, and what an agent
// reads out of what it is sent.

import AgentCore
import AgentSimulation
import Client
import ConfigServer
import ConfigurationClient
import ConfigurationModel
import ConfigurationREST
import ControlNode
import Demonstration
import Foundation
import Graph
import Logging
import NIOCore
import NIOPosix
import NIOTransport
import NetworkTypes
import Resources
import SchemaTransformer
import Testing
import XMPP

private let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
private let quick = WatchPauses(shortest: .milliseconds(5), longest: .milliseconds(50))

/// Waits until something is so.
private func eventually(_ what: Comment, within seconds: Double = 60, _ condition: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while try await !condition() {
        try #require(ContinuousClock.now < deadline, "not within \(seconds) s: \(what)")
        try await Task.sleep(for: .milliseconds(10))
    }
}

private func show(_ node: ControlNode, _ subject: String) async throws -> String {
    let address = try #require(NIOTransport.Address(node.introspectionAddress))
    return try await IntrospectionClient.get("/\(subject)", host: address.host, port: address.port)
}

/// A configuration server that can go away and come back where it was.
private actor Installation {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "chain-\(UUID().uuidString)").path
    private var server: ConfigServer?
    private(set) var port = 0
    private var transformer: Task<Void, any Error>?

    func start() async throws {
        let server = try await ConfigServer.listen(
            ConfigServer.Options(port: port, dataDirectory: folder), ConfigurationResources.catalogue, silent)
        try await server.load()
        self.server = server
        port = try #require(NIOTransport.Address(server.address)).port
    }

    func stop() async throws {
        try await server?.stop()
        server = nil
    }

    nonisolated func transport(_ port: Int) -> NIOTransport { NIOTransport([.init(host: "127.0.0.1", port: port)]) }
    var client: ConfigurationClient { ConfigurationClient(transport: transport(port)) }

    func startTransformer() {
        let transformer = SchemaTransformer(transport(port), pauses: quick, logger: silent)
        self.transformer = Task { try await transformer.run() }
    }

    func remove() async throws {
        transformer?.cancel()
        try await stop()
        try FileManager.default.removeItem(atPath: folder)
    }

    /// A control node that takes its configuration from here.
    func controlNode(
        _ name: String, host: String = "127.0.0.1", identity: IPv4Address? = IPv4Address(192, 0, 2, 1)
    ) async throws -> ControlNode {
        var configuration = ConfigurationOptions(transport(port), servers: "127.0.0.1:\(port)", name: name)
        configuration.pauses = quick
        let made: ControlNodeOptions? =
            if let identity { ControlNodeOptions(system: ASNumber(64512), routerID: identity) } else {
                try await ControlNodeOptions.waiting(for: configuration, silent)
            }
        var options = try #require(made)
        options.host = host
        options.port = 0
        options.configuration = configuration
        options.introspectionPort = 0
        options.partitionCount = 2
        var agents = AgentServiceOptions()
        agents.port = 0
        options.agents = agents
        return try await ControlNode.start(options, silent)
    }

    static func run(_ body: (Installation) async throws -> Void) async throws {
        let installation = Installation()
        try await installation.start()
        do { try await body(installation) } catch { Issue.record("\(error)") }
        try await installation.remove()
    }
}

extension ConfigurationClient {
    fileprivate func makeRouter(_ name: String, address: String, port: Int = 179, peers: [String] = []) async throws {
        let fabric = ["default-domain", "default-project", "ip-fabric", "__default__"]
        var router = BgpRouter()
        router.identity = ObjectIdentity(fabric + [name], parentType: "routing-instance")
        var parameters = BgpRouterParams()
        parameters.vendor = "contrail"
        parameters.routerType = .controlNode
        parameters.address = address
        parameters.identifier = address
        parameters.port = port
        parameters.addressFamilies = AddressFamilies(family: ["route-target", "inet-vpn", "e-vpn", "erm-vpn"].map { .init(rawValue: $0) })
        router.bgpRouterParameters = parameters
        router.bgpRouterRefs = peers.map { Reference(to: fabric + [$0], data: BgpPeeringAttributes(session: [])) }
        _ = try await bgpRouters.create(router)
    }
}

private func agent(_ name: String, of node: ControlNode, on group: any EventLoopGroup) -> SimulatedAgent {
    var settings = ClientSession.Settings(name: name)
    settings.firstRetrySeconds = 0.05
    settings.longestRetrySeconds = 0.05
    return SimulatedAgent(settings, servers: [node.agentAddress ?? ""], on: group.next())
}

@Suite(.timeLimit(.minutes(5))) struct ControlChainTests {
    /// Everything that an agent reads is in what it is sent, for the demonstration as it is made over REST.
    @Test func anAgentReadsAllThatItNeeds() async throws {
        try await Installation.run { installation in
            let client = await installation.client
            let ports = try await DemonstrationObjects(.standard, client).make()
            let port = try #require(ports.first { $0.workload.fullName == "red-web1" })
            // What the demonstration does not have: a security group, and the order of tunnels.
            var group = SecurityGroup()
            group.identity = ObjectIdentity(["default-domain", "demonstration-red", "web"], parentType: "project")
            var rule = PolicyRuleType()
            rule.direction = .greater
            rule.`protocol` = "tcp"
            rule.ethertype = .iPv4
            rule.srcAddresses = [AddressType(subnet: SubnetType(ipPrefix: "0.0.0.0", ipPrefixLen: 0))]
            rule.srcPorts = [PortType(startPort: 0, endPort: 65535)]
            rule.dstAddresses = [AddressType(securityGroup: "local")]
            rule.dstPorts = [PortType(startPort: 80, endPort: 80)]
            group.securityGroupEntries = PolicyEntriesType(policyRule: [rule])
            _ = try await client.securityGroups.create(group)
            var change = VirtualMachineInterface()
            change.identity.uuid = port.interface
            change.securityGroupRefs = [Reference(to: group.identity.fullyQualifiedName)]
            try await client.virtualMachineInterfaces.update(change)
            var global = GlobalVrouterConfig()
            global.identity.uuid = try await client.uuid(
                ofType: GlobalVrouterConfig.typeName, named: ["default-global-system-config", "default-global-vrouter-config"])
            global.encapsulationPriorities = EncapsulationPrioritiesType(encapsulation: [.init(rawValue: "MPLSoUDP")])
            try await client.globalVrouterConfigs.update(global)
            await installation.startTransformer()

            let node = try await installation.controlNode("control-1")
            let threads = MultiThreadedEventLoopGroup(numberOfThreads: 1)
            let agent = agent("host-a", of: node, on: threads)
            agent.changeConfiguration { $0.subscribe(configuration: .configuration(virtualRouter: "default-global-system-config:host-a")) }
            agent.changeConfiguration { $0.subscribe(configuration: .configuration(virtualMachine: port.machine)) }
            agent.start()

            let id = try UUIDValue(parsing: port.interface)
            let web = NodeName(type: "virtual-network", name: "default-domain:demonstration-red:web")
            func configuration() async throws -> AgentConfiguration { AgentConfiguration(try await agent.configuration().get()) }
            try await eventually("the transformer's work arrives") {
                let read = try await configuration()
                return read.interfaces[id] != nil && read.networks[web]?.accessLists.isEmpty == false
                    && read.securityGroups.values.first?.ingress.isEmpty == false
            }
            let read = try await configuration()
            #expect(read.problems == [])
            // Its own workload, and nobody else's.
            #expect(Array(read.interfaces.keys) == [id])
            let interface = try #require(read.interfaces[id])
            #expect(interface.mac == port.mac && interface.addresses == [.v4(port.address)] && interface.network == web)
            #expect(interface.instance == "default-domain:demonstration-red:web:web")
            #expect(interface.workload?.name == "red-web1")
            #expect(interface.securityGroups.map(\.name) == ["default-domain:demonstration-red:web"])
            let network = try #require(read.networks[web])
            #expect(network.number > 0)
            #expect(network.subnets.map(\.prefix.description) == ["10.1.1.0/24"])
            #expect(network.subnets.first?.gateway == .v4(IPv4Address(10, 1, 1, 1)))
            #expect(network.subnets.first?.service == .v4(IPv4Address(10, 1, 1, 2)))
            let list = try #require(network.accessLists.first)
            #expect(read.accessLists[list]?.isEmpty == false)
            let security = try #require(read.securityGroups.values.first)
            #expect(security.number > 0 && security.ingress.first?.matchCondition?.dstPort?.startPort == 80)
            #expect(read.encapsulations.count == 1)

            // Both networks agree: each imports what the other exports.
            try await eventually("the routing instances are there") {
                let shown = try await show(node, "instances")
                return shown.contains("default-domain:demonstration-red:db:db") && shown.contains("\"network_id\":\(network.number),")
            }
            // A change on the way: the address goes, and the agent hears of it.
            try await client.instanceIps.delete(uuid: client.uuid(ofType: InstanceIp.typeName, named: ["red-web1"]))
            try await eventually("the address is gone") { try await configuration().interfaces[id]?.addresses == [] }
            try await agent.stop().get()
            try await node.stop()
            try await threads.shutdownGracefully()
        }
    }

    /// The server is not there, comes, goes, changes where nobody sees it, and comes back.
    @Test func theServerMayComeAndGo() async throws {
        try await Installation.run { installation in
            var client = await installation.client
            try await client.makeRouter("control-1", address: "192.0.2.1")
            try await installation.stop()
            let node = try await installation.controlNode("control-1")
            let threads = MultiThreadedEventLoopGroup(numberOfThreads: 1)
            let agent = agent("host-a", of: node, on: threads)
            let blue = TableNode(family: .inet, instance: "default-domain:default-project:blue:blue")
            agent.change { $0.subscribe(instance: blue.instance, id: 1) }
            agent.changeConfiguration { $0.subscribe(configuration: .configuration(virtualRouter: "default-global-system-config:host-a")) }
            let route = RouteNode(table: blue, prefix: "10.0.0.1/32")
            agent.change { $0.announce(route, entry: SimulatedAgent.entry("10.0.0.1/32", nextHop: "192.0.2.11", label: 16)) }
            agent.start()
            try await eventually("turned away") { try await !agent.currentReport().get().sessionsLost.isEmpty }
            try await eventually("the loss shows") { try await show(node, "configuration").contains("\"state\":\"reading\"") }

            try await installation.start()
            client = await installation.client
            try await eventually("served") { try await agent.currentReport().get().established > 0 }
            try await eventually("complete") { try await show(node, "configuration").contains("\"state\":\"complete\"") }
            var network = VirtualNetwork()
            network.identity = ObjectIdentity(["default-domain", "default-project", "blue"], parentType: "project")
            let uuid = try #require(try await client.virtualNetworks.create(network).uuid)
            // The server makes the instance with the network; the subscription has waited for it.
            try await eventually("the own route comes back") { try await agent.route(blue, "10.0.0.1/32").get() != nil }
            let sessions = try await agent.currentReport().get().established

            try await installation.stop()
            try await eventually("the loss shows") { try await show(node, "configuration").contains("\"state\":\"disconnected\"") }
            #expect(try await agent.route(blue, "10.0.0.1/32").get() != nil, "what is known stays")
            try await installation.start()
            try await eventually("the return shows") { try await show(node, "configuration").contains("\"state\":\"complete\"") }
            try await (await installation.client).virtualNetworks.delete(uuid: uuid)
            try await eventually("the instance goes") { try await agent.route(blue, "10.0.0.1/32").get() == nil }
            #expect(try await show(node, "agents").contains("\"waiting\":[\"\(blue.instance)\"]"))
            // And comes once more: the agent has announced its route once, and need not do so again when it subscribes anew.
            agent.change { $0.unsubscribe(instance: blue.instance) }
            agent.change { $0.subscribe(instance: blue.instance, id: 1) }
            agent.change { $0.announce(route, entry: SimulatedAgent.entry("10.0.0.1/32", nextHop: "192.0.2.11", label: 17)) }
            _ = try await (await installation.client).virtualNetworks.create(network)
            try await eventually("the instance is back") { try await agent.route(blue, "10.0.0.1/32").get() != nil }
            #expect(try await agent.currentReport().get().established == sessions, "the session was never touched")
            try await agent.stop().get()
            try await node.stop()
            try await threads.shutdownGracefully()
        }
    }

    /// Two control nodes find each other by the configuration alone, and exchange what their agents say.
    @Test func controlNodesArePeersByConfiguration() async throws {
        try await Installation.run { installation in
            let client = await installation.client
            var network = VirtualNetwork()
            network.identity = ObjectIdentity(["default-domain", "default-project", "blue"], parentType: "project")
            _ = try await client.virtualNetworks.create(network)
            await installation.startTransformer()
            try await client.makeRouter("control-1", address: "127.0.0.1")
            // Who the first one is comes from the configuration.
            let first = try await installation.controlNode("control-1", identity: nil)
            let second = try await installation.controlNode("control-2", host: "127.0.0.2", identity: IPv4Address(127, 0, 0, 2))
            #expect(try await show(first, "configuration").contains("\"router_id\":\"127.0.0.1\""))
            let port = try #require(NIOTransport.Address(second.address)).port
            try await client.makeRouter("control-2", address: "127.0.0.2", port: port, peers: ["control-1"])
            try await eventually("the session comes up") { try await show(first, "neighbors").contains("\"Established\"") }
            #expect(try await show(second, "neighbors").contains("default-domain:default-project:ip-fabric:__default__:control-1"))

            let threads = MultiThreadedEventLoopGroup(numberOfThreads: 1)
            let blue = TableNode(family: .inet, instance: "default-domain:default-project:blue:blue")
            let agents = [("host-a", first), ("host-b", second)].map { agent($0, of: $1, on: threads) }
            for (index, agent) in agents.enumerated() {
                let prefix = "10.0.0.\(index + 1)/32"
                agent.change { $0.subscribe(instance: blue.instance, id: 1) }
                agent.change {
                    $0.announce(
                        RouteNode(table: blue, prefix: prefix),
                        entry: SimulatedAgent.entry(prefix, nextHop: "192.0.2.\(index + 11)", label: 16))
                }
                agent.start()
            }
            for agent in agents {
                try await eventually("\(agent.name) knows both") {
                    let one = try await agent.route(blue, "10.0.0.1/32").get()
                    let other = try await agent.route(blue, "10.0.0.2/32").get()
                    return one != nil && other != nil
                }
            }
            // An unrelated change leaves the session alone; the end of the peering ends it.
            var another = VirtualNetwork()
            another.identity = ObjectIdentity(["default-domain", "default-project", "red"], parentType: "project")
            _ = try await client.virtualNetworks.create(another)
            try await eventually("red is there") { try await show(first, "instances").contains("default-project:red:red") }
            #expect(try await show(first, "neighbors").contains("\"established_count\":1"))
            let name = ["default-domain", "default-project", "ip-fabric", "__default__", "control-2"]
            var change = BgpRouter()
            change.identity.uuid = try await client.uuid(ofType: BgpRouter.typeName, named: name)
            change.bgpRouterRefs = []
            try await client.bgpRouters.update(change)
            try await eventually("the other's route goes") { try await agents[0].route(blue, "10.0.0.2/32").get() == nil }
            #expect(try await !show(first, "neighbors").contains("127.0.0.2"))
            for agent in agents { try await agent.stop().get() }
            try await first.stop()
            try await second.stop()
            try await threads.shutdownGracefully()
        }
    }
}
