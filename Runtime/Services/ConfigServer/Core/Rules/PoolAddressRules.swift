// floating-ip and alias-ip: further addresses of ports, taken from the network that a pool belongs to.

import ConfigurationModel
import NetworkTypes

struct FloatingIpRule: Rule {
    let type = "floating-ip"

    func complete(_ object: inout ObjectDraft, replacing before: ObjectState?, in draft: inout Draft) throws(Refusal) {
        let address = "floating_ip_address"
        if before == nil, let parent = object.identity.parent, draft.types[parent.type].name == "instance-ip" {
            // A floating address below an instance-ip is that address, seen by a load balancer.
            let own = try draft.state(parent.uuid).map { state throws(Refusal) in
                try ObjectDraft(state, draft.types[parent.type]).value("instance_ip_address", as: String.self)
            }
            object.setValue(address, own.flatMap { $0 })
        } else {
            let keys = PoolAddress.Keys(
                address: address, family: "floating_ip_address_family", subnets: "floating_ip_pool_subnets")
            try PoolAddress.complete(&object, replacing: before, keys, in: &draft)
        }
        if before == nil { Addresses.completeProject(&object, in: &draft) }
    }
}

struct AliasIpRule: Rule {
    let type = "alias-ip"

    func complete(_ object: inout ObjectDraft, replacing before: ObjectState?, in draft: inout Draft) throws(Refusal) {
        let keys = PoolAddress.Keys(address: "alias_ip_address", family: "alias_ip_address_family", subnets: nil)
        try PoolAddress.complete(&object, replacing: before, keys, in: &draft)
        if before == nil { Addresses.completeProject(&object, in: &draft) }
    }
}

private enum PoolAddress {
    struct Keys {
        let address: String
        let family: String
        /// The pool's property that narrows it to some subnets of its network.
        let subnets: String?
    }

    static func complete(
        _ object: inout ObjectDraft, replacing before: ObjectState?, _ keys: Keys, in draft: inout Draft
    ) throws(Refusal) {
        if let before {
            try Addresses.checkUnchanged(object, keys.address, since: before, in: draft)
            return
        }
        guard let pool = object.identity.parent, let network = pool.parent, let state = draft.state(network.uuid) else { return }
        var plan = try draft.addressPlan(of: state)
        if let key = keys.subnets, let stored = draft.state(pool.uuid),
            let only = try ObjectDraft(stored, draft.types[pool.type]).value(key, as: FloatingIpPoolSubnetType.self)?.subnetUuid,
            !only.isEmpty
        {
            plan = AddressPlan(plan.subnets.filter { only.contains($0.uuid) })
        }
        var wish = Addresses.Wish()
        wish.address = try Addresses.parse(object.value(keys.address, as: String.self), keys.address)
        wish.isIPv6 = try object.value(keys.family, as: IpAddressFamilyType.self) == .v6
        let gift = try Addresses.take(wish, from: plan, of: network.joinedName, for: &object, in: &draft)
        object.setValue(keys.address, gift.address.description)
        object.setValue(keys.family, gift.address.bitCount == 128 ? IpAddressFamilyType.v6 : .v4)
    }
}
