// firewall-policy: rules in an order.

struct FirewallPolicyRule: Rule {
    let type = "firewall-policy"

    func complete(_ object: inout ObjectDraft, replacing before: ObjectState?, in draft: inout Draft) throws(Refusal) {
        try SecurityObjects.check(object, replacing: before, in: draft)
    }
}
