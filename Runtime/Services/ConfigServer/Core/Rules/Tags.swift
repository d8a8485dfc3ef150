// What holds for the tags of any object, whichever request attached them.

enum Tags {
    /// Types of which an object may have several tags.
    static let repeatable: Set = ["label", "neutron_fwaas", "neutron_tag"]

    static func check(_ object: ObjectDraft, _ types: TypeTable) throws(Refusal) {
        guard let tag = types.type(named: "tag") else { return }
        var seen: Set<String> = []
        for reference in object.references where reference.target.type == tag.number {
            let kind = typeName(reference.target)
            try check(kind, on: object.type)
            // A rule refers to the tags of both its ends.
            guard seen.insert(kind).inserted || repeatable.contains(kind) || object.type.name == "firewall-rule" else {
                throw Refusal(400, "Tag type '\(kind)' cannot be set multiple times on the same \(object.type.name)")
            }
        }
    }

    /// Address groups are chosen by label, and by nothing else.
    static func check(_ kind: String, on type: TypeEntry) throws(Refusal) {
        guard type.name != "address-group" || kind == "label" else {
            throw Refusal(400, "Invalid tag type \(kind) for object type address-group: it can only have labels")
        }
    }

    /// `tier` of `tier=web`.
    static func typeName(_ tag: Identity) -> String {
        String(tag.shortName.prefix { $0 != "=" })
    }
}
