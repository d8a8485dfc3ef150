// application-policy-set: one set of each scope applies to all applications, and is the system's.

import ConfigurationModel

struct ApplicationPolicySetRule: Rule {
    let type = "application-policy-set"

    static let allApplications = "all_applications"

    func complete(_ object: inout ObjectDraft, replacing before: ObjectState?, in draft: inout Draft) throws(Refusal) {
        try SecurityObjects.check(object, replacing: before, in: draft)
        let applies = try object.value(Self.allApplications, as: Bool.self) ?? false
        let applied: Bool
        if let before {
            applied = try ObjectDraft(before, object.type).value(Self.allApplications, as: Bool.self) ?? false
        } else {
            applied = applies && object.identity.shortName == object.type.defaultName
            try draft.checkQuota("firewall_group", of: object, replacing: nil) { set throws(Refusal) in Self.isGroup(set) ? 1 : 0 }
        }
        guard applies == applied else {
            throw Refusal(
                400, "Application policy set 'all-applications' flag is read-only: the set \(object.type.defaultName) of each scope has it")
        }
    }

    /// Groups of Neutron's firewall service carry a tag with their own identifier.
    private static func isGroup(_ set: ObjectDraft) -> Bool {
        set.references.contains { $0.target.shortName == "neutron_fwaas=\(set.identity.uuid)" }
    }

    func removing(_ state: ObjectState, along root: Identity, in draft: inout Draft) throws(Refusal) {
        let object = ObjectDraft(state, draft.types[state.identity.type])
        guard root === state.identity, !SecurityDrafts.isDraft(root), try object.value(Self.allApplications, as: Bool.self) ?? false else {
            return
        }
        throw Refusal(400, "Application Policy Set defined on all applications cannot be deleted; it goes with its scope")
    }
}
