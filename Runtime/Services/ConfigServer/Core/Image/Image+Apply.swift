// How a transaction changes the image. The rest of the program changes it in no other way, so an image loaded from the store and one that
// saw every transaction happen are the same.

/// One step of a transaction.
public enum Change: Sendable {
    /// A new object, or a new version of one.
    case put(ObjectState)
    case remove(Identity)
    case setValue(key: String, value: [UInt8])
    case removeValue(key: String)
}

/// Changes that happen together or not at all.
public struct Transaction: Sendable {
    public internal(set) var changes: [Change] = []

    public init() {}

    public var isEmpty: Bool { changes.isEmpty }
}

extension Image {
    /// Makes the changes. A transaction leaves no object without its parent or its references' targets: whoever makes one sees to that.
    public mutating func apply(_ transaction: Transaction) {
        for change in transaction.changes {
            switch change {
            case .put(let state): put(state)
            case .remove(let identity): remove(identity)
            case .setValue(let key, let value): values.insert(ValueEntry(key: key, value: value))
            case .removeValue(let key): values.remove(ValueEntry(key: key, value: []))
            }
        }
    }

    private mutating func put(_ state: ObjectState) {
        let identity = state.identity
        let previous = self.state(identity.uuid)
        objects.insert(ObjectEntry(uuid: identity.uuid, state: state))
        if previous == nil {
            names.insert(NameEntry(identity: identity))
            if let relation = Relation(child: identity) { relations.insert(relation) }
            lastNumber = max(lastNumber, identity.number)
        }
        replaceReferences(of: identity, previous?.references ?? [], with: state.references)
        replaceAllocations(of: identity, previous?.allocations ?? [], with: state.allocations)
    }

    private mutating func remove(_ identity: Identity) {
        guard let state = state(identity.uuid) else { return }
        objects.remove(ObjectEntry(uuid: identity.uuid, state: state))
        names.remove(NameEntry(identity: identity))
        if let relation = Relation(child: identity) { relations.remove(relation) }
        replaceReferences(of: identity, state.references, with: [])
        replaceAllocations(of: identity, state.allocations, with: [])
    }

    private mutating func replaceReferences(of identity: Identity, _ old: [ObjectReference], with new: [ObjectReference]) {
        if old.isEmpty, new.isEmpty { return }
        let kept = Set(new.map(\.number))
        for reference in old where !kept.contains(reference.number) {
            if let relation = Relation(from: identity, reference) { relations.remove(relation) }
        }
        let known = Set(old.map(\.number))
        for reference in new where !known.contains(reference.number) {
            if let relation = Relation(from: identity, reference) { relations.insert(relation) }
            lastNumber = max(lastNumber, reference.number)
        }
    }

    private mutating func replaceAllocations(of identity: Identity, _ old: [Allocation], with new: [Allocation]) {
        for allocation in old where !new.contains(allocation) {
            allocations.remove(AllocationEntry(allocation, identity))
        }
        for allocation in new where !old.contains(allocation) {
            allocations.insert(AllocationEntry(allocation, identity))
        }
    }
}

extension Relation {
    /// nil for objects directly below the root.
    init?(child: Identity) {
        guard let parent = child.parent else { return nil }
        self.init(owner: parent.number, kind: .children(child.type), number: child.number, relative: child)
    }

    /// nil for references between objects of one type: both ends hold them, so there is nothing to look up backwards.
    init?(from source: Identity, _ reference: ObjectReference) {
        guard source.type != reference.target.type else { return nil }
        self.init(owner: reference.target.number, kind: .backReferences(source.type), number: reference.number, relative: source)
    }
}

extension AllocationEntry {
    init(_ allocation: Allocation, _ identity: Identity) {
        self.init(space: allocation.space, number: allocation.number, owner: identity.uuid)
    }
}
