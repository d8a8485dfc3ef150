// Objects, their properties and the relations between them: top-level elements and the statements about them.

/// What has been placed so far, to find a second of the same kind.
struct Placed {
    struct Place: Hashable {
        /// Index into `Model.objects`.
        let object: Int
        /// The property, or the object at the other end.
        let name: String
    }
    /// Indexes into `Model.links` by name.
    var links: [String: Int] = [:]
    var commonProperties: Set<String> = []
    var properties: Set<Place> = []
    /// Indexes into the lists of the child and of the referring object.
    var parents: [Place: Int] = [:]
    var references: [Place: Int] = [:]
}

extension Lowering {
    /// An element of the identity type declares an object.
    mutating func lowerObjects() {
        for name in declarations.elementOrder {
            guard let declared = declarations.elements[name], Self.isIdentity(Self.local(declared.element["type"] ?? "")) else { continue }
            if name == "all" {
                diagnostics.error(
                    "reserved-name", at: declared.element.location(of: "name"), "\"all\" means every object in annotations",
                    hint: "name the object differently")
                continue
            }
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
        // Of several statements about one element the first decides presence and operations in the older dialect.
        var first: [String: Statement] = [:]
        for statement in declarations.statements {
            guard let declared = declarations.elements[statement.element] else {
                // Only the older dialect names an element from elsewhere. It documents members of types this way, which have no use for it.
                // A link may be stated without an element.
                if case .reference = statement.body, isName(statement.element) { add(statement, about: nil, statement) }
                continue
            }
            spoken.insert(statement.element)
            let decisive = isLegacy ? first[statement.element, default: statement] : statement
            first[statement.element] = decisive
            add(statement, about: declared.element, decisive)
        }
        guard !isLegacy else { return }
        for name in declarations.elementOrder where !spoken.contains(name) && model.objectIndex[name] == nil {
            // An annotation that could not be read has been reported, and an object's name likewise.
            guard let element = declarations.elements[name]?.element, !AnnotationReader.isAnnotated(element), name != "all" else {
                continue
            }
            diagnostics.error(
                "unused-element", at: element.location, "\(name) is neither an object nor a property nor a reference",
                hint: "give it the type IdentityType or an annotation such as t:property")
        }
    }

    private mutating func add(_ statement: Statement, about element: Element?, _ decisive: Statement) {
        switch statement.body {
        case .property(let object, let shape):
            guard let element else { return }
            addProperty(statement, of: object, shape, element, decisive)
        case .reference(let from, let to, let kind, let derived):
            addLink(statement, Link.End(from: from, to: to, kind: kind, derived: derived), element, decisive)
        }
    }

    // MARK: Properties

    private mutating func addProperty(
        _ statement: Statement, of object: String, _ shape: Statement.Shape, _ element: Element, _ decisive: Statement
    ) {
        let type = typeReference(element, "property \(statement.element)")
        let documentation =
            statement.documentation.isEmpty ? requiredDocumentation(of: element, "property \(statement.element)") : statement.documentation
        if let value = element["default"] { checkDefault(value, of: type, nil, at: element.location(of: "default")) }
        let property = Property(
            name: statement.element, type: type, collection: collection(shape, type, statement), presence: decisive.presence,
            operations: decisive.operations, defaultValue: element["default"], documentation: documentation, location: element.location)
        if object == "all" {
            if placed.commonProperties.insert(property.name).inserted { model.commonProperties.append(property) }
            return
        }
        guard let index = model.objectIndex[object] else {
            unknownObject(object, statement, "of")
            return
        }
        guard placed.properties.insert(Placed.Place(object: index, name: property.name)).inserted else {
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
                hint: "use \(isLegacy ? "Property" : "t:property"), or a type with exactly one member with maxOccurs=\"unbounded\"")
            return .single
        }
        guard case .map(let key) = shape else { return .list(member: member.name) }
        guard case .structure(let elementName) = member.type, let element = model.structure(elementName),
            element.members.contains(where: { $0.name == key })
        else {
            complain(
                "bad-collection", at: statement.location(of: "key"), "the elements of \(statement.element) have no member \(key)",
                hint: "name the member that identifies an element")
            return .list(member: member.name)
        }
        return .map(member: member.name, key: key)
    }

    /// - Parameter attribute: the one that names the object.
    private func unknownObject(_ name: String, _ statement: Statement, _ attribute: String) {
        complain(
            "unknown-object", at: statement.location(of: attribute), "no object is named \(name)",
            hint: Spelling.suggestion(for: name, in: model.objects.map(\.name)) ?? "an object is an element of type IdentityType")
    }

    // MARK: Relations

    private mutating func addLink(_ statement: Statement, _ end: Link.End, _ element: Element?, _ decisive: Statement) {
        for (object, attribute) in [(end.from, "from"), (end.to, "to")] where object != "all" && model.objectIndex[object] == nil {
            unknownObject(object, statement, attribute)
            return
        }
        if end.to == "all" {
            diagnostics.error(
                "bad-value", at: statement.location(of: "to"), "a reference cannot lead to every object",
                hint: "name the one object that it leads to")
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
        var documentation = statement.documentation
        if documentation.isEmpty, let element { documentation = requiredDocumentation(of: element, "reference \(statement.element)") }
        if let index = placed.links[statement.element] {
            model.links[index].ends.append(end)
        } else {
            placed.links[statement.element] = model.links.count
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
                "bad-value", at: statement.location(of: "from"), "not every object can be a parent", hint: "name the parent in from=\"…\"")
            return
        }
        if end.to == "config-root" {
            diagnostics.error(
                "bad-parent", at: statement.location, "config-root is the root and has no parent", hint: "exchange from and to")
            return
        }
        let place = Placed.Place(object: index, name: end.from)
        if let other = placed.parents[place].map({ model.objects[index].parents[$0] }) {
            let disagreement = other.derived == end.derived ? "" : ", and they disagree on derived"
            let hint = other.link == statement.element ? "remove one annotation" : "keep one of \(other.link) and \(statement.element)"
            complain(
                "duplicate-parent", at: statement.location,
                "\(end.to) already has the parent \(end.from) through \(other.link) at \(other.location.reference)\(disagreement)",
                hint: hint)
            return
        }
        placed.parents[place] = model.objects[index].parents.count
        model.objects[index].parents.append(
            ParentRelation(
                parent: end.from, child: end.to, link: statement.element, derived: end.derived, documentation: documentation,
                location: statement.location))
    }

    private mutating func addReference(_ reference: ReferenceRelation, _ statement: Statement) {
        guard let index = model.objectIndex[reference.from] else { return }
        let place = Placed.Place(object: index, name: reference.to)
        if let other = placed.references[place].map({ model.objects[index].references[$0] }) {
            complain(
                "duplicate-reference", at: statement.location,
                "\(reference.from) already refers to \(reference.to) through \(other.link) at \(other.location.reference)",
                hint: "both would be spelled \(Naming.referenceField(to: reference.to)); keep one")
            return
        }
        placed.references[place] = model.objects[index].references.count
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
