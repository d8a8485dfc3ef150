// Who sent a request, as an identity service vouches for it, and how much the server makes of that. The Shell finds out who it is; the Core
// decides what that allows.

import NetworkTypes

/// What a server makes of who its callers are (`GET /aaa-mode`).
public enum AuthorizationMode: String, CaseIterable, Sendable {
    /// Everybody may do everything.
    case none = "no-auth"
    /// Only administrators may do anything.
    case cloudAdmin = "cloud-admin"
    /// Access lists say which calls a role may make, and each object says who may read, change and refer to it.
    case roles = "rbac"
}

/// A project or a domain, as a token names it.
public struct CallerScope: Sendable, Equatable {
    /// The identity service's identifier: a UUID with or without dashes, or a word such as `default`.
    public var id: String
    public var name: String

    public init(id: String, name: String) {
        self.id = id
        self.name = name
    }

    /// As identifiers are compared: without dashes, in lower case.
    var plainID: String { CallerScope.plain(id) }

    static func plain(_ id: String) -> String { String(id.lowercased().filter { $0 != "-" }) }
}

/// Somebody who proved who they are.
public struct Caller: Sendable, Equatable {
    public var user: String
    public var userID: String
    public var roles: [String]
    /// What the caller acts for; nil for a token that was issued without a project.
    public var project: CallerScope?
    /// The project's domain.
    public var domain: CallerScope?

    public init(user: String, userID: String = "", roles: [String], project: CallerScope? = nil, domain: CallerScope? = nil) {
        self.user = user
        self.userID = userID
        self.roles = roles
        self.project = project
        self.domain = domain
    }
}

/// What stands behind a request: the server's mode, and the caller.
public struct Access: Sendable {
    /// The roles that stand above access lists and permissions.
    public struct SpecialRoles: Sendable, Equatable {
        /// May do everything.
        public var administrator = "admin"
        /// May read everything; nil: there is no such role.
        public var reader: String?

        public init() {}
    }

    public let mode: AuthorizationMode
    /// nil: nobody was asked.
    public let caller: Caller?
    /// May do everything.
    public let isUnlimited: Bool
    /// May read everything.
    public let readsAll: Bool

    /// Without authentication.
    public static let open = Access(mode: .none, caller: nil)

    public init(mode: AuthorizationMode, caller: Caller?, _ special: SpecialRoles = SpecialRoles()) {
        self.mode = mode
        self.caller = caller
        let roles = caller?.roles ?? []
        isUnlimited = mode == .none || roles.contains(special.administrator)
        readsAll = isUnlimited || (special.reader.map(roles.contains) ?? false)
    }

    /// For messages: `blue (member) in blue-project`.
    var description: String {
        guard let caller else { return "somebody unknown" }
        let roles = caller.roles.joined(separator: ", ")
        return "\(caller.user) (\(roles))" + (caller.project.map { " in project \($0.name)" } ?? "")
    }
}
