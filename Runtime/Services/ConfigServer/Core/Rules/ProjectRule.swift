// project: its own set of firewall policies, which applies to everything in it.

import ConfigurationModel

struct ProjectRule: UpgradingRule {
    let type = "project"

    func complete(_ object: inout ObjectDraft, replacing before: ObjectState?, in draft: inout Draft) throws(Refusal) {
        if let before { try SecurityDrafts.complete(object, replacing: before, in: &draft) }
    }

    func isOlder(_ state: ObjectState, in draft: Draft) -> Bool {
        guard let sets = draft.types.type(named: "application-policy-set") else { return false }
        return draft.image.relativeCount(of: state.identity, .children(sets.number)) == 0
    }

    /// Projects had no set of their own once.
    func completeOlder(_ object: ObjectDraft, in draft: inout Draft) throws(Refusal) {
        guard let sets = draft.types.type(named: "application-policy-set"),
            draft.identity(sets.number, named: FullyQualifiedName.json(object.identity.elements + [sets.defaultName])) == nil
        else { return }
        try made(object, in: &draft)
    }

    func made(_ object: ObjectDraft, in draft: inout Draft) throws(Refusal) {
        guard let sets = draft.types.type(named: "application-policy-set"),
            object.type.referenceByTarget[sets.number] != nil
        else { return }
        var body = ObjectBody()
        body.name = object.identity.elements + [sets.defaultName]
        body.parentType = object.type.name
        body.setValue(ApplicationPolicySetRule.allApplications, true, of: sets)
        let made = try draft.create(sets, body)
        var object = object
        object.references.append(ObjectReference(target: made, data: nil, number: draft.newNumber()))
        try draft.save(object)
        try SecurityDrafts.complete(object, replacing: nil, in: &draft)
    }
}
