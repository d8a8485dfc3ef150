// logical-interface: a unit of a port, by VLAN.

import ConfigurationModel

struct LogicalInterfaceRule: Rule {
    let type = "logical-interface"

    static let tag = "logical_interface_vlan_tag"
    private static let tags = 0...4094

    func complete(_ object: inout ObjectDraft, replacing before: ObjectState?, in draft: inout Draft) throws(Refusal) {
        try object.checkSettled(["display_name"], since: before, status: 403)
        try object.checkSettled([Self.tag], since: before, onceSet: true, status: 403)
        guard let parent = object.identity.parent else { return }
        let isBelowPort = draft.types[parent.type].name == "physical-interface"
        if before == nil, let device = isBelowPort ? parent.parent : parent { try InterfaceNames.check(object, on: device, in: draft) }
        if let tag = try object.value(Self.tag, as: Int.self) {
            guard Self.tags ~= tag else { throw Refusal(403, "Invalid Vlan id: \(Self.tag) must be from 0 to 4094, not \(tag)") }
            if isBelowPort { try checkTag(tag, of: object, below: parent, in: draft) }
        }
        guard isBelowPort, !object.targets("virtual-machine-interface", draft.types).isEmpty,
            let segment = try draft.current(parent)?.value(EthernetSegments.identifier, as: String.self), !segment.isEmpty
        else { return }
        try EthernetSegments.check([object], of: parent, segment, in: draft)
    }

    private func checkTag(_ tag: Int, of object: ObjectDraft, below port: Identity, in draft: Draft) throws(Refusal) {
        for other in draft.children(of: port, object.type.number) where other.identity !== object.identity {
            guard try ObjectDraft(other, object.type).value(Self.tag, as: Int.self) == tag else { continue }
            throw Refusal(403, "Vlan tag \(tag) already used in another interface: \(other.identity.uuid) of \(port.joinedName)")
        }
    }
}
