// virtual-machine-interface: a MAC address, how it is bound to its host, and the routing instance of its network.

import Coding
import ConfigurationModel
import NetworkTypes

struct VirtualMachineInterfaceRule: Rule {
    let type = "virtual-machine-interface"

    private static let addresses = "virtual_machine_interface_mac_addresses"
    private static let vlans = 0...4094

    func complete(_ object: inout ObjectDraft, replacing before: ObjectState?, in draft: inout Draft) throws(Refusal) {
        guard let network = object.targets("virtual-network", draft.types).first else {
            throw Refusal(400, "A virtual-machine-interface needs virtual_network_refs: a port belongs to a network")
        }
        try completeAddress(&object)
        try checkVLAN(object, replacing: before)
        try checkSubInterface(object, in: draft)
        try checkAddressPairs(object)
        try PortBindings.complete(&object, replacing: before, in: draft)
        if before == nil, try object.value("port_security_enabled", as: Bool.self) == nil {
            object.setValue("port_security_enabled", true)
        }
        try PortAttachments.check(object, in: draft)
        try PortGroupVLANs.check(port: object, in: draft)
        try completeRoutingInstance(&object, network, replacing: before, in: &draft)
    }

    func made(_ object: ObjectDraft, in draft: inout Draft) throws(Refusal) {
        try BoundPortGroups.follow(object, replacing: nil, in: &draft)
    }

    func changed(_ object: ObjectDraft, replacing before: ObjectState, in draft: inout Draft) throws(Refusal) {
        try BoundPortGroups.follow(object, replacing: before, in: &draft)
    }

    func removing(_ state: ObjectState, along root: Identity, in draft: inout Draft) throws(Refusal) {
        let object = ObjectDraft(state, draft.types[state.identity.type])
        try checkSubInterfaces(of: object, in: draft)
        try BoundPortGroups.forget(object, in: &draft)
    }

    /// Sub-interfaces are nothing without the port that they are below.
    private func checkSubInterfaces(of object: ObjectDraft, in draft: Draft) throws(Refusal) {
        guard try Self.tag(object) == 0 else { return }
        for other in object.targets(type, draft.types) {
            guard let port = draft.current(other), try Self.tag(port) != 0 else { continue }
            throw Refusal(409, "Cannot delete vmi with existing ref to sub interface: delete \(other.joinedName) (\(other.uuid)) first")
        }
    }

    /// Colons between the bytes, and an address made from the UUID where there is none: locally administered, the same each time.
    private func completeAddress(_ object: inout ObjectDraft) throws(Refusal) {
        var list = try object.value(Self.addresses, as: MacAddressesType.self)?.macAddress ?? []
        for index in list.indices {
            do { list[index] = try MACAddress(parsing: String(list[index].map { $0 == "-" ? ":" : $0 })).description } catch {
                throw Refusal(400, "\(Self.addresses).mac_address[\(index)]: \(error)")
            }
        }
        if list.isEmpty {
            // Digits 0 to 7 of the UUID's text, then 9 and 10 behind the first hyphen.
            let text = Array(object.identity.uuid.description.utf8)
            let pairs = [0..<2, 2..<4, 4..<6, 6..<8, 9..<11].map { String(decoding: text[$0], as: UTF8.self) }
            list = [(["02"] + pairs).joined(separator: ":")]
        }
        object.setValue(Self.addresses, MacAddressesType(macAddress: list))
    }

    private func checkVLAN(_ object: ObjectDraft, replacing before: ObjectState?) throws(Refusal) {
        let key = "virtual_machine_interface_properties"
        let tag = try object.value(key, as: VirtualMachineInterfacePropertiesType.self)?.subInterfaceVlanTag ?? 0
        guard Self.vlans ~= tag else {
            throw Refusal(400, "\(key).sub_interface_vlan_tag must be from 0 to \(Self.vlans.upperBound), not \(tag)")
        }
        guard let before else { return }
        let stored = try ObjectDraft(before, object.type).value(key, as: VirtualMachineInterfacePropertiesType.self)
        guard tag == stored?.subInterfaceVlanTag ?? 0 else {
            throw Refusal(400, "\(key).sub_interface_vlan_tag cannot change; create another virtual-machine-interface")
        }
    }

    /// A port with a VLAN tag is one of those below another port, each with a tag of its own.
    private func checkSubInterface(_ object: ObjectDraft, in draft: Draft) throws(Refusal) {
        let tag = try Self.tag(object)
        guard tag != 0 else { return }
        for primary in object.targets(type, draft.types) {
            guard let state = draft.state(primary.uuid) else { continue }
            let port = ObjectDraft(state, object.type)
            guard try Self.tag(port) == 0 else {
                throw Refusal(400, "sub interface can't have another sub interface as it's primary port: \(primary.uuid) has a VLAN tag")
            }
            for other in port.targets(type, draft.types) where other !== object.identity {
                guard let state = draft.state(other.uuid), try Self.tag(ObjectDraft(state, object.type)) == tag else { continue }
                throw Refusal(
                    400, "Two sub interfaces under same primary port can't have same Vlan tag: \(other.uuid) has \(tag), too")
            }
        }
    }

    private static func tag(_ object: ObjectDraft) throws(Refusal) -> Int {
        let key = "virtual_machine_interface_properties"
        return try object.value(key, as: VirtualMachineInterfacePropertiesType.self)?.subInterfaceVlanTag ?? 0
    }

    /// Addresses beside the port's own: without port security there is nothing to allow, and a range that moves between ports is small.
    private func checkAddressPairs(_ object: ObjectDraft) throws(Refusal) {
        let key = "virtual_machine_interface_allowed_address_pairs"
        let pairs = try object.value(key, as: AllowedAddressPairs.self)?.allowedAddressPair ?? []
        guard !pairs.isEmpty else { return }
        guard try object.value("port_security_enabled", as: Bool.self) != false else {
            throw Refusal(400, "Allowed address pairs are not allowed when port security is disabled: empty \(key) as well")
        }
        for (index, pair) in pairs.enumerated() where pair.addressMode == .activeStandby {
            guard let prefix = try Subnets.prefix(pair.ip, "\(key).allowed_address_pair[\(index)].ip") else { continue }
            let least = prefix.network.bitCount == 128 ? 120 : 24
            guard prefix.length >= least else {
                throw Refusal(
                    400, "IP Prefix length lesser than \(least) is not acceptable: \(key).allowed_address_pair[\(index)].ip has \(prefix)")
            }
        }
    }

    /// The port forwards in its network's own routing instance, and no more in that of a network it has left; references to others, of
    /// service chains, are left alone.
    private func completeRoutingInstance(
        _ object: inout ObjectDraft, _ network: Identity, replacing before: ObjectState?, in draft: inout Draft
    ) throws(Refusal) {
        if let before {
            for left in ObjectDraft(before, object.type).targets("virtual-network", draft.types) where left !== network {
                let instance = Self.routingInstance(of: left, draft)
                object.references.removeAll { $0.target === instance }
            }
        }
        guard let instance = Self.routingInstance(of: network, draft), !object.references.contains(where: { $0.target === instance })
        else { return }
        let data = PolicyBasedForwardingRuleType(direction: .both)
        object.references.append(ObjectReference(target: instance, data: data.json(), number: draft.newNumber()))
    }

    private static func routingInstance(of network: Identity, _ draft: Draft) -> Identity? {
        guard let type = draft.types.type(named: "routing-instance") else { return nil }
        return draft.identity(type.number, named: FullyQualifiedName.json(network.elements + [network.shortName]))
    }
}
