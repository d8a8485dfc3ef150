// The page about one object: what it is and where it lives, an example, then everything it has.

struct ManualObjectPage {
    let plan: ManualPlan
    let object: ObjectType
    /// The schema file that declares it.
    let domain: ModelFile

    private var model: Model { plan.model }

    func file() -> OutputFile {
        let path = plan.objectPages[object.name] ?? "\(object.name).md"
        var page = ManualPrinter(page: path, plan: plan, object: object.name)
        page.line(
            "\(page.link("Manual", to: ManualPlan.indexPage)) › \(page.link(ManualTitles.title(of: domain), to: domain.pagePath)) › \(object.name)"
        )
        page.heading(1, object.name)
        page.prose(object.documentation)
        writeSummary(to: &page)
        page.example(of: object, model)
        if !object.properties.isEmpty { writeProperties(to: &page) }
        let references = plan.ownReferences(of: object)
        if !references.isEmpty { writeReferences(references, to: &page) }
        if !object.children.isEmpty { writeChildren(to: &page) }
        if !object.backReferences.isEmpty { writeBackReferences(to: &page) }
        writeTypes(path, to: &page)
        return page.file
    }

    // MARK: Summary

    private func writeSummary(to page: inout ManualPrinter) {
        let key = Naming.jsonKey(object.name)
        page.table("", "")
        page.row("Lives in", places(on: page))
        if object.name == "config-root" {
            page.row("REST", "`/\(Naming.collection(object.name))`, `/\(object.name)/{uuid}`")
        } else {
            page.row(
                "REST",
                """
                `/\(Naming.collection(object.name))` to list and create; `/\(object.name)/{uuid}` to read, update and delete \
                (\(page.link("how", to: ManualPlan.guidePage)))
                """)
        }
        page.row(
            "Python",
            "`vnc_api.\(Naming.pythonClass(object.name))`; `\(key)_create`, `\(key)_read`, `\(key)_update`, `\(key)_delete`, `\(key)s_list` of `VncApi`"
        )
        page.row("Swift", "`\(Naming.swiftType(object.name))`; `client.\(Naming.swiftCollection(object.name))`")
        page.row("Schema", "`\(object.location.reference)`")
    }

    /// A way from the root for each type of parent.
    private func places(on page: ManualPrinter) -> Text {
        guard !object.parents.isEmpty else { return object.name == "config-root" ? "nothing: it is the root" : "the root" }
        let chains: [Text] = object.parents.map { parent in
            var chain: [Text] = []
            var next: String? = parent.parent
            var visited: Set<String> = []
            while let name = next, name != "config-root" || chain.isEmpty, visited.insert(name).inserted {
                chain.append(name == "config-root" ? "the root" : page.objectLink(name))
                next = model.object(name)?.parents.first?.parent
            }
            return "\(chain.reversed().joined(separator: " › "))\(parent.derived ? " (made by the system)" : "")"
        }
        return chains.joined(separator: "<br>")
    }

    // MARK: Properties

    /// Fewer properties than this are seen at a glance without a table.
    private static let overviewCount = 4

    private func writeProperties(to page: inout ManualPrinter) {
        page.heading(2, ManualTitles.properties)
        page.block("Besides those of \(page.link("every object", to: ManualPlan.everyObjectPage)).")
        let properties = plan.orderedProperties(of: object)
        if properties.count >= Self.overviewCount {
            page.table("Property", "Type", "Default", "Set by")
            for property in properties {
                let key = Naming.jsonKey(property.name)
                page.row(
                    page.link("`\(key)`", to: page.page, plan.propertyAnchors[object.name]?[property.name]),
                    page.typeText(property, in: model),
                    property.defaultValue.map { "`\($0)`" } ?? "", Text(property.writer))
            }
        }
        for property in properties { page.section(about: property, model) }
    }

    // MARK: Relations

    private func writeReferences(_ references: [ReferenceRelation], to page: inout ManualPrinter) {
        page.heading(2, ManualTitles.references)
        for reference in references { page.section(about: reference) }
    }

