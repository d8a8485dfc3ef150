// What a watcher asks for: `GET /watch?resource_type=a,b&a_fields=x,y`, as the older platform has it, and on top of it where to go on.

import NetworkTypes

/// Which changes a watcher wants to hear of, and from when on.
public struct WatchQuery: Sendable {
    /// nil: all types.
    let types: [TypeNumber]?
    /// The members to show of objects of a type; a type that is not here is shown with all its properties and references.
    private let fields: [TypeNumber: [String]]
    /// The last revision that the watcher has seen; nil when it wants to have everything listed first.
    public let revision: UInt64?
    /// The greatest number of objects in one `init` event; nil: all of a type, as older clients expect.
    let listLimit: Int?
    /// What the watcher may read. References show the names of their targets all the same.
    let permissions: ObjectPermissions

    init(_ request: Request, _ types: TypeTable, for permissions: ObjectPermissions) throws(Refusal) {
        let target = request.target
        var wanted: [TypeNumber] = []
        var fields: [TypeNumber: [String]] = [:]
        for name in target.list("resource_type") ?? [] {
            guard let type = types.type(named: name) else { throw .unknownType(name) }
            if !wanted.contains(type.number) { wanted.append(type.number) }
        }
        for item in target.query where item.name.hasSuffix("_fields") {
            guard let type = types.type(named: String(item.name.dropLast("_fields".count))) else { continue }
            if let list = target.list(item.name) { fields[type.number] = list }
        }
        self.types = wanted.isEmpty ? nil : wanted
        self.fields = fields
        self.permissions = permissions
        // A client that was cut off repeats the address it began with and says in the header how far it came: the header counts.
        let seen = try Self.revision(request.lastEventID, "the header Last-Event-ID")
        let asked = try Self.revision(target["revision"], "revision")
        revision = seen ?? asked
        guard let limit = target["init_limit"] else {
            listLimit = nil
            return
        }
        guard let number = Int(limit), number > 0 else {
            throw Refusal(400, "Bad Request, init_limit must be an integer above 0, not \(limit)")
        }
        listLimit = number
    }

    private static func revision(_ text: String?, _ name: String) throws(Refusal) -> UInt64? {
        guard let text, !text.isEmpty else { return nil }
        guard let revision = UInt64(text) else {
            throw Refusal(400, "Bad Request, \(name) must be a number that an event had as its id, not \(text.prefix(40))")
        }
        return revision
    }

    /// Whether the watcher is to be told of a change.
    public func includes(_ change: ObjectChange) -> Bool {
        guard types?.contains(change.identity.type) ?? true, change.state != nil || change.kind == .delete else { return false }
        return permissions.readsAll || (change.state ?? change.removed).map(permissions.mayRead) ?? false
    }

    /// Whether the watcher sees a change as everybody does, so that one text of it serves all.
    public func showsAll(of change: ObjectChange) -> Bool { change.state == nil || fields[change.identity.type] == nil }

    func selection(_ type: TypeNumber) -> Selection {
        fields[type].map { Selection(hasAllOwn: false, fields: $0) } ?? Selection()
    }
}

extension ConfigurationService {
    /// What a watcher asks for, once it is known that they may.
    public func watchQuery(_ operation: Operation, _ image: Image) throws(Refusal) -> WatchQuery {
        try admit(operation, image)
        return try WatchQuery(operation.request, types, for: permissions(operation, image))
    }
}
