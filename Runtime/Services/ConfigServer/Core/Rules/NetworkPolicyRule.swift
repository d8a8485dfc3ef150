// network-policy: what its rules must say.

struct NetworkPolicyRule: Rule {
    let type = "network-policy"

    func complete(_ object: inout ObjectDraft, replacing before: ObjectState?, in draft: inout Draft) throws(Refusal) {
        try PolicyRules.complete(&object, "network_policy_entries", .networkPolicy, replacing: before, in: &draft)
    }
}
