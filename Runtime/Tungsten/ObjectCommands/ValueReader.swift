// Values as people write them, in YAML, JSON or on a command line, made into what the schema says they are. The schema decides, not the
// spelling: a text `on` or `10` stays text where the schema wants text. Errors name the line and the member and say how to mend them.
// Whatever the input is, reading ends: aliases count each time they are used, and depth is bounded.

import Coding
import Resources
import Yams

struct ValueReader {
    let schema: ObjectSchema
    /// What errors begin with before the line: a file's name; nil on a command line.
    let file: String?
    /// Values that may still be read. An alias is a value again wherever it is used, so a short file could stand for an endless one.
    private(set) var remaining = 500_000

    private static let greatestDepth = 64

    init(_ schema: ObjectSchema, file: String?) {
        self.schema = schema
        self.file = file
    }

    func failure(_ node: Node, _ message: String) -> CommandError {
        guard let file else { return CommandError(.invalid, message) }
        return CommandError(.invalid, node.mark.map { "\(file):\($0.line): \(message)" } ?? "\(file): \(message)")
    }

    // MARK: Typed values

    /// - Parameters:
    ///   - type: the schema's name of the type, `xs:string` and the like for scalars.
    ///   - path: the way to the value, for errors.
    mutating func read(_ node: Node, as type: String, many: Bool = false, path: String, depth: Int = 0) throws(CommandError) -> JSONValue {
        try count(node, path, depth)
        if Self.isNull(node) { return .null }
        if many {
            guard case .sequence(let elements) = node else {
                throw failure(node, "\(path): expected a list, found \(Self.noun(node)); write [\(Self.excerpt(node))]")
            }
            var values: [JSONValue] = []
            for (index, element) in elements.enumerated() {
                values.append(try read(element, as: type, path: "\(path)[\(index)]", depth: depth + 1))
            }
            return .array(values)
        }
        if type.hasPrefix("xs:") { return try scalar(node, base: String(type.dropFirst(3)), nil, path) }
        guard let entry = schema.dictionary[type] else { return try anything(node, path, depth) }
        if let base = entry.base { return try scalar(node, base: base, entry, path) }
        return try structure(node, entry, path, depth)
    }

    private mutating func structure(
        _ node: Node, _ entry: SchemaDictionary.Entry, _ path: String, _ depth: Int
    ) throws(CommandError) -> JSONValue {
        let items = entry.members ?? []
        guard case .mapping(let mapping) = node else {
            let members = items.prefix(6).map(\.name).joined(separator: ", ")
            throw failure(node, "\(path): expected members (\(members)\(items.count > 6 ? ", …" : "")), found \(Self.noun(node))")
        }
        var members: [JSONValue.Member] = []
        for (key, value) in mapping {
            let name: String
            do throws(CommandError) {
                name = try ObjectSchema.member(Self.text(key) ?? "", of: items.map(\.name), owner: path)
            } catch {
                throw failure(key, error.message)
            }
            guard let item = items.first(where: { $0.name == name }) else { continue }
            let read = try read(value, as: item.type ?? "xs:string", many: item.isMany, path: "\(path).\(name)", depth: depth + 1)
            members.append(.init(key: name, value: read))
        }
        return .object(members)
    }

