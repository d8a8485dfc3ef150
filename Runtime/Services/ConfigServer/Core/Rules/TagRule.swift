// tag: a value of a tag type, `tier=web`, with the number that routes and flows carry in place of the words. Everything about it is settled
// when it is made. A type that is not there comes with its first tag, and goes with its last one.

import ConfigurationModel
import NetworkTypes

struct TagRule: UpgradingRule {
    let type = "tag"

    private static let typeName = "tag_type_name"
    private static let value = "tag_value"
    private static let identifier = "tag_id"

    /// Numbers of values that are given out; users may choose the others. 0 is left out: with the type 0 it would read as no tag at all.
    private static let numbers: ClosedRange<UInt64> = 1...0x7FFF
    static let userNumbers: ClosedRange<UInt64> = 0x8000...0xFFFF

    /// The name is made of type and value, whatever the request calls the tag.
    func prepare(_ body: inout ObjectBody, _ type: TypeEntry) throws(Refusal) {
        guard let typeName = try body.value(Self.typeName, as: String.self, of: type)?.lowercased(), !typeName.isEmpty,
            let value = try body.value(Self.value, as: String.self, of: type), !value.isEmpty
        else {
            throw Refusal(400, "Tag must be created with a type and a value: set \(Self.typeName) and \(Self.value)")
        }
        let name = "\(typeName)=\(value)"
        if let elements = body.name, !elements.isEmpty { body.name = elements.dropLast() + [name] }
        body.setValue(Self.typeName, typeName, of: type)
        body.setValue("display_name", name, of: type)
    }

    func complete(_ object: inout ObjectDraft, replacing before: ObjectState?, in draft: inout Draft) throws(Refusal) {
        if let before { return try checkUnchanged(object, since: before, in: draft) }
        guard object.targets("tag-type", draft.types).isEmpty else {
            throw Refusal(400, "Tag Type reference is not setable: it follows from \(Self.typeName)")
        }
        guard let name = try object.value(Self.typeName, as: String.self), let types = draft.types.type(named: "tag-type") else { return }
        let requested = try HexadecimalNumber.parse(object.value(Self.identifier), Self.identifier)
        if let requested, !(Self.userNumbers ~= requested & 0xFFFF) {
            throw Refusal(400, "Tag id can be set only for user defined tags, with the last four digits from 0x8000 to 0xffff")
        }
        let tagType = try tagType(name, types, requested, in: &draft)
        guard let state = draft.state(tagType.uuid),
            let prefix = try ObjectDraft(state, types).value(TagTypeRule.identifier, as: String.self),
            let number = try HexadecimalNumber.parse(prefix, TagTypeRule.identifier)
        else { throw Refusal(409, "The tag-type \(name) has no tag_type_id; delete it and create the tag again") }
        let space = "tag-values/\(number)"
        let value: UInt64
        if let requested {
            value = requested & 0xFFFF
            guard draft.take(Allocation(space: space, number: value), for: &object) else {
                throw Refusal(400, "Requested Tag id is already allocated: another tag of the type \(name) has it")
            }
        } else {
            value = try draft.allocate(space, Self.numbers, to: &object)
        }
        object.setValue(Self.identifier, "0x" + HexadecimalNumber.text(number) + HexadecimalNumber.text(value))
        object.references.append(ObjectReference(target: tagType, data: nil, number: draft.newNumber()))
    }

    private func tagType(_ name: String, _ types: TypeEntry, _ requested: UInt64?, in draft: inout Draft) throws(Refusal) -> Identity {
        if let known = draft.identity(types.number, named: FullyQualifiedName.json([name])) { return known }
        var body = ObjectBody()
        body.name = [name]
        body.setValue(IdPermsType.key, IdPermsType(enable: true, userVisible: false), of: types)
        if let requested, requested > 0xFFFF {
            body.setValue(TagTypeRule.identifier, "0x" + HexadecimalNumber.text(requested >> 16), of: types)
        }
        return try draft.create(types, body)
    }

    func isOlder(_ state: ObjectState, in draft: Draft) -> Bool { state.properties[Self.identifier] == nil }

    func completeOlder(_ object: ObjectDraft, in draft: inout Draft) throws(Refusal) {
        guard try (object.value(Self.identifier, as: String.self) ?? "").isEmpty else { return }
        for tagType in object.targets("tag-type", draft.types) {
            if let state = draft.current(tagType) { try TagTypeRule().completeOlder(state, in: &draft) }
        }
        var completed = object
        completed.references.removeAll { draft.types[$0.target.type].name == "tag-type" }
        try complete(&completed, replacing: nil, in: &draft)
        try draft.save(completed)
    }

    private func checkUnchanged(_ object: ObjectDraft, since before: ObjectState, in draft: Draft) throws(Refusal) {
        let stored = ObjectDraft(before, object.type)
        for key in ["display_name", Self.typeName, Self.value, Self.identifier] {
            guard try object.value(key, as: String.self) == stored.value(key, as: String.self) else {
                throw Refusal(400, "Tag name, type, value or ID cannot be updated: \(key) would change; create another tag")
            }
        }
        let types = object.targets("tag-type", draft.types)
        guard types.map(\.uuid) == stored.targets("tag-type", draft.types).map(\.uuid) else {
            throw Refusal(400, "Tag-type reference cannot be updated; create another tag")
        }
    }

    func removing(_ state: ObjectState, along root: Identity, in draft: inout Draft) throws(Refusal) {
        guard let tagType = ObjectDraft(state, draft.types[state.identity.type]).targets("tag-type", draft.types).first,
            TagTypeRule.predefined[tagType.shortName] == nil
        else { return }
        var isUsed = false
        draft.image.forEachRelation(of: tagType) { relation in
            isUsed = relation.relative !== state.identity
            return !isUsed
        }
        guard !isUsed else { return }
        draft.remove(state.identity)
        draft.remove(tagType)
    }
}

/// Numbers as tags and their types write them: `0x` and hexadecimal digits. The schema also takes decimal ones.
enum HexadecimalNumber {
    static func parse(_ text: String?, _ place: String) throws(Refusal) -> UInt64? {
        guard let text, !text.isEmpty else { return nil }
        let number = text.lowercased().hasPrefix("0x") ? UInt64(text.dropFirst(2), radix: 16) : UInt64(text)
        guard let number else { throw Refusal(400, "\(place) must be a number such as 0x8000, not \(text)") }
        return number
    }

    /// Four digits.
    static func text(_ number: UInt64) -> String {
        let digits = String(number & 0xFFFF, radix: 16)
        return String(repeating: "0", count: 4 - digits.utf8.count) + digits
    }
}
