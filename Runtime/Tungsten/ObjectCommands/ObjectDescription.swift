// Everything about one object, for people: what it is, its properties, what it refers to, what is below it and what refers to it.

import Coding
import Resources

public enum ObjectDescription {
    /// - Parameter object: read with its relatives.
    public static func text(_ object: StoredObject, _ schema: ObjectSchema) throws(CommandError) -> String {
        let name = object.name
        var text = ""
        func fact(_ key: String, _ value: String?) {
            guard let value, !value.isEmpty else { return }
            text += key + ":" + String(repeating: " ", count: max(1, 14 - key.count)) + TextTable.oneLine(value) + "\n"
        }
        fact("Name", name.joined)
        fact("Type", object.type.name)
        fact("UUID", name.uuid)
        if let parent = object.value["parent_type"]?.string, parent != "config-root" {
            fact("Parent", "\(parent) \(name.fullyQualifiedName.dropLast().joined(separator: ":"))")
        }
        let display = object.value["display_name"]?.string
        fact("Display name", display == name.fullyQualifiedName.last ? nil : display)
        let permissions = object.value["id_perms"]
        fact("Description", permissions?["description"]?.string)
        fact("Created", permissions?["created"]?.string)
        fact("Changed", permissions?["last_modified"]?.string)
        fact("Owner", object.value["perms2"]?["owner"]?.string)
        if permissions?["enable"]?.boolean == false { fact("Enabled", "no") }
        let hidden: Set = ["display_name", "id_perms", "perms2"]
        let order = schema.properties(of: object.type).map(\.name).filter { !hidden.contains($0) }
        var properties: [JSONValue.Member] = []
        for key in order {
            guard let value = object.value[key], value != .null, value != .object([]) else { continue }
            properties.append(.init(key: key, value: value))
        }
        if !properties.isEmpty { text += "\nProperties:\n" + indented(try ObjectText.yaml(.object(properties))) }
        text += try references(object)
        let relatives = Relatives(of: object, schema)
        text += section("Children", relatives.children) + section("Referred to by", relatives.backReferences)
        return text
    }

    private static func references(_ object: StoredObject) throws(CommandError) -> String {
        var text = ""
        for reference in object.type.references {
            for element in object.value[reference.key]?.elements ?? [] {
                text += "  \(reference.target) \(element.names("to").joined(separator: ":"))\n"
                if let data = element["attr"], data != .null, data != .object([]) { text += indented(indented(try ObjectText.yaml(data))) }
            }
        }
        return text.isEmpty ? "" : "\nRefers to:\n" + text
    }

    private static let greatest = 20

    private static func section(_ title: String, _ groups: [Relatives.Group]) -> String {
        var text = ""
        for group in groups {
            for name in group.names.prefix(greatest) { text += "  \(group.type) \(name.joined)\n" }
            if group.names.count > greatest { text += "  \(group.type) … and \(group.names.count - greatest) more\n" }
        }
        return text.isEmpty ? "" : "\n\(title):\n\(text)"
    }

    private static func indented(_ text: String) -> String {
        text.split(separator: "\n").map { "  \($0)\n" }.joined()
    }
}
