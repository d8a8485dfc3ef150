// Rules of policies and security groups have identifiers, by which logs and other objects name them.

import ConfigurationModel
import NetworkTypes

enum PolicyRules {
    /// Gives every rule that has no `rule_uuid` a new one.
    static func identify(_ object: inout ObjectDraft, _ key: String, in draft: inout Draft) throws(Refusal) {
        guard var entries = try object.value(key, as: PolicyEntriesType.self), var rules = entries.policyRule else { return }
        for index in rules.indices where (rules[index].ruleUuid ?? "").isEmpty {
            rules[index].ruleUuid = draft.newUUID().description
        }
        entries.policyRule = rules
        object.setValue(key, entries)
    }
}
