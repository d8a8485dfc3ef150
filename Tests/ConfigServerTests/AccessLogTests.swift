// The access log of a server over real sockets: a line for each request, with who asked and nothing of what proves it.

import Coding
import Foundation
import Testing

@testable import ConfigServer
@testable import ConfigServerCore

@Suite struct AccessLogTests {
    private func lines(_ path: String) throws -> [JSONValue] {
        try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map { try JSONValue(parsing: Array($0.utf8)) }
    }

    @Test func everyRequestHasALineWithWhoAsked() async throws {
        let folder = try TemporaryFolder()
        let log = folder.path + "/access.log"
        var users = UserFile()
        try users.add("admin", password: "secret-a", [.init(role: "admin")])
        try users.save(folder.path + "/users.json")
        let running = try await RunningServer.start(in: folder) { options in
            options.authentication = .users(file: folder.path + "/users.json", tokenLifetime: 3600)
            options.mode = .cloudAdmin
            options.accessLog = .file(log)
        }
        let client = try running.connect()
        let body = """
            {"auth": {"identity": {"methods": ["password"], "password": {"user": {"name": "admin", "domain": {"id": "default"},
             "password": "secret-a"}}}, "scope": {"project": {"name": "default-project", "domain": {"id": "default"}}}}}
            """
        let token = try #require(try client.send("POST", "/v3/auth/tokens", body).headers["x-subject-token"])
        let proof = "X-Auth-Token: \(token)\r\n"
        // Answered at once, by the writer, by a reader of long lists, and refused.
        let found = try client.send("GET", "/projects?count=true", headers: proof + "X-Request-Id: mine\r\n")
        #expect(found.status == 200)
        #expect(try client.send("POST", "/virtual-machines", #"{"virtual-machine": {"fq_name": ["m"]}}"#, headers: proof).status == 200)
        #expect(try client.send("GET", "/projects").status == 401)
        #expect(try client.send("GET", "/healthz").status == 200)
        var watcher: HTTPClient? = try running.connect()
        watcher?.write("GET /watch HTTP/1.1\r\nHost: x\r\n\(proof)X-Forwarded-For: 10.0.0.9\r\n\r\n")
        #expect(try watcher?.readReply(hasBody: false).status == 200)
        watcher = nil
        try await running.server.stop()

        let lines = try lines(log)
        func values(_ key: String) -> [String?] { lines.map { $0[key]?.string } }
        #expect(values("target") == ["/v3/auth/tokens", "/projects?count=true", "/virtual-machines", "/projects", "/healthz", "/watch"])
        #expect(values("user") == [nil, "admin", "admin", nil, nil, "admin"])
        #expect(values("address").last == "10.0.0.9")
        #expect(values("method") == ["POST", "GET", "POST", "GET", "GET", "GET"])
        #expect(values("request")[1] == "mine")
        #expect(lines.map { $0["status"]?.unsignedInteger } == [201, 200, 200, 401, 200, 200])
        #expect(lines[1]["bytes"]?.unsignedInteger == UInt64(found.body.utf8.count))
        let text = try String(contentsOfFile: log, encoding: .utf8)
        #expect(!text.contains(token) && !text.contains("secret-a"))
    }
}
