// Profiles of what devices tell about themselves: grpc-, netconf-, snmp-, sflow- and telemetry-profile. Those that come with the system
// are nobody's to edit.

import Resources

struct ProfileRule: Rule {
    let type: String

    static let all: [any Rule] = ["grpc-profile", "netconf-profile", "sflow-profile", "snmp-profile"].map { ProfileRule(type: $0) }

    func complete(_ object: inout ObjectDraft, replacing before: ObjectState?, in draft: inout Draft) throws(Refusal) {
        let key = Self.flag(object.type)
        let isDefault = try object.value(key, as: Bool.self) ?? false
        let wasDefault = try before.map { state throws(Refusal) in try ObjectDraft(state, object.type).value(key, as: Bool.self) ?? false }
        guard let wasDefault else {
            guard !isDefault || Self.isPredefined(object.identity) else { throw Self.refusal(object.type, object.identity) }
            return
        }
        guard !isDefault, !wasDefault else { throw Self.refusal(object.type, object.identity) }
    }

    func removing(_ state: ObjectState, along root: Identity, in draft: inout Draft) throws(Refusal) {
        let object = ObjectDraft(state, draft.types[state.identity.type])
        guard root === state.identity, try object.value(Self.flag(object.type), as: Bool.self) ?? false else { return }
        throw Self.refusal(object.type, object.identity)
    }

    private static func flag(_ type: TypeEntry) -> String { "\(type.resource.key)_is_default" }

    /// Installation makes default profiles, in the default project and by names that say so.
    private static func isPredefined(_ profile: Identity) -> Bool {
        profile.elements.dropLast() == ["default-domain", "default-project"] && profile.shortName.contains("default")
    }

    private static func refusal(_ type: TypeEntry, _ profile: Identity) -> Refusal {
        Refusal(
            400,
            "Default profile \(profile.joinedName) is non-editable: a \(type.name) that comes with the system cannot be changed or deleted, "
                + "and no other can be made one with \(flag(type)); create another \(type.name)")
    }
}

struct TelemetryProfileRule: Rule {
    let type = "telemetry-profile"

    func complete(_ object: inout ObjectDraft, replacing before: ObjectState?, in draft: inout Draft) throws(Refusal) {
        try ProfileRule(type: type).complete(&object, replacing: before, in: &draft)
        for part in ProfileRule.all {
            let profiles = object.targets(part.type, draft.types)
            guard profiles.count <= 1 else {
                throw Refusal(
                    400,
                    "Telemetry profile \(object.identity.joinedName) has more than one \(part.type): "
                        + profiles.map(\.shortName).joined(separator: ", "))
            }
        }
    }

    func removing(_ state: ObjectState, along root: Identity, in draft: inout Draft) throws(Refusal) {
        try ProfileRule(type: type).removing(state, along: root, in: &draft)
    }
}
