// Model to plan: which class, attribute and annotation each declaration becomes, and what a module has to import for it.

/// The names of all classes, found once. Where two would be alike, or one would be that of something imported, underscores follow it.
struct PythonNames {
    private(set) var objects: [String: String] = [:]
    private(set) var structures: [String: String] = [:]
    private(set) var literals: [String: String] = [:]
    /// The module that declares a name.
    private(set) var modules: [String: String] = [:]

    init(model: Model) {
        var taken = Naming.pythonClaimed
        func claim(_ name: String) -> String {
            var name = name
            while !taken.insert(name).inserted { name += "_" }
            return name
        }
        for object in model.objects { objects[object.name] = claim(Naming.pythonClass(object.name)) }
        for structure in model.structures { structures[structure.name] = claim(Naming.pythonType(structure.name)) }
        for simple in model.simpleTypes where simple.isEnumeration && !simple.isAnonymous {
            literals[simple.name] = claim(Naming.pythonType(simple.name))
        }
        for file in model.files {
            let module = Naming.pythonModule(file.name)
            for name in file.objects { if let name = objects[name] { modules[name] = module } }
            for name in file.structures { if let name = structures[name] { modules[name] = module } }
            for name in file.simpleTypes { if let name = literals[name] { modules[name] = module } }
        }
    }
}

/// Plans modules of a model.
struct PythonPlanner {
    let model: Model
    let names: PythonNames
    /// References that every object has: they are declared once, like the common properties.
    private let commonTargets: Set<String>
    /// Names that annotations of the module being planned use.
    private var used: Set<String> = []

    init(model: Model) {
        self.model = model
        names = PythonNames(model: model)
        commonTargets = Set(model.links.flatMap(\.ends).filter { $0.from == "all" && $0.kind == .ref }.map(\.to))
    }

    mutating func plan(_ file: ModelFile) -> PythonModulePlan {
        used.removeAll(keepingCapacity: true)
        let module = Naming.pythonModule(file.name)
        let simpleTypes = file.simpleTypes.compactMap(model.simpleType).map(simpleType)
        var structures: [PythonStructure] = []
        for name in file.structures { if let type = model.structure(name) { structures.append(structure(type)) } }
        var objects: [PythonObject] = []
        for name in file.objects { if let type = model.object(name) { objects.append(object(type)) } }
        return PythonModulePlan(
            name: module, source: PythonPlanner.source(of: file), documentation: file.documentation, imports: imports(of: module),
            simpleTypes: simpleTypes, structures: structures, objects: objects)
    }

    /// The class that all objects share, and what its module imports.
    mutating func planCommon() -> (PythonObject, imports: [(module: String, names: [String])]) {
        used.removeAll(keepingCapacity: true)
        let references = model.objects.first?.references.filter { commonTargets.contains($0.to) } ?? []
        let object = PythonObject(
            name: "ConfigObject", schemaName: "", parents: [], properties: model.commonProperties.map { property($0) },
            references: references.map { reference($0) }, children: [], backReferences: [], hasDraft: false,
            documentation: "What every object has, whatever its type.",
            location: SourceLocation(file: SourceFile(path: "", bytes: []), offset: 0))
        return (object, imports(of: "config_object"))
    }

    static func source(of file: ModelFile) -> String { file.file.path.split(separator: "/").last.map(String.init) ?? file.name }

    private func imports(of module: String) -> [(module: String, names: [String])] {
        var byModule: [String: [String]] = [:]
        for name in used { if let home = names.modules[name], home != module { byModule[home, default: []].append(name) } }
        return byModule.map { (module: $0.key, names: $0.value.sorted()) }.sorted { $0.module < $1.module }
    }

    // MARK: Types

    private mutating func annotation(of type: TypeReference) -> String {
        switch type {
        case .scalar(let scalar): return Self.builtin(scalar)
        case .structure(let name):
            let annotation = names.structures[name] ?? "Any"
            used.insert(annotation)
            return annotation
        case .simple(let name):
            if let literal = names.literals[name] {
                used.insert(literal)
                return literal
            }
            guard let simple = model.simpleType(name) else { return "str" }
            if simple.isEnumeration { return "Literal[\(values(of: simple).map(\.literal).joined(separator: ", "))]" }
            guard !simple.unionScalars.isEmpty else { return Self.builtin(simple.base) }
            // A union accepts what any of its members does.
            let members = Set(simple.unionScalars.map(Self.builtin) + (simple.patterns.isEmpty ? [] : ["str"]))
            return members.sorted().joined(separator: " | ")
        }
    }

    private static func builtin(_ scalar: Scalar) -> String {
        switch scalar {
        case .string, .dateTime, .time: "str"
        case .integer, .unsignedInt, .unsignedShort, .unsignedLong: "int"
        case .boolean: "bool"
        }
    }

