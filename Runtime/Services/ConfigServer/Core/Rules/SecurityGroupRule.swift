// security-group: a number by which access lists name it, and identifiers for its rules.

import Coding
import ConfigurationModel

struct SecurityGroupRule: UpgradingRule {
    let type = "security-group"

    static let space = "security-groups"
    /// 8000000 itself is reserved: it stands for the number 0, which means no group.
    private static let numbers: ClosedRange<UInt64> = 8_000_001...0xFFFF_FFFF

    private static let identifier = "security_group_id"
    private static let configured = "configured_security_group_id"

    func complete(_ object: inout ObjectDraft, replacing before: ObjectState?, in draft: inout Draft) throws(Refusal) {
        try number(&object, replacing: before, in: &draft)
        let key = "security_group_entries"
        try PolicyRules.complete(&object, key, .securityGroup, replacing: before, in: &draft)
        try draft.checkQuota("security_group_rule", of: object, replacing: before) { group throws(Refusal) in
            try group.value(key, as: PolicyEntriesType.self)?.policyRule?.count ?? 0
        }
    }

    func isOlder(_ state: ObjectState, in draft: Draft) -> Bool { state.properties[Self.identifier] == nil }

    func completeOlder(_ object: ObjectDraft, in draft: inout Draft) throws(Refusal) {
        guard let before = draft.state(object.identity.uuid), before.properties[Self.identifier] == nil else { return }
        var completed = object
        try number(&completed, replacing: before, in: &draft)
        try draft.save(completed)
    }

    /// Users choose a number with `configured_security_group_id`, below those that are given out; otherwise the group gets a free one.
    private func number(_ object: inout ObjectDraft, replacing before: ObjectState?, in draft: inout Draft) throws(Refusal) {
        let requested = try object.value(Self.identifier, as: Int.self)
        let stored = before?.properties[Self.identifier].flatMap { Int(String(decoding: $0, as: UTF8.self)) }
        guard requested == nil || requested == stored else {
            throw Refusal(403, "Cannot set the security group ID: it is given by the system; set configured_security_group_id instead")
        }
        if let chosen = try object.value(Self.configured, as: Int.self), chosen != 0 {
            object.allocations.removeAll { $0.space == Self.space }
            object.setValue(Self.identifier, chosen)
        } else if let held = object.allocations.first(where: { $0.space == Self.space }) {
            object.setValue(Self.identifier, held.number)
        } else {
            let number = try draft.allocate(Self.space, Self.numbers, to: &object)
            object.setValue(Self.identifier, number)
        }
    }
}
