// What a port may be attached to: machines, bridge domains, health checks.

import ConfigurationModel

enum PortAttachments {
    static func check(_ port: ObjectDraft, in draft: Draft) throws(Refusal) {
        try checkRouter(port, in: draft)
        try checkBridgeDomains(port, in: draft)
        try checkHealth(port, in: draft)
    }

    /// A router's port is not a machine's.
    private static func checkRouter(_ port: ObjectDraft, in draft: Draft) throws(Refusal) {
        guard !port.targets("virtual-machine", draft.types).isEmpty,
            let router = draft.referrers(of: port.identity, "logical-router").first
        else { return }
        throw Refusal(
            409,
            "Logical router interface(\(port.identity.uuid)) cannot be attached to a virtual-machine: it is a port of "
                + router.identity.joinedName)
    }

    /// Bridge domains of the port's own network, one for each VLAN.
    private static func checkBridgeDomains(_ port: ObjectDraft, in draft: Draft) throws(Refusal) {
        let networks = port.targets("virtual-network", draft.types)
        var domains: [Int: Identity] = [:]
        for reference in port.references(to: "bridge-domain", draft.types) {
            guard let network = reference.target.parent, networks.contains(where: { $0 === network }) else {
                throw Refusal(
                    400,
                    "Virtual machine interface(\(port.identity.uuid)) can only refer to bridge domain belonging to virtual network "
                        + "(\(networks.map(\.joinedName).joined(separator: ", "))), not to \(reference.target.joinedName)")
            }
            let tag = try reference.value(as: BridgeDomainMembershipType.self)?.vlanTag ?? 0
            if let other = domains.updateValue(reference.target, forKey: tag) {
                throw Refusal(
                    400,
                    "Virtual machine interface(\(port.identity.uuid)) already refers to bridge domain(\(other.shortName)) for vlan tag \(tag)"
                )
            }
        }
    }

    /// Other probes than those of the interface itself go through a service.
    private static func checkHealth(_ port: ObjectDraft, in draft: Draft) throws(Refusal) {
        guard port.targets("port-tuple", draft.types).isEmpty else { return }
        for machine in port.targets("virtual-machine", draft.types) {
            guard draft.current(machine)?.targets("service-instance", draft.types).isEmpty ?? true else { return }
        }
        for check in port.targets("service-health-check", draft.types) {
            let key = "service_health_check_properties"
            let kind = try draft.current(check)?.value(key, as: ServiceHealthCheckType.self)?.healthCheckType ?? .linkLocal
            guard kind != .linkLocal else { continue }
            throw Refusal(
                400,
                "Virtual machine interface(\(port.identity.uuid)) of non service vm can only refer link-local type service health check: "
                    + "\(check.joinedName) is \(kind.rawValue)")
        }
    }
}
