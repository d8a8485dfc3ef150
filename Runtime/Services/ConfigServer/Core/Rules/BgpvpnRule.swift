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

    /// A VPN is of a network, or of the router that connects it: routes of both would meet themselves.
    static func checkSingle(network: ObjectDraft, in draft: Draft) throws(Refusal) {
        guard let own = network.targets("bgpvpn", draft.types).first else { return }
        for port in draft.referrers(of: network.identity, "virtual-machine-interface") {
            for router in draft.referrers(of: port.identity, "logical-router") {
                if let other = router.targets("bgpvpn", draft.types).first { throw both(network.identity, own, router.identity, other) }
            }
        }
    }

    static func checkSingle(router: ObjectDraft, in draft: Draft) throws(Refusal) {
        guard let own = router.targets("bgpvpn", draft.types).first else { return }
        for port in router.targets("virtual-machine-interface", draft.types) {
            for network in draft.current(port)?.targets("virtual-network", draft.types) ?? [] {
                guard let other = draft.current(network)?.targets("bgpvpn", draft.types).first else { continue }
                throw both(network, other, router.identity, own)
            }
        }
    }

    private static func both(_ network: Identity, _ first: Identity, _ router: Identity, _ second: Identity) -> Refusal {
        Refusal(
            400,
            "Network \(network.joinedName) is associated to bgpvpn \(first.shortName), and linked to logical router \(router.joinedName), which "
                + "is associated to bgpvpn \(second.shortName): remove one of the two from bgpvpn_refs")
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
