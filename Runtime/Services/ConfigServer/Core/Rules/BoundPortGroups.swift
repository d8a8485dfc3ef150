// Port groups for bare-metal servers. The binding profile of such a server's port names the ports of the switches that it is connected to;
// the port is then in the virtual port group that has these, which is made where there is none, and goes with its last port. Promises that
// a group which somebody else made stays.

import Coding
import ConfigurationModel
import NetworkTypes

enum BoundPortGroups {
    static let space = "virtual-port-groups"
    static let isMadeByUser = "virtual_port_group_user_created"
    private static let numbers: ClosedRange<UInt64> = 0...65_534
    private static let prefix = "vpg-internal"
    private static let bindings = "virtual_machine_interface_bindings"
    private static let group = "virtual-port-group"
    private static let port = "virtual-machine-interface"
    private static let interface = "physical-interface"
    private static let root = "default-global-system-config"

    /// What a port says of where it is connected.
    private struct Binding: Equatable {
        /// JSON, from the agent of whoever runs bare-metal servers.
        let profile: String
        /// The name of a group that is there already.
        let groupName: String?
    }

    /// Ports of switches of one fabric.
    private struct Place {
        let fabric: Identity
        let interfaces: [Identity]
    }

    // MARK: Names

    /// A group by the name of those that the server makes has its number.
    static func number(ofName group: Identity) -> Allocation? {
        let name = group.shortName
        guard name.hasPrefix(prefix + "-"), let number = UInt64(name.dropFirst(prefix.utf8.count + 1)), numbers ~= number else {
            return nil
        }
        return Allocation(space: space, number: number)
    }

    /// Takes the number that a new group has by its name. The names are the server's: what a user makes has another one.
    static func completeName(_ group: inout ObjectDraft, isNew: Bool, in draft: inout Draft) throws(Refusal) {
        if isNew, group.identity.shortName.contains(prefix), try group.value(isMadeByUser, as: Bool.self) ?? true {
            throw Refusal(
                400,
                "Virtual port group(\(group.identity.uuid)) with name \(prefix) as prefix can only be created internally: "
                    + "choose another name")
        }
        guard let number = number(ofName: group.identity)?.number, !draft.exchange(space, for: number, of: &group), isNew else { return }
        throw Refusal(
            409,
            "The number \(number) of \(group.identity.shortName) is that of a virtual-port-group of another fabric: choose another name")
    }

    // MARK: Ports that come, move and go

    /// Puts a port that was just saved where its binding says, and takes it from where its binding said before.
    static func follow(_ port: ObjectDraft, replacing before: ObjectState?, in draft: inout Draft) throws(Refusal) {
        let old = try before.flatMap { state throws(Refusal) in try binding(of: ObjectDraft(state, port.type)) }
        let new = try binding(of: port)
        guard old != new else { return }
        let held = old == nil ? [] : draft.referrers(of: port.identity, group)
        let place = try new.flatMap { binding throws(Refusal) in try Self.place(binding, in: draft) }
        guard let new, let place else {
            for group in held { try leave(group, port.identity, in: &draft) }
            return
        }
        let target: ObjectDraft?
        if let name = new.groupName, !name.isEmpty {
            target = try named(name, place, in: draft)
        } else {
            target = try suitable(place, for: port.identity, held, in: draft)
        }
        for group in held where group.identity !== target?.identity { try leave(group, port.identity, in: &draft) }
        let joined = if let target { target.identity } else { try make(place, in: &draft) }
        try join(joined, port.identity, place, in: &draft)
    }

    /// Removes what was there for the sake of a port that goes, and has no other ports. The references to it are dropped already.
    static func forget(_ port: ObjectDraft, in draft: inout Draft) throws(Refusal) {
        guard let binding = try binding(of: port), let type = draft.types.type(named: group) else { return }
        var candidates: [Identity] = []
        draft.image.forEachRelative(of: port.identity, .backReferences(type.number)) { group in
            candidates.append(group)
            return true
        }
        // A group that is not stored yet, in a request that makes and removes the port. A profile that cannot be read led to none: it was
        // stored by a server that did not look into profiles.
        for link in (try? links(binding)) ?? [] {
            guard let interface = Self.interface(link, in: draft) else { continue }
            for group in draft.referrers(of: interface, group) where !candidates.contains(where: { $0 === group.identity }) {
                candidates.append(group.identity)
            }
        }
        draft.remove(port.identity)
        for candidate in candidates {
            guard let group = draft.current(candidate) else { continue }
            try removeWhenEmpty(group, in: &draft)
        }
    }

    // MARK: Reading a binding

    private static func binding(of port: ObjectDraft) throws(Refusal) -> Binding? {
        let pairs = try port.value(bindings, as: KeyValuePairs.self)?.keyValuePair ?? []
        func value(_ key: String) -> String? { pairs.first { $0.key == key }?.value }
        guard value("vnic_type") == "baremetal", let profile = value("profile"), !profile.isEmpty else { return nil }
        return Binding(profile: profile, groupName: value("vpg"))
    }

    private static func links(_ binding: Binding) throws(Refusal) -> [JSONValue] {
        let profile: JSONValue
        do { profile = try JSONValue(parsing: Array(binding.profile.utf8)) } catch {
            throw Refusal(400, "\(bindings): the value of profile is not JSON: \(error)")
        }
        return profile["local_link_information"]?.elements ?? []
    }

