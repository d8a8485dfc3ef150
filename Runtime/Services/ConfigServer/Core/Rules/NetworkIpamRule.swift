// network-ipam: subnets of its own, when networks share one flat range of addresses.

import ConfigurationModel
import NetworkTypes

struct NetworkIpamRule: Rule {
    let type = "network-ipam"

    private static let subnets = "ipam_subnets"
    private static let method = "ipam_subnet_method"

    func complete(_ object: inout ObjectDraft, replacing before: ObjectState?, in draft: inout Draft) throws(Refusal) {
        let method = try object.value(Self.method, as: SubnetMethodType.self)
        if let before {
            let stored = try ObjectDraft(before, object.type).value(Self.method, as: SubnetMethodType.self)
            guard method == stored || method == nil else {
                throw Refusal(400, "\(Self.method) cannot change; create another network-ipam")
            }
            object.setValue(Self.method, stored)
        }
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
        if let before { try Subnets.checkKept(AddressPlan(flat: before, draft.types).subnets, prefixes, draft) }
    }
}
