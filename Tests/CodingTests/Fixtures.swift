// Types as the schema compiler writes them, a generator of random numbers with a seed, and the shapes of check that most tests have.

import Coding
import Testing

/// SplitMix64: small, and the same sequence for the same seed everywhere.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    mutating func string(maximumLength: Int = 24) -> String {
        var result = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...maximumLength, using: &self) {
            let range: ClosedRange<UInt32> =
                switch UInt8.random(in: 0..<8, using: &self) {
                case 0: 0...0x1F
                case 1: 0x80...0x7FF
                case 2: 0x800...0xFFFF
                case 3: 0x1_0000...0x10_FFFF
                default: 0x20...0x7F
                }
            if let scalar = Unicode.Scalar(UInt32.random(in: range, using: &self)) { result.append(scalar) }
        }
        return String(result)
    }
}

/// The error of an operation that must fail.
func failure<Value>(_ operation: () throws(CodingError) -> Value, _ place: SourceLocation = #_sourceLocation) -> CodingError? {
    do throws(CodingError) {
        let value = try operation()
        Issue.record("succeeded with \(value)", sourceLocation: place)
        return nil
    } catch {
        return error
    }
}

/// Reads one value from JSON text.
func json<Value>(_ text: String, _ body: (inout JSONReader) throws(CodingError) -> Value) throws(CodingError) -> Value {
    try JSONReader.read(Array(text.utf8), body)
}

struct Mode: OpenEnumeration {
    let rawValue: String
    init(rawValue: String) { self.rawValue = rawValue }
    static let knownValues = ["l2_l3", "l2", "l3"]
}

struct PortRange: SchemaValue {
    var start: Int?
    var end: Int?

    init(start: Int? = nil, end: Int? = nil) {
        self.start = start
        self.end = end
    }

    static let members = MemberTable(["start_port", "end_port"])
    static let elements = MemberTable(["start-port", "end-port"])

    init(from reader: inout JSONReader) throws(CodingError) {
        try reader.beginObject()
        while let member = try reader.nextMember(Self.members) {
            if try reader.readNull() { continue }
            switch member {
            case 0: start = try reader.integer(in: 10...65535)
            default: end = try reader.integer(in: 10...65535)
            }
        }
    }

    func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("start_port", start)
        writer.member("end_port", end)
        writer.endObject()
    }

    init(from reader: inout XMLReader) throws(CodingError) {
        while let element = try reader.nextChild(Self.elements) {
            switch element {
            case 0: start = try reader.integer(in: 10...65535)
            default: end = try reader.integer(in: 10...65535)
            }
        }
    }

    func encode(to writer: inout XMLWriter) {
        writer.element("start-port", start)
        writer.element("end-port", end)
    }
}

struct Rule: SchemaValue {
    var name: String?
    var mode: Mode?
    var ports: [PortRange] = []
    var weight: Double?
    var isEnabled: Bool?
    var sequence: UInt64?
    var notes: [String] = []

    init() {}

    static let members = MemberTable(["name", "mode", "ports", "weight", "enabled", "sequence", "notes"])
    static let serial = Pattern("[a-z][a-z0-9_]*")

    init(from reader: inout JSONReader) throws(CodingError) {
        try reader.beginObject()
        while let member = try reader.nextMember(Self.members) {
            switch member {
            case 0: name = try reader.optional()
            case 1: mode = try reader.optional()
            case 2: ports = try reader.array()
            case 3: weight = try reader.optional()
            case 4: isEnabled = try reader.optional()
            case 5: sequence = try reader.optional()
            default: notes = try reader.array()
            }
        }
    }

    func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("name", name)
        writer.member("mode", mode)
        writer.member("ports", ports)
        writer.member("weight", weight)
        writer.member("enabled", isEnabled)
        writer.member("sequence", sequence)
        writer.member("notes", notes)
        writer.endObject()
    }

    init(from reader: inout XMLReader) throws(CodingError) {
        while let element = try reader.nextChild(Self.members) {
            switch element {
            case 0: name = try reader.value()
            case 1: mode = try reader.value()
            case 2: ports.append(try reader.value())
            case 3: weight = try reader.value()
            case 4: isEnabled = try reader.value()
            case 5: sequence = try reader.value()
            default: notes.append(try reader.value())
            }
        }
    }

    func encode(to writer: inout XMLWriter) {
        writer.element("name", name)
        writer.element("mode", mode)
        writer.element("ports", ports)
        writer.element("weight", weight)
        writer.element("enabled", isEnabled)
        writer.element("sequence", sequence)
        writer.element("notes", notes)
    }

    static func random(using generator: inout SeededGenerator) -> Rule {
        func maybe<Value>(_ value: Value) -> Value? { Bool.random(using: &generator) ? value : nil }
        var rule = Rule()
        rule.name = maybe(generator.string())
        rule.mode = maybe(Mode(rawValue: Mode.knownValues.randomElement(using: &generator) ?? ""))
        for _ in 0..<Int.random(in: 0...3, using: &generator) {
            rule.ports.append(PortRange(start: maybe(Int.random(in: 10...65535, using: &generator)), end: maybe(0)))
        }
        let number = Double(bitPattern: generator.next())
        rule.weight = maybe(number.isFinite ? number : 0)
        rule.isEnabled = maybe(Bool.random(using: &generator))
        rule.sequence = maybe(generator.next() >> UInt64.random(in: 0..<64, using: &generator))
        for _ in 0..<Int.random(in: 0...3, using: &generator) { rule.notes.append(generator.string()) }
        return rule
    }
}
