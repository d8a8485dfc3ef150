// logical-router: what it connects, and what stays as it was made. A router that routes by VXLAN has a network of its own, which is made,
// changed and deleted with it.

import ConfigurationModel
import NetworkTypes

struct LogicalRouterRule: UpgradingRule {
    let type = "logical-router"

    private static let kind = "logical_router_type"

    func complete(_ object: inout ObjectDraft, replacing before: ObjectState?, in draft: inout Draft) throws(Refusal) {
        if let before {
            let stored = ObjectDraft(before, object.type)
            guard try kind(object) == kind(stored) else {
                throw Refusal(400, "Logical Router Type can not be updated: create another logical-router")
            }
        }
        try RouteTargets.check(object, RouteTargets.routerLists, replacing: before, in: draft)
        try BGPVPNs.checkRouter(object, in: draft)
        try BGPVPNs.checkSingle(router: object, in: draft)
        _ = try InternalNetworks.number(object)
        if let before, try kind(object) == .vxlanRouting { try InternalNetworks.update(&object, replacing: before, in: &draft) }
        try checkPorts(object, in: draft)
        try checkInterconnects(object, in: draft)
    }

    func made(_ object: ObjectDraft, in draft: inout Draft) throws(Refusal) {
        if try kind(object) == .vxlanRouting { try InternalNetworks.make(for: object, in: &draft) }
    }

    func removing(_ state: ObjectState, along root: Identity, in draft: inout Draft) throws(Refusal) {
        try InternalNetworks.remove(of: ObjectDraft(state, draft.types[state.identity.type]), in: &draft)
    }

    func isOlder(_ state: ObjectState, in draft: Draft) -> Bool {
        state.properties[Self.kind].map { $0.elementsEqual("\"vxlan-routing\"".utf8) } ?? false
    }

    func completeOlder(_ object: ObjectDraft, in draft: inout Draft) throws(Refusal) {
        guard try kind(object) == .vxlanRouting, !InternalNetworks.isThere(for: object.identity, in: draft) else { return }
        try InternalNetworks.make(for: object, in: &draft)
    }

    private func kind(_ object: ObjectDraft) throws(Refusal) -> LogicalRouterType {
        try object.value(Self.kind, as: LogicalRouterType.self) ?? .snatRouting
    }

    /// A router's port is not a machine's too, and what it leaves by is not what it connects.
    private func checkPorts(_ object: ObjectDraft, in draft: Draft) throws(Refusal) {
        let gateways = Set(object.targets("virtual-network", draft.types).map(\.uuid))
        for port in object.targets("virtual-machine-interface", draft.types) {
            guard let interface = draft.current(port) else { continue }
            let isOfMachine = port.parent.map { draft.types[$0.type].name == "virtual-machine" } ?? false
            guard !isOfMachine, interface.targets("virtual-machine", draft.types).isEmpty else {
                throw Refusal(409, "Port \(port.uuid) is already in use by virtual-machine: a logical-router needs a port of its own")
            }
            for network in interface.targets("virtual-network", draft.types) where gateways.contains(network.uuid) {
                throw Refusal(
                    400, "Logical router interface and gateway cannot be in the same virtual network \(network.joinedName)")
            }
        }
    }

    /// A router that reaches into other fabrics is in one itself.
    private func checkInterconnects(_ object: ObjectDraft, in draft: Draft) throws(Refusal) {
        guard let interconnect = draft.referrers(of: object.identity, "data-center-interconnect").first else { return }
        _ = try DataCenterInterconnectRule.fabrics(of: object, in: draft)
        for device in object.targets("physical-router", draft.types) {
            guard draft.current(device)?.targets("fabric", draft.types).isEmpty ?? false else { continue }
            throw Refusal(
                400,
                "DCI LR can not associate to PRs which are not part of any Fabrics: \(device.shortName); the router is in "
                    + interconnect.identity.shortName)
        }
    }
}
