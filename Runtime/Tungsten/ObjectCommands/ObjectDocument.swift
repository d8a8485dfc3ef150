// Objects in files: what `apply`, `create`, `diff` and `delete` read and what `get -o yaml` prints.
//
//     kind: virtual-network
//     name: front
//     parent: default-domain:default-project      # or fq_name: default-domain:default-project:front
//     virtual_network_properties: {forwarding_mode: l3}
//     network_ipam_refs:
//     - to: default-domain:default-project:default-network-ipam
//       attr: {ipam_subnets: [{subnet: {ip_prefix: 10.1.0.0, ip_prefix_len: 24}}]}
//
// Several documents, lists, and the REST API's envelopes `{"virtual-network": {…}}` are read as well. JSON is YAML.

import Coding
import Resources
import Yams

/// An object as a file describes it.
public struct ObjectDocument: Sendable {
    public let type: ResourceType
    public let fullyQualifiedName: [String]
    /// Empty below the root.
    public let parentType: String?
    public let uuid: String?
    /// Properties and references, in the order of the file; null removes one.
    public var members: [JSONValue.Member]
    /// `network.yaml:7`
    public let place: String

    public var joined: String { fullyQualifiedName.joined(separator: ":") }
    public var title: String { "\(type.name) \(joined)" }

    /// As a server takes it.
    var object: JSONValue {
        var members: [JSONValue.Member] = []
        if let uuid { members.append(.init(key: "uuid", value: .string(uuid))) }
        members.append(.init(key: "fq_name", value: .array(fullyQualifiedName.map(JSONValue.string))))
        if let parentType { members.append(.init(key: "parent_type", value: .string(parentType))) }
        return .object(members + self.members.filter { $0.value != .null })
    }

    /// Without what only the system writes: that is in files because it was printed, and a new object gets its own.
    func asNew(_ schema: ObjectSchema) -> ObjectDocument {
        let foreign = Set(schema.properties(of: type).filter { $0.presence == "system-only" }.map(\.name))
        var result = self
        result.members.removeAll { foreign.contains($0.key) }
        return result
    }

    /// References: the type and the name of each target, where it is given by name.
    var targets: [(type: String, name: [String])] {
        type.references.flatMap { reference in
            (members.last { $0.key == reference.key }?.value.elements ?? []).map { (reference.target, $0.names("to")) }
        }
    }
}

/// Reads files of objects.
public struct DocumentReader {
    private let schema: ObjectSchema
    private let project: [String]?
    private var reader: ValueReader
    private let file: String
    private var documents: [ObjectDocument] = []

    private init(_ schema: ObjectSchema, _ project: [String]?, _ file: String) {
        self.schema = schema
        self.project = project
        self.file = file
        reader = ValueReader(schema, file: file)
    }

    /// All objects of a file.
    ///
    /// - Parameters:
    ///   - text: YAML or JSON.
    ///   - file: its name, for errors.
    ///   - project: where objects go that name no place and may live below a project.
    public static func read(
        _ text: String, file: String, schema: ObjectSchema, project: [String]? = nil
    ) throws(CommandError) -> [ObjectDocument] {
        let nodes: [Node]
        do {
            nodes = try Array(yaml: text)
        } catch let error as YamlError {
            throw CommandError(.invalid, "\(file): \(words(error))")
        } catch {
            throw CommandError(.invalid, "\(file): it cannot be read: \(error)")
        }
        var reader = DocumentReader(schema, project, file)
        for node in nodes where !ValueReader.isNull(node) { try reader.read(node, depth: 0) }
        guard !reader.documents.isEmpty else {
            throw CommandError(.invalid, "\(file): there is no object in it; one begins with `kind: virtual-network` or the like")
        }
        return reader.documents
    }

