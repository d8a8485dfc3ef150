// Sandesh messages in Swift: a file for each definition file, with value types that read and write themselves. What does not differ between
// two messages is in the module Sandesh.

/// Makes Swift out of Sandesh messages.
public struct SwiftSandeshBackend {
    private let model: SandeshModel

    public init(model: SandeshModel) { self.model = model }

    /// The files made from all definition files.
    public func files() -> [OutputFile] { model.files.indices.flatMap(generate(file:)) }

    /// The file made from one definition file.
    public func generate(file index: Int) -> [OutputFile] {
        let file = model.files[index]
        let structures = file.structures.map { model.structures[$0] }
        let messages = file.messages.map { model.messages[$0] }
        let fields = (structures.flatMap(\.fields) + messages.flatMap(\.fields)).map { SwiftSandeshField($0, model) }
        var out = CodePrinter()
        out.swiftHeader(
            from: "\(file.name).xml", imports: ["Coding"] + (fields.contains(where: \.isNetworkValue) ? ["NetworkTypes"] : []) + ["Sandesh"]
        )
        for enumeration in file.enumerations { self.enumeration(model.enumerations[enumeration], &out) }
        for structure in structures { self.structure(structure, &out) }
        for message in messages { self.message(message, &out) }
        return [OutputFile(path: "\(file.name)+Sandesh.swift", bytes: out.bytes)]
    }

    private func enumeration(_ enumeration: SandeshEnumeration, _ out: inout CodePrinter) {
        out.blank()
        out.swiftDocumentation(enumeration.documentation, enumeration.location)
        out.block("public struct \(Naming.swiftType(enumeration.name)): SandeshEnumeration {") { out in
            out.line("public let rawValue: Int32")
            out.line("public init(rawValue: Int32) { self.rawValue = rawValue }")
            out.blank()
            for value in enumeration.values {
                out.swiftDocumentation(value.documentation, nil)
                out.line("public static var \(Naming.swiftCase(value.name)): Self { Self(rawValue: \(value.number)) }")
            }
            out.blank()
            out.block("public static var named: [(value: Self, name: String)] {") { out in
                let pairs = enumeration.values.map { "(.\(Naming.swiftCase($0.name)), \(SwiftLiteral.string($0.name)))" }
                out.line("[\(pairs.joined(separator: ", "))]")
            }
        }
    }

    private func structure(_ structure: SandeshStructure, _ out: inout CodePrinter) {
        let body = SwiftSandeshBody(structure.fields.map { SwiftSandeshField($0, model) }, kind: nil)
        out.blank()
        out.swiftDocumentation(structure.documentation, structure.location)
        out.block("public struct \(Naming.swiftType(structure.name)): SandeshStructure {") { out in
            out.line("public static var sandeshElement: StaticString { \(SwiftLiteral.string(structure.name)) }")
            out.blank()
            body.print(to: &out)
        }
    }

    private func message(_ message: SandeshMessage, _ out: inout CodePrinter) {
        let body = SwiftSandeshBody(message.fields.map { SwiftSandeshField($0, model) }, kind: message.kind)
        out.blank()
        out.swiftDocumentation(message.documentation, message.location)
        out.block("public struct \(Naming.swiftType(message.name)): SandeshMessage {") { out in
            out.line("public static var name: StaticString { \(SwiftLiteral.string(message.name)) }")
            out.line("public static var messageType: SandeshMessageType { .\(Naming.swiftCase(message.kind.rawValue)) }")
            out.line("public static var versionSignature: Int32 { \(message.versionSignature) }")
            out.line("public static var hasKey: Bool { \(message.hasKey) }")
            out.blank()
            body.print(to: &out)
        }
    }
}

/// Properties, initialisers and codec: what structures and messages have alike.
private struct SwiftSandeshBody {
    let fields: [SwiftSandeshField]
    /// What a message carries without declaring it: name on the wire, identifier, type, default, documentation.
    let implied: [(name: String, identifier: Int, type: String, defaultValue: String, documentation: String)]