    /// nil: the profile names no links.
    private static func place(_ binding: Binding, in draft: Draft) throws(Refusal) -> Place? {
        let links = try links(binding)
        var interfaces: [Identity] = []
        var fabrics: Set<String> = []
        for (index, link) in links.enumerated() {
            let place = "\(bindings): local_link_information[\(index)] of profile"
            guard let device = link["switch_info"]?.string, let name = link["port_id"]?.string else {
                throw Refusal(
                    400, "\(place) needs switch_info, the name of a physical-router, and port_id, the name of its physical-interface")
            }
            guard let found = interface(link, in: draft) else {
                throw Refusal(404, "\(place): No such Physical Interface object (\(root):\(device):\(name)) exists")
            }
            if !interfaces.contains(where: { $0 === found }) { interfaces.append(found) }
            fabrics.insert(link["fabric"]?.string.flatMap { $0.isEmpty ? nil : $0 } ?? "default-fabric")
        }
        guard let name = fabrics.first else { return nil }
        guard fabrics.count == 1 else {
            throw Refusal(
                400,
                "Physical interfaces in the same vpg should belong to the same fabric: local_link_information of profile names "
                    + fabrics.sorted().joined(separator: ", "))
        }
        guard let type = draft.types.type(named: "fabric"),
            let fabric = draft.identity(type.number, named: FullyQualifiedName.json([root, name]))
        else { throw Refusal(404, "\(bindings): local_link_information of profile: no fabric has the name \(root):\(name)") }
        return Place(fabric: fabric, interfaces: interfaces)
    }

    private static func interface(_ link: JSONValue, in draft: Draft) -> Identity? {
        guard let type = draft.types.type(named: interface), let device = link["switch_info"]?.string,
            let name = link["port_id"]?.string
        else { return nil }
        return draft.identity(type.number, named: FullyQualifiedName.json([root, device, name]))
    }

    // MARK: Which group

    private static func named(_ name: String, _ place: Place, in draft: Draft) throws(Refusal) -> ObjectDraft {
        guard let type = draft.types.type(named: group),
            let identity = draft.identity(type.number, named: FullyQualifiedName.json(place.fabric.elements + [name])),
            let group = draft.current(identity)
        else { throw Refusal(404, "Vpg object \(name) is not found: \(bindings) may leave out vpg to have one made") }
        return group
    }

    /// The group of just these interfaces, or one of the port alone that can have others; nil: one must be made.
    private static func suitable(
        _ place: Place, for port: Identity, _ held: [ObjectDraft], in draft: Draft
    ) throws(Refusal) -> ObjectDraft? {
        let wanted = Set(place.interfaces.map(\.uuid))
        if let first = place.interfaces.first {
            for group in draft.referrers(of: first, group) where group.identity.parent === place.fabric {
                if Set(group.targets(interface, draft.types).map(\.uuid)) == wanted { return group }
            }
        }
        for group in held where group.identity.parent === place.fabric {
            guard try group.value(isMadeByUser, as: Bool.self) == false else { continue }
            if ports(of: group, in: draft).allSatisfy({ $0 === port }) { return group }
        }
        return nil
    }

    private static func ports(of group: ObjectDraft, in draft: Draft) -> [Identity] {
        group.targets(port, draft.types) + draft.referrers(of: group.identity, port).map(\.identity)
    }

    private static func make(_ place: Place, in draft: inout Draft) throws(Refusal) -> Identity {
        guard let type = draft.types.type(named: group) else { return place.fabric }
        let number = try draft.lowestFree(in: space, numbers)
        var body = ObjectBody()
        body.name = place.fabric.elements + ["\(prefix)-\(number)"]
        body.parentType = "fabric"
        body.setValue(isMadeByUser, false, of: type)
        body.setValue("virtual_port_group_lacp_enabled", true, of: type)
        return try draft.create(type, body)
    }

    // MARK: Joining and leaving

    /// The references keep neither the port nor the interfaces from being deleted.
    private static func join(_ identity: Identity, _ port: Identity, _ place: Place, in draft: inout Draft) throws(Refusal) {
        guard let state = draft.state(identity.uuid), let type = draft.types.type(named: interface) else { return }
        var group = ObjectDraft(state, draft.types[identity.type])
        group.references.removeAll { reference in
            reference.target.type == type.number && !place.interfaces.contains { $0 === reference.target }
        }
        for target in place.interfaces + [port] where !group.references.contains(where: { $0.target === target }) {
            group.references.append(ObjectReference(target: target, data: nil, number: draft.newNumber(), isRelaxed: true))
        }
        try draft.finishUpdate(&group, from: state)
    }

    private static func leave(_ group: ObjectDraft, _ port: Identity, in draft: inout Draft) throws(Refusal) {
        var group = group
        guard let state = draft.state(group.identity.uuid) else { return }
        group.references.removeAll { $0.target === port }
        try draft.finishUpdate(&group, from: state)
        try removeWhenEmpty(group, in: &draft)
    }

    private static func removeWhenEmpty(_ group: ObjectDraft, in draft: inout Draft) throws(Refusal) {
        guard try group.value(isMadeByUser, as: Bool.self) == false, ports(of: group, in: draft).isEmpty else { return }
        try draft.delete(group.identity, base: "")
    }
}
