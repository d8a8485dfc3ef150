// Questions go to a real name server over UDP; only what answers them comes back.

import Foundation
import Glibc
import NIOCore
import Testing

@testable import Agent

/// A query as a client makes it: identifier, the question, and an OPT record if it takes more than 512 bytes.
private func query(_ name: String, identifier: UInt16 = 0x1234, limit: Int? = nil) -> [UInt8] {
    var bytes: [UInt8] = [UInt8(identifier >> 8), UInt8(identifier & 0xFF), 1, 0, 0, 1, 0, 0, 0, 0, 0, limit == nil ? 0 : 1]
    bytes += question(name)
    if let limit { bytes += [0, 0, 41, UInt8(limit >> 8), UInt8(limit & 0xFF), 0, 0, 0, 0, 0, 0] }
    return bytes
}

private func question(_ name: String) -> [UInt8] {
    name.split(separator: ".").flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) } + [0, 0, 1, 0, 1]
}

/// A response to a query as it arrived, padded with records to a size.
private func response(to query: [UInt8], name: String, padding: Int = 0) -> [UInt8] {
    Array(query[..<2]) + [0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0] + question(name) + [0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 7]
        + [UInt8](repeating: 0, count: padding)
}

@Suite struct NameServerRelayTests {
    private typealias Answer = (number: Int, bytes: [UInt8]?)

    private func relay(
        _ servers: [TestSocket], timeLimit: TimeAmount = .seconds(20), patience: TimeAmount = .seconds(10), greatest: Int = 256
    ) async throws -> (OnLoop<NameServerRelay>, Record<(Int, [UInt8]?)>) {
        let addresses = try servers.map { try SocketAddress(ipAddress: "127.0.0.1", port: $0.port) }
        return try await relay(addresses, timeLimit, patience, greatest)
    }

    private func relay(
        _ addresses: [SocketAddress], _ timeLimit: TimeAmount, _ patience: TimeAmount, _ greatest: Int
    ) async throws -> (OnLoop<NameServerRelay>, Record<(Int, [UInt8]?)>) {
        let answers = Record<(Int, [UInt8]?)>()
        let relay = try await OnLoop { loop in
            NameServerRelay(
                NameServerList(addresses, path: "/nonexistent"),
                NameServerRelay.Options(timeLimit: timeLimit, patience: patience, greatestOutstanding: greatest), on: loop, quiet
            ) { answers.add(($0, $1)) }
        }
        return (relay, answers)
    }

    @Test func anAnswerComesBackUnderTheClientsIdentifier() async throws {
        let server = try TestSocket.loopback(SOCK_DGRAM)
        let (relay, answers) = try await relay([server])
        var identifiers: Set<[UInt8]> = []
        var ports: Set<Int> = []
        for number in 1...20 {
            try await relay.run { $0.ask(number, query("www.example.org")) }
            let (asked, port) = try server.receive()
            #expect(asked.dropFirst(2) == query("www.example.org").dropFirst(2))
            identifiers.insert(Array(asked[..<2]))
            ports.insert(port)
            try server.send(response(to: asked, name: "www.example.org"), toPort: port)
            try await eventually("the answer") { answers.all.count == number }
            #expect(answers.all[number - 1].1 == response(to: query("www.example.org"), name: "www.example.org"))
        }
        // At random: twenty that are all the same would be a wonder.
        #expect(identifiers.count > 10 && ports.count > 1)
        #expect(try await relay.run { $0.outstandingCount } == 0)
    }

    @Test func whatDoesNotAnswerTheQuestionIsNotBelieved() async throws {
        let server = try TestSocket.loopback(SOCK_DGRAM)
        let stranger = try TestSocket.loopback(SOCK_DGRAM)
        let (relay, answers) = try await relay([server])
        try await relay.run { $0.ask(1, query("a.example")) }
        let (asked, port) = try server.receive()
        let good = response(to: asked, name: "A.eXample")
        try stranger.send(good, toPort: port)
        var wrong = good
        wrong[0] ^= 1
        try server.send(wrong, toPort: port)
        try server.send(response(to: asked, name: "b.example"), toPort: port)
        try server.send(asked, toPort: port)
        try server.send([], toPort: port)
        try server.send(Array(good.prefix(11)), toPort: port)
        try server.send(good, toPort: port)
        try await eventually("the answer") { !answers.all.isEmpty }
        #expect(answers.all.count == 1)
        #expect(answers.all[0].1.map { Array($0.dropFirst(2)) } == Array(good.dropFirst(2)))
    }

