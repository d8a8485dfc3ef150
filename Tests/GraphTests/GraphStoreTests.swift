// The graph's promise: the same statements in any order end in the same graph, and what is shown is what is complete.

import Graph
import Testing

private let network = NodeName(type: "virtual-network", name: "default-domain:admin:blue")
private let instance = NodeName(type: "routing-instance", name: "default-domain:admin:blue:blue")
private let link = LinkName("virtual-network-routing-instance", network, instance)

@Suite struct GraphStoreTests {
    @Test func aLinkShowsOnceBothItsEndsAreThere() {
        var graph = GraphStore()
        #expect(graph.apply(.link(link, data: nil)) == [])
        #expect(graph.apply(.node(network, properties: [:])) == [.nodeAdded(network)])
        #expect(graph.neighbours(of: network, along: link.metadata) == [])
        #expect(graph.apply(.node(instance, properties: [:])) == [.nodeAdded(instance), .linkAdded(link)])
        #expect(graph.neighbours(of: network, along: link.metadata) == [instance])
        #expect(graph.neighbours(of: instance, along: link.metadata) == [network])
    }

    @Test func removingAnEndHidesTheLinkUntilItReturns() {
        var graph = GraphStore()
        graph.apply(.node(network, properties: [:]))
        graph.apply(.node(instance, properties: [:]))
        graph.apply(.link(link, data: [1]))
        #expect(graph.apply(.removeNode(instance)) == [.linkRemoved(link), .nodeRemoved(instance)])
        #expect(graph.links(of: network) == [])
        #expect(graph.apply(.node(instance, properties: [:])) == [.nodeAdded(instance), .linkAdded(link)])
        #expect(graph.data(of: link) == .some([1]))
    }

    @Test func sayingAThingTwiceChangesNothing() {
        var graph = GraphStore()
        graph.apply(.node(network, properties: ["mtu": [9]]))
        #expect(graph.apply(.node(network, properties: ["mtu": [9]])) == [])
        #expect(graph.apply(.node(network, properties: ["mtu": [8], "rpf": []])) == [.nodeChanged(network, properties: ["mtu", "rpf"])])
        #expect(graph.apply(.removeLink(link)) == [])
        #expect(graph.apply(.removeNode(instance)) == [])
    }

    @Test func aLinkIsTheSameFromEitherEnd() {
        #expect(LinkName("connection", network, instance) == LinkName("connection", instance, network))
    }

    /// Final statements about each thing, fed in many random orders amid noise, always end in the same graph and the same view.
    @Test(arguments: 0..<40) func orderDoesNotMatter(seed: UInt64) {
        var random = SplitMix(state: seed)
        let names = (0..<12).map { NodeName(type: ["a", "b", "c"][$0 % 3], name: "n\($0)") }
        let linkNames = (0..<30).map { index in LinkName("m\(index % 4)", names[index % 12], names[(index * 7 + 3) % 12]) }
        var final: [GraphChange] = names.enumerated().map {
            $0.offset % 5 == 4 ? .removeNode($0.element) : .node($0.element, properties: ["p": [UInt8($0.offset)]])
        }
        for (index, name) in Set(linkNames).sorted().enumerated() {
            final.append(index % 6 == 5 ? .removeLink(name) : .link(name, data: index % 2 == 0 ? nil : [UInt8(index)]))
        }
        var straight = GraphStore()
        for change in final { straight.apply(change) }

        var graph = GraphStore()
        for _ in 0..<200 {
            let name = names[Int(random.next() % 12)]
            let other = linkNames[Int(random.next() % 30)]
            switch random.next() % 4 {
            case 0: graph.apply(.node(name, properties: ["noise": [1]]))
            case 1: graph.apply(.removeNode(name))
            case 2: graph.apply(.link(other, data: [7]))
            default: graph.apply(.removeLink(other))
            }
        }
        for change in final.shuffled(using: &random) { graph.apply(change) }
        #expect(graph.snapshot == straight.snapshot)
        for name in names { #expect(graph.links(of: name) == straight.links(of: name)) }

        // A resync is the difference from nothing; a difference applied leaves none.
        var resynced = GraphStore()
        for change in resynced.difference(to: graph) { resynced.apply(change) }
        #expect(resynced.snapshot == graph.snapshot)
        #expect(resynced.difference(to: graph).isEmpty)
    }

    /// Effects alone, replayed on an empty view, rebuild what is shown: a consumer that follows them never goes stale.
    @Test(arguments: 0..<20) func effectsAreComplete(seed: UInt64) {
        var random = SplitMix(state: seed &+ 1000)
        let names = (0..<8).map { NodeName(type: "t", name: "n\($0)") }
        var graph = GraphStore()
        var nodes: Set<NodeName> = []
        var links: Set<LinkName> = []
        for _ in 0..<500 {
            let name = names[Int(random.next() % 8)]
            let link = LinkName("m", name, names[Int(random.next() % 8)])
            let change: GraphChange =
                switch random.next() % 4 {
                case 0: .node(name, properties: [:])
                case 1: .removeNode(name)
                case 2: .link(link, data: nil)
                default: .removeLink(link)
                }
            for effect in graph.apply(change) {
                switch effect {
                case .nodeAdded(let name): #expect(nodes.insert(name).inserted)
                case .nodeRemoved(let name): #expect(nodes.remove(name) != nil)
                case .linkAdded(let link): #expect(links.insert(link).inserted)
                case .linkRemoved(let link): #expect(links.remove(link) != nil)
                case .nodeChanged(let name, _): #expect(nodes.contains(name))
                case .linkChanged(let link): #expect(links.contains(link))
                }
            }
        }
        #expect(nodes.sorted() == graph.nodeNames)
        #expect(links == Set(names.flatMap { graph.links(of: $0) }))
    }
}

/// A small generator with a seed, so that a failure can be repeated.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
