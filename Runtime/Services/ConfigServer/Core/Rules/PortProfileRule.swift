// port-profile: settings of physical ports.

struct PortProfileRule: Rule {
    let type = "port-profile"

    func complete(_ object: inout ObjectDraft, replacing before: ObjectState?, in draft: inout Draft) throws(Refusal) {
        let storms = object.targets("storm-control-profile", draft.types)
        guard storms.count <= 1 else {
            throw Refusal(
                400,
                "Port profile \(object.identity.joinedName) has more than one storm profile: "
                    + storms.map(\.shortName).joined(separator: ", "))
        }
    }
}
