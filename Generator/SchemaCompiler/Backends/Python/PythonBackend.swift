// The Python package `vnc_api`: the modules below `vnc_api/gen`, which declare a class for every structured type and every object type.
// What a class does is the hand-written part of the package (Runtime/Python); a generated module is a table with a class around it, and
// one line of code for each method that names a field.

/// Generates `vnc_api/gen`: a module per schema file, and the modules by which scripts import them.
public struct PythonBackend {
    let model: Model

    public init(model: Model) { self.model = model }

    public func files() -> [OutputFile] {
        var planner = PythonPlanner(model: model)
        var files: [OutputFile] = []
        for file in model.files {
            let plan = planner.plan(file)
            guard !plan.simpleTypes.isEmpty || !plan.structures.isEmpty || !plan.objects.isEmpty else { continue }
            var printer = CodePrinter()
            printer.print(plan)
            files.append(output(plan.name, printer))
        }
        let (common, imports) = planner.planCommon()
        var printer = CodePrinter()
        printer.printCommon(common, imports: imports)
        files.append(output("config_object", printer))
        return files + PythonIndex(model: model, names: planner.names).files()
    }

    private func output(_ module: String, _ printer: CodePrinter) -> OutputFile {
        OutputFile(path: "vnc_api/gen/\(module).py", bytes: printer.bytes)
    }
}
