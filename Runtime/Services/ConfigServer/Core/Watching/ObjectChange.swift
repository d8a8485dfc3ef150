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
    /// The object after the change; nil when it was deleted, by this change or, when it is older than this process, by a later one.
    let state: ObjectState?
    /// The object that was deleted, for those who may see only some; nil when the change is older than this process.
    var removed: ObjectState?
    /// Who changed it and how (ChangeNote), as JSON; nil when the log does not say.
    var note: [UInt8]?

    /// About how many bytes it takes to show the change: what the history is bounded by.
    public var weight: Int {
        512 + (note?.count ?? 0) + ((state ?? removed).map { $0.properties.text.count + 160 * $0.references.count } ?? 0)
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
    /// Who changed it and how, a JSON object; nil when that is not known.
    public var note: [UInt8]?

    public init(revision: UInt64, kind: String, uuid: UUIDValue, type: String, name: [UInt8], note: [UInt8]? = nil) {
        self.revision = revision
        self.kind = kind
        self.uuid = uuid
        self.type = type
        self.name = name
        self.note = note
    }
}

extension ConfigurationService {
    /// The changes that a transaction makes to objects, numbered from `revision` on; `image` is the one that it will be applied to.
    public func changes(
        of transaction: Transaction, to image: Image, after revision: UInt64, note: ChangeNote? = nil
    ) -> [ObjectChange] {
        var revision = revision
        return transaction.changes.compactMap { change in
            switch change {
            case .put(let state):
                revision += 1
                // Another object may have had the UUID, and be gone.
                let before = image.state(state.identity.uuid).flatMap { $0.identity === state.identity ? $0 : nil }
                return ObjectChange(
                    revision: revision, kind: before == nil ? .create : .update, identity: state.identity, state: state,
                    note: note?.text(before: before, after: state, types))
            case .remove(let identity):
                revision += 1
                let before = image.state(identity.uuid)
                return ObjectChange(
                    revision: revision, kind: .delete, identity: identity, state: nil, removed: before,
                    note: note?.text(before: before, after: nil, types))
            case .setValue, .removeValue:
                return nil
            }
        }
    }

    public func row(_ change: ObjectChange) -> ChangeRow {
        let identity = change.identity
        return ChangeRow(
            revision: change.revision, kind: change.kind.rawValue, uuid: identity.uuid, type: types[identity.type].name,
            name: identity.name,
            note: change.note)
    }

    /// The change that a row stands for, in an image made of the same store; nil when the object is of a type that the schema does not have
    /// any more. Of an object that went away by a later change nobody needs to hear, but who asks what happened to it is told.
    public func change(_ row: ChangeRow, in image: Image) -> ObjectChange? {
        guard let type = types.type(named: row.type) else { return nil }
        let kind = ObjectChange.Kind(rawValue: row.kind) ?? .update
        let state = kind == .delete ? nil : image.state(row.uuid)
        let identity = state?.identity ?? Identity(uuid: row.uuid, type: type.number, name: row.name, parent: nil, number: 0)
        return ObjectChange(revision: row.revision, kind: kind, identity: identity, state: state, note: row.note)
    }
}
