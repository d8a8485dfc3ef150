// Structured types: xs:complexType becomes StructuredType. (Simple types are in SimpleTypes.swift.)

extension Lowering {
    mutating func lowerTypes() {
        for name in declarations.simpleTypeOrder { lowerSimpleType(name) }
        for name in declarations.complexTypeOrder where !Self.isIdentity(name) {
            guard let declared = declarations.complexTypes[name] else { continue }
            let type = StructuredType(
                name: name, documentation: requiredDocumentation(of: declared.element, "type \(name)"), location: declared.element.location,
                members: members(of: declared.element, in: name, file: declared.file))
            model.structureIndex[name] = model.structures.count
            model.structures.append(type)
            model.files[declared.file].structures.append(name)
        }
    }

    /// The type of an element that declares an object.
    static func isIdentity(_ name: String) -> Bool { name == "IdentityType" }

    // MARK: Members

    private mutating func members(of type: Element, in name: String, file: Int) -> [Member] {
        var members: [Member] = []
        var choices = 0
        appendMembers(of: type, choice: nil, &choices, in: name, file, &members)
        var seen: [String: SourceLocation] = [:]
        members = members.filter { member in
            let spelling = Naming.jsonKey(member.name)
            if let other = seen[spelling] {
                complain(
                    "duplicate", at: member.location, "\(name) already has a member spelled \(spelling)",
                    hint: "the other is at line \(other.line)")
                return false
            }
            seen[spelling] = member.location
            return true
        }
        return members
    }

    private mutating func appendMembers(
        of parent: Element, choice: Int?, _ choices: inout Int, in name: String, _ file: Int, _ members: inout [Member]
    ) {
        for child in parent.children {
            switch child.name {
            case "sequence", "all":
                appendMembers(of: child, choice: choice, &choices, in: name, file, &members)
            case "choice":
                choices += 1
                appendMembers(of: child, choice: choices, &choices, in: name, file, &members)
            case "element":
                if let member = member(child, choice: choice, in: name, file) { members.append(member) }
            case "attribute":
                if let member = member(child, choice: nil, in: name, file) { members.append(member) }
            case "simpleContent":
                for other in parent.children where other.name != "annotation" && other !== child {
                    diagnostics.error(
                        "unsupported", at: other.location, "<\(other.name)> stands beside <simpleContent>",
                        hint: "attributes of an element with text go into its <xs:extension>; it cannot have children")
                }
                appendContent(of: child, in: name, file, &members)
            case "annotation": continue
            default:
                passOver(
                    "unsupported", at: child.location, "<\(child.name)> is not supported inside a complexType",
                    hint: "types hold sequence, all, choice, element, attribute and simpleContent; there is no inheritance")
            }
        }
    }

    /// Text with attributes: the text becomes a member called `value`, since it has no name of its own.
    private mutating func appendContent(of content: Element, in name: String, _ file: Int, _ members: inout [Member]) {
        guard let derivation = content.first("extension") else {
            diagnostics.error(
                "unsupported", at: content.location, "<simpleContent> of \(name) without <extension>",
                hint: "write <xs:extension base=\"…\"> with the type of the text, and the attributes in it")
            return
        }
        let what = "the text of \(name)"
        let type = typeReference(derivation, what, attribute: "base")
        if case .structure(let structure) = type {
            diagnostics.error(
                "bad-attribute", at: derivation.location(of: "base"), "\(what) has the structured type \(structure)",
                hint: "text with attributes has a simple type: put members into xs:sequence instead")
        }
        members.append(
            Member(
                name: "value", type: type, cardinality: .optional, presence: nil, operations: nil, defaultValue: nil, choice: nil,
                form: .content,
                documentation: isLegacy ? Self.documentation(of: derivation) : requiredDocumentation(of: derivation, what),
                location: derivation.location))
        for child in derivation.children where child.name == "attribute" {
            if let member = member(child, choice: nil, in: name, file) { members.append(member) }
        }
    }

