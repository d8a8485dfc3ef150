// network-ipam: subnets of its own, when networks share one flat range of addresses.

import ConfigurationModel
import NetworkTypes

struct NetworkIpamRule: Rule {
    let type = "network-ipam"

    private static let subnets = "ipam_subnets"
    private static let subnetting = "ipam_subnetting"
    static let method = "ipam_subnet_method"

    func complete(_ object: inout ObjectDraft, replacing before: ObjectState?, in draft: inout Draft) throws(Refusal) {
        let method = try object.value(Self.method, as: SubnetMethodType.self)
        try object.checkSettled([Self.subnetting], since: before, standard: "false")
        if let before {
            let stored = try ObjectDraft(before, object.type).value(Self.method, as: SubnetMethodType.self)
            guard method == stored || method == nil else {
                throw Refusal(400, "\(Self.method) cannot change; create another network-ipam")
            }
            object.setValue(Self.method, stored)
        }
        let isDivided = try object.value(Self.subnetting, as: Bool.self) ?? false
        guard method == .flatSubnet || !isDivided else {
            throw Refusal(400, "subnetting is allowed only with flat-subnet: unset \(Self.subnetting), or set \(Self.method)")
        }
        if let before { try NameServiceMethods.check(object, replacing: before, in: draft) }
        guard var own = try object.value(Self.subnets, as: IpamSubnets.self) else { return }
        guard method == .flatSubnet else {
            guard (own.subnets ?? []).isEmpty else {
                throw Refusal(400, "\(Self.subnets) is only for a network-ipam whose \(Self.method) is flat-subnet")
            }
            return
        }
        var list = own.subnets ?? []
        var prefixes: [IPPrefix] = []
        for index in list.indices {
            guard let prefix = try Subnets.complete(&list[index], "\(Self.subnets).subnets[\(index)]", &draft) else { continue }
            if let other = prefixes.first(where: { $0.overlaps(prefix) }) {
                throw Refusal(400, "Overlapping addresses: \(prefix) and \(other)")
            }
            prefixes.append(prefix)
        }
        own.subnets = own.subnets.map { _ in list }
        object.setValue(Self.subnets, own)
        try checkNetworks(of: object, prefixes, in: draft)
        if let before { try Subnets.checkKept(AddressPlan(flat: before, draft.types).subnets, prefixes, draft) }
    }

    /// Networks have no address twice: their other subnets lie elsewhere.
    private func checkNetworks(of object: ObjectDraft, _ prefixes: [IPPrefix], in draft: Draft) throws(Refusal) {
        for network in draft.referrers(of: object.identity, "virtual-network") {
            let others = try draft.addressPlan(of: network.state).subnets.filter { $0.owner != object.identity.uuid }
            for other in others.map(\.prefix) {
                guard let prefix = prefixes.first(where: { $0.overlaps(other) }) else { continue }
                throw Refusal(400, "Overlapping addresses: \(prefix) and \(other) of virtual-network \(network.identity.joinedName)")
            }
        }
    }
}
