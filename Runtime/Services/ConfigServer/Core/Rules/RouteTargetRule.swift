// route-target: its name is the target.

struct RouteTargetRule: Rule {
    let type = "route-target"

    func complete(_ object: inout ObjectDraft, replacing before: ObjectState?, in draft: inout Draft) throws(Refusal) {
        guard before == nil else { return }
        _ = try RouteTargets.parse(object.identity.shortName, "fq_name")
    }
}
