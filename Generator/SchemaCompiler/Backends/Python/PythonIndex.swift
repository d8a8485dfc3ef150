// The modules by which scripts find the classes, at the places where the published package has them, and the table of the client's methods.

struct PythonIndex {
    let model: Model
    let names: PythonNames

    func files() -> [OutputFile] {
        [
            output("__init__") { $0.pythonHeader(from: "the schema", "What the schema declares: a module per schema file.") },
            output("resource_xsd", types), output("resource_client", objects), output("resource_common", common),
            output("vnc_api_client_gen", operations),
        ]
    }

    private func output(_ module: String, _ print: (inout CodePrinter) -> Void) -> OutputFile {
        var printer = CodePrinter()
        print(&printer)
        return OutputFile(path: "vnc_api/gen/\(module).py", bytes: printer.bytes)
    }

    private func types(_ printer: inout CodePrinter) {
        printer.pythonHeader(from: "all files of the schema", "All structured types, and the values of enumerations.")
        printIndex(
            of: model.structures.compactMap { names.structures[$0.name] } + model.simpleTypes.compactMap { names.literals[$0.name] },
            to: &printer)
    }

    private func objects(_ printer: inout CodePrinter) {
        printer.pythonHeader(from: "all files of the schema", "All object types.")
        printIndex(of: model.objects.compactMap { names.objects[$0.name] }, to: &printer)
    }

    private func common(_ printer: inout CodePrinter) {
        printer.pythonHeader(from: "all files of the schema", "All object types, under the name by which some scripts import them.")
        printer.line("from .resource_client import *")
        printer.line("from .resource_client import __all__ as __all__")
    }

    /// Imports of all names from their modules, and the list of them.
    private func printIndex(of entries: [String], to printer: inout CodePrinter) {
        var byModule: [String: [String]] = [:]
        for name in entries { if let module = names.modules[name] { byModule[module, default: []].append(name) } }
        for (module, entries) in byModule.sorted(by: { $0.key < $1.key }) {
            printer.block("from .\(module) import (", ")") { printer in for name in entries.sorted() { printer.line("\(name),") } }
        }
        printer.blank()
        printer.block("__all__ = [", "]") { printer in for name in entries.sorted() { printer.line("\"\(name)\",") } }
    }

    private func operations(_ printer: inout CodePrinter) {
        printer.pythonHeader(from: "all files of the schema", "The methods that the client has for each object type.")
        printer.line("from ..operations import Create, DefaultId, Delete, ListObjects, Read, ReadDraft, Update")
        let objects = model.objects.sorted { $0.name < $1.name }
        importClasses(of: objects, to: &printer)
        if objects.isEmpty {
            printer.line("all_resource_types: set[str] = set()")
        } else {
            printer.block("all_resource_types = {", "}") { printer in for object in objects { printer.line("\"\(object.name)\",") } }
        }
        printer.line("all_resource_type_tuples = {(name.replace(\"-\", \"_\"), name) for name in all_resource_types}")
        printer.blank()
        printer.blank()
        printer.block("class ResourceOperations:", nil) { printer in
            printer.docstring("Operations on every object type, by name.")
            for object in objects { printOperations(on: object, to: &printer) }
        }
    }

    private func importClasses(of objects: [ObjectType], to printer: inout CodePrinter) {
        // Python takes neither an import of nothing nor {} for a set.
        if !objects.isEmpty {
            printer.block("from .resource_client import (", ")") { printer in
                for name in objects.compactMap({ names.objects[$0.name] }).sorted() { printer.line("\(name),") }
            }
        }
        printer.blank()
    }

    private func printOperations(on object: ObjectType, to printer: inout CodePrinter) {
        guard let name = names.objects[object.name] else { return }
        let noun = Naming.jsonKey(object.name)
        printer.blank()
        printer.line("\(noun)_create = Create(\(name))")
        printer.line("\(noun)_read = Read(\(name))")
        if object.properties.contains(where: { $0.name == "draft-mode-state" }) {
            printer.line("\(noun)_read_draft = ReadDraft(\(name))")
        }
        printer.line("\(noun)_update = Update(\(name))")
        printer.line("\(noun)_delete = Delete(\(name))")
        printer.line("\(Naming.childField(object.name))_list = ListObjects(\(name))")
        printer.line("get_default_\(noun)_id = DefaultId(\(name))")
    }
}
