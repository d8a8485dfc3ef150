// Reads that are neither objects nor lists.

import Coding
import NetworkTypes
import Resources

struct Lookups {
    let image: Image
    let types: TypeTable

    /// `POST /fqname-to-id`
    func identifier(_ body: JSONValue) throws(Refusal) -> Reply {
        let name = try body.required("type")
        guard let type = types.type(named: name) else { throw .unknownType(name) }
        guard case .array(let list)? = body["fq_name"] else { throw Refusal(400, "Bad Request, no fq_name in POST body") }
        let elements = list.compactMap(\.string)
        guard elements.count == list.count, let found = image.identity(type.number, named: FullyQualifiedName.json(elements)) else {
            throw Refusal(404, "Name \(elements.joined(separator: ":")) not found: there is no such \(type.name)")
        }
        return .object { $0.member("uuid", found.uuid.description) }
    }

    /// `POST /id-to-fqname`
    func name(_ body: JSONValue) throws(Refusal) -> Reply {
        let identity = try object(try body.required("uuid")).identity
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

    /// `GET /obj-perms`: without authentication everybody may do everything, and nobody is an administrator.
    func permissions(_ target: RequestTarget) throws(Refusal) -> Reply {
        if let uuid = target["uuid"] { _ = try object(uuid) }
        return .object { writer in
            writer.key("token_info")
            writer.null()
            writer.member("is_cloud_admin_role", false)
            writer.member("is_global_read_only_role", false)
            writer.member("permissions", "RWX")
        }
    }

    private func object(_ text: String) throws(Refusal) -> ObjectState {
        guard let uuid = UUIDValue(anySpelling: text), let state = image.state(uuid) else {
            throw Refusal(404, "No object found for id \(text)")
        }
        return state
    }
}
