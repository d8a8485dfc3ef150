// network-policy: its rules have identifiers.

struct NetworkPolicyRule: Rule {
    let type = "network-policy"

    func complete(_ object: inout ObjectDraft, replacing before: ObjectState?, in draft: inout Draft) throws(Refusal) {
        try PolicyRules.identify(&object, "network_policy_entries", in: &draft)
    }
}
