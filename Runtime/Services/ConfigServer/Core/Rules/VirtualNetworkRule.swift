// virtual-network: its number, its routing instance, its subnets, and the two ways to say that it is shared.

import ConfigurationModel
import Coding
import NetworkTypes

struct VirtualNetworkRule: UpgradingRule {
    let type = "virtual-network"

    /// Numbers of networks, and the VXLAN network identifiers derived from them.
    static let space = "virtual-networks"
    private static let numbers: ClosedRange<UInt64> = 1...(1 << 24)

    static let number = "virtual_network_network_id"
    private static let isShared = "is_shared"

    func complete(_ object: inout ObjectDraft, replacing before: ObjectState?, in draft: inout Draft) throws(Refusal) {
        try completeNumber(&object, replacing: before, in: &draft)
        try VXLANNumbers.complete(&object, in: &draft)
        try completeSharing(&object, replacing: before)
        try FlatSubnets.check(object, in: draft)
        try completeSubnets(&object, replacing: before, in: &draft)
        try ProviderNetworks.check(object, replacing: before, in: draft)
        try BGPVPNs.checkNetwork(object, in: draft)
        try BGPVPNs.checkSingle(network: object, in: draft)
        let types = draft.types
        try draft.checkQuota("subnet", of: object, replacing: before) { network throws(Refusal) in try Self.subnetCount(network, types) }
        try RouteTargets.check(object, RouteTargets.networkLists, replacing: before, in: draft)
        try RoutedNetworks.check(object, in: draft)
        try checkChains(object)
    }

    /// Several chains between two networks tell their routes apart by route targets, which targets of outside would mix up.
    private func checkChains(_ object: ObjectDraft) throws(Refusal) {
        let key = "multi_policy_service_chains_enabled"
        guard try object.value(key, as: Bool.self) ?? false else { return }
        var lists: [Set<String>] = []
        for key in RouteTargets.networkLists { lists.append(Set(try object.value(key, as: RouteTargetList.self)?.routeTarget ?? [])) }
        guard !lists[0].isEmpty || !lists[1].isDisjoint(with: lists[2]) else { return }
        throw Refusal(
            409,
            "Multi policy service chains are not supported with both import and export external route targets: unset \(key), or empty "
                + "route_target_list and keep import and export targets apart")
    }

    private static func subnetCount(_ network: ObjectDraft, _ types: TypeTable) throws(Refusal) -> Int {
        var count = 0
        for reference in network.references where types[reference.target.type].name == "network-ipam" {
            guard let data = reference.data else { continue }
            do { count += try VnSubnetsType(json: data).ipamSubnets?.count ?? 0 } catch {
                throw Refusal("The stored reference is damaged: ", error, in: "network_ipam_refs")
            }
        }
        return count
    }

    func isOlder(_ state: ObjectState, in draft: Draft) -> Bool {
        let properties = state.properties[VXLANNumbers.properties]
        let hasIdentifier = properties.map { PropertySet(text: Array($0))[VXLANNumbers.identifier] != nil } ?? false
        let held = state.allocations.count { $0.space == Self.space }
        return held < (hasIdentifier ? 2 : 1) || ProviderNetworks.isOlder(state)
    }

    /// The number and the routing instance, and the VXLAN identifier in the space of the numbers.
    func completeOlder(_ object: ObjectDraft, in draft: inout Draft) throws(Refusal) {
        guard let before = draft.state(object.identity.uuid) else { return }
        var completed = object
        if let number = try object.value(Self.number, as: UInt64.self) {
            let allocation = Allocation(space: Self.space, number: number)
            if !object.allocations.contains(allocation) { _ = draft.take(allocation, for: &completed) }
        }
        try completeNumber(&completed, replacing: before, in: &draft)
        try VXLANNumbers.complete(&completed, in: &draft)
        ProviderNetworks.completeOlder(&completed)
        if completed.allocations != object.allocations || completed.properties != object.properties { try draft.save(completed) }
        guard let type = draft.types.type(named: "routing-instance"),
            draft.identity(type.number, named: FullyQualifiedName.json(object.identity.elements + [object.identity.shortName])) == nil
        else { return }
        try made(completed, in: &draft)
    }

