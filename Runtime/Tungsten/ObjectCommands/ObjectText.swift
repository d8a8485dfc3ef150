// Objects as YAML and JSON, in the form that `apply` reads: flat, with `kind`, references by name.

import Coding
import Resources
import Yams

public enum ObjectText {
    /// The object as `apply` reads it: without what only a server can say. Members in the order of the schema.
    static func document(_ object: StoredObject, _ schema: ObjectSchema) -> JSONValue {
        var members: [JSONValue.Member] = [.init(key: "kind", value: .string(object.type.name))]
        for key in ["fq_name", "parent_type", "uuid"] {
            if let value = object.value[key], value != .null { members.append(.init(key: key, value: value)) }
        }
        let own = (schema.dictionary[object.type.name]?.properties ?? []).map(\.name)
        for key in ["display_name"] + own + object.type.properties.map(\.key) where !members.contains(where: { $0.key == key }) {
            if let value = object.value[key], value != .null { members.append(.init(key: key, value: value)) }
        }
        for reference in object.type.references {
            let elements = object.value[reference.key]?.elements ?? []
            guard !elements.isEmpty else { continue }
            members.append(.init(key: reference.key, value: .array(elements.map(self.reference))))
        }
        return .object(members)
    }

    private static func reference(_ value: JSONValue) -> JSONValue {
        var members = [JSONValue.Member(key: "to", value: value["to"] ?? .array([]))]
        if let data = value["attr"], data != .null { members.append(.init(key: "attr", value: data)) }
        return .object(members)
    }

    /// One document an object, `---` between them.
    public static func yaml(_ objects: [StoredObject], _ schema: ObjectSchema) throws(CommandError) -> String {
        try objects.map { object throws(CommandError) in try yaml(document(object, schema)) }.joined(separator: "---\n")
    }

    public static func yaml(_ value: JSONValue) throws(CommandError) -> String {
        do {
            return try Yams.serialize(node: node(value), width: -1, allowUnicode: true)
        } catch {
            throw CommandError(.invalid, "cannot be written as YAML: \(error)")
        }
    }

    private static func node(_ value: JSONValue) -> Node {
        switch value {
        case .null: return Node("null", Tag(.null), .plain)
        case .boolean(let flag): return Node(flag ? "true" : "false", Tag(.bool), .plain)
        case .number(let text): return Node(text, Tag(.int), .plain)
        case .string(let text):
            // Line breaks and other controls are safest in escapes.
            if text.unicodeScalars.contains(where: { $0.value < 0x20 || 0x7F...0x9F ~= $0.value }) {
                return Node(text, Tag(.str), .doubleQuoted)
            }
            return .scalar(text.represented())
        case .array(let elements):
            let isShort = elements.count <= 8 && elements.allSatisfy { if case .string(let text) = $0 { text.count < 40 } else { false } }
            return Node(elements.map(node), .implicit, isShort || elements.isEmpty ? .flow : .block)
        case .object(let members):
            return Node(members.map { (.scalar($0.key.represented()), node($0.value)) }, .implicit, members.isEmpty ? .flow : .block)
        }
    }

    /// One object, or an array of several.
    public static func json(_ objects: [StoredObject], _ schema: ObjectSchema, asList: Bool) -> String {
        let documents = objects.map { document($0, schema) }
        return indented(asList ? .array(documents) : documents.first ?? .array([])) + "\n"
    }

    /// Two blanks a level; short lists of scalars on one line.
    public static func indented(_ value: JSONValue, _ margin: String = "") -> String {
        switch value {
        case .array(let elements) where !elements.isEmpty:
            let isFlat = elements.allSatisfy { $0.elements.isEmpty && $0.members.isEmpty && $0 != .object([]) }
            if isFlat, elements.count <= 8 { return "[" + elements.map { indented($0) }.joined(separator: ", ") + "]" }
            return "[\n" + elements.map { margin + "  " + indented($0, margin + "  ") }.joined(separator: ",\n") + "\n\(margin)]"
        case .object(let members) where !members.isEmpty:
            let lines = members.map { member in
                "\(margin)  \(indented(.string(member.key))): \(indented(member.value, margin + "  "))"
            }
            return "{\n" + lines.joined(separator: ",\n") + "\n\(margin)}"
        default: return String(decoding: value.bytes, as: UTF8.self)
        }
    }
}
