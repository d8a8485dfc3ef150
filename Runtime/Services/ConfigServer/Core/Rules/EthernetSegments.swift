// Ethernet segments (RFC 7432 §5): physical interfaces with the same identifier lead to the same device, so what is behind a VLAN of one is
// behind that VLAN of all.

import NetworkTypes

enum EthernetSegments {
    static let identifier = "ethernet_segment_identifier"

    /// Ten octets in hexadecimal, with colons between them.
    static func check(_ text: String) throws(Refusal) {
        let octets = text.split(separator: ":", omittingEmptySubsequences: false)
        guard octets.count == 10, octets.allSatisfy({ $0.utf8.count == 2 && UInt8($0, radix: 16) != nil && $0.first != "+" }) else {
            throw Refusal(
                400, "\(identifier) '\(text)' is not ten octets in hexadecimal with colons, such as 00:11:22:33:44:55:66:77:88:99")
        }
    }

    /// Refuses ports behind a VLAN of one interface that are not those behind the VLAN of the others of the segment.
    static func check(
        _ interfaces: [ObjectDraft], of physical: Identity, _ segment: String, in draft: Draft
    ) throws(Refusal) {
        guard let type = draft.types.type(named: "physical-interface"), let logical = draft.types.type(named: "logical-interface") else {
            return
        }
        var others: [Identity] = []
        draft.image.forEachObject(of: type.number) { other in
            if other !== physical { others.append(other) }
            return true
        }
        for other in others {
            guard let state = draft.current(other), try state.value(identifier, as: String.self) == segment else { continue }
            for peer in draft.children(of: other, logical.number) {
                let peer = ObjectDraft(peer, logical)
                guard let own = try interface(interfaces, try tag(peer)) else { continue }
                guard ports(own, in: draft) == ports(peer, in: draft) || ports(own, in: draft).isEmpty || ports(peer, in: draft).isEmpty
                else {
                    throw Refusal(
                        403,
                        "LI should refer to the same set of VMIs as peer LIs belonging to the same ESI: \(own.identity.joinedName) and "
                            + "\(peer.identity.joinedName) differ in virtual_machine_interface_refs")
                }
            }
        }
    }

    private static func interface(_ interfaces: [ObjectDraft], _ wanted: Int?) throws(Refusal) -> ObjectDraft? {
        for interface in interfaces where try tag(interface) == wanted { return interface }
        return nil
    }

    private static func tag(_ interface: ObjectDraft) throws(Refusal) -> Int? {
        try interface.value(LogicalInterfaceRule.tag, as: Int.self)
    }

    private static func ports(_ interface: ObjectDraft, in draft: Draft) -> Set<UUIDValue> {
        Set(interface.targets("virtual-machine-interface", draft.types).map(\.uuid))
    }
}
