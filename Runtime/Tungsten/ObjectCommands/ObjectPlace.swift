// Where an object is in the tree, from whatever a person says of it: the whole name, or a name and a parent, or a name alone.

import Coding
import Resources

struct ObjectPlace {
    var fullyQualifiedName: [String]?
    var name: String?
    var parent: [String]?
    var parentType: String?

    /// The fully qualified name, and the type of the parent; nil below the root.
    func resolve(_ type: ResourceType, _ schema: ObjectSchema, project: [String]?) throws(CommandError) -> (
        name: [String], parentType: String?
    ) {
        var parentType = try parentType.map { text throws(CommandError) in text == "config-root" ? text : try schema.type(text).name }
        let whole = try wholeName(type, schema, project: project)
        let allowed = type.parents.isEmpty ? ["config-root"] : type.parents.map(\.type)
        if let parentType {
            guard allowed.contains(parentType) else {
                throw CommandError(.invalid, "it cannot live below a \(parentType), only below \(allowed.joined(separator: ", "))")
            }
        } else {
            let possible = schema.possibleParents(of: type, length: whole.count)
            guard possible.count == 1 || allowed.count == 1 else {
                let which = (possible.isEmpty ? allowed : possible).joined(separator: ", ")
                throw CommandError(
                    .invalid, "the parent of '\(whole.joined(separator: ":"))' may be one of \(which): say which with parent_type")
            }
            parentType = allowed.count == 1 ? allowed[0] : possible[0]
        }
        if let parentType, !schema.possibleLengths(of: parentType).contains(whole.count - 1) {
            // Names may hold colons: below the root, and where one text stood for all of them, the rest is one name.
            let length = schema.possibleLengths(of: parentType).min() ?? 0
            guard whole.count > length else {
                throw CommandError(
                    .invalid,
                    "'\(whole.joined(separator: ":"))' is not its whole name: before the last part comes the name of a \(parentType)")
            }
            return (whole.prefix(length) + [whole.dropFirst(length).joined(separator: ":")], parentType == "config-root" ? nil : parentType)
        }
        return (whole, parentType == "config-root" ? nil : parentType)
    }

    private func wholeName(_ type: ResourceType, _ schema: ObjectSchema, project: [String]?) throws(CommandError) -> [String] {
        if let fullyQualifiedName { return fullyQualifiedName }
        guard let name, !name.isEmpty else { throw CommandError(.invalid, "an object needs fq_name, or name and parent") }
        if let parent { return parent + [name] }
        if parentType == "config-root" || schema.possibleLengths(of: type.name).contains(1) { return [name] }
        if let project, parentType == nil || parentType == "project", type.parents.contains(where: { $0.type == "project" }) {
            return project + [name]
        }
        let parents = type.parents.map(\.type)
        throw CommandError(
            .invalid,
            "'\(name)' needs a parent, a \(parents.joined(separator: " or ")): name it, or write the whole name as PARENT:\(name)"
                + (parents.contains("project") ? "; `tungsten context set --project NAME` sets a project for all commands" : ""))
    }
}

extension ObjectSchema {
    /// Checks a property with the reader that the server uses: bounds, patterns, everything that the schema says.
    func check(_ value: JSONValue, _ key: String, of type: ResourceType) throws(CommandError) {
        guard value != .null, let descriptor = type.properties.first(where: { $0.key == key }) else { return }
        do throws(CodingError) {
            try JSONReader.read(value.bytes) { reader throws(CodingError) in
                var writer = JSONWriter()
                try descriptor.normalise(&reader, &writer)
            }
        } catch {
            throw CommandError(.invalid, words(error, within: key))
        }
    }
}
