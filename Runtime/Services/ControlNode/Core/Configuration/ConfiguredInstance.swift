// Routing instances as the configuration has them: a node each, with links to its route targets, to the instances that it is connected with
// and to its network. A connection is as if each of the two imported what the other exports.

import ConfigurationModel
import Graph
import NetworkTypes

/// A routing instance of the configuration, which has no number in this process yet.
public struct ConfiguredInstance: Hashable, Sendable {
    /// The fully qualified name joined with colons: `default-domain:admin:blue:blue`.
    public var name: String
    public var importTargets: Set<NetworkTypes.RouteTarget> = []
    public var exportTargets: Set<NetworkTypes.RouteTarget> = []
    /// The fully qualified name of the network; empty for an instance without one.
    public var virtualNetwork = ""
    /// 0 when the network has none.
    public var virtualNetworkNumber: UInt32 = 0

    static let nodeType = "routing-instance"

    /// Nil when there is no such instance.
    init?(_ node: NodeName, _ evaluation: inout ConfigurationEvaluation) {
        guard evaluation.reader.contains(node) else { return nil }
        name = node.name
        let own = Self.targets(of: node, &evaluation)
        importTargets = own.imported
        exportTargets = own.exported
        for other in evaluation.reader.neighbours(of: node, along: "connection") where other != node {
            importTargets.formUnion(Self.targets(of: other, &evaluation).exported)
        }
        guard let network = evaluation.reader.neighbours(of: node, along: "virtual-network-routing-instance").first else { return }
        virtualNetwork = network.name
        // The number that the server gave out; networks from before it gave out numbers have theirs among their properties.
        let allocated: Int? = evaluation.value(of: network, "virtual-network-network-id")
        let properties: VirtualNetworkType? = evaluation.value(of: network, "virtual-network-properties")
        let number = allocated ?? properties?.networkId ?? 0
        virtualNetworkNumber = UInt32(exactly: number) ?? 0
        if virtualNetworkNumber != number { evaluation.report("\(network): the network id \(number) is none and is left out") }
    }

    private static func targets(
        of node: NodeName, _ evaluation: inout ConfigurationEvaluation
    ) -> (imported: Set<NetworkTypes.RouteTarget>, exported: Set<NetworkTypes.RouteTarget>) {
        var imported: Set<NetworkTypes.RouteTarget> = []
        var exported: Set<NetworkTypes.RouteTarget> = []
        for target in evaluation.reader.neighbours(of: node, along: "instance-target") {
            let name = "\(target) of \(node)"
            guard let value: NetworkTypes.RouteTarget = evaluation.parse(target.name, name) else { continue }
            let data: InstanceTargetType? = evaluation.data(of: LinkName("instance-target", node, target))
            let use = data?.importExport
            if use != nil, use != .import, use != .export, use?.rawValue != "" {
                evaluation.report("\(name): '\(use?.rawValue ?? "")' is neither import nor export and counts as both")
            }
            if use != .export { imported.insert(value) }
            if use != .import { exported.insert(value) }
        }
        return (imported, exported)
    }
}
