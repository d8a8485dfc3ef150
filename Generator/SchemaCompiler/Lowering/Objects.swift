// Objects, their properties and the relations between them: top-level elements and the statements about them.

extension Lowering {
    /// An element of the identity type declares an object.
    mutating func lowerObjects() {
        for name in declarations.elementOrder {
            guard let declared = declarations.elements[name], Self.isIdentity(Self.local(declared.element["type"] ?? "")) else { continue }
            let object = ObjectType(
                name: name, documentation: requiredDocumentation(of: declared.element, "object \(name)"),
                location: declared.element.location)
            model.objectIndex[name] = model.objects.count
            model.objects.append(object)
            model.files[declared.file].objects.append(name)
        }
    }

    mutating func lowerStatements() {
        var spoken: Set<String> = []
        var linkIndex: [String: Int] = [:]
        // Of several statements about one element the first decides presence and operations in the older dialect.
        var first: [String: Statement] = [:]
        for statement in declarations.statements {
            guard let declared = declarations.elements[statement.element] else {
                // Members of types are documented this way in the older schema; only elements at the top can be meant here.
                if !isLegacy {
                    diagnostics.error("unknown-element", at: statement.location, "no element is named \(statement.element)", hint: nil)
                } else if case .reference = statement.body {
                    // A link may be stated without an element.
                    add(statement, about: nil, &linkIndex, statement)
                }
                continue
            }
            spoken.insert(statement.element)
            let decisive = isLegacy ? first[statement.element, default: statement] : statement
            first[statement.element] = decisive
            add(statement, about: declared.element, &linkIndex, decisive)
        }
        guard !isLegacy else { return }
        for name in declarations.elementOrder where !spoken.contains(name) && model.objectIndex[name] == nil {
            guard let declared = declarations.elements[name] else { continue }
            diagnostics.error(
                "unused-element", at: declared.element.location, "\(name) is neither an object nor a property nor a reference",
                hint: "give it the type IdentityType or an annotation")
        }
    }

    private mutating func add(_ statement: Statement, about element: Element?, _ linkIndex: inout [String: Int], _ decisive: Statement) {
        switch statement.body {
        case .property(let object, let shape):
            guard let element else { return }
            addProperty(statement, of: object, shape, element, decisive)
        case .reference(let from, let to, let kind, let derived):
            addLink(statement, Link.End(from: from, to: to, kind: kind, derived: derived), element, &linkIndex, decisive)
        }
    }

    // MARK: Properties

    private mutating func addProperty(
        _ statement: Statement, of object: String, _ shape: Statement.Shape, _ element: Element, _ decisive: Statement
    ) {
        let type = typeReference(element, "property \(statement.element)")
        let documentation =
            statement.documentation.isEmpty ? requiredDocumentation(of: element, "property \(statement.element)") : statement.documentation
        if let value = element["default"] { checkDefault(value, of: type, at: element.location(of: "default")) }
        let property = Property(
            name: statement.element, type: type, collection: collection(shape, type, statement), presence: decisive.presence,
            operations: decisive.operations, defaultValue: element["default"], documentation: documentation, location: element.location)
        if object == "all" {
            if !model.commonProperties.contains(where: { $0.name == property.name }) { model.commonProperties.append(property) }
            return
        }
        guard let index = model.objectIndex[object] else {
            unknownObject(object, statement)
            return
        }
        guard !model.objects[index].properties.contains(where: { $0.name == property.name }) else {
            complain(
                "duplicate", at: statement.location, "\(object) already has the property \(property.name)", hint: "remove one annotation")
            return
        }
        model.objects[index].properties.append(property)
    }

    /// List and map properties wrap exactly one repeated member, whose elements are stored one by one.
    private func collection(_ shape: Statement.Shape, _ type: TypeReference, _ statement: Statement) -> Property.Collection {
        guard shape != .single else { return .single }
        guard case .structure(let name) = type, let structure = model.structure(name), structure.members.count == 1,
            let member = structure.members.first, member.isMany
        else {
            complain(
                "bad-collection", at: statement.location,
                "\(statement.element) is stored element by element, but its type is not a wrapper of one repeated member",
                hint: "use t:property, or a type with exactly one member with maxOccurs=\"unbounded\"")
            return .single
        }
        guard case .map(let key) = shape else { return .list(member: member.name) }
        guard case .structure(let elementName) = member.type, let element = model.structure(elementName),
            element.members.contains(where: { $0.name == key })
        else {
            complain(
                "bad-collection", at: statement.location, "the elements of \(statement.element) have no member \(key)",
                hint: "name the member that identifies an element")
            return .list(member: member.name)
        }
        return .map(member: member.name, key: key)
    }

