// Changing objects. Every way of doing so ends in `finishUpdate`, so a rule sees a change whichever request made it.

import Coding
import ConfigurationModel
import NetworkTypes
import Resources

extension Draft {
    /// PUT: properties that are present replace stored ones, null removes them; a list of references that is present replaces all of its kind.
    mutating func update(_ state: ObjectState, _ body: ObjectBody) throws(Refusal) {
        let type = types[state.identity.type]
        try checkUnchanged(body, state.identity, type)
        let properties = try body.checkedProperties(type, "Bad property in update: ")
        let requests = try body.checkedReferences(type, "Bad reference in update: ")
        var object = ObjectDraft(state, type)
        for (index, value) in properties {
            if index == type.identityPermissions {
                try updateIdentityPermissions(&object, value)
            } else if index == type.sharingPermissions {
                try updateSharingPermissions(&object, value)
            } else {
                object.properties[index] = value
                object.positions[type.resource.properties[index].key] = nil
            }
        }
        for (index, list) in requests.sorted(by: { $0.key < $1.key }) { try replaceReferences(list, at: index, of: &object) }
        try finishUpdate(&object, from: state)
    }

    /// Applies the rules of the type to a changed object and saves it.
    mutating func finishUpdate(_ object: inout ObjectDraft, from state: ObjectState) throws(Refusal) {
        try rules[object.type.number]?.complete(&object, replacing: state, in: &self)
        try Tags.check(object, types)
        try object.touch(now)
        try save(object)
        try rules[object.type.number]?.changed(object, replacing: state, in: &self)
    }

    /// Who an object is does not change. Clients send these members back as they read them.
    func checkUnchanged(_ body: ObjectBody, _ identity: Identity, _ type: TypeEntry) throws(Refusal) {
        if let name = body.name, name != identity.elements {
            throw Refusal(400, "fq_name of a \(type.name) cannot change; create another, or set display_name")
        }
        if let text = body.uuid, UUIDValue(anySpelling: text) != identity.uuid {
            throw Refusal(400, "uuid in the body is not that of the address")
        }
        if let text = body.parentUUID, let parent = identity.parent, UUIDValue(anySpelling: text) != parent.uuid {
            throw Refusal(400, "The parent of a \(type.name) cannot change; create another below that parent")
        }
    }

    /// Two members of id_perms stay writable.
    private func updateIdentityPermissions(_ object: inout ObjectDraft, _ value: [UInt8]?) throws(Refusal) {
        guard let value, var permissions = try object.value(IdPermsType.key, as: IdPermsType.self) else { return }
        let requested: IdPermsType = try parsed(value, IdPermsType.key)
        permissions.enable = requested.enable ?? permissions.enable
        permissions.description = requested.description ?? permissions.description
        object.setValue(IdPermsType.key, permissions)
    }

    private func updateSharingPermissions(_ object: inout ObjectDraft, _ value: [UInt8]?) throws(Refusal) {
        guard let value else { return }
        let requested: PermType2 = try parsed(value, PermType2.key)
        guard let owner = requested.owner, !owner.isEmpty else {
            throw Refusal(400, "Bad property in update: perms2: owner must be present")
        }
        object.setValue(PermType2.key, PermType2.completing(requested))
    }

    private func parsed<Value: JSONCodable>(_ value: [UInt8], _ key: String) throws(Refusal) -> Value {
        do {
            return try Value(json: value)
        } catch {
            throw Refusal("Bad property in update: ", error, in: key)
        }
    }
}
