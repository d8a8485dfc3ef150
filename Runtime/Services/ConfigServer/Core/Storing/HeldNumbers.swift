// Which numbers and addresses an object must hold, from what its properties say: the same as its rule took when it was made. For looking
// over a stored configuration, and for taking over one from elsewhere.

import ConfigurationModel
import NetworkTypes

extension Draft {
    /// The types whose objects hold something.
    static let holders: Set<String> = [
        "virtual-network", "sub-cluster", "physical-interface", "virtual-port-group", "security-group", "tag-type", "tag",
        "forwarding-class", "instance-ip", "floating-ip", "alias-ip",
    ]

    /// What `state` says that it has. Addresses that were taken for a network itself are in no property, and not here.
    func expectedAllocations(of state: ObjectState) throws(Refusal) -> [Allocation] {
        let type = types[state.identity.type]
        guard Self.holders.contains(type.name) else { return [] }
        let object = ObjectDraft(state, type)
        switch object.type.name {
        case "virtual-network":
            let own = try object.value(VirtualNetworkRule.number, as: UInt64.self)
            let chosen = try object.value(VXLANNumbers.properties, as: VirtualNetworkType.self)?.vxlanNetworkIdentifier.map(UInt64.init)
            return Self.one(VirtualNetworkRule.space, own) + (chosen == own ? [] : Self.one(VirtualNetworkRule.space, chosen))
        case "sub-cluster": return Self.one(SubClusterRule.space, try object.value("sub_cluster_id", as: UInt64.self))
        case "physical-interface": return AggregatedEthernet.number(ofName: object).map { [$0] } ?? []
        case "virtual-port-group":
            var held = BoundPortGroups.number(ofName: object.identity).map { [$0] } ?? []
            for port in object.references(to: "physical-interface", types) {
                guard let device = port.target.parent, let number = try port.value(as: VpgInterfaceParametersType.self)?.aeNum else {
                    continue
                }
                let allocation = Allocation(space: AggregatedEthernet.space(device), number: UInt64(max(number, 0)))
                if !held.contains(allocation) { held.append(allocation) }
            }
            return held
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
            guard let place = try InstanceIpRule.plan(for: object, in: self) else { return [] }
            return try Self.address(object, "instance_ip_address", place.plan)
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
