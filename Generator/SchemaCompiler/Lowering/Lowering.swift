// Document to Model. The passes in order, each with why it comes there; what a pass finds wrong it reports, and the next goes on with
// what is left, so that one run shows every mistake.

/// Lowers the documents of one schema to a model.
struct Lowering {
    let diagnostics: Diagnostics
    /// The older platform's schema leans on a lenient reader. If any file is written in its dialect, what that reader passed over is
    /// passed over here with a warning; schemas in our own dialect get no such grace.
    let isLegacy: Bool
    var declarations = Declarations()
    let model = Model()
    /// Declared simple types that have been lowered, since one may build on another that is declared later.
    var simpleTypes: [String: SimpleType] = [:]
    var placed = Placed()

    static func lower(_ documents: [Document], _ diagnostics: Diagnostics) -> Model {
        let isLegacy = documents.contains { $0.root.comments.contains(where: LegacyAnnotations.isAnnotation) }
        var lowering = Lowering(diagnostics: diagnostics, isLegacy: isLegacy)
        // What is written in our own dialect is checked for constructs that no pass would look at.
        if !isLegacy { for document in documents { Strictness(diagnostics: diagnostics).check(document.root) } }
        // Names first: a type may be used before it is declared, and in another file.
        for document in documents { lowering.collect(document) }
        // Types next, since properties are checked against the shape of their type.
        lowering.lowerTypes()
        // Then the objects that statements speak of, then the statements.
        lowering.lowerObjects()
        lowering.lowerStatements()
        // Both ends of every relation are known now.
        lowering.completeRelations()
        // What no single declaration shows: cycles, and spellings that meet after derivation.
        lowering.checkStructures()
        lowering.checkContainment()
        lowering.checkSpellings()
        return lowering.model
    }

    /// An error in our own dialect, a warning in the older one.
    func complain(
        _ code: Diagnostic.Code, at location: SourceLocation, _ message: @autoclosure () -> String, hint: @autoclosure () -> String? = nil
    ) {
        if isLegacy {
            diagnostics.warning(code, at: location, message(), hint: hint())
        } else {
            diagnostics.error(code, at: location, message(), hint: hint())
        }
    }

    /// Reports what Strictness reports in our own dialect, so that it is said once.
    func passOver(
        _ code: Diagnostic.Code, at location: SourceLocation, _ message: @autoclosure () -> String, hint: @autoclosure () -> String?
    ) {
        if isLegacy { diagnostics.warning(code, at: location, message(), hint: hint()) }
    }

    /// The xs:documentation of a declaration; empty when there is none.
    static func documentation(of element: Element) -> String {
        var text = ""
        for annotation in element.children where annotation.name == "annotation" {
            for documentation in annotation.children where documentation.name == "documentation" {
                if !text.isEmpty { text += "\n\n" }
                text += documentation.text
            }
        }
        if text.isEmpty {
            // The older dialect: description, or description_1, description_2, … where one line was too short.
            for attribute in element.attributes where attribute.name.hasPrefix("description") { text += attribute.value + " " }
        }
        return text.isEmpty ? "" : Prose.paragraphs(text).joined(separator: "\n\n")
    }

    /// As `documentation(of:)`; a declaration of our own dialect that has none is reported.
    func requiredDocumentation(of element: Element, _ what: @autoclosure () -> String) -> String {
        let text = Self.documentation(of: element)
        if text.isEmpty, !isLegacy {
            diagnostics.warning(
                "undocumented", at: element.location, "\(what()) is not documented",
                hint: "add xs:annotation with xs:documentation: the manual shows it")
        }
        return text
    }

    /// Removes a namespace prefix: the older schema uses prefixes that it does not declare, so a name's prefix carries no meaning.
    static func local(_ name: String) -> String { LegacyAnnotations.unprefixed(name) }
}

