// What a schema says of its types, for programs that serve people: prose, members, allowed values. Generated code has it as text, one line a
// declaration; a line is read when its type is asked for, as a command needs few of several hundred. Relies on Coding; knows no schema type.

import Coding
import Synchronization

/// Finds what the schema says of a type by the schema's name: `virtual-network`, `VirtualNetworkType`.
public final class SchemaDictionary: Sendable {
    /// A property, reference, member of a structure or value of an enumeration.
    public struct Item: Sendable, Equatable {
        /// The JSON member `virtual_network_properties`; of a reference the type referred to; the value of an enumeration.
        public var name = ""
        /// The name of its type, `xs:string` and the like for scalars; nil for values, and for references that carry no data.
        public var type: String?
        public var isMany = false
        /// `required`, `system-only`, `admin-only`, `exclusive`; nil: optional.
        public var presence: String?
        /// The letters of CRUD that users may apply; nil: all.
        public var operations: String?
        /// As the schema has it.
        public var defaultValue: String?
        public var paragraphs: [String] = []

        /// The first sentence of the documentation.
        public var summary: String { SchemaDictionary.firstSentence(paragraphs) }
    }

    /// A declaration of the schema. What it has tells its kind: an object has properties, a structure members, a simple type a base.
    public struct Entry: Sendable, Equatable {
        public var name = ""
        public var paragraphs: [String] = []
        public var properties: [Item] = []
        public var references: [Item] = []
        public var members: [Item]?
        /// `string`, `integer`, `unsignedInt`, `unsignedShort`, `unsignedLong`, `boolean`, `dateTime` or `time`.
        public var base: String?
        public var minimum: Int?
        public var maximum: Int?
        public var minimumLength: Int?
        public var maximumLength: Int?
        public var patterns: [String] = []
        public var unionScalars: [String] = []
        public var values: [Item] = []

        public var summary: String { SchemaDictionary.firstSentence(paragraphs) }
    }

    private let texts: [StaticString]
    private let lines = Mutex<[String: Substring]?>(nil)

    /// - Parameter texts: as the backend `swift-dictionary` prints them.
    public init(_ texts: [StaticString]) { self.texts = texts }

    /// What the schema says of a type or of an object type; nil when it has none of the name.
    public subscript(name: String) -> Entry? {
        let line = lines.withLock { lines -> Substring? in
            if lines == nil { lines = split() }
            return lines?[name]
        }
        guard let line else { return nil }
        // The compiler wrote it: a line that cannot be read is a mistake of ours, and tests read all of them.
        guard var entry = try? JSONReader.read(Array(line.utf8), Self.entry) else { return nil }
        entry.name = name
        return entry
    }

    /// Properties that every object has.
    public var commonProperties: [Item] { self[""]?.properties ?? [] }

    /// The names of all declarations.
    public var names: [String] {
        lines.withLock { lines in
            if lines == nil { lines = split() }
            return (lines?.keys).map { $0.filter { !$0.isEmpty }.sorted() } ?? []
        }
    }

    private func split() -> [String: Substring] {
        var result: [String: Substring] = [:]
        for text in texts {
            for line in text.description.split(separator: "\n") {
                let line = line.drop { $0 == " " }
                guard let tab = line.firstIndex(of: "\t") else { continue }
                result[String(line[..<tab])] = line[line.index(after: tab)...]
            }
        }
        return result
    }

    // MARK: Reading

    private static func entry(_ reader: inout JSONReader) throws(CodingError) -> Entry {
        var entry = Entry()
        try reader.beginObject()
        while let member = try reader.nextMember() {
            switch member {
            case "doc": entry.paragraphs = try reader.array()
            case "properties": entry.properties = try items(&reader)
            case "references": entry.references = try items(&reader)
            case "members": entry.members = try items(&reader)
            case "base": entry.base = try reader.string()
            case "minimum": entry.minimum = try reader.integer()
            case "maximum": entry.maximum = try reader.integer()
            case "minimumLength": entry.minimumLength = try reader.integer()
            case "maximumLength": entry.maximumLength = try reader.integer()
            case "patterns": entry.patterns = try reader.array()
            case "union": entry.unionScalars = try reader.array()
            case "values": entry.values = try items(&reader)
            default: try reader.skipValue()
            }
        }
        return entry
    }

    private static func items(_ reader: inout JSONReader) throws(CodingError) -> [Item] {
        var items: [Item] = []
        try reader.beginArray()
        while try reader.nextElement() {
            var item = Item()
            try reader.beginObject()
            while let member = try reader.nextMember() {
                switch member {
                case "name": item.name = try reader.string()
                case "type": item.type = try reader.string()
                case "many": item.isMany = try reader.boolean()
                case "presence": item.presence = try reader.string()
                case "operations": item.operations = try reader.string()
                case "default": item.defaultValue = try reader.string()
                case "doc": item.paragraphs = try reader.array()
                default: try reader.skipValue()
                }
            }
            items.append(item)
        }
        return items
    }

    /// Up to a full stop that a blank follows.
    static func firstSentence(_ paragraphs: [String]) -> String {
        guard let first = paragraphs.first else { return "" }
        // The standard library alone: `firstRange` is generic over collections, and fast enough for one sentence.
        guard let end = first.firstRange(of: ". ") else { return first }
        return String(first[..<end.lowerBound]) + "."
    }
}
