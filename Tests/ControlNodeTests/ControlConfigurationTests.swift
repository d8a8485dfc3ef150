// From the graph to routing instances and peers: what each object comes to, and that nothing but the objects decides it.

import Coding
import ConfigurationModel
import Graph
import NetworkTypes
import Testing

@testable import ControlNodeCore

private typealias Instance = ControlNodeCore.RoutingInstance

private let fabric = "default-domain:default-project:ip-fabric:__default__"
private let global = NodeName(type: "global-system-config", name: "default-global-system-config")
private func network(_ name: String) -> NodeName { NodeName(type: "virtual-network", name: "d:p:\(name)") }
private func instance(_ name: String) -> NodeName { NodeName(type: "routing-instance", name: "d:p:\(name):\(name)") }
private func target(_ number: Int) -> NodeName { NodeName(type: "route-target", name: "target:64512:\(number)") }
private func router(_ name: String) -> NodeName { NodeName(type: "bgp-router", name: "\(fabric):\(name)") }

private func use(_ instance: NodeName, _ number: Int, _ direction: ImportExportType? = nil) -> GraphChange {
    .link(LinkName("instance-target", instance, target(number)), data: direction.map { InstanceTargetType(importExport: $0).json() })
}

private func speaker(_ name: String, _ parameters: BgpRouterParams) -> GraphChange {
    .node(router(name), properties: ["bgp-router-parameters": parameters.json()])
}

private func parameters(_ last: Int, system: Int? = nil, families: [String] = ["inet-vpn", "e-vpn", "erm-vpn"]) -> BgpRouterParams {
    var parameters = BgpRouterParams()
    parameters.address = "192.0.2.\(last)"
    parameters.identifier = "192.0.2.\(last)"
    parameters.autonomousSystem = system
    parameters.addressFamilies = AddressFamilies(family: families.map { .init(rawValue: $0) })
    return parameters
}

private func peering(_ a: String, _ b: String, _ attributes: [BgpSessionAttributes]? = nil) -> GraphChange {
    let data = BgpPeeringAttributes(session: [BgpSession(uuid: "u", attributes: attributes)])
    return .link(LinkName("bgp-peering", router(a), router(b)), data: attributes == nil ? nil : data.json())
}

/// A control node's configuration, with the graph that it follows.
private struct Follower {
    var graph = GraphStore()
    var configuration = ControlConfiguration(name: "self", firstInstance: 1)

    mutating func take(_ changes: [GraphChange]) -> [ControlConfiguration.Action] {
        for change in changes { configuration.take(graph.apply(change)) }
        return configuration.update(graph)
    }
}

