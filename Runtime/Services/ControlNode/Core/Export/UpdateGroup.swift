// Speakers that are told the same of one table: what they were told is kept once, and each change is encoded once for all of them. They
// differ in two things only: a speaker is not told what it said itself, and with route target constraint (RFC 4684) not what it does not
// import. Both are functions of what is kept, so that nothing is remembered for each speaker and route.

import NetworkTypes

/// Bytes for some peers.
public struct OutgoingUpdate: Sendable {
    public let peers: [PeerID]
    public let messages: [[UInt8]]
}

struct UpdateGroup: Sendable {
    struct Member: Sendable {
        let peer: PeerID
        /// The targets of the routes that the member wants; nil for all.
        var interest: Set<RouteTarget>?

        func wants(_ told: Told) -> Bool {
            guard told.source != peer else { return false }
            guard let interest else { return true }
            return told.attributes.routeTargets.contains { interest.contains($0) }
        }
    }

    /// What is told of a route.
    struct Told: Sendable {
        let attributes: SharedAttributes
        let label: UInt32
        let evpn: EVPNDetail?
        /// Who said it.
        let source: PeerID

        func saysTheSame(as other: Told) -> Bool {
            attributes === other.attributes && label == other.label && evpn == other.evpn
        }
    }

    let family: AddressFamily
    let policy: ExportPolicy
    let terms: BGPSessionTerms
    private(set) var members: [Member] = []
    private var told: [RouteKey: Told] = [:]
    private var interner = AttributeInterner()
    /// Attributes as they are told, by the identity of the original, which is kept so that the identity is not used again.
    private var exported: [ExportKey: (original: SharedAttributes, result: SharedAttributes)] = [:]

    private struct ExportKey: Hashable {
        let attributes: ObjectIdentifier
        let kind: PathSource.Kind
        let routerID: IPv4Address
    }

    init(family: AddressFamily, policy: ExportPolicy, terms: BGPSessionTerms) {
        self.family = family
        self.policy = policy
        self.terms = terms
    }

    var toldCount: Int { told.count }

    // MARK: Routes

    /// What is to be sent after changes of the table.
    mutating func update(_ changes: [RouteChange]) -> [OutgoingUpdate] {
        var batch = Batch(family: family, terms: terms)
        for change in changes {
            let new = change.route.flatMap { export($0) }
            let old: Told?
            if let new { old = told.updateValue(new, forKey: change.key) } else { old = told.removeValue(forKey: change.key) }
            guard old != nil || new != nil else { continue }
            let isSame = old.map { old in new.map { old.saysTheSame(as: $0) } ?? false } ?? false
            if isSame, old?.source == new?.source { continue }
            // Nearly always all members are concerned, or all but the one who said it.
            var announce: UInt64 = 0
            var withdraw: UInt64 = 0
            for (index, member) in members.enumerated() {
                let knows = old.map { member.wants($0) } ?? false
                let wants = new.map { member.wants($0) } ?? false
                if wants, !(knows && isSame) { announce |= 1 << UInt64(index) }
                if knows, !wants { withdraw |= 1 << UInt64(index) }
            }
            if let new, announce != 0 { batch.announce(change.key, new, announce) }
            if withdraw != 0 { batch.withdraw(change.key, withdraw) }
        }
        return batch.encode(members.map(\.peer))
    }

    /// Takes a table into account that nobody was told of yet.
    mutating func load(_ key: RouteKey, _ route: Route) {
        if let new = export(route) { told[key] = new }
    }

    private mutating func export(_ route: Route) -> Told? {
        guard route.isFeasible, policy.permits(route.best) else { return nil }
        let path = route.best
        let key = ExportKey(
            attributes: ObjectIdentifier(path.attributes), kind: path.source.kind,
            routerID: policy.clusterID == nil ? .any : path.source.routerID)
        let attributes: SharedAttributes
        if let known = exported[key] {
            attributes = known.result
        } else {
            attributes = interner.intern(policy.attributes(path, family))
            if exported.count >= 8192 { exported.removeAll(keepingCapacity: true) }
            exported[key] = (path.attributes, attributes)
        }
        return Told(attributes: attributes, label: path.label, evpn: path.evpn, source: path.source.peer)
    }