    private func scalar(_ node: Node, base: String, _ entry: SchemaDictionary.Entry?, _ path: String) throws(CommandError) -> JSONValue {
        guard let text = Self.text(node) else { throw failure(node, "\(path): expected \(Self.article(base)), found \(Self.noun(node))") }
        if let entry, !entry.values.isEmpty, entry.unionScalars.isEmpty {
            let known = entry.values.map(\.name)
            guard known.contains(text) else {
                throw failure(node, "\(path): '\(text)' is not a value of it; \(NearestNames.hint(for: text, known: known, noun: "value"))")
            }
        }
        if let entry, !entry.unionScalars.isEmpty { return .string(text) }
        switch base {
        case "boolean":
            switch text.lowercased() {
            case "true", "yes", "on": return .boolean(true)
            case "false", "no", "off": return .boolean(false)
            default: throw failure(node, "\(path): expected true or false, found '\(text)'")
            }
        case "integer", "unsignedInt", "unsignedShort":
            guard let number = Int(text) else { throw failure(node, "\(path): expected a whole number, found '\(text)'") }
            let lowest = entry?.minimum ?? (base == "integer" ? Int.min : 0)
            let greatest = entry?.maximum ?? ["unsignedInt": Int(UInt32.max), "unsignedShort": Int(UInt16.max)][base] ?? Int.max
            guard number >= lowest, number <= greatest else {
                throw failure(node, "\(path): \(number) is outside \(lowest)…\(greatest)")
            }
            return .integer(number)
        case "unsignedLong":
            guard let number = UInt64(text) else { throw failure(node, "\(path): expected a whole number from 0, found '\(text)'") }
            return .integer(number)
        default: return .string(text)
        }
    }

    // MARK: Untyped values

    /// A value whose type the schema does not say, by its spelling.
    private mutating func anything(_ node: Node, _ path: String, _ depth: Int) throws(CommandError) -> JSONValue {
        try count(node, path, depth)
        switch node {
        case .scalar(let scalar):
            if Self.isNull(node) { return .null }
            guard scalar.style == .plain || scalar.style == .any else { return .string(scalar.string) }
            switch scalar.string {
            case "true", "True": return .boolean(true)
            case "false", "False": return .boolean(false)
            default: return Int(scalar.string).map { .integer($0) } ?? .string(scalar.string)
            }
        case .sequence(let elements):
            var values: [JSONValue] = []
            for element in elements { values.append(try anything(element, path, depth + 1)) }
            return .array(values)
        case .mapping(let mapping):
            var members: [JSONValue.Member] = []
            for (key, value) in mapping {
                members.append(.init(key: Self.text(key) ?? "", value: try anything(value, path, depth + 1)))
            }
            return .object(members)
        case .alias: throw failure(node, "\(path): an alias of something that comes later")
        }
    }

    private mutating func count(_ node: Node, _ path: String, _ depth: Int) throws(CommandError) {
        remaining -= 1
        guard remaining > 0 else { throw failure(node, "\(path): too many values in one file; split it") }
        guard depth <= Self.greatestDepth else { throw failure(node, "\(path): nested more than \(Self.greatestDepth) levels deep") }
    }

    // MARK: Names

    /// A fully qualified name: a list, or one text with colons.
    func name(_ node: Node, path: String) throws(CommandError) -> [String] {
        switch node {
        case .scalar(let scalar) where !scalar.string.isEmpty:
            return scalar.string.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        case .sequence(let elements):
            let names = elements.compactMap(Self.text)
            if names.count == elements.count, !names.isEmpty { return names }
        default: break
        }
        throw failure(node, "\(path): expected a name such as default-domain:default-project:net, found \(Self.noun(node))")
    }

    // MARK: Nodes

    static func text(_ node: Node) -> String? { if case .scalar(let scalar) = node { scalar.string } else { nil } }

    static func isNull(_ node: Node) -> Bool {
        guard case .scalar(let scalar) = node, scalar.style == .plain || scalar.style == .any else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    static func noun(_ node: Node) -> String {
        switch node {
        case .scalar(let scalar): isNull(node) ? "nothing" : "'\(scalar.string.prefix(40))'"
        case .sequence: "a list"
        case .mapping: "members"
        case .alias: "an alias"
        }
    }

    private static func excerpt(_ node: Node) -> String { text(node).map { String($0.prefix(40)) } ?? "…" }

    private static func article(_ base: String) -> String {
        switch base {
        case "boolean": "true or false"
        case "integer", "unsignedInt", "unsignedShort", "unsignedLong": "a whole number"
        default: "a text"
        }
    }
}
