// Members on a command line: `mtu=9000`, `virtual_network_properties.vxlan_network_identifier=100`, `mtu-` to remove one,
// `network_policy_refs+=web` and `network_policy_refs-=web` for one reference or element of many. The model says of what type each is.

import Coding
import Resources
import Yams

/// What a word of the command line wants of a member.
public struct Assignment: Sendable {
    enum Operation: Sendable {
        case set
        case add
        case remove
        case clear
    }

    enum PathStep: Sendable, Equatable {
        case member(String)
        case element(Int)
    }

    let path: [PathStep]
    let operation: Operation
    let value: String
    let text: String

    /// `a.b[0].c=VALUE`, with `+=` or `-=` for lists; `a.b-`.
    public init(_ text: String) throws(CommandError) {
        self.text = text
        let path: Substring
        if let equals = text.firstIndex(of: "=") {
            value = String(text[text.index(after: equals)...])
            let before = text[..<equals]
            switch before.last {
            case "+": (operation, path) = (.add, before.dropLast())
            case "-": (operation, path) = (.remove, before.dropLast())
            default: (operation, path) = (.set, before)
            }
        } else if text.hasSuffix("-") {
            (operation, value, path) = (.clear, "", text.dropLast())
        } else {
            throw CommandError(
                .invalid, "'\(text)' says nothing to set: write MEMBER=VALUE, MEMBER+=VALUE, MEMBER-=VALUE, or MEMBER- to remove it")
        }
        self.path = try Self.steps(path, text)
    }

    private static func steps(_ path: Substring, _ text: String) throws(CommandError) -> [PathStep] {
        var steps: [PathStep] = []
        for part in path.split(separator: ".", omittingEmptySubsequences: false) {
            let pieces = part.split(separator: "[", omittingEmptySubsequences: false)
            guard let name = pieces.first, !name.isEmpty else { throw CommandError(.invalid, "'\(text)': the path has an empty part") }
            steps.append(.member(String(name)))
            for piece in pieces.dropFirst() {
                guard piece.hasSuffix("]"), let index = Int(piece.dropLast()), index >= 0 else {
                    throw CommandError(.invalid, "'\(text)': expected a number in brackets, as in policy_rule[0]")
                }
                steps.append(.element(index))
            }
        }
        return steps
    }
}

extension ObjectAccess {
    /// The members that assignments change, as they shall be.
    ///
    /// - Parameter current: the object; empty for one that does not exist yet.
    public func changes(
        _ assignments: [Assignment], of type: ResourceType, current: JSONValue, named name: [String]? = nil
    ) async throws(CommandError) -> [MemberChange] {
        let home = schema.project(of: name ?? current.names("fq_name"), type)
        var object = current
        var keys: [String] = []
        for assignment in assignments {
            let items = schema.properties(of: type)
            guard case .member(let spelling)? = assignment.path.first else { continue }
            let key = try ObjectSchema.member(
                spelling, of: items.map(\.name) + type.references.map(\.key), owner: type.name)
            if let reference = type.references.first(where: { $0.key == key }) {
                object[key] = try await references(assignment, reference, of: type, present: object[key] ?? .array([]), near: home)
            } else if let item = items.first(where: { $0.name == key }) {
                let value = try assign(assignment, assignment.path.dropFirst(), item, object[key] ?? .null, key)
                try schema.check(value, key, of: type)
                object[key] = value
            }
            if !keys.contains(key) { keys.append(key) }
        }
        return keys.compactMap { key in
            let (before, after) = (current[key] ?? .null, object[key] ?? .null)
            return before == after ? nil : MemberChange(key: key, before: before, after: after)
        }
    }

    /// A value with one member, however deep, changed.
    private func assign(
        _ assignment: Assignment, _ path: ArraySlice<Assignment.PathStep>, _ item: SchemaDictionary.Item, _ before: JSONValue,
        _ shown: String
    ) throws(CommandError) -> JSONValue {
        switch path.first {
        case nil: return try final(assignment, item, before, shown)
        case .element(let index):
            guard item.isMany else { throw CommandError(.invalid, "\(shown) is no list: leave [\(index)] out") }
            var elements = before.elements
            guard index <= elements.count else {
                throw CommandError(.invalid, "\(shown) has \(elements.count) elements; [\(elements.count)] adds one")
            }
            var element = item
            element.isMany = false
            let value = try assign(
                assignment, path.dropFirst(), element, index < elements.count ? elements[index] : .null, "\(shown)[\(index)]")
            if value == .null {
                if index < elements.count { elements.remove(at: index) }
            } else if index < elements.count {
                elements[index] = value
            } else {
                elements.append(value)
            }
            return .array(elements)
        case .member(let spelling):
            guard !item.isMany else { throw CommandError(.invalid, "\(shown) is a list: say which element, as in \(shown)[0].\(spelling)") }
            guard let members = item.type.flatMap({ schema.dictionary[$0]?.members }) else {
                throw CommandError(.invalid, "\(shown) has no members: leave .\(spelling) out")
            }
            let name = try ObjectSchema.member(spelling, of: members.map(\.name), owner: shown)
            guard let member = members.first(where: { $0.name == name }) else { return before }
            var object = before == .null ? .object([]) : before
            let value = try assign(assignment, path.dropFirst(), member, object[name] ?? .null, "\(shown).\(name)")
            object[name] = value == .null ? nil : value
            return object
        }
    }

