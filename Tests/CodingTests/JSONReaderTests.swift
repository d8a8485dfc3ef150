// What the reader accepts, and what it makes of it.

import Coding
import Testing

@Suite struct JSONReaderTests {
    @Test func readsMembersInAnyOrderAndWithBlanksAnywhere() throws {
        let text = " \t\r\n{ \"end_port\" :\n 80 , \"start_port\":\t\"22\" } \n"
        let range = try PortRange(json: text)
        #expect(range.start == 22)
        #expect(range.end == 80)
    }

    @Test func readsEachScalar() throws {
        #expect(try json("true") { reader throws(CodingError) in try reader.boolean() })
        #expect(try !json("false") { reader throws(CodingError) in try reader.boolean() })
        #expect(try json("-12") { reader throws(CodingError) in try reader.integer() } == -12)
        #expect(try json("18446744073709551615") { reader throws(CodingError) in try reader.unsignedInteger() } == .max)
        #expect(try json("-0.5e1") { reader throws(CodingError) in try reader.double() } == -5)
        #expect(try json("\"a\"") { reader throws(CodingError) in try reader.string() } == "a")
        #expect(try json("null") { reader throws(CodingError) in try reader.readNull() })
        #expect(try json("null") { reader throws(CodingError) in try reader.optional(String.self) } == nil)
    }

    @Test func readNullLeavesOtherValuesAlone() throws {
        let value = try json("[7]") { reader throws(CodingError) in
            try reader.beginArray()
            _ = try reader.nextElement()
            let isNull = try reader.readNull()
            let number = try reader.integer()
            _ = try reader.nextElement()
            return (isNull, number)
        }
        #expect(value == (false, 7))
    }

    @Test func namesTheKindOfTheNextValue() throws {
        let kinds: [(String, JSONReader.Kind)] = [
            ("{}", .object), ("[]", .array), ("\"\"", .string), ("-1", .number), ("0", .number), ("true", .boolean), ("false", .boolean),
            ("null", .null),
        ]
        for (text, kind) in kinds {
            let found = try json("  " + text) { reader throws(CodingError) in
                let kind = try reader.peekKind
                try reader.skipValue()
                return kind
            }
            #expect(found == kind, "\(text)")
        }
    }

    @Test func readsAnyMemberByName() throws {
        let names = try json(#"{"a":1,"b\u0063":[2],"":{"x":null}}"#) { reader throws(CodingError) in
            var names: [String] = []
            try reader.beginObject()
            while let name = try reader.nextMember() {
                names.append(name)
                try reader.skipValue()
            }
            return names
        }
        #expect(names == ["a", "bc", ""])
    }

