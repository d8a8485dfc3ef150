// What our own dialect may contain: the part of XSD that the model can express. Anything else is an error at the place where it stands,
// because what a compiler passes over in silence its user believes to be in force. (A misspelled minOccurs makes a member required.)

/// Checks the elements of a document, one by one, before any meaning is given to them.
struct Strictness {
    let diagnostics: Diagnostics

    /// What one kind of XSD element may hold.
    private struct Rule {
        let children: Set<String>
        let attributes: Set<String>

        init(_ children: String, _ attributes: String) {
            self.children = Set(children.split(separator: " ").map(String.init))
            self.attributes = Set(attributes.split(separator: " ").map(String.init)).union(["id"])
        }
    }

    private static let rules: [String: Rule] = [
        "schema": Rule(
            "annotation include element complexType simpleType", "targetNamespace version elementFormDefault attributeFormDefault"),
        "include": Rule("annotation", "schemaLocation"),
        "annotation": Rule("documentation appinfo", ""),
        "element": Rule("annotation", "name type default"),
        "complexType": Rule("annotation sequence all choice attribute simpleContent", "name"),
        "simpleContent": Rule("annotation extension", ""),
        // Text with attributes is the only extension there is: types do not inherit members.
        "extension": Rule("annotation attribute", "base"),
        "sequence": Rule("annotation element sequence choice", "minOccurs maxOccurs"),
        "all": Rule("annotation element", "minOccurs maxOccurs"),
        // Alternatives are single members: a group of members as one alternative cannot be expressed.
        "choice": Rule("annotation element", "minOccurs maxOccurs"),
        "attribute": Rule("annotation simpleType", "name type use default"),
        "simpleType": Rule("annotation restriction union", "name"),
        "restriction": Rule(
            "annotation enumeration minInclusive maxInclusive minExclusive maxExclusive length minLength maxLength pattern whiteSpace",
            "base"),
        "union": Rule("annotation simpleType", "memberTypes"),
    ]
    /// An element inside a type: a member.
    private static let member = Rule("annotation simpleType", "name type default minOccurs maxOccurs")
    private static let facet = Rule("annotation", "value fixed")

    /// - Parameter root: what another root holds is nobody's concern: it is refused as a whole.
    func check(_ root: Element) {
        if root.name == "schema", root.namespace == xsdNamespace { check(root, in: nil) }
    }

    private func check(_ element: Element, in parent: Element?) {
        switch element.name {
        case "documentation": return checkProse(element)
        case "appinfo": return checkForeign(element)
        default: break
        }
        guard let rule = rule(for: element, in: parent) else { return }
        if let place = element.textLocation {
            let start = Prose.paragraphs(element.text).first?.prefix(40) ?? ""
            diagnostics.error(
                "stray-text", at: place, "text stands inside <\(element.name)>: \"\(start)\"",
                hint: "put it into a comment or into xs:documentation")
        }
        for attribute in element.attributes where attribute.namespace.isEmpty && !rule.attributes.contains(attribute.name) {
            diagnostics.error(
                "unknown-attribute", at: element.location(of: attribute.name),
                "<\(element.name)> has no attribute \(attribute.name) here",
                hint: hint(for: attribute.name, rule))
        }
        if element.name == "sequence" || element.name == "all" || element.name == "choice" { checkGroup(element) }
        for child in element.children {
            if child.namespace != xsdNamespace {
                wrongNamespace(child)
            } else if rule.children.contains(child.name) {
                check(child, in: element)
            } else {
                unsupported(child, in: element, rule)
            }
        }
    }

    private func rule(for element: Element, in parent: Element?) -> Rule? {
        switch parent?.name {
        case "restriction": element.name == "annotation" ? Self.rules["annotation"] : Self.facet
        case "sequence", "all", "choice": element.name == "element" ? Self.member : Self.rules[element.name]
        default: Self.rules[element.name]
        }
    }

    private func hint(for attribute: String, _ rule: Rule) -> String {
        switch attribute {
        // The older dialect has these.
        case "required", "operations": "write <t:member presence=\"…\" operations=\"…\"/> in xs:appinfo"
        case "description": "write xs:documentation"
        case "ref": "declare the member here, with name and type"
        default:
            Spelling.suggestion(for: attribute, in: rule.attributes.sorted())
                ?? "it may have \(rule.attributes.sorted().joined(separator: ", "))"
        }
    }

    private func unsupported(_ child: Element, in parent: Element, _ rule: Rule) {
        let hint =
            switch (parent.name, child.name) {
            case ("complexType", "element"): "put it into xs:sequence or xs:all"
            case ("simpleContent", "restriction"): "restrict a simpleType and name it as the base of xs:extension"
            case ("complexType", "complexContent"): "there is no inheritance: write the members out"
            case ("element", "complexType"), ("element", "simpleType"):
                "declare the type at the top of the schema, name it, and use its name"
            case ("schema", "import"), ("schema", "redefine"): "a schema is one namespace: use xs:include"
            default:
                Spelling.suggestion(for: child.name, in: rule.children.sorted())
                    ?? "<\(parent.name)> may hold \(rule.children.sorted().joined(separator: ", "))"
            }
        diagnostics.error("unsupported", at: child.location, "<\(child.name)> is not supported inside <\(parent.name)>", hint: hint)
    }

    private func wrongNamespace(_ element: Element) {
        diagnostics.error(
            "wrong-namespace", at: element.location,
            "<\(element.name)> is not in the namespace of XSD"
                + (element.namespace.isEmpty ? ": its prefix is missing or undeclared" : " but in \(element.namespace)"),
            hint: "write xs:\(element.name), with xmlns:xs=\"\(xsdNamespace)\" on the schema")
    }

    /// A type of the model has members, each with bounds of its own; a group only says whether the members are alternatives.
    private func checkGroup(_ group: Element) {
        for attribute in ["minOccurs", "maxOccurs"] {
            guard let text = group[attribute], text != "1", !(attribute == "minOccurs" && text == "0" && group.name == "choice") else {
                continue
            }
            diagnostics.error(
                "unsupported", at: group.location(of: attribute), "<\(group.name)> with \(attribute) \"\(text)\" is not supported",
                hint: "give \(attribute) to the members")
        }
    }

    private func checkProse(_ documentation: Element) {
        for child in documentation.children {
            diagnostics.error(
                "unsupported", at: child.location, "<\(child.name)> inside documentation is not supported",
                hint: "documentation is text with `code` in backquotes; write &lt; for <")
        }
    }

    private func checkForeign(_ appinfo: Element) {
        for child in appinfo.children where child.namespace != annotationNamespace {
            diagnostics.warning(
                "foreign-annotation", at: child.location,
                "<\(child.name)> is not in the namespace \(annotationNamespace) and means nothing here",
                hint: "annotations of the model are written t:\(child.name), with xmlns:t=\"\(annotationNamespace)\" on the schema")
        }
    }
}
