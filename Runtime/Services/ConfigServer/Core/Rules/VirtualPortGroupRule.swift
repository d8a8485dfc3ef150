// virtual-port-group: ports of a fabric that are one link for what is connected to them, and the VLANs on it.

import ConfigurationModel

struct VirtualPortGroupRule: UpgradingRule {
    let type = "virtual-port-group"

    func complete(_ object: inout ObjectDraft, replacing before: ObjectState?, in draft: inout Draft) throws(Refusal) {
        try object.checkSettled(["virtual_port_group_trunk_port_id"], since: before, onceSet: true)
        for port in object.targets("physical-interface", draft.types) {
            guard let other = draft.referrers(of: port, type).first(where: { $0.identity !== object.identity }) else { continue }
            throw Refusal(
                400,
                "physical interfaces already added at other VPGs can not be attached to this VPG: \(port.joinedName) is in "
                    + other.identity.joinedName)
        }
        try BoundPortGroups.completeName(&object, isNew: before == nil, in: &draft)
        try AggregatedEthernet.number(&object, in: &draft)
        try PortGroupVLANs.check(group: object, in: draft)
    }

    func isOlder(_ state: ObjectState, in draft: Draft) -> Bool {
        state.allocations.isEmpty && (state.references.count > 1 || BoundPortGroups.number(ofName: state.identity) != nil)
    }

    func completeOlder(_ object: ObjectDraft, in draft: inout Draft) throws(Refusal) {
        var completed = object
        try BoundPortGroups.completeName(&completed, isNew: false, in: &draft)
        try AggregatedEthernet.number(&completed, in: &draft)
        if completed.allocations != object.allocations { try draft.save(completed) }
    }
}
