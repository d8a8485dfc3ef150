// The page about one schema file: what its objects have to do with each other, and the types that no single object owns.

struct ManualDomainPage {
    let plan: ManualPlan
    let schemaFile: ModelFile

    func file() -> OutputFile {
        var page = ManualPrinter(page: schemaFile.pagePath, plan: plan)
        let title = ManualTitles.title(of: schemaFile)
        page.line("\(page.link("Manual", to: ManualPlan.indexPage)) › \(title)")
        page.heading(1, title)
        page.prose(schemaFile.documentation)
        let objects = schemaFile.objects.compactMap(plan.model.object)
        if !objects.isEmpty {
            page.heading(2, ManualTitles.objects)
            page.table("Object", "Lives in", "What it is")
            for object in objects {
                let parents: [Text] = object.parents.map { $0.parent == "config-root" ? "the root" : page.objectLink($0.parent) }
                page.row(
                    page.objectLink(object.name), parents.isEmpty ? "the root" : parents.joined(separator: ", "),
                    page.cell(Prose.summary(object.documentation)))
            }
        }
        if let types = plan.typesOnPage[schemaFile.pagePath], !types.isEmpty {
            page.heading(2, ManualTitles.types)
            if !objects.isEmpty { page.block("Types that several objects use, in alphabetical order; the others stand with their object.") }
            for type in types { page.section(aboutType: type, plan: plan, listingUsers: true) }
        }
        page.block("Schema: `\(schemaFile.sourceName)`")
        return page.file
    }
}

extension ModelFile {
    /// The name of the schema file, without its folder: output does not depend on where the schema lies.
    var sourceName: String { file.path.split(separator: "/").last.map(String.init) ?? file.path }
}
