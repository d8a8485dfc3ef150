// BGP speakers as the configuration has them: this control node's own, which is found by its name, and those that it is peered with. A
// peering is a link between two speakers; its data say what the session is to be like, for both ends or for one of them.

import ConfigurationModel
import Graph
import NetworkTypes

/// Who this control node is among BGP speakers.
public struct ConfiguredRouter: Hashable, Sendable {
    public var system: ASNumber
    public var identifier: IPv4Address
    /// Set on a route reflector.
    public var clusterID: IPv4Address?

    /// The autonomous system of an installation that says nothing of it.
    public static let standardSystem = ASNumber(64512)

    /// The types of object that `find` looks at.
    public static let types = ["global-system-config", "bgp-router"]

    /// Where the speakers of the underlay are.
    static let fabric = "default-domain:default-project:ip-fabric:__default__"
    static let nodeType = "bgp-router"
    private static let global = NodeName(type: "global-system-config", name: "default-global-system-config")

    static func node(_ name: String) -> NodeName { NodeName(type: nodeType, name: "\(fabric):\(name)") }

    /// The speaker of a name as the graph has it; nil when it does not have one, or one without an identifier.
    public static func find(_ name: String, in graph: GraphStore) -> ConfiguredRouter? {
        var evaluation = ConfigurationEvaluation(graph)
        return ConfiguredRouter(name, &evaluation)
    }

    /// Who a control node is that the configuration does not have: of the installation's system, with an identifier from elsewhere.
    public init(identifier: IPv4Address, in graph: GraphStore) {
        var evaluation = ConfigurationEvaluation(graph)
        self.identifier = identifier
        system = Self.installationSystem(&evaluation)
    }

    init?(_ name: String, _ evaluation: inout ConfigurationEvaluation) {
        let node = Self.node(name)
        guard let own: BgpRouterParams = evaluation.value(of: node, Self.parameters) else { return nil }
        guard let identifier = Self.identifier(own, node, &evaluation) else {
            evaluation.report("\(node) has neither an identifier nor an IPv4 address, so that no session is opened; set its identifier")
            return nil
        }
        self.identifier = identifier
        system = Self.system(own, node, &evaluation)
        if let cluster = own.clusterId, cluster != 0 {
            guard let value = UInt32(exactly: cluster) else {
                evaluation.report("\(node): the cluster id \(cluster) is no number of 32 bits and is left out")
                return
            }
            clusterID = IPv4Address(rawValue: value)
        }
    }

    static let parameters = "bgp-router-parameters"

    private static func identifier(_ own: BgpRouterParams, _ node: NodeName, _ evaluation: inout ConfigurationEvaluation) -> IPv4Address? {
        evaluation.parse(own.identifier, "\(node) identifier") ?? evaluation.parse(own.address, "\(node) address")
    }

    /// A speaker that does not say has that of the installation.
    static func system(_ router: BgpRouterParams, _ node: NodeName, _ evaluation: inout ConfigurationEvaluation) -> ASNumber {
        evaluation.system(router.autonomousSystem, "\(node) autonomous-system") ?? installationSystem(&evaluation)
    }

    private static func installationSystem(_ evaluation: inout ConfigurationEvaluation) -> ASNumber {
        evaluation.system(evaluation.value(of: global, "autonomous-system"), "\(global) autonomous-system") ?? standardSystem
    }

    /// Graceful restart as the installation has it: the seconds that are offered, when speakers are helped through a restart at all.
    static func restartTime(_ evaluation: inout ConfigurationEvaluation) -> UInt16? {
        guard let global: GracefulRestartParametersType = evaluation.value(of: global, "graceful-restart-parameters"),
            global.enable == true, global.bgpHelperEnable == true, let seconds = global.restartTime, seconds > 0
        else { return nil }
        return UInt16(min(seconds, 4095))
    }
}