    private static func name(of type: TypeReference) -> String {
        switch type {
        case .scalar(let scalar): scalar.rawValue
        case .simple(let name), .structure(let name): name
        }
    }

    private func defaultLiteral(_ text: String?, of type: TypeReference) -> String? {
        guard let text else { return nil }
        switch type {
        case .scalar(let scalar): return PythonLiteral.value(text, scalar)
        case .simple(let name): return model.simpleType(name).flatMap { PythonLiteral.value(text, $0.base) }
        case .structure: return nil
        }
    }

    private func simpleType(_ simple: SimpleType) -> PythonSimpleType {
        PythonSimpleType(
            schemaName: simple.name, name: names.literals[simple.name], values: values(of: simple), base: simple.base,
            minimum: simple.minimum, maximum: simple.maximum, documentation: simple.documentation, location: simple.location)
    }

    private func values(of simple: SimpleType) -> [(literal: String, documentation: String)] {
        simple.enumeration.compactMap { entry in
            PythonLiteral.value(entry.value, simple.base).map { (literal: $0, documentation: entry.documentation) }
        }
    }

    // MARK: Structures

    private mutating func structure(_ structure: StructuredType) -> PythonStructure {
        let name = names.structures[structure.name] ?? structure.name
        var members: [PythonStructure.Member] = []
        for member in structure.members {
            let spelling = Naming.pythonMember(member.name)
            let key = Naming.jsonKey(member.name)
            members.append(
                PythonStructure.Member(
                    name: spelling, key: key == spelling ? nil : key, typeName: Self.name(of: member.type),
                    annotation: annotation(of: member.type), isMany: member.isMany,
                    defaultLiteral: member.isMany ? nil : defaultLiteral(member.defaultValue, of: member.type), presence: member.presence,
                    operations: member.operations, documentation: member.documentation, location: member.location))
        }
        return PythonStructure(
            name: name, schemaName: name == structure.name ? nil : structure.name, members: members,
            documentation: structure.documentation, location: structure.location)
    }

    // MARK: Objects

    private mutating func object(_ object: ObjectType) -> PythonObject {
        var parents: [(type: String, className: String)] = []
        for parent in object.parents {
            let name = names.objects[parent.parent] ?? "Resource"
            used.insert(name)
            parents.append((type: parent.parent, className: name))
        }
        let properties = object.properties.map { property($0) }
        let references = object.references.filter { !commonTargets.contains($0.to) }.map { reference($0) }
        return PythonObject(
            name: names.objects[object.name] ?? object.name, schemaName: object.name, parents: parents, properties: properties,
            references: references,
            children: object.children.map { child in
                PythonObject.Related(
                    field: Naming.childField(child.child), other: child.child, data: nil, isDerived: child.derived,
                    link: child.link == "\(child.parent)-\(child.child)" ? nil : child.link)
            },
            backReferences: object.backReferences.map { reference in
                PythonObject.Related(
                    field: Naming.backReferenceField(from: reference.from), other: reference.from, data: reference.data,
                    isDerived: reference.derived, link: nil)
            },
            hasDraft: object.properties.contains { $0.name == "draft-mode-state" }, documentation: object.documentation,
            location: object.location)
    }

    private mutating func property(_ property: Property) -> PythonObject.Property {
        let name = Naming.pythonField(property.name)
        let key = Naming.jsonKey(property.name)
        return PythonObject.Property(
            name: name, key: key == name ? nil : key, typeName: Self.name(of: property.type), annotation: annotation(of: property.type),
            element: element(of: property), defaultLiteral: defaultLiteral(property.defaultValue, of: property.type),
            presence: property.presence, operations: property.operations, documentation: property.documentation, location: property.location
        )
    }

    private mutating func element(of property: Property) -> (name: String, annotation: String, key: String?)? {
        let wanted: String
        var key: String?
        switch property.collection {
        case .single: return nil
        case .list(let member): wanted = member
        case .map(let member, let name):
            wanted = member
            key = Naming.jsonKey(name)
        }
        guard case .structure(let name) = property.type, let member = model.structure(name)?.members.first(where: { $0.name == wanted })
        else { return nil }
        return (name: Naming.pythonMember(wanted), annotation: annotation(of: member.type), key: key)
    }

    private mutating func reference(_ reference: ReferenceRelation) -> PythonObject.Reference {
        let target = names.objects[reference.to] ?? "Resource"
        used.insert(target)
        let data = reference.data.map { (typeName: $0, annotation: annotation(of: .structure($0))) }
        return PythonObject.Reference(
            noun: Naming.jsonKey(reference.to), target: reference.to, targetClass: target, data: data, isDerived: reference.derived,
            link: reference.link == "\(reference.from)-\(reference.to)" ? nil : reference.link, documentation: reference.documentation,
            location: reference.location)
    }
}
