// Networks that take addresses from the flat range of an IP address management: they route, as hosts of one prefix are on several of them.

import ConfigurationModel
import NetworkTypes

enum FlatSubnets {
    static func check(_ network: ObjectDraft, in draft: Draft) throws(Refusal) {
        for reference in network.references(to: "network-ipam", draft.types) where try isFlat(reference.target, in: draft) {
            let mode = try network.value(VXLANNumbers.properties, as: VirtualNetworkType.self)?.forwardingMode
            guard mode == .l3 else {
                throw Refusal(
                    400,
                    "flat-subnet is allowed only with l3 network: \(reference.target.joinedName) is flat; set "
                        + "\(VXLANNumbers.properties).forwarding_mode to l3")
            }
            for subnet in try reference.value(as: VnSubnetsType.self)?.ipamSubnets ?? [] where !(subnet.subnet?.ipPrefix ?? "").isEmpty {
                throw Refusal(
                    400,
                    "with flat-subnet, network can not have user-defined subnet: remove \(subnet.subnet?.ipPrefix ?? "") from the reference to "
                        + reference.target.joinedName)
            }
        }
    }

    /// The prefixes that a network has from elsewhere.
    static func prefixes(of network: ObjectDraft, in draft: Draft) throws(Refusal) -> [IPPrefix] {
        var found: [IPPrefix] = []
        for reference in network.references(to: "network-ipam", draft.types) {
            guard let state = draft.state(reference.target.uuid) else { continue }
            found += try AddressPlan(flat: state, draft.types).subnets.map(\.prefix)
        }
        return found
    }

    private static func isFlat(_ ipam: Identity, in draft: Draft) throws(Refusal) -> Bool {
        try draft.current(ipam)?.value(NetworkIpamRule.method, as: SubnetMethodType.self) == .flatSubnet
    }
}
