// The networks that logical routers route through when they do so by VXLAN: one each, hidden from users, with the router's VXLAN identifier
// and route targets.

import Coding
import ConfigurationModel
import NetworkTypes

enum InternalNetworks {
    private static let vxlan = "vxlan_network_identifier"
    private static let routerTargets = "configured_route_target_list"
    private static let networkTargets = "route_target_list"

    private static func name(of router: Identity) -> [String] {
        router.elements.dropLast() + ["__contrail_lr_internal_vn_\(router.uuid)__"]
    }

    private static func network(of router: Identity, in draft: Draft) -> Identity? {
        guard let type = draft.types.type(named: "virtual-network") else { return nil }
        return draft.identity(type.number, named: FullyQualifiedName.json(name(of: router)))
    }

    static func isThere(for router: Identity, in draft: Draft) -> Bool { network(of: router, in: draft) != nil }

    /// The VXLAN identifier that the router asks for.
    static func number(_ router: ObjectDraft) throws(Refusal) -> Int? {
        try VXLANNumbers.parse(router.value(vxlan, as: String.self), vxlan)
    }

    static func make(for router: ObjectDraft, in draft: inout Draft) throws(Refusal) {
        guard let type = draft.types.type(named: "virtual-network") else { return }
        var body = ObjectBody()
        body.name = name(of: router.identity)
        body.parentType = "project"
        body.setValue(IdPermsType.key, IdPermsType(enable: true, userVisible: false), of: type)
        body.setValue("display_name", "LR::\(router.identity.shortName)", of: type)
        body.setValue("virtual_network_category", VirtualNetworkCategory.internal, of: type)
        let properties = VirtualNetworkType(vxlanNetworkIdentifier: try number(router), forwardingMode: .l3)
        body.setValue(VXLANNumbers.properties, properties, of: type)
        if let targets = try router.value(routerTargets, as: RouteTargetList.self) { body.setValue(networkTargets, targets, of: type) }
        let network = try draft.create(type, body)
        var router = router
        try refer(&router, to: network, in: &draft)
        try draft.save(router)
    }

    private static func refer(_ router: inout ObjectDraft, to network: Identity, in draft: inout Draft) throws(Refusal) {
        guard !router.references.contains(where: { $0.target === network }) else { return }
        let data = LogicalRouterVirtualNetworkType(logicalRouterVirtualNetworkType: .internalVirtualNetwork)
        router.references.append(ObjectReference(target: network, data: data.json(), number: draft.newNumber()))
    }

    /// Keeps the reference, which a list of gateways that replaces all of the router's would drop, and brings the network up to date.
    static func update(_ router: inout ObjectDraft, replacing before: ObjectState, in draft: inout Draft) throws(Refusal) {
        guard let network = network(of: router.identity, in: draft), let state = draft.state(network.uuid) else { return }
        try refer(&router, to: network, in: &draft)
        let stored = ObjectDraft(before, router.type)
        let old = Set(try stored.value(routerTargets, as: RouteTargetList.self)?.routeTarget ?? [])
        let new = try router.value(routerTargets, as: RouteTargetList.self)?.routeTarget ?? []
        var object = ObjectDraft(state, draft.types[network.type])
        guard try number(stored) != number(router) || old != Set(new) else { return }
        var properties = try object.value(VXLANNumbers.properties, as: VirtualNetworkType.self) ?? VirtualNetworkType(forwardingMode: .l3)
        properties.vxlanNetworkIdentifier = try number(router)
        object.setValue(VXLANNumbers.properties, properties)
        // Targets that somebody gave the network itself stay.
        let others = try object.value(networkTargets, as: RouteTargetList.self)?.routeTarget?.filter { !old.contains($0) } ?? []
        let targets = others + new.filter { !others.contains($0) }
        object.setValue(networkTargets, targets.isEmpty ? nil : RouteTargetList(routeTarget: targets))
        try draft.finishUpdate(&object, from: state)
    }

    static func remove(of router: ObjectDraft, in draft: inout Draft) throws(Refusal) {
        guard let network = network(of: router.identity, in: draft) else { return }
        draft.remove(router.identity)
        try draft.delete(network, base: "")
    }
}
