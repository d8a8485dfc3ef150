// The documents by which users get tokens and services look at them: Keystone's (Identity API v3, `/v3/auth/tokens`), so that clients and
// services that know Keystone know this server's own users, and the other way round.

import Coding
import NetworkTypes

/// What somebody who logs in says: the body of `POST /v3/auth/tokens` with the method `password`.
public struct LoginRequest: Sendable {
    public enum Scope: Sendable, Equatable {
        /// A token for no project.
        case none
        case projectID(String)
        case project(name: String, domain: String)
    }

    public var user: String
    public var password: String
    public var scope: Scope

    /// - Throws: a refusal that names the member that is missing. It never repeats what was sent.
    public init(_ body: [UInt8]) throws(Refusal) {
        let auth = try Self.value(body)["auth"] ?? .null
        let methods = auth["identity"]?["methods"]?.elements.compactMap(\.string) ?? []
        guard methods == ["password"] else {
            throw Refusal(400, "auth.identity.methods must be [\"password\"]; this server knows no other way to log in")
        }
        let user = auth["identity"]?["password"]?["user"] ?? .null
        guard let name = user["name"]?.string, let password = user["password"]?.string else {
            throw Refusal(400, "auth.identity.password.user needs name and password, both strings")
        }
        self.user = name
        self.password = password
        let project = auth["scope"]?["project"] ?? .null
        if let id = project["id"]?.string {
            scope = .projectID(id)
        } else if let name = project["name"]?.string {
            let domain = project["domain"] ?? .null
            scope = .project(name: name, domain: domain["name"]?.string ?? domain["id"]?.string ?? "default")
        } else {
            scope = .none
        }
    }

    /// Not `RequestBody.value`, whose errors may quote the body.
    private static func value(_ body: [UInt8]) throws(Refusal) -> JSONValue {
        do {
            return try JSONValue(parsing: body)
        } catch {
            throw Refusal(400, "the body must be JSON: {\"auth\": {\"identity\": {…}, \"scope\": {…}}}")
        }
    }
}

/// What a token says.
public struct TokenDocument: Sendable, Equatable {
    public var caller: Caller
    public var issued: Timestamp
    public var expires: Timestamp

    public init(_ caller: Caller, issued: Timestamp, expires: Timestamp) {
        self.caller = caller
        self.issued = issued
        self.expires = expires
    }

    /// From the reply to `GET /v3/auth/tokens`.
    ///
    /// - Throws: a sentence that says what is missing.
    public init(_ body: [UInt8]) throws(Refusal) {
        let value: JSONValue
        do { value = try JSONValue(parsing: body) } catch { throw Self.unreadable("it is not JSON") }
        guard let token = value["token"] else { throw Self.unreadable("it has no token") }
        guard let user = token["user"], let name = user["name"]?.string else { throw Self.unreadable("it has no token.user.name") }
        guard let text = token["expires_at"]?.string, let expires = Timestamp(text) else {
            throw Self.unreadable("it has no token.expires_at")
        }
        func scope(_ value: JSONValue?) -> CallerScope? {
            guard let id = value?["id"]?.string else { return nil }
            return CallerScope(id: id, name: value?["name"]?.string ?? id)
        }
        let project = token["project"]
        caller = Caller(
            user: name, userID: user["id"]?.string ?? "", roles: token["roles"]?.elements.compactMap { $0["name"]?.string } ?? [],
            project: scope(project), domain: scope(project?["domain"]) ?? scope(token["domain"]) ?? scope(user["domain"]))
        issued = token["issued_at"]?.string.flatMap { Timestamp($0) } ?? expires
        self.expires = expires
    }

    private static func unreadable(_ why: String) -> Refusal {
        Refusal(503, "The identity service's answer cannot be read: \(why)")
    }

    /// As Keystone writes it.
    public var json: [UInt8] {
        var writer = JSONWriter(reservingCapacity: 512)
        let domain = caller.domain ?? CallerScope(id: "default", name: "Default")
        writer.beginObject()
        writer.key("token")
        writer.beginObject()
        writer.member("methods", ["password"])
        writer.scope("user", CallerScope(id: caller.userID, name: caller.user), in: domain)
        if let project = caller.project { writer.scope("project", project, in: domain) }
        writer.key("roles")
        writer.beginArray()
        for role in caller.roles {
            writer.beginObject()
            writer.member("id", role)
            writer.member("name", role)
            writer.endObject()
        }
        writer.endArray()
        writer.key("catalog")
        writer.beginArray()
        writer.endArray()
        writer.member("issued_at", issued.text + "Z")
        writer.member("expires_at", expires.text + "Z")
        writer.endObject()
        writer.endObject()
        return writer.finish()
    }
}

extension JSONWriter {
    /// A user, project or domain: `"project": {"id": …, "name": …, "domain": {…}}`.
    mutating func scope(_ name: String, _ scope: CallerScope, in domain: CallerScope? = nil) {
        key(name)
        beginObject()
        member("id", scope.id)
        member("name", scope.name)
        if let domain { self.scope("domain", domain) }
        endObject()
    }
}

extension ConfigurationService {
    /// The project that somebody wants to act for, and its domain; nil when there is no such project.
    public func scope(_ scope: LoginRequest.Scope, _ image: Image) -> (project: CallerScope, domain: CallerScope, name: String)? {
        guard let type = types.type(named: "project")?.number else { return nil }
        let found: Identity?
        switch scope {
        case .none: return nil
        case .projectID(let id): found = UUIDValue(anySpelling: id).flatMap { image.state($0)?.identity }
        case .project(let name, let domain):
            let domain = CallerScope(id: domain, name: domain).configurationName
            found = image.identity(type, named: FullyQualifiedName.json([domain, name]))
        }
        guard let found, found.type == type, let domain = found.parent else { return nil }
        return (
            CallerScope(id: CallerScope.plain(found.uuid.description), name: found.shortName),
            CallerScope(id: CallerScope.plain(domain.uuid.description), name: domain.shortName), found.joinedName
        )
    }
}
