// What the fuzz targets share: types as the schema compiler writes them, and how a broken promise is reported. Compiled into each target
// together with the module under test, so that nothing is imported.

/// Stops with a text that says which promise was broken; the fuzzer keeps the input.
func expect(_ condition: Bool, _ promise: @autoclosure () -> String) {
    if !condition { fatalError("broken promise: " + promise()) }
}

/// The input of one run.
func input(_ start: UnsafePointer<UInt8>?, _ count: Int) -> [UInt8] { Array(UnsafeBufferPointer(start: start, count: count)) }

/// What all errors promise.
func check(_ error: CodingError, _ bytes: [UInt8]) {
    expect((0...bytes.count).contains(error.offset), "the offset \(error.offset) is in the document")
    expect(error.description.unicodeScalars.allSatisfy { $0.value >= 0x20 }, "an error text is one line without control characters")
    expect(error.description.utf8.count < 20_000, "an error text is short")
}

struct SampleMode: OpenEnumeration {
    let rawValue: String
    init(rawValue: String) { self.rawValue = rawValue }
    static let knownValues = ["l2_l3", "l2", "l3"]
}

struct Sample: SchemaValue {
    var name: String?
    var mode: SampleMode?
    var port: Int?
    var serial: String?
    var label: String?
    var weight: Double?
    var isEnabled: Bool?
    var count: UInt64?
    var notes: [String] = []
    var parts: [Sample] = []

    private static let members = MemberTable(["name", "mode", "port", "serial", "label", "weight", "enabled", "count", "notes", "parts"])
    private static let pattern = Pattern("[a-z]{2,5}(-\\d+)*|\\i\\c*")

    init(from reader: inout JSONReader) throws(CodingError) {
        try reader.beginObject()
        while let member = try reader.nextMember(Self.members) {
            switch member {
            case 0: name = try reader.optional()
            case 1: mode = try reader.optional()
            case 2: port = try reader.integer(in: 5...65535)
            case 3: serial = try reader.string(pattern: Self.pattern)
            case 4: label = try reader.string(length: 2...5)
            case 5: weight = try reader.optional()
            case 6: isEnabled = try reader.optional()
            case 7: count = try reader.optional()
            case 8: notes = try reader.array()
            default: parts = try reader.array()
            }
        }
    }

    func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("name", name)
        writer.member("mode", mode)
        writer.member("port", port)
        writer.member("serial", serial)
        writer.member("label", label)
        writer.member("weight", weight)
        writer.member("enabled", isEnabled)
        writer.member("count", count)
        writer.member("notes", notes)
        writer.member("parts", parts)
        writer.endObject()
    }

    init(from reader: inout XMLReader) throws(CodingError) {
        while let element = try reader.nextChild(Self.members) {
            switch element {
            case 0: name = try reader.value()
            case 1: mode = try reader.value()
            case 2: port = try reader.integer(in: 5...65535)
            case 3: serial = try reader.string(pattern: Self.pattern)
            case 4: label = try reader.string(length: 2...5)
            case 5: weight = try reader.value()
            case 6: isEnabled = try reader.value()
            case 7: count = try reader.value()
            case 8: notes.append(try reader.value())
            default: parts.append(try reader.value())
            }
        }
    }

    func encode(to writer: inout XMLWriter) {
        writer.element("name", name)
        writer.element("mode", mode)
        writer.element("port", port)
        writer.element("serial", serial)
        writer.element("label", label)
        writer.element("weight", weight)
        writer.element("enabled", isEnabled)
        writer.element("count", count)
        writer.element("notes", notes)
        writer.element("parts", parts)
    }
}
