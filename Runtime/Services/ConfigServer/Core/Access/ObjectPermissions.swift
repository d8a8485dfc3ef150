// What a caller may do with one object: perms2 says what its owner may, those it is shared with, and everybody else. Access is read 4,
// write 2, refer to 1, as in Unix. An administrator may do everything, and so may everybody where nobody is asked who they are.

import Coding
import ConfigurationModel
import NetworkTypes

/// What may be done with an object.
struct Permission: OptionSet, Sendable {
    let rawValue: Int

    static let read = Permission(rawValue: 4)
    static let write = Permission(rawValue: 2)
    static let refer = Permission(rawValue: 1)
    static let all: Permission = [.read, .write, .refer]

    /// `RWX`, as clients of the older platform read it.
    var letters: String {
        (contains(.read) ? "R" : "") + (contains(.write) ? "W" : "") + (contains(.refer) ? "X" : "")
    }

    fileprivate var verb: String {
        switch self {
        case .read: "read"
        case .write: "change"
        default: "refer to"
        }
    }
}

/// The permissions of one caller, in one image.
struct ObjectPermissions: Sendable {
    let access: Access
    /// As owners and shares name them; empty when the caller has none.
    private let project: String
    private let domains: [String]

    /// May do everything with every object: no object has to be looked at.
    var isUnlimited: Bool { access.isUnlimited }
    /// May read every object.
    var readsAll: Bool { access.readsAll }

    static let unlimited = ObjectPermissions(.open, Image(), nil)

    /// - Parameter domainType: the type of domains; nil when the schema has none.
    init(_ access: Access, _ image: Image, _ domainType: TypeNumber?) {
        self.access = access
        let caller = access.caller
        project = caller?.project?.plainID ?? ""
        guard !access.isUnlimited, let domain = caller?.domain else {
            domains = []
            return
        }
        // An identity service may know the domain by another identifier than the configuration does; its name is what they share.
        let own = domainType.flatMap { image.identity($0, named: FullyQualifiedName.json([domain.configurationName])) }
        domains = [domain.plainID] + (own.map { [CallerScope.plain($0.uuid.description)] } ?? [])
    }

    // MARK: Asking

    func permission(for state: ObjectState) -> Permission {
        if isUnlimited { return .all }
        var granted: Permission = readsAll ? .read : []
        let uuid = CallerScope.plain(state.identity.uuid.description)
        // Whoever acts for a project is at home there, whoever made its object.
        let isAtHome = !project.isEmpty && uuid == project
        guard let text = state.properties[PermType2.key] else { return isAtHome ? .all : granted }
        let permissions: PermType2
        do { permissions = try PermType2(json: Array(text)) } catch { return isAtHome ? .all : granted }
        granted.formUnion(Permission(rawValue: permissions.globalAccess ?? 0))
        if !project.isEmpty, isAtHome || permissions.owner.map(CallerScope.plain) == project {
            granted.formUnion(Permission(rawValue: permissions.ownerAccess ?? 0))
        }
        for share in permissions.share ?? [] where isMeant(share.tenant ?? "") {
            granted.formUnion(Permission(rawValue: share.tenantAccess ?? 0))
        }
        return granted
    }

    /// Whether an object is shared with the caller's project or domain: `tenant:<uuid>`, `domain:<uuid>`; a UUID alone is a project's.
    private func isMeant(_ tenant: String) -> Bool {
        if tenant.hasPrefix("domain:") { return domains.contains(CallerScope.plain(String(tenant.dropFirst("domain:".count)))) }
        let id = tenant.hasPrefix("tenant:") ? String(tenant.dropFirst("tenant:".count)) : tenant
        return !project.isEmpty && CallerScope.plain(id) == project
    }

    func mayRead(_ state: ObjectState) -> Bool {
        readsAll || (permission(for: state).contains(.read) && Self.isVisible(state))
    }

    /// Objects that their maker declared to be the system's own are for administrators.
    private static func isVisible(_ state: ObjectState) -> Bool {
        guard let text = state.properties[IdPermsType.key] else { return true }
        return PropertySet(text: Array(text))["user_visible"].map { !$0.elementsEqual("false".utf8) } ?? true
    }

    func owns(_ state: ObjectState) -> Bool {
        if isUnlimited { return true }
        guard !project.isEmpty, let text = state.properties[PermType2.key] else { return false }
        do { return try PermType2(json: Array(text)).owner.map(CallerScope.plain) == project } catch { return false }
    }

    // MARK: Demanding

    func require(_ permission: Permission, _ state: ObjectState, _ type: TypeEntry) throws(Refusal) {
        if isUnlimited { return }
        let isGranted = permission == .read ? mayRead(state) : self.permission(for: state).contains(permission)
        guard isGranted, permission != .write || Self.isVisible(state) else {
            throw Refusal(
                403,
                "Permission Denied for \(access.description) to \(permission.verb) the \(type.name) \(state.identity.joinedName); "
                    + "its owner can share it (POST /chmod)")
        }
    }

    /// Objects are deleted by those who own them, with the right to change what they are below.
    func requireDeletion(_ state: ObjectState, parent: ObjectState?, _ types: TypeTable) throws(Refusal) {
        if isUnlimited { return }
        if let parent { try require(.write, parent, types[parent.identity.type]) }
        guard owns(state), Self.isVisible(state) else {
            throw Refusal(
                403,
                "Permission Denied for \(access.description) to delete the \(types[state.identity.type].name) "
                    + "\(state.identity.joinedName); only the project that owns it can")
        }
    }
}

extension CallerScope {
    /// The name of the configuration's object for it: Keystone calls the domain that is always there `Default`.
    var configurationName: String { id == "default" || name.lowercased() == "default" ? "default-domain" : name }
}
