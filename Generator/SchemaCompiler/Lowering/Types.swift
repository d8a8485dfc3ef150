// Structured and simple types: xs:complexType and xs:simpleType become StructuredType and SimpleType.

import CLibXML2

extension Lowering {
    mutating func lowerTypes() {
        for name in declarations.simpleTypeOrder {
            guard let declared = declarations.simpleTypes[name] else { continue }
            add(
                simple(declared.element, named: name, documentation: requiredDocumentation(of: declared.element, "simple type \(name)")),
                declared.file)
        }
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

    private mutating func add(_ type: SimpleType, _ file: Int) {
        model.simpleTypeIndex[type.name] = model.simpleTypes.count
        model.simpleTypes.append(type)
        model.files[file].simpleTypes.append(type.name)
    }

    // MARK: Members

    private mutating func members(of type: Element, in name: String, file: Int) -> [Member] {
        var members: [Member] = []
        var choices = 0
        appendMembers(of: type, choice: nil, &choices, in: name, file, &members)
        var seen: [String: Member] = [:]
        members = members.filter { member in
            let spelling = Naming.jsonKey(member.name)
            if let other = seen[spelling] {
                complain(
                    "duplicate", at: member.location, "\(name) already has a member spelled \(spelling)",
                    hint: "the other is at line \(other.location.line)")
                return false
            }
            seen[spelling] = member
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
                if !isLegacy, parent.name == "complexType" {
                    diagnostics.error(
                        "unsupported", at: child.location, "element directly inside complexType", hint: "put it into xs:sequence or xs:all")
                }
                if let member = member(child, choice: choice, in: name, file) { members.append(member) }
            case "attribute":
                if let member = member(child, choice: nil, in: name, file) { members.append(member) }
            case "annotation": continue
            default:
                complain(
                    "unsupported", at: child.location, "<\(child.name)> is not supported inside a complexType",
                    hint: "types hold sequence, all, choice, element and attribute; there is no inheritance")
            }
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
            var anonymous = simple(
                inline, named: owner + Naming.swiftType(name.first.map { $0.uppercased() + name.dropFirst() } ?? name),
                documentation: documentation)
            anonymous.isAnonymous = true
            add(anonymous, file)
            type = .simple(anonymous.name)
        } else if let inline = element.first("complexType") {
            complain(
                "unsupported", at: inline.location, "a type without a name inside \(owner).\(name)",
                hint: "declare it at the top and name it")
            type = .scalar(.string)
        } else {
            type = typeReference(element, "\(owner).\(name)")
        }
        let own = AnnotationReader(diagnostics: diagnostics).member(element)
        let (legacyPresence, legacyOperations) = legacyMember(element)
        let defaultValue = element["default"]
        if let defaultValue { checkDefault(defaultValue, of: type, at: element.location(of: "default")) }
        let isAttribute = element.name == "attribute"
        if isAttribute, case .structure(let structure) = type {
            diagnostics.error(
                "bad-attribute", at: element.location(of: "type"), "the attribute \(name) has the structured type \(structure)",
                hint: "an XML attribute holds text: make it an element, or give it a simple type")
        }
        return Member(
            name: name, type: type,
            cardinality: isAttribute ? (element["use"] == "required" ? .required : .optional) : cardinality(element),
            presence: own.presence ?? legacyPresence, operations: own.operations ?? legacyOperations, defaultValue: defaultValue,
            choice: choice,
            isAttribute: isAttribute, documentation: documentation, location: element.location)
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

    private func cardinality(_ element: Element) -> Member.Cardinality {
        func bound(_ attribute: String) -> Int? {
            guard let text = element[attribute] else { return 1 }
            if let value = Int(text), value >= 0 { return value }
            diagnostics.error(
                "bad-occurs", at: element.location(of: attribute), "\(attribute) is \"\(text)\"",
                hint: "write a number\(attribute == "maxOccurs" ? " or unbounded" : "")")
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

    /// Resolves the `type` of an element. An element without one holds text.
    func typeReference(_ element: Element, _ what: String) -> TypeReference {
        guard let written = element["type"] else {
            if element["ref"] == nil { complain("missing-type", at: element.location, "\(what) has no type", hint: "add type=\"…\"") }
            return .scalar(.string)
        }
        let name = Self.local(written)
        if declarations.complexTypes[name] != nil { return .structure(name) }
        if declarations.simpleTypes[name] != nil { return .simple(name) }
        if let scalar = Scalar(rawValue: name) { return .scalar(scalar) }
        complain(
            "unknown-type", at: element.location(of: "type"), "\(what) has the unknown type \(written)",
            hint: Spelling.suggestion(for: name, in: Array(declarations.complexTypes.keys) + declarations.simpleTypes.keys)
                ?? "scalars are string, integer, unsignedInt, unsignedShort, unsignedLong, boolean, dateTime and time")
        return .scalar(.string)
    }

    // MARK: Simple types

    private func simple(_ element: Element, named name: String, documentation: String) -> SimpleType {
        if let union = element.first("union") { return self.union(union, named: name, documentation, element.location) }
        guard let restriction = element.first("restriction") else {
            diagnostics.error(
                "unsupported", at: element.location, "simple type \(name) has neither restriction nor union", hint: "add xs:restriction")
            return SimpleType(name: name, documentation: documentation, location: element.location, base: .string)
        }
        let written = restriction["base"] ?? ""
        var base = Scalar.string
        var inherited: SimpleType?
        if let scalar = Scalar(rawValue: Self.local(written)) {
            base = scalar
        } else if let declared = declarations.simpleTypes[Self.local(written)], Self.local(written) != name {
            // A restriction of a restriction; the chain is short, and a cycle in it ends at a name already on the way.
            inherited = restrictionChain(declared.element, visited: [name])
            base = inherited?.base ?? .string
        } else {
            complain(
                "unknown-type", at: restriction.location(of: "base"), "\(name) restricts the unknown type \"\(written)\"",
                hint: "restrict a scalar such as xs:string")
        }
        var type = SimpleType(name: name, documentation: documentation, location: element.location, base: base)
        type.minimum = inherited?.minimum
        type.maximum = inherited?.maximum
        for facet in restriction.children where facet.name != "annotation" { apply(facet, to: &type) }
        check(type, at: restriction.location)
        return type
    }

    private func restrictionChain(_ element: Element, visited: Set<String>) -> SimpleType? {
        guard let restriction = element.first("restriction"), let base = restriction["base"], let name = element["name"] else { return nil }
        if let scalar = Scalar(rawValue: Self.local(base)) {
            var type = SimpleType(name: name, documentation: "", location: element.location, base: scalar)
            for facet in restriction.children where facet.name == "minInclusive" || facet.name == "maxInclusive" { apply(facet, to: &type) }
            return type
        }
        guard !visited.contains(name), let next = declarations.simpleTypes[Self.local(base)] else { return nil }
        return restrictionChain(next.element, visited: visited.union([name]))
    }

    private func apply(_ facet: Element, to type: inout SimpleType) {
        guard let value = facet["value"] else {
            diagnostics.error("missing-attribute", at: facet.location, "<\(facet.name)> without a value", hint: "add value=\"…\"")
            return
        }
        func number() -> Int? {
            if let number = Int(value) { return number }
            diagnostics.error(
                "bad-range", at: facet.location(of: "value"), "\(facet.name) of \(type.name) is \"\(value)\"",
                hint: "write a whole number below 2^63")
            return nil
        }
        func onNumbers() -> Bool {
            if type.base.isNumeric { return true }
            diagnostics.error(
                "bad-facet", at: facet.location, "\(type.name) is text and has no \(facet.name)",
                hint: "bound its length, or restrict xs:integer")
            return false
        }
        switch facet.name {
        case "enumeration":
            if type.enumeration.contains(where: { $0.value == value }) {
                complain("duplicate", at: facet.location(of: "value"), "\(type.name) lists \"\(value)\" twice", hint: "remove one")
                return
            }
            type.enumeration.append(.init(value: value, documentation: Self.documentation(of: facet)))
        case "minInclusive": if onNumbers() { type.minimum = number() }
        case "maxInclusive": if onNumbers() { type.maximum = number() }
        case "minExclusive": if onNumbers() { type.minimum = number().flatMap { $0 < Int.max ? $0 + 1 : nil } }
        case "maxExclusive": if onNumbers() { type.maximum = number().flatMap { $0 > Int.min ? $0 - 1 : nil } }
        case "minLength": type.minimumLength = number()
        case "maxLength": type.maximumLength = number()
        case "length":
            type.minimumLength = number()
            type.maximumLength = type.minimumLength
        case "pattern": addPattern(value, at: facet, to: &type)
        case "whiteSpace": break
        default:
            complain(
                "unsupported", at: facet.location, "facet <\(facet.name)> is not supported",
                hint: "use enumeration, bounds, lengths or pattern")
        }
    }

    private func addPattern(_ written: String, at facet: Element, to type: inout SimpleType) {
        // The older schema breaks long patterns over lines; its reader matched without the layout.
        let pattern = isLegacy ? written.filter { !$0.isWhitespace } : written
        guard let compiled = xmlRegexpCompile(pattern) else {
            diagnostics.error(
                "bad-pattern", at: facet.location(of: "value"), "the pattern of \(type.name) is not a regular expression: \(pattern)",
                hint: "XSD patterns are anchored at both ends and know no ^ $ or (?:")
            return
        }
        xmlRegFreeRegexp(compiled)
        type.patterns.append(pattern)
    }

    private func union(_ union: Element, named name: String, _ documentation: String, _ location: SourceLocation) -> SimpleType {
        var type = SimpleType(name: name, documentation: documentation, location: location, base: .string)
        for member in (union["memberTypes"] ?? "").split(separator: " ") {
            guard let scalar = Scalar(rawValue: Self.local(String(member))) else {
                diagnostics.error(
                    "unknown-type", at: union.location(of: "memberTypes"), "\(name) unites the unknown scalar \(member)",
                    hint: "unite scalars and inline types")
                continue
            }
            type.unionScalars.append(scalar)
        }
        for inline in union.children(named: "simpleType") {
            let part = simple(inline, named: name, documentation: "")
            type.patterns += part.patterns
            type.enumeration += part.enumeration
            if part.patterns.isEmpty, part.enumeration.isEmpty { type.unionScalars.append(part.base) }
        }
        if type.unionScalars.isEmpty, type.patterns.isEmpty, type.enumeration.isEmpty {
            diagnostics.error("bad-union", at: location, "\(name) unites nothing", hint: "name memberTypes or put xs:simpleType inside")
        }
        return type
    }

    private func check(_ type: SimpleType, at location: SourceLocation) {
        if let minimum = type.minimum, let maximum = type.maximum, minimum > maximum {
            diagnostics.error(
                "bad-range", at: location, "no number is at least \(minimum) and at most \(maximum)",
                hint: "exchange the bounds of \(type.name)")
        }
        if let minimum = type.minimumLength, minimum < 0 || minimum > type.maximumLength ?? Int.max {
            diagnostics.error(
                "bad-range", at: location, "no text has the lengths that \(type.name) asks for",
                hint: "minLength is at least 0 and at most maxLength")
        }
        if type.isEnumeration, type.base.isNumeric, let bad = type.enumeration.first(where: { Int($0.value) == nil }) {
            diagnostics.error(
                "bad-value", at: location, "\(type.name) is a number but lists \"\(bad.value)\"", hint: "restrict xs:string instead")
        }
    }

    /// A default that the type itself refuses would be refused by the server in every client's first request.
    func checkDefault(_ value: String, of type: TypeReference, at location: SourceLocation) {
        switch type {
        case .structure(let name):
            diagnostics.error("bad-default", at: location, "\(name) is structured and has no default", hint: "give its members defaults")
        case .scalar(let scalar): checkDefault(value, scalar, scalar.rawValue, location)
        case .simple(let name):
            guard let simple = model.simpleType(name) else { return }
            if simple.isEnumeration, !simple.enumeration.contains(where: { $0.value == value }) {
                diagnostics.error(
                    "bad-default", at: location, "\"\(value)\" is not a value of \(name)",
                    hint: "it has \(simple.enumeration.map(\.value).joined(separator: ", "))")
            }
            checkDefault(value, simple.base, name, location)
            if simple.base.isNumeric, let number = Int(value), number < simple.minimum ?? .min || number > simple.maximum ?? .max {
                complain(
                    "bad-default", at: location, "\(value) is outside the range of \(name)", hint: "choose a default that the type allows")
            }
        }
    }

    private func checkDefault(_ value: String, _ scalar: Scalar, _ name: String, _ location: SourceLocation) {
        let fits =
            switch scalar {
            case .integer, .unsignedInt, .unsignedShort, .unsignedLong: Int(value) != nil
            case .boolean: value == "true" || value == "false"
            case .string, .dateTime, .time: true
            }
        if !fits {
            complain(
                "bad-default", at: location, "\"\(value)\" is not a value of \(name)", hint: "write the default as the type is written")
        }
    }
}

extension Scalar {
    var isNumeric: Bool {
        switch self {
        case .integer, .unsignedInt, .unsignedShort, .unsignedLong: true
        case .string, .boolean, .dateTime, .time: false
        }
    }
}
