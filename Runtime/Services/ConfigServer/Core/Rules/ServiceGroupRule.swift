// service-group: the protocols of its services, by number as agents need them.

import ConfigurationModel

struct ServiceGroupRule: Rule {
    let type = "service-group"

    private static let services = "service_group_firewall_service_list"

    func complete(_ object: inout ObjectDraft, replacing before: ObjectState?, in draft: inout Draft) throws(Refusal) {
        try SecurityObjects.check(object, replacing: before, in: draft)
        guard var group = try object.value(Self.services, as: FirewallServiceGroupType.self), var list = group.firewallService else {
            return
        }
        for index in list.indices { try list[index].completeProtocol("\(Self.services).firewall_service[\(index)]") }
        group.firewallService = list
        object.setValue(Self.services, group)
    }
}
