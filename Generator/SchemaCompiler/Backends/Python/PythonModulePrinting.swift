// Plan to text: modules, simple types and structured types.

extension CodePrinter {
    mutating func print(_ plan: PythonModulePlan) {
        pythonHeader(
            from: plan.source, plan.documentation.isEmpty ? "The types and objects that \(plan.source) declares." : plan.documentation)
        let inlinesLiteral = plan.structures.contains { $0.members.contains { $0.annotation.hasPrefix("Literal[") } }
        var fromTyping = plan.imports.isEmpty && plan.objects.isEmpty ? [] : ["TYPE_CHECKING"]
        if inlinesLiteral || plan.simpleTypes.contains(where: { !$0.values.isEmpty }) { fromTyping.insert("Literal", at: 0) }
        if !plan.objects.isEmpty { line("from dataclasses import InitVar") }
        printImport(fromTyping, from: "typing")
        if !plan.objects.isEmpty || !fromTyping.isEmpty { blank() }
        if !plan.objects.isEmpty {
            var fields: [String] = []
            if plan.objects.contains(where: { !$0.backReferences.isEmpty }) { fields.append("BackReferences") }
            if plan.objects.contains(where: { !$0.children.isEmpty }) { fields.append("Children") }
            if plan.objects.contains(where: { !$0.properties.isEmpty }) { fields.append("Property") }
            if plan.objects.contains(where: { !$0.references.isEmpty }) { fields.append("References") }
            printImport(fields, from: "..fields")
            printImport((plan.objects.contains { $0.parents.isEmpty } ? ["Resource"] : []) + ["positional"], from: "..resource")
        }
        printImport(
            (plan.structures.isEmpty ? [] : ["StructuredType"])
                + (plan.structures.contains { !$0.members.isEmpty } ? ["member"] : []) + (plan.simpleTypes.isEmpty ? [] : ["restrict"]),
            from: "..structure")
        if !plan.objects.isEmpty { printImport(["ConfigObject"], from: ".config_object") }
        printTypeImports(plan.imports, for: plan.objects)
        if !plan.simpleTypes.isEmpty { blank() }
        for type in plan.simpleTypes { print(type) }
        for structure in plan.structures { print(structure) }
        for object in plan.objects { print(object) }
    }

    private mutating func printImport(_ names: [String], from module: String) {
        if !names.isEmpty { line("from \(module) import \(names.joined(separator: ", "))") }
    }

    /// Imports that only annotations need: types refer to each other in circles, which modules must not.
    mutating func printTypeImports(_ imports: [(module: String, names: [String])], for objects: [PythonObject]) {
        let refers = objects.contains { !$0.references.isEmpty }
        let isReferredTo = objects.contains { !$0.children.isEmpty || !$0.backReferences.isEmpty }
        guard !imports.isEmpty || refers || isReferredTo else { return }
        blank()
        block("if TYPE_CHECKING:", nil) { printer in
            if refers { printer.line("from collections.abc import Sequence") }
            if isReferredTo { printer.line("from typing import Any") }
            if refers || isReferredTo {
                printer.blank()
                printer.line("from ..references import Reference\(refers ? ", Target" : "")")
            }
            for each in imports { printer.line("from .\(each.module) import \(each.names.joined(separator: ", "))") }
        }
    }

    /// `opening` and the body one level deeper.
    mutating func block(_ opening: Text, _ closing: Text?, _ body: (inout CodePrinter) -> Void) {
        line(opening)
        indented(body)
        if let closing { line(closing) }
    }

    // MARK: Simple types

    private mutating func print(_ type: PythonSimpleType) {
        var arguments = [PythonLiteral.string(type.schemaName), PythonLiteral.string(type.base.rawValue)]
        if let name = type.name {
            blank()
            block("\(name) = Literal[", "]") { printer in for value in type.values { printer.line("\(value.literal),") } }
            docstring(type.documentation, location: type.location) { printer in
                guard type.values.contains(where: { !$0.documentation.isEmpty }) else { return }
                printer.docstringSection("Values:") { printer in
                    for value in type.values where !value.documentation.isEmpty {
                        printer.docstringEntry(PythonLiteral.docstring(value.literal), value.documentation, nil)
                    }
                }
            }
            arguments.append(name)
        } else if !type.values.isEmpty {
            arguments.append("Literal[\(type.values.map(\.literal).joined(separator: ", "))]")
        }
        if let minimum = type.minimum { arguments.append("minimum=\(minimum)") }
        if let maximum = type.maximum { arguments.append("maximum=\(maximum)") }
        line("restrict(\(arguments.joined(separator: ", ")))")
    }

    // MARK: Structures

    private mutating func print(_ structure: PythonStructure) {
        blank()
        blank()
        let base = structure.schemaName.map { "StructuredType, schema_name=\(PythonLiteral.string($0))" } ?? "StructuredType"
        block("class \(structure.name)(\(base)):", nil) { printer in
            printer.docstring(structure.documentation, location: structure.location) { printer in
                guard !structure.members.isEmpty else { return }
                printer.docstringSection("Attributes:") { printer in
                    for member in structure.members { printer.docstringEntry(member.name, member.documentation, member.location) }
                }
            }
            if !structure.members.isEmpty { printer.blank() }
            for member in structure.members { printer.declare(member) }
            for member in structure.members { printer.printAccessors(of: member) }
        }
    }

    private mutating func declare(_ member: PythonStructure.Member) {
        var arguments = PythonLiteral.string(member.typeName)
        if let key = member.key { arguments += ", key=\(PythonLiteral.string(key))" }
        if member.isMany { arguments += ", many=True" }
        if let value = member.defaultLiteral { arguments += ", default=\(value)" }
        if let presence = member.presence, presence != .optional { arguments += ", presence=\"\(presence.rawValue)\"" }
        if let operations = member.operations, operations != .all { arguments += ", operations=\"\(operations.letters)\"" }
        line("\(member.name): \(member.isMany ? "list[\(member.annotation)]" : "\(member.annotation) | None") = member(\(arguments))")
    }

    private mutating func printAccessors(of member: PythonStructure.Member) {
        let name = member.name
        let type = member.isMany ? "list[\(member.annotation)]" : "\(member.annotation) | None"
        method("get_\(name)(self) -> \(type)", "return self.\(name)")
        method("set_\(name)(self, \(name): \(type)) -> None", "self.\(name) = \(name)")
        guard member.isMany else { return }
        method("add_\(name)(self, value: \(member.annotation)) -> None", "self.\(name).append(value)")
        method("insert_\(name)(self, index: int, value: \(member.annotation)) -> None", "self.\(name)[index] = value")
        method("delete_\(name)(self, value: \(member.annotation)) -> None", "self.\(name).remove(value)")
    }

    /// A method whose body is one line.
    mutating func method(_ declaration: Text, documentation: String = "", _ statement: Text) {
        blank()
        line("def \(declaration):")
        indented { printer in
            printer.docstring(documentation)
            printer.line(statement)
        }
    }
}
