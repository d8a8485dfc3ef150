// Types of two versions of a schema, side by side. A type that keeps its name is compared once, as itself; where a property or a member
// changes to another type, the two are compared at that place.

extension Comparer {
    mutating func compareTypes() {
        for structure in old.structures {
            if let successor = new.structure(structure.name) {
                compareMembers(structure, successor, at: structure.name)
            } else {
                let became = new.simpleType(structure.name) != nil
                note(
                    .breaksClients, structure.name,
                    became ? "no longer a structured type" : "type removed: programs that name it no longer compile or run",
                    structure.location)
            }
        }
        for simple in old.simpleTypes {
            if let successor = new.simpleType(simple.name) {
                compare(ValueSpace(simple), ValueSpace(successor), simple.name, successor.location)
            } else if !simple.isAnonymous, simple.isEnumeration, new.structure(simple.name) == nil {
                // Other simple types have no name in any language.
                note(.breaksClients, simple.name, "type removed: programs that name it no longer compile or run", simple.location)
            }
        }
        for structure in new.structures where old.structure(structure.name) == nil {
            note(.compatible, structure.name, "type added", structure.location)
        }
        for simple in new.simpleTypes where old.simpleType(simple.name) == nil && !simple.isAnonymous {
            note(.compatible, simple.name, "type added", simple.location)
        }
    }

    /// The type of one property, member or reference.
    mutating func compare(_ before: TypeReference, _ after: TypeReference, _ path: String, _ location: SourceLocation) {
        if before == after { return }
        switch (before, after) {
        case (.structure(let oldName), .structure(let newName)):
            guard let oldType = old.structure(oldName), let newType = new.structure(newName) else { return }
            note(.breaksClients, path, "has the type \(newName) instead of \(oldName): programs name the type of the value", location)
            if compared.insert([oldName, newName]).inserted { compareMembers(oldType, newType, at: path) }
        case (.structure(let name), _):
            note(.breaksStoredData, path, "a plain value instead of the structure \(name)", location)
        case (_, .structure(let name)):
            note(.breaksStoredData, path, "the structure \(name) instead of a plain value", location)
        default:
            compare(ValueSpace(before, in: old), ValueSpace(after, in: new), path, location)
        }
    }

    // MARK: Members

    private mutating func compareMembers(_ old: StructuredType, _ new: StructuredType, at path: String) {
        for member in old.members {
            let memberPath = "\(path).\(member.name)"
            if let successor = new.members.first(where: { $0.name == member.name }) {
                compare(member, successor, memberPath)
            } else {
                note(.breaksStoredData, memberPath, "member removed: stored objects hold it", member.location)
            }
        }
        for member in new.members where !old.members.contains(where: { $0.name == member.name }) {
            let isRequired =
                member.cardinality == .required && member.presence != .optional && member.choice == nil && member.defaultValue == nil
            note(
                isRequired ? .breaksClients : .compatible, "\(path).\(member.name)",
                isRequired ? "required member added: clients do not send it" : "member added", member.location)
        }
        compareOrder(old, new, at: path)
    }

    /// Python scripts may pass members by position, which is their order in the schema. New members belong at the end.
    private mutating func compareOrder(_ old: StructuredType, _ new: StructuredType, at path: String) {
        let kept = old.members.map(\.name).filter { name in new.members.contains { $0.name == name } }
        guard let displaced = zip(kept, new.members).first(where: { $0 != $1.name }) else { return }
        note(
            .breaksClients, path, "\(displaced.1.name) now stands where \(displaced.0) stood: Python programs may pass members by position",
            displaced.1.location)
    }

    private mutating func compare(_ old: Member, _ new: Member, _ path: String) {
        compare(old.type, new.type, path, new.location)
        compareDefaults(old.defaultValue, new.defaultValue, path, new.location)
        compareCardinality(old.cardinality, new.cardinality, path, new.location)
        comparePresence(old.presence ?? .optional, new.presence ?? .optional, path, new.location)
        compareOperations(old.operations ?? .all, new.operations ?? .all, path, new.location)
        if old.choice == nil, new.choice != nil {
            note(.breaksClients, path, "now an alternative: clients may send it beside another one", new.location)
        } else if old.choice != nil, new.choice == nil {
            note(.compatible, path, "no longer an alternative of others", new.location)
        }
        if old.form != new.form {
            note(.breaksClients, path, "\(new.form.noun) in XML instead of \(old.form.noun)", new.location)
        }
    }

    private mutating func compareCardinality(
        _ old: Member.Cardinality, _ new: Member.Cardinality, _ path: String, _ location: SourceLocation
    ) {
        switch (old, new) {
        case (.optional, .optional), (.required, .required): break
        case (.required, .optional): note(.compatible, path, "optional instead of required", location)
        case (.optional, .required): note(.breaksClients, path, "required instead of optional: clients leave it out", location)
        case (.many, .optional), (.many, .required): note(.breaksStoredData, path, "one value instead of a list", location)
        case (.optional, .many), (.required, .many): note(.breaksStoredData, path, "a list instead of one value", location)
        case (.many(let oldLeast, let oldMost), .many(let newLeast, let newMost)):
            if newMost ?? .max < oldMost ?? .max {
                note(.breaksStoredData, path, "at most \(newMost ?? 0) elements: stored lists may be longer", location)
            } else if newMost != oldMost {
                note(.compatible, path, newMost.map { "up to \($0) elements" } ?? "any number of elements", location)
            }
            if newLeast > oldLeast { note(.breaksClients, path, "at least \(newLeast) elements instead of \(oldLeast)", location) }
            if newLeast < oldLeast { note(.compatible, path, "at least \(newLeast) elements instead of \(oldLeast)", location) }
        }
    }
}
