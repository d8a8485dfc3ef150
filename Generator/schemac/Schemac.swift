import ArgumentParser
import SchemaCompiler
@main struct Schemac: ParsableCommand {
    @Argument var files: [String]
    func run() throws {
        let compiler = Compiler()
        let model = compiler.configurationModel(files: files)
        print(compiler.diagnostics.rendered())
        print(model.objects.count, model.structures.count, model.simpleTypes.count, model.links.count, model.objects.reduce(0) { $0 + $1.properties.count },
            model.objects.reduce(0) { $0 + $1.references.count }, model.objects.reduce(0) { $0 + $1.parents.count })
    }
}
