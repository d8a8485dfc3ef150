// What there is to say about each kind of noun.

extension Explainer {
    func explanation(of subject: Subject, at path: String) -> Explanation {
        switch subject {
        case .object(let object): explain(object)
        case .property(let property, let objects): explain(property, of: objects, path)
        case .child(let relation): explain(relation, path)
        case .reference(let relation): explain(relation, path, kind: "reference", field: Naming.referenceField(to: relation.to))
        case .backReference(let relation):
            explain(relation, path, kind: "back reference", field: Naming.backReferenceField(from: relation.from))
        case .link(let link): explain(link)
        case .structure(let structure): explain(structure)
        case .member(let member, let structure): explain(member, of: structure, path)
        case .simple(let simple): explain(simple)
        }
    }

    // MARK: Objects and what they hold

    private func explain(_ object: ObjectType) -> Explanation {
        var result = Explanation(object.name, "object", documentation: object.documentation)
        let parents = object.parents.map(\.parent)
        result.fact("lives below", parents.isEmpty ? "the root" : parents.joined(separator: ", "))
        result.fact("REST", "/\(Naming.collection(object.name)), /\(object.name)/UUID")
        result.fact("JSON", "{\"\(object.name)\": {…}}")
        result.fact("Swift", "\(Naming.swiftType(object.name)), client.\(Naming.swiftCollection(object.name))")
        let python = Naming.jsonKey(object.name)
        result.fact("Python", "\(Naming.pythonClass(object.name)), \(python)_create, \(python)_read, \(python)s_list, …")
        result.fact("schema", object.location.reference)
        let columns = { (property: Property) in
            [Naming.jsonKey(property.name), typeName(property.type), rights(property.presence, property.operations)]
        }
        result.section("Properties", object.properties.map(columns))
        result.section("Properties that every object has", model.commonProperties.map(columns))
        result.section(
            "References",
            object.references.map {
                [Naming.referenceField(to: $0.to), target($0.to, $0.data), $0.derived ? "weak: made by the system" : ""]
            })
        result.section(
            "Children", object.children.map { [Naming.childField($0.child), "→ \($0.child)", $0.derived ? "made by the system" : ""] })
        result.section(
            "Referred to by", object.backReferences.map { [Naming.backReferenceField(from: $0.from), "← \($0.from)", $0.data ?? ""] })
        return result
    }

    private func explain(_ property: Property, of objects: [ObjectType], _ path: String) -> Explanation {
        let owners = objects.isEmpty ? "every object" : objects.map(\.name).joined(separator: ", ")
        var result = Explanation(path, "property of \(owners)", documentation: property.documentation)
        describe(property.type, isMany: false, in: &result)
        switch property.collection {
        case .single: break
        case .list(let member): result.fact("stored", "element by element of \(Naming.jsonKey(member)), each addressed by its position")
        case .map(let member, let key):
            result.fact("stored", "element by element of \(Naming.jsonKey(member)), each addressed by its \(Naming.jsonKey(key))")
        }
        result.fact("presence", Self.sentence(property.presence))
        result.fact("operations", Self.words(property.operations))
        result.fact("default", property.defaultValue)
        if let object = objects.first, objects.count == 1 { result.fact("REST", "/\(object.name)/UUID") }
        let key = Naming.jsonKey(property.name)
        result.fact("JSON", key)
        let swift = objects.count == 1 ? objects.first.map { Naming.swiftType($0.name) + "." } ?? "" : ""
        result.fact("Swift", "\(swift)\(Naming.swiftMember(property.name)): \(swiftType(property.type, isMany: false))")
        result.fact("Python", "get_\(key), set_\(key)")
        result.fact("schema", property.location.reference)
        describeContents(of: property.type, in: &result)
        return result
    }

    private func explain(_ relation: ParentRelation, _ path: String) -> Explanation {
        var result = Explanation(path, "children of \(relation.parent)", documentation: relation.documentation)
        result.fact("object", relation.child)
        if relation.derived { result.fact("derived", "made by the system; does not keep its parent from being deleted") }
        result.fact("REST", "/\(Naming.collection(relation.child))?parent_id=UUID")
        result.fact("JSON", Naming.childField(relation.child))
        result.fact("Python", "get_\(Naming.childField(relation.child))")
        result.fact("link", relation.link)
        result.fact("schema", relation.location.reference)
        return result
    }

    private func explain(_ relation: ReferenceRelation, _ path: String, kind: String, field: String) -> Explanation {
        var result = Explanation(path, "\(kind), \(relation.from) → \(relation.to)", documentation: relation.documentation)
        result.fact("data", relation.data ?? "none: the reference itself says all")
        result.fact("presence", Self.sentence(relation.presence))
        result.fact("operations", Self.words(relation.operations))
        if relation.derived { result.fact("derived", "weak: made by the system, does not keep its target from being deleted") }
        result.fact("REST", "/\(kind == "reference" ? relation.from : relation.to)/UUID, and POST /ref-update")
        result.fact("JSON", field)
        let python = Naming.jsonKey(relation.to)
        result.fact("Python", kind == "reference" ? "add_\(python), set_\(python), del_\(python), get_\(field)" : "get_\(field)")
        result.fact("link", relation.link)
        result.fact("schema", relation.location.reference)
        if let data = relation.data { describeContents(of: .structure(data), in: &result) }
        return result
    }

