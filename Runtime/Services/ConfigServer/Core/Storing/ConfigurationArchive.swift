// A configuration in a file: what `tungsten db export` writes and `tungsten db import` reads. One JSON document, one object a line, so that
// it can be read, compared and mended with tools for text.
//
//     {"format": "tungsten-configuration", "version": 1, "revision": 40, "objects": [
//     {"number": 1, "uuid": "…", "type": "domain", "fq_name": ["default-domain"], "properties": {…}, "references": […]},
//     …
//     ], "values": [
//     ["key", "value"],
//     …
//     ]}

import Coding
import NetworkTypes

/// Everything that a store holds.
public struct ConfigurationArchive: Sendable, Equatable {
    /// The revision at which it was like this; 0 when it comes from elsewhere.
    public var revision: UInt64 = 0
    /// In the order of their numbers.
    public var rows: [ObjectRow] = []
    /// Values are JSON text.
    public var values: [(key: String, value: [UInt8])] = []

    public init() {}

    public static func == (left: ConfigurationArchive, right: ConfigurationArchive) -> Bool {
        left.revision == right.revision && left.rows == right.rows && left.values.map(\.key) == right.values.map(\.key)
            && left.values.map(\.value) == right.values.map(\.value)
    }

    static let format = "tungsten-configuration"

    // MARK: Writing, piece by piece

    public static func beginning(revision: UInt64) -> [UInt8] {
        Array("{\"format\": \"\(format)\", \"version\": 1, \"revision\": \(revision), \"objects\": [".utf8)
    }

    public static func line(_ row: ObjectRow, isFirst: Bool) -> [UInt8] {
        var writer = JSONWriter(reservingCapacity: 256 + row.properties.count + row.references.count)
        writer.beginObject()
        writer.key("number")
        writer.value(row.number)
        writer.key("uuid")
        writer.value(row.uuid.description)
        writer.key("type")
        writer.value(row.type)
        writer.key("fq_name")
        writer.raw(row.name)
        if let parent = row.parent {
            writer.key("parent")
            writer.value(parent.description)
        }
        writer.key("properties")
        writer.raw(row.properties)
        writer.key("references")
        writer.raw(row.references)
        if let details = row.details {
            writer.key("details")
            writer.raw(details)
        }
        writer.endObject()
        return Array((isFirst ? "\n" : ",\n").utf8) + writer.finish()
    }

    public static let middle = Array("\n], \"values\": [".utf8)

    public static func line(_ key: String, _ value: [UInt8], isFirst: Bool) -> [UInt8] {
        var writer = JSONWriter(reservingCapacity: 128)
        writer.beginArray()
        writer.value(key)
        writer.raw(value)
        writer.endArray()
        return Array((isFirst ? "\n" : ",\n").utf8) + writer.finish()
    }

    public static let end = Array("\n]}\n".utf8)

    // MARK: Reading

    /// Reads a whole document that `tungsten db export` wrote, perhaps mended by hand.
    public init(parsing text: [UInt8]) throws(StoreError) {
        var rest = text
        var archive = ConfigurationArchive()
        var reader = DocumentReader {
            defer { rest = [] }
            return rest
        }
        var members = ArchiveMembers()
        try reader.beginObject()
        while let member = try reader.nextMember() {
            let isRead = try members.read(
                member, &reader, object: { archive.rows.append($0) }, value: { archive.values.append(($0, $1)) })
            guard isRead else { throw reader.failure("an export has no member '\(member)'") }
        }
        try members.finish(&reader)
        archive.revision = members.revision
        archive.rows.sort { $0.number < $1.number }
        self = archive
    }
}

/// The members of an export, read one by one in whatever order they come; of the objects, one at a time is in memory.
struct ArchiveMembers {
    private(set) var revision: UInt64 = 0
    private var format: String?
    private var objects = 0

