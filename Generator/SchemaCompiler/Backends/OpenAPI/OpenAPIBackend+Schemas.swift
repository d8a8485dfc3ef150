// The `schemas` of the document: what every object has, then file by file the simple types, structures and objects of the model.

extension OpenAPIBackend {
    func writeSchemas(_ printer: inout JSONPrinter) {
        OpenAPIShared.writeObjectSchemas(to: &printer)
        printer.object("object.common") { printer in
            printer.member("type", "object")
            printer.member("description", "Properties that every object has.")
            printer.object("properties") { printer in
                for property in model.commonProperties {
                    printer.object(Naming.jsonKey(property.name)) { vocabulary.write(property, to: &$0) }
                }
            }
        }
        for scalar in [Scalar.integer, .unsignedInt, .unsignedShort, .unsignedLong] {
            printer.object("xs.\(scalar.rawValue)") { vocabulary.write(scalar, to: &$0) }
        }
        for name in Set(model.objects.flatMap { $0.references.compactMap(\.data) }).sorted() {
            writeReference(carrying: name, to: &printer)
        }
        for file in model.files {
            for simple in file.simpleTypes.compactMap(model.simpleType) where !simple.isAnonymous {
                printer.object(Naming.swiftType(simple.name)) { vocabulary.write(simple, to: &$0) }
            }
            for structure in file.structures.compactMap(model.structure) {
                printer.object(Naming.swiftType(structure.name)) { vocabulary.write(structure, to: &$0) }
            }
            for object in file.objects.compactMap(model.object) { write(object, to: &printer) }
        }
    }

    /// A reference with data, and how it looks from its target.
    private func writeReference(carrying data: String, to printer: inout JSONPrinter) {
        for (kind, base) in [("reference", "object.reference"), ("backReference", "object.relative")] {
            printer.object("\(kind).\(Naming.swiftType(data))") { printer in
                printer.member("$ref", Self.schema(base))
                printer.object("properties") { printer in
                    printer.object("attr") { printer in
                        printer.array("anyOf", inline: true) { printer in
                            printer.object { $0.member("$ref", vocabulary.reference(data)) }
                            printer.object { $0.member("type", "null") }
                        }
                    }
                }
            }
        }
    }

    /// Two schemas an object: `VirtualNetwork.fields` is what its type adds and what a request may carry, `VirtualNetwork` all that a reply shows.
    private func write(_ object: ObjectType, to printer: inout JSONPrinter) {
        let name = Naming.swiftType(object.name)
        printer.object("\(name).fields") { printer in
            printer.member("type", "object")
            printer.member(
                "description",
                "Properties and references of a `\(object.name)`. Null removes a property; a list of references replaces the stored one.")
            printer.object("properties") { printer in
                for property in object.properties { printer.object(Naming.jsonKey(property.name)) { vocabulary.write(property, to: &$0) } }
                for reference in object.references { write(reference, to: &printer) }
            }
        }
        printer.object(name) { printer in
            printer.member("title", object.name)
            vocabulary.describe(object.documentation, to: &printer)
            printer.array("allOf", inline: true) { printer in
                for part in ["object.identity", "object.common", "\(name).fields"] {
                    printer.object { $0.member("$ref", Self.schema(part)) }
                }
            }
            if object.children.isEmpty, object.backReferences.isEmpty { return }
            printer.object("properties") { printer in
                for child in object.children {
                    writeRelatives(Naming.childField(child.child), "object.relative", child.documentation, to: &printer)
                }
                for reference in object.backReferences {
                    let kind = reference.data.map { "backReference.\(Naming.swiftType($0))" } ?? "object.relative"
                    writeRelatives(
                        Naming.backReferenceField(from: reference.from), kind, "From `\(reference.from)`: \(reference.documentation)",
                        to: &printer)
                }
            }
        }
    }

    private func write(_ reference: ReferenceRelation, to printer: inout JSONPrinter) {
        printer.object(Naming.referenceField(to: reference.to)) { printer in
            printer.member("type", ["array", "null"])
            printer.object("items", inline: true) { printer in
                printer.member("$ref", Self.schema(reference.data.map { "reference.\(Naming.swiftType($0))" } ?? "object.reference"))
            }
            vocabulary.describe(reference.documentation, to: &printer)
            if reference.presence != .optional { printer.member("x-presence", reference.presence.rawValue) }
            if reference.operations != .all { printer.member("x-operations", reference.operations.letters) }
        }
    }

    private func writeRelatives(_ key: String, _ kind: String, _ documentation: String, to printer: inout JSONPrinter) {
        printer.object(key) { printer in
            printer.member("type", "array")
            printer.object("items", inline: true) { $0.member("$ref", Self.schema(kind)) }
            vocabulary.describe(documentation, to: &printer)
        }
    }
}
