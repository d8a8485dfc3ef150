// Numbers: bounds of every width, text that is no integer, and floating point that must survive to the last bit.

import Coding
import Testing

@Suite struct JSONNumberTests {
    @Test(arguments: [
        ("0", 0), ("-0", 0), ("\"0\"", 0), ("64", 64), ("\"64\"", 64), ("\"-64\"", -64), ("\"+64\"", 64), ("\"007\"", 7),
        ("9223372036854775807", Int.max), ("-9223372036854775808", Int.min), ("\"-9223372036854775808\"", Int.min),
        ("\"0000000000000000000000000000001\"", 1), ("123456789012345678", 123_456_789_012_345_678),
        ("1234567890123456789", 1_234_567_890_123_456_789),
    ])
    func readsIntegersAlsoFromStrings(text: String, value: Int) throws {
        #expect(try json(text) { reader throws(CodingError) in try reader.integer() } == value)
    }

    @Test(arguments: [
        "64.0", "1e3", "0.5", "\"\"", "\" 64\"", "\"64 \"", "\"6 4\"", "\"0x40\"", "\"64.0\"", "\"-\"", "\"+\"", "\"--1\"", "true", "null",
        "[]",
        "{}", "\"\\u0036\"", "\"٣\"", "\"1234567890123456789a\"", "\"sixty-four\"",
    ])
    func refusesWhatIsNoInteger(text: String) {
        let error = failure { () throws(CodingError) in try json(text) { reader throws(CodingError) in try reader.integer() } }
        #expect(error?.kind == .type)
        #expect(error?.offset == 0)
        #expect(error?.message.contains("expected an integer") == true)
    }

    @Test(arguments: [
        "9223372036854775808", "-9223372036854775809", "\"9223372036854775808\"", "100000000000000000000000000000000000000000",
    ])
    func refusesIntegersBeyond64Bits(text: String) {
        let error = failure { () throws(CodingError) in try json(text) { reader throws(CodingError) in try reader.integer() } }
        #expect(error?.kind == .range)
    }

    @Test func unsignedIntegersEndAtTheirOwnBounds() throws {
        #expect(try json("\"18446744073709551615\"") { reader throws(CodingError) in try reader.unsignedInteger() } == .max)
        for text in ["-1", "18446744073709551616", "\"-1\""] {
            let error = failure { () throws(CodingError) in try json(text) { reader throws(CodingError) in try reader.unsignedInteger() } }
            #expect(error?.kind == .range, "\(text)")
        }
    }

    @Test func narrowIntegersEndAtTheirOwnBounds() throws {
        func check<Integer: FixedWidthInteger & SchemaValue>(_: Integer.Type) throws {
            #expect(try Integer(json: "\(Integer.min)") == .min)
            #expect(try Integer(json: "\(Integer.max)") == .max)
            #expect(Integer.min.jsonString() == "\(Integer.min)")
            #expect(try Integer(xml: Integer.min.xml(root: "v")) == .min)
            #expect(try Integer(xml: Integer.max.xml(root: "v")) == .max)
            let above = "1" + String(repeating: "0", count: "\(Integer.max)".count)
            #expect(failure { () throws(CodingError) in try Integer(json: above) }?.kind == .range)
            #expect(failure { () throws(CodingError) in try Integer(json: "-" + above) }?.kind == .range)
        }
        try check(Int8.self)
        try check(Int16.self)
        try check(Int32.self)
        try check(Int64.self)
        try check(Int.self)
        try check(UInt8.self)
        try check(UInt16.self)
        try check(UInt32.self)
        try check(UInt64.self)
        try check(UInt.self)
    }

    @Test func boundsHoldForAllButZero() throws {
        func read(_ text: String) throws(CodingError) -> Int {
            try json("{\"vlan\":\(text)}") { reader throws(CodingError) in
                try reader.beginObject()
                _ = try reader.nextMember()
                let value = try reader.integer(in: 1...4094)
                _ = try reader.nextMember()
                return value
            }
        }
        for value in [0, 1, 4094] { #expect(try read("\(value)") == value) }
        #expect(try read("\"4094\"") == 4094)
        for value in [-1, 4095] {
            let error = failure { () throws(CodingError) in try read("\(value)") }
            #expect(error == CodingError(.range, "", offset: 8, path: "vlan"))
            #expect(error?.message.contains("1…4094") == true)
        }
    }

    @Test func readsDoublesAsTheStandardLibraryDoes() throws {
        var generator = SeededGenerator(seed: 3)
        var texts = [
            "0", "-0", "0.0", "1", "0.1", "1e0", "1E+2", "1e-2", "123456789012345678901234567890", "2.2250738585072014e-308", "4.9e-324",
            "1.7976931348623157e308", "1e-400", "0e999999999999", "9007199254740993", "0.3e1", "100e-2", "1e22", "1e23",
            "123456789012345e22",
        ]
        for _ in 0..<5_000 {
            let digits = (0..<Int.random(in: 1...22, using: &generator)).map { _ in String(Int.random(in: 0...9, using: &generator)) }
                .joined()
            var text = Bool.random(using: &generator) ? "-" : ""
            text += String(Int.random(in: 0...999, using: &generator)) + "." + digits
            if Bool.random(using: &generator) { text += "e\(Int.random(in: -320...300, using: &generator))" }
            texts.append(text)
        }
        for text in texts {
            let expected = try #require(Double(text))
            let found = try json(text) { reader throws(CodingError) in try reader.double() }
            #expect(found.bitPattern == expected.bitPattern, "\(text)")
        }
    }

    @Test func everyDoubleSurvives() throws {
        var generator = SeededGenerator(seed: 4)
        for _ in 0..<20_000 {
            let value = Double(bitPattern: generator.next())
            guard value.isFinite else { continue }
            #expect(try Double(json: value.json()).bitPattern == value.bitPattern)
            #expect(try Double(xml: value.xml(root: "v")).bitPattern == value.bitPattern)
        }
    }

    @Test func refusesNumbersTooLargeForADouble() {
        let error = failure { () throws(CodingError) in try Double(json: "1e309") }
        #expect(error?.kind == .range)
    }

    @Test func everyIntegerSurvives() throws {
        var generator = SeededGenerator(seed: 5)
        var values: [UInt64] = [0, 9, 10, 99, 100, 999, 1000, 9999, 10000, 99999, 100_000, .max]
        var power: UInt64 = 1
        for _ in 0..<20 {
            values += [power, power &- 1, power &+ 1]
            power = power &* 10
        }
        for _ in 0..<5_000 { values.append(generator.next() >> UInt64.random(in: 0..<64, using: &generator)) }
        for value in values {
            #expect(value.jsonString() == String(value))
            #expect(try UInt64(json: value.json()) == value)
            let signed = Int(bitPattern: UInt(value))
            #expect(signed.jsonString() == String(signed))
            #expect(try Int(json: signed.json()) == signed)
        }
    }

    @Test func booleansAreNoStringsAndNoNumbers() {
        for text in ["\"true\"", "1", "0", "null", "[]"] {
            let error = failure { () throws(CodingError) in try Bool(json: text) }
            #expect(error?.kind == .type)
            #expect(error?.hint?.contains("without quotes") == true)
        }
    }
}
