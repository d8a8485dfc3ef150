// `POST /set-tag`: tags of an object by type and value, without their UUIDs.
//
//     {"obj_type": "virtual-network", "obj_uuid": …, "tier": {"value": "web"}, "label": {"add_values": ["a", "b"]}, "site": null}

import Coding
import ConfigurationModel
import NetworkTypes

extension Draft {
    /// What one member of the request says about tags of one type.
    private struct Wish {
        let type: String
        var isGlobal = false
        var value: String?
        var adding: [String] = []
        var removing: [String] = []
        /// All tags of the type are to go.
        var removesAll = false
    }

    mutating func setTags(_ body: JSONValue) throws(Refusal) {
        guard let typeName = body["obj_type"]?.string, let text = body["obj_uuid"]?.string else {
            throw Refusal(400, "Object type and UUID must be specified: obj_type and obj_uuid, both strings")
        }
        guard let type = types.type(named: typeName) else { throw Refusal(400, "Bad Request, obj_type: there is no type '\(typeName)'") }
        guard let uuid = UUIDValue(anySpelling: text), let state = state(uuid), state.identity.type == type.number else {
            throw .unknownIdentifier(type.name, text)
        }
        try require(.write, state)
        var object = ObjectDraft(state, type)
        var changes = false
        for (key, value) in body.members where key != "obj_type" && key != "obj_uuid" {
            let wish = try Self.wish(key.lowercased(), value)
            try Tags.check(wish.type, on: type)
            if try apply(wish, to: &object) { changes = true }
        }
        if changes { try finishUpdate(&object, from: state) }
    }

    private static func wish(_ type: String, _ value: JSONValue) throws(Refusal) -> Wish {
        var wish = Wish(type: type)
        if value == .null {
            wish.removesAll = true
            return wish
        }
        guard case .object = value else {
            throw Refusal(400, "\(type) must be null, or an object with value, or with add_values and delete_values")
        }
        wish.isGlobal = value["is_global"]?.boolean ?? false
        wish.value = value["value"]?.string
        wish.adding = try strings(value["add_values"], "\(type).add_values")
        wish.removing = try strings(value["delete_values"], "\(type).delete_values")
        guard !Tags.repeatable.contains(type) else { return wish }
        guard wish.adding.isEmpty, wish.removing.isEmpty else {
            throw Refusal(400, "Tag type \(type) cannot be set multiple times on a same object: give one value")
        }
        guard wish.value != nil else { throw Refusal(400, "No valid value provided for tag type \(type): value must be a string") }
        return wish
    }

    private static func strings(_ value: JSONValue?, _ place: String) throws(Refusal) -> [String] {
        guard let value, value != .null else { return [] }
        let strings = value.elements.compactMap(\.string)
        guard case .array(let elements) = value, strings.count == elements.count else {
            throw Refusal(400, "\(place) must be an array of strings")
        }
        return strings
    }

    /// Whether the object changed.
    private mutating func apply(_ wish: Wish, to object: inout ObjectDraft) throws(Refusal) -> Bool {
        guard let tag = types.type(named: "tag") else { return false }
        let before = object.references.map(\.number)
        func remove(where isGoing: (String) -> Bool) {
            object.references.removeAll { reference in
                reference.target.type == tag.number && Tags.typeName(reference.target) == wish.type && isGoing(reference.target.shortName)
            }
        }
        if wish.removesAll {
            remove { _ in true }
        } else if Tags.repeatable.contains(wish.type) {
            for value in (wish.value.map { [$0] } ?? []) + wish.adding { try attach("\(wish.type)=\(value)", wish, tag, to: &object) }
            let going = Set(wish.removing.map { "\(wish.type)=\($0)" })
            remove { going.contains($0) }
        } else if let value = wish.value {
            let name = "\(wish.type)=\(value)"
            remove { $0 != name }
            try attach(name, wish, tag, to: &object)
        }
        return object.references.map(\.number) != before
    }

    private mutating func attach(_ name: String, _ wish: Wish, _ tag: TypeEntry, to object: inout ObjectDraft) throws(Refusal) {
        guard !object.references.contains(where: { $0.target.type == tag.number && $0.target.shortName == name }) else { return }
        let elements = wish.isGlobal ? [name] : try scope(of: object, for: name) + [name]
        guard let target = identity(tag.number, named: FullyQualifiedName.json(elements)) else {
            throw Refusal(404, "Tag with FQName \(elements.joined(separator: ":")) not found; create it first, or say is_global")
        }
        try requireReference(to: target)
        object.references.append(ObjectReference(target: target, data: nil, number: newNumber()))
    }

    /// The name of the project whose tags the object can have: its own, or that of its owner.
    private func scope(of object: ObjectDraft, for name: String) throws(Refusal) -> [String] {
        if object.type.name == "project" { return object.identity.elements }
        if let parent = object.identity.parent, types[parent.type].name == "project" { return parent.elements }
        let owner = try object.value(PermType2.key, as: PermType2.self)?.owner.flatMap { UUIDValue(anySpelling: $0) }
        guard let owner, let project = state(owner) else {
            throw Refusal(404, "Not able to determine the scope of the tag '\(name)': the object is of no project; say is_global")
        }
        return project.identity.elements
    }
}
