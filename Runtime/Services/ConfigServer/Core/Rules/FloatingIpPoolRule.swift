// floating-ip-pool: its subnets are some of its network's.

import ConfigurationModel

struct FloatingIpPoolRule: Rule {
    let type = "floating-ip-pool"

    func complete(_ object: inout ObjectDraft, replacing before: ObjectState?, in draft: inout Draft) throws(Refusal) {
        guard let wanted = try object.value("floating_ip_pool_subnets", as: FloatingIpPoolSubnetType.self)?.subnetUuid,
            let network = object.identity.parent, let state = draft.state(network.uuid)
        else { return }
        let known = Set(try draft.addressPlan(of: state).subnets.map(\.uuid))
        for uuid in wanted where !known.contains(uuid) {
            throw Refusal(400, "floating_ip_pool_subnets: Subnet \(uuid) was not found in virtual-network \(network.joinedName)")
        }
    }
}
