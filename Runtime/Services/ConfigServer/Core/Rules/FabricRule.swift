// fabric: one style of configuration for all of its devices.

struct FabricRule: Rule {
    let type = "fabric"

    static let isEnterpriseStyle = "fabric_enterprise_style"

    func complete(_ object: inout ObjectDraft, replacing before: ObjectState?, in draft: inout Draft) throws(Refusal) {
        try object.checkSettled([Self.isEnterpriseStyle], since: before, onceSet: true, status: 403)
    }
}
