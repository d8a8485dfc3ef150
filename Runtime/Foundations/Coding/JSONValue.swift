// JSON whose type is not known before: filters, elements, the parts of properties that a rule looks into, objects of whatever type. Numbers
// stay text, members stay in order, so that what was read is what is written.

/// Any JSON value.
public enum JSONValue: Sendable, Equatable {
    case null
    case boolean(Bool)
    /// As it was written.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([Member])

    public struct Member: Sendable, Equatable {
        public let key: String
        public var value: JSONValue

        public init(key: String, value: JSONValue) {
            self.key = key
            self.value = value
        }
    }

    public init(parsing bytes: some Collection<UInt8>) throws(CodingError) {
        self = try JSONReader.read(Array(bytes)) { reader throws(CodingError) in try JSONValue(from: &reader) }
    }

    public init(from reader: inout JSONReader) throws(CodingError) {
        switch try reader.peekKind {
        case .null:
            _ = try reader.readNull()
            self = .null
        case .boolean: self = .boolean(try reader.boolean())
        case .number: self = .number(String(decoding: reader.bytes(in: try reader.rawValue()), as: UTF8.self))
        case .string: self = .string(try reader.string())
        case .array:
            var elements: [JSONValue] = []
            try reader.beginArray()
            while try reader.nextElement() { elements.append(try JSONValue(from: &reader)) }
            self = .array(elements)
        case .object:
            var members: [Member] = []
            try reader.beginObject()
            while let key = try reader.nextMember() { members.append(Member(key: key, value: try JSONValue(from: &reader))) }
            self = .object(members)
        }
    }

    public func encode(to writer: inout JSONWriter) {
        switch self {
        case .null: writer.null()
        case .boolean(let value): writer.value(value)
        case .number(let text): writer.raw(Array(text.utf8))
        case .string(let value): writer.value(value)
        case .array(let elements):
            writer.beginArray()
            for element in elements { element.encode(to: &writer) }
            writer.endArray()
        case .object(let members):
            writer.beginObject()
            for member in members {
                writer.key(member.key)
                member.value.encode(to: &writer)
            }
            writer.endObject()
        }
    }

    public var bytes: [UInt8] {
        var writer = JSONWriter(reservingCapacity: 128)
        encode(to: &writer)
        return writer.finish()
    }

    public static func integer(_ value: some BinaryInteger) -> JSONValue { .number(String(value)) }

    // MARK: Looking inside: nil or empty when the value is of another type

    public var string: String? { if case .string(let value) = self { value } else { nil } }
    public var boolean: Bool? { if case .boolean(let value) = self { value } else { nil } }
    /// Also an integer in a string, as older clients write them.
    public var integer: Int? {
        switch self {
        case .number(let text), .string(let text): Int(text)
        default: nil
        }
    }
    public var unsignedInteger: UInt64? { if case .number(let text) = self { UInt64(text) } else { nil } }
    public var elements: [JSONValue] { if case .array(let elements) = self { elements } else { [] } }
    public var members: [(key: String, value: JSONValue)] {
        if case .object(let members) = self { members.map { ($0.key, $0.value) } } else { [] }
    }

    /// A member of an object. Setting nil removes it; setting a member of anything but an object makes it one.
    public subscript(key: String) -> JSONValue? {
        get {
            guard case .object(let members) = self else { return nil }
            return members.last { $0.key == key }?.value
        }
        set {
            var members: [Member] = []
            if case .object(let present) = self { members = present }
            let index = members.lastIndex { $0.key == key }
            switch (index, newValue) {
            case (let index?, let value?): members[index].value = value
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append(Member(key: key, value: value))
            case (nil, nil): break
            }
            self = .object(members)
        }
    }

    /// Whether this value is what a filter asks for: equal, or, for objects, having all its members.
    public func matches(_ wanted: JSONValue) -> Bool {
        switch (self, wanted) {
        case (.object, .object(let wanted)):
            wanted.allSatisfy { self[$0.key]?.matches($0.value) ?? ($0.value == .null) }
        case (.array(let own), .array(let wanted)):
            own.count == wanted.count && zip(own, wanted).allSatisfy { $0.matches($1) }
        case (.object, _): false
        default: self == wanted
        }
    }
}
