// bgp-as-a-service: BGP sessions of workloads with the control nodes.

import ConfigurationModel

struct BgpAsAServiceRule: Rule {
    let type = "bgp-as-a-service"

    private static let isShared = "bgpaas_shared"
    private static let address = "bgpaas_ip_address"
    private static let session = "bgpaas_session_attributes"

    func complete(_ object: inout ObjectDraft, replacing before: ObjectState?, in draft: inout Draft) throws(Refusal) {
        try object.checkSettled([Self.isShared], since: before, standard: "false")
        if try object.value(Self.isShared, as: Bool.self) ?? false, try (object.value(Self.address, as: String.self) ?? "").isEmpty {
            throw Refusal(400, "BGPaaS IP Address needs to be configured if BGPaaS is shared: set \(Self.address)")
        }
        try checkZones(object, in: draft)
        let attributes = try object.value(Self.session, as: BgpSessionAttributes.self)
        // RFC 4271 §4.2: a hold time of none, or of at least three seconds.
        if let seconds = attributes?.holdTime, seconds != 0, !(3...0xFFFF ~= seconds) {
            throw Refusal(400, "Invalid hold time \(seconds): \(Self.session).hold_time must be 0, or from 3 to 65535 seconds")
        }
        let system = try RouteTargets.system(in: draft)
        for number in [try object.value("autonomous_system", as: Int.self), attributes?.localAutonomousSystem] {
            if let number, number != 0 { try system.checkRange(number) }
        }
    }

    /// One zone for the sessions that are used, and one for those that take over.
    private func checkZones(_ object: ObjectDraft, in draft: Draft) throws(Refusal) {
        var kinds: Set<String> = []
        for reference in object.references(to: "control-node-zone", draft.types) {
            let kind = try reference.value(as: BGPaaSControlNodeZoneAttributes.self)?.bgpaasControlNodeZoneType?.rawValue ?? ""
            guard kinds.insert(kind).inserted else {
                throw Refusal(
                    400, "BGPaaS has configured with more than one \(kind) control-node-zones: remove all but one of control_node_zone_refs"
                )
            }
        }
    }
}