    // MARK: Members

    /// One bit of a mask for each.
    static let greatestMemberCount = 64
    var isFull: Bool { members.count >= Self.greatestMemberCount }

    /// Adds a member. Returns everything that it is to be told.
    mutating func join(_ peer: PeerID, interest: Set<RouteTarget>?) -> [OutgoingUpdate] {
        let member = Member(peer: peer, interest: interest)
        members.append(member)
        return tell(member) { member.wants($0) }
    }

    mutating func leave(_ peer: PeerID) { members.removeAll { $0.peer == peer } }

    /// A member wants other routes than before.
    mutating func setInterest(_ peer: PeerID, _ interest: Set<RouteTarget>?) -> [OutgoingUpdate] {
        guard let index = members.firstIndex(where: { $0.peer == peer }), members[index].interest != interest else { return [] }
        let before = members[index]
        members[index].interest = interest
        let after = members[index]
        var batch = Batch(family: family, terms: terms)
        for (key, told) in told {
            let knows = before.wants(told)
            let wants = after.wants(told)
            if wants, !knows { batch.announce(key, told, 1) }
            if knows, !wants { batch.withdraw(key, 1) }
        }
        return batch.encode([peer])
    }

    /// Everything again, for a member that asked.
    func refresh(_ peer: PeerID) -> [OutgoingUpdate] {
        guard let member = members.first(where: { $0.peer == peer }) else { return [] }
        return tell(member) { member.wants($0) }
    }

    private func tell(_ member: Member, _ chooses: (Told) -> Bool) -> [OutgoingUpdate] {
        var batch = Batch(family: family, terms: terms)
        for (key, told) in told where chooses(told) { batch.announce(key, told, 1) }
        return batch.encode([member.peer])
    }

    func told(_ key: RouteKey, to peer: PeerID) -> SharedAttributes? {
        guard let told = told[key], let member = members.first(where: { $0.peer == peer }), member.wants(told) else { return nil }
        return told.attributes
    }
}

/// Changes on their way into messages: those with the same attributes for the same peers share messages.
private struct Batch {
    private struct Key: Hashable {
        let attributes: ObjectIdentifier
        let members: UInt64
    }

    let family: AddressFamily
    let terms: BGPSessionTerms
    private var announced: [(attributes: SharedAttributes, members: UInt64, routes: [RouteAdvertisement])] = []
    private var places: [Key: Int] = [:]
    private var withdrawn: [UInt64: [RouteKey]] = [:]
    private var last: (key: Key, place: Int)?

    init(family: AddressFamily, terms: BGPSessionTerms) {
        self.family = family
        self.terms = terms
    }

    mutating func announce(_ key: RouteKey, _ told: UpdateGroup.Told, _ members: UInt64) {
        let advertisement = RouteAdvertisement(key, label: told.label, evpn: told.evpn)
        let group = Key(attributes: ObjectIdentifier(told.attributes), members: members)
        if let last, last.key == group {
            announced[last.place].routes.append(advertisement)
            return
        }
        if let place = places[group] {
            announced[place].routes.append(advertisement)
            last = (group, place)
        } else {
            places[group] = announced.count
            last = (group, announced.count)
            announced.append((told.attributes, members, [advertisement]))
        }
    }

    mutating func withdraw(_ key: RouteKey, _ members: UInt64) { withdrawn[members, default: []].append(key) }

    /// Withdrawals first: a peer with a limit on routes is not driven over it.
    func encode(_ peers: [PeerID]) -> [OutgoingUpdate] {
        func chosen(_ mask: UInt64) -> [PeerID] { peers.indices.filter { mask >> UInt64($0) & 1 != 0 }.map { peers[$0] } }
        var updates = withdrawn.sorted { $0.key < $1.key }.map { mask, keys in
            OutgoingUpdate(peers: chosen(mask), messages: UpdateWriter.withdraw(keys, family))
        }
        for (attributes, mask, routes) in announced {
            updates.append(
                OutgoingUpdate(peers: chosen(mask), messages: UpdateWriter.announce(routes, family, attributes.value, terms)))
        }
        return updates
    }
}
