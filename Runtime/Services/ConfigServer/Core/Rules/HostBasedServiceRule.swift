// host-based-service: a service on the hosts of workloads, with a network for each of its sides.

import ConfigurationModel

struct HostBasedServiceRule: Rule {
    let type = "host-based-service"

    func complete(_ object: inout ObjectDraft, replacing before: ObjectState?, in draft: inout Draft) throws(Refusal) {
        try object.checkSettled(["host_based_service_type"], since: before, standard: "\"firewall\"")
        var networks: [String: Identity] = [:]
        for reference in object.references(to: "virtual-network", draft.types) {
            guard let side = try reference.value(as: ServiceVirtualNetworkType.self)?.virtualNetworkType else { continue }
            if let other = networks.updateValue(reference.target, forKey: side) {
                throw Refusal(
                    400,
                    "Virtual network type \(side) cannot be referenced by more than one virtual network at a time: \(other.joinedName) and "
                        + reference.target.joinedName)
            }
        }
    }
}