    /// - Returns: false, and nothing read, when an export has no such member.
    mutating func read(
        _ member: String, _ reader: inout DocumentReader, object: (ObjectRow) throws(StoreError) -> Void,
        value: (_ key: String, _ value: [UInt8]) throws(StoreError) -> Void
    ) throws(StoreError) -> Bool {
        switch member {
        case "format": format = try reader.read { reader throws(CodingError) in try reader.string() }
        case "version":
            let version = try reader.read { reader throws(CodingError) in try reader.unsignedInteger() }
            guard version == 1 else { throw reader.failure("version \(version) of the format is newer than this program") }
        case "revision": revision = try reader.read { reader throws(CodingError) in try reader.unsignedInteger() }
        case "objects":
            try reader.beginArray()
            while try reader.nextElement() {
                let row = try reader.read { [objects] reader throws(CodingError) in
                    do throws(CodingError) { return try Self.row(&reader) } catch { throw error.within("objects[\(objects)]") }
                }
                try object(row)
                objects += 1
            }
        case "values":
            try reader.beginArray()
            while try reader.nextElement() {
                let (key, text) = try reader.read { reader throws(CodingError) in try Self.value(&reader) }
                try value(key, text)
            }
        default: return false
        }
        return true
    }

    /// After the last member.
    func finish(_ reader: inout DocumentReader) throws(StoreError) {
        try reader.end()
        guard format == ConfigurationArchive.format else {
            throw reader.failure("this is no export: \"format\" is not \"\(ConfigurationArchive.format)\"")
        }
    }

    private static func row(_ reader: inout JSONReader) throws(CodingError) -> ObjectRow {
        var number: UInt64?
        var uuid: UUIDValue?
        var parent: UUIDValue?
        var type: String?
        var texts: [String: [UInt8]] = [:]
        func identifier(_ text: String, _ place: String) throws(CodingError) -> UUIDValue {
            guard let uuid = UUIDValue(anySpelling: text) else {
                throw CodingError(.type, "\(text.prefix(60)) is not a UUID", path: place)
            }
            return uuid
        }
        try reader.beginObject()
        while let member = try reader.nextMember() {
            switch member {
            case "number": number = try reader.unsignedInteger()
            case "uuid": uuid = try identifier(try reader.string(), member)
            case "parent": parent = try identifier(try reader.string(), member)
            case "type": type = try reader.string()
            case "fq_name", "properties", "references", "details": texts[member] = reader.bytes(in: try reader.rawValue())
            default: throw CodingError(.unknownMember, "an object of an export has no member '\(member)'")
            }
        }
        guard let number, let uuid, let type, let name = texts["fq_name"], let properties = texts["properties"],
            let references = texts["references"]
        else {
            throw CodingError(.missingMember, "an object needs number, uuid, type, fq_name, properties and references")
        }
        // The embedded store's key, which is signed.
        guard number <= Int64.max else { throw CodingError(.range, "a number is at most \(Int64.max)", path: "number") }
        // One spelling: names are compared as text.
        let elements = try JSONValue(parsing: name).elements.compactMap(\.string)
        return ObjectRow(
            number: number, uuid: uuid, type: type, name: FullyQualifiedName.json(elements), parent: parent,
            properties: try JSONValue(parsing: properties).bytes, references: try JSONValue(parsing: references).bytes,
            details: try texts["details"].map { text throws(CodingError) in try JSONValue(parsing: text).bytes })
    }

    private static func value(_ reader: inout JSONReader) throws(CodingError) -> (key: String, value: [UInt8]) {
        try reader.beginArray()
        guard try reader.nextElement() else { throw CodingError(.missingMember, "a value lacks its key") }
        let key = try reader.string()
        guard try reader.nextElement() else { throw CodingError(.missingMember, "the key '\(key)' has no value") }
        let value = reader.bytes(in: try reader.rawValue())
        guard try !reader.nextElement() else { throw CodingError(.type, "a value is a key and a value, and no more") }
        return (key, value)
    }
}

extension ObjectRow {
    /// All its texts are JSON, so that an export of it can be read again.
    public var isText: Bool {
        [name, properties, references, details ?? Array("{}".utf8)].allSatisfy { (try? JSONValue(parsing: $0)) != nil }
    }
}
