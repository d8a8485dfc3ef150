// The stream as it arrives: in pieces of any size, with filler between the stanzas, and streams that are none.

import Testing
import XMPP

@Suite struct SplitterTests {
    private func parts(of stream: [UInt8], pieces size: Int) throws -> [StanzaSplitter.Part] {
        var splitter = StanzaSplitter()
        var found: [StanzaSplitter.Part] = []
        for start in stride(from: 0, to: stream.count, by: size) {
            splitter.append(stream[start..<min(stream.count, start + size)])
            while let part = try splitter.next() { found.append(part) }
        }
        #expect(splitter.pendingCount == 0)
        return found
    }

    /// A whole conversation, with sections of text, quoted marks, short tags, and all the filler there is.
    static let stanzas =
        Example.all.map(\.text) + [
            "<iq><a b='>' c=\"</iq>\" d='/>'/><![CDATA[</iq> ]] ]]]>]]&gt;</iq>", "<iq/>", "<message\n/>", "<iq ><iq><iq/></iq></iq >",
            "<iq>é\u{200}</iq>",
        ]

    @Test(arguments: [1, 2, 3, 7, 64, 1 << 20]) func partsComeOutWhereverTheStreamIsCut(_ size: Int) throws {
        let opening = "<stream:stream from='a' to='b' xmlns='>'>"
        var stream = bytes("<?xml version='1.0'?>\n" + opening)
        for (index, stanza) in Self.stanzas.enumerated() {
            stream += bytes(stanza) + bytes(["", " ", "\u{200}", "\r\n\t", "\u{200}\u{200} "][index % 5])
        }
        stream += bytes("</stream:stream>")
        let expected =
            [StanzaSplitter.Part.streamOpening(bytes(opening))] + Self.stanzas.map { .stanza(bytes($0)) }
            + [StanzaSplitter.Part.streamClosing]
        #expect(try parts(of: stream, pieces: size) == expected)
    }

    @Test func everyStanzaSurvivesACutAtEveryByte() throws {
        for stanza in Self.stanzas {
            let stream = bytes(stanza)
            for cut in stream.indices {
                var splitter = StanzaSplitter()
                splitter.append(stream[..<cut])
                #expect(try splitter.next() == nil, "\(stanza) cut at \(cut)")
                splitter.append(stream[cut...])
                #expect(try splitter.next() == .stanza(stream), "\(stanza) cut at \(cut)")
            }
        }
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\n", 0, "'G'"), ("\u{16}\u{3}\u{1}", 0, "0x16"), (" \u{200}é", 3, "0xC3"), ("\u{201}", 0, "0xC8"),
        ("<!DOCTYPE a>", 0, "document type"), ("<!-- -->", 0, "comment"), ("<iq><!-- x --></iq>", 4, "comment"),
        ("<iq><?x?></iq>", 4, "processing instruction"), ("<1>", 0, "not followed by a name"), ("</iq>", 0, "end tag without a stanza"),
        ("<iq <a>", 4, "inside a tag"), ("<iq></iq></iq>", 9, "end tag without a stanza"), ("<iq></a<b>", 7, "inside a tag"),
    ])
    func whatIsNoStreamIsRefusedAtItsPlace(_ text: String, _ offset: Int, _ words: String) {
        var splitter = StanzaSplitter()
        splitter.append(bytes(text))
        let error = #expect(throws: StanzaSplitter.Failure.self) { while try splitter.next() != nil {} }
        #expect(error?.offset == offset && error?.problem.contains(words) == true, "\(error.map { "\($0)" } ?? "")")
        // It does not get better.
        splitter.append(bytes("<iq/>"))
        #expect(throws: StanzaSplitter.Failure.self) { _ = try splitter.next() }
    }

    @Test func offsetsCountFromTheBeginningOfTheStream() throws {
        var splitter = StanzaSplitter()
        splitter.append(bytes("<iq/> "))
        _ = try splitter.next()
        splitter.append(bytes("<iq/>?"))
        _ = try splitter.next()
        let error = #expect(throws: StanzaSplitter.Failure.self) { _ = try splitter.next() }
        #expect(error?.description == "byte 11 of the stream: a stanza begins with '<', here is '?'")
    }

    @Test func aStanzaHasABound() throws {
        var splitter = StanzaSplitter(maximumLength: 64)
        let fits = "<iq>" + String(repeating: "a", count: 55) + "</iq>"
        splitter.append(bytes(fits))
        #expect(try splitter.next() == .stanza(bytes(fits)))
        splitter.append(bytes("<iq>" + String(repeating: "a", count: 61)))
        let error = #expect(throws: StanzaSplitter.Failure.self) { _ = try splitter.next() }
        #expect(error?.offset == fits.utf8.count && error?.problem.contains("64 bytes") == true)
    }

    /// Filler is not kept, however much there is.
    @Test func fillerTakesNoRoom() throws {
        var splitter = StanzaSplitter(maximumLength: 16)
        for _ in 0..<100 {
            splitter.append(bytes("\u{200} "))
            #expect(try splitter.next() == nil)
            #expect(splitter.pendingCount == 0)
        }
    }

    @Test(arguments: 0..<40) func randomBytesEndInPartsOrAFailure(seed: UInt64) {
        var random = SplitMix(state: seed)
        let alphabet = Array("<>/!?[]CDATA-='\" iq\u{200}s:".utf8) + [0, 0xFF]
        var splitter = StanzaSplitter(maximumLength: 256)
        for _ in 0..<200 {
            splitter.append((0..<Int(random.next() % 20)).map { _ in alphabet[Int(random.next() % UInt64(alphabet.count))] })
            do { while try splitter.next() != nil {} } catch { break }
            #expect(splitter.pendingCount <= 256 + 20, "seed \(seed)")
        }
    }
}

struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
