// What one agent is to know of the graph: the nodes and links that can be reached from its own.

import Graph

/// A part of the graph.
struct ConfigurationView: Sendable, Equatable {
    var nodes: Set<NodeName> = []
    var links: Set<LinkName> = []

    static let empty = ConfigurationView()

    init() {}

    /// Walks from an agent's nodes along the links that are followed.
    ///
    /// - Parameter machines: the virtual machines that the agent has subscribed to; they count as the virtual router's, whoever says it.
    init(router: NodeName?, machines: [NodeName], graph: GraphStore) {
        var queue: [NodeName] = []
        for root in ([router].compactMap { $0 } + machines) where graph.contains(root) && nodes.insert(root).inserted { queue.append(root) }
        if let router, nodes.contains(router) {
            for machine in machines where nodes.contains(machine) { links.insert(Self.membership(router, machine)) }
        }
        while let node = queue.popLast() {
            for metadata in ConfigurationWhitelist.links(from: node.type) ?? [] {
                for neighbour in graph.neighbours(of: node, along: metadata) {
                    guard ConfigurationWhitelist.links(from: neighbour.type) != nil else { continue }
                    links.insert(LinkName(metadata, node, neighbour))
                    if nodes.insert(neighbour).inserted { queue.append(neighbour) }
                }
            }
        }
    }

    /// The link that a subscription to a virtual machine stands for.
    static func membership(_ router: NodeName, _ machine: NodeName) -> LinkName {
        LinkName(membershipLink, router, machine)
    }

    static let membershipLink = "virtual-router-virtual-machine"
}
