// What objects that have an address do alike: instance-ip, floating-ip, alias-ip.

import ConfigurationModel
import NetworkTypes

enum Addresses {
    /// What was asked for, and what has been given.
    struct Wish {
        var address: IPAddress?
        var subnet: String?
        var isIPv6 = false
    }

    struct Gift {
        let address: IPAddress
        /// nil: the network has no subnets of which the address could be one.
        let subnet: AddressPlan.Subnet?
    }

    /// Finds and takes an address. `network` names it in refusals.
    static func take(
        _ wish: Wish, from plan: AddressPlan, of network: String, for object: inout ObjectDraft, in draft: inout Draft
    ) throws(Refusal) -> Gift {
        var subnets = plan.subnets
        if let wanted = wish.subnet, !wanted.isEmpty {
            subnets = subnets.filter { $0.uuid == wanted }
            guard !subnets.isEmpty else {
                throw Refusal(404, "Virtual-Network(\(network)) has no subnet with the uuid \(wanted)")
            }
        }
        if let address = wish.address {
            return try take(address, from: AddressPlan(subnets), network, for: &object, in: &draft)
        }
        subnets = subnets.filter { ($0.prefix.network.bitCount == 128) == wish.isIPv6 }
        guard !subnets.isEmpty else {
            throw Refusal(
                400,
                "Virtual-Network(\(network)) has no IPv\(wish.isIPv6 ? 6 : 4) subnet to take an address from; "
                    + "add one to the reference to its network-ipam, or name an address")
        }
        for subnet in subnets {
            if let address = draft.takeAddress(from: subnet, for: &object) { return Gift(address: address, subnet: subnet) }
        }
        let names = subnets.map(\.prefix.description).joined(separator: ", ")
        throw Refusal(409, "Virtual-Network(\(network)) has exhausted subnet(\(names))")
    }

    private static func take(
        _ address: IPAddress, from plan: AddressPlan, _ network: String, for object: inout ObjectDraft, in draft: inout Draft
    ) throws(Refusal) -> Gift {
        guard let subnet = plan.subnet(containing: address) else {
            // The addresses of a network without subnets, such as the fabric, come from elsewhere.
            guard plan.subnets.isEmpty else {
                let names = plan.subnets.map(\.prefix.description).joined(separator: ", ")
                throw Refusal(400, "Virtual-Network(\(network)) has no subnet that contains \(address); it has \(names)")
            }
            return Gift(address: address, subnet: nil)
        }
        guard subnet.shares(address) || draft.take(address.allocation(of: subnet.owner), for: &object) else {
            throw Refusal(409, "Ip address already in use: \(address) in Virtual-Network(\(network))")
        }
        return Gift(address: address, subnet: subnet)
    }

    static func parse(_ text: String?, _ place: String) throws(Refusal) -> IPAddress? {
        guard let text, !text.isEmpty else { return nil }
        do { return try IPAddress(parsing: text) } catch { throw Refusal(400, "\(place): \(error)") }
    }

    /// An address stays with its object for life: routes and rules elsewhere rest on it.
    static func checkUnchanged(_ object: ObjectDraft, _ key: String, since before: ObjectState, in draft: Draft) throws(Refusal) {
        let stored = try ObjectDraft(before, object.type).value(key, as: String.self)
        guard try object.value(key, as: String.self) == stored else {
            throw Refusal(400, "\(key) of \(object.type.name) \(object.identity.uuid) cannot change; create another \(object.type.name)")
        }
    }

    /// Adds the reference to the project that the first two elements of the name say, unless there is one.
    static func completeProject(_ object: inout ObjectDraft, in draft: inout Draft) {
        guard let type = draft.types.type(named: "project"), !object.references.contains(where: { $0.target.type == type.number }),
            let project = draft.identity(type.number, named: FullyQualifiedName.json(Array(object.identity.elements.prefix(2))))
        else { return }
        object.references.append(ObjectReference(target: project, data: nil, number: draft.newNumber()))
    }
}

extension AddressPlan {
    init(_ subnets: [Subnet]) { self.subnets = subnets }
}

extension ObjectDraft {
    /// The objects of a type that this one refers to.
    func targets(_ name: String, _ types: TypeTable) -> [Identity] {
        guard let type = types.type(named: name) else { return [] }
        return references.filter { $0.target.type == type.number }.map(\.target)
    }
}
