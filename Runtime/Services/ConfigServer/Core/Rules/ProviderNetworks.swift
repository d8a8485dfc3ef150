// Provider networks: networks that others lie on, normally the fabric itself; and where a network is found in the physical network.

import Coding
import ConfigurationModel

enum ProviderNetworks {
    private static let isProvider = "is_provider_network"
    private static let details = "provider_properties"

    private static let fabric = FullyQualifiedName.json(["default-domain", "default-project", "ip-fabric"])

    static func isOlder(_ state: ObjectState) -> Bool { state.identity.name == fabric && state.properties[isProvider] == nil }

    /// The network of the fabric itself provides.
    static func completeOlder(_ network: inout ObjectDraft) {
        guard network.identity.name == fabric else { return }
        network.setValue(isProvider, true)
    }

    static func check(_ network: ObjectDraft, replacing before: ObjectState?, in draft: Draft) throws(Refusal) {
        let provides = try network.value(isProvider, as: Bool.self) ?? false
        let provided = try before.flatMap { state throws(Refusal) in try ObjectDraft(state, network.type).value(isProvider, as: Bool.self) }
        guard provides || provided != true else {
            throw Refusal(400, "Update \(isProvider) property from True to False of VN (\(network.identity.uuid)) is not allowed")
        }
        if let details = try network.value(details, as: ProviderDetails.self) {
            guard details.segmentationId != nil, !(details.physicalNetwork ?? "").isEmpty else {
                throw Refusal(
                    400,
                    "Segmentation ID and Physical Network must be configured: set segmentation_id and physical_network of \(Self.details)")
            }
        }
        if provided == true { try network.checkSettled([details], since: before) }
        try checkReferences(network, provides, in: draft)
    }

    /// A network lies on one provider network; providers lie on none.
    private static func checkReferences(_ network: ObjectDraft, _ provides: Bool, in draft: Draft) throws(Refusal) {
        let others = network.targets(network.type.name, draft.types)
        guard provides || others.count <= 1 else {
            throw Refusal(
                400,
                "Non Provider VN (\(network.identity.uuid)) can connect to one provider VN but trying to connect to VN "
                    + others.map(\.joinedName).joined(separator: ", "))
        }
        for other in others {
            let otherProvides = try draft.current(other)?.value(isProvider, as: Bool.self) ?? false
            guard otherProvides == provides else { continue }
            throw Refusal(
                400,
                provides
                    ? "Provider VN (\(network.identity.uuid)) can not connect to another provider VN (\(other.joinedName))"
                    : "Non Provider VN (\(network.identity.uuid)) can connect only to one provider VN but not (\(other.joinedName))")
        }
    }
}
