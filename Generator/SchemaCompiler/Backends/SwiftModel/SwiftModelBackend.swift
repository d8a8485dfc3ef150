// Swift value types: one file of structs and open enumerations per schema file, each with JSON and XML coding. The code is plain on
// purpose: no Codable and no synthesised conformances, which cost most of the compile time and run seven to nine times slower.

/// Generates the module of value types.
public struct SwiftModelBackend {
    let model: Model

    public init(model: Model) { self.model = model }

    public func files() -> [OutputFile] {
        let planner = SwiftModelPlanner(model: model)
        return model.files.map { file in
            var printer = CodePrinter()
            print(planner.plan(file), to: &printer)
            return OutputFile(path: "\(file.name)+Model.swift", bytes: printer.bytes)
        }
    }

    private func print(_ plan: SwiftModelPlan, to printer: inout CodePrinter) {
        printer.swiftHeader(from: plan.source, imports: ["Coding", "Resources"])
        for enumeration in plan.enumerations { print(enumeration, to: &printer) }
        for restriction in plan.restrictions { print(restriction, to: &printer) }
        for structure in plan.structures { print(structure, to: &printer) }
        for object in plan.objects { print(object, to: &printer) }
        if let common = plan.common { printCommon(common, to: &printer) }
    }

    private func print(_ enumeration: SwiftModelPlan.Enumeration, to printer: inout CodePrinter) {
        printer.blank()
        printer.swiftDocumentation(enumeration.documentation, enumeration.location)
        printer.block("public struct \(enumeration.name): OpenEnumeration {") { printer in
            printer.line("public let rawValue: String")
            printer.line("public init(rawValue: String) { self.rawValue = rawValue }")
            for entry in enumeration.cases {
                printer.prose(entry.documentation, prefix: "/// ")
                printer.line("public static var \(entry.name): Self { Self(rawValue: \(SwiftLiteral.string(entry.value))) }")
            }
            printer.line(
                "public static let knownValues = [\(enumeration.cases.map { SwiftLiteral.string($0.value) }.joined(separator: ", "))]")
        }
    }

    private func print(_ restriction: SwiftModelPlan.Restriction, to printer: inout CodePrinter) {
        printer.blank()
        printer.swiftDocumentation(restriction.documentation, restriction.location)
        printer.block("public enum \(restriction.name) {") { $0.line(Text(restriction.declaration)) }
    }

    // MARK: Structures

    private func print(_ structure: SwiftModelPlan.Structure, to printer: inout CodePrinter) {
        printer.blank()
        printer.swiftDocumentation(structure.documentation, structure.location)
        printer.block("public struct \(structure.name): SchemaValue {") { printer in
            for field in structure.fields { declare(field, to: &printer) }
            printer.blank()
            printMemberwiseInitialiser(structure.fields, to: &printer)
            printJSON(structure, to: &printer)
            printXML(structure, to: &printer)
        }
    }

    private func declare(_ field: SwiftModelPlan.Field, to printer: inout CodePrinter) {
        printer.swiftDocumentation(field.documentation, field.location)
        printer.line("public var \(field.name): \(field.typeName)?")
    }

    private func printMemberwiseInitialiser(_ fields: [SwiftModelPlan.Field], to printer: inout CodePrinter) {
        guard !fields.isEmpty else {
            printer.line("public init() {}")
            return
        }
        let parameters = fields.map { "\($0.name): \($0.typeName)? = nil" }.joined(separator: ", ")
        printer.block("public init(\(parameters)) {") { printer in
            for field in fields { printer.line("self.\(field.name) = \(field.name)") }
        }
    }

