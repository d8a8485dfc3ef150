// instance-ip: an address of a virtual network, or of a flat IP address management.

import ConfigurationModel
import NetworkTypes

struct InstanceIpRule: Rule {
    let type = "instance-ip"

    private static let address = "instance_ip_address"

    func complete(_ object: inout ObjectDraft, replacing before: ObjectState?, in draft: inout Draft) throws(Refusal) {
        if let before {
            _ = try Self.managements(of: object, in: draft)
            try Addresses.checkUnchanged(object, Self.address, since: before, in: draft)
            return
        }
        guard let (owner, plan) = try Self.plan(for: object, in: draft) else {
            throw Refusal(
                400,
                "An instance-ip needs virtual_network_refs, virtual_router_refs or network_ipam_refs: they say where its address comes from"
            )
        }
        var wish = Addresses.Wish()
        wish.address = try Addresses.parse(object.value(Self.address, as: String.self), Self.address)
        wish.subnet = try object.value("subnet_uuid", as: String.self)
        wish.isIPv6 = try object.value("instance_ip_family", as: IpAddressFamilyType.self) == .v6
        let gift = try Addresses.take(wish, from: plan, of: owner.joinedName, for: &object, in: &draft)
        try checkGateway(gift, object, draft)
        object.setValue(Self.address, gift.address.description)
        object.setValue("instance_ip_family", gift.address.bitCount == 128 ? IpAddressFamilyType.v6 : .v4)
        guard let subnet = gift.subnet else { return }
        object.setValue("subnet_uuid", subnet.uuid)
        object.setValue(
            "instance_ip_subnet", SubnetType(ipPrefix: subnet.prefix.network.description, ipPrefixLen: subnet.prefix.length))
    }

    /// Where the object's address comes from, and the addresses that there are; nil when it refers to no such place.
    static func plan(for object: ObjectDraft, in draft: Draft) throws(Refusal) -> (owner: Identity, plan: AddressPlan)? {
        let managements = try managements(of: object, in: draft)
        if let network = object.targets("virtual-network", draft.types).first {
            return try draft.state(network.uuid).map { state throws(Refusal) in (network, try draft.addressPlan(of: state)) }
        }
        guard let owner = managements.first else { return nil }
        return (owner, try plan(of: managements, for: object, in: draft))
    }

    /// The IP address managements of the object, or of the vRouter that it is of.
    private static func managements(of object: ObjectDraft, in draft: Draft) throws(Refusal) -> [Identity] {
        let networks = object.targets("virtual-network", draft.types)
        let own = object.targets("network-ipam", draft.types)
        let routers = object.targets("virtual-router", draft.types)
        guard networks.isEmpty || (own.isEmpty && routers.isEmpty) else {
            throw Refusal(
                400,
                "An instance-ip is of a virtual-network, or of a virtual-router or network-ipam, not of both: remove one of the references")
        }
        guard routers.count <= 1 else {
            throw Refusal(400, "An instance-ip can refer to only one virtual-router: remove all but one of virtual_router_refs")
        }
        guard own.isEmpty, let router = routers.first else { return own }
        return draft.current(router)?.targets("network-ipam", draft.types) ?? []
    }

    /// The flat subnets; of those that a vRouter has a share of, the share.
    private static func plan(of managements: [Identity], for object: ObjectDraft, in draft: Draft) throws(Refusal) -> AddressPlan {
        let router = object.targets("virtual-router", draft.types).first.flatMap { draft.current($0) }
        var subnets: [AddressPlan.Subnet] = []
        for management in managements {
            guard let state = draft.state(management.uuid) else { continue }
            let shares = try router?.references.first { $0.target === management }.flatMap { reference throws(Refusal) in
                try reference.value(as: VirtualRouterNetworkIpamType.self)?.allocationPools
            }
            subnets += try AddressPlan(flat: state, draft.types).subnets.map { $0.limited(to: shares ?? []) }
        }
        return AddressPlan(subnets)
    }

    /// The vRouter answers for the gateway: a workload with its address would never be reached.
    private func checkGateway(_ gift: Addresses.Gift, _ object: ObjectDraft, _ draft: Draft) throws(Refusal) {
        guard gift.address == gift.subnet?.gateway else { return }
        for port in object.targets("virtual-machine-interface", draft.types) {
            guard let state = draft.state(port.uuid) else { continue }
            guard ObjectDraft(state, draft.types[port.type]).targets("virtual-machine", draft.types).isEmpty else {
                throw Refusal(400, "\(gift.address) is the gateway of its subnet and cannot be used by the port of a virtual machine")
            }
        }
    }
}
