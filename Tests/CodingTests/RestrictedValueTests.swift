// Optional, repeated, united and attribute values with restrictions, as generated types read them.

import Coding
import Testing

@Suite struct RestrictedValueTests {
    private static let hexadecimal = Pattern("0x[0-9a-f]{4}|\\d+")

    private func member<Value>(
        _ text: String, _ read: (inout JSONReader) throws(CodingError) -> Value
    ) throws(CodingError) -> Value {
        try json("{\"m\":\(text)}") { reader throws(CodingError) in
            try reader.beginObject()
            _ = try reader.nextMember()
            let value = try read(&reader)
            _ = try reader.nextMember()
            return value
        }
    }

    @Test func nullIsAbsent() throws {
        #expect(try member("null") { reader throws(CodingError) in try reader.optional(in: 1...2) } == nil)
        #expect(try member("null") { reader throws(CodingError) in try reader.optional(pattern: Self.hexadecimal) } == nil)
        #expect(try member("null") { reader throws(CodingError) in try reader.optional(length: 1...2) } == nil)
        #expect(try member("null") { reader throws(CodingError) in try reader.optional(union: Self.hexadecimal) } == nil)
        #expect(try member("null") { reader throws(CodingError) in try reader.optionalArray(String.self) } == nil)
        #expect(try member("null") { reader throws(CodingError) in try reader.optionalArray(in: 1...2) } == nil)
    }

    @Test func restrictionsHoldForEachElement() throws {
        #expect(try member("[1,\"2\"]") { reader throws(CodingError) in try reader.optionalArray(in: 1...2) } == [1, 2])
        #expect(
            try member("[\"0x00ff\"]") { reader throws(CodingError) in try reader.optionalArray(pattern: Self.hexadecimal) } == ["0x00ff"])
        #expect(try member("[\"ab\"]") { reader throws(CodingError) in try reader.optionalArray(length: 2...2) } == ["ab"])
        let range = failure { () throws(CodingError) in
            try member("[1,3]") { reader throws(CodingError) in try reader.optionalArray(in: 1...2) }
        }
        #expect(range == CodingError(.range, "", offset: 8, path: "m[1]"))
        let null = failure { () throws(CodingError) in
            try member("[1,null]") { reader throws(CodingError) in try reader.optionalArray(in: 1...2) }
        }
        #expect(null == CodingError(.type, "", offset: 8, path: "m[1]"))
    }

    @Test func unionsTakeNumbersAndTextAndSayWhereTheyFail() throws {
        #expect(try member("16") { reader throws(CodingError) in try reader.string(union: Self.hexadecimal) } == "16")
        #expect(try member("\"0x0010\"") { reader throws(CodingError) in try reader.string(union: Self.hexadecimal) } == "0x0010")
        for text in ["-1", "1.5", "\"red\""] {
            let error = failure { () throws(CodingError) in
                try member("[\(text)]") { reader throws(CodingError) in try reader.optionalArray(union: Self.hexadecimal) }
            }
            #expect(error == CodingError(.pattern, "", offset: 6, path: "m[0]"))
        }
        let type = failure { () throws(CodingError) in
            try member("true") { reader throws(CodingError) in try reader.string(union: Self.hexadecimal) }
        }
        #expect(type == CodingError(.type, "", offset: 5, path: "m"))
    }

    @Test func attributesAreReadByTheRulesOfElements() throws {
        func read(_ document: String) throws(CodingError) -> Int? {
            try xml(document) { reader throws(CodingError) in
                _ = try reader.nextChild()
                let value = try reader.attributeValue("n") { reader throws(CodingError) in try reader.integer(in: 5...9) }
                try reader.skipElement()
                _ = try reader.nextChild()
                return value
            }
        }
        #expect(try read("<a><b n=' 7 '/></a>") == 7)
        #expect(try read("<a><b/></a>") == nil)
        let error = failure { () throws(CodingError) in try read("<a><b n='10'/></a>") }
        #expect(error == CodingError(.range, "", offset: 3, path: "a.b.n"))
    }

    @Test func attributesAreWrittenLikeElements() {
        var writer = XMLWriter()
        writer.start("a")
        writer.attribute("n", value: 7)
        writer.attribute("t", value: "x<\"\n")
        writer.attribute("absent", value: nil as Int?)
        writer.end("a")
        #expect(String(decoding: writer.finish(), as: UTF8.self) == #"<a n="7" t="x&lt;&quot;&#xA;"></a>"#)
    }

    @Test func arraysComeIntoBeingWithTheirFirstElement() {
        var values: [Int]?
        values.append(1)
        values.append(2)
        #expect(values == [1, 2])
    }
}
