// What a transaction does to each object, as those who watch the configuration see it, and the rows that keep it through a restart.
//
// Every change of an object has a revision: one more than the change before it, in the order in which transactions were stored. A row of
// the log says which object changed, not what it became: after a restart the object's present version stands for it, as an older one helps
// nobody who is going to hear of the later change anyway.

import NetworkTypes

/// One change of one object.
public struct ObjectChange: Sendable {
    public enum Kind: String, Sendable {
        case create
        case update
        case delete
    }

    public let revision: UInt64
    public let kind: Kind
    let identity: Identity
    /// The object after the change; nil when it was deleted.
    let state: ObjectState?
    /// The object that was deleted, for those who may see only some; nil when the change is older than this process.
    var removed: ObjectState?

    /// About how many bytes it takes to show the change: what the history is bounded by.
    public var weight: Int {
        512 + ((state ?? removed).map { $0.properties.text.count + 160 * $0.references.count } ?? 0)
    }
}

/// A change as the store keeps it.
public struct ChangeRow: Sendable, Equatable {
    public var revision: UInt64
    /// `create`, `update` or `delete`.
    public var kind: String
    public var uuid: UUIDValue
    /// The schema's noun: `virtual-network`.
    public var type: String
    /// The fully qualified name, a JSON array.
    public var name: [UInt8]

    public init(revision: UInt64, kind: String, uuid: UUIDValue, type: String, name: [UInt8]) {
        self.revision = revision
        self.kind = kind
        self.uuid = uuid
        self.type = type
        self.name = name
    }
}

extension ConfigurationService {
    /// The changes that a transaction makes to objects, numbered from `revision` on; `image` is the one that it will be applied to.
    public func changes(of transaction: Transaction, to image: Image, after revision: UInt64) -> [ObjectChange] {
        var revision = revision
        return transaction.changes.compactMap { change in
            switch change {
            case .put(let state):
                revision += 1
                let isNew = image.state(state.identity.uuid) == nil
                return ObjectChange(revision: revision, kind: isNew ? .create : .update, identity: state.identity, state: state)
            case .remove(let identity):
                revision += 1
                return ObjectChange(
                    revision: revision, kind: .delete, identity: identity, state: nil, removed: image.state(identity.uuid))
            case .setValue, .removeValue:
                return nil
            }
        }
    }

    public func row(_ change: ObjectChange) -> ChangeRow {
        let identity = change.identity
        return ChangeRow(
            revision: change.revision, kind: change.kind.rawValue, uuid: identity.uuid, type: types[identity.type].name, name: identity.name
        )
    }

    /// The change that a row stands for, in an image made of the same store. nil when nobody needs to hear of it: the object went away by a
    /// later change, or is of a type that the schema does not have any more.
    public func change(_ row: ChangeRow, in image: Image) -> ObjectChange? {
        guard let type = types.type(named: row.type) else { return nil }
        guard row.kind != ObjectChange.Kind.delete.rawValue else {
            let identity = Identity(uuid: row.uuid, type: type.number, name: row.name, parent: nil, number: 0)
            return ObjectChange(revision: row.revision, kind: .delete, identity: identity, state: nil)
        }
        guard let state = image.state(row.uuid) else { return nil }
        return ObjectChange(
            revision: row.revision, kind: ObjectChange.Kind(rawValue: row.kind) ?? .update, identity: state.identity, state: state)
    }
}
