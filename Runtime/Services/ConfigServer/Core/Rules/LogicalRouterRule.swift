// logical-router: what it connects, and what stays as it was made.

import ConfigurationModel
import NetworkTypes

struct LogicalRouterRule: Rule {
    let type = "logical-router"

    private static let kind = "logical_router_type"
    private static let vxlan = "vxlan_network_identifier"

    func complete(_ object: inout ObjectDraft, replacing before: ObjectState?, in draft: inout Draft) throws(Refusal) {
        if let before {
            let stored = ObjectDraft(before, object.type)
            guard try object.value(Self.kind, as: LogicalRouterType.self) == stored.value(Self.kind, as: LogicalRouterType.self) else {
                throw Refusal(400, "Logical Router Type can not be updated: create another logical-router")
            }
        }
        try RouteTargets.check(object, RouteTargets.routerLists, replacing: before, in: draft)
        try checkPorts(object, in: draft)
    }

    /// A router's port is not a machine's too, and what it leaves by is not what it connects.
    private func checkPorts(_ object: ObjectDraft, in draft: Draft) throws(Refusal) {
        let gateways = Set(object.targets("virtual-network", draft.types).map(\.uuid))
        for port in object.targets("virtual-machine-interface", draft.types) {
            guard let state = draft.state(port.uuid) else { continue }
            let interface = ObjectDraft(state, draft.types[port.type])
            guard interface.targets("virtual-machine", draft.types).isEmpty else {
                throw Refusal(409, "Port \(port.uuid) is already in use by virtual-machine: a logical-router needs a port of its own")
            }
            for network in interface.targets("virtual-network", draft.types) where gateways.contains(network.uuid) {
                throw Refusal(
                    400, "Logical router interface and gateway cannot be in the same virtual network \(network.joinedName)")
            }
        }
    }
}
