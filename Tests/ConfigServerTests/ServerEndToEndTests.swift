// The whole server over real sockets: HTTP as clients speak it and as nobody should, starting, stopping, and many clients at once.

import Coding
import ConfigurationREST
import Foundation
import Logging
import Testing

@testable import ConfigServer
@testable import ConfigServerCore

@Suite struct ServerEndToEndTests {
    @Test func speaksHTTP() async throws {
        let running = try await RunningServer.start()
        try await onThread {
            let client = try running.connect()
            let home = try client.send("GET", "/")
            #expect(home.status == 200 && home.headers["content-type"]?.hasPrefix("application/json") == true)
            #expect(home.body.contains("\"href\":\"http://server\"") && home.headers["date"]?.hasSuffix("GMT") == true)
            let made = try client.send("POST", "/virtual-machines", machine("a"))
            #expect(made.status == 200)
            let location = try #require(made.body.firstMatch(of: #/"href":"http://server(/[^"]*)"/#)?.1)
            let read = try client.send("GET", String(location))
            let head = try client.send("HEAD", String(location))
            #expect(head.status == 200 && head.body.isEmpty && head.headers["content-length"] == read.headers["content-length"])
            let tag = try #require(read.headers["etag"])
            let unchanged = try client.send("GET", String(location), headers: "If-None-Match: \(tag)\r\n")
            #expect(unchanged.status == 304 && unchanged.body.isEmpty && unchanged.headers["etag"] == tag)
            let warned = try client.send("PUT", String(location), #"{"virtual-machine": {"colour": 1}}"#)
            #expect(warned.headers["warning"] == "299 - \"virtual-machine has no member colour; ignored\"")
            let refused = try client.send("PUT", "/virtual-machines")
            #expect(refused.status == 405 && refused.headers["allow"] == "GET, HEAD, POST, OPTIONS")
            #expect(try client.send("PATCH", "/").status == 405)
            // There are no tokens here, but what the address would take is known.
            #expect(try client.send("POST", "/v3/auth/tokens", "{}").status == 404)
            let untaken = try client.send("PUT", "/v3/auth/tokens", "{}")
            #expect(untaken.status == 405 && untaken.headers["allow"] == "GET, HEAD, POST, OPTIONS")
            // Every address has one representation, which older clients are used to get whatever they say that they take.
            let shown = try client.send("GET", String(location))
            for accept in ["application/xml", "text/html;q=0.9, image/png", "application/json;q=0", "*/*;q=0", "", ";;,nonsense"] {
                let reply = try client.send("GET", String(location), headers: "Accept: \(accept)\r\n")
                #expect(reply.status == 200 && reply.body == shown.body, "\(accept)")
                #expect(try client.send("GET", "/virtual-machine/none", headers: "Accept: \(accept)\r\n").status == 404, "\(accept)")
            }
            #expect(refused.headers["content-type"]?.hasPrefix("text/plain") == true)
            #expect(try client.send("DELETE", String(location)).status == 200)
        }
        try await running.server.stop()
    }

    @Test func tellsOperatorsHowItIs() async throws {
        let running = try await RunningServer.start(loaded: false)
        try await onThread {
            let client = try running.connect()
            #expect(try client.send("GET", "/healthz").status == 200)
            #expect(try client.send("GET", "/readyz").status == 503)
            #expect(try client.send("GET", "/metrics").body.contains("\ntungsten_api_ready 0\n"))
        }
        try await running.server.load()
        try await onThread {
            let client = try running.connect()
            #expect(try client.send("GET", "/readyz").body == "ok\n")
            #expect(try client.send("POST", "/virtual-machines", machine("a")).status == 200)
            #expect(try client.send("POST", "/virtual-machines", machine("a")).status == 409)
            let metrics = try client.send("GET", "/metrics")
            #expect(metrics.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
            for line in [
                "tungsten_api_ready 1", #"tungsten_api_requests_total{method="POST",status="2xx"} 1"#,
                #"tungsten_api_requests_total{method="POST",status="4xx"} 1"#, "tungsten_api_changes_total 1",
                "tungsten_api_store_failures_total 0", #"tungsten_api_objects{type="virtual-machine"} 1"#, "tungsten_api_watchers 0",
            ] {
                #expect(metrics.body.contains("\n\(line)\n"), "\(line) is not in \(metrics.body)")
            }
            // Every line is a comment or a sample.
            for line in metrics.body.split(separator: "\n") where !line.hasPrefix("# ") {
                #expect(try #/[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? [0-9.e+-]+/#.wholeMatch(in: line) != nil, "\(line)")
            }
        }
        try await running.server.stop()
    }

    @Test func refusesInDocumentsWhenAsked() async throws {
        let running = try await RunningServer.start()
        try await onThread {
            let client = try running.connect()
            let accept = "Accept: application/json, application/problem+json\r\n"
            let refused = try client.send("POST", "/virtual-machines", "{}", headers: accept)
            #expect(refused.status == 400 && refused.headers["content-type"] == "application/problem+json")
            #expect(refused.body.hasPrefix(#"{"type":"about:blank","title":"Bad Request","status":400,"detail":""#), "\(refused.body)")
            #expect(
                try client.send("GET", "/virtual-machines", headers: accept).headers["content-type"]?.hasPrefix("application/json") == true)
            let plain = try client.send("POST", "/virtual-machines", "{}")
            #expect(plain.headers["content-type"]?.hasPrefix("text/plain") == true)
        }
        try await running.server.stop()
    }