    @Test func whoIsSilentIsAskedAgainAndGivenUp() async throws {
        let server = try TestSocket.loopback(SOCK_DGRAM)
        let (relay, answers) = try await relay([server], timeLimit: .milliseconds(300), patience: .milliseconds(50))
        try await relay.run { $0.ask(7, query("a.example")) }
        for _ in 0..<3 { #expect(try server.receive().bytes.dropFirst(2) == query("a.example").dropFirst(2)) }
        try await eventually("giving up") { answers.all.count == 1 }
        #expect(answers.all[0].0 == 7 && answers.all[0].1 == nil)
        #expect(try await relay.run { $0.outstandingCount } == 0)
    }

    @Test func aServerThatNoRouteLeadsToIsGivenUp() async throws {
        // To a broadcast address the system lets nobody connect.
        let nowhere = try SocketAddress(ipAddress: "255.255.255.255", port: 53)
        let (relay, answers) = try await relay([nowhere], .seconds(20), .milliseconds(20), 256)
        try await relay.run { $0.ask(1, query("a.example")) }
        try await eventually("giving up") { answers.all.count == 1 }
        #expect(answers.all[0].1 == nil)
    }

    @Test func theNextServerIsAskedWhenNobodyListens() async throws {
        // A port that nobody has any more.
        let gone = try SocketAddress(ipAddress: "127.0.0.1", port: TestSocket.loopback(SOCK_DGRAM).port)
        let server = try TestSocket.loopback(SOCK_DGRAM)
        let addresses = [gone, try SocketAddress(ipAddress: "127.0.0.1", port: server.port)]
        // Nobody waits ten seconds: the system says at once that the port is closed.
        let (relay, answers) = try await relay(addresses, .seconds(20), .seconds(10), 256)
        try await relay.run { $0.ask(1, query("a.example")) }
        let (asked, port) = try server.receive()
        try server.send(response(to: asked, name: "a.example"), toPort: port)
        try await eventually("the answer") { answers.all.first?.1 != nil }
    }

    @Test func anAnswerThatTheClientCannotTakeIsCut() async throws {
        let server = try TestSocket.loopback(SOCK_DGRAM)
        let (relay, answers) = try await relay([server])
        // limit of the client, size of the padding, whether it fits
        for (number, (limit, padding, fits)) in [
            (nil, 400, true), (nil, 600, false), (1232, 1100, true), (1232, 1300, false), (65_000, 4000, true), (65_000, 4200, false),
            (100, 400, true),
        ].enumerated() {
            let client = query("a.example", limit: limit)
            try await relay.run { $0.ask(number, client) }
            let (asked, port) = try server.receive()
            try server.send(response(to: asked, name: "a.example", padding: padding), toPort: port)
            try await eventually("answer \(number)") { answers.all.count == number + 1 }
            let answer = try #require(answers.all[number].1)
            if fits {
                #expect(answer == response(to: client, name: "a.example", padding: padding))
            } else {
                #expect(answer == Array(client[..<2]) + [0x83, 0x80, 0, 1, 0, 0, 0, 0, 0, 0] + question("a.example"))
            }
        }
    }

    @Test func tooManyQuestionsAndWhatIsNoneAreTurnedAway() async throws {
        let server = try TestSocket.loopback(SOCK_DGRAM)
        let (relay, answers) = try await relay([server], greatest: 3)
        try await relay.run { relay in for number in 1...5 { relay.ask(number, query("a.example")) } }
        try await eventually("two refusals") { answers.all.count == 2 }
        #expect(answers.all.map(\.0) == [4, 5])
        let others = [[], [1, 2], Array(query("a.example").dropLast(3)), response(to: query("a.b"), name: "a.b")]
        for (number, bytes) in others.enumerated() {
            try await relay.run { $0.ask(10 + number, bytes) }
        }
        #expect(answers.all.map(\.0) == [4, 5, 10, 11, 12, 13])
        try await relay.run { $0.close() }
        #expect(try await relay.run { $0.outstandingCount } == 0)
    }

    @Test func withoutServersNobodyIsAsked() async throws {
        let (relay, answers) = try await relay([], .seconds(20), .seconds(10), 256)
        try await relay.run { $0.ask(1, query("a.example")) }
        #expect(answers.all.count == 1 && answers.all[0].1 == nil)
    }

    @Test func questionsFromAnyBytesHaveALimitOrAreNone() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<20_000 {
            var bytes = query("a.example", limit: 1232)
            for _ in 0..<Int.random(in: 0..<4) { bytes[Int.random(in: 0..<bytes.count)] = UInt8.random(in: 0...255, using: &random) }
            bytes = Array(bytes.prefix(Int.random(in: 0...bytes.count)))
            guard let question = ForwardedQuestion(bytes) else { continue }
            #expect(512...4096 ~= question.limit)
            #expect(question.answer(bytes, identifier: 0x1234) == nil)
        }
    }
}

@Suite struct NameServerListTests {
    @Test func resolverConfigurationIsReadAgainWhenItChanges() throws {
        let folder = TemporaryFolder()
        let path = folder.path + "/resolv.conf"
        var list = NameServerList([], path: path)
        #expect(list.current().isEmpty)
        try "# a comment\nsearch example.org\nnameserver\nnameserver 192.0.2.1\n nameserver\t2001:db8::1 # second\nnameserver here\n"
            .write(toFile: path, atomically: true, encoding: .utf8)
        #expect(list.current().map(\.ipAddress) == ["192.0.2.1", "2001:db8::1"])
        try "nameserver 192.0.2.9\nnameserver 192.0.2.10\nnameserver 192.0.2.11\nnameserver 192.0.2.12\n"
            .write(toFile: path, atomically: true, encoding: .utf8)
        #expect(list.current().map(\.ipAddress) == ["192.0.2.9", "192.0.2.10", "192.0.2.11"])
        #expect(list.current().allSatisfy { $0.port == 53 })
    }

    @Test(arguments: [
        ("192.0.2.53", true), ("192.0.2.53:5353", true), ("2001:db8::53", true), ("[2001:db8::53]:1", true), ("name:53", false),
    ])
    func serversThatTheOperatorNames(text: String, isOne: Bool) { #expect((NameServer(text) != nil) == isOne) }
}
