// Which numbers and addresses an object must hold, from what its properties say: the same as its rule took when it was made. For looking
// over a stored configuration, and for taking over one from elsewhere.

import ConfigurationModel
import NetworkTypes

extension Draft {
    /// What `state` says that it has. Addresses that were taken for a network itself are in no property, and not here.
    func expectedAllocations(of state: ObjectState) throws(Refusal) -> [Allocation] {
        let object = ObjectDraft(state, types[state.identity.type])
        switch object.type.name {
        case "virtual-network": return Self.one(VirtualNetworkRule.space, try object.value("virtual_network_network_id", as: UInt64.self))
        case "security-group":
            if let chosen = try object.value("configured_security_group_id", as: Int.self), chosen != 0 { return [] }
            return Self.one(SecurityGroupRule.space, try object.value("security_group_id", as: UInt64.self))
        case "tag-type":
            return Self.one("tag-types", try HexadecimalNumber.parse(object.value("tag_type_id"), "tag_type_id"))
        case "tag":
            guard let number = try HexadecimalNumber.parse(object.value("tag_id"), "tag_id") else { return [] }
            return [Allocation(space: "tag-values/\(number >> 16)", number: number & 0xFFFF)]
        case "forwarding-class":
            return Self.one("forwarding-classes", try object.value("forwarding_class_id", as: UInt64.self))
        case "instance-ip":
            let networks = object.targets("virtual-network", types)
            let owner = networks.first ?? object.targets("network-ipam", types).first
            guard let owner, let state = self.state(owner.uuid) else { return [] }
            let plan = networks.isEmpty ? try AddressPlan(flat: state, types) : try addressPlan(of: state)
            return try Self.address(object, "instance_ip_address", plan)
        case "floating-ip", "alias-ip":
            guard let network = object.identity.parent?.parent, let state = self.state(network.uuid) else { return [] }
            let key = object.type.name == "floating-ip" ? "floating_ip_address" : "alias_ip_address"
            return try Self.address(object, key, try addressPlan(of: state))
        default: return []
        }
    }

    private static func one(_ space: String, _ number: UInt64?) -> [Allocation] {
        number.map { [Allocation(space: space, number: $0)] } ?? []
    }

    private static func address(_ object: ObjectDraft, _ key: String, _ plan: AddressPlan) throws(Refusal) -> [Allocation] {
        guard let address = try Addresses.parse(object.value(key, as: String.self), key), let subnet = plan.subnet(containing: address),
            !subnet.shares(address)
        else { return [] }
        return [address.allocation(of: subnet.owner)]
    }
}