    private func writeChildren(to page: inout ManualPrinter) {
        page.heading(2, ManualTitles.children)
        page.table("Member", "Object", "Meaning")
        for child in object.children {
            let note = child.derived ? "*Made by the system.* " : ""
            page.row("`\(Naming.childField(child.child))`", page.objectLink(child.child), "\(note)\(page.cell(child.documentation))")
        }
    }

    private func writeBackReferences(to page: inout ManualPrinter) {
        page.heading(2, ManualTitles.backReferences)
        page.table("Member", "Object", "What its reference means")
        for reference in object.backReferences where !plan.isCommon(reference) {
            let note = reference.derived ? "*Weak.* " : ""
            page.row(
                "`\(Naming.backReferenceField(from: reference.from))`", page.objectLink(reference.from),
                "\(note)\(page.cell(reference.documentation))")
        }
        if let common = object.backReferences.first(where: plan.isCommon) {
            page.row("`…_back_refs`", page.link("every object", to: ManualPlan.everyObjectPage), page.cell(common.documentation))
        }
    }

    private func writeTypes(_ path: String, to page: inout ManualPrinter) {
        guard let types = plan.typesOnPage[path], !types.isEmpty else { return }
        page.heading(2, ManualTitles.types)
        page.block("Types that only `\(object.name)` uses.")
        for type in types { page.section(aboutType: type, plan: plan, listingUsers: false) }
    }
}

extension ManualPrinter {
    mutating func section(about property: Property, _ model: Model) {
        heading(3, "`\(Naming.jsonKey(property.name))`")
        var facts = [typeText(property, in: model)]
        if let value = property.defaultValue { facts.append("default `\(value)`") }
        facts.append(Text(property.presence.inWords))
        if let limit = property.operations.limitInWords { facts.append(Text(limit)) }
        facts.append("`\(property.location.reference)`")
        self.facts(facts)
        prose(property.documentation, about: property.name)
        switch property.collection {
        case .single: break
        case .list(let member):
            block(
                "Elements of `\(Naming.jsonKey(member))` can be \(link("changed one by one", to: ManualPlan.guidePage, ManualGuide.elementsAnchor)), by position."
            )
        case .map(let member, let key):
            block(
                """
                Elements of `\(Naming.jsonKey(member))` can be \
                \(link("changed one by one", to: ManualPlan.guidePage, ManualGuide.elementsAnchor)), by their `\(Naming.jsonKey(key))`, \
                which occurs once.
                """)
        }
    }

    mutating func section(about reference: ReferenceRelation) {
        heading(3, "`\(Naming.referenceField(to: reference.to))`")
        var facts: [Text] = ["to \(objectLink(reference.to))"]
        if let data = reference.data { facts.append("carries \(typeLink(data))") }
        facts.append(Text(reference.presence.inWords))
        if reference.derived { facts.append("weak: does not keep its target from being deleted") }
        if let limit = reference.operations.limitInWords { facts.append(Text(limit)) }
        facts.append("link `\(reference.link)`")
        facts.append("`\(reference.location.reference)`")
        self.facts(facts)
        prose(reference.documentation)
    }
}

extension Property {
    /// Who sets it, and how often.
    var writer: String {
        switch presence {
        case .systemOnly: "system"
        case .adminOnly: "administrators"
        case .required, .optional, .exclusive:
            !operations.contains(.create) && !operations.contains(.update)
                ? "system" : operations.contains(.update) ? "users" : "users, once"
        }
    }
}

extension Presence {
    var inWords: String {
        switch self {
        case .required: "required"
        case .optional: "optional"
        case .systemOnly: "written by the system"
        case .adminOnly: "written by administrators"
        case .exclusive: "one of several alternatives"
        }
    }
}

extension Operations {
    /// What cannot be done, if anything.
    var limitInWords: String? {
        if self == .all { return nil }
        let writes = intersection([.create, .update, .delete])
        if writes.isEmpty { return "read only" }
        if !contains(.update) { return contains(.delete) ? "set once; can be removed" : "set once" }
        if !contains(.create) { return contains(.delete) ? "not set at creation" : "changed after creation" }
        return contains(.delete) ? nil : "cannot be removed"
    }
}
