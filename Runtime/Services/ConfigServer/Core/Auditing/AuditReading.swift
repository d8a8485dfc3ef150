// `GET /audit?uuid=…&type=…&user=…&since=…&limit=…`: who changed what. Newest first; as far back as changes are held for watchers. Whoever may
// read an object may read what happened to it.

import Coding
import NetworkTypes
import Resources

/// Which changes somebody wants to hear of.
public struct AuditQuery: Sendable {
    private let uuid: UUIDValue?
    private let type: TypeNumber?
    private let user: String?
    /// Only changes after this revision.
    let since: UInt64
    let limit: Int
    private let permissions: ObjectPermissions

    static let greatestLimit = 1000

    init(_ target: RequestTarget, _ types: TypeTable, for permissions: ObjectPermissions) throws(Refusal) {
        self.permissions = permissions
        user = target["user"]
        if let text = target["uuid"] {
            guard let uuid = UUIDValue(anySpelling: text) else { throw Refusal(400, "Bad Request, uuid '\(text.prefix(100))' is no UUID") }
            self.uuid = uuid
        } else {
            uuid = nil
        }
        if let name = target["type"] {
            guard let type = types.type(named: name) else { throw .unknownType(name) }
            self.type = type.number
        } else {
            type = nil
        }
        func number(_ name: String, _ otherwise: UInt64) throws(Refusal) -> UInt64 {
            guard let text = target[name] else { return otherwise }
            guard let number = UInt64(text) else { throw Refusal(400, "Bad Request, \(name) must be a number, not \(text.prefix(40))") }
            return number
        }
        since = try number("since", 0)
        let limit = try number("limit", 100)
        guard 1...UInt64(Self.greatestLimit) ~= limit else {
            throw Refusal(400, "Bad Request, limit must be from 1 to \(Self.greatestLimit), not \(limit)")
        }
        self.limit = Int(limit)
    }

    fileprivate func includes(_ change: ObjectChange) -> Bool {
        if let uuid, change.identity.uuid != uuid { return false }
        if let type, change.identity.type != type { return false }
        if let user, change.note.flatMap({ PropertySet(text: $0)["user"] }).map({ !$0.elementsEqual(Self.json(user)) }) ?? true {
            return false
        }
        return permissions.readsAll || (change.state ?? change.removed).map(permissions.mayRead) ?? false
    }

    private static func json(_ text: String) -> [UInt8] {
        var writer = JSONWriter(reservingCapacity: 64)
        writer.value(text)
        return writer.finish()
    }
}

extension ConfigurationService {
    /// What an operation asks of the log of changes, once it is known that the caller may.
    public func auditQuery(_ operation: Operation, _ image: Image) throws(Refusal) -> AuditQuery {
        try admit(operation, image)
        return try AuditQuery(operation.request.target, types, for: permissions(operation, image))
    }

    /// - Parameters:
    ///   - changes: newest first.
    ///   - floor: every change after this revision is among them.
    public func audit(_ query: AuditQuery, _ changes: some Sequence<ObjectChange>, floor: UInt64) -> Reply {
        var count = 0
        return .object(reserving: 4096) { writer in
            writer.key("changes")
            writer.beginArray()
            for change in changes {
                guard change.revision > query.since, count < query.limit else { break }
                guard query.includes(change) else { continue }
                count += 1
                writer.beginObject()
                writer.key("revision")
                writer.value(change.revision)
                writer.member("kind", change.kind.rawValue)
                writer.member("type", types[change.identity.type].name)
                writer.member("uuid", change.identity.uuid.description)
                writer.key("fq_name")
                writer.raw(change.identity.name)
                if let note = change.note, note.count > 2 { writer.raw(PropertySet(text: note).members) }
                writer.endObject()
            }
            writer.endArray()
            writer.key("held_after")
            writer.value(floor)
        }
    }
}
