// How an image takes over what another server stored: from rows, where the server that made them applied the transaction itself. Promises
// the same image and the same changes as that server has, or an error that names the row and an image as it was.

import NetworkTypes

extension ConfigurationService {
    /// Applies a commit of another server to the image that it follows on.
    ///
    /// - Returns: what the commit did to each object, for the feed.
    public func follow(_ commit: Commit, on image: inout Image) throws(StoreError) -> [ObjectChange] {
        var following = Following(commit, types, image)
        try following.identify()
        try following.apply()
        image = following.image
        return following.changes
    }
}

private struct Following {
    private let commit: Commit
    private let types: TypeTable
    var image: Image
    var changes: [ObjectChange] = []
    /// The identity of each row that puts an object; nil where the schema has no type for it.
    private var identities: [Identity?] = []
    /// Objects that the commit removes before the row that is looked at.
    private var removed: Set<UUIDValue> = []
    /// The rows that put an object, by its UUID: a reference may lead to one that comes later.
    private var puts: [UUIDValue: [(index: Int, identity: Identity)]] = [:]

    init(_ commit: Commit, _ types: TypeTable, _ image: Image) {
        self.commit = commit
        self.types = types
        self.image = image
    }

    mutating func identify() throws(StoreError) {
        var objectRows = 0
        for (index, change) in commit.rows.enumerated() {
            switch change {
            case .put(let row):
                objectRows += 1
                let identity = try identity(of: row)
                removed.remove(row.uuid)
                identities.append(identity)
                if let identity { puts[row.uuid, default: []].append((index, identity)) } else { image.unseen.insert(row.uuid) }
                image.lastNumber = max(image.lastNumber, row.number)
            case .remove:
                if objectRows < commit.log.count {
                    let uuid = commit.log[objectRows].uuid
                    removed.insert(uuid)
                    puts[uuid] = nil
                }
                objectRows += 1
                identities.append(nil)
            case .setValue, .removeValue: identities.append(nil)
            }
        }
        guard objectRows == commit.log.count else {
            throw StoreError(
                .unusable, "a commit changes \(objectRows) objects and tells of \(commit.log.count): it is damaged; restore a backup")
        }
    }

    private func identity(of row: ObjectRow) throws(StoreError) -> Identity? {
        guard let type = types.type(named: row.type) else { return nil }
        if let known = present(row.uuid), known.number == row.number { return known }
        var parent: Identity?
        if let uuid = row.parent {
            if image.unseen.contains(uuid) { return nil }
            parent = present(uuid)
            if parent == nil { throw row.damaged("its parent \(uuid) is missing") }
        }
        return Identity(uuid: row.uuid, type: type.number, name: row.name, parent: parent, number: row.number)
    }

    private func present(_ uuid: UUIDValue) -> Identity? {
        puts[uuid]?.last?.identity ?? (removed.contains(uuid) ? nil : image.state(uuid)?.identity)
    }

    mutating func apply() throws(StoreError) {
        var log = commit.log.makeIterator()
        for (index, change) in commit.rows.enumerated() {
            switch change {
            case .put(let row):
                guard let entry = log.next(), let identity = identities[index] else { continue }
                let state = try state(of: row, identity, at: index)
                let kind = ObjectChange.Kind(rawValue: entry.kind) ?? .update
                changes.append(
                    ObjectChange(revision: entry.revision, kind: kind, identity: identity, state: state, note: entry.note))
                perform(.put(state))
            case .remove:
                guard let entry = log.next(), let before = image.state(entry.uuid) else { continue }
                changes.append(
                    ObjectChange(
                        revision: entry.revision, kind: .delete, identity: before.identity, state: nil, removed: before,
                        note: entry.note))
                perform(.remove(before.identity))
            case .setValue(let key, let value): perform(.setValue(key: key, value: value))
            case .removeValue(let key): perform(.removeValue(key: key))
            }
        }
    }

    private mutating func perform(_ change: Change) {
        var transaction = Transaction()
        transaction.changes = [change]
        image.apply(transaction)
    }

    private func state(of row: ObjectRow, _ identity: Identity, at index: Int) throws(StoreError) -> ObjectState {
        try row.checkProperties()
        let (image, puts) = (image, puts)
        let references = try row.references { uuid in
            if uuid == identity.uuid { return .object(identity) }
            if let present = image.state(uuid)?.identity { return .object(present) }
            if let coming = puts[uuid]?.first(where: { $0.index > index })?.identity { return .object(coming) }
            return image.unseen.contains(uuid) ? .unseen : .missing
        }
        let details = try row.parsedDetails()
        return ObjectState(
            identity, properties: PropertySet(text: row.properties), references: references, positions: details.positions,
            allocations: details.allocations)
    }
}
