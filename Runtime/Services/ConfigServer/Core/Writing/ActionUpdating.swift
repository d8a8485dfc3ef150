// The other actions that change objects: single references, owners and modes, and what clients keep for themselves.

import Coding
import ConfigurationModel
import NetworkTypes

extension Draft {
    // MARK: References

    /// `POST /ref-update`. Adding a reference that exists replaces its data; deleting one that does not exist succeeds.
    mutating func updateReference(_ body: JSONValue) throws(Refusal) -> UUIDValue {
        for key in ["type", "uuid", "ref-type", "operation"] where (body[key]?.string ?? "").isEmpty {
            throw Refusal(400, "Bad Request: type/uuid/ref-type/operation must all be strings; \(key) is missing")
        }
        let named = try object(body)
        let type = types[named.identity.type]
        guard types.type(named: try body.required("type"))?.number == type.number else {
            throw .unknownIdentifier(try body.required("type"), try body.required("uuid"))
        }
        try require(.write, named)
        let wanted = try body.required("ref-type")
        guard let target = types.type(named: wanted), let index = type.referenceByTarget[target.number] else {
            throw Refusal(400, "Bad Request: a \(type.name) does not refer to a \(wanted)")
        }
        let operation = try body.required("operation")
        guard operation == "ADD" || operation == "DELETE" else {
            throw Refusal(400, "Bad Request: operation should be ADD or DELETE: \(operation)")
        }
        let reference = type.references[index]
        var entry = ReferenceBody()
        entry.uuid = body["ref-uuid"]?.string
        entry.name = body["ref-fq-name"].flatMap { $0 == .null ? nil : $0.elements.compactMap(\.string) }
        entry.data = body["attr"].flatMap { $0 == .null ? nil : $0.bytes }
        let request = try reference.request(entry, "Bad Request: ", "reference")
        let referred = try self.target(entry, of: reference, status: 404)

        let state = try changeable(named)
        var object = ObjectDraft(state, type)
        let place = object.references.firstIndex { $0.target === referred }
        if operation == "DELETE" {
            guard let place else { return named.identity.uuid }
            object.references.remove(at: place)
        } else {
            if place == nil { try requireReference(to: referred) }
            let relaxes = body["relax_ref_for_delete"]?.boolean ?? false
            var changed = place.map { object.references[$0] } ?? ObjectReference(target: referred, data: nil, number: newNumber())
            changed.data = request.data
            changed.isRelaxed = changed.isRelaxed || relaxes
            if let place { object.references[place] = changed } else { object.references.append(changed) }
        }
        try finishUpdate(&object, from: state)
        return named.identity.uuid
    }

    /// `POST /ref-relax-for-delete`: the reference stays, but no longer keeps its target from being deleted.
    mutating func relaxReference(_ body: JSONValue) throws(Refusal) -> UUIDValue {
        let state = try object(body)
        try require(.write, state)
        let text = try body.required("ref-uuid")
        var object = ObjectDraft(state, types[state.identity.type])
        guard let uuid = UUIDValue(anySpelling: text), let index = object.references.firstIndex(where: { $0.target.uuid == uuid }) else {
            throw Refusal(404, "\(object.type.name) \(state.identity.uuid) does not refer to \(text)")
        }
        object.references[index].isRelaxed = true
        try save(object)
        return state.identity.uuid
    }

    // MARK: Owners and modes

    /// `POST /chown`
    mutating func changeOwner(_ body: JSONValue) throws(Refusal) {
        let state = try object(body)
        let owner = try body.required("owner")
        try changePermissions(of: state) { $0.owner = owner }
    }

    /// `POST /chmod`: what is absent stays as it is.
    mutating func changeMode(_ body: JSONValue) throws(Refusal) {
        let state = try object(body)
        let owner = body["owner"]?.string
        let ownerAccess = try Self.access(body["owner_access"], "owner_access")
        let globalAccess = try Self.access(body["global_access"], "global_access")
        var share: [ShareType]?
        if case .array(let entries)? = body["share"] {
            var list: [ShareType] = []
            for entry in entries {
                let access = try Self.access(entry["tenant_access"], "tenant_access") ?? 0
                list.append(ShareType(tenant: try entry.required("tenant"), tenantAccess: access))
            }
            share = list
        }
        try changePermissions(of: state) { permissions in
            permissions.owner = owner ?? permissions.owner
            permissions.ownerAccess = ownerAccess ?? permissions.ownerAccess
            permissions.globalAccess = globalAccess ?? permissions.globalAccess
            permissions.share = share ?? permissions.share
        }
    }

    private static func access(_ value: JSONValue?, _ key: String) throws(Refusal) -> Int? {
        guard let value, value != .null else { return nil }
        guard let access = value.integer, 0...PermType2.allAccess ~= access else {
            throw Refusal(400, "Bad Request, \(key) must be an integer from 0 to 7: read 4, write 2, refer to 1, added up")
        }
        return access
    }

    private mutating func changePermissions(of state: ObjectState, _ change: (inout PermType2) -> Void) throws(Refusal) {
        try require(.read, state)
        try require(.write, state)
        var object = ObjectDraft(state, types[state.identity.type])
        var permissions = PermType2.completing(try object.value(PermType2.key))
        change(&permissions)
        object.setValue(PermType2.key, permissions)
        try finishUpdate(&object, from: state)
    }

    /// The object whose uuid an action's body has.
    func object(_ body: JSONValue) throws(Refusal) -> ObjectState {
        let text = try body.required("uuid")
        guard let uuid = UUIDValue(anySpelling: text), let state = state(uuid) else {
            throw Refusal(404, "No object found for id \(text)")
        }
        return state
    }

    // MARK: Values

    /// `POST /useragent-kv`
    mutating func userAgentValue(_ body: JSONValue) throws(Refusal) -> Reply {
        switch body["operation"]?.string {
        case "STORE":
            let key = try body.required("key")
            setValue(key, (body["value"] ?? .null).bytes)
            return .object { _ in }
        case "RETRIEVE":
            return try retrieve(body["key"] ?? .null)
        case "DELETE":
            removeValue(try body.required("key"))
            return .object { _ in }
        default:
            throw Refusal(400, "Bad Request, operation must be STORE, RETRIEVE or DELETE")
        }
    }

    /// One value, the values of several keys, or, for null, everything.
    private func retrieve(_ key: JSONValue) throws(Refusal) -> Reply {
        var writer = JSONWriter(reservingCapacity: 256)
        writer.beginObject()
        writer.key("value")
        switch key {
        case .string(let key) where !key.isEmpty:
            guard let value = image.value(key) else { throw Refusal(404, "Unknown User-Agent key \(key)") }
            writer.raw(value)
        case .array(let keys):
            writer.beginArray()
            for key in keys {
                if let value = key.string.flatMap({ image.value($0) }) { writer.raw(value) }
            }
            writer.endArray()
        default:
            writer.beginArray()
            image.values.forEach { entry in
                writer.beginObject()
                writer.key("key")
                writer.value(entry.key)
                writer.key("value")
                writer.raw(entry.value)
                writer.endObject()
                return true
            }
            writer.endArray()
        }
        writer.endObject()
        return Reply(body: writer.finish())
    }
}
