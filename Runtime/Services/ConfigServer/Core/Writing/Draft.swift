// A transaction in the making: the image, what the request has changed so far, and where new identifiers come from. A request works on a
// draft and either finishes it or drops it; the image does not change before the finished transaction is stored.

import NetworkTypes

struct Draft {
    let image: Image
    let types: TypeTable
    let rules: Rulebook
    let now: Timestamp
    /// Whom the request is from. What the server does of itself along with it asks nobody.
    let permissions: ObjectPermissions
    /// The request changed a draft in place of the object that it names (SecurityDrafts.swift): its reply says so.
    var isPending = false
    private var random: any RandomNumberGenerator
    private var lastNumber: UInt64
    /// Objects that the draft has touched, in the order in which it did so first: parents are made before their children.
    private var touched: [Identity] = []
    /// The new version of each; nil: removed.
    private var versions: [UUIDValue: ObjectState?] = [:]
    private var names: [Name: Identity] = [:]
    /// Stored objects that are gone although another one may have their UUID by now.
    private var vacated: [UUIDValue: Identity] = [:]
    private var taken: Set<Allocation> = []
    private var valueChanges: [Change] = []

    private struct Name: Hashable {
        let type: TypeNumber
        let name: [UInt8]
    }

    init(
        _ image: Image, _ types: TypeTable, _ rules: Rulebook, for permissions: ObjectPermissions = .unlimited, now: Timestamp,
        random: any RandomNumberGenerator
    ) {
        self.image = image
        self.types = types
        self.rules = rules
        self.now = now
        self.permissions = permissions
        self.random = random
        lastNumber = image.lastNumber
    }

    /// What has to happen for the draft to come true.
    func finish() -> Transaction {
        var transaction = Transaction()
        for identity in vacated.values.sorted(by: { $0.number > $1.number }) { transaction.changes.append(.remove(identity)) }
        for identity in touched {
            guard let version = versions[identity.uuid] else { continue }
            if let version {
                transaction.changes.append(.put(version))
            } else if image.state(identity.uuid)?.identity === identity, vacated[identity.uuid] == nil {
                transaction.changes.append(.remove(identity))
            }
        }
        transaction.changes += valueChanges
        return transaction
    }

    // MARK: Looking

    func state(_ uuid: UUIDValue) -> ObjectState? {
        if let version = versions[uuid] { return version }
        return vacated[uuid] == nil ? image.state(uuid) : nil
    }

    func identity(_ type: TypeNumber, named name: [UInt8]) -> Identity? {
        guard let identity = names[Name(type: type, name: name)] ?? image.identity(type, named: name) else { return nil }
        return isRemoved(identity) ? nil : identity
    }

    /// The children of a type, as the draft has them.
    func children(of parent: Identity, _ type: TypeNumber) -> [ObjectState] {
        var found: [ObjectState] = []
        image.forEachRelative(of: parent, .children(type)) { child in
            if let state = state(child.uuid) { found.append(state) }
            return true
        }
        for identity in touched where isMade(identity, below: parent, type) {
            if let state = state(identity.uuid) { found.append(state) }
        }
        return found
    }

    /// How many there are, without looking at each.
    func childCount(of parent: Identity, _ type: TypeNumber) -> Int {
        var count = image.relativeCount(of: parent, .children(type))
        for identity in touched where identity.type == type && identity.parent?.uuid == parent.uuid {
            if isMade(identity, below: parent, type) { count += isRemoved(identity) ? 0 : 1 } else if isRemoved(identity) { count -= 1 }
        }
        return count
    }

    /// All children, whatever their type.
    func children(of parent: Identity) -> [Identity] {
        var found: [Identity] = []
        image.forEachRelation(of: parent) { relation in
            guard !relation.kind.isBackReference else { return false }
            if !isRemoved(relation.relative) { found.append(relation.relative) }
            return true
        }
        return found + touched.filter { isMade($0, below: parent, $0.type) && !isRemoved($0) }
    }

    /// The object as the draft has it, to be looked into or changed.
    func current(_ identity: Identity) -> ObjectDraft? {
        state(identity.uuid).map { ObjectDraft($0, types[identity.type]) }
    }

    /// The objects of a type that refer to `target`. Between objects of one type both ends hold the reference: there is nothing to look up.
    func referrers(of target: Identity, _ name: String) -> [ObjectDraft] {
        guard let type = types.type(named: name) else { return [] }
        var found: [ObjectDraft] = []
        image.forEachRelative(of: target, .backReferences(type.number)) { source in
            if let state = state(source.uuid), refers(state, to: target) { found.append(ObjectDraft(state, type)) }
            return true
        }
        let known = Set(found.map(\.identity.uuid))
        for identity in touched where identity.type == type.number && !known.contains(identity.uuid) {
            if let state = state(identity.uuid), refers(state, to: target) { found.append(ObjectDraft(state, type)) }
        }
        return found
    }

    /// Everything of other types that refers to `target`.
    func referrers(of target: Identity) -> [Identity] {
        var found: [Identity] = []
        var known: Set<UUIDValue> = []
        image.forEachRelation(of: target, from: .backReferences(0)) { relation in
            let source = relation.relative
            if let state = state(source.uuid), refers(state, to: target), known.insert(source.uuid).inserted { found.append(source) }
            return true
        }
        for identity in touched where identity.type != target.type && !known.contains(identity.uuid) {
            if let state = state(identity.uuid), refers(state, to: target) { found.append(state.identity) }
        }
        return found
    }

    private func refers(_ state: ObjectState, to target: Identity) -> Bool { state.references.contains { $0.target === target } }