    private func unknownObject(_ name: String, _ statement: Statement) {
        complain(
            "unknown-object", at: statement.objectLocation, "no object is named \(name)",
            hint: Spelling.suggestion(for: name, in: model.objects.map(\.name)) ?? "an object is an element of type IdentityType")
    }

    // MARK: Relations

    private mutating func addLink(
        _ statement: Statement, _ end: Link.End, _ element: Element?, _ linkIndex: inout [String: Int], _ decisive: Statement
    ) {
        for object in [end.from, end.to] where object != "all" && model.objectIndex[object] == nil {
            unknownObject(object, statement)
            return
        }
        if end.to == "all" {
            diagnostics.error(
                "bad-value", at: statement.location, "a reference cannot lead to every object", hint: "name the object in to=\"…\"")
            return
        }
        var data: String?
        if let element, let written = element["type"] {
            if case .structure(let name) = typeReference(element, "reference \(statement.element)") {
                data = name
            } else {
                complain(
                    "bad-reference", at: element.location(of: "type"), "the data of a reference is structured, \(written) is not",
                    hint: "name a complexType, or leave the type out")
            }
        }
        let documentation =
            statement.documentation.isEmpty && element != nil
            ? element.map { requiredDocumentation(of: $0, "reference \(statement.element)") } ?? "" : statement.documentation
        if let index = linkIndex[statement.element] {
            model.links[index].ends.append(end)
        } else {
            linkIndex[statement.element] = model.links.count
            model.links.append(
                Link(
                    name: statement.element, data: data, documentation: documentation, location: element?.location ?? statement.location,
                    ends: [end]))
        }
        switch end.kind {
        case .link: break
        case .has: addParent(end, statement, documentation)
        case .ref:
            for from in end.from == "all" ? model.objects.map(\.name) : [end.from] {
                addReference(
                    ReferenceRelation(
                        from: from, to: end.to, link: end.from == "all" ? "\(from)-\(end.to)" : statement.element, data: data,
                        derived: end.derived,
                        presence: decisive.presence, operations: decisive.operations, documentation: documentation,
                        location: element?.location ?? statement.location), statement)
            }
        }
    }

    private mutating func addParent(_ end: Link.End, _ statement: Statement, _ documentation: String) {
        guard end.from != "all", let index = model.objectIndex[end.to] else {
            diagnostics.error(
                "bad-value", at: statement.location, "not every object can be a parent", hint: "name the parent in from=\"…\"")
            return
        }
        if end.to == "config-root" {
            diagnostics.error(
                "bad-parent", at: statement.location, "config-root is the root and has no parent", hint: "exchange from and to")
            return
        }
        if let other = model.objects[index].parents.first(where: { $0.parent == end.from }) {
            let disagreement = other.derived == end.derived ? "" : ", and they disagree on derived"
            complain(
                "duplicate-parent", at: statement.location,
                "\(end.to) already has the parent \(end.from) through \(other.link)\(disagreement)",
                hint: "keep one of \(other.link) and \(statement.element)")
            return
        }
        model.objects[index].parents.append(
            ParentRelation(
                parent: end.from, child: end.to, link: statement.element, derived: end.derived, documentation: documentation,
                location: statement.location))
    }

    private mutating func addReference(_ reference: ReferenceRelation, _ statement: Statement) {
        guard let index = model.objectIndex[reference.from] else { return }
        if let other = model.objects[index].references.first(where: { $0.to == reference.to }) {
            complain(
                "duplicate-reference", at: statement.location, "\(reference.from) already refers to \(reference.to) through \(other.link)",
                hint: "both would be spelled \(Naming.referenceField(to: reference.to)); keep one")
            return
        }
        model.objects[index].references.append(reference)
    }

    /// Writes each relation down at its other end as well.
    mutating func completeRelations() {
        var children: [String: [ParentRelation]] = [:]
        var referrers: [String: [ReferenceRelation]] = [:]
        for object in model.objects {
            for parent in object.parents { children[parent.parent, default: []].append(parent) }
            for reference in object.references { referrers[reference.to, default: []].append(reference) }
        }
        for index in model.objects.indices {
            let name = model.objects[index].name
            model.objects[index].references.sort { $0.to < $1.to }
            model.objects[index].children = (children[name] ?? []).sorted { $0.child < $1.child }
            model.objects[index].backReferences = (referrers[name] ?? []).sorted { $0.from < $1.from }
        }
    }
}
