// References in files may name their targets shortly, or as one text where a name has colons in it. A server wants whole names.

import Coding
import Resources

extension ObjectAccess {
    /// The documents with the whole names of everything that they refer to.
    func resolved(_ documents: [ObjectDocument]) async throws(CommandError) -> [ObjectDocument] {
        var result = documents
        for index in documents.indices {
            for reference in documents[index].type.references {
                guard let member = result[index].members.lastIndex(where: { $0.key == reference.key }),
                    let target = schema.catalogue[reference.target]
                else { continue }
                var elements = result[index].members[member].value.elements
                guard !elements.isEmpty else { continue }
                let siblings = documents.filter { $0.type.name == target.name }.map(\.fullyQualifiedName)
                let home = schema.project(of: documents[index].fullyQualifiedName, documents[index].type)
                for number in elements.indices {
                    do throws(CommandError) {
                        elements[number] = try await resolved(elements[number], target, siblings, near: home)
                    } catch {
                        throw error.at("\(documents[index].place): \(reference.key)[\(number)]")
                    }
                }
                result[index].members[member].value = .array(elements)
            }
        }
        return result
    }

    /// - Parameters:
    ///   - siblings: whole names of objects that do not exist yet.
    ///   - home: the project of the object that refers.
    func resolved(
        _ reference: JSONValue, _ target: ResourceType, _ siblings: [[String]] = [], near home: [String]? = nil
    ) async throws(CommandError) -> JSONValue {
        let name = reference.names("to")
        let lengths = schema.possibleLengths(of: target.name)
        guard !name.isEmpty, lengths.isEmpty || !lengths.contains(name.count) else { return reference }
        let text = name.joined(separator: ":")
        var whole = [text]
        if !lengths.contains(1) {
            var fitting = siblings.filter { $0.joined(separator: ":").hasSuffix(":" + text) }
            if let home, let near = fitting.first(where: { $0 == home + [text] }) { fitting = [near] }
            if fitting.count == 1 {
                whole = fitting[0]
            } else {
                let found = try await find(target, text, near: home)
                whole =
                    found.fullyQualifiedName.isEmpty
                    ? try await read(target, uuid: found.uuid).name.fullyQualifiedName : found.fullyQualifiedName
            }
        }
        var result = reference
        result["to"] = .array(whole.map(JSONValue.string))
        return result
    }
}

extension ObjectSchema {
    /// The project that an object is in, however deep below; nil when it is in none.
    func project(of name: [String], _ type: ResourceType) -> [String]? {
        guard name.count > 2 else { return nil }
        var seen: Set<String> = []
        var open = [type.name]
        while let next = open.popLast() {
            guard seen.insert(next).inserted, let type = catalogue[next] else { continue }
            if type.parents.contains(where: { $0.type == "project" }) { return Array(name.prefix(2)) }
            open += type.parents.map(\.type)
        }
        return nil
    }
}
