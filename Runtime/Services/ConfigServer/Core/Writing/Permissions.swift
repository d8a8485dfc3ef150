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
        guard let permissions = self[IdPermsType.key], let text = PropertySet(text: Array(permissions))["last_modified"] else {
            return nil
        }
        return String(decoding: text.dropFirst().dropLast(), as: UTF8.self)
    }
}

extension PermType2 {
    static let key = "perms2"
    /// Read 4, write 2, refer to 1.
    static let allAccess = 7

    /// What was requested, completed: the owner may do everything, others nothing.
    static func completing(_ requested: PermType2?) -> PermType2 {
        PermType2(
            owner: requested?.owner ?? IdPermsType.defaultOwner, ownerAccess: requested?.ownerAccess ?? allAccess,
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
