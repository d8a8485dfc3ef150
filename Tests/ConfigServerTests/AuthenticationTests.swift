// Who callers are: the server's own users, their tokens, and what becomes of requests with and without.

import Coding
import Foundation
import Testing

@testable import ConfigServer
@testable import ConfigServerCore

@Suite struct UserFileTests {
    private let folder: TemporaryFolder
    private var path: String { folder.path + "/users.json" }

    init() throws { folder = try TemporaryFolder() }

    @Test func keepsUsers() throws {
        var users = UserFile()
        try users.add("red", password: "first", [.init(role: "member", project: "default-domain:red")])
        try users.grant(.init(role: "guest"), to: "red")
        try users.save(path)
        let loaded = try #require(try UserFile.load(path))
        #expect(loaded == users)
        let user = try #require(loaded.user("red"))
        #expect(user.roles(in: "default-domain:red") == ["member", "guest"] && user.roles(in: nil) == ["guest"])
        #expect(PasswordHash.matches("first", user.password) && !PasswordHash.matches("First", user.password))
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(!text.contains("first"))
        let permissions = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(permissions == 0o600)
    }

    @Test func oneFileOneKey() {
        #expect(UserFile().key != UserFile().key)
        #expect(UserFile().key.count == 32)
    }

    @Test func refusesWhatIsWrong() throws {
        var users = UserFile()
        try users.add("a", password: "x", [])
        for name in ["", "a b", "a:b", "ä", String(repeating: "x", count: 65)] {
            #expect(throws: UserFileError.self, "\(name)") { try users.add(name, password: "x", []) }
        }
        #expect(throws: UserFileError.self) { try users.add("a", password: "x", []) }
        #expect(throws: UserFileError.self) { try users.add("b", password: "", []) }
        #expect(throws: UserFileError.self) { try users.add("b", password: String(repeating: "x", count: 512), []) }
        #expect(throws: UserFileError.self) { try users.remove("b") }
        #expect(throws: UserFileError.self) { try users.revoke(.init(role: "r"), from: "a") }
        #expect(users.users.map(\.name) == ["a"])
    }

    @Test func readsNothingThatOthersMayRead() throws {
        try UserFile().save(path)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        let error = #expect(throws: UserFileError.self) { try UserFile.load(path) }
        #expect(error?.message.contains("chmod 600") == true)
    }

