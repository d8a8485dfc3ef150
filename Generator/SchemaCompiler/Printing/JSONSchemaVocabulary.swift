// The types of the model in the words of JSON Schema 2020-12, which are also those of OpenAPI 3.1. The documents say what servers and
// clients really exchange, and that is looser than the XSD in four ways that every reader of the format shares:
//
//   - null stands for an absent property or member;
//   - an integer may come in a string, as clients of the older platform send it;
//   - 0 and the empty string pass any bound, pattern and list of values;
//   - nothing is required: presence is documentation, given as `x-presence`.
//
// A member that a structure does not declare is refused.

/// Writes the bodies of schema objects; where they stand in a document and how they are referred to is the backend's decision.
struct JSONSchemaVocabulary {
    let model: Model
    /// The `$ref` for a declared type, by its name in the schema.
    let reference: (_ typeName: String) -> Text
    /// The `$ref` for an unrestricted number.
    let scalarReference: (Scalar) -> Text

    // MARK: Declared types

    /// The members of the schema object for a structured type.
    func write(_ structure: StructuredType, to printer: inout JSONPrinter) {
        printer.member("type", "object")
        describe(structure.documentation, to: &printer)
        if !structure.members.isEmpty {
            printer.object("properties") { printer in
                for member in structure.members {
                    printer.object(Naming.jsonKey(member.name)) { write(member, to: &$0) }
                }
            }
        }
        printer.member("additionalProperties", false)
    }

    /// The members of the schema object for a simple type.
    func write(_ simple: SimpleType, to printer: inout JSONPrinter) {
        writeRule(of: simple, to: &printer)
        describe(documentation(of: simple), to: &printer)
    }

    private func documentation(of simple: SimpleType) -> String {
        let spoken = simple.enumeration.filter { !$0.documentation.isEmpty }
        if spoken.isEmpty { return simple.documentation }
        let list = spoken.map { "- `\($0.value)`: \($0.documentation)" }.joined(separator: "\n")
        return simple.documentation.isEmpty ? list : simple.documentation + "\n\n" + list
    }

    private func writeRule(of simple: SimpleType, to printer: inout JSONPrinter) {
        if !simple.unionScalars.isEmpty {
            writeUnion(simple, to: &printer)
        } else if simple.base.isNumeric {
            // Older servers take any number for an enumeration of numbers, and so does the generated reader.
            writeInteger(simple.base, minimum: simple.minimum, maximum: simple.maximum, to: &printer)
        } else if simple.base == .boolean {
            printer.member("type", "boolean")
        } else if simple.isEnumeration {
            printer.member("type", "string")
            printer.member("enum", simple.enumeration.map(\.value) + (simple.enumeration.contains { $0.value.isEmpty } ? [] : [""]))
        } else if !simple.patterns.isEmpty {
            printer.member("type", "string")
            printer.member("pattern", PortablePattern.anchored(simple.patterns))
        } else {
            writeLength(of: simple, to: &printer)
        }
    }

    private func writeLength(of simple: SimpleType, to printer: inout JSONPrinter) {
        printer.member("type", "string")
        if let minimum = simple.minimumLength, minimum > 0 {
            printer.array("anyOf", inline: true) { printer in
                printer.object { $0.member("minLength", minimum) }
                printer.object { $0.member("const", "") }
            }
        }
        if let maximum = simple.maximumLength { printer.member("maxLength", maximum) }
    }

    /// A union is kept as text; a number that would match as text may also be written as one.
    private func writeUnion(_ simple: SimpleType, to printer: inout JSONPrinter) {
        let isNumeric = simple.unionScalars.contains(where: \.isNumeric)
        let isText = simple.unionScalars.contains { !$0.isNumeric && $0 != .boolean }
        printer.member("type", isNumeric ? ["integer", "string"] : ["string"])
        if isNumeric { printer.member("minimum", 0) }
        if !isText { printer.member("pattern", PortablePattern.anchored(simple.patterns + (isNumeric ? ["[0-9]+"] : []))) }
    }

    // MARK: Numbers

    /// The members of the schema object for a number without restrictions of its own.
    func write(_ scalar: Scalar, to printer: inout JSONPrinter) {
        if scalar == .unsignedLong {
            printer.member("type", ["integer", "string"])
            printer.member("format", "uint64")
            printer.member("minimum", 0)
            printer.key("maximum")
            printer.literal(String(UInt64.max))
            printer.member("pattern", "^(?:[-+]?0+|\\+?[0-9]{1,19})$")
        } else {
            writeInteger(scalar, minimum: nil, maximum: nil, to: &printer)
        }
    }

