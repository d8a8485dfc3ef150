// How workloads of an IP address management ask for names. They learn by DHCP whom to ask, so the answer stays while there are workloads.

import ConfigurationModel

enum NameServiceMethods {
    private static let management = "network_ipam_mgmt"

    static func check(_ ipam: ObjectDraft, replacing before: ObjectState, in draft: Draft) throws(Refusal) {
        let old = try method(ObjectDraft(before, ipam.type))
        let new = try method(ipam)
        guard old != new, !isKept(old, new), let port = port(of: ipam.identity, in: draft) else { return }
        throw Refusal(
            400,
            "Cannot change DNS Method with active VMs referring to the IPAM: \(management).ipam_dns_method would change from "
                + "\(old.rawValue) to \(new.rawValue), and \(port.joinedName) is a port there")
    }

    private static func method(_ ipam: ObjectDraft) throws(Refusal) -> IpamDnsMethodType {
        try ipam.value(management, as: IpamType.self)?.ipamDnsMethod ?? .none
    }

    /// The vRouter answers with either of two methods, so that workloads see no difference.
    private static func isKept(_ old: IpamDnsMethodType, _ new: IpamDnsMethodType) -> Bool {
        let answered: [IpamDnsMethodType] = [.defaultDnsServer, .virtualDnsServer]
        return answered.contains(old) && answered.contains(new)
    }

    private static func port(of ipam: Identity, in draft: Draft) -> Identity? {
        for network in draft.referrers(of: ipam, "virtual-network") {
            if let port = draft.referrers(of: network.identity, "virtual-machine-interface").first { return port.identity }
        }
        return nil
    }
}