    @Test func answersPipelinedRequestsInOrder() async throws {
        let running = try await RunningServer.start()
        try await onThread {
            let client = try running.connect()
            var requests = ""
            for number in 0..<100 {
                let body = machine("m\(number)")
                requests += "POST /virtual-machines HTTP/1.1\r\nHost: server\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
                requests += "GET /virtual-machines?count=true HTTP/1.1\r\nHost: server\r\n\r\n"
                requests += "GET /nonsense/\(number) HTTP/1.1\r\nHost: server\r\n\r\n"
            }
            client.write(requests)
            for number in 0..<100 {
                #expect(try client.readReply().body.contains("\"name\":\"m\(number)\""))
                #expect(try client.readReply().body == "{\"virtual-machines\":{\"count\":\(number + 1)}}")
                #expect(try client.readReply().body.contains("/nonsense/\(number)"))
            }
        }
        try await running.server.stop()
    }

    @Test func takesBodiesAsTheyCome() async throws {
        let running = try await RunningServer.start()
        try await onThread {
            let client = try running.connect()
            // In chunks, and byte by byte.
            let body = machine("chunked")
            var message = "POST /virtual-machines HTTP/1.1\r\nHost: server\r\nTransfer-Encoding: chunked\r\n\r\n"
            for byte in body { message += "1\r\n\(byte)\r\n" }
            for byte in (message + "0\r\n\r\n").utf8 { client.write([byte]) }
            #expect(try client.readReply().status == 200)
            // After being told to go on.
            let expected = machine("expected")
            client.write(
                "POST /virtual-machines HTTP/1.1\r\nHost: server\r\nContent-Length: \(expected.utf8.count)\r\nExpect: 100-continue\r\n\r\n")
            #expect(try client.readReply().status == 100)
            client.write(expected)
            #expect(try client.readReply().status == 200)
            // Without keeping the connection.
            client.write("GET /virtual-machines?count=true HTTP/1.0\r\n\r\n")
            let last = try client.readReply()
            #expect(last.body == "{\"virtual-machines\":{\"count\":2}}" && last.headers["connection"] == "close")
            #expect(try client.isAtEnd())
        }
        try await running.server.stop()
    }

    @Test func refusesWhatIsTooLarge() async throws {
        let running = try await RunningServer.start()
        try await onThread {
            let size = RequestReader.greatestBody
            let announced = try running.connect()
            announced.write("POST /virtual-machines HTTP/1.1\r\nHost: server\r\nContent-Length: \(size + 1)\r\n\r\n")
            announced.write([UInt8](repeating: UInt8(ascii: " "), count: size + 1))
            let refused = try announced.readReply()
            #expect(refused.status == 413 && refused.headers["connection"] == "close")
            let chunked = try running.connect()
            chunked.write("POST /virtual-machines HTTP/1.1\r\nHost: server\r\nTransfer-Encoding: chunked\r\n\r\n")
            for _ in 0..<17 { chunked.write("10000\r\n" + String(repeating: " ", count: 65_536) + "\r\n") }
            #expect(try chunked.readReply().status == 413)
            let largest = try running.connect()
            #expect(try largest.send("POST", "/virtual-machines", String(repeating: " ", count: size)).status == 400)
            let longHeader = try running.connect()
            longHeader.write("GET / HTTP/1.1\r\nHost: server\r\nX: \(String(repeating: "x", count: 70_000))\r\n\r\n")
            #expect([400, 431].contains(try longHeader.readReply().status))
            let manyHeaders = try running.connect()
            manyHeaders.write("GET / HTTP/1.1\r\nHost: server\r\n" + String(repeating: "X: y\r\n", count: 200) + "\r\n")
            #expect([400, 431].contains(try manyHeaders.readReply().status))
            let long = try running.connect()
            #expect([400, 414, 431].contains(try long.send("GET", "/" + String(repeating: "a", count: 70_000)).status))
            #expect(try running.connect().send("GET", "/virtual-machines?count=true").body == "{\"virtual-machines\":{\"count\":0}}")
        }
        try await running.server.stop()
    }

    @Test(arguments: [
        "nonsense\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: \"><script>\r\n\r\n", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "GET / HTTP/1.1\r\nHost: a\r\nBad Header: x\r\n\r\n",
        "\0\0\0\0\r\n\r\n", "\u{16}\u{03}\u{01}\u{02}\u{00}\u{01}\r\n\r\n",
    ]) func refusesWhatIsNotHTTP(message: String) async throws {
        let running = try await RunningServer.start()
        try await onThread {
            let client = try running.connect()
            client.write(message)
            let reply = try client.readReply()
            #expect(reply.status == 400 && !reply.body.isEmpty, "\(reply.status) \(reply.body)")
            #expect(try running.connect().send("GET", "/").status == 200)
        }
        try await running.server.stop()
    }

