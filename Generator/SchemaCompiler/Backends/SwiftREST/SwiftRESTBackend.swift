// REST tables: one descriptor per object type, which generic handlers interpret. Nothing here runs per type; whatever is the same
// for two types is in the module Resources.

/// Generates the module of resource descriptors.
public struct SwiftRESTBackend {
    let model: Model

    public init(model: Model) { self.model = model }

    /// One file per schema file and `Index+REST.swift`, which lists all types.
    public func files() -> [OutputFile] {
        model.files.map(file) + [index()]
    }

    private func index() -> OutputFile {
        var printer = CodePrinter()
        printer.swiftHeader(from: "all files of the schema", imports: ["Coding", "ConfigurationModel", "Resources"])
        printer.blank()
        printer.line("/// Every object type of the configuration schema, as the REST handlers see it.")
        printer.block("public enum ConfigurationResources {") { printer in
            printer.line("public static let catalogue = ResourceCatalogue(types)")
            printer.blank()
            printer.line("/// In the order of their names.")
            printer.block("public static let types: [ResourceType] = [", "]") { printer in
                for name in model.objects.map(\.name).sorted() { printer.line("\(Naming.swiftMember(name)),") }
            }
            printer.blank()
            printer.line("/// Properties that every object has.")
            printer.block("static let common: [PropertyDescriptor] = [", "]") { printer in
                for property in model.commonProperties { printer.line("\(descriptor(of: property)),") }
            }
        }
        return OutputFile(path: "Index+REST.swift", bytes: printer.bytes)
    }

    private func file(_ file: ModelFile) -> OutputFile {
        var printer = CodePrinter()
        let source = file.file.path.split(separator: "/").last.map(String.init) ?? file.name
        printer.swiftHeader(from: source, imports: ["Coding", "ConfigurationModel", "Resources"])
        if !file.objects.isEmpty {
            printer.blank()
            printer.block("extension ConfigurationResources {") { printer in
                for object in file.objects.compactMap(model.object) { print(object, to: &printer) }
            }
        }
        return OutputFile(path: "\(file.name)+REST.swift", bytes: printer.bytes)
    }

    private func print(_ object: ObjectType, to printer: inout CodePrinter) {
        printer.line("/// `/\(object.name)`, `/\(Naming.collection(object.name))`. Schema: \(object.location.reference)")
        printer.block("public static let \(Naming.swiftMember(object.name)) = ResourceType(", ")") { printer in
            printer.line("\"\(object.name)\", summary: \(SwiftLiteral.string(Prose.summary(object.documentation))),")
            list("parents", object.parents.map(descriptor), ",", to: &printer)
            list("properties", object.properties.map(descriptor), " + common,", to: &printer)
            list("references", object.references.map(descriptor), "", to: &printer)
        }
    }

    private func list(_ label: String, _ items: [String], _ end: String, to printer: inout CodePrinter) {
        guard !items.isEmpty else {
            printer.line("\(label): []\(end)")
            return
        }
        printer.block("\(label): [", "]\(end)") { printer in for item in items { printer.line("\(item),") } }
    }

    private func descriptor(of parent: ParentRelation) -> String {
        "ParentDescriptor(\"\(parent.parent)\", link: \"\(parent.link)\"\(parent.derived ? ", isDerived: true" : ""))"
    }

    private func descriptor(of reference: ReferenceRelation) -> String {
        let data = reference.data.map { ", data: \(Naming.swiftType($0)).self" } ?? ""
        return "ReferenceDescriptor(\"\(reference.to)\", link: \"\(reference.link)\"\(data)\(reference.derived ? ", isWeak: true" : ""))"
    }

    private func descriptor(of property: Property) -> String {
        let value = SwiftValue(property.type, in: model)
        var arguments = "\"\(property.name)\", "
        switch value {
        case .coded(let name): arguments += "\(name).self"
        case .bounded(let name): arguments += "integer: \(name).range"
        case .patterned(let name): arguments += "pattern: \(name).pattern"
        case .sized(let name): arguments += "length: \(name).length"
        case .united(let name): arguments += "union: \(name).pattern"
        }
        switch property.collection {
        case .single: break
        case .list(let member): arguments += ", list: \"\(Naming.jsonKey(member))\", of: \(item(of: property)).self"
        case .map(let member, let key):
            arguments += ", map: \"\(Naming.jsonKey(member))\", key: \"\(Naming.jsonKey(key))\", of: \(item(of: property)).self"
        }
        if property.presence != .optional { arguments += ", presence: .\(Naming.swiftIdentifier(property.presence.rawValue))" }
        if property.operations != .all { arguments += ", operations: \"\(property.operations.letters)\"" }
        return "PropertyDescriptor(\(arguments))"
    }

    /// The Swift type of one element of a list or map property.
    private func item(of property: Property) -> String {
        guard case .structure(let name) = property.type, let member = model.structure(name)?.members.first else { return "String" }
        return SwiftValue(member.type, in: model).typeName
    }
}