    /// The default routing instance is the network's own.
    func made(_ object: ObjectDraft, in draft: inout Draft) throws(Refusal) {
        guard let type = draft.types.type(named: "routing-instance") else { return }
        var body = ObjectBody()
        body.name = object.identity.elements + [object.identity.shortName]
        body.parentType = object.type.name
        if case .property(let index)? = type.members["routing_instance_is_default"] { body.properties[index] = true.json() }
        try draft.create(type, body)
    }

    // MARK: Number

    private func completeNumber(
        _ object: inout ObjectDraft, replacing before: ObjectState?, in draft: inout Draft
    ) throws(Refusal) {
        let requested = try object.value(Self.number, as: UInt64.self)
        // The number of its VXLAN is of the same space.
        let stored = try before.flatMap { state throws(Refusal) in try ObjectDraft(state, object.type).value(Self.number, as: UInt64.self) }
        let held = stored.flatMap { number in
            object.allocations.contains(Allocation(space: Self.space, number: number)) ? number : nil
        }
        guard requested == nil || requested == held else {
            throw Refusal(403, "Cannot \(before == nil ? "set" : "update") the virtual network ID: it is given by the system")
        }
        let number = if let held { held } else { try draft.allocate(Self.space, Self.numbers, to: &object) }
        object.setValue(Self.number, number)
    }

    // MARK: Sharing

    /// `is_shared` is the older way to let everybody use a network; `perms2.global_access` says the same. What a request changes counts,
    /// and `is_shared` counts more.
    private func completeSharing(_ object: inout ObjectDraft, replacing before: ObjectState?) throws(Refusal) {
        guard var permissions = try object.value(PermType2.key, as: PermType2.self) else { return }
        let isShared = try object.value(Self.isShared, as: Bool.self)
        let wasShared = before?.properties[Self.isShared].map { $0.elementsEqual("true".utf8) } ?? false
        if isShared == nil, wasShared {
            // Removed by the request: the network is no longer shared, and says nothing about it.
            permissions.globalAccess = 0
            object.setValue(PermType2.key, permissions)
        } else if let isShared, isShared != wasShared {
            permissions.globalAccess = isShared ? PermType2.allAccess : 0
            object.setValue(PermType2.key, permissions)
        } else if permissions.globalAccess == PermType2.allAccess {
            object.setValue(Self.isShared, true)
        } else if isShared == true {
            object.setValue(Self.isShared, false)
        }
    }

    // MARK: Subnets

    /// The subnets are data of the references to IP address managements.
    private func completeSubnets(
        _ object: inout ObjectDraft, replacing before: ObjectState?, in draft: inout Draft
    ) throws(Refusal) {
        var prefixes = try FlatSubnets.prefixes(of: object, in: draft)
        let others = prefixes.count
        for index in object.references.indices {
            let target = draft.types[object.references[index].target.type]
            guard target.name == "network-ipam", let data = object.references[index].data else { continue }
            let place = "network_ipam_refs[\(object.references[index].target.joinedName)].attr"
            var subnets: VnSubnetsType
            do {
                subnets = try VnSubnetsType(json: data)
            } catch {
                throw Refusal("The stored reference is damaged: ", error, in: place)
            }
            var list = subnets.ipamSubnets ?? []
            for number in list.indices {
                let prefix = try Subnets.complete(&list[number], "\(place).ipam_subnets[\(number)]", &draft)
                if let other = prefixes.first(where: { prefix.map($0.overlaps) ?? false }), let prefix {
                    throw Refusal(400, "Overlapping addresses: \(prefix) and \(other)")
                }
                if let prefix { prefixes.append(prefix) }
            }
            subnets.ipamSubnets = subnets.ipamSubnets.map { _ in list }
            object.references[index].data = subnets.json()
        }
        if let before {
            let own = try draft.addressPlan(of: before).subnets.filter { $0.owner == object.identity.uuid }
            try Subnets.checkKept(own, Array(prefixes[others...]), draft)
        }
    }
}
