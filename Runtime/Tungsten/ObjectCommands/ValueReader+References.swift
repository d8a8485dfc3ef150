// References as people write them: names, or names with data.

import Coding
import Resources
import Yams

extension ValueReader {
    /// A list of names, or of `{to: NAME, attr: {…}}`.
    mutating func references(_ node: Node, _ key: String, of type: ResourceType) throws(CommandError) -> JSONValue {
        guard let reference = type.references.first(where: { $0.key == key }) else { return .null }
        if ValueReader.isNull(node) { return .array([]) }
        guard case .sequence(let elements) = node else {
            throw failure(node, "\(key): expected a list of references, found \(ValueReader.noun(node)); write `\(key): [NAME]`")
        }
        let data = schema.dictionary[type.name]?.references.first { $0.name == reference.target }?.type
        var values: [JSONValue] = []
        for (index, element) in elements.enumerated() {
            values.append(try self.reference(element, "\(key)[\(index)]", data: data))
        }
        return .array(values)
    }

    private mutating func reference(_ node: Node, _ path: String, data: String?) throws(CommandError) -> JSONValue {
        guard case .mapping(let mapping) = node else {
            return .object([.init(key: "to", value: .array(try self.name(node, path: path).map(JSONValue.string)))])
        }
        var members: [JSONValue.Member] = []
        for (key, value) in mapping {
            switch ValueReader.text(key) ?? "" {
            case "to": members.append(.init(key: "to", value: .array(try self.name(value, path: path + ".to").map(JSONValue.string))))
            case "uuid": members.append(.init(key: "uuid", value: .string(ValueReader.text(value) ?? "")))
            case "href": break
            case "attr":
                if ValueReader.isNull(value) { break }
                guard let data else { throw failure(value, "\(path).attr: this reference carries no data; leave attr out") }
                members.append(.init(key: "attr", value: try read(value, as: data, path: path + ".attr")))
            case let other: throw failure(key, "\(path) has no member '\(other)'; known: to, uuid, attr")
            }
        }
        // The name says as much, and holds on another server.
        if members.contains(where: { $0.key == "to" }) { members.removeAll { $0.key == "uuid" } }
        guard members.contains(where: { $0.key == "to" || $0.key == "uuid" }) else {
            throw failure(node, "\(path): a reference needs `to: NAME`")
        }
        return .object(members)
    }
}