/// Everything declared at the top of the schema's files, by name.
struct Declarations {
    struct Declared {
        let element: Element
        /// Index into `Model.files`.
        let file: Int
    }
    var elements: [String: Declared] = [:]
    var complexTypes: [String: Declared] = [:]
    var simpleTypes: [String: Declared] = [:]
    /// In order of declaration, to lower in that order.
    var elementOrder: [String] = []
    var complexTypeOrder: [String] = []
    var simpleTypeOrder: [String] = []
    var statements: [Statement] = []
}

extension Lowering {
    /// Files the top-level declarations of a document under their names.
    mutating func collect(_ document: Document) {
        let root = document.root
        if root.name != "schema" || (root.namespace != xsdNamespace && !isLegacy) {
            let space = root.name != "schema" ? "" : root.namespace.isEmpty ? " without a namespace" : " of the namespace \(root.namespace)"
            diagnostics.error(
                "not-a-schema", at: root.location, "the root element is <\(root.name)>\(space), not a schema",
                hint: "an XSD begins with <xs:schema xmlns:xs=\"\(xsdNamespace)\">")
            return
        }
        if let other = model.files.first(where: { $0.name == document.file.name }) {
            diagnostics.error(
                "duplicate-file-name", at: root.location, "\(other.file.path) has the same name, and output is named after the file",
                hint: "rename one of them")
            return
        }
        let index = model.files.count
        var file = ModelFile(file: document.file)
        file.documentation = Self.documentation(of: root)
        model.files.append(file)
        for child in root.children { collect(child, index) }
        for comment in root.comments where LegacyAnnotations.isAnnotation(comment) {
            declarations.statements += LegacyAnnotations(diagnostics: diagnostics).statements(in: comment)
        }
    }

    private mutating func collect(_ element: Element, _ file: Int) {
        switch element.name {
        case "annotation", "include": return
        case "import" where isLegacy: return
        case "element", "complexType", "simpleType": break
        default:
            passOver(
                "unsupported", at: element.location, "<\(element.name)> is not supported at the top of a schema",
                hint: "a schema holds include, element, complexType and simpleType")
            return
        }
        guard let name = element["name"], !name.isEmpty else {
            diagnostics.error("missing-attribute", at: element.location, "<\(element.name)> without a name", hint: "add name=\"…\"")
            return
        }
        guard isName(name) else {
            diagnostics.error(
                "bad-name", at: element.location(of: "name"), "\"\(name)\" cannot be spelled in every language that is generated",
                hint: "use letters, digits, - and _, beginning with a letter")
            return
        }
        if element.name != "element", Scalar(rawValue: name) != nil {
            complain("reserved-name", at: element.location(of: "name"), "\(name) is a scalar of XSD", hint: "name the type differently")
            if !isLegacy { return }
        }
        let declared = Declarations.Declared(element: element, file: file)
        let previous: Declarations.Declared?
        switch element.name {
        case "element":
            previous = declarations.elements[name]
            if previous == nil {
                declarations.elements[name] = declared
                declarations.elementOrder.append(name)
                declarations.statements += AnnotationReader(diagnostics: diagnostics).statements(
                    about: element, named: name, isObject: Self.isIdentity(Self.local(element["type"] ?? "")))
            }
        case "complexType":
            previous = declarations.complexTypes[name] ?? declarations.simpleTypes[name]
            if previous == nil {
                declarations.complexTypes[name] = declared
                declarations.complexTypeOrder.append(name)
            }
        default:
            previous = declarations.simpleTypes[name] ?? declarations.complexTypes[name]
            if previous == nil {
                declarations.simpleTypes[name] = declared
                declarations.simpleTypeOrder.append(name)
            }
        }
        if let previous {
            complain(
                "duplicate", at: element.location(of: "name"), "\(name) is declared twice",
                hint: "the other is at \(previous.element.location.reference)")
        }
    }

    func isName(_ name: String) -> Bool {
        guard let first = name.utf8.first else { return false }
        return first.isNameStart && name.utf8.allSatisfy(\.isNameByte)
    }
}
