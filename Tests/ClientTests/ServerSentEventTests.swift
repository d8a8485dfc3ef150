// The parser of event streams: the cases of the specification, and the promise that where pieces end does not matter.

import Testing

@testable import Client

private func events(_ text: String, limit: Int = 1 << 20) throws -> [ServerSentEvent] {
    var parser = ServerSentEventParser(limit: limit)
    return try parser.parse(text.utf8)
}

private func event(_ data: String, _ type: String = "message", id: String? = nil) -> ServerSentEvent {
    ServerSentEvent(type: type, data: Array(data.utf8), lastEventID: id)
}

@Suite struct ServerSentEventTests {
    @Test func readsWhatTheServerWrites() throws {
        let text = "event: init\ndata: {\"tags\":[]}\nid: 7\n\n:\n\nevent: create\ndata: {}\nid: 8\n\n"
        #expect(try events(text) == [event("{\"tags\":[]}", "init", id: "7"), event("{}", "create", id: "8")])
    }

    /// The specification's examples.
    @Test(arguments: [
        ("data: YHOO\ndata: +2\ndata: 10\n\n", ["YHOO\n+2\n10"]),
        ("data\n\ndata\ndata\n\ndata:", ["", "\n"]),
        ("data:test\n\ndata: test\n\n", ["test", "test"]),
        (": comment\n\ndata:  second event\n\n", [" second event"]),
        ("data: unfinished", []),
        ("data: a\r\n\r\ndata: b\r\rdata: c\n\r\n", ["a", "b", "c"]),
        ("\u{FEFF}data: a\n\n\u{FEFF}data: b\n\n", ["a"]),
        ("nonsense: a\nretry: 10\ndata: b\nDATA: c\n\n", ["b"]),
    ]) func followsTheSpecification(text: String, expected: [String]) throws {
        #expect(try events(text).map { String(decoding: $0.data, as: UTF8.self) } == expected)
    }

    @Test func remembersTheIdentifier() throws {
        let text = "id: 1\ndata: a\n\ndata: b\n\nid\ndata: c\n\nid: 3\n\ndata: d\n\nid: 4\0\ndata: e\n\nid: 9\ndata: f"
        var parser = ServerSentEventParser()
        let found = try parser.parse(text.utf8)
        #expect(found.map(\.lastEventID) == ["1", "1", "", "3", "3"])
        // The event with 9 has not ended.
        #expect(parser.lastEventID == "3")
    }

    /// Cut anywhere into two or three pieces, or into single bytes, a stream gives the same events.
    @Test func piecesMayEndAnywhere() throws {
        let text = Array(
            "\u{FEFF}event: init\r\ndata: {\"ä\":1}\r\nid: 12\r\n\r\n: x\r\rdata: a\ndata: b\r\n\r\nevent: stop\rdata: é\r\r\nid: 13\n\n"
                .utf8)
        var whole = ServerSentEventParser()
        let expected = try whole.parse(text)
        #expect(expected.count == 3)
        for first in 0...text.count {
            for second in first...text.count {
                var parser = ServerSentEventParser()
                let found = try parser.parse(text[..<first]) + parser.parse(text[first..<second]) + parser.parse(text[second...])
                #expect(found == expected && parser.lastEventID == "13", "cut at \(first) and \(second)")
            }
        }
        var parser = ServerSentEventParser()
        #expect(try text.flatMap { try parser.parse([$0]) } == expected)
    }

    @Test func refusesWhatIsTooLarge() throws {
        #expect(throws: ServerSentEventParser.TooLarge(limit: 100)) {
            try events("data: " + String(repeating: "x", count: 100), limit: 100)
        }
        #expect(throws: ServerSentEventParser.TooLarge(limit: 100)) {
            try events(String(repeating: "data: 0123456789\n", count: 10), limit: 100)
        }
        // Large streams of small events are no trouble.
        #expect(try events(String(repeating: "data: 0123456789\n\n", count: 1000), limit: 100).count == 1000)
    }

    @Test(arguments: 0..<50) func takesAnyBytes(seed: UInt64) throws {
        var random = SplitMix(state: seed)
        let alphabet = Array("data:id\r\n\u{FEFF} x".utf8) + [0, 0xFF]
        let bytes = (0..<400).map { _ in alphabet[Int(random.next() % UInt64(alphabet.count))] }
        var whole = ServerSentEventParser()
        var pieces = ServerSentEventParser()
        #expect(try whole.parse(bytes) == bytes.flatMap { try pieces.parse([$0]) }, "seed \(seed)")
    }
}

/// A small generator with a seed, so that a failure can be repeated.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
