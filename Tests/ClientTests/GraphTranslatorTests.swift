// From events to the graph: what an object says, and that in the end only what is matters, not how it came to be.

import Client
import ConfigurationGraph
import Graph
import GraphFeed
import Testing

/// An object in a few words.
private func object(
    _ type: String, _ name: String, uuid: String? = nil, parent: String? = nil, properties: [String: String] = [:],
    references: [(member: String, to: String, data: String?)] = []
) -> WatchedObject {
    var object = WatchedObject(
        type: type, uuid: uuid ?? "\(type) \(name)", fullyQualifiedName: name.split(separator: ":").map(String.init), parentType: parent)
    object.properties = properties.mapValues { Array($0.utf8) }
    object.references = references.map { reference in
        .init(
            member: reference.member, to: reference.to.split(separator: ":").map(String.init), uuid: "",
            data: reference.data.map { Array($0.utf8) })
    }
    return object
}

private let network = NodeName(type: "virtual-network", name: "d:p:n")

@Suite struct GraphTranslatorTests {
    private var translator = GraphTranslator(ConfigurationGraph.schema)

    @Test mutating func anObjectIsANodeAndItsLinks() {
        let ipam = NodeName(type: "network-ipam", name: "d:p:i")
        let project = NodeName(type: "project", name: "d:p")
        let changes = translator.translate(
            .created(
                object(
                    "virtual-network", "d:p:n", parent: "project",
                    properties: ["display_name": "\"n\"", "virtual_network_properties": "{}", "perms2": "{}", "nonsense": "1"],
                    references: [("network_ipam_refs", "d:p:i", "{}"), ("nonsense_refs", "x", nil)]),
                revision: 1))
        #expect(
            changes == [
                .node(network, properties: ["display-name": Array("\"n\"".utf8), "virtual-network-properties": Array("{}".utf8)]),
                .link(LinkName("project-virtual-network", project, network), data: nil),
                .link(LinkName("virtual-network-network-ipam", network, ipam), data: Array("{}".utf8)),
            ])
        #expect(translator.uuid(of: network) == "virtual-network d:p:n")
        #expect(
            translator.translate(.updated(object("virtual-network", "d:p:n", parent: "project"), revision: 2)) == [
                .node(network, properties: [:]), .removeLink(LinkName("virtual-network-network-ipam", network, ipam)),
            ])
        #expect(
            translator.translate(.deleted(object("virtual-network", "d:p:n"), revision: 3)) == [
                .removeLink(LinkName("project-virtual-network", project, network)), .removeNode(network),
            ])
        #expect(translator.uuid(of: network) == nil)
    }

    /// The links whose names are not made of the names of their ends.
    @Test(arguments: [
        ("bgp-as-a-service", "bgp-router", "bgpaas-bgp-router"),
        ("bgp-as-a-service", "control-node-zone", "bgpaas-control-node-zone"),
        ("bgp-as-a-service", "service-health-check", "bgpaas-health-check"),
        ("bgp-as-a-service", "virtual-machine-interface", "bgpaas-virtual-machine-interface"),
        ("bgp-router", "bgp-router", "bgp-peering"),
        ("logical-router", "bgpvpn", "bgpvpn-router"),
        ("logical-router", "route-target", "logical-router-target"),
        ("logical-router", "virtual-machine-interface", "logical-router-interface"),
        ("physical-interface", "physical-interface", "physical-interface-connection"),
        ("project", "application-policy-set", "project-default-application-policy-set"),
        ("routing-instance", "route-target", "instance-target"),
        ("routing-instance", "routing-instance", "connection"),
        ("service-appliance", "physical-interface", "service-appliance-interface"),
        ("service-instance", "instance-ip", "service-instance-shared-ip"),
        ("virtual-machine-interface", "interface-route-table", "virtual-machine-interface-route-table"),
        ("virtual-machine-interface", "port-tuple", "port-tuple-interface"),
        ("virtual-machine-interface", "service-health-check", "service-port-health-check"),
        ("virtual-machine-interface", "virtual-machine-interface", "virtual-machine-interface-sub-interface"),
        ("virtual-network", "bgpvpn", "bgpvpn-network"),
        ("virtual-network", "service-health-check", "vn-health-check"),
        ("virtual-network", "virtual-network", "virtual-network-provider-network"),
        ("virtual-network", "network-ipam", "virtual-network-network-ipam"),
        ("virtual-network", "tag", "virtual-network-tag"),
    ]) mutating func referencesHaveTheNamesOfTheSchema(from: String, to: String, link: String) {
        let member = String(to.map { $0 == "-" ? "_" : $0 }) + "_refs"
        let changes = translator.translate(.created(object(from, "a", references: [(member, "b", nil)]), revision: 1))
        #expect(changes.last == .link(LinkName(link, NodeName(type: from, name: "a"), NodeName(type: to, name: "b")), data: nil))
    }

    @Test(arguments: [
        ("project", "application-policy-set", "project-application-policy-set"), ("project", "bgp-as-a-service", "project-bgpaas"),
        ("project", "tag", "project-scoped-tag"),
        ("routing-instance", "bgp-router", "instance-bgp-router"),
        ("virtual-network", "routing-instance", "virtual-network-routing-instance"),
    ]) mutating func parentsHaveTheNamesOfTheSchema(parent: String, child: String, link: String) {
        let changes = translator.translate(.created(object(child, "a:b", parent: parent), revision: 1))
        #expect(changes.last == .link(LinkName(link, NodeName(type: parent, name: "a"), NodeName(type: child, name: "a:b")), data: nil))
    }

    @Test mutating func aLinkGoesWhenNeitherEndDeclaresIt() {
        let link = LinkName("connection", NodeName(type: "routing-instance", name: "a"), NodeName(type: "routing-instance", name: "b"))
        func instance(_ name: String, _ other: String?) -> WatchedObject {
            object("routing-instance", name, references: other.map { [("routing_instance_refs", $0, "{}")] } ?? [])
        }
        _ = translator.translate(.created(instance("a", "b"), revision: 1))
        _ = translator.translate(.created(instance("b", "a"), revision: 2))
        #expect(!translator.translate(.updated(instance("a", nil), revision: 3)).contains(.removeLink(link)))
        #expect(translator.translate(.updated(instance("b", nil), revision: 4)).contains(.removeLink(link)))
    }

    @Test mutating func draftsAreNoPartOfTheGraph() {
        let draft = object("firewall-policy", "p", properties: ["draft_mode_state": "\"created\""])
        #expect(translator.translate(.created(draft, revision: 1)) == [])
        #expect(translator.translate(.updated(object("firewall-policy", "p"), revision: 2)).count == 1)
        #expect(
            translator.translate(.updated(draft, revision: 3)) == [.removeNode(NodeName(type: "firewall-policy", name: "p"))])
    }

    @Test mutating func aNewListRemovesWhatItDoesNotShow() {
        _ = translator.translate(.listing)
        for name in ["a", "b"] { _ = translator.translate(.listed(object("tag", name))) }
        #expect(translator.translate(.synchronized(revision: 5)) == [])
        _ = translator.translate(.listing)
        #expect(translator.translate(.listed(object("tag", "c"))).count == 1)
        // This list is cut off, and the next one shows that another object has taken a name.
        _ = translator.translate(.listing)
        #expect(
            translator.translate(.listed(object("tag", "a", uuid: "another")))
                == [.removeNode(NodeName(type: "tag", name: "a")), .node(NodeName(type: "tag", name: "a"), properties: [:])])
        #expect(
            translator.translate(.synchronized(revision: 9))
                == [.removeNode(NodeName(type: "tag", name: "b")), .removeNode(NodeName(type: "tag", name: "c"))])
        #expect(translator.uuid(of: NodeName(type: "tag", name: "a")) == "another")
    }

    // MARK: In the end

    /// A configuration that changes at random, watched with breaks: what was heard twice, lists in any order, lists cut off, changes missed and
    /// made up for by a list. The graph is always the one that a fresh list makes.
    @Test(arguments: 0..<40) func endsAsAFreshListWould(seed: UInt64) {
        var random = SplitMix(state: seed)
        var configuration = RandomConfiguration()
        var translator = GraphTranslator(ConfigurationGraph.schema)
        var graph = GraphStore()
        var heard: [WatchEvent] = []
        func hear(_ event: WatchEvent) { for change in translator.translate(event) { graph.apply(change) } }

        for _ in 0..<150 {
            switch random.next() % 10 {
            case 0...6:
                let event = configuration.change(&random)
                heard.append(event)
                hear(event)
            case 7:
                // Going on from a revision before: everything since comes again.
                for event in heard.suffix(Int(random.next() % 8)) { hear(event) }
            case 8:
                // Away, and back with a list, perhaps at the second attempt.
                for _ in 0..<(random.next() % 5) { _ = configuration.change(&random) }
                let list = configuration.objects.values.shuffled(using: &random)
                if random.next() % 3 == 0 {
                    hear(.listing)
                    for object in list.prefix(list.count / 2) { hear(.listed(object)) }
                    _ = configuration.change(&random)
                }
                hear(.listing)
                for object in configuration.objects.values.shuffled(using: &random) { hear(.listed(object)) }
                hear(.synchronized(revision: configuration.revision))
                heard = []
            default:
                hear(.disconnected(ClientError(.unreachable, "")))
            }
        }
        #expect(graph.snapshot == configuration.graph.snapshot, "seed \(seed)")
    }
}