@Suite struct ControlConfigurationTests {
    @Test func instancesHaveTheirTargetsAndThoseOfTheirConnections() throws {
        var follower = Follower()
        let changes: [GraphChange] = [
            .node(network("blue"), properties: ["virtual-network-network-id": Array("7".utf8)]),
            .node(network("red"), properties: ["virtual-network-properties": VirtualNetworkType(networkId: 9).json()]),
            .node(instance("blue"), properties: [:]), .node(instance("red"), properties: [:]),
            .link(LinkName("virtual-network-routing-instance", network("blue"), instance("blue")), data: nil),
            .link(LinkName("virtual-network-routing-instance", network("red"), instance("red")), data: nil),
            .node(target(1), properties: [:]), .node(target(2), properties: [:]), .node(target(3), properties: [:]),
            .node(target(4), properties: [:]),
            use(instance("blue"), 1), use(instance("red"), 2), use(instance("red"), 3, .export), use(instance("red"), 4, .import),
            .link(LinkName("connection", instance("blue"), instance("red")), data: nil),
        ]
        #expect(follower.take(changes).count == 1)
        let blue = try #require(follower.configuration.instances["d:p:blue:blue"])
        #expect(blue.importTargets.map(\.description).sorted() == ["target:64512:1", "target:64512:2", "target:64512:3"])
        #expect(blue.exportTargets.map(\.description) == ["target:64512:1"])
        #expect(blue.virtualNetwork == "d:p:blue" && blue.virtualNetworkNumber == 7)
        let red = try #require(follower.configuration.instances["d:p:red:red"])
        #expect(red.importTargets.map(\.description).sorted() == ["target:64512:1", "target:64512:2", "target:64512:4"])
        #expect(red.exportTargets.map(\.description).sorted() == ["target:64512:2", "target:64512:3"])
        #expect(red.virtualNetworkNumber == 9)
        // The one changes, and what imports from it; an instance that has nothing to do with either is left alone.
        #expect(follower.take([.node(instance("green"), properties: [:])]).count == 1)
        guard case .configure(let changed) = follower.take([use(instance("red"), 3)]).first else {
            Issue.record("nothing changed")
            return
        }
        #expect(changed.map(\.name) == ["d:p:red:red"], "blue imported the target already")
        // Nothing of it is said again.
        #expect(follower.take([use(instance("red"), 3)]) == [])
        let actions = follower.take([.removeNode(instance("red"))])
        #expect(
            actions.map {
                switch $0 {
                case .remove(let instances), .configure(let instances): instances.map(\.name)
                default: []
                }
            } == [["d:p:red:red"], ["d:p:blue:blue"]])
        // Back under another number: what was left behind under the old one is not its.
        _ = follower.take([.node(instance("red"), properties: [:])])
        #expect(follower.configuration.instances["d:p:red:red"]?.id != red.id)
    }

    @Test func whatIsGivenOnTheCommandLineStays() {
        var follower = Follower()
        follower.configuration = ControlConfiguration(
            name: "self", staticInstances: ["d:p:blue:blue"], staticPeers: [.v4(IPv4Address(192, 0, 2, 2))], firstInstance: 2)
        let changes = [
            .node(instance("blue"), properties: [:]), speaker("self", parameters(1)), speaker("other", parameters(2)),
            peering("self", "other"),
        ]
        #expect(follower.take(changes) == [])
        #expect(follower.configuration.problems.count == 2 && follower.configuration.takeProblems().count == 2)
        #expect(follower.configuration.takeProblems() == [])
    }

    @Test func peersAreThoseThatTheOwnRouterIsPeeredWith() throws {
        var follower = Follower()
        #expect(follower.take([speaker("other", parameters(2)), speaker("self", parameters(1)), peering("a", "other")]) == [])
        guard case .begin(let peer) = follower.take([peering("other", "self")]).first else {
            Issue.record("no peer")
            return
        }
        #expect(peer.address == .v4(IPv4Address(192, 0, 2, 2)) && peer.port == 179 && peer.system == ASNumber(64512))
        #expect(peer.localSystem == ASNumber(64512) && peer.holdTime == 90 && !peer.isPassive && !peer.isAdminDown)
        #expect(peer.families == [.inetVPN, .evpn], "erm-vpn is not carried")
        // The installation's number is that of every router that has none.
        var actions = follower.take([.node(global, properties: ["autonomous-system": Array("65000".utf8)])])
        #expect(actions.count == 2 && follower.configuration.router?.system == ASNumber(65000))
        #expect(follower.configuration.peers.first?.system == ASNumber(65000))
        // Attributes for both ends, for this end, and for the other.
        var both = BgpSessionAttributes()
        both.holdTime = 30
        both.addressFamilies = AddressFamilies(family: [.init(rawValue: "inet-vpn")])
        var ours = BgpSessionAttributes()
        ours.bgpRouter = "self"
        ours.passive = true
        var theirs = BgpSessionAttributes()
        theirs.bgpRouter = router("other").name
        theirs.holdTime = 9
        actions = follower.take([peering("self", "other", [both, ours, theirs])])
        #expect(actions.first == .end(.v4(IPv4Address(192, 0, 2, 2))))
        let changed = try #require(follower.configuration.peers.first)
        #expect(changed.holdTime == 30 && changed.isPassive && changed.families == [.inetVPN])
        // An external speaker is shown the number that is for external speakers.
        var own = parameters(1, system: 65000)
        own.localAutonomousSystem = 65100
        var other = parameters(2, system: 65001)
        other.adminDown = true
        _ = follower.take([speaker("self", own), speaker("other", other)])
        let external = try #require(follower.configuration.peers.first)
        #expect(external.localSystem == ASNumber(65100) && external.system == ASNumber(65001) && external.isAdminDown)
        #expect(follower.configuration.problems.isEmpty)
        actions = follower.take([.removeNode(router("self"))])
        #expect(actions == [.end(.v4(IPv4Address(192, 0, 2, 2)))] && follower.configuration.router == nil)
    }

    @Test func keysAreTakenAndNeverShown() throws {
        var follower = Follower()
        var other = parameters(2)
        other.authData = AuthenticationData(
            keyType: .init(rawValue: "md5"),
            keyItems: [AuthenticationKeyItem(keyId: 7, key: "later"), AuthenticationKeyItem(keyId: 1, key: "s3cret")])
        let actions = follower.take([speaker("self", parameters(1)), speaker("other", other), peering("self", "other")])
        let peer = try #require(follower.configuration.peers.first)
        #expect(peer.key == SessionKey("s3cret") && !peer.isAdminDown)
        var dumped = ""
        dump(peer, to: &dumped)
        #expect(!"\(actions) \(String(reflecting: peer)) \(dumped) \(follower.configuration.problems)".contains("s3cret"))
        var attributes = BgpSessionAttributes()
        attributes.authData = AuthenticationData(keyItems: [AuthenticationKeyItem(keyId: 0, key: "own")])
        _ = follower.take([peering("self", "other", [attributes])])
        #expect(follower.configuration.peers.first?.key == SessionKey("own"))
        // A key that cannot be used keeps the session closed.
        attributes.authData = AuthenticationData(keyItems: [AuthenticationKeyItem(keyId: 0, key: String(repeating: "x", count: 81))])
        _ = follower.take([peering("self", "other", [attributes])])
        #expect(follower.configuration.peers.first?.isAdminDown == true && follower.configuration.problems.count == 1)
    }

    @Test func whatCannotBeUsedIsReportedAndLeavesTheRest() throws {
        var follower = Follower()
        var broken = parameters(2)
        broken.address = "192.0.2.2.2"
        var strange = parameters(4)
        strange.port = 70_000
        strange.autonomousSystem = -5
        let changes: [GraphChange] = [
            speaker("self", parameters(1)), speaker("a", broken), peering("self", "a"), speaker("b", parameters(3, families: ["erm-vpn"])),
            peering("self", "b"), speaker("c", strange), peering("self", "c"),
            .node(router("d"), properties: ["bgp-router-parameters": Array("{\"port\":\"x\"}".utf8)]), peering("self", "d"),
            speaker("e", parameters(4)), peering("self", "e"),
            .node(instance("blue"), properties: [:]), .node(NodeName(type: "route-target", name: "target:x"), properties: [:]),
            .link(LinkName("instance-target", instance("blue"), NodeName(type: "route-target", name: "target:x")), data: nil),
            .node(target(1), properties: [:]), .link(LinkName("instance-target", instance("blue"), target(1)), data: Array("[".utf8)),
        ]
        _ = follower.take(changes)
        #expect(follower.configuration.peers.map(\.name) == [router("c").name])
        #expect(follower.configuration.peers.first?.port == 179 && follower.configuration.peers.first?.system == ASNumber(64512))
        #expect(follower.configuration.instances["d:p:blue:blue"]?.importTargets.map(\.description) == ["target:64512:1"])
        let problems = follower.configuration.problems.joined(separator: "\n")
        for word in ["192.0.2.2.2", "70000", "-5", "family in common", "cannot be read", "has the address 192.0.2.4", "target:x"] {
            #expect(problems.contains(word), "\(problems)")
        }
        var mended = Follower()
        _ = mended.take(changes)
        _ = mended.take([.removeNode(router("a")), .removeNode(router("b")), .removeNode(router("c")), .removeNode(router("d"))])
        _ = mended.take([.removeNode(NodeName(type: "route-target", name: "target:x")), use(instance("blue"), 1)])
        #expect(mended.configuration.problems.isEmpty && mended.configuration.peers.map(\.name) == [router("e").name])
    }

    /// Objects come, change and go in any order, singly or together; what there is in the end is what one who comes now would see, and what
    /// was done one after the other has led there.
    @Test(arguments: 1...60) func theOrderOfThingsDoesNotMatter(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var follower = Follower()
        var done = Applied()
        for _ in 0..<60 {
            let changes = (0..<Int.random(in: 1...8, using: &random)).map { _ in Self.change(&random) }
            done.carryOut(follower.take(changes))
            #expect(done.instances == follower.configuration.instances && done.peers == Set(follower.configuration.peers))
        }
        // The same from a list, in another order: what a control node that starts now comes to.
        var late = Follower()
        _ = late.take(follower.graph.snapshot.shuffled(using: &random))
        #expect(late.configuration.peers == follower.configuration.peers && late.configuration.router == follower.configuration.router)
        #expect(late.configuration.problems == follower.configuration.problems)
        let (one, other) = (late.configuration.instances, follower.configuration.instances)
        #expect(one.mapValues(Self.withoutNumber) == other.mapValues(Self.withoutNumber))
        #expect(Set(other.values.map(\.id)).count == other.count)
        // A resync with another configuration is the difference between the two.
        done.carryOut(follower.take(follower.graph.difference(to: GraphStore())))
        #expect(done.instances.isEmpty && done.peers.isEmpty && follower.configuration.problems.isEmpty)
    }

    private static func withoutNumber(_ instance: Instance) -> Instance {
        Instance(
            id: .master, name: instance.name, importTargets: instance.importTargets, exportTargets: instance.exportTargets,
            virtualNetwork: instance.virtualNetwork, virtualNetworkNumber: instance.virtualNetworkNumber)
    }

    private static func change(_ random: inout SeededGenerator) -> GraphChange {
        let names = ["blue", "red", "green"]
        let speakers = ["self", "x", "y"]
        let name = names.randomElement(using: &random) ?? ""
        let other = names.randomElement(using: &random) ?? ""
        let number = Int.random(in: 1...3, using: &random)
        let speakerName = speakers.randomElement(using: &random) ?? ""
        let goes = Int.random(in: 0..<3, using: &random) == 0
        func link(_ name: LinkName, _ data: [UInt8]? = nil) -> GraphChange { goes ? .removeLink(name) : .link(name, data: data) }
        switch Int.random(in: 0..<9, using: &random) {
        case 0: return goes ? .removeNode(instance(name)) : .node(instance(name), properties: [:])
        case 1:
            return goes
                ? .removeNode(network(name)) : .node(network(name), properties: ["virtual-network-network-id": Array("\(number)".utf8)])
        case 2: return goes ? .removeNode(target(number)) : .node(target(number), properties: [:])
        case 3:
            let use: ImportExportType? = [nil, .import, .export][number - 1]
            return link(
                LinkName("instance-target", instance(name), target(Int.random(in: 1...3, using: &random))),
                use.map { InstanceTargetType(importExport: $0).json() })
        case 4: return link(LinkName("connection", instance(name), instance(other)))
        case 5: return link(LinkName("virtual-network-routing-instance", network(name), instance(name)))
        case 6:
            return goes
                ? .removeNode(router(speakerName))
                : speaker(speakerName, parameters(Int.random(in: 1...3, using: &random), system: number == 1 ? nil : 65000 + number))
        case 7: return goes ? .removeNode(global) : .node(global, properties: ["autonomous-system": Array("6500\(number)".utf8)])
        default:
            let peer = ["x", "y"].randomElement(using: &random) ?? ""
            var attributes = BgpSessionAttributes()
            attributes.holdTime = number * 10
            return goes ? .removeLink(LinkName("bgp-peering", router("self"), router(peer))) : peering("self", peer, [attributes])
        }
    }

    /// What a shell has that carried out everything it was told.
    private struct Applied {
        var instances: [String: Instance] = [:]
        var peers: Set<ConfiguredPeer> = []

        mutating func carryOut(_ actions: [ControlConfiguration.Action]) {
            for action in actions {
                switch action {
                case .remove(let list):
                    for instance in list { #expect(instances.removeValue(forKey: instance.name) == instance) }
                case .configure(let list):
                    for instance in list { instances[instance.name] = instance }
                case .end(let address):
                    #expect(peers.contains { $0.address == address })
                    peers = peers.filter { $0.address != address }
                case .begin(let peer):
                    #expect(!peers.contains { $0.address == peer.address })
                    peers.insert(peer)
                }
            }
        }
    }
}
