// What reader and writer do beyond single messages, on types written by hand. The vectors of the generated messages, which the C codec
// runs as well, are in ForwarderMessagesTests.

import Attributes
import NetworkTypes
import Testing

private enum Colour: UInt8, AttributeEnumeration {
    case red = 1
    case green = 3

    init?(checking rawValue: UInt8) { self.init(rawValue: rawValue) }
    static let named = [AttributeName(Colour.red, "red", "Like blood."), AttributeName(Colour.green, "green")]
}

private struct Marks: OptionSet, AttributeEnumeration {
    let rawValue: UInt16
    init(rawValue: UInt16) { self.rawValue = rawValue }
    init?(checking rawValue: UInt16) {
        guard rawValue & ~0b101 == 0 else { return nil }
        self.init(rawValue: rawValue)
    }
    static var low: Marks { Marks(rawValue: 1) }
    static var high: Marks { Marks(rawValue: 4) }
    static let named = [AttributeName(Marks.low, "low"), AttributeName(Marks.high, "high")]
}

/// Every kind of attribute that the schema's messages do not happen to have.
private struct Everything: AttributeCodable {
    static var attributeSet: StaticString { "everything" }
    var identifier: UUIDValue?
    var sizes: [UInt16]?
    var ports: [UInt16]?
    var wide: UInt32?
    var colours: [Colour]?
    var marks: [Marks]?
    var routers: [IPv4Address]?
    var hosts: [IPv6Address]?

    init() {}

    init(from reader: inout AttributeReader) throws(AttributeError) {
        while let number = try reader.next() {
            switch number {
            case 1: identifier = try reader.value("identifier")
            case 2: sizes = try reader.numbers("sizes", atMost: 3, in: 1...9)
            case 3: ports = try reader.bigEndians("ports", atMost: 3, in: 1...9)
            case 4: wide = try reader.bigEndian("wide")
            case 5: colours = try reader.enumerations("colours", atMost: 3)
            case 6: marks = try reader.enumerations("marks", atMost: 3)
            case 7: routers = try reader.values("routers", atMost: 3)
            case 64: hosts = try reader.values("hosts", atMost: 3)
            default: try reader.skip()
            }
        }
    }

    func encode(to writer: inout AttributeWriter) throws(AttributeError) {
        try writer.value(1, "identifier", identifier)
        try writer.numbers(2, "sizes", sizes, atMost: 3, in: 1...9)
        try writer.bigEndians(3, "ports", ports, atMost: 3, in: 1...9)
        try writer.bigEndian(4, "wide", wide)
        try writer.enumerations(5, "colours", colours, atMost: 3)
        try writer.enumerations(6, "marks", marks, atMost: 3)
        try writer.values(7, "routers", routers, atMost: 3)
        try writer.values(64, "hosts", hosts, atMost: 3)
    }
}

@Suite struct AttributeTests {
    @Test func everyKindIsReadAsItWasWritten() throws {
        var value = Everything()
        value.identifier = UUIDValue(bytes: Array(0..<16))
        value.sizes = [1, 9]
        value.ports = [2]
        value.wide = 0x0102_0304
        value.colours = [.green, .red, .green]
        value.marks = [[], [.low, .high]]
        value.routers = [IPv4Address(192, 0, 2, 1), .any]
        value.hosts = []
        let bytes = try value.attributes()
        let again = try Everything(attributes: bytes)
        #expect(again.identifier == value.identifier)
        #expect(again.sizes == [1, 9])
        #expect(again.ports == [2])
        #expect(again.wide == 0x0102_0304)
        #expect(again.colours == [.green, .red, .green])
        #expect(again.marks == [[], [.low, .high]])
        #expect(again.routers == value.routers)
        #expect(again.hosts == [])
        #expect(try again.attributes() == bytes)
    }

    @Test func networkOrderIsTheSameOnEveryHost() throws {
        var value = Everything()
        value.ports = [9]
        value.wide = 0x0102_0304
        let bytes = try value.attributes()
        #expect(Array(bytes[4..<8]) == [0, 9, 0, 0])
        #expect(Array(bytes[12..<16]) == [1, 2, 3, 4])
    }

    @Test func whatAReaderWouldRefuseIsNotWritten() {
        func failure(_ change: (inout Everything) -> Void) -> AttributeError? {
            var value = Everything()
            change(&value)
            do throws(AttributeError) {
                _ = try value.attributes()
                return nil
            } catch {
                return error
            }
        }
        #expect(failure { $0.sizes = [1, 10] }?.reason == .value)
        #expect(failure { $0.sizes = [1, 1, 1, 1] }?.reason == .tooMany)
        #expect(failure { $0.ports = [0] }?.reason == .value)
        #expect(failure { $0.marks = [Marks(rawValue: 2)] }?.description == "everything.marks, at byte 0: 2 has no meaning as a Marks")
        #expect(failure { $0.colours = [.red, .red, .red, .red] }?.number == 5)
    }

    @Test func offsetsCountFromTheFirstAttribute() throws {
        let buffer: [UInt8] = [0xAA, 0xAA, 0xAA, 6, 0, 4, 0, 1, 2, 0, 0, 0xBB]
        let error = #expect(throws: AttributeError.self) { _ = try Everything(attributes: buffer, in: 3..<11) }
        #expect(error?.reason == .length)
        #expect(error?.offset == 0)
        #expect(error?.description == "everything.wide, at byte 0: the value has 2 bytes instead of 4")
    }

    @Test func aRangeOutsideTheBufferIsCutToIt() throws {
        #expect(throws: AttributeError.self) { _ = try Everything(attributes: [1, 2], in: 0..<200) }
        _ = try Everything(attributes: [], in: 0..<0)
    }

    @Test func namesAndValuesFindEachOther() {
        #expect(Colour(name: "green") == .green)
        #expect(Colour(name: "blue") == nil)
        #expect(Colour.red.name == "red")
        #expect(Colour.red.sentence == "Like blood.")
        #expect(Colour.green.sentence == nil)
        #expect(Marks([.low, .high]).names == ["low", "high"])
        #expect(Marks(rawValue: 0x8001).names == ["low", "bit-15"])
        #expect(Marks(rawValue: 2).name == "2")
    }

    @Test func theHighestNumberHasABitOfItsOwn() {
        let twice: [UInt8] = [4, 0, 64, 0, 4, 0, 64, 0]
        let error = #expect(throws: AttributeError.self) { _ = try Everything(attributes: twice) }
        #expect(error?.reason == .repeated)
        #expect(error?.attribute == "hosts")
    }
}