/// Networks, routing instances that refer to each other, and references to what is not there yet.
private struct RandomConfiguration {
    private(set) var objects: [String: WatchedObject] = [:]
    private(set) var revision: UInt64 = 0
    private var made = 0

    /// As a fresh watcher would see it.
    var graph: GraphStore {
        var translator = GraphTranslator(ConfigurationGraph.schema)
        var graph = GraphStore()
        let events = [.listing] + objects.values.map(WatchEvent.listed) + [.synchronized(revision: revision)]
        for change in events.flatMap({ translator.translate($0) }) { graph.apply(change) }
        return graph
    }

    mutating func change(_ random: inout SplitMix) -> WatchEvent {
        revision += 1
        let name = "d:p:n\(random.next() % 6)"
        let isNetwork = random.next() % 2 == 0
        let type = isNetwork ? "virtual-network" : "routing-instance"
        let known = objects.values.first { $0.type == type && $0.fullyQualifiedName.joined(separator: ":") == name }
        if let known, random.next() % 3 == 0 {
            objects[known.uuid] = nil
            // Both ends hold a reference between routing instances.
            for (uuid, other) in objects {
                objects[uuid]?.references = other.references.filter {
                    $0.member != "routing_instance_refs" || $0.to != known.fullyQualifiedName
                }
            }
            return .deleted(WatchedObject(type: type, uuid: known.uuid, fullyQualifiedName: known.fullyQualifiedName), revision: revision)
        }
        made += 1
        var changed = object(type, name, uuid: known?.uuid ?? "u\(made)", parent: isNetwork ? "project" : "virtual-network")
        changed.properties["display_name"] = Array("\"\(random.next() % 4)\"".utf8)
        for _ in 0..<(random.next() % 3) {
            let to = ["d", "p", "x\(random.next() % 4)"]
            changed.references.append(
                isNetwork
                    ? .init(member: "network_policy_refs", to: to, uuid: "", data: Array("{\"n\":\(random.next() % 3)}".utf8))
                    : .init(member: "route_target_refs", to: ["target:1:\(random.next() % 3)"], uuid: "", data: Array("{}".utf8)))
        }
        changed.references = Dictionary(grouping: changed.references, by: { $0.to }).values.compactMap(\.first)
        objects[changed.uuid] = changed
        return known == nil ? .created(changed, revision: revision) : .updated(changed, revision: revision)
    }
}