    @Test func findsEscapedNamesInATable() throws {
        let range = try PortRange(json: #"{"start\u005fport":11,"\u0065nd_port":12}"#)
        #expect(range.start == 11)
        #expect(range.end == 12)
    }

    @Test func readsNestedArrays() throws {
        let rows = try json("[[1,2],[],[3]]") { reader throws(CodingError) in
            var rows: [[Int]] = []
            try reader.beginArray()
            while try reader.nextElement() { rows.append(try reader.array()) }
            return rows
        }
        #expect(rows == [[1, 2], [], [3]])
    }

    @Test func nullIsAnEmptyArrayButNoElement() throws {
        #expect(try json("null") { reader throws(CodingError) in try reader.array(Int.self) }.isEmpty)
        let error = failure { () throws(CodingError) in try json("[1,null]") { reader throws(CodingError) in try reader.array(Int.self) } }
        #expect(error?.kind == .type)
        #expect(error?.path == "[1]")
    }

    @Test func theLastOfTwoEqualNamesWins() throws {
        #expect(try PortRange(json: #"{"start_port":11,"start_port":12}"#).start == 12)
    }

    @Test func refusesEqualNamesWhenAsked() {
        for text in [
            #"{"start_port":11,"start_port":12}"#, #"{"start_port":11,"end_port":15,"start\u005fport":12}"#,
        ] {
            let error = failure { () throws(CodingError) in
                try JSONReader.read(Array(text.utf8), duplicateMembers: .reject) { reader throws(CodingError) in
                    try reader.value(PortRange.self)
                }
            }
            #expect(error?.kind == .duplicateMember)
            #expect(error?.path == "start_port" || error?.path == #"start\u005fport"#)
        }
    }

    @Test(arguments: [#"{"a":{"x":1},"b":{"x":1}}"#, #"[{"x":1},{"x":1}]"#, #"{"x":{"x":{"x":1}}}"#])
    func equalNamesInDifferentObjectsAreNoDuplicates(text: String) throws {
        try JSONReader.read(Array(text.utf8), duplicateMembers: .reject) { reader throws(CodingError) in try reader.skipValue() }
    }

    @Test(arguments: [#"{"a":{"x":1,"x":1}}"#, #"[{"x":1},{"y":1,"z":{},"y":1}]"#])
    func equalNamesAreFoundInSkippedValues(text: String) {
        let error = failure { () throws(CodingError) in
            try JSONReader.read(Array(text.utf8), duplicateMembers: .reject) { reader throws(CodingError) in try reader.skipValue() }
        }
        #expect(error?.kind == .duplicateMember)
    }

    @Test func unknownMembersAreSkippedWhenAsked() throws {
        let text = #"{"x":{"start_port":[1,{"y":"}"}]},"start_port":15,"z":"\"","end_port":16,"w":-1.5e3}"#
        let range = try PortRange(json: text, unknownMembers: .skip)
        #expect(range.start == 15)
        #expect(range.end == 16)
    }

    @Test func unknownMembersAreRefusedWithTheNearestNames() {
        let error = failure { () throws(CodingError) in try Rule(json: #"{"name":"a","ports":[{},{"start-prot":1}]}"#) }
        #expect(error?.kind == .unknownMember)
        #expect(error?.path == "ports[1].start-prot")
        #expect(error?.offset == 25)
        #expect(error?.hint == "did you mean start_port?")
        let far = failure { () throws(CodingError) in try PortRange(json: #"{"colour":1}"#) }
        #expect(far?.hint == "known: start_port, end_port")
    }

    @Test func givesTheBytesOfAValue() throws {
        let text = #"{"a": [1, {"b" : "c"}] , "d":2}"#
        let raw = try json(text) { reader throws(CodingError) in
            var parts: [[UInt8]] = []
            try reader.beginObject()
            while try reader.nextMember() != nil { parts.append(reader.bytes(in: try reader.rawValue())) }
            return parts
        }
        #expect(raw.map { String(decoding: $0, as: UTF8.self) } == [#"[1, {"b" : "c"}]"#, "2"])
    }

    @Test func lookingAheadConsumesNothing() throws {
        let sum = try json(#"{"start_port":20,"end_port":30}"#) { reader throws(CodingError) in
            let ahead = try reader.lookAhead { reader throws(CodingError) in try reader.value(PortRange.self) }
            let range = try reader.value(PortRange.self)
            return (ahead.end ?? 0) + (range.end ?? 0)
        }
        #expect(sum == 60)
    }

    @Test func lookingAheadForgetsWhatFailed() throws {
        let text = try json(#"["a",["b"]]"#) { reader throws(CodingError) in
            try reader.beginArray()
            _ = try reader.nextElement()
            do throws(CodingError) {
                _ = try reader.lookAhead { reader throws(CodingError) in try reader.integer() }
            } catch {}
            let text = try reader.string()
            _ = try reader.nextElement()
            return text + (try reader.array(String.self).joined()) + (try reader.nextElement() ? "more" : "")
        }
        #expect(text == "ab")
    }

    @Test func depthIsLimitedAndTheLimitIsTheCallers() throws {
        func nested(_ depth: Int, open: String = "[", close: String = "]") -> [UInt8] {
            Array((String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)).utf8)
        }
        func skip(_ bytes: [UInt8], _ limit: Int) throws(CodingError) {
            try JSONReader.read(bytes, maximumDepth: limit) { reader throws(CodingError) in try reader.skipValue() }
        }
        try skip(nested(64), 64)
        try skip(nested(3, open: #"{"a":"#, close: "}"), 3)
        let error = failure { () throws(CodingError) in try skip(nested(65), 64) }
        #expect(error?.kind == .depth)
        #expect(error?.offset == 64)
        #expect(failure { () throws(CodingError) in try skip(nested(4, open: #"{"a":"#, close: "}"), 3) }?.kind == .depth)
        // However much is asked for, generated code must not run out of stack.
        #expect(failure { () throws(CodingError) in try skip(nested(100_000), .max) }?.kind == .depth)
        #expect(failure { () throws(CodingError) in try skip(nested(2), 0) }?.kind == .depth)
    }

    @Test func siblingsDoNotAddToTheDepth() throws {
        let text = "[" + Array(repeating: "[[{}]]", count: 500).joined(separator: ",") + "]"
        try JSONReader.read(Array(text.utf8), maximumDepth: 4) { reader throws(CodingError) in try reader.skipValue() }
    }

    @Test func readsMemoryOfOthers() throws {
        let bytes = Array("[1,2]".utf8)
        let values = try bytes.withUnsafeBytes { buffer in
            try JSONReader.read(buffer) { reader throws(CodingError) in try reader.array(Int.self) }
        }
        #expect(values == [1, 2])
    }
}