    private func printJSON(_ structure: SwiftModelPlan.Structure, to printer: inout CodePrinter) {
        printer.blank()
        printer.line("static let members = MemberTable([\(structure.fields.map { "\"\($0.json)\"" }.joined(separator: ", "))])")
        printer.block("public init(from reader: inout JSONReader) throws(CodingError) {") { printer in
            printer.line("try reader.beginObject()")
            printReadLoop("nextMember(Self.members)", structure.fields, to: &printer) {
                "try reader.skipValue()"
            } read: { field in
                "\(field.name) = try reader.\(field.isMany ? "optionalArray" : "optional")(\(field.value.restriction))"
            }
        }
        printer.block("public func encode(to writer: inout JSONWriter) {") { printer in
            printer.line("writer.beginObject()")
            for field in structure.fields { printer.line("writer.member(\"\(field.json)\", \(field.name))") }
            printer.line("writer.endObject()")
        }
    }

    private func printXML(_ structure: SwiftModelPlan.Structure, to printer: inout CodePrinter) {
        let attributes = structure.fields.filter { $0.form == .attribute }
        let elements = structure.fields.filter { $0.form == .element }
        let content = structure.fields.first { $0.form == .content }
        printer.blank()
        if content == nil {
            printer.line("static let elements = MemberTable([\(elements.map { "\"\($0.xml)\"" }.joined(separator: ", "))])")
        }
        printer.block("public init(from reader: inout XMLReader) throws(CodingError) {") { printer in
            for field in attributes {
                printer.line(
                    "\(field.name) = try reader.attributeValue(\"\(field.xml)\") { reader throws(CodingError) in \(field.value.xmlRead) }")
            }
            if let content {
                printer.line("\(content.name) = try reader.optionalText { reader throws(CodingError) in \(content.value.xmlRead) }")
                return
            }
            printReadLoop("nextChild(Self.elements)", elements, to: &printer) {
                "try reader.skipElement()"
            } read: { field in
                field.isMany ? "\(field.name).append(\(field.value.xmlRead))" : "\(field.name) = \(field.value.xmlRead)"
            }
        }
        printer.block("public func encode(to writer: inout XMLWriter) {") { printer in
            for field in attributes { printer.line("writer.attribute(\"\(field.xml)\", value: \(field.name))") }
            for field in elements { printer.line("writer.element(\"\(field.xml)\", \(field.name))") }
            if let content { printer.line("\(content.name)?.encode(to: &writer)") }
        }
    }

    private func printReadLoop(
        _ next: String, _ fields: [SwiftModelPlan.Field], to printer: inout CodePrinter, skip: () -> Text,
        read: (SwiftModelPlan.Field) -> Text
    ) {
        if fields.count < 2 {
            printer.line("while try reader.\(next) != nil { \(fields.first.map(read) ?? skip()) }")
            return
        }
        printer.block("while let member = try reader.\(next) {") { printer in
            printer.line("switch member {")
            for (index, field) in fields.enumerated() {
                printer.line("\(index == fields.count - 1 ? "default" : "case \(index)"): \(read(field))")
            }
            printer.line("}")
        }
    }

    // MARK: Objects

    private func print(_ object: SwiftModelPlan.Object, to printer: inout CodePrinter) {
        let identity = ["uuid", "name", "fq_name", "parent_type", "parent_uuid", "parent_href", "href"]
        let common = model.commonProperties.map { Naming.jsonKey($0.name) }
        let firstField = identity.count + common.count
        let names = identity + common + object.fields.map(\.json) + object.related
        printer.blank()
        printer.swiftDocumentation(object.documentation, object.location)
        printer.block("public struct \(object.name): ConfiguredObject {") { printer in
            printer.line("public static var typeName: String { \"\(object.schemaName)\" }")
            printer.line("public var identity = ObjectIdentity()")
            printer.line("public var common = CommonProperties()")
            for field in object.fields { declare(field, to: &printer) }
            printer.line("/// Children and back references, as a server delivers them.")
            printer.line("public var related = RelatedObjects()")
            printer.blank()
            printer.line("public init() {}")
            printer.line("static let members = MemberTable([")
            printer.indented { printer in
                for line in Prose.wrap(names.map { "\"\($0)\"," }.joined(separator: " "), width: 120) { printer.line(Text(line)) }
            }
            printer.line("])")
            printer.block("public init(from reader: inout JSONReader) throws(CodingError) {") { printer in
                printer.line("try reader.beginObject()")
                printer.block("while let member = try reader.nextMember(Self.members) {") { printer in
                    printer.line("switch member {")
                    printer.line("case ..<\(identity.count): try identity.decode(member, from: &reader)")
                    if !common.isEmpty {
                        printer.line("case ..<\(firstField): try common.decode(member - \(identity.count), from: &reader)")
                    }
                    for (index, field) in object.fields.enumerated() {
                        let call = "\(field.isMany ? "optionalArray" : "optional")(\(field.value.restriction))"
                        printer.line("case \(firstField + index): \(field.name) = try reader.\(call)")
                    }
                    printer.line("default: try related.decode(Self.members.names[member], from: &reader)")
                    printer.line("}")
                }
            }
            printer.block("public func encode(to writer: inout JSONWriter) {") { printer in
                printer.line("writer.beginObject()")
                printer.line("identity.encode(to: &writer)")
                printer.line("common.encode(to: &writer)")
                for field in object.fields { printer.line("writer.member(\"\(field.json)\", \(field.name))") }
                printer.line("related.encode(to: &writer)")
                printer.line("writer.endObject()")
            }
        }
    }

    /// Properties that every object has live in one structure; the accessors make them look like the object's own.
    private func printCommon(_ fields: [SwiftModelPlan.Field], to printer: inout CodePrinter) {
        printer.blank()
        printer.line("/// Properties that every object has.")
        printer.block("public struct CommonProperties: Sendable {") { printer in
            for field in fields { declare(field, to: &printer) }
            printer.blank()
            printer.line("public init() {}")
            printer.block("mutating func decode(_ member: Int, from reader: inout JSONReader) throws(CodingError) {") { printer in
                guard !fields.isEmpty else { return }
                printer.line("switch member {")
                for (index, field) in fields.enumerated() {
                    let label = index == fields.count - 1 ? "default" : "case \(index)"
                    printer.line("\(label): \(field.name) = try reader.optional(\(field.value.restriction))")
                }
                printer.line("}")
            }
            printer.block("func encode(to writer: inout JSONWriter) {") { printer in
                for field in fields { printer.line("writer.member(\"\(field.json)\", \(field.name))") }
            }
        }
        printer.blank()
        printer.line("/// An object of this schema.")
        printer.block("public protocol ConfiguredObject: ConfigurationObject {") { printer in
            printer.line("var common: CommonProperties { get set }")
            printer.line("var related: RelatedObjects { get set }")
        }
        guard !fields.isEmpty else { return }
        printer.blank()
        printer.block("extension ConfiguredObject {") { printer in
            for field in fields {
                printer.swiftDocumentation(field.documentation, field.location)
                printer.block("public var \(field.name): \(field.typeName)? {") { printer in
                    printer.line("get { common.\(field.name) }")
                    printer.line("set { common.\(field.name) = newValue }")
                }
            }
        }
    }
}
