// Paths and texts of errors, enumerations, and the tables that names are looked up in.

import Coding
import Testing

@Suite struct CodingErrorTests {
    @Test(arguments: [
        (#"{"a":{"b":[0,{"c":"x"}]}}"#, "a.b[1].c"), (#"[[[]],[[],["x"]]]"#, "[1][1][0]"), (#""x""#, ""),
        (#"{"a,}]\"":{"]":"x"}}"#, #"a,}]\".]"#), (#"{"a":[1,2,3],"b":[[1,2],3,{"q":[1]}],"c":"x"}"#, "c"),
        (#"{"":[{"":"x"}]}"#, "[0]."),
    ])
    func pathsLeadToTheValue(text: String, path: String) {
        // Every value but the string "x" is fine.
        let error = failure { () throws(CodingError) in try json(text, refuseX) }
        #expect(error?.path == path)
    }

    private func refuseX(_ reader: inout JSONReader) throws(CodingError) {
        switch try reader.peekKind {
        case .object:
            try reader.beginObject()
            while try reader.nextMember() != nil { try refuseX(&reader) }
        case .array:
            try reader.beginArray()
            while try reader.nextElement() { try refuseX(&reader) }
        case .string:
            let start = reader.offset
            if try reader.string() == "x" { throw reader.error(CodingError.Kind("taste"), "no x, please", at: start) }
        default: try reader.skipValue()
        }
    }

    @Test func pathsExistForEveryOffsetOfEveryDocument() {
        for text in [#"{"a":[1,{"b":"\""}],"c":{}}"#, "}]\"\\", "[[[", #"{"a"#, ""] {
            let bytes = Array(text.utf8)
            for offset in -2...bytes.count + 2 {
                let error = failure { () throws(CodingError) in
                    try JSONReader.read(bytes + [0x20]) { reader throws(CodingError) in throw reader.error(.type, "", at: offset) }
                }
                #expect((error?.offset ?? -1) >= 0)
            }
        }
    }

    @Test func longNamesAreCutAndControlCharactersShown() {
        let name = String(repeating: "n", count: 10_000)
        let error = failure { () throws(CodingError) in try PortRange(json: "{\"\(name)\":1}") }
        #expect((error?.description.utf8.count ?? .max) < 400)
        let control = failure { () throws(CodingError) in try PortRange(json: #"{"a\u001b[2Jb":1}"#) }
        #expect(control?.message == #"unknown member "a\u{1B}[2Jb""#)
        let raw = failure { () throws(CodingError) in try PortRange(json: "{\"a\u{1B}[2J\":1}") }
        #expect(raw?.description.unicodeScalars.contains("\u{1B}") == false)
    }

    @Test func oneLineSaysItAll() {
        let error = failure { () throws(CodingError) in try Rule(json: #"{"ports":[{"start_port":"http"}]}"#) }
        #expect(
            error?.description
                == #"ports[0].start_port: expected an integer, found "http" (byte 24); write digits only, such as 64"#)
    }

    @Test func errorsCanBeSeenFromOutside() {
        let inner = CodingError(.range, "too large", offset: 3, path: "[2].port", hint: "less")
        #expect(inner.within("entries").path == "entries[2].port")
        #expect(CodingError(.range, "", path: "a").within("b").path == "b.a")
        #expect(CodingError(.range, "").within("b").path == "b")
        #expect(inner.within("x").hint == "less")
        #expect(inner != inner.within("x"))
        #expect(inner == CodingError(.range, "in other words", offset: 3, path: "[2].port"))
    }

    @Test func anErrorIsOnePointerWide() {
        #expect(MemoryLayout<CodingError>.size == MemoryLayout<UnsafeRawPointer>.size)
    }

    @Test func enumerationsAreOpenInMemoryAndClosedInDocuments() throws {
        #expect(try Mode(json: "\"l2_l3\"") == Mode(rawValue: "l2_l3"))
        #expect(try Mode(json: "\"\"").rawValue == "")
        #expect(!Mode(rawValue: "l4").isKnown)
        #expect(Mode(rawValue: "l4").description == "l4")
        let error = failure { () throws(CodingError) in try Rule(json: #"{"mode":"L2-L3"}"#) }
        #expect(error == CodingError(.enumeration, "", offset: 8, path: "mode"))
        #expect(error?.hint == "did you mean l2_l3? allowed: l2_l3, l2, l3")
        #expect(failure { () throws(CodingError) in try Mode(rawValue: "l4").validate() }?.kind == .enumeration)
        #expect(failure { () throws(CodingError) in try Mode(json: "2") }?.kind == .type)
    }
}

@Suite struct MemberTableTests {
    @Test func findsEveryNameAndNoOther() {
        var generator = SeededGenerator(seed: 8)
        let table = MemberTable([
            "", "a", "b", "ab", "ba", "abc", "abd", "name", "mane", "start_port", "stort_port", "end_port", "virtual_network_refs",
            "virtual_router_refs", "virtual_machine_interface_refs", "virtual_machine_interface_back_refs", "é", "virtual_machine_refs",
        ])
        for (index, name) in table.names.enumerated() {
            let name = name.description
            #expect(table.index(of: name) == index)
            for _ in 0..<50 {
                var bytes = Array(name.utf8)
                bytes.insert(UInt8.random(in: 0x61...0x7A, using: &generator), at: Int.random(in: 0...bytes.count, using: &generator))
                let other = String(decoding: bytes, as: UTF8.self)
                let expected = table.names.firstIndex { $0.description == other }
                #expect(table.index(of: other) == expected)
            }
        }
        #expect(table.count == 18)
    }

    @Test func tellsNamesApartThatHashAlike() {
        // Length, head, middle and tail are the same; the difference lies between.
        let table = MemberTable(["aaaaaaaaXbbbbbbbbbbbbcccccccc", "aaaaaaaaYbbbbbbbbbbbbcccccccc", "aaaaaaaaZbbbbbbbbbbbbcccccccc"])
        #expect(table.index(of: "aaaaaaaaXbbbbbbbbbbbbcccccccc") == 0)
        #expect(table.index(of: "aaaaaaaaYbbbbbbbbbbbbcccccccc") == 1)
        #expect(table.index(of: "aaaaaaaaZbbbbbbbbbbbbcccccccc") == 2)
        #expect(table.index(of: "aaaaaaaaQbbbbbbbbbbbbcccccccc") == nil)
    }

    @Test func anEmptyTableHasNoNames() {
        let table = MemberTable([])
        #expect(table.index(of: "") == nil)
        #expect(table.index(of: "a") == nil)
        #expect(
            failure { () throws(CodingError) in
                try json(#"{"a":1}"#) { reader throws(CodingError) in
                    try reader.beginObject()
                    return try reader.nextMember(table)
                }
            }?.hint == "no member is allowed here")
    }
}
