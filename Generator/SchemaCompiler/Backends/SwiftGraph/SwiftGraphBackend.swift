// The configuration graph: node types with the properties that travel in them, and link types by metadata name, as control nodes and
// agents know them. A reference that carries data becomes a node of its own on the wire; the generic store does that.

/// Generates the module of node and link types.
public struct SwiftGraphBackend {
    let model: Model

    public init(model: Model) { self.model = model }

    /// One file per schema file and `Index+Graph.swift`, which lists all types.
    public func files() -> [OutputFile] { model.files.map(file) + [index()] }

    private func index() -> OutputFile {
        var printer = CodePrinter()
        printer.swiftHeader(from: "all files of the schema", imports: ["Coding", "ConfigurationModel", "Graph"])
        printer.blank()
        printer.line("/// The node and link types of the configuration graph.")
        printer.block("public enum ConfigurationGraph {") { printer in
            printer.line("public static let schema = GraphSchema(nodes: nodes, links: links)")
            printer.blank()
            printer.line("/// In the order of their names.")
            printer.block("static let nodes: [GraphNodeType] = [", "]") { printer in
                for name in model.objects.map(\.name).sorted() { printer.line("\(Naming.swiftMember(name)),") }
            }
            printer.blank()
            let contributors = model.files.filter { !links(of: $0).isEmpty }
            printer.line(
                "static let links: [GraphLinkType] = [\(contributors.map { constant(of: $0) }.joined(separator: ", "))].flatMap { $0 }")
            printer.blank()
            printer.line("/// Properties that every node has.")
            printer.block("static let common: [GraphNodeProperty] = [", "]") { printer in
                for property in model.commonProperties { printer.line("\(descriptor(of: property)),") }
            }
        }
        return OutputFile(path: "Index+Graph.swift", bytes: printer.bytes)
    }

    private func file(_ file: ModelFile) -> OutputFile {
        var printer = CodePrinter()
        let source = file.file.path.split(separator: "/").last.map(String.init) ?? file.name
        printer.swiftHeader(from: source, imports: ["Coding", "ConfigurationModel", "Graph"])
        let links = links(of: file)
        if !file.objects.isEmpty || !links.isEmpty {
            printer.blank()
            printer.block("extension ConfigurationGraph {") { printer in
                for object in file.objects.compactMap(model.object) { print(object, to: &printer) }
                if !links.isEmpty {
                    printer.block("static let \(constant(of: file)): [GraphLinkType] = [", "]") { printer in
                        for link in links { printer.line("\(link),") }
                    }
                }
            }
        }
        return OutputFile(path: "\(file.name)+Graph.swift", bytes: printer.bytes)
    }

    private func constant(of file: ModelFile) -> String { Naming.swiftIdentifier(file.name) + "Links" }

    private func print(_ object: ObjectType, to printer: inout CodePrinter) {
        printer.line("/// Schema: \(object.location.reference)")
        guard !object.properties.isEmpty else {
            printer.line("public static let \(Naming.swiftMember(object.name)) = GraphNodeType(\"\(object.name)\", properties: common)")
            return
        }
        printer.block("public static let \(Naming.swiftMember(object.name)) = GraphNodeType(", ")") { printer in
            printer.line("\"\(object.name)\",")
            printer.block("properties: [", "] + common") { printer in
                for property in object.properties { printer.line("\(descriptor(of: property)),") }
            }
        }
    }

    /// The links that belong to a file: a parent relation stands with the child, a reference with the object that refers.
    private func links(of file: ModelFile) -> [String] {
        let objects = file.objects.compactMap(model.object)
        let parents = objects.flatMap(\.parents).map { "GraphLinkType(\"\($0.link)\", parent: \"\($0.parent)\", child: \"\($0.child)\")" }
        let references = objects.flatMap(\.references).map { reference in
            let data = reference.data.map { ", data: \(Naming.swiftType($0)).self" } ?? ""
            return "GraphLinkType(\"\(reference.link)\", from: \"\(reference.from)\", to: \"\(reference.to)\"\(data))"
        }
        let edges = model.links.filter { $0.location.file === file.file }.flatMap { link in
            link.ends.filter { $0.kind == .link }.map { end in
                let data = link.data.map { ", data: \(Naming.swiftType($0)).self" } ?? ""
                return "GraphLinkType(\"\(link.name)\", from: \"\(end.from)\", to: \"\(end.to)\"\(data))"
            }
        }
        return parents + references + edges
    }

    private func descriptor(of property: Property) -> String {
        let value = SwiftValue(property.type, in: model)
        let argument =
            switch value {
            case .coded(let name): "\(name).self"
            case .bounded: "Int.self"
            case .patterned, .sized, .united: "String.self"
            }
        return "GraphNodeProperty(\"\(property.name)\", \(argument))"
    }
}