    init(_ fields: [SwiftSandeshField], kind: SandeshMessage.Kind?) {
        self.fields = fields
        var implied: [(String, Int, String, String, String)] = []
        if kind?.carriesSourcePlace == true {
            implied.append(("file", -32768, "String", "#fileID", "The source file that the message arose in."))
            implied.append(("line", -32767, "Int32", "#line", "The line in that file."))
        }
        if kind?.carriesMore == true { implied.append(("more", 0, "Bool", "false", "Whether further messages belong to the same answer.")) }
        self.implied = implied
    }

    func print(to out: inout CodePrinter) {
        for field in fields {
            for property in field.properties {
                out.swiftDocumentation(property.documentation, nil)
                out.line("public var \(property.member): \(property.type)")
            }
        }
        for field in implied {
            out.swiftDocumentation(field.documentation, nil)
            out.line("public var \(field.name): \(field.type)")
        }
        if !fields.isEmpty || !implied.isEmpty { out.blank() }
        memberwise(&out)
        out.blank()
        decode(&out)
        out.blank()
        out.block("public func encodeSandesh(to writer: inout XMLWriter) {") { out in
            for field in implied { out.line("writer.sandeshField(\(SwiftLiteral.string(field.name)), \(field.identifier), \(field.name))") }
            for field in fields { out.line(Text(field.write)) }
        }
    }

    private func memberwise(_ out: inout CodePrinter) {
        let properties = fields.flatMap(\.properties)
        let parameters =
            properties.map { "\($0.label): \($0.type)" + ($0.defaultValue.map { " = \($0)" } ?? "") }
            + implied.map { "\($0.name): \($0.type) = \($0.defaultValue)" }
        if parameters.reduce(0, { $0 + $1.utf8.count + 2 }) <= 110 {
            out.line("public init(\(parameters.joined(separator: ", "))) {")
        } else {
            out.block("public init(", ") {") { out in
                for (index, parameter) in parameters.enumerated() { out.line("\(parameter)\(index + 1 < parameters.count ? "," : "")") }
            }
        }
        out.indented { out in
            for member in properties.map(\.member) + implied.map(\.name) { out.line("self.\(member) = \(member)") }
        }
        out.line("}")
    }

    private func decode(_ out: inout CodePrinter) {
        let names = implied.map(\.name) + fields.map(\.source.name)
        out.line("private static let fields = MemberTable([\(names.map(SwiftLiteral.string).joined(separator: ", "))])")
        out.blank()
        out.block("public init(fromSandesh reader: inout XMLReader) throws(CodingError) {") { out in
            // Senders may leave out where a message arose; everything else that is not optional must be there.
            for field in implied { out.line("self.\(field.name) = \(Self.absent(field.type))") }
            for field in fields {
                if let table = field.table { out.line("self.\(table) = \"\"") }
                if !field.source.isOptional { out.line("var \(field.member): \(field.type)?") }
            }
            out.block("while let wireField = try reader.nextChild(Self.fields) {") { out in
                out.line("switch wireField {")
                for (index, field) in implied.enumerated() { out.line("case \(index): self.\(field.name) = try reader.sandeshField()") }
                for (index, field) in fields.enumerated() {
                    let assignment = "\(field.source.isOptional ? "self." : "")\(field.member) = \(field.read)"
                    if let table = field.table {
                        out.line("case \(implied.count + index):")
                        out.indented { out in
                            out.line("self.\(table) = reader.attribute(\"key\") ?? \"\"")
                            out.line(Text(assignment))
                        }
                    } else {
                        out.line("case \(implied.count + index): \(assignment)")
                    }
                }
                out.line("default: try reader.skipElement()")
                out.line("}")
            }
            for field in fields where !field.source.isOptional {
                out.line("self.\(field.member) = try reader.sandeshRequired(\(field.member), \(SwiftLiteral.string(field.source.name)))")
            }
        }
    }

    /// What a field has that was not sent.
    private static func absent(_ type: String) -> String {
        switch type {
        case "String": "\"\""
        case "Bool": "false"
        default: "0"
        }
    }
}
