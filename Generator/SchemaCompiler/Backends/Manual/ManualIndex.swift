// The pages that lead to all others.

struct ManualIndex {
    let plan: ManualPlan

    private var model: Model { plan.model }
    private var domains: [ModelFile] { model.files.filter { !$0.objects.isEmpty }.sorted { $0.name < $1.name } }
    private var typeFiles: [ModelFile] {
        model.files.filter { $0.objects.isEmpty && plan.typesOnPage[$0.pagePath]?.isEmpty == false }.sorted { $0.name < $1.name }
    }

    // MARK: Contents

    func readme() -> OutputFile {
        var page = ManualPrinter(page: ManualPlan.indexPage, plan: plan)
        page.heading(1, "Reference manual of the configuration model")
        page.block(
            """
            Everything that can be configured is one of the \(model.objects.count) kinds of object on these pages. An object has \
            properties, lives in a parent and refers to other objects; \
            \(page.link("what every object has", to: ManualPlan.everyObjectPage)) is explained once.
            """)
        page.blank()
        page.line("- \(page.link("Using the API", to: ManualPlan.guidePage)): requests, replies, lists, errors, the same for all objects")
        page.line("- \(page.link("Tree of objects", to: ManualPlan.treePage)): what lives in what")
        page.line(
            "- \(page.link("Index of names", to: ManualPlan.namesPage)): from any name to its page, and to its spelling in REST, Python and Swift"
        )
        page.heading(2, "Objects by domain")
        for file in domains {
            page.heading(3, page.link(ManualTitles.title(of: file), to: file.pagePath))
            page.prose(Prose.summary(file.documentation))
            page.blank()
            for object in file.objects.compactMap(model.object) {
                page.line("- \(page.objectLink(object.name)): \(page.cell(Prose.summary(object.documentation)))")
            }
        }
        if !typeFiles.isEmpty {
            page.heading(2, "Types that objects of several domains use")
            page.blank()
            for file in typeFiles {
                page.line(
                    "- \(page.link(ManualTitles.title(of: file), to: file.pagePath)): \(page.cell(Prose.summary(file.documentation)))")
            }
        }
        return page.file
    }

    // MARK: Common members

    func everyObject() -> OutputFile {
        var page = start(ManualPlan.everyObjectPage, ManualTitles.everyObject)
        page.heading(2, ManualTitles.identity)
        page.block("Identity and place are set when the object is made and stay as they are until it is deleted.")
        page.table("Member", "Type", "Meaning")
        for (name, type, meaning) in Self.identity { page.row("`\(name)`", Text(type), Text(meaning)) }
        if !model.commonProperties.isEmpty {
            page.heading(2, ManualTitles.properties)
            for property in model.commonProperties { page.section(about: property, model) }
        }
        if !plan.commonReferences.isEmpty {
            page.heading(2, ManualTitles.references)
            for reference in plan.commonReferences {
                page.heading(3, "`\(Naming.referenceField(to: reference.to))`")
                page.facts(["to \(page.objectLink(reference.to))", Text(reference.presence.inWords), "`\(reference.location.reference)`"])
                page.prose(reference.documentation)
            }
        }
        return page.file
    }

    private static let identity = [
        ("uuid", "string", "Chosen by the client, or by the server when the request has none."),
        (
            "fq_name", "list of string",
            "The names from the root down to the object. Unique among objects of the type; the last one is the object's own."
        ),
        ("name", "string", "The last element of `fq_name`."),
        ("parent_type", "string", "The type of the parent. May be left out where a type has only one; absent directly below the root."),
        ("parent_uuid", "string", "The UUID of the parent."), ("parent_href", "string", "The address of the parent."),
        ("href", "string", "The address of the object."),
    ]

    // MARK: Tree

