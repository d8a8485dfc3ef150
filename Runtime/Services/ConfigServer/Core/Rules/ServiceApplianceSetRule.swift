// service-appliance-set: appliances that load balancers are made on.

struct ServiceApplianceSetRule: Rule {
    let type = "service-appliance-set"

    func complete(_ object: inout ObjectDraft, replacing before: ObjectState?, in draft: inout Draft) throws(Refusal) {
        guard before != nil, let pool = draft.referrers(of: object.identity, "loadbalancer-pool").first else { return }
        throw Refusal(
            409,
            "Service appliance set can not be updated as loadbalancer pools are using it: \(pool.identity.joinedName) is one; "
                + "create another service-appliance-set")
    }
}
