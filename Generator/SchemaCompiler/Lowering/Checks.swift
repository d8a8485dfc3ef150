// Checks that need the whole model.

extension Lowering {
    /// A structure that holds itself other than through a repeated member has no finite value.
    func checkStructures() {
        enum Mark { case open, done }
        var marks: [String: Mark] = [:]
        func visit(_ structure: StructuredType, _ path: [String]) {
            marks[structure.name] = .open
            for member in structure.members {
                guard !member.isMany, case .structure(let name) = member.type, let next = model.structure(name) else { continue }
                switch marks[name] {
                case .done: continue
                case .open:
                    let cycle = (path + [structure.name]).drop { $0 != name } + [name]
                    diagnostics.error(
                        "recursive-type", at: member.location, "\(name) contains itself: \(cycle.joined(separator: " → "))",
                        hint: "break the chain, or repeat the member with maxOccurs=\"unbounded\"")
                case nil: visit(next, path + [structure.name])
                }
            }
            marks[structure.name] = .done
        }
        for structure in model.structures where marks[structure.name] == nil { visit(structure, []) }
    }

    /// Objects form a tree below the root: following parents upwards must be able to end there.
    func checkContainment() {
        var rooted = Set(model.objects.filter(\.parents.isEmpty).map(\.name))
        var grew = true
        while grew {
            grew = false
            for object in model.objects
            where !rooted.contains(object.name) && object.parents.contains(where: { rooted.contains($0.parent) }) {
                rooted.insert(object.name)
                grew = true
            }
        }
        for object in model.objects where !rooted.contains(object.name) {
            diagnostics.error(
                "unreachable-object", at: object.location,
                "\(object.name) can never be created: its parents contain each other and none lives below the root",
                hint: "give one of \(object.parents.map(\.parent).joined(separator: ", ")) a parent that exists")
        }
    }

    /// Two names that differ in the schema may be spelled alike in a language.
    func checkSpellings() {
        var types: [String: SourceLocation] = [:]
        func claim(_ spelling: String, _ name: String, _ location: SourceLocation) {
            if let other = types[spelling] {
                diagnostics.error(
                    "duplicate-spelling", at: location,
                    "\(name) and the declaration at \(other.reference) are both spelled \(spelling) in Swift",
                    hint: "rename one of them")
            } else {
                types[spelling] = location
            }
        }
        for object in model.objects { claim(Naming.swiftType(object.name), object.name, object.location) }
        for structure in model.structures { claim(Naming.swiftType(structure.name), structure.name, structure.location) }
        for simple in model.simpleTypes { claim(Naming.swiftType(simple.name), simple.name, simple.location) }
        for structure in model.structures {
            checkMembers(structure.members.map { ($0.name, $0.location) }, of: structure.name)
        }
        for object in model.objects {
            let fields =
                (model.commonProperties + object.properties).map { ($0.name, $0.location) }
                + object.references.map { (Naming.referenceField(to: $0.to), $0.location) }
                + object.children.map { (Naming.childField($0.child), $0.location) }
                + object.backReferences.map { (Naming.backReferenceField(from: $0.from), $0.location) }
            checkMembers(fields, of: object.name)
        }
        for simple in model.simpleTypes where simple.isEnumeration {
            checkMembers(simple.enumeration.map { ($0.value, simple.location) }, of: simple.name, spelled: Naming.swiftCase)
        }
    }

    private func checkMembers(
        _ members: [(name: String, location: SourceLocation)], of owner: String, spelled: (String) -> String = Naming.swiftIdentifier
    ) {
        var seen: [String: String] = [:]
        for (name, location) in members {
            let spelling = spelled(name)
            if let other = seen[spelling] {
                diagnostics.error(
                    "duplicate-spelling", at: location, "\(other) and \(name) of \(owner) are both spelled \(spelling) in Swift",
                    hint: "rename one of them")
            } else {
                seen[spelling] = name
            }
        }
    }
}