    func tree() -> OutputFile {
        var page = start(ManualPlan.treePage, "Tree of objects")
        page.block(
            "Each object lives in one parent. A type with several possible parents is shown under each of them, with its own children under the first."
        )
        page.blank()
        var expanded: Set<String> = []
        // A stack of its own: a schema may nest as deeply as it likes.
        var rest = model.objects.filter { object in
            object.name != "config-root" && (object.parents.isEmpty || object.parents.contains { $0.parent == "config-root" })
        }.map { (name: $0.name, depth: 0) }
        rest.sort { $0.name > $1.name }
        while let (name, depth) = rest.popLast() {
            let isFirst = expanded.insert(name).inserted
            let children = model.object(name)?.children.map(\.child).sorted(by: >) ?? []
            for _ in 0..<depth { page.raw("  ") }
            page.line("- \(page.objectLink(name))\(isFirst || children.isEmpty ? "" : " …")")
            if isFirst { rest += children.filter { $0 != name }.map { ($0, depth + 1) } }
        }
        return page.file
    }

    // MARK: Names

    func names() -> OutputFile {
        var page = start(ManualPlan.namesPage, "Index of names")
        page.heading(2, ManualTitles.objects)
        page.table("Schema", "REST and JSON", "Python", "Swift", "Declared in")
        for object in model.objects.sorted(by: { $0.name < $1.name }) {
            page.row(
                page.objectLink(object.name), "`/\(Naming.collection(object.name))`",
                "`\(Naming.pythonClass(object.name))`, `\(Naming.jsonKey(object.name))_read`",
                "`\(Naming.swiftType(object.name))`, `client.\(Naming.swiftCollection(object.name))`", "`\(object.location.reference)`")
        }
        page.heading(2, ManualTitles.types)
        page.table("Schema and Python", "Swift", "Declared in")
        let structures = model.structures.map { ($0.name, Naming.swiftType($0.name), $0.location) }
        let simples = model.simpleTypes.filter { !$0.isAnonymous }.map { ($0.name, Naming.swiftType($0.name), $0.location) }
        for (name, swift, location) in (structures + simples).sorted(by: { $0.0 < $1.0 }) {
            page.row(page.typeLink(name), "`\(swift)`", "`\(location.reference)`")
        }
        page.heading(2, "Properties and references")
        page.table("JSON and Python", "Swift", "Objects that have it")
        for entry in fields(on: page) { page.row("`\(entry.key)`", "`\(entry.swift)`", entry.objects.joined(separator: ", ")) }
        return page.file
    }

    private struct Field {
        let key: String
        let swift: String
        var objects: [Text]
    }

    /// Every member of an object by name, with links to where it is explained.
    private func fields(on page: ManualPrinter) -> [Field] {
        var fields: [String: Field] = [:]
        for property in model.commonProperties {
            let key = Naming.jsonKey(property.name)
            let anchor = plan.propertyAnchors[""]?[property.name]
            fields[key] = Field(
                key: key, swift: Naming.swiftMember(property.name),
                objects: [page.link("every object", to: ManualPlan.everyObjectPage, anchor)])
        }
        for object in model.objects.sorted(by: { $0.name < $1.name }) {
            let target = plan.objectPages[object.name] ?? ManualPlan.indexPage
            for property in object.properties {
                let link = page.link(object.name, to: target, plan.propertyAnchors[object.name]?[property.name])
                let key = Naming.jsonKey(property.name)
                fields[key, default: Field(key: key, swift: Naming.swiftMember(property.name), objects: [])].objects.append(link)
            }
            for reference in plan.ownReferences(of: object) {
                let key = Naming.referenceField(to: reference.to)
                fields[key, default: Field(key: key, swift: Naming.swiftMember(key), objects: [])].objects.append(
                    page.objectLink(object.name))
            }
        }
        return fields.values.sorted { $0.key < $1.key }
    }

    private func start(_ path: String, _ title: String) -> ManualPrinter {
        var page = ManualPrinter(page: path, plan: plan)
        page.line("\(page.link("Manual", to: ManualPlan.indexPage)) › \(title)")
        page.heading(1, title)
        return page
    }
}
