// What the schema says of a type or a member, for people at a terminal.

import Coding
import Resources

public enum SchemaExplanation {
    /// All types with a line each.
    public static func types(_ schema: ObjectSchema) -> String {
        var table = TextTable(["type", "short", "what it is"])
        for type in schema.catalogue.types { table.rows.append([type.name, schema.shortName(of: type) ?? "", type.summary]) }
        return table.text()
    }

    /// - Parameter path: `virtual-network`, `virtual-network.virtual_network_properties.vxlan_network_identifier`.
    public static func text(_ path: String, _ schema: ObjectSchema) throws(CommandError) -> String {
        let parts = path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        let type = try schema.type(parts[0])
        guard parts.count > 1 else { return object(type, schema) }
        var owner = type.name
        var items = schema.properties(of: type)
        for (index, part) in parts.dropFirst().enumerated() {
            let keys = items.map(\.name) + (index == 0 ? type.references.map(\.key) : [])
            let key = try ObjectSchema.member(part, of: keys, owner: owner)
            owner += "." + key
            var found = items.first { $0.name == key }
            if found == nil, let reference = type.references.first(where: { $0.key == key }) {
                found = schema.dictionary[type.name]?.references.first { $0.name == reference.target }
                if index + 2 == parts.count { return self.reference(owner, reference, found, schema) }
            }
            guard let item = found else { break }
            if index + 2 == parts.count { return member(owner, item, schema) }
            guard let members = item.type.flatMap({ schema.dictionary[$0]?.members }) else {
                throw CommandError(.invalid, "\(owner) has no members; it is \(typeWords(item, schema))")
            }
            items = members
        }
        return ""
    }

    private static func object(_ type: ResourceType, _ schema: ObjectSchema) -> String {
        var text = type.name + (schema.shortName(of: type).map { " (\($0))" } ?? "") + "\n"
        text += paragraphs(schema.dictionary[type.name]?.paragraphs ?? [type.summary])
        let parents = type.parents.map(\.type)
        text += "\nLives below: \(parents.isEmpty ? "the root" : parents.joined(separator: ", "))\n"
        let own = schema.dictionary[type.name]?.properties ?? []
        text += section("Properties", own.map { [$0.name, typeWords($0, schema), remark($0)] })
        text += section(
            "Properties of every object", schema.dictionary.commonProperties.map { [$0.name, typeWords($0, schema), remark($0)] })
        let data = schema.dictionary[type.name]?.references ?? []
        text += section(
            "References",
            type.references.map { reference in
                [reference.key, "to " + reference.target, data.first { $0.name == reference.target }?.summary ?? ""]
            })
        text += section("Children", schema.catalogue.children(of: type.name).map { [$0.type, "", ""] })
        text += section("Referred to by", schema.catalogue.backReferences(to: type.name).map { [$0.type, "", ""] })
        return text
    }

    private static func member(_ path: String, _ item: SchemaDictionary.Item, _ schema: ObjectSchema) -> String {
        var text = "\(path): \(typeWords(item, schema))\n" + paragraphs(item.paragraphs)
        if let value = item.defaultValue { text += "\nDefault: \(value)\n" }
        if let presence = item.presence { text += "\nPresence: \(presence)\n" }
        return text + contents(item.type, schema)
    }

    private static func reference(
        _ path: String, _ reference: ReferenceDescriptor, _ item: SchemaDictionary.Item?, _ schema: ObjectSchema
    ) -> String {
        var text = "\(path): references to \(reference.target)\n" + paragraphs(item?.paragraphs ?? [])
        if let type = item?.type { text += "\nData of a reference (attr): \(type)\n" }
        return text + contents(item?.type, schema)
    }

    private static func contents(_ type: String?, _ schema: ObjectSchema) -> String {
        guard let type, let entry = schema.dictionary[type] else { return "" }
        if let members = entry.members {
            return paragraphs(entry.paragraphs) + section("Members", members.map { [$0.name, typeWords($0, schema), $0.summary] })
        }
        var text = ""
        if !entry.values.isEmpty { text += section("Values", entry.values.map { [$0.name, "", $0.summary] }) }
        if !entry.patterns.isEmpty { text += "\nForm: \(entry.patterns.joined(separator: "  or  "))\n" }
        return text
    }

    // MARK: Words

    private static func typeWords(_ item: SchemaDictionary.Item, _ schema: ObjectSchema) -> String {
        let one = item.type.map { typeWords($0, schema) } ?? "text"
        return item.isMany ? "list of \(one)" : one
    }

    private static func typeWords(_ type: String, _ schema: ObjectSchema) -> String {
        if type.hasPrefix("xs:") { return scalarWords(String(type.dropFirst(3))) }
        guard let entry = schema.dictionary[type], let base = entry.base else { return type }
        if !entry.values.isEmpty, entry.values.count <= 4 { return entry.values.map(\.name).joined(separator: " | ") }
        switch (entry.minimum, entry.maximum) {
        case (let low?, let high?): return "\(scalarWords(base)) \(low)…\(high)"
        case (let low?, nil): return "\(scalarWords(base)) from \(low)"
        case (nil, let high?): return "\(scalarWords(base)) up to \(high)"
        default: return entry.values.isEmpty ? scalarWords(base) : "one of \(entry.values.count) values"
        }
    }

    private static func scalarWords(_ base: String) -> String {
        switch base {
        case "boolean": "true or false"
        case "integer", "unsignedInt", "unsignedShort", "unsignedLong": "number"
        case "dateTime": "date and time"
        default: "text"
        }
    }

    private static func remark(_ item: SchemaDictionary.Item) -> String {
        (item.presence.map { "[\($0)] " } ?? "") + item.summary
    }

    /// A column is no wider for the sake of a few long words.
    private static let widest = 40

    private static func section(_ title: String, _ rows: [[String]]) -> String {
        guard !rows.isEmpty else { return "" }
        let widths = [0, 1].map { column in rows.map { min($0[column].count, widest) }.max() ?? 0 }
        var text = "\n\(title):\n"
        for row in rows {
            var line = "  "
            for column in [0, 1] where widths[column] > 0 {
                line += row[column] + String(repeating: " ", count: max(0, widths[column] - row[column].count) + 2)
            }
            line += row[2]
            while line.hasSuffix(" ") { line.removeLast() }
            text += line + "\n"
        }
        return text
    }

    /// Wrapped at the width of a usual terminal.
    private static func paragraphs(_ paragraphs: [String]) -> String {
        paragraphs.map { paragraph in
            var lines = [""]
            for word in paragraph.split(separator: " ") {
                if lines[lines.count - 1].count + word.count + 1 > 100 { lines.append("") }
                lines[lines.count - 1] += lines[lines.count - 1].isEmpty ? String(word) : " " + word
            }
            return "\n" + lines.joined(separator: "\n") + "\n"
        }.joined()
    }
}