    private func isMade(_ identity: Identity, below parent: Identity, _ type: TypeNumber) -> Bool {
        identity.type == type && identity.parent?.uuid == parent.uuid && image.state(identity.uuid)?.identity !== identity
    }

    private func isRemoved(_ identity: Identity) -> Bool {
        if vacated[identity.uuid] === identity { return true }
        return if case .some(nil) = versions[identity.uuid] { true } else { false }
    }

    // MARK: Changing

    mutating func newUUID() -> UUIDValue { UUIDValue.random(using: &random) }

    mutating func newNumber() -> UInt64 {
        lastNumber += 1
        return lastNumber
    }

    /// An identity for an object to be saved. The caller has checked that name and UUID are free.
    mutating func newIdentity(_ type: TypeEntry, name: [UInt8], parent: Identity?, uuid: UUIDValue) -> Identity {
        let identity = Identity(uuid: uuid, type: type.number, name: name, parent: parent, number: newNumber())
        names[Name(type: type.number, name: name)] = identity
        return identity
    }

    /// Takes over an identity that was made for an object before there was room for it.
    mutating func adopt(_ identity: Identity) -> Identity {
        names[Name(type: identity.type, name: identity.name)] = identity
        return identity
    }

    /// The lowest number of the range that nobody has, for `object` to keep until it gives it up or is removed.
    mutating func allocate(_ space: String, _ range: ClosedRange<UInt64>, to object: inout ObjectDraft) throws(Refusal) -> UInt64 {
        let number = try lowestFree(in: space, range)
        let allocation = Allocation(space: space, number: number)
        taken.insert(allocation)
        object.allocations.append(allocation)
        return number
    }

    /// The lowest number of the range that nobody has, and that nobody is given by this.
    func lowestFree(in space: String, _ range: ClosedRange<UInt64>) throws(Refusal) -> UInt64 {
        var from = range.lowerBound
        while from <= range.upperBound, let number = image.lowestFree(in: space, from...range.upperBound) {
            if !taken.contains(Allocation(space: space, number: number)) { return number }
            from = number + 1
        }
        throw Refusal(409, "All numbers of \(space) from \(range.lowerBound) to \(range.upperBound) are in use; delete what holds one")
    }

    /// Gives `object` this number in place of the one that it has in the space; nil gives that up. False when somebody has it.
    mutating func exchange(_ space: String, for number: UInt64?, of object: inout ObjectDraft) -> Bool {
        guard number != object.allocations.first(where: { $0.space == space })?.number else { return true }
        object.allocations.removeAll { $0.space == space }
        guard let number else { return true }
        return take(Allocation(space: space, number: number), for: &object)
    }

    /// Gives `object` this number; false when somebody has it.
    mutating func take(_ allocation: Allocation, for object: inout ObjectDraft) -> Bool {
        guard !image.isAllocated(allocation.number, in: allocation.space), taken.insert(allocation).inserted else { return false }
        object.allocations.append(allocation)
        return true
    }

    /// Replaces the object, and the other ends of references between objects of its type, which both ends hold.
    mutating func save(_ object: ObjectDraft) throws(Refusal) {
        let type = object.type
        if type.referenceByTarget[type.number] != nil {
            let before = state(object.identity.uuid)?.references ?? []
            try mirror(object, before: before.filter { $0.target.type == type.number })
        }
        put(object.state)
    }

    mutating func remove(_ identity: Identity) { set(identity, nil) }

    /// Takes an object away before anything else happens, so that another one can have its UUID. Nothing may be left that refers to it.
    mutating func vacate(_ identity: Identity) {
        names[Name(type: identity.type, name: identity.name)] = nil
        versions[identity.uuid] = nil
        touched.removeAll { $0 === identity }
        if image.state(identity.uuid)?.identity === identity { vacated[identity.uuid] = identity }
    }

    mutating func setValue(_ key: String, _ value: [UInt8]) { valueChanges.append(.setValue(key: key, value: value)) }

    mutating func removeValue(_ key: String) { valueChanges.append(.removeValue(key: key)) }

    private mutating func put(_ state: ObjectState) { set(state.identity, state) }

    private mutating func set(_ identity: Identity, _ version: ObjectState?) {
        if versions.updateValue(version, forKey: identity.uuid) == nil { touched.append(identity) }
    }

    private mutating func mirror(_ object: ObjectDraft, before: [ObjectReference]) throws(Refusal) {
        let own = object.identity
        let after = object.references.filter { $0.target.type == object.type.number && $0.target !== own }
        for old in before where old.target !== own && !after.contains(where: { $0.target === old.target }) {
            try changePeer(old.target, object.type) { peer in peer.references.removeAll { $0.target === own } }
        }
        for new in after where !before.contains(where: { $0.target === new.target && $0.data == new.data }) {
            let number = newNumber()
            try changePeer(new.target, object.type) { peer in
                if let index = peer.references.firstIndex(where: { $0.target === own }) {
                    peer.references[index].data = new.data
                } else {
                    peer.references.append(ObjectReference(target: own, data: new.data, number: number))
                }
            }
        }
    }

    private mutating func changePeer(
        _ peer: Identity, _ type: TypeEntry, _ change: (inout ObjectDraft) -> Void
    ) throws(Refusal) {
        guard let state = state(peer.uuid) else { return }
        var object = ObjectDraft(state, type)
        change(&object)
        try object.touch(now)
        put(object.state)
    }

    /// Drops what an object refers to, because that is about to go.
    mutating func dropReferences(of referrer: Identity, to gone: Set<UUIDValue>) throws(Refusal) {
        try changePeer(referrer, types[referrer.type]) { object in object.references.removeAll { gone.contains($0.target.uuid) } }
    }
}