    private mutating func member(_ element: Element, choice: Int?, in owner: String, _ file: Int) -> Member? {
        guard let name = element["name"] ?? element["ref"].map(Self.local), !name.isEmpty else {
            diagnostics.error("missing-attribute", at: element.location, "a member without a name", hint: "add name=\"…\"")
            return nil
        }
        guard isName(name) else {
            diagnostics.error(
                "bad-name", at: element.location(of: "name"), "\"\(name)\" cannot be spelled in every language that is generated",
                hint: "use letters, digits, - and _, beginning with a letter")
            return nil
        }
        let documentation = isLegacy ? Self.documentation(of: element) : requiredDocumentation(of: element, "member \(owner).\(name)")
        let type: TypeReference
        if let inline = element.first("simpleType") {
            if let written = element["type"] {
                complain(
                    "two-types", at: element.location(of: "type"), "\(owner).\(name) has the type \(written) and another one inside",
                    hint: "remove one of them")
            }
            type = .simple(lowerInlineType(inline, of: owner, name, documentation: documentation, file))
        } else if let inline = element.first("complexType") {
            passOver(
                "unsupported", at: inline.location, "a type without a name inside \(owner).\(name)",
                hint: "declare it at the top and name it")
            type = .scalar(.string)
        } else {
            type = typeReference(element, "\(owner).\(name)")
        }
        let own = AnnotationReader(diagnostics: diagnostics).member(element)
        let (legacyPresence, legacyOperations) = legacyMember(element)
        let isAttribute = element.name == "attribute"
        if isAttribute, case .structure(let structure) = type {
            diagnostics.error(
                "bad-attribute", at: element.location(of: "type"), "the attribute \(name) has the structured type \(structure)",
                hint: "an XML attribute holds text: make it an element, or give it a simple type")
        }
        let cardinality = isAttribute ? attributeCardinality(element) : cardinality(element)
        let defaultValue = element["default"]
        if let defaultValue { checkDefault(defaultValue, of: type, cardinality, at: element.location(of: "default")) }
        return Member(
            name: name, type: type, cardinality: cardinality, presence: own.presence ?? legacyPresence,
            operations: own.operations ?? legacyOperations, defaultValue: defaultValue, choice: choice,
            form: isAttribute ? .attribute : .element, documentation: documentation, location: element.location)
    }

    /// The older schema puts presence and operations into attributes that XSD does not know.
    private func legacyMember(_ element: Element) -> (Presence?, Operations?) {
        guard isLegacy else { return (nil, nil) }
        let presence: Presence? =
            switch element["required"]?.lowercased() {
            case "true", "required": .required
            case let text?: Presence(rawValue: text)
            case nil: nil
            }
        return (presence, element["operations"].flatMap(Operations.init(letters:)))
    }

    private func attributeCardinality(_ element: Element) -> Member.Cardinality {
        switch element["use"] {
        case "required": return .required
        case "optional", nil: return .optional
        case let use?:
            complain("bad-value", at: element.location(of: "use"), "use is \"\(use)\"", hint: "write required or optional")
            return .optional
        }
    }

    private func cardinality(_ element: Element) -> Member.Cardinality {
        func bound(_ attribute: String) -> Int? {
            guard let text = element[attribute] else { return 1 }
            if let value = Int(text), value >= 0 { return value }
            diagnostics.error(
                "bad-occurs", at: element.location(of: attribute), "\(attribute) is \"\(text)\"",
                hint: attribute == "maxOccurs" ? "write a whole number from 1, or unbounded" : "write a whole number from 0")
            return nil
        }
        guard let minimum = bound("minOccurs") else { return .optional }
        if element["maxOccurs"] == "unbounded" { return .many(minimum: minimum, maximum: nil) }
        guard let maximum = bound("maxOccurs") else { return .optional }
        if maximum < minimum || maximum == 0 {
            diagnostics.error(
                "bad-occurs", at: element.location(of: "maxOccurs"), "maxOccurs \(maximum) with minOccurs \(minimum) allows nothing",
                hint: "maxOccurs is at least 1 and not less than minOccurs")
        }
        return maximum > 1 ? .many(minimum: minimum, maximum: maximum) : minimum == 0 ? .optional : .required
    }

    /// Resolves the `type` of an element, or another attribute that names a type. An element without one holds text.
    func typeReference(_ element: Element, _ what: @autoclosure () -> String, attribute: String = "type") -> TypeReference {
        guard let written = element[attribute] else {
            // A type inside the element has been reported by Strictness, where our own dialect does not allow it.
            let hasInlineType = element.children.contains { $0.name == "simpleType" || $0.name == "complexType" }
            if element["ref"] == nil, isLegacy || !hasInlineType {
                complain("missing-type", at: element.location, "\(what()) has no type", hint: "add \(attribute)=\"…\"")
            }
            return .scalar(.string)
        }
        let name = Self.local(written)
        if Self.isIdentity(name) {
            complain(
                "bad-type", at: element.location(of: attribute), "\(what()) has the type of objects, which is no value",
                hint: "refer to an object with t:reference, or give the value a type of its own")
            return .scalar(.string)
        }
        if declarations.complexTypes[name] != nil { return .structure(name) }
        if declarations.simpleTypes[name] != nil { return .simple(name) }
        if let scalar = Scalar(rawValue: name) { return .scalar(scalar) }
        complain(
            "unknown-type", at: element.location(of: attribute), "\(what()) has the unknown type \"\(written)\"",
            hint: typeHint(
                name, Array(declarations.complexTypes.keys) + declarations.simpleTypes.keys,
                otherwise: "scalars are \(Scalar.names.joined(separator: ", "))"))
        return .scalar(.string)
    }

    /// How to mend the name of a type that does not exist.
    func typeHint(_ name: String, _ declared: some Collection<String>, otherwise: String) -> String {
        Spelling.suggestion(for: name, in: Scalar.names + declared) ?? Scalar.substitute(for: name) ?? otherwise
    }
}
