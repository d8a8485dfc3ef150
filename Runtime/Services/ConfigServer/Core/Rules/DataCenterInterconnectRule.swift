// data-center-interconnect: networks, or logical routers, that reach from one fabric into another, or across one.

import ConfigurationModel
import NetworkTypes

struct DataCenterInterconnectRule: Rule {
    let type = "data-center-interconnect"

    private static let mode = "data_center_interconnect_mode"
    private static let kind = "data_center_interconnect_type"
    private static let gateway = "DCI-Gateway"
    private static let destinations = "destination_physical_router_list"

    func complete(_ object: inout ObjectDraft, replacing before: ObjectState?, in draft: inout Draft) throws(Refusal) {
        try object.checkSettled([Self.mode], since: before, standard: "\"l3\"", status: 403)
        try object.checkSettled([Self.kind], since: before, standard: "\"inter_fabric\"", status: 403)
        try checkPolicies(object, in: draft)
        if try object.value(Self.kind, as: DataCenterInterConnectType.self) == .intraFabric {
            try checkInside(object, in: draft)
        } else if try object.value(Self.mode, as: DataCenterInterconnectModes.self) == .l2 {
            try checkBridging(object, in: draft)
        } else {
            try checkRouting(object, in: draft)
        }
    }

    private func checkPolicies(_ object: ObjectDraft, in draft: Draft) throws(Refusal) {
        for policy in object.targets("routing-policy", draft.types) {
            guard try draft.current(policy)?.value(RoutingPolicyRule.kind, as: TermType.self) != .networkDevice else { continue }
            throw Refusal(
                400, "routing-policy \(policy.joinedName) is not for devices: an interconnect needs one whose term_type is network-device")
        }
    }

    /// Networks stretched between fabrics.
    private func checkBridging(_ object: ObjectDraft, in draft: Draft) throws(Refusal) {
        let fabrics = object.targets("fabric", draft.types)
        guard fabrics.count >= 2 else { throw Refusal(400, "DCI Mode L2 requires minimum two fabric: add fabric_refs") }
        let networks = object.targets("virtual-network", draft.types)
        guard !networks.isEmpty else { throw Refusal(400, "DCI Mode L2 requires minimum one virtual network: add virtual_network_refs") }
        for network in networks {
            let category = try draft.current(network)?.value("virtual_network_category", as: VirtualNetworkCategory.self)
            guard category == .routed else { continue }
            throw Refusal(400, "virtual-network \(network.joinedName) is a routed VN, which DCI mode L2 cannot stretch: remove it")
        }
        for fabric in fabrics {
            guard try !Self.hasGateway(fabric, in: draft) else { continue }
            throw Refusal(
                400,
                "DCI Mode L2 requires a device with the role \(Self.gateway) in each fabric, and fabric \(fabric.shortName) has none: add it to "
                    + "routing_bridging_roles.rb_roles of one of its physical-routers")
        }
    }

    private static func hasGateway(_ fabric: Identity, in draft: Draft) throws(Refusal) -> Bool {
        for device in draft.referrers(of: fabric, "physical-router") {
            let roles = try device.value("routing_bridging_roles", as: RoutingBridgingRolesType.self)?.rbRoles ?? []
            if roles.contains(gateway) { return true }
        }
        return false
    }

    /// Logical routers of different fabrics, each in no other interconnect of that kind.
    private func checkRouting(_ object: ObjectDraft, in draft: Draft) throws(Refusal) {
        var places: [UUIDValue: Identity] = [:]
        for router in object.targets("logical-router", draft.types) {
            for other in draft.referrers(of: router, type) where other.identity !== object.identity {
                guard try other.value(Self.kind, as: DataCenterInterConnectType.self) != .intraFabric else { continue }
                throw Refusal(
                    400,
                    "Logical router \(router.joinedName) can be in only one inter_fabric DCI: \(other.identity.shortName) has it already")
            }
            guard let state = draft.current(router) else { continue }
            for fabric in try Self.fabrics(of: state, in: draft) {
                if let other = places.updateValue(router, forKey: fabric.uuid), other !== router {
                    throw Refusal(
                        400,
                        "Logical routers of an inter_fabric DCI must be in different fabrics: \(other.joinedName) and \(router.joinedName) are "
                            + "both in \(fabric.shortName)")
                }
            }
        }
    }

    /// The fabric of a router's devices; refused when they are in several.
    static func fabrics(of router: ObjectDraft, in draft: Draft) throws(Refusal) -> [Identity] {
        var found: [Identity] = []
        for device in router.targets("physical-router", draft.types) {
            for fabric in draft.current(device)?.targets("fabric", draft.types) ?? [] where !found.contains(where: { $0 === fabric }) {
                found.append(fabric)
            }
        }
        guard found.count <= 1 else {
            throw Refusal(
                400,
                "LR can not associate with PRs from different Fabrics, if DCI is enabled: the devices of \(router.identity.joinedName) are in "
                    + found.map(\.shortName).joined(separator: ", "))
        }
        return found
    }

    /// Routes of one router given to others of the same fabric: the list names the others, and on which devices.
    private func checkInside(_ object: ObjectDraft, in draft: Draft) throws(Refusal) {
        let routers = object.targets("logical-router", draft.types)
        var listed: Set<UUIDValue> = []
        for (index, entry) in (try object.value(Self.destinations, as: LogicalRouterPRListType.self)?.logicalRouterList ?? []).enumerated()
        {
            let place = "\(Self.destinations).logical_router_list[\(index)]"
            let text = entry.logicalRouterUuid ?? ""
            guard let uuid = UUIDValue(anySpelling: text), routers.contains(where: { $0.uuid == uuid }) else {
                throw Refusal(400, "\(place).logical_router_uuid '\(text)' does not exist in logical_router_refs")
            }
            guard listed.insert(uuid).inserted else {
                throw Refusal(400, "\(place).logical_router_uuid \(text) is specified more than once")
            }
            guard !(entry.physicalRouterUuidList ?? []).isEmpty else {
                throw Refusal(400, "\(place) does not have any physical_router: name the devices that get the routes")
            }
        }
        guard !listed.isEmpty, routers.count == listed.count + 1 else {
            throw Refusal(
                400,
                "An intra_fabric DCI has one source LR and at least one destination: logical_router_refs must have one logical-router more "
                    + "than \(Self.destinations)")
        }
        guard object.targets("routing-policy", draft.types).isEmpty != object.targets("virtual-network", draft.types).isEmpty else {
            throw Refusal(400, "An intra_fabric DCI needs either routing_policy_refs or virtual_network_refs, and not both")
        }
    }
}