    private func explain(_ link: Link) -> Explanation {
        var result = Explanation(link.name, "link", documentation: link.documentation)
        result.fact("data", link.data)
        result.fact("schema", link.location.reference)
        result.section(
            "Joins",
            link.ends.map { end in
                let kind =
                    switch end.kind {
                    case .has: "parent and child"
                    case .ref: "reference"
                    case .link: "edge of the graph, not shown by the API"
                    }
                return [end.from, "→ \(end.to)", kind + (end.derived ? ", derived" : "")]
            })
        if let data = link.data { describeContents(of: .structure(data), in: &result) }
        return result
    }

    // MARK: Types

    private func explain(_ structure: StructuredType) -> Explanation {
        var result = Explanation(structure.name, "structured type", documentation: structure.documentation)
        result.fact("Swift", Naming.swiftType(structure.name))
        result.fact("Python", structure.name)
        result.fact("schema", structure.location.reference)
        describeContents(of: .structure(structure.name), in: &result)
        result.section("Used by", users(of: .structure(structure.name)))
        return result
    }

    private func explain(_ member: Member, of structure: StructuredType, _ path: String) -> Explanation {
        var result = Explanation(path, "member of \(structure.name)", documentation: member.documentation)
        describe(member.type, isMany: member.isMany, in: &result)
        result.fact("occurs", Self.sentence(member.cardinality))
        if let choice = member.choice {
            let others = structure.members.filter { $0.choice == choice && $0.name != member.name }.map { Naming.jsonKey($0.name) }
            result.fact("instead of", others.joined(separator: ", "))
        }
        result.fact("presence", member.presence.map(Self.sentence))
        result.fact("operations", member.operations.map(Self.words))
        result.fact("default", member.defaultValue)
        result.fact("JSON", Naming.jsonKey(member.name))
        let swift = swiftType(member.type, isMany: member.isMany)
        result.fact("Swift", "\(Naming.swiftType(structure.name)).\(Naming.swiftMember(member.name)): \(swift)")
        result.fact("Python", "\(structure.name).\(Naming.jsonKey(member.name))")
        result.fact("schema", member.location.reference)
        describeContents(of: member.type, in: &result)
        result.section("\(structure.name) is used by", users(of: .structure(structure.name)))
        return result
    }

    private func explain(_ simple: SimpleType) -> Explanation {
        var result = Explanation(
            simple.name, simple.isAnonymous ? "simple type without a name" : "simple type", documentation: simple.documentation)
        result.fact("values", Self.range(of: simple))
        let swift = SwiftValue(simple)
        result.fact("Swift", swift.typeName == Naming.swiftType(simple.name) ? swift.typeName : "\(swift.typeName), checked")
        result.fact("schema", simple.location.reference)
        describeContents(of: .simple(simple.name), in: &result)
        result.section("Used by", users(of: .simple(simple.name)))
        return result
    }

    // MARK: Parts

    private func describe(_ type: TypeReference, isMany: Bool, in result: inout Explanation) {
        result.fact("type", isMany ? "list of \(typeName(type))" : typeName(type))
        switch type {
        case .scalar(let scalar): result.fact("values", Self.range(of: scalar))
        case .simple(let name): result.fact("values", model.simpleType(name).map(Self.range))
        case .structure: break
        }
    }

    /// The members of a structure, the values of an enumeration.
    private func describeContents(of type: TypeReference, in result: inout Explanation) {
        switch type {
        case .scalar: break
        case .simple(let name):
            guard let simple = model.simpleType(name) else { return }
            result.section("Values", simple.enumeration.map { [$0.value, Prose.summary($0.documentation)] })
        case .structure(let name):
            guard let structure = model.structure(name) else { return }
            result.section(
                "Members of \(name)",
                structure.members.map { member in
                    let type = (member.isMany ? "list of " : "") + typeName(member.type)
                    return [Naming.jsonKey(member.name), type, Prose.summary(member.documentation)]
                })
        }
    }

    /// Properties, members and references that have a type.
    private func users(of type: TypeReference) -> [[String]] {
        var rows: [[String]] = []
        for property in model.commonProperties where property.type == type { rows.append(["every object", Naming.jsonKey(property.name)]) }
        for object in model.objects {
            for property in object.properties where property.type == type { rows.append([object.name, Naming.jsonKey(property.name)]) }
            for reference in object.references where reference.data.map(TypeReference.structure) == type {
                rows.append([object.name, Naming.referenceField(to: reference.to)])
            }
        }
        for structure in model.structures {
            for member in structure.members where member.type == type { rows.append([structure.name, Naming.jsonKey(member.name)]) }
        }
        return rows
    }

    private func target(_ object: String, _ data: String?) -> String { "→ \(object)" + (data.map { " with \($0)" } ?? "") }

    private func swiftType(_ type: TypeReference, isMany: Bool) -> String {
        let name = SwiftValue(type, in: model).typeName
        return isMany ? "[\(name)]" : name
    }
}