    /// Bytes that are nearly HTTP, on many connections: the server goes on.
    @Test func survivesDamagedConnections() async throws {
        let running = try await RunningServer.start()
        try await onThread {
            var random = SequenceGenerator(seed: 3)
            let body = machine("x")
            let message = Array("POST /virtual-machines HTTP/1.1\r\nHost: server\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8)
            for _ in 0..<300 {
                let client = try running.connect()
                var bytes = message + message
                for _ in 0..<Int.random(in: 1...6, using: &random) {
                    bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
                }
                client.write(Array(bytes.prefix(Int.random(in: 1...bytes.count, using: &random))))
            }
            #expect(try running.connect().send("GET", "/").status == 200)
        }
        try await running.server.stop()
    }

    // MARK: Starting and stopping

    @Test func keepsClientsWaitingUntilItIsReady() async throws {
        let running = try await RunningServer.start(loaded: false)
        let early = try await onThread { try running.connect().send("GET", "/") }
        #expect(early.status == 503 && early.body == "Api server is Initializing:DB Resync in progress")
        try await running.server.load()
        let later = try await onThread { try running.connect().send("GET", "/") }
        #expect(later.status == 200)
        try await running.server.stop()
    }

    @Test func comesBackWithWhatItHad() async throws {
        let folder = try TemporaryFolder()
        let first = try await RunningServer.start(in: folder)
        let before = try await onThread {
            let client = try first.connect()
            for number in 0..<50 { #expect(try client.send("POST", "/virtual-machines", machine("m\(number)")).status == 200) }
            #expect(try client.send("POST", "/useragent-kv", #"{"operation": "STORE", "key": "k", "value": "v"}"#).status == 200)
            return try ["/virtual-machines?detail=true", "/virtual-networks?detail=true", "/routing-instances?detail=true"].map {
                try client.send("GET", $0).body
            }
        }
        try await first.server.stop()
        let second = try await RunningServer.start(in: folder)
        let after = try await onThread {
            let client = try second.connect()
            #expect(try client.send("POST", "/useragent-kv", #"{"operation": "RETRIEVE", "key": "k"}"#).body == #"{"value":"v"}"#)
            return try ["/virtual-machines?detail=true", "/virtual-networks?detail=true", "/routing-instances?detail=true"].map {
                try client.send("GET", $0).body
            }
        }
        #expect(before == after)
        try await second.server.stop()
    }

    @Test func stopsWhenConnectionsAreIdle() async throws {
        let running = try await RunningServer.start()
        let client = try await onThread {
            let client = try running.connect()
            #expect(try client.send("GET", "/").status == 200)
            return UncheckedClient(client)
        }
        try await running.server.stop()
        #expect(try await onThread { try client.client.isAtEnd() })
    }

    @Test func aPortInUseIsAnError() async throws {
        let running = try await RunningServer.start()
        let folder = try TemporaryFolder()
        let port = Int(running.server.address.split(separator: ":").last ?? "") ?? 0
        let options = ConfigServer.Options(port: port, dataDirectory: folder.path)
        await #expect(throws: ConfigServerError.self) {
            try await ConfigServer.listen(
                options, ConfigurationResources.catalogue, Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        }
        // It let go of its folder.
        try DataDirectory(folder.path).release()
        try await running.server.stop()
    }

    // MARK: Many clients

    @Test func ofManyWhoMakeTheSameNameOneSucceeds() async throws {
        let running = try await RunningServer.start()
        let statuses = try await withThrowingTaskGroup(of: [Int].self) { group in
            for _ in 0..<16 {
                group.addTask {
                    try await onThread {
                        let client = try running.connect()
                        return try (0..<40).map { try client.send("POST", "/virtual-machines", machine("m\($0)")).status }
                    }
                }
            }
            return try await group.reduce(into: [[Int]]()) { $0.append($1) }
        }
        for number in 0..<40 {
            let answers = statuses.map { $0[number] }.sorted()
            #expect(answers == [200] + [Int](repeating: 409, count: 15), "m\(number)")
        }
        try await running.server.stop()
    }

    @Test func numbersAreGivenOnce() async throws {
        let running = try await RunningServer.start()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<8 {
                group.addTask {
                    try await onThread {
                        let client = try running.connect()
                        for number in 0..<25 {
                            let body =
                                "{\"virtual-network\": {\"fq_name\": [\"default-domain\", \"default-project\", \"n\(worker)-\(number)\"]}}"
                            #expect(try client.send("POST", "/virtual-networks", body).status == 200)
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        let body = try await onThread { try running.connect().send("GET", "/virtual-networks?fields=virtual_network_network_id").body }
        let numbers = body.matches(of: #/"virtual_network_network_id":(\d+)/#).compactMap { Int($0.1) }
        #expect(numbers.sorted() == Array(1...204))
        try await running.server.stop()
    }
}