    @Test(arguments: ["", "{}", "[", #"{"token_key": "00", "users": []}"#, #"{"token_key": "zz"}"#, "\u{0}"])
    func damageIsSaid(_ text: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        let error = #expect(throws: UserFileError.self) { try UserFile.load(path) }
        #expect(error?.message.contains("no file of users, or is damaged") == true)
    }

    @Test func aMissingFileIsNone() throws { #expect(try UserFile.load(path) == nil) }
}

@Suite struct SignedTokenTests {
    private let key = [UInt8](repeating: 7, count: 32)
    private let token = SignedToken(
        user: "red", serial: 3, project: CallerScope(id: "11", name: "red"), projectName: "default-domain:red",
        domain: CallerScope(id: "22", name: "default-domain"), issued: 1, expires: 2)

    @Test func comesBackAsItWas() {
        let text = token.text(key: key)
        #expect(SignedToken(text, key: key) == token)
        #expect(SignedToken(text, key: [UInt8](repeating: 8, count: 32)) == nil)
    }

    @Test func everyChangeVoidsIt() {
        let text = Array(token.text(key: key).utf8)
        for index in text.indices {
            var changed = text
            changed[index] = changed[index] == UInt8(ascii: "0") ? UInt8(ascii: "1") : UInt8(ascii: "0")
            #expect(SignedToken(String(decoding: changed, as: UTF8.self), key: key) == nil)
        }
        for length in 0..<text.count { #expect(SignedToken(String(decoding: text[..<length], as: UTF8.self), key: key) == nil) }
    }
}

@Suite struct TokenDocumentTests {
    @Test func readsAndWritesKeystonesForm() throws {
        let text = #"""
            {"token": {"methods": ["password"], "user": {"id": "u1", "name": "red", "domain": {"id": "default", "name": "Default"}},
             "audit_ids": ["x"], "expires_at": "2026-11-27T10:00:00.000000Z", "issued_at": "2026-11-27T09:00:00.500000Z",
             "project": {"id": "p1", "name": "red", "domain": {"id": "default", "name": "Default"}}, "is_domain": false,
             "roles": [{"id": "1", "name": "member"}, {"id": "2", "name": "reader"}], "catalog": []}}
            """#
        let document = try TokenDocument(Array(text.utf8))
        #expect(document.caller.roles == ["member", "reader"] && document.caller.project == CallerScope(id: "p1", name: "red"))
        #expect(document.expires.text == "2026-11-27T10:00:00.000000" && document.issued.text == "2026-11-27T09:00:00.500000")
        #expect(try TokenDocument(document.json) == document)
    }

    @Test(arguments: ["", "{}", #"{"token": {}}"#, #"{"token": {"user": {"name": "x"}, "expires_at": "tomorrow"}}"#])
    func saysWhatIsMissing(_ text: String) {
        let refusal = #expect(throws: Refusal.self) { try TokenDocument(Array(text.utf8)) }
        #expect(refusal?.status == 503)
    }

    @Test(arguments: [
        "", "x", "{}", #"{"auth": {"identity": {"methods": ["token"]}}}"#,
        #"{"auth": {"identity": {"methods": ["password"], "password": {"user": {"name": "x", "password": 1}}}}}"#,
    ])
    func refusesToLogInWithout(_ body: String) {
        let refusal = #expect(throws: Refusal.self) { try LoginRequest(Array(body.utf8)) }
        #expect(refusal?.status == 400)
    }

    @Test(arguments: [
        ("2026-11-27T10:00:00Z", "2026-11-27T10:00:00.000000"), ("2000-02-29 23:59:59.5", "2000-02-29T23:59:59.500000"),
        ("1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999"), ("2026-01-01T00:00:00.123456789Z", "2026-01-01T00:00:00.123456"),
    ])
    func readsTimes(_ text: String, _ expected: String) { #expect(Timestamp(text)?.text == expected) }

    @Test(arguments: ["", "2026", "2026-13-01T00:00:00", "2026-11-27T10:00:00+01:00", "2026-11-27T10:00:00.Z", "2026-11-27T25:00:00Z", "x"])
    func refusesTimes(_ text: String) { #expect(Timestamp(text) == nil) }
}

@Suite struct AuthenticatedServerTests {
    /// A server with an administrator and a member of the default project.
    private static func start(_ mode: AuthorizationMode = .roles, tokenLifetime: Int64 = 3600) async throws -> RunningServer {
        let folder = try TemporaryFolder()
        var users = UserFile()
        try users.add("admin", password: "secret-a", [.init(role: "admin")])
        try users.add("red", password: "secret-r", [.init(role: "member", project: "default-domain:default-project")])
        let path = folder.path + "/users.json"
        try users.save(path)
        return try await RunningServer.start(in: folder) { options in
            options.authentication = .users(file: path, tokenLifetime: tokenLifetime)
            options.mode = mode
        }
    }

    private static func logIn(_ client: HTTPClient, _ user: String, _ password: String, project: String = "default-project") throws
        -> HTTPClient.Reply
    {
        let body = """
            {"auth": {"identity": {"methods": ["password"], "password": {"user": {"name": "\(user)", "domain": {"id": "default"},
             "password": "\(password)"}}}, "scope": {"project": {"name": "\(project)", "domain": {"id": "default"}}}}}
            """
        return try client.send("POST", "/v3/auth/tokens", body)
    }

    @Test func aPasswordGivesATokenAndATokenLetsIn() async throws {
        let running = try await Self.start()
        let client = try running.connect()
        let refused = try client.send("GET", "/projects")
        #expect(refused.status == 401 && refused.headers["www-authenticate"]?.hasPrefix("Keystone uri=\"http://") == true)
        #expect(try client.send("GET", "/").status == 200)
        #expect(try Self.logIn(client, "admin", "secret-r").status == 401)
        #expect(try Self.logIn(client, "nobody", "secret-r").status == 401)
        #expect(try Self.logIn(client, "red", "secret-r", project: "x").status == 401)
        let reply = try Self.logIn(client, "admin", "secret-a")
        let token = try #require(reply.headers["x-subject-token"])
        #expect(reply.status == 201 && reply.body.contains(#""roles":[{"id":"admin","name":"admin"}]"#) && !reply.body.contains("secret"))
        #expect(try client.send("GET", "/projects", headers: "X-Auth-Token: \(token)\r\n").status == 200)
        #expect(try client.send("GET", "/projects", headers: "X-Auth-Token: \(token)0\r\n").status == 401)
        // A service looks at a token as it would at Keystone.
        let seen = try client.send("GET", "/v3/auth/tokens", headers: "X-Auth-Token: \(token)\r\nX-Subject-Token: \(token)\r\n")
        #expect(seen.status == 200 && seen.body == reply.body)
        #expect(try client.send("GET", "/v3/auth/tokens", headers: "X-Auth-Token: \(token)\r\nX-Subject-Token: x\r\n").status == 404)
        #expect(try client.send("GET", "/v3/auth/tokens", headers: "X-Auth-Token: x\r\n").status == 401)
        try await running.server.stop()
    }

    @Test func aMemberMayWhatTheListsSay() async throws {
        let running = try await Self.start()
        let client = try running.connect()
        let admin = try #require(try Self.logIn(client, "admin", "secret-a").headers["x-subject-token"])
        let red = try #require(try Self.logIn(client, "red", "secret-r").headers["x-subject-token"])
        let body = #"{"virtual-network": {"fq_name": ["default-domain", "default-project", "n"], "parent_type": "project"}}"#
        func make() throws -> HTTPClient.Reply {
            try client.send("POST", "/virtual-networks", body, headers: "X-Auth-Token: \(red)\r\n")
        }
        #expect(try make().status == 403)
        let list = """
            {"api-access-list": {"fq_name": ["default-global-system-config", "members"], "parent_type": "global-system-config",
             "api_access_list_entries": {"rbac_rule": [{"rule_object": "*",
             "rule_perms": [{"role_name": "member", "role_crud": "CRUD"}]}]}}}
            """
        #expect(try client.send("POST", "/api-access-lists", list, headers: "X-Auth-Token: \(admin)\r\n").status == 200)
        #expect(try make().status == 200)
        let perms = try client.send("GET", "/obj-perms", headers: "X-Auth-Token: \(admin)\r\nX-User-Token: \(red)\r\n")
        #expect(perms.body.contains(#""name":"red""#) && perms.body.contains(#""is_cloud_admin_role":false"#))
        // The mode can be changed while the server runs, by those who may everything.
        #expect(try client.send("PUT", "/aaa-mode", #"{"aaa-mode": "cloud-admin"}"#, headers: "X-Auth-Token: \(red)\r\n").status == 403)
        #expect(try client.send("PUT", "/aaa-mode", #"{"aaa-mode": "cloud-admin"}"#, headers: "X-Auth-Token: \(admin)\r\n").status == 200)
        #expect(try client.send("GET", "/virtual-networks", headers: "X-Auth-Token: \(red)\r\n").status == 403)
        #expect(try client.send("PUT", "/aaa-mode", #"{"aaa-mode": "no-auth"}"#, headers: "X-Auth-Token: \(admin)\r\n").status == 200)
        #expect(try client.send("GET", "/virtual-networks").status == 200)
        try await running.server.stop()
    }

    @Test func tokensAreGoodForAsLongAsTheServerIsTold() async throws {
        let running = try await Self.start(tokenLifetime: 7)
        let document = try TokenDocument(Array(try Self.logIn(running.connect(), "admin", "secret-a").body.utf8))
        #expect(document.expires.microseconds - document.issued.microseconds == 7_000_000)
        try await running.server.stop()
    }

    @Test func tokensEndWithTheirPassword() async throws {
        let running = try await Self.start()
        let client = try running.connect()
        let token = try #require(try Self.logIn(client, "red", "secret-r").headers["x-subject-token"])
        let path = running.folder.path + "/users.json"
        var users = try #require(try UserFile.load(path))
        try users.setPassword(of: "red", "another")
        try users.save(path)
        // The token was never used, so nothing of it is remembered.
        #expect(try client.send("GET", "/projects", headers: "X-Auth-Token: \(token)\r\n").status == 401)
        #expect(try Self.logIn(client, "red", "secret-r").status == 401)
        #expect(try Self.logIn(client, "red", "another").status == 201)
        // A file that cannot be read changes nobody, until it is mended.
        try Data("{".utf8).write(to: URL(fileURLWithPath: path))
        #expect(try Self.logIn(client, "red", "another").status == 201)
        try users.remove("red")
        try users.save(path)
        #expect(try Self.logIn(client, "red", "another").status == 401)
        try await running.server.stop()
    }

    @Test func withoutUsersItDoesNotStart() async throws {
        let folder = try TemporaryFolder()
        await #expect(throws: UserFileError.self) {
            _ = try await RunningServer.start(in: folder) { $0.authentication = .users(file: folder.path + "/none.json") }
        }
    }

    @Test func aKeystoneThatDoesNotAnswerLetsNobodyIn() async throws {
        let running = try await RunningServer.start { options in
            // A port that nobody can listen on.
            options.authentication = KeystoneAddress("http://127.0.0.1:1/v3").map { .keystone($0) } ?? .none
        }
        let client = try running.connect()
        #expect(try client.send("GET", "/projects").status == 401)
        let reply = try client.send("GET", "/projects", headers: "X-Auth-Token: abc\r\n")
        #expect(reply.status == 503 && reply.body.contains("Keystone (http://127.0.0.1:1/v3) does not answer"))
        #expect(try client.send("POST", "/v3/auth/tokens", "{}").status == 404)
        #expect(try client.send("DELETE", "/v3/auth/tokens").headers["allow"] == "GET, HEAD, POST, OPTIONS")
        try await running.server.stop()
    }

    @Test(arguments: [
        ("http://k:5000/v3", "http://k:5000/v3"), ("http://k:5000", "http://k:5000/v3"),
        ("http://k/identity/v3/", "http://k:80/identity/v3"),
        ("http://[::1]:5000", "http://[::1]:5000/v3"), ("https://k", "https://k:443/v3"), ("https://k:5000/", "https://k:5000/v3"),
    ])
    func findsKeystone(_ text: String, _ expected: String) { #expect(KeystoneAddress(text)?.description == expected) }

    @Test(arguments: ["", "k:5000", "ftp://k", "http://", "http://k:99999", "http://k:5000/v3?x", "http://k:5000/v3 x"])
    func refusesAddresses(_ text: String) { #expect(KeystoneAddress(text) == nil) }
}
