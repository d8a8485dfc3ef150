// The reference manual in Markdown, for reading on a code host or in an editor. Its sentences are the schema's documentation; this backend
// puts them in order and adds what follows from the model: places in the tree, types, paths, names in each language, examples.
//
//     README.md              what there is, by domain
//     using-the-api.md       how requests work, whatever the object
//     every-object.md        identity and the properties that all objects share
//     tree.md                which object lives in which
//     names.md               all names in alphabetical order, as schema, REST, Python and Swift spell them
//     network.md             a schema file: what it is about, its objects, the types that several objects share
//     network/subnet.md      an object

/// Generates the manual.
public struct ManualBackend {
    let model: Model

    public init(model: Model) { self.model = model }

    public func files() -> [OutputFile] {
        let plan = ManualPlan(model: model)
        var files = [
            ManualIndex(plan: plan).readme(), ManualGuide(plan: plan).file(), ManualIndex(plan: plan).everyObject(),
            ManualIndex(plan: plan).tree(), ManualIndex(plan: plan).names(),
        ]
        for file in model.files {
            files.append(ManualDomainPage(plan: plan, schemaFile: file).file())
            for object in file.objects.compactMap(model.object) {
                files.append(ManualObjectPage(plan: plan, object: object, domain: file).file())
            }
        }
        return files
    }
}
