// qos-config: marks of packets, each with as many values as it has bits.

import ConfigurationModel

struct QosConfigRule: Rule {
    let type = "qos-config"

    private static let marks = [
        ("dscp_entries", "DSCP", 63), ("vlan_priority_entries", "802.1p", 7), ("mpls_exp_entries", "MPLS EXP", 7),
    ]

    func complete(_ object: inout ObjectDraft, replacing before: ObjectState?, in draft: inout Draft) throws(Refusal) {
        for (key, name, greatest) in Self.marks {
            for entry in try object.value(key, as: QosIdForwardingClassPairs.self)?.qosIdForwardingClassPair ?? [] {
                guard let mark = entry.key, !(0...greatest ~= mark) else { continue }
                throw Refusal(400, "Invalid \(name) value \(mark): the keys of \(key) are from 0 to \(greatest)")
            }
        }
        guard before == nil, object.targets("global-system-config", draft.types).isEmpty,
            let type = draft.types.type(named: "global-system-config"), object.type.referenceByTarget[type.number] != nil,
            let system = draft.identity(type.number, named: FullyQualifiedName.json(["default-global-system-config"]))
        else { return }
        object.references.append(ObjectReference(target: system, data: nil, number: draft.newNumber()))
    }
}