    private func final(
        _ assignment: Assignment, _ item: SchemaDictionary.Item, _ before: JSONValue, _ shown: String
    ) throws(CommandError) -> JSONValue {
        if assignment.operation == .clear { return .null }
        var reader = ValueReader(schema, file: nil)
        let isScalar = item.type.map { $0.hasPrefix("xs:") || schema.dictionary[$0]?.base != nil } ?? true
        let node = try Self.node(assignment.value, isText: isScalar && (!item.isMany || assignment.operation != .set), shown)
        guard assignment.operation != .set else {
            // One value for a list of scalars is a list of one, and commas are between several.
            if item.isMany, isScalar, case .scalar = node {
                let parts = assignment.value.split(separator: ",").map { Node(String($0)) }
                return try reader.read(Node(parts), as: item.type ?? "xs:string", many: true, path: shown)
            }
            return try reader.read(node, as: item.type ?? "xs:string", many: item.isMany, path: shown)
        }
        guard item.isMany else {
            // A structure around a list, as most list properties are, stands for its list.
            if let members = item.type.flatMap({ schema.dictionary[$0]?.members }), members.count == 1, members[0].isMany {
                let list = try final(assignment, members[0], before[members[0].name] ?? .array([]), "\(shown).\(members[0].name)")
                return .object([.init(key: members[0].name, value: list)])
            }
            throw CommandError(.invalid, "\(shown) is no list: write \(shown)=\(assignment.value)")
        }
        let value = try reader.read(node, as: item.type ?? "xs:string", path: shown)
        if assignment.operation == .remove {
            guard before.elements.contains(where: { $0.contains(value) }) else {
                throw CommandError(.notFound, "\(shown) has no element \(assignment.value)")
            }
            return .array(before.elements.filter { !$0.contains(value) })
        }
        return before.elements.contains(value) ? before : .array(before.elements + [value])
    }

    /// - Parameter isText: the value is text as it stands, whatever YAML would make of it.
    static func node(_ text: String, isText: Bool, _ shown: String) throws(CommandError) -> Node {
        guard !isText, let first = text.first(where: { $0 != " " && $0 != "\n" }), "{[".contains(first) || text.contains("\n") else {
            return Node(text, Tag(.str), isText ? .doubleQuoted : .plain)
        }
        do { return try Yams.compose(yaml: text) ?? Node("") } catch {
            throw CommandError(.invalid, "\(shown): the value is not YAML: \(error)")
        }
    }

    // MARK: References

    private func references(
        _ assignment: Assignment, _ reference: ReferenceDescriptor, of type: ResourceType, present: JSONValue, near home: [String]?
    ) async throws(CommandError) -> JSONValue {
        guard assignment.path.count == 1 else {
            throw CommandError(.invalid, "'\(assignment.text)': data of references are set with `tungsten edit` or `tungsten apply`")
        }
        if assignment.operation == .clear { return .array([]) }
        guard let target = schema.catalogue[reference.target] else { return present }
        let node = try Self.node(assignment.value, isText: false, reference.key)
        var targets: [JSONValue] = []
        if case .scalar = node {
            for text in assignment.value.split(separator: ",") {
                targets.append(.object([.init(key: "to", value: .array(text.split(separator: ":").map { .string(String($0)) }))]))
            }
        } else {
            var reader = ValueReader(schema, file: nil)
            let list = if case .mapping = node { Node([node]) } else { node }
            targets = try reader.references(list, reference.key, of: type).elements
        }
        for index in targets.indices { targets[index] = try await resolved(targets[index], target, near: home) }
        func isSame(_ one: JSONValue, _ other: JSONValue) -> Bool { one["to"] == other["to"] }
        switch assignment.operation {
        case .set: return .array(targets)
        case .add: return .array(present.elements.filter { old in !targets.contains { isSame($0, old) } } + targets)
        default: return .array(present.elements.filter { old in !targets.contains { isSame($0, old) } })
        }
    }
}
