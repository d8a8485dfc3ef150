// Configuration for agents: what each is told of a graph that changes, in which order, and that it is enough and no more.

import Coding
import ConfigurationGraph
import Graph
import NetworkTypes
import Testing
import XMPP

@testable import ControlNodeCore

private func name(_ type: String, _ text: String) -> NodeName { NodeName(type: type, name: text) }
private let router = name("virtual-router", "default-global-system-config:a")
private let machine = name("virtual-machine", "9b2f6a5e-0000-4000-8000-000000000001")
private let port = name("virtual-machine-interface", "d:p:port")
private let network = name("virtual-network", "d:p:v")
private let instance = name("routing-instance", "d:p:v:v")
private let ipam = name("network-ipam", "d:p:ipam")
private let foreignPort = name("virtual-machine-interface", "d:p:foreign")

/// A control node's graph with its push, and an agent that puts together what it is told.
private struct PushBench {
    var graph = GraphStore()
    var push = ConfigurationPush(ConfigurationGraph.schema)
    var received = GraphStore()
    var assembler = ConfigurationAssembler()
    var order: [String] = []
    let id = PeerID(1 << 30 + 1)

    mutating func apply(_ changes: [GraphChange]) throws {
        for change in changes { _ = push.handle(graph.apply(change), graph) }
        try drain()
    }

    mutating func subscribe(_ node: String) throws {
        _ = push.subscribe(id, name: "a", node: node, graph)
        try drain()
    }

    mutating func unsubscribe(_ node: String) throws {
        _ = push.unsubscribe(id, node: node, graph)
        try drain()
    }

    mutating func drain() throws {
        while push.hasOutput(id) {
            guard let bytes = push.takeOutput(id, graph) else { continue }
            let stanza = try Stanza(parsing: bytes)
            #expect(stanza.to == Address("a", resource: Address.configuration))
            guard case .configuration(let statements) = stanza.payload else {
                Issue.record("\(stanza)")
                continue
            }
            #expect((1...16).contains(statements.count))
            for statement in statements {
                for change in assembler.changes(for: statement) { note(change) }
            }
        }
    }

    private mutating func note(_ change: GraphChange) {
        switch change {
        case .node(let node, _): order.append("+\(node.type)")
        case .removeNode(let node): order.append("-\(node.type)")
        case .link(let link, _):
            // Nodes come before the links between them, and go after.
            #expect(received.contains(link.left) && received.contains(link.right), "\(link)")
            order.append("+\(link.metadata)")
        case .removeLink(let link):
            #expect(received.contains(link.left) && received.contains(link.right), "\(link)")
            order.append("-\(link.metadata)")
        }
        received.apply(change)
    }

    var types: Set<String> { Set(received.nodeNames.map(\.type)) }
}

