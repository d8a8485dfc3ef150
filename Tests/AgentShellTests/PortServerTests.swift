// The port API over real connections, answered by the service that the engine has.

import AgentCore
import Foundation
import Glibc
import NIOCore
import Testing

@testable import Agent

/// A server whose requests are answered by a port service at once, unless they are held.
/// It and its server keep each other for as long as the tests run.
private final class Bench {
    var service = PortService()
    var held: [(PortRequest, Int)] = []
    var holds = false
    var server: PortServer?

    init(_ loop: any EventLoop) {
        server = PortServer(on: loop, quiet, ask: { self.ask($0, $1) }, status: { Array(#"{"state":"fine"}"#.utf8) })
    }

    private func ask(_ request: PortRequest, _ number: Int) {
        if holds { held.append((request, number)) } else { answer(request, number) }
    }

    private func answer(_ request: PortRequest, _ number: Int) {
        let (reply, _) = service.handle(request, addressing: [:], now: 0, time: "2026-01-01T00:00:00Z")
        server?.answer(number, PortAnswer(status: reply.status, body: reply.body))
    }

    func release() {
        holds = false
        for (request, number) in held.reversed() { answer(request, number) }
        held = []
    }
}

private let id = "01234567-89ab-cdef-0123-456789abcdef"
private let port = #"{"id":"\#(id)","system-name":"tap0","mac-address":"02:00:00:00:00:0a","ip-address":"10.1.1.3"}"#

@Suite struct PortServerTests {
    private func start() async throws -> (OnLoop<Bench>, Int) {
        let bench = try await OnLoop { Bench($0) }
        let address = try await bench.run { bench in bench.server?.listen("127.0.0.1", 0) }?.get()
        return (bench, try #require(address.flatMap { $0 }?.port))
    }

    private func request(_ method: String, _ path: String, _ body: String = "", _ headers: String = "") -> [UInt8] {
        Array("\(method) \(path) HTTP/1.1\r\nHost: x\r\nContent-Length: \(body.utf8.count)\r\n\(headers)\r\n\(body)".utf8)
    }

    /// Reads one answer: its head and its body.
    private func answer(_ socket: TestSocket, hasBody: Bool = true) throws -> (head: String, body: String) {
        var text = ""
        while !text.contains("\r\n\r\n") {
            let bytes = try socket.read(1)
            guard !bytes.isEmpty else { return (text, "") }
            text += String(decoding: bytes, as: UTF8.self)
        }
        let length = text.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }.flatMap {
            Int($0.split(separator: " ")[1])
        }
        var body: [UInt8] = []
        while hasBody, body.count < length ?? 0 { body += try socket.read((length ?? 0) - body.count) }
        return (text, String(decoding: body, as: UTF8.self))
    }

    @Test func oneConnectionCarriesManyRequests() async throws {
        let (bench, port) = try await start()
        let client = try TestSocket.connected(toPort: port)
        try client.write(request("POST", "/port", AgentShellTests.port))
        #expect(try answer(client).head.hasPrefix("HTTP/1.1 200 OK"))
        try client.write(request("GET", "/port/\(id)?verbose=1"))
        #expect(try answer(client).body.contains(#""system-name":"tap0""#))
        try client.write(request("GET", "/port"))
        #expect(try answer(client).body.hasPrefix("[{"))
        try client.write(request("HEAD", "/port/\(id)"))
        let head = try answer(client, hasBody: false)
        #expect(head.head.hasPrefix("HTTP/1.1 405"))
        try client.write(request("GET", "/status"))
        #expect(try answer(client).body == #"{"state":"fine"}"#)
        try client.write(request("DELETE", "/port/\(id)"))
        #expect(try answer(client).body == "{}")
        try client.write(request("GET", "/port/\(id)", "", "Connection: close\r\n"))
        let last = try answer(client)
        #expect(last.head.hasPrefix("HTTP/1.1 404") && last.body.contains(#"{"error":"there is no port"#))
        #expect(try client.read() == [])
        try await bench.run { bench in #expect(bench.service.ports.isEmpty) }
    }

    @Test func requestsThatWereSentAheadAreAnsweredInOrder() async throws {
        let (bench, port) = try await start()
        let client = try TestSocket.connected(toPort: port)
        try await bench.run { $0.holds = true }
        try client.write(request("POST", "/port", AgentShellTests.port) + request("GET", "/port/\(id)") + request("GET", "/vm/x"))
        // One at a time goes to the engine.
        try await eventually("the first request") { try await bench.run { $0.held.count } == 1 }
        try await bench.run { $0.release() }
        #expect(try answer(client).body == "{}")
        #expect(try answer(client).body.contains("tap0"))
        #expect(try answer(client).head.hasPrefix("HTTP/1.1 400"))
    }

    @Test func aClientThatGoesBeforeTheAnswerHarmsNobody() async throws {
        let (bench, port) = try await start()
        try await bench.run { $0.holds = true }
        var client: TestSocket? = try TestSocket.connected(toPort: port)
        try client?.write(request("POST", "/port", AgentShellTests.port))
        try await eventually("the request") { try await bench.run { $0.held.count } == 1 }
        client = nil
        let other = try TestSocket.connected(toPort: port)
        try other.write(request("GET", "/port/\(id)"))
        try await eventually("the second request") { try await bench.run { $0.held.count } == 2 }
        try await bench.run { $0.release() }
        #expect(try answer(other).head.hasPrefix("HTTP/1.1"))
    }

    @Test func bodiesHaveALimit() async throws {
        let (_, port) = try await start()
        for isChunked in [false, true] {
            let client = try TestSocket.connected(toPort: port)
            let body = String(repeating: " ", count: PortConnection.greatestBody + 1)
            if isChunked {
                let chunk = "\(String(body.utf8.count, radix: 16))\r\n\(body)\r\n0\r\n\r\n"
                try client.write(Array("POST /port HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n\(chunk)".utf8))
            } else {
                try client.write(request("POST", "/port", body))
            }
            let refusal = try answer(client)
            #expect(refusal.head.hasPrefix("HTTP/1.1 413") && refusal.body.contains("larger than 1048576 bytes"))
            #expect(try client.read() == [])
        }
        // As much as fits is taken, and judged by what it is.
        let client = try TestSocket.connected(toPort: port)
        try client.write(request("POST", "/port", String(repeating: " ", count: PortConnection.greatestBody)))
        #expect(try answer(client).head.hasPrefix("HTTP/1.1 400"))
        // Who asks before sending is told before sending.
        let asking = try TestSocket.connected(toPort: port)
        try asking.write(Array("POST /port HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\nExpect: 100-continue\r\n\r\n".utf8))
        #expect(try answer(asking).head.hasPrefix("HTTP/1.1 413"))
        let allowed = try TestSocket.connected(toPort: port)
        try allowed.write(Array("DELETE /port/\(id) HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n".utf8))
        #expect(try answer(allowed).head.hasPrefix("HTTP/1.1 100"))
        try allowed.write(Array("{}".utf8))
        #expect(try answer(allowed).head.hasPrefix("HTTP/1.1 200"))
    }

    @Test(arguments: [
        ("PATCH", "/port", 405), ("OPTIONS", "/", 405), ("GET", "/nothing", 404), ("GET", "/", 404), ("POST", "/status", 405),
        ("GET", "/port/%7Bid%7D", 400), ("GET", "/port/..%2f..", 400), ("POST", "/port", 400), ("GET", "/port/%", 400),
        ("POST", "/gateway", 501),
    ])
    func whatIsNoRequestOfTheAPIIsAnsweredInJSON(method: String, path: String, status: Int) async throws {
        let (_, port) = try await start()
        let client = try TestSocket.connected(toPort: port)
        try client.write(request(method, path, "{"))
        let refusal = try answer(client)
        #expect(refusal.head.hasPrefix("HTTP/1.1 \(status) "), "\(refusal)")
        #expect(refusal.head.contains("Content-Type: application/json"))
        #expect(refusal.body.hasPrefix(#"{"error":""#))
        // The connection goes on.
        try client.write(request("GET", "/status"))
        #expect(try answer(client).head.hasPrefix("HTTP/1.1 200"))
    }

    @Test func whatIsNotHTTPIsTurnedAway() async throws {
        let (_, port) = try await start()
        for text in ["garbage\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "\u{16}\u{3}\u{1}\u{2}\u{0}", "GET /a HTTP/1.1\r\n:\r\n\r\n"] {
            let client = try TestSocket.connected(toPort: port)
            try client.write(Array(text.utf8))
            client.endWriting()
            let answer = try answer(client)
            #expect(answer.head.hasPrefix("HTTP/1.1 400") || answer.head.isEmpty, "\(answer)")
        }
        let long = try TestSocket.connected(toPort: port)
        try long.write(Array(("GET /status HTTP/1.1\r\nHost: x\r\n" + String(repeating: "A: b\r\n", count: 500) + "\r\n").utf8))
        #expect(try answer(long).head.hasPrefix("HTTP/1.1 431"))
        let client = try TestSocket.connected(toPort: port)
        try client.write(request("GET", "/status"))
        #expect(try answer(client).head.hasPrefix("HTTP/1.1 200"))
    }

    @Test func connectionsAreCounted() async throws {
        let (_, port) = try await start()
        var clients = try (0..<PortServer.greatestConnections).map { _ in try TestSocket.connected(toPort: port) }
        try clients.last?.write(request("GET", "/status"))
        #expect(try answer(#require(clients.last)).head.hasPrefix("HTTP/1.1 200"))
        let another = try TestSocket.connected(toPort: port)
        #expect(((try? another.read()) ?? []) == [])
        clients.removeAll()
        try await eventually("there is room again") {
            guard let client = try? TestSocket.connected(toPort: port), (try? client.write(request("GET", "/status"))) != nil else {
                return false
            }
            return ((try? answer(client).head) ?? "").hasPrefix("HTTP/1.1 200")
        }
    }

    @Test func stoppingEndsIdleConnections() async throws {
        let (bench, port) = try await start()
        let client = try TestSocket.connected(toPort: port)
        try client.write(request("GET", "/status"))
        #expect(try answer(client).head.hasPrefix("HTTP/1.1 200"))
        try await bench.run { $0.server?.close() }?.get()
        #expect(try client.read() == [])
        #expect((try? TestSocket.connected(toPort: port)) == nil)
    }

    @Test func aTakenAddressSaysWhatToDo() async throws {
        let taken = try TestSocket.loopback(SOCK_STREAM)
        let bench = try await OnLoop { Bench($0) }
        let port = taken.port
        let listening = try await bench.run { $0.server?.listen("127.0.0.1", port) }
        await #expect { try await listening?.get() } throws: { "\($0)".contains("choose another address with --listen") }
    }
}
