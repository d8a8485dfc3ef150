// Checks that need the whole model. None recurses as deep as the schema pleases: a schema of a hundred thousand types in a chain is
// refused or accepted like any other.

extension Lowering {
    /// A structure that holds itself other than through a repeated member has no finite value.
    func checkStructures() {
        enum Mark { case open, done }
        var marks = [Mark?](repeating: nil, count: model.structures.count)
        for root in model.structures.indices where marks[root] == nil {
            // Depth-first: the path from `root` to the structure at hand, and how many members of each have been followed.
            var path = [(structure: root, next: 0)]
            marks[root] = .open
            while let (index, next) = path.last {
                guard next < model.structures[index].members.count else {
                    marks[index] = .done
                    path.removeLast()
                    continue
                }
                path[path.count - 1].next += 1
                let member = model.structures[index].members[next]
                guard !member.isMany, case .structure(let name) = member.type, let held = model.structureIndex[name] else { continue }
                if marks[held] == nil {
                    marks[held] = .open
                    path.append((held, 0))
                } else if marks[held] == .open {
                    let names = path.map { model.structures[$0.structure].name }
                    let cycle = (names.drop { $0 != name } + [name]).joined(separator: " → ")
                    diagnostics.error(
                        "recursive-type", at: member.location, "\(name) contains itself: \(cycle)",
                        hint: "break the chain, or repeat the member with maxOccurs=\"unbounded\"")
                }
            }
        }
    }

    /// Objects form a tree below the root: following parents upwards must be able to end there.
    func checkContainment() {
        var reached = Set(model.objects.filter(\.parents.isEmpty).map(\.name))
        var waiting = Array(reached)
        while let name = waiting.popLast() {
            for child in model.object(name)?.children ?? [] where reached.insert(child.child).inserted { waiting.append(child.child) }
        }
        for object in model.objects where !reached.contains(object.name) {
            let parents = object.parents.map(\.parent).joined(separator: ", ")
            diagnostics.error(
                "unreachable-object", at: object.location,
                "\(object.name) can never be created: none of its parents (\(parents)) lives below the root",
                hint: "give one of them a parent that does, or none")
        }
    }

    // MARK: Spellings

    /// Two names that differ in the schema may be spelled alike in a language.
    func checkSpellings() {
        checkTypeNames()
        checkPaths()
        for structure in model.structures {
            var names = SpelledNames(structure.name, Naming.swiftIdentifier)
            for member in structure.members { names.claim(member.name, member.location, diagnostics) }
        }
        for object in model.objects {
            var names = SpelledNames(object.name, Naming.swiftIdentifier)
            for property in model.commonProperties { names.claim(property.name, property.location, diagnostics) }
            for property in object.properties where isFree(property, of: object) {
                names.claim(property.name, property.location, diagnostics)
            }
            for reference in object.references {
                names.claim(Naming.referenceField(to: reference.to), reference.location, diagnostics, "the references to \(reference.to)")
            }
            for child in object.children { names.claim(Naming.childField(child.child), child.location, diagnostics, "the children") }
            for reference in object.backReferences {
                names.claim(
                    Naming.backReferenceField(from: reference.from), reference.location, diagnostics,
                    "the references from \(reference.from)")
            }
        }
        for simple in model.simpleTypes where simple.isEnumeration {
            var names = SpelledNames(simple.name, Naming.swiftCase)
            for value in simple.enumeration { names.claim(value.value, value.location, diagnostics) }
        }
    }

    private func checkTypeNames() {
        var types: [String: SourceLocation] = [:]
        func claim(_ name: String, _ location: SourceLocation) {
            let spelling = Naming.swiftType(name)
            if let other = types[spelling] {
                diagnostics.error(
                    "duplicate-spelling", at: location,
                    "\(name) and the declaration at \(other.reference) are both spelled \(spelling) in Swift",
                    hint: "rename one of them")
            } else if Naming.isSwiftTypeTaken(spelling) {
                diagnostics.error(
                    "reserved-name", at: location,
                    "\(name) is spelled \(spelling) in Swift, which generated code means as Swift's own type",
                    hint: "name it differently, such as \(name)Type")
            } else {
                types[spelling] = location
            }
        }
        for object in model.objects { claim(object.name, object.location) }
        for structure in model.structures { claim(structure.name, structure.location) }
        for simple in model.simpleTypes { claim(simple.name, simple.location) }
    }

    /// The address of a collection is its object's name and an `s`, which may be the name of another object.
    private func checkPaths() {
        for object in model.objects {
            guard let other = model.object(Naming.collection(object.name)) else { continue }
            diagnostics.error(
                "duplicate-spelling", at: other.location, "/\(other.name) is already the address of all \(object.name) objects in the API",
                hint: "rename one of \(object.name) and \(other.name)")
        }
    }

    /// Whether a property has a key of its own in the object's JSON.
    private func isFree(_ property: Property, of object: ObjectType) -> Bool {
        guard Naming.envelopeKeys.contains(Naming.jsonKey(property.name)) else { return true }
        diagnostics.error(
            "reserved-name", at: property.location,
            "\(property.name) cannot be a property of \(object.name): every object has a \(Naming.jsonKey(property.name))",
            hint: "name it after what it is for, such as \(object.name)-\(property.name)")
        return false
    }
}

/// The spellings taken inside one type.
private struct SpelledNames {
    private let owner: String
    private let spell: (String) -> String
    private var taken: [String: String] = [:]

    init(_ owner: String, _ spell: @escaping (String) -> String) {
        self.owner = owner
        self.spell = spell
    }

    /// - Parameter meaning: what a derived name stands for, since nobody wrote it.
    mutating func claim(_ name: String, _ location: SourceLocation, _ diagnostics: Diagnostics, _ meaning: @autoclosure () -> String? = nil)
    {
        let spelling = spell(name)
        if let other = taken.updateValue(name, forKey: spelling) {
            let meant = meaning().map { ", \($0)," } ?? ""
            diagnostics.error(
                "duplicate-spelling", at: location, "\(other) and \(name)\(meant) of \(owner) are both spelled \(spelling) in Swift",
                hint: "rename one of them")
        }
    }
}
