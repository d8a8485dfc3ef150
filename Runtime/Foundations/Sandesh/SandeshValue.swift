// The values that fields hold, and how each is spelled in XML. Relies on Coding for XML and on NetworkTypes for addresses.

import Coding
import NetworkTypes

/// What a field, or an element of a list, set or map, may hold.
public protocol SandeshValue: Sendable {
    /// The `type` of a field's element, and of a list's elements: `string`, `struct`.
    static var sandeshType: StaticString { get }
    /// The element that encloses the value in lists, sets and maps. A structure's encloses it in a field, too.
    static var sandeshElement: StaticString { get }

    /// Reads the content of the element on which the reader stands, up to and including its end tag.
    init(fromSandesh reader: inout XMLReader) throws(CodingError)
    /// Writes the content.
    func encodeSandesh(to writer: inout XMLWriter)
}

/// A value of one text. In lists it stands in `<element>`.
public protocol SandeshScalar: SandeshValue {}

extension SandeshScalar {
    public static var sandeshElement: StaticString { "element" }
}

/// Scalars that have an order, so that sets and maps of them are always written alike.
public typealias SandeshKey = SandeshScalar & Hashable & Comparable

/// Fields with names. Generated.
public protocol SandeshStructure: SandeshValue {}

extension SandeshStructure {
    public static var sandeshType: StaticString { "struct" }
}

/// Numbers with names; other numbers pass, since the sender may be newer. Generated.
public protocol SandeshEnumeration: SandeshScalar, RawRepresentable<Int32>, Hashable, CustomStringConvertible {
    init(rawValue: Int32)
    /// Every value with a name, in the order of the schema.
    static var named: [(value: Self, name: String)] { get }
}

extension SandeshEnumeration {
    public static var sandeshType: StaticString { "i32" }
    public init(fromSandesh reader: inout XMLReader) throws(CodingError) { self.init(rawValue: try Int32(fromSandesh: &reader)) }
    public func encodeSandesh(to writer: inout XMLWriter) { writer.integer(rawValue) }
    /// The name, or the number of a value without one.
    public var description: String { Self.named.first { $0.value == self }?.name ?? "\(rawValue)" }
}

/// XML within XML: carried as it is, in a CDATA section.
public struct SandeshXML: SandeshScalar, Hashable, ExpressibleByStringLiteral {
    public var text: String

    public init(_ text: String) { self.text = text }
    public init(stringLiteral text: String) { self.text = text }

    public static var sandeshType: StaticString { "xml" }
    public init(fromSandesh reader: inout XMLReader) throws(CodingError) { text = try reader.text() }
    public func encodeSandesh(to writer: inout XMLWriter) { writer.characterData(text) }
}

// MARK: Scalars

extension String: SandeshScalar {
    public static var sandeshType: StaticString { "string" }
    public init(fromSandesh reader: inout XMLReader) throws(CodingError) { self = try reader.text() }
    public func encodeSandesh(to writer: inout XMLWriter) { writer.text(self) }
}

extension Bool: SandeshScalar {
    public static var sandeshType: StaticString { "bool" }
    public init(fromSandesh reader: inout XMLReader) throws(CodingError) { self = try reader.boolean() }
    public func encodeSandesh(to writer: inout XMLWriter) { writer.text(self ? "true" : "false") }
}

extension Double: SandeshScalar {
    public static var sandeshType: StaticString { "double" }
    public init(fromSandesh reader: inout XMLReader) throws(CodingError) { self = try reader.double() }
    public func encodeSandesh(to writer: inout XMLWriter) { encode(to: &writer) }
}

/// An integer of a fixed width.
public protocol SandeshInteger: SandeshScalar, FixedWidthInteger {}

extension SandeshInteger {
    public init(fromSandesh reader: inout XMLReader) throws(CodingError) {
        let start = reader.startOfElement
        // Only u64 goes beyond what a signed number of 64 bits holds.
        if Self.isSigned || Self.bitWidth < 64 {
            let number = try reader.integer()
            guard let value = Self(exactly: number) else { throw Self.outOfRange("\(number)", reader, start) }
            self = value
        } else {
            let number = try reader.unsignedInteger()
            guard let value = Self(exactly: number) else { throw Self.outOfRange("\(number)", reader, start) }
            self = value
        }
    }

    private static func outOfRange(_ number: String, _ reader: borrowing XMLReader, _ start: Int) -> CodingError {
        reader.error(.range, "\(number) is not from \(min) to \(max)", hint: "a \(sandeshType) has \(bitWidth) bits", at: start)
    }

    public func encodeSandesh(to writer: inout XMLWriter) { writer.integer(self) }
}

extension Int8: SandeshInteger { public static var sandeshType: StaticString { "byte" } }
extension Int16: SandeshInteger { public static var sandeshType: StaticString { "i16" } }
extension Int32: SandeshInteger { public static var sandeshType: StaticString { "i32" } }
extension Int64: SandeshInteger { public static var sandeshType: StaticString { "i64" } }
extension UInt16: SandeshInteger { public static var sandeshType: StaticString { "u16" } }
extension UInt32: SandeshInteger { public static var sandeshType: StaticString { "u32" } }
extension UInt64: SandeshInteger { public static var sandeshType: StaticString { "u64" } }

/// A value of the network, by its canonical text.
public protocol SandeshNetworkValue: SandeshScalar, NetworkValue {}

extension SandeshNetworkValue {
    public init(fromSandesh reader: inout XMLReader) throws(CodingError) {
        let start = reader.startOfElement
        let text = try reader.text()
        do throws(NotationError) {
            self = try Self(parsing: text)
        } catch {
            throw reader.error(.pattern, "\"\(error.text)\" is not \(error.expected): \(error.problem)", hint: error.hint, at: start)
        }
    }

    public func encodeSandesh(to writer: inout XMLWriter) { writer.text(description) }
}

extension IPv4Address: SandeshNetworkValue { public static var sandeshType: StaticString { "ipv4" } }
extension IPAddress: SandeshNetworkValue { public static var sandeshType: StaticString { "ipaddr" } }
extension UUIDValue: SandeshNetworkValue { public static var sandeshType: StaticString { "uuid_t" } }
