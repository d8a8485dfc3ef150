// Reads that are neither objects nor lists.

import Coding
import NetworkTypes
import Resources

struct Lookups {
    let image: Image
    let types: TypeTable
    let permissions: ObjectPermissions

    /// `POST /fqname-to-id`
    func identifier(_ body: JSONValue) throws(Refusal) -> Reply {
        let name = try body.required("type")
        guard let type = types.type(named: name) else { throw .unknownType(name) }
        guard case .array(let list)? = body["fq_name"] else { throw Refusal(400, "Bad Request, no fq_name in POST body") }
        let elements = list.compactMap(\.string)
        guard elements.count == list.count, let found = image.identity(type.number, named: FullyQualifiedName.json(elements)) else {
            throw Refusal(404, "Name \(elements.joined(separator: ":")) not found: there is no such \(type.name)")
        }
        try requireSight(of: found)
        return .object { $0.member("uuid", found.uuid.description) }
    }

    /// `POST /id-to-fqname`
    func name(_ body: JSONValue) throws(Refusal) -> Reply {
        let identity = try object(try body.required("uuid")).identity
        try requireSight(of: identity)
        return .object { writer in
            writer.key("fq_name")
            writer.raw(identity.name)
            writer.member("type", types[identity.type].name)
        }
    }

    /// `GET /prop-collection-get?uuid=&fields=a,b[&position=]`
    func elements(_ target: RequestTarget) throws(Refusal) -> Reply {
        guard let uuid = target["uuid"], let fields = target.list("fields") else {
            throw Refusal(400, "Bad Request, uuid and fields must be in the query")
        }
        let state = try object(uuid)
        let type = types[state.identity.type]
        try permissions.require(.read, state, type)
        var writer = JSONWriter(reservingCapacity: 512)
        writer.beginObject()
        for field in fields {
            guard case .property(let index)? = type.members[field],
                let list = try ElementList(
                    type.resource.properties[index], value: state.properties[field].map(Array.init), positions: state.positions[field])
            else {
                throw Refusal(400, "Bad Request, \(field) is not a list or map property of \(type.name)")
            }
            writer.key(field)
            writer.beginArray()
            for element in list.elements where target["position"].map({ $0.isEmpty || $0 == element.position }) ?? true {
                writer.beginArray()
                writer.raw(element.value)
                writer.value(element.position)
                writer.endArray()
            }
            writer.endArray()
        }
        writer.endObject()
        return Reply(body: writer.finish())
    }

    /// `GET /obj-perms`: who the caller is taken for, and what they may do with an object. Without authentication everybody may do
    /// everything, and nobody is an administrator.
    func permissions(_ target: RequestTarget, _ access: Access) throws(Refusal) -> Reply {
        var granted = Permission.all
        if let uuid = target["uuid"] { granted = permissions.permission(for: try object(uuid)) }
        return .object { writer in
            writer.key("token_info")
            if let caller = access.caller { Self.write(caller, &writer) } else { writer.null() }
            writer.member("is_cloud_admin_role", access.caller != nil && access.isUnlimited && access.mode != .none)
            writer.member("is_global_read_only_role", access.readsAll && !access.isUnlimited)
            writer.member("permissions", granted.letters)
        }
    }

    private static func write(_ caller: Caller, _ writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("token")
        writer.beginObject()
        writer.scope("user", CallerScope(id: caller.userID, name: caller.user))
        if let project = caller.project { writer.scope("project", project) }
        if let domain = caller.domain { writer.scope("domain", domain) }
        writer.key("roles")
        writer.beginArray()
        for role in caller.roles {
            writer.beginObject()
            writer.member("name", role)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        writer.endObject()
    }

    /// Whoever may refer to an object may find it, too.
    private func requireSight(of identity: Identity) throws(Refusal) {
        guard !permissions.readsAll, let state = image.state(identity.uuid) else { return }
        if permissions.permission(for: state).contains(.refer) { return }
        try permissions.require(.read, state, types[identity.type])
    }

    private func object(_ text: String) throws(Refusal) -> ObjectState {
        guard let uuid = UUIDValue(anySpelling: text), let state = image.state(uuid) else {
            throw Refusal(404, "No object found for id \(text)")
        }
        return state
    }
}
