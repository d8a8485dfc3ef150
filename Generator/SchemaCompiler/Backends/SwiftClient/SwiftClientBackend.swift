// The typed client: for each object type one accessor of a generic collection. How requests travel is the module Client's business.

/// Generates the module of typed collections.
public struct SwiftClientBackend {
    let model: Model

    public init(model: Model) { self.model = model }

    public func files() -> [OutputFile] {
        model.files.map { file in
            var printer = CodePrinter()
            let source = file.file.path.split(separator: "/").last.map(String.init) ?? file.name
            printer.swiftHeader(from: source, imports: ["Client", "ConfigurationModel"])
            if !file.objects.isEmpty {
                printer.blank()
                printer.block("extension ConfigurationClient {") { printer in
                    for object in file.objects.compactMap(model.object) {
                        printer.line("/// \(Prose.summary(object.documentation))")
                        printer.line("///")
                        printer.line("/// `/\(Naming.collection(object.name))`. Schema: \(object.location.reference)")
                        let type = Naming.swiftType(object.name)
                        printer.line(
                            "public var \(Naming.swiftCollection(object.name)): Collection<\(type)> { Collection(of: \(type).self, on: self) }"
                        )
                    }
                }
            }
            return OutputFile(path: "\(file.name)+Client.swift", bytes: printer.bytes)
        }
    }
}