    private func writeInteger(_ scalar: Scalar, minimum: Int?, maximum: Int?, to printer: inout JSONPrinter) {
        let low = minimum ?? scalar.bounds.lowerBound
        // Bounds that exclude each other are an error that the model reports; nothing is written then.
        let bounds = low...max(low, maximum ?? scalar.bounds.upperBound)
        func write(_ printer: inout JSONPrinter) {
            printer.member("type", ["integer", "string"])
            if bounds == scalar.bounds {
                printer.member("format", scalar == .integer ? "int64" : scalar == .unsignedShort ? "uint16" : "uint32")
            }
            printer.member("minimum", bounds.lowerBound)
            printer.member("maximum", bounds.upperBound)
            let isAny = bounds == Scalar.integer.bounds
            printer.member("pattern", isAny ? "^[-+]?[0-9]{1,18}$" : DecimalPattern.anchored(bounds))
        }
        if bounds.contains(0) {
            write(&printer)
        } else {
            printer.array("anyOf") { printer in
                printer.object { write(&$0) }
                printer.object(inline: true) { $0.member("const", 0) }
            }
        }
    }

    // MARK: Places where a type is used

    /// The members of the schema object for a property of an object.
    func write(_ property: Property, to printer: inout JSONPrinter) {
        write(property.type, isMany: false, to: &printer)
        describe(property.documentation, to: &printer)
        writeDefault(property.defaultValue, of: property.type, to: &printer)
        if property.presence != .optional { printer.member("x-presence", property.presence.rawValue) }
        if property.operations != .all { printer.member("x-operations", property.operations.letters) }
    }

    private func write(_ member: Member, to printer: inout JSONPrinter) {
        write(member.type, isMany: member.isMany, to: &printer)
        describe(member.documentation, to: &printer)
        if !member.isMany { writeDefault(member.defaultValue, of: member.type, to: &printer) }
        if let presence = member.presence, presence != .optional { printer.member("x-presence", presence.rawValue) }
        if let operations = member.operations, operations != .all { printer.member("x-operations", operations.letters) }
    }

    private func write(_ type: TypeReference, isMany: Bool, to printer: inout JSONPrinter) {
        if isMany {
            printer.member("type", ["array", "null"])
            printer.object("items", inline: true) { writeElement(type, to: &$0) }
        } else if case .scalar(let scalar) = type, !scalar.isNumeric {
            printer.member("type", [scalar == .boolean ? "boolean" : "string", "null"])
        } else {
            printer.array("anyOf", inline: true) { printer in
                printer.object { writeElement(type, to: &$0) }
                printer.object { $0.member("type", "null") }
            }
        }
    }

    private func writeElement(_ type: TypeReference, to printer: inout JSONPrinter) {
        switch type {
        case .scalar(let scalar) where scalar.isNumeric: printer.member("$ref", scalarReference(scalar))
        case .scalar(let scalar): printer.member("type", scalar == .boolean ? "boolean" : "string")
        case .structure(let name): printer.member("$ref", reference(name))
        case .simple(let name):
            if let simple = model.simpleType(name), simple.isAnonymous {
                writeRule(of: simple, to: &printer)
            } else {
                printer.member("$ref", reference(name))
            }
        }
    }

    private func writeDefault(_ value: String?, of type: TypeReference, to printer: inout JSONPrinter) {
        guard let value else { return }
        let scalar: Scalar
        switch type {
        case .scalar(let plain): scalar = plain
        case .simple(let name): scalar = model.simpleType(name)?.base ?? .string
        case .structure: return
        }
        printer.key("default")
        if scalar.isNumeric, let number = Int(value) {
            printer.value(number)
        } else if scalar == .boolean, value == "true" || value == "false" {
            printer.value(value == "true")
        } else {
            printer.value(value)
        }
    }

    func describe(_ text: String, to printer: inout JSONPrinter) {
        if !text.isEmpty { printer.member("description", text) }
    }
}

extension Scalar {
    /// The numbers that the type holds, as far as Int does.
    var bounds: ClosedRange<Int> {
        switch self {
        case .unsignedShort: 0...0xFFFF
        case .unsignedInt: 0...0xFFFF_FFFF
        case .unsignedLong: 0...Int.max
        case .integer, .string, .boolean, .dateTime, .time: Int.min...Int.max
        }
    }
}
