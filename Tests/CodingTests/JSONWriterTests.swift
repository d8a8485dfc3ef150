// What the writer writes, byte for byte, and that it reads back.

import Coding
import Testing

@Suite struct JSONWriterTests {
    private func write(_ body: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter()
        body(&writer)
        return String(decoding: writer.finish(), as: UTF8.self)
    }

    @Test func commasStandBetweenValuesOnly() {
        let text = write { writer in
            writer.beginObject()
            writer.key("a")
            writer.beginArray()
            writer.value(1)
            writer.value("x")
            writer.beginObject()
            writer.endObject()
            writer.beginArray()
            writer.endArray()
            writer.null()
            writer.endArray()
            writer.key("b" as String)
            writer.value(true)
            writer.key("c")
            writer.value(UInt64.max)
            writer.key("d")
            writer.value(0.25)
            writer.member("e", "y")
            writer.member("f", 7)
            writer.member("g", false)
            writer.endObject()
        }
        #expect(text == #"{"a":[1,"x",{},[],null],"b":true,"c":18446744073709551615,"d":0.25,"e":"y","f":7,"g":false}"#)
    }

    @Test func absentMembersLeaveNoTrace() {
        let text = write { writer in
            writer.beginObject()
            writer.member("a", nil as String?)
            writer.member("b", 1)
            writer.member("c", nil as [Int]?)
            writer.member("d", [] as [Int])
            writer.member("e", nil as PortRange?)
            writer.member("f", PortRange(start: 5))
            writer.member("g", nil as Bool?)
            writer.member("h", nil as Int?)
            writer.endObject()
        }
        #expect(text == #"{"b":1,"d":[],"f":{"start_port":5}}"#)
    }

    @Test func escapesWhatMustBeAndNothingElse() {
        #expect("a/é€😀\u{7F}\u{2028}".jsonString() == "\"a/é€😀\u{7F}\u{2028}\"")
        #expect("\"\\\u{8}\u{C}\n\r\t\u{0}\u{1F}".jsonString() == #""\"\\\b\f\n\r\t\u0000\u001F""#)
        #expect("".jsonString() == "\"\"")
        let text = write { writer in
            writer.beginObject()
            writer.member("k", "a\"b")
            writer.member("l", "")
            writer.key("\"x\n" as String)
            writer.null()
            writer.endObject()
        }
        #expect(text == #"{"k":"a\"b","l":"","\"x\n":null}"#)
    }

    @Test func escapesAtEveryPlace() throws {
        for before in 0..<20 {
            for after in 0..<20 {
                let text = String(repeating: "a", count: before) + "\u{1}" + String(repeating: "é", count: after)
                #expect(try String(json: text.json()) == text)
            }
        }
    }

    @Test func everyStringSurvives() throws {
        var generator = SeededGenerator(seed: 6)
        for _ in 0..<5_000 {
            let text = generator.string(maximumLength: 60)
            #expect(try String(json: text.json()) == text)
        }
    }

    @Test func infinitiesBecomeNullWhichNoReaderOfNumbersAccepts() {
        for value in [Double.infinity, -.infinity, .nan] {
            #expect(value.jsonString() == "null")
            #expect(failure { () throws(CodingError) in try value.validate() }?.kind == .type)
        }
    }

    @Test func continuesWhereOthersStopped() {
        var writer = JSONWriter(appendingTo: Array("data: ".utf8))
        writer.beginArray()
        writer.raw(Array("{\"a\":1}".utf8))
        writer.raw(Array("2".utf8)[...])
        writer.value(3)
        writer.endArray()
        #expect(String(decoding: writer.bytes, as: UTF8.self) == #"data: [{"a":1},2,3]"#)
    }

    @Test func everyValueSurvives() throws {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<2_000 {
            let rule = Rule.random(using: &generator)
            let copy = try Rule(json: rule.json())
            #expect(copy.json() == rule.json())
            #expect(rule.isEncodedEqual(to: copy))
            try rule.validate()
        }
    }

    @Test func validationFindsBrokenRules() {
        var rule = Rule()
        rule.ports = [PortRange(start: 80), PortRange(start: 70_000)]
        let error = failure { () throws(CodingError) in try rule.validate() }
        #expect(error?.kind == .range)
        #expect(error?.path == "ports[1].start_port")
        #expect(!rule.isEncodedEqual(to: Rule()))
    }
}
