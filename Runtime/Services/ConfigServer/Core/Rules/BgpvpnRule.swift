// bgpvpn: a VPN of the outside world, and which networks and routers can be in it.

import ConfigurationModel

struct BgpvpnRule: Rule {
    let type = "bgpvpn"

    fileprivate static let kind = "bgpvpn_type"

    func complete(_ object: inout ObjectDraft, replacing before: ObjectState?, in draft: inout Draft) throws(Refusal) {
        try object.checkSettled([Self.kind], since: before, standard: "\"l3\"")
    }
}

enum BGPVPNs {
    /// A network that only bridges, or only routes, is in VPNs that do the same.
    static func checkNetwork(_ network: ObjectDraft, in draft: Draft) throws(Refusal) {
        let key = "virtual_network_properties"
        let mode = try network.value(key, as: VirtualNetworkType.self)?.forwardingMode ?? .l2L3
        for (vpn, kind) in try vpns(of: network, in: draft) where mode != .l2L3 && mode.rawValue != kind.rawValue {
            throw Refusal(
                400,
                "Cannot associate bgpvpn type '\(kind.rawValue)' with a virtual network in forwarding mode '\(mode.rawValue)': "
                    + "\(vpn.joinedName); change \(key).forwarding_mode, or remove it from bgpvpn_refs")
        }
    }

    /// Routers route.
    static func checkRouter(_ router: ObjectDraft, in draft: Draft) throws(Refusal) {
        for (vpn, kind) in try vpns(of: router, in: draft) where kind != .l3 {
            throw Refusal(
                400, "Only bgpvpn type 'l3' can be associated to a logical router: \(vpn.joinedName) is of type \(kind.rawValue)")
        }
    }

    private static func vpns(of object: ObjectDraft, in draft: Draft) throws(Refusal) -> [(Identity, VpnType)] {
        var found: [(Identity, VpnType)] = []
        for vpn in object.targets("bgpvpn", draft.types) {
            found.append((vpn, try draft.current(vpn)?.value(BgpvpnRule.kind, as: VpnType.self) ?? .l3))
        }
        return found
    }
}