    private static func words(_ error: YamlError) -> String {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _), .composer(_, let problem, let mark, _):
            "line \(mark.line), column \(mark.column): this is not YAML: \(problem)"
        case .reader(let problem, _, _, _): "this is not YAML: \(problem)"
        case .duplicatedKeysInMapping(let keys, _): "the same member twice: \(keys.joined(separator: ", "))"
        default: "this is not YAML: \(error)"
        }
    }

    // MARK: Shapes

    private mutating func read(_ node: Node, depth: Int) throws(CommandError) {
        switch node {
        case .sequence(let elements) where depth < 4:
            for element in elements { try read(element, depth: depth + 1) }
        case .mapping(let mapping):
            if let kind = mapping["kind"] {
                guard let spelling = ValueReader.text(kind) else { throw reader.failure(kind, "kind: expected the name of a type") }
                return documents.append(try document(mapping, node, of: try type(spelling, kind)))
            }
            // {"virtual-network": {…}}, {"virtual-networks": [{…}]}
            guard mapping.count == 1, let (key, value) = mapping.first, let spelling = ValueReader.text(key) else {
                throw reader.failure(node, "an object needs its type: add `kind: virtual-network` or the like")
            }
            let type = try type(spelling, key)
            let elements: [Node] = if case .sequence(let elements) = value { Array(elements) } else { [value] }
            for element in elements {
                guard case .mapping(var content) = element else {
                    throw reader.failure(element, "\(type.name): expected members, found \(ValueReader.noun(element))")
                }
                // A list of the API has each object in an envelope of its own.
                if content.count == 1, let inner = content[type.name], case .mapping(let members) = inner { content = members }
                documents.append(try document(content, element, of: type))
            }
        default:
            throw reader.failure(node, "expected an object, found \(ValueReader.noun(node))")
        }
    }

    private func type(_ spelling: String, _ node: Node) throws(CommandError) -> ResourceType {
        do throws(CommandError) { return try schema.type(spelling) } catch { throw reader.failure(node, error.message) }
    }

    // MARK: Objects

    private mutating func document(_ mapping: Node.Mapping, _ node: Node, of type: ResourceType) throws(CommandError) -> ObjectDocument {
        var place = ObjectPlace()
        var uuid: String?
        var members: [JSONValue.Member] = []
        let items = schema.properties(of: type)
        let known = ["fq_name", "name", "parent", "parent_type", "uuid"] + items.map(\.name) + type.references.map(\.key)
        let passedOver = Set(
            ["kind", "href", "parent_href", "parent_uuid"] + schema.catalogue.children(of: type.name).map(\.key)
                + schema.catalogue.backReferences(to: type.name).map(\.key))
        for (key, value) in mapping {
            let spelling = ValueReader.text(key) ?? ""
            // What a server adds when it shows an object.
            if passedOver.contains(spelling) { continue }
            let name: String
            do throws(CommandError) {
                name = try ObjectSchema.member(spelling, of: known, owner: type.name)
            } catch {
                throw reader.failure(key, error.message)
            }
            switch name {
            case "fq_name": place.fullyQualifiedName = try reader.name(value, path: name)
            case "parent": place.parent = try reader.name(value, path: name)
            case "name": place.name = ValueReader.text(value)
            case "parent_type": place.parentType = ValueReader.text(value)
            case "uuid": uuid = ValueReader.text(value)
            default:
                let read: JSONValue =
                    if let item = items.first(where: { $0.name == name }) {
                        try property(value, item, of: type)
                    } else {
                        try reader.references(value, name, of: type)
                    }
                members.append(.init(key: name, value: read))
            }
        }
        do throws(CommandError) {
            let (name, parentType) = try place.resolve(type, schema, project: project)
            return ObjectDocument(
                type: type, fullyQualifiedName: name, parentType: parentType, uuid: uuid, members: members,
                place: node.mark.map { "\(file):\($0.line)" } ?? file)
        } catch {
            throw reader.failure(node, "\(type.name): \(error.message)")
        }
    }

    private mutating func property(_ node: Node, _ item: SchemaDictionary.Item, of type: ResourceType) throws(CommandError) -> JSONValue {
        let value = try reader.read(node, as: item.type ?? "xs:string", many: item.isMany, path: item.name)
        do throws(CommandError) {
            try schema.check(value, item.name, of: type)
        } catch {
            throw reader.failure(node, error.message)
        }
        return value
    }
}

extension Array where Element == Node {
    /// All documents of a text.
    fileprivate init(yaml: String) throws {
        let parser = try Parser(yaml: yaml)
        self = []
        while let node = try parser.nextRoot() { append(node) }
    }
}
