// Objects below an object, as a tree; and what an object is joined to, as a table.

import Coding
import Resources

extension ObjectAccess {
    /// - Parameters:
    ///   - root: where to begin; nil: everything directly below the root that may have something below it.
    ///   - depth: so many levels below the beginning.
    ///   - line: called with each line, without its end.
    public func tree(_ root: ObjectName?, depth: Int, line: (String) -> Void) async throws(CommandError) {
        if let root {
            line("\(root.type) \(root.joined)")
            return try await branches(of: root, depth: depth, margin: "", line: line)
        }
        for type in schema.catalogue.types where !schema.catalogue.children(of: type.name).isEmpty {
            guard schema.possibleLengths(of: type.name).contains(1) else { continue }
            for name in try await names(type).sorted(by: { $0.joined < $1.joined }) where name.fullyQualifiedName.count == 1 {
                line("\(type.name) \(name.joined)")
                try await branches(of: name, depth: depth, margin: "", line: line)
            }
        }
    }

    private func branches(of name: ObjectName, depth: Int, margin: String, line: (String) -> Void) async throws(CommandError) {
        guard depth > 0, let type = schema.catalogue[name.type], !schema.catalogue.children(of: name.type).isEmpty else { return }
        let object: StoredObject
        do throws(CommandError) {
            object = try await read(type, uuid: name.uuid, relatives: true)
        } catch {
            // Deleted while the tree was being drawn.
            guard error.kind != .notFound else { return }
            throw error
        }
        let children = Relatives(of: object, schema).children.flatMap(\.names)
        for (index, child) in children.enumerated() {
            let isLast = index == children.count - 1
            line("\(margin)\(isLast ? "└── " : "├── ")\(child.type) \(child.fullyQualifiedName.last ?? "")")
            try await branches(of: child, depth: depth - 1, margin: margin + (isLast ? "    " : "│   "), line: line)
        }
    }

    /// What an object is joined to.
    public static func relations(of object: StoredObject, _ schema: ObjectSchema) -> TextTable {
        var table = TextTable(["relation", "type", "name", "uuid", "data"])
        let name = object.name
        if let type = object.value["parent_type"]?.string, type != "config-root" {
            let parent = name.fullyQualifiedName.dropLast().joined(separator: ":")
            table.rows.append(["parent", type, parent, object.value["parent_uuid"]?.string ?? "", ""])
        }
        for reference in object.type.references {
            for element in object.value[reference.key]?.elements ?? [] {
                let data = element["attr"].map { $0 == .null ? "" : String(decoding: $0.bytes, as: UTF8.self) } ?? ""
                table.rows.append([
                    "refers to", reference.target, element.names("to").joined(separator: ":"), element["uuid"]?.string ?? "", data,
                ])
            }
        }
        let relatives = Relatives(of: object, schema)
        for (relation, groups) in [("child", relatives.children), ("referred to by", relatives.backReferences)] {
            for name in groups.flatMap(\.names) { table.rows.append([relation, name.type, name.joined, name.uuid, ""]) }
        }
        return table
    }
}
