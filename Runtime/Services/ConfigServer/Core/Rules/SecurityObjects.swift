// What the objects of the firewall have in common: address-group, service-group, firewall-rule, firewall-policy, application-policy-set.
// Each belongs to the whole system or to a project, and may be held as a draft (Writing/SecurityDrafts.swift).

import ConfigurationModel

enum SecurityObjects {
    /// Those that are referred to before those who refer to them.
    static let types = ["address-group", "service-group", "firewall-rule", "firewall-policy", "application-policy-set"]

    static let state = "draft_mode_state"

    static func check(_ object: ObjectDraft, replacing before: ObjectState?, in draft: Draft) throws(Refusal) {
        let stored = before.map { ObjectDraft($0, object.type) }
        guard try object.value(state, as: DraftModeState.self) == stored?.value(state, as: DraftModeState.self) else {
            throw Refusal(400, "Security resource property '\(state)' is only readable: it follows from what is done to the object")
        }
        let known = Set(stored?.references.map(\.target.uuid) ?? [])
        for reference in object.references where types.contains(draft.types[reference.target.type].name) {
            let target = reference.target
            let kind = draft.types[target.type].name
            // A name of two elements is that of an object of the whole system.
            guard object.identity.elements.count > 2 || target.elements.count == 2 else {
                throw Refusal(
                    400,
                    "Global \(object.type.name) \(object.identity.joinedName) cannot reference a scoped \(kind) \(target.joinedName): "
                        + "other projects could not read it")
            }
            guard !known.contains(target.uuid), try SecurityDrafts.state(of: target, in: draft) == .deleted else { continue }
            throw Refusal(
                400,
                "Referenced resource \(kind) \(target.joinedName) is in pending delete and cannot be referenced; discard the draft first")
        }
    }

    /// The project whose the object is, by way of a policy management or not; nil for objects of the whole system.
    static func project(of object: Identity, in draft: Draft) -> Identity? {
        var ancestor = object.parent
        while let current = ancestor, draft.types[current.type].name != "project" { ancestor = current.parent }
        return ancestor
    }
}
