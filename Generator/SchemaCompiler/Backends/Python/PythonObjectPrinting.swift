// Plan to text: classes of objects. A class declares its fields, then has the methods by which scripts of the older platform reach them.

extension CodePrinter {
    /// The module of the class that all objects share.
    mutating func printCommon(_ object: PythonObject, imports: [(module: String, names: [String])]) {
        pythonHeader(from: "all files of the schema", "The class that all objects share.")
        line("from typing import TYPE_CHECKING")
        blank()
        line("from ..fields import Property, References")
        line("from ..resource import Resource")
        printTypeImports(imports, for: [object])
        blank()
        blank()
        block("class ConfigObject(Resource):", nil) { printer in
            printer.docstring(object.documentation) { $0.printSections(of: object) }
            printer.blank()
            printer.printFields(of: object)
            printer.printMethods(of: object)
        }
    }

    mutating func print(_ object: PythonObject) {
        blank()
        blank()
        block("class \(object.name)(ConfigObject):", nil) { printer in
            let parents = object.parents.map { "a ``\($0.type)``" }.joined(separator: " or ")
            let place = object.parents.isEmpty ? "directly below the root" : "below \(parents)"
            let path = "/\(object.schemaName)/<uuid>"
            printer.docstring(
                object.documentation, note: "Lives \(place). REST: ``\(path)``, ``/\(Naming.collection(object.schemaName))``.",
                location: object.location
            ) { $0.printSections(of: object) }
            printer.blank()
            printer.line("resource_type = \"\(object.schemaName)\"")
            if !object.parents.isEmpty {
                printer.line("parent_types = [\(object.parents.map { "\"\($0.type)\"" }.joined(separator: ", "))]")
            }
            printer.blank()
            let classes = object.parents.isEmpty ? "Resource" : object.parents.map(\.className).joined(separator: " | ")
            printer.line("parent_obj: InitVar[\(classes) | None] = positional(default=None, kw_only=False)")
            printer.printFields(of: object)
            printer.printMethods(of: object)
        }
    }

    private mutating func printSections(of object: PythonObject) {
        if !object.properties.isEmpty {
            docstringSection("Properties:") { printer in
                for property in object.properties { printer.docstringEntry(property.name, property.documentation, property.location) }
            }
        }
        if !object.references.isEmpty {
            docstringSection("References:") { printer in
                for reference in object.references {
                    printer.docstringEntry(reference.noun + "_refs", reference.documentation, reference.location)
                }
            }
        }
    }

    // MARK: Fields

    private mutating func printFields(of object: PythonObject) {
        for property in object.properties {
            var arguments = PythonLiteral.string(property.typeName)
            if let key = property.key { arguments += ", json=\(PythonLiteral.string(key))" }
            if let value = property.defaultLiteral { arguments += ", default=\(value)" }
            if property.presence != .optional { arguments += ", presence=\"\(property.presence.rawValue)\"" }
            if property.operations != .all { arguments += ", operations=\"\(property.operations.letters)\"" }
            if let element = property.element {
                arguments += ", element=\"\(element.name)\""
                if let key = element.key { arguments += ", key=\"\(key)\"" }
            }
            line("\(property.name): Property[\(property.annotation)] = Property(\(arguments))")
        }
        for reference in object.references {
            var arguments = PythonLiteral.string(reference.target)
            if let data = reference.data { arguments += ", \(PythonLiteral.string(data.typeName))" }
            if reference.isDerived { arguments += ", derived=True" }
            if let link = reference.link { arguments += ", link=\(PythonLiteral.string(link))" }
            line("\(reference.noun)_refs: References[\(reference.data?.annotation ?? "None")] = References(\(arguments))")
        }
        for child in object.children { declare(child, "Children") }
        for reference in object.backReferences { declare(reference, "BackReferences") }
    }

    private mutating func declare(_ related: PythonObject.Related, _ kind: String) {
        var arguments = PythonLiteral.string(related.other)
        if let data = related.data { arguments += ", \(PythonLiteral.string(data))" }
        if related.isDerived { arguments += ", derived=True" }
        if let link = related.link { arguments += ", link=\(PythonLiteral.string(link))" }
        line("\(related.field) = \(kind)(\(arguments))")
    }

    // MARK: Methods

    private mutating func printMethods(of object: PythonObject) {
        for property in object.properties { printMethods(of: property) }
        for reference in object.references { printMethods(of: reference) }
        for related in object.children + object.backReferences {
            method("get_\(related.field)(self) -> list[Reference[dict[str, Any]]] | None", "return self.\(related.field) or None")
        }
    }

    private mutating func printMethods(of property: PythonObject.Property) {
        let name = property.name
        let type = "\(property.annotation) | None"
        method("get_\(name)(self) -> \(type)", documentation: Prose.summary(property.documentation), "return self.\(name)")
        method("set_\(name)(self, value: \(type)) -> None", "self.\(name) = value")
        guard let element = property.element else { return }
        if element.key == nil {
            method(
                "add_\(name)(self, elem_value: \(element.annotation), elem_position: str | None = None) -> None",
                "self._add_element(\"\(name)\", elem_value, elem_position)")
        } else {
            method("add_\(name)(self, elem: \(element.annotation)) -> None", "self._set_element(\"\(name)\", elem)")
        }
        method("del_\(name)(self, elem_position: str) -> None", "self._delete_element(\"\(name)\", elem_position)")
    }

    private mutating func printMethods(of reference: PythonObject.Reference) {
        let noun = reference.noun
        let field = "\"\(noun)_refs\""
        let target = "Target[\(reference.targetClass)]"
        var parameters = "self, ref_obj: \(target)"
        var arguments = "\(field), ref_obj"
        var listParameters = "self, ref_obj_list: Sequence[\(target)]"
        var listArguments = "\(field), ref_obj_list"
        if let data = reference.data {
            parameters += ", ref_data: \(data.annotation) | None = None"
            arguments += ", ref_data"
            listParameters += ", ref_data_list: Sequence[\(data.annotation) | None] | None = None"
            listArguments += ", ref_data_list"
        }
        method(
            "get_\(noun)_refs(self) -> list[Reference[\(reference.data?.annotation ?? "None")]] | None",
            documentation: Prose.summary(reference.documentation), "return self.\(noun)_refs or None")
        method("set_\(noun)(\(parameters)) -> None", "self._set_reference(\(arguments))")
        method("set_\(noun)_list(\(listParameters)) -> None", "self._set_references(\(listArguments))")
        method("add_\(noun)(\(parameters)) -> None", "self._add_reference(\(arguments))")
        method("del_\(noun)(self, ref_obj: \(target)) -> None", "self._delete_reference(\(field), ref_obj)")
    }
}
