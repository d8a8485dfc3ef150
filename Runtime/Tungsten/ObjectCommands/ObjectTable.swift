// Objects of a type as a table. Which columns it has follows from the model and from what the objects have: names, then single values of the
// type's own, required ones first, then references. Nothing here knows a type.

import Coding
import Resources

public enum ObjectTable {
    /// How many columns of values, and of references, a table that is not wide has.
    private static let fewest = (properties: 4, references: 3)

    /// - Parameter wide: everything that has a value, and the UUIDs.
    public static func make(_ objects: [StoredObject], of type: ResourceType, _ schema: ObjectSchema, wide: Bool) -> TextTable {
        let own = schema.dictionary[type.name]?.properties ?? []
        let display = schema.dictionary.commonProperties.filter { $0.name == "display_name" }
        var properties = (own.filter { $0.presence == "required" } + own.filter { $0.presence != "required" } + display).map(\.name)
        properties = properties.filter { key in objects.contains { isTelling($0, key) } }
        var references = type.references.map(\.key).filter { key in objects.contains { !($0.value[key]?.elements ?? []).isEmpty } }
        if !wide {
            properties = Array(
                properties.filter { key in objects.contains { !summary($0.value[key] ?? .null).isEmpty } }.prefix(fewest.properties))
            references = Array(references.prefix(fewest.references))
        }
        var table = TextTable(
            ["name"] + (wide ? ["uuid"] : []) + properties.map { heading($0, of: type) }
                + references.map { heading(String($0.dropLast(5)), of: nil) })
        for object in objects {
            let values = properties.map { summary(object.value[$0] ?? .null) }
            let targets = references.map { key in
                (object.value[key]?.elements ?? []).map { $0.names("to").last ?? "" }.joined(separator: ",")
            }
            table.rows.append([object.name.joined] + (wide ? [object.name.uuid] : []) + values + targets)
        }
        return table
    }

    /// Without the type's own name before it, as many properties have it.
    private static func heading(_ key: String, of type: ResourceType?) -> String {
        let prefix = type.map { $0.key + "_" } ?? ""
        let rest = key.hasPrefix(prefix) && key != prefix ? key.dropFirst(prefix.count) : key[...]
        return String(rest.map { $0 == "_" ? "-" : $0 })
    }

    private static func isTelling(_ object: StoredObject, _ key: String) -> Bool {
        guard let value = object.value[key], value != .null, !summary(value).isEmpty else { return false }
        // A display name that is the name says nothing.
        return key != "display_name" || value.string != object.value.names("fq_name").last
    }

    /// A value in a word or two; empty when it takes more. A structure with one value that says something is that value.
    static func summary(_ value: JSONValue) -> String {
        switch value {
        case .null: return ""
        case .boolean(let flag): return flag ? "yes" : "no"
        case .number(let text), .string(let text): return text.count <= 60 ? text : text.prefix(59) + "…"
        case .array(let elements):
            let words = elements.map(summary)
            return words.contains("") || words.count > 4 ? "" : words.joined(separator: ",")
        case .object(let members):
            let said = members.filter { $0.value != .null }
            if said.count == 1 { return summary(said[0].value) }
            let words = said.map { member in (member.key, summary(member.value)) }
            guard words.count <= 3, words.allSatisfy({ !$0.1.isEmpty }) else { return "" }
            return words.map { "\($0.0)=\($0.1)" }.joined(separator: ",")
        }
    }
}
