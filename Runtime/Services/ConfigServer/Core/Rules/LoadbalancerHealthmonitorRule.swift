// loadbalancer-healthmonitor: what a member of a pool is asked, and how often. Without that there is nothing to monitor.

import ConfigurationModel

struct LoadbalancerHealthmonitorRule: Rule {
    let type = "loadbalancer-healthmonitor"

    private static let properties = "loadbalancer_healthmonitor_properties"

    func complete(_ object: inout ObjectDraft, replacing before: ObjectState?, in draft: inout Draft) throws(Refusal) {
        // One that an older version stored without them can still be changed otherwise.
        guard before == nil || before?.properties[Self.properties] != nil else { return }
        guard try object.value(Self.properties, as: LoadbalancerHealthmonitorType.self) == nil else { return }
        throw Refusal(
            400,
            before == nil
                ? "A loadbalancer-healthmonitor needs \(Self.properties): what to ask a member of the pool, and how often"
                : "\(Self.properties) cannot be removed; delete the loadbalancer-healthmonitor")
    }
}
