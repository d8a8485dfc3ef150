// VLANs of virtual port groups. On one link a VLAN leads to one network. Where a fabric is configured in enterprise style, a network has the
// same VLAN on all of its links as well, unless the fabric says that nobody is to check.

import ConfigurationModel

enum PortGroupVLANs {
    /// A port in a group, as far as it is known.
    private struct Member {
        let port: ObjectDraft
        let network: Identity
        let tag: Int
        let isTagged: Bool
    }

    /// Checks a port against the others of its groups and fabrics.
    static func check(port: ObjectDraft, in draft: Draft) throws(Refusal) {
        for group in groups(of: port, in: draft) {
            guard let object = draft.current(group), let own = try member(port, of: group, in: draft) else { continue }
            try check(own, in: object, draft)
            try checkFabric(own, in: object, draft)
        }
    }

    /// Checks the ports of a group that changes against each other.
    static func check(group: ObjectDraft, in draft: Draft) throws(Refusal) {
        for port in group.targets("virtual-machine-interface", draft.types) {
            guard let object = draft.current(port), let own = try member(object, of: group.identity, in: draft) else { continue }
            try check(own, in: group, draft)
            try checkFabric(own, in: group, draft)
        }
    }

    private static func check(_ own: Member, in group: ObjectDraft, _ draft: Draft) throws(Refusal) {
        for port in ports(of: group, in: draft) where port.identity !== own.port.identity {
            guard let other = try member(port, of: group.identity, in: draft) else { continue }
            guard other.isTagged || own.isTagged || other.tag == own.tag else {
                throw Refusal(
                    400,
                    "There can be only one Native/Untagged VLAN ID per VPG: \(port.identity.joinedName) has \(other.tag) in "
                        + group.identity.shortName)
            }
            guard other.tag == own.tag else { continue }
            guard other.network === own.network else {
                throw Refusal(
                    400,
                    "vlan:(\(own.tag)) already exists in virtual port group:(\(group.identity.shortName)) with virtual "
                        + "network:(\(other.network.joinedName)): choose another VLAN")
            }
            throw Refusal(
                400,
                "Virtual machine interface:(\(port.identity.uuid)) already exists in virtual network:(\(own.network.joinedName)) with "
                    + "vlan(\(own.tag)) in \(group.identity.shortName)")
        }
    }

    private static func checkFabric(_ own: Member, in group: ObjectDraft, _ draft: Draft) throws(Refusal) {
        guard own.isTagged, let fabric = group.identity.parent, draft.types[fabric.type].name == "fabric",
            let settings = draft.current(fabric),
            try settings.value(FabricRule.isEnterpriseStyle, as: Bool.self) ?? true,
            try settings.value("disable_vlan_vn_uniqueness_check", as: Bool.self) != true
        else { return }
        for port in draft.referrers(of: own.network, "virtual-machine-interface") where port.identity !== own.port.identity {
            for place in groups(of: port, in: draft) where place.parent === fabric {
                guard let other = try member(port, of: place, in: draft), other.isTagged, other.tag != own.tag else { continue }
                throw Refusal(
                    400,
                    "Virtual network:(\(own.network.joinedName)) with other vlan(\(other.tag)) already exists in fabric:(\(fabric.shortName)): "
                        + "use that VLAN, or set disable_vlan_vn_uniqueness_check of the fabric")
            }
        }
    }

    /// Either end may hold the reference.
    private static func groups(of port: ObjectDraft, in draft: Draft) -> [Identity] {
        var found = port.targets("virtual-port-group", draft.types)
        for group in draft.referrers(of: port.identity, "virtual-port-group") where !found.contains(where: { $0 === group.identity }) {
            found.append(group.identity)
        }
        return found
    }

    private static func ports(of group: ObjectDraft, in draft: Draft) -> [ObjectDraft] {
        var found = draft.referrers(of: group.identity, "virtual-machine-interface")
        for port in group.targets("virtual-machine-interface", draft.types) where !found.contains(where: { $0.identity === port }) {
            if let object = draft.current(port) { found.append(object) }
        }
        return found
    }

    /// nil for ports of which nothing says in which VLAN they are.
    private static func member(_ port: ObjectDraft, of group: Identity, in draft: Draft) throws(Refusal) -> Member? {
        guard let network = port.targets("virtual-network", draft.types).first else { return nil }
        let data = try port.references.first { $0.target === group }.flatMap { reference throws(Refusal) in
            try reference.value(as: VMIVirtualPortGroupAttributes.self)
        }
        if let tag = data?.nativeVlanTag { return Member(port: port, network: network, tag: tag, isTagged: false) }
        if let tag = try untagged(port) { return Member(port: port, network: network, tag: tag, isTagged: false) }
        let properties = try port.value("virtual_machine_interface_properties", as: VirtualMachineInterfacePropertiesType.self)
        let tag = data?.vlanTag ?? properties?.subInterfaceVlanTag
        return tag.map { Member(port: port, network: network, tag: $0, isTagged: true) }
    }

    /// The VLAN of what a bare-metal server sends without a tag; its binding says it, 0 or nothing for none.
    private static func untagged(_ port: ObjectDraft) throws(Refusal) -> Int? {
        let key = "virtual_machine_interface_bindings"
        let pairs = try port.value(key, as: KeyValuePairs.self)?.keyValuePair ?? []
        guard let text = pairs.first(where: { $0.key == "tor_port_vlan_id" })?.value, !text.isEmpty else { return nil }
        guard let tag = Int(text), 0...4094 ~= tag else {
            throw Refusal(400, "\(key): tor_port_vlan_id must be a number from 0 to 4094, not \(text)")
        }
        return tag == 0 ? nil : tag
    }
}
