// Commits and rows as JSON, for engines that keep values and not tables. The texts in a row (name, properties, references) are JSON
// themselves and are kept as strings, so that whatever a row holds comes back byte by byte, and one odd row makes no other unreadable.
//
//     {"tag": "…", "revision": 12, "rows": [{"put": ROW}, {"remove": 7}, {"set": "key", "value": "…"}, {"unset": "key"}],
//      "log": [[11, "create", "UUID", "virtual-network", "[\"a\"]", "{note}"], …]}
//     ROW: {"number": 7, "uuid": "…", "type": "…", "name": "…", "parent": "…", "properties": "…", "references": "…", "details": "…"}

import Coding
import NetworkTypes

/// A commit as a shared store keeps it.
public struct StoredCommit: Sendable, Equatable {
    /// Tells the writer, who may not have heard the answer, that this is its own.
    public var tag: String
    /// The revision of the latest change after this commit.
    public var revision: UInt64
    public var commit: Commit

    public init(tag: String, revision: UInt64, _ commit: Commit) {
        self.tag = tag
        self.revision = revision
        self.commit = commit
    }

    public var text: [UInt8] {
        var writer = JSONWriter(reservingCapacity: 256 + commit.rows.count * 1024)
        writer.beginObject()
        writer.key("tag")
        writer.value(tag)
        writer.key("revision")
        writer.value(revision)
        writer.key("rows")
        writer.beginArray()
        for row in commit.rows { row.encode(to: &writer) }
        writer.endArray()
        writer.key("log")
        writer.beginArray()
        for row in commit.log {
            writer.beginArray()
            writer.value(row.revision)
            writer.value(row.kind)
            writer.value(row.uuid.description)
            writer.value(row.type)
            writer.text(row.name)
            if let note = row.note { writer.text(note) }
            writer.endArray()
        }
        writer.endArray()
        writer.endObject()
        return writer.finish()
    }

    public init(parsing text: [UInt8]) throws(CodingError) {
        self = try JSONReader.read(text) { reader throws(CodingError) in
            var made = StoredCommit(tag: "", revision: 0, Commit())
            try reader.beginObject()
            while let key = try reader.nextMember() {
                switch key {
                case "tag": made.tag = try reader.string()
                case "revision": made.revision = try reader.unsignedInteger()
                case "rows":
                    try reader.beginArray()
                    while try reader.nextElement() { made.commit.rows.append(try RowChange(from: &reader)) }
                case "log":
                    try reader.beginArray()
                    while try reader.nextElement() { made.commit.log.append(try ChangeRow(from: &reader)) }
                default: try reader.skipValue()
                }
            }
            return made
        }
    }
}

extension JSONWriter {
    fileprivate mutating func text(_ bytes: [UInt8]) { value(String(decoding: bytes, as: UTF8.self)) }
}

extension JSONReader {
    fileprivate mutating func text() throws(CodingError) -> [UInt8] { Array(try string().utf8) }

    fileprivate mutating func uuid() throws(CodingError) -> UUIDValue {
        let text = try string()
        guard let uuid = UUIDValue(anySpelling: text) else { throw CodingError(.type, "\(text) is not a UUID") }
        return uuid
    }
}

extension ChangeRow {
    fileprivate init(from reader: inout JSONReader) throws(CodingError) {
        func element() throws(CodingError) {
            guard try reader.nextElement() else { throw CodingError(.missingMember, "a line of the log lacks one of its five parts") }
        }
        try reader.beginArray()
        try element()
        let revision = try reader.unsignedInteger()
        try element()
        let kind = try reader.string()
        try element()
        let uuid = try reader.uuid()
        try element()
        let type = try reader.string()
        try element()
        self.init(revision: revision, kind: kind, uuid: uuid, type: type, name: try reader.text())
        guard try reader.nextElement() else { return }
        note = try reader.text()
        guard try !reader.nextElement() else { throw CodingError(.type, "a line of the log has more than six parts") }
    }
}

extension RowChange {
    fileprivate func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        switch self {
        case .put(let row):
            writer.key("put")
            row.encode(to: &writer)
        case .remove(let number):
            writer.key("remove")
            writer.value(number)
        case .setValue(let key, let value):
            writer.key("set")
            writer.value(key)
            writer.key("value")
            writer.text(value)
        case .removeValue(let key):
            writer.key("unset")
            writer.value(key)
        }
        writer.endObject()
    }

    fileprivate init(from reader: inout JSONReader) throws(CodingError) {
        var made: RowChange?
        var key: String?
        var value: [UInt8]?
        try reader.beginObject()
        while let member = try reader.nextMember() {
            switch member {
            case "put": made = .put(try ObjectRow(from: &reader))
            case "remove": made = .remove(number: try reader.unsignedInteger())
            case "unset": made = .removeValue(key: try reader.string())
            case "set": key = try reader.string()
            case "value": value = try reader.text()
            default: try reader.skipValue()
            }
        }
        if let key, let value { made = .setValue(key: key, value: value) }
        guard let made else { throw CodingError(.missingMember, "a row says neither put, remove, set nor unset") }
        self = made
    }
}

extension ObjectRow {
    public var text: [UInt8] {
        var writer = JSONWriter(reservingCapacity: 256 + properties.count + references.count)
        encode(to: &writer)
        return writer.finish()
    }

    public init(parsing text: [UInt8]) throws(CodingError) {
        self = try JSONReader.read(text) { reader throws(CodingError) in try ObjectRow(from: &reader) }
    }

    fileprivate func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("number")
        writer.value(number)
        writer.key("uuid")
        writer.value(uuid.description)
        writer.key("type")
        writer.value(type)
        writer.key("name")
        writer.text(name)
        if let parent {
            writer.key("parent")
            writer.value(parent.description)
        }
        writer.key("properties")
        writer.text(properties)
        writer.key("references")
        writer.text(references)
        if let details {
            writer.key("details")
            writer.text(details)
        }
        writer.endObject()
    }

    fileprivate init(from reader: inout JSONReader) throws(CodingError) {
        var number: UInt64?
        var uuid: UUIDValue?
        var parent: UUIDValue?
        var type: String?
        var texts: [String: [UInt8]] = [:]
        try reader.beginObject()
        while let key = try reader.nextMember() {
            switch key {
            case "number": number = try reader.unsignedInteger()
            case "uuid": uuid = try reader.uuid()
            case "parent": parent = try reader.uuid()
            case "type": type = try reader.string()
            case "name", "properties", "references", "details": texts[key] = try reader.text()
            default: try reader.skipValue()
            }
        }
        guard let number, let uuid, let type, let name = texts["name"], let properties = texts["properties"],
            let references = texts["references"]
        else {
            throw CodingError(.missingMember, "an object lacks its number, uuid, type, name, properties or references")
        }
        self.init(
            number: number, uuid: uuid, type: type, name: name, parent: parent, properties: properties, references: references,
            details: texts["details"])
    }
}