@Suite struct ConfigurationPushTests {
    private let whole: [GraphChange] = [
        .node(router, properties: ["display-name": Array("\"1\"".utf8)]), .node(machine, properties: [:]), .node(port, properties: [:]),
        .node(network, properties: ["is-shared": Array("false".utf8)]), .node(instance, properties: [:]), .node(ipam, properties: [:]),
        .node(foreignPort, properties: [:]),
        .link(LinkName("virtual-machine-interface-virtual-machine", port, machine), data: nil),
        .link(LinkName("virtual-machine-interface-virtual-network", port, network), data: nil),
        .link(LinkName("virtual-machine-interface-virtual-network", foreignPort, network), data: nil),
        .link(LinkName("virtual-network-routing-instance", network, instance), data: nil),
        .link(
            LinkName("virtual-network-network-ipam", network, ipam),
            data: Array(#"{"ipam_subnets": [{"subnet": {"ip_prefix": "10.0.0.0", "ip_prefix_len": 24}}]}"#.utf8)),
    ]

    @Test func anAgentIsToldOfWhatItsMachinesNeed() throws {
        var bench = PushBench()
        try bench.apply(whole)
        #expect(bench.order.isEmpty)
        try bench.subscribe("virtual-router:default-global-system-config:a")
        #expect(bench.order == ["+virtual-router"])
        try bench.subscribe("virtual-machine:" + machine.name.uppercased())
        #expect(
            bench.types == [
                "virtual-router", "virtual-machine", "virtual-machine-interface", "virtual-network", "routing-instance", "network-ipam",
            ])
        // The ports of others in the network are nobody's business.
        #expect(!bench.received.contains(foreignPort) && bench.received.contains(port))
        #expect(
            bench.received.data(of: LinkName("virtual-network-network-ipam", network, ipam))
                == Array(
                    "<ipam-subnets><subnet><ip-prefix>10.0.0.0</ip-prefix><ip-prefix-len>24</ip-prefix-len></subnet></ipam-subnets>".utf8))
        #expect(bench.received.data(of: LinkName("virtual-router-virtual-machine", router, machine)) == .some(nil))
        #expect(bench.received.properties(of: network) == ["is-shared": Array("false".utf8)])
        let nodes = bench.order.dropFirst().prefix(5)
        #expect(
            nodes.allSatisfy {
                ["+virtual-machine", "+virtual-machine-interface", "+virtual-network", "+routing-instance", "+network-ipam"].contains($0)
            })
        // A second subscription says nothing new.
        let told = bench.order.count
        try bench.subscribe("virtual-machine:" + machine.name)
        try bench.subscribe("virtual-router:default-global-system-config:other")
        #expect(bench.order.count == told)
        try bench.unsubscribe("virtual-machine:" + machine.name)
        #expect(bench.types == ["virtual-router"])
    }

    @Test func onlyDifferencesAreSent() throws {
        var bench = PushBench()
        try bench.apply(whole)
        try bench.subscribe("virtual-router:default-global-system-config:a")
        try bench.subscribe("virtual-machine:" + machine.name)
        bench.order = []
        try bench.apply([.node(network, properties: ["is-shared": Array("true".utf8)])])
        #expect(bench.order == ["+virtual-network"])
        #expect(bench.received.properties(of: network) == ["is-shared": Array("true".utf8)])
        bench.order = []
        try bench.apply([
            .node(foreignPort, properties: ["display-name": Array("\"x\"".utf8)]), .node(name("virtual-network", "d:p:w"), properties: [:]),
        ])
        #expect(bench.order.isEmpty)
        let link = LinkName("virtual-network-network-ipam", network, ipam)
        try bench.apply([.link(link, data: Array(#"{"host_routes": {}}"#.utf8))])
        #expect(bench.received.data(of: link) == Array("<host-routes></host-routes>".utf8))
        bench.order = []
        try bench.apply([.removeLink(link)])
        #expect(bench.order == ["-virtual-network-network-ipam", "-network-ipam"])
        bench.order = []
        try bench.apply([.link(link, data: nil)])
        #expect(bench.order == ["+network-ipam", "+virtual-network-network-ipam"])
        bench.order = []
        try bench.apply([.removeNode(port)])
        #expect(bench.types == ["virtual-router", "virtual-machine"])
    }

    @Test func aMachineIsKnownByItsIdentifierWhateverItsName() throws {
        var bench = PushBench()
        let named = name("virtual-machine", "web-1")
        // 9b2f6a5e-0000-4000-8000-000000000001 in two halves.
        let identity =
            "{\"uuid\": {\"uuid_mslong\": \(0x9b2f_6a5e_0000_4000 as UInt64), \"uuid_lslong\": \(0x8000_0000_0000_0001 as UInt64)}}"
        try bench.apply([.node(router, properties: [:])])
        try bench.subscribe("virtual-router:default-global-system-config:a")
        // The subscription waits for the machine.
        try bench.subscribe("virtual-machine:" + machine.name)
        #expect(bench.types == ["virtual-router"])
        try bench.apply([.node(named, properties: ["id-perms": Array(identity.utf8)])])
        #expect(bench.received.contains(named))
        try bench.apply([.removeNode(named)])
        #expect(bench.types == ["virtual-router"])
        try bench.apply([.node(named, properties: ["id-perms": Array(identity.utf8)])])
        #expect(bench.received.contains(named))
    }

    @Test func aNewSessionIsToldEverything() throws {
        var bench = PushBench()
        try bench.apply(whole)
        try bench.subscribe("virtual-router:default-global-system-config:a")
        bench.push.forget(bench.id)
        try bench.apply([.node(router, properties: ["display-name": Array("\"2\"".utf8)])])
        bench.order = []
        try bench.subscribe("virtual-router:default-global-system-config:a")
        #expect(bench.order == ["+virtual-router"])
        #expect(bench.received.properties(of: router) == ["display-name": Array("2".utf8)])
    }

    /// However the graph changes and however late the agent listens, in the end it knows its part of the graph.
    @Test(arguments: 0..<5) func theAgentsPartIsRightInTheEnd(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var bench = PushBench()
        _ = bench.push.subscribe(bench.id, name: "a", node: "virtual-router:default-global-system-config:a", bench.graph)
        let machines = [machine.name, "9b2f6a5e-0000-4000-8000-000000000002"]
        for machine in machines { _ = bench.push.subscribe(bench.id, name: "a", node: "virtual-machine:" + machine, bench.graph) }
        let nodes = [router, network, instance, ipam, foreignPort, port] + machines.map { name("virtual-machine", $0) }
        let links =
            whole.compactMap { change -> LinkName? in if case .link(let link, _) = change { link } else { nil } }
            + [LinkName("virtual-machine-interface-virtual-machine", foreignPort, nodes[7])]
        for _ in 0..<200 {
            let change: GraphChange
            switch random.next() % 10 {
            case 0...2:
                change = .node(
                    nodes.randomElement(using: &random) ?? router, properties: ["display-name": Array("\"\(random.next() % 3)\"".utf8)])
            case 3: change = .removeNode(nodes.randomElement(using: &random) ?? router)
            case 4...7:
                change = .link(
                    links.randomElement(using: &random) ?? links[0], data: random.next() % 2 == 0 ? nil : Array("{}".utf8))
            default: change = .removeLink(links.randomElement(using: &random) ?? links[0])
            }
            _ = bench.push.handle(bench.graph.apply(change), bench.graph)
            if random.next() % 5 == 0 { try bench.drain() }
        }
        try bench.drain()
        let view = ConfigurationView(
            router: router, machines: machines.map { name("virtual-machine", $0) }.filter(bench.graph.contains), graph: bench.graph)
        #expect(Set(bench.received.nodeNames) == view.nodes, "seed \(seed)")
        for node in view.nodes {
            // Text in JSON has quotes.
            let expected = bench.graph.properties(of: node)?.mapValues { Array($0.dropFirst().dropLast()) }
            #expect(bench.received.properties(of: node) == expected, "seed \(seed): \(node)")
        }
        for link in view.links where link.metadata != "virtual-router-virtual-machine" {
            // Empty data are still data.
            let expected = bench.graph.data(of: link)?.map { _ in [UInt8]() }
            #expect(bench.received.data(of: link) == expected, "seed \(seed): \(link)")
        }
        let shown = Set(bench.received.nodeNames.flatMap { bench.received.links(of: $0) })
        #expect(shown == view.links, "seed \(seed)")
    }

    @Test func theListNamesTypesAndLinksOfTheSchema() {
        let links = Set(ConfigurationGraph.schema.links.map(\.name))
        let types = Set(ConfigurationGraph.schema.nodes.map(\.name))
        // Of older agents' list the schema has no longer: none may be misspelled.
        #expect(ConfigurationWhitelist.linkNames.subtracting(links).sorted() == [])
        #expect(ConfigurationWhitelist.typeNames.subtracting(types).sorted() == [])
    }
}
