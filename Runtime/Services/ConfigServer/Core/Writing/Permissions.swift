// id_perms and perms2: what every object says about its making and its owner. Clients propose, the server decides.

import Coding
import ConfigurationModel
import NetworkTypes

extension IdPermsType {
    static let key = "id_perms"
    /// Who owns what is made without authentication.
    static let defaultOwner = "cloud-admin"

    /// For a new object. Identifier and times are the server's; the rest may be proposed.
    static func new(requested: IdPermsType?, uuid: UUIDValue, now: Timestamp) -> IdPermsType {
        let permissions = requested?.permissions
        return IdPermsType(
            permissions: PermType(
                owner: permissions?.owner ?? defaultOwner, ownerAccess: permissions?.ownerAccess ?? PermType2.allAccess,
                group: permissions?.group ?? "cloud-admin-group", groupAccess: permissions?.groupAccess ?? PermType2.allAccess,
                otherAccess: permissions?.otherAccess ?? PermType2.allAccess),
            uuid: UuidType(uuidMslong: uuid.high, uuidLslong: uuid.low), enable: requested?.enable ?? true, created: now.text,
            lastModified: now.text, description: requested?.description, userVisible: requested?.userVisible ?? true,
            creator: requested?.creator)
    }
}

extension PropertySet {
    /// `id_perms.last_modified`, the entity tag of an object.
    var lastModified: String? {
        text.withUnsafeBufferPointer { text in
            guard let permissions = JSONScan.member("id_perms", text),
                let time = JSONScan.member("last_modified", text, from: permissions.lowerBound), time.count >= 2
            else { return nil }
            return String(decoding: text[time.dropFirst().dropLast()], as: UTF8.self)
        }
    }
}

extension PermType2 {
    static let key = "perms2"
    /// Read 4, write 2, refer to 1.
    static let allAccess = 7

    /// What was requested, completed: the owner may do everything, others nothing.
    static func completing(_ requested: PermType2?, owner: String = IdPermsType.defaultOwner) -> PermType2 {
        PermType2(
            owner: requested?.owner ?? owner, ownerAccess: requested?.ownerAccess ?? allAccess,
            globalAccess: requested?.globalAccess ?? 0, share: requested?.share ?? [])
    }

    /// Shares the object with a tenant (`domain:<uuid>`) unless it is already.
    mutating func addShare(_ tenant: String, access: Int) {
        var entries = share ?? []
        guard !entries.contains(where: { $0.tenant == tenant }) else { return }
        entries.append(ShareType(tenant: tenant, tenantAccess: access))
        share = entries
    }
}

// MARK: What the caller may do

extension Draft {
    func require(_ permission: Permission, _ state: ObjectState) throws(Refusal) {
        try permissions.require(permission, state, types[state.identity.type])
    }

    /// A reference makes use of its target, and keeps it from being deleted.
    func requireReference(to target: Identity) throws(Refusal) {
        // An object may always refer to itself; it is not there yet while it is made.
        guard !permissions.isUnlimited, let state = state(target.uuid) else { return }
        try require(.refer, state)
    }

    /// Objects are made below those that the caller may change. What is made on a fabric only makes use of it.
    func requireRoom(below parent: Identity) throws(Refusal) {
        guard !permissions.isUnlimited, let state = state(parent.uuid) else { return }
        try require(types[parent.type].name == "fabric" ? .refer : .write, state)
    }

    func requireDeletion(_ state: ObjectState) throws(Refusal) {
        try permissions.requireDeletion(state, parent: state.identity.parent.flatMap { self.state($0.uuid) }, types)
    }
}
