// bgp-router: a BGP speaker, and the part of the platform that it is in.

import ConfigurationModel

struct BgpRouterRule: Rule {
    let type = "bgp-router"

    private static let parameters = "bgp_router_parameters"
    /// The vendor of the platform's own control nodes.
    private static let ownVendor = "contrail"

    func complete(_ object: inout ObjectDraft, replacing before: ObjectState?, in draft: inout Draft) throws(Refusal) {
        var parameters = try object.value(Self.parameters, as: BgpRouterParams.self)
        if var given = parameters, given.routerType == nil {
            given.routerType = given.vendor == Self.ownVendor ? .controlNode : .router
            object.setValue(Self.parameters, given)
            parameters = given
        }
        let zones = object.targets("control-node-zone", draft.types)
        guard zones.count <= 1 else {
            throw Refusal(
                400, "BgpRouter should refer only one control-node-zone: it has \(zones.map(\.shortName).joined(separator: ", "))")
        }
        guard zones.isEmpty || parameters?.routerType == .controlNode else {
            throw Refusal(
                400,
                "BgpRouter type should be 'control-node' to refer control-node-zone: set \(Self.parameters).router_type, or remove the zone"
            )
        }
        guard let cluster = object.targets("sub-cluster", draft.types).first, let number = parameters?.autonomousSystem,
            let own = try draft.current(cluster)?.value("sub_cluster_asn", as: Int.self), own != number
        else { return }
        throw Refusal(
            400,
            "Subcluster asn and bgp asn should be same: \(cluster.shortName) has \(own), \(Self.parameters).autonomous_system is \(number)")
    }
}
