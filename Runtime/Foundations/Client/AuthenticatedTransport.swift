// Requests of somebody who has logged in: a token in X-Auth-Token, got with a password from the identity API (Keystone's v3, which the
// configuration server speaks for its own users) and got anew when a server no longer takes it. No password or token is ever in an error.

import Coding
import Synchronization

/// Who asks, for the identity API.
public struct PasswordCredentials: Sendable {
    public var user: String
    public var password: String
    public var userDomain: String
    /// What is asked for; nil: what the identity service gives without a scope.
    public var project: String?
    public var projectDomain: String

    public init(user: String, password: String, userDomain: String = "Default", project: String? = nil, projectDomain: String = "Default") {
        self.user = user
        self.password = password
        self.userDomain = userDomain
        self.project = project
        self.projectDomain = projectDomain
    }

    /// The body of `POST /v3/auth/tokens`.
    var request: [UInt8] {
        func named(_ name: String) -> JSONValue { .object([.init(key: "name", value: .string(name))]) }
        var user = named(user)
        user["domain"] = named(userDomain)
        user["password"] = .string(password)
        let method = JSONValue.object([.init(key: "user", value: user)])
        var authentication = JSONValue.object([
            .init(
                key: "identity",
                value: .object([.init(key: "methods", value: .array([.string("password")])), .init(key: "password", value: method)]))
        ])
        if let project {
            var scope = named(project)
            scope["domain"] = named(projectDomain)
            authentication["scope"] = .object([.init(key: "project", value: scope)])
        }
        return JSONValue.object([.init(key: "auth", value: authentication)]).bytes
    }
}

/// A transport that proves to the server who asks.
public final class AuthenticatedTransport: ClientTransport {
    private let base: any ClientTransport
    private let issuer: any ClientTransport
    private let path: String
    private let credentials: PasswordCredentials?
    private let token: Mutex<String?>

    /// - Parameters:
    ///   - issuer: where tokens come from; the configuration server itself when it has users of its own.
    ///   - path: of the identity API there, `/v3/auth/tokens`.
    public init(
        _ base: any ClientTransport, issuer: any ClientTransport, path: String = "/v3/auth/tokens", credentials: PasswordCredentials
    ) {
        (self.base, self.issuer, self.path, self.credentials) = (base, issuer, path, credentials)
        token = Mutex(nil)
    }

    /// With a token that was got elsewhere, and cannot be renewed.
    public init(_ base: any ClientTransport, token: String) {
        (self.base, issuer, path, credentials) = (base, base, "", nil)
        self.token = Mutex(token)
    }

    public func send(_ request: ClientRequest) async throws(ClientError) -> ClientReply {
        let first = try await currentToken()
        let reply = try await base.send(Self.request(request, first))
        guard reply.status == 401, credentials != nil else { return reply }
        return try await base.send(Self.request(request, try await renewed(instead: first)))
    }

    public func stream(_ request: ClientRequest) async throws(ClientError) -> any ClientStream {
        let first = try await currentToken()
        let stream = try await base.stream(Self.request(request, first))
        guard stream.status == 401, credentials != nil else { return stream }
        stream.cancel()
        return try await base.stream(Self.request(request, try await renewed(instead: first)))
    }

    private static func request(_ request: ClientRequest, _ token: String) -> ClientRequest {
        var request = request
        request.headers.append(("X-Auth-Token", token))
        return request
    }

    private func currentToken() async throws(ClientError) -> String {
        if let known = token.withLock({ $0 }) { return known }
        return try await renewed(instead: nil)
    }

    /// Several requests may renew at once; any of their tokens is as good as another.
    private func renewed(instead old: String?) async throws(ClientError) -> String {
        if let known = token.withLock({ $0 }), known != old { return known }
        guard let credentials else { throw ClientError(.denied, "the token is not valid any more", status: 401) }
        let reply = try await issuer.send(ClientRequest(.post, path, body: credentials.request))
        guard 200..<300 ~= reply.status else {
            guard reply.status == 401 else { throw ClientError(reply) }
            throw ClientError(.denied, "the identity service does not accept the name or the password of \(credentials.user)", status: 401)
        }
        guard let fresh = reply.subjectToken, !fresh.isEmpty else {
            throw ClientError(.malformedReply, "the identity service gave no X-Subject-Token; is \(path) its address?")
        }
        token.withLock { $0 = fresh }
        return fresh
    }
}
