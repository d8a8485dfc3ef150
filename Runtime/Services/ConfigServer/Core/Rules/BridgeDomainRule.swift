// bridge-domain: a network has one.

struct BridgeDomainRule: Rule {
    let type = "bridge-domain"

    func complete(_ object: inout ObjectDraft, replacing before: ObjectState?, in draft: inout Draft) throws(Refusal) {
        guard before == nil, let network = object.identity.parent, let other = draft.children(of: network, object.type.number).first else {
            return
        }
        throw Refusal(
            400,
            "Virtual network(\(network.uuid)) can have only one bridge domain. Bridge domain(\(other.identity.uuid)) is already created "
                + "under this virtual network")
    }
}
