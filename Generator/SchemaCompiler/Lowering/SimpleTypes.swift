// Simple types: xs:simpleType becomes SimpleType, a scalar with restrictions. A restriction may build on another simple type, declared
// anywhere; it takes over what that one demands and may only demand more.

extension Lowering {
    /// Longer chains of restrictions are a mistake, and each link takes a stack frame.
    private static let maximumChain = 32

    mutating func lowerSimpleType(_ name: String) {
        guard let declared = declarations.simpleTypes[name] else { return }
        _ = requiredDocumentation(of: declared.element, "simple type \(name)")
        guard let type = resolved(name, [], from: declared.element.location) else { return }
        add(type, declared.file)
    }

    /// A type declared inside a member, named after both; returns the name.
    mutating func lowerInlineType(_ element: Element, of owner: String, _ member: String, documentation: String, _ file: Int) -> String {
        let name = owner + Naming.swiftType(member.prefix(1).uppercased() + member.dropFirst())
        var type = simple(element, named: name, documentation: documentation, [])
        type.isAnonymous = true
        if declarations.simpleTypes[name] != nil || declarations.complexTypes[name] != nil || model.simpleTypeIndex[name] != nil {
            diagnostics.error(
                "duplicate", at: element.location, "the type inside \(owner).\(member) is spelled \(name), which is declared as well",
                hint: "declare the type at the top and name it")
        } else {
            add(type, file)
        }
        return name
    }

    private mutating func add(_ type: SimpleType, _ file: Int) {
        model.simpleTypeIndex[type.name] = model.simpleTypes.count
        model.simpleTypes.append(type)
        model.files[file].simpleTypes.append(type.name)
    }

    /// A declared simple type, lowered when it is first asked for.
    private mutating func resolved(_ name: String, _ path: [String], from location: SourceLocation) -> SimpleType? {
        if let known = simpleTypes[name] { return known }
        guard let declared = declarations.simpleTypes[name] else { return nil }
        if path.contains(name) {
            let cycle = (path.drop { $0 != name } + [name]).joined(separator: " → ")
            diagnostics.error(
                "recursive-type", at: location, "\(name) restricts itself: \(cycle)", hint: "restrict a scalar such as xs:string")
            return nil
        }
        if path.count == Self.maximumChain {
            diagnostics.error(
                "recursive-type", at: location, "more than \(Self.maximumChain) restrictions build on each other",
                hint: "restrict a scalar directly")
            return nil
        }
        let type = simple(
            declared.element, named: name, documentation: Self.documentation(of: declared.element), path + [name])
        simpleTypes[name] = type
        return type
    }

    private mutating func simple(_ element: Element, named name: String, documentation: String, _ path: [String]) -> SimpleType {
        var type = SimpleType(name: name, documentation: documentation, location: element.location, base: .string)
        if let union = element.first("union") {
            unite(union, into: &type, path)
        } else if let restriction = element.first("restriction") {
            restrict(restriction, &type, path)
        } else if isLegacy || element.children.allSatisfy({ $0.name == "annotation" }) {
            // Strictness has spoken about anything else in our own dialect.
            diagnostics.error(
                "unsupported", at: element.location, "simple type \(name) has neither restriction nor union", hint: "add xs:restriction")
        }
        return type
    }

    // MARK: Restrictions

    private mutating func restrict(_ restriction: Element, _ type: inout SimpleType, _ path: [String]) {
        let written = restriction["base"] ?? ""
        let name = Self.local(written)
        var inherited: SimpleType?
        if declarations.simpleTypes[name] != nil {
            inherited = resolved(name, path, from: restriction.location(of: "base"))
            if inherited?.unionScalars.isEmpty == false {
                complain(
                    "unsupported", at: restriction.location(of: "base"), "\(type.name) restricts the union \(name)",
                    hint: "restrict a scalar")
            }
        } else if let scalar = Scalar(rawValue: name) {
            type.base = scalar
        } else if written.isEmpty {
            complain(
                "missing-attribute", at: restriction.location, "\(type.name) does not say what it restricts",
                hint: "add base=\"…\", such as base=\"xs:string\"")
        } else {
            complain(
                "unknown-type", at: restriction.location(of: "base"), "\(type.name) restricts the unknown type \"\(written)\"",
                hint: typeHint(name, declarations.simpleTypes.keys, otherwise: "restrict a scalar such as xs:string"))
        }
        if let inherited {
            type.base = inherited.base
            type.minimum = inherited.minimum
            type.maximum = inherited.maximum
            type.minimumLength = inherited.minimumLength
            type.maximumLength = inherited.maximumLength
        }
        var seen = SeenFacets()
        for facet in restriction.children where facet.name != "annotation" { apply(facet, to: &type, &seen) }
        check(type, within: inherited, at: restriction.location)
        if let inherited {
            if type.enumeration.isEmpty { type.enumeration = inherited.enumeration }
            if type.patterns.isEmpty { type.patterns = inherited.patterns }
        }
    }

    private func check(_ type: SimpleType, within base: SimpleType?, at location: SourceLocation) {
        if let minimum = type.minimum, let maximum = type.maximum, minimum > maximum {
            diagnostics.error(
                "bad-range", at: location, "no number is at least \(minimum) and at most \(maximum)",
                hint: "exchange the bounds of \(type.name)")
        }
        if let minimum = type.minimumLength, minimum > type.maximumLength ?? Int.max {
            diagnostics.error(
                "bad-range", at: location, "no text has at least \(minimum) and at most \(type.maximumLength ?? 0) characters",
                hint: "exchange the lengths of \(type.name)")
        }
        guard let base else { return }
        let widens =
            type.minimum ?? .min < base.minimum ?? .min || type.maximum ?? .max > base.maximum ?? .max
            || type.minimumLength ?? 0 < base.minimumLength ?? 0 || type.maximumLength ?? .max > base.maximumLength ?? .max
        if widens {
            complain(
                "bad-range", at: location, "\(type.name) allows more than \(base.name), which it restricts",
                hint: "choose bounds inside those of \(base.name)")
        }
        if base.isEnumeration,
            let stranger = type.enumeration.first(where: { value in !base.enumeration.contains { $0.value == value.value } })
        {
            complain(
                "bad-value", at: stranger.location, "\"\(stranger.value)\" is not a value of \(base.name), which \(type.name) restricts",
                hint: "\(base.name) has \(base.enumeration.map(\.value).joined(separator: ", "))")
        }
        if !base.patterns.isEmpty, !type.patterns.isEmpty {
            complain(
                "unsupported", at: location, "\(type.name) adds a pattern to that of \(base.name)",
                hint: "write one pattern that says both, and restrict a scalar")
        }
    }

    // MARK: Unions

    private mutating func unite(_ union: Element, into type: inout SimpleType, _ path: [String]) {
        var parts: [SimpleType] = []
        for member in (union["memberTypes"] ?? "").split(whereSeparator: \.isWhitespace) {
            let name = Self.local(String(member))
            if let scalar = Scalar(rawValue: name) {
                parts.append(SimpleType(name: name, documentation: "", location: union.location, base: scalar))
            } else if declarations.simpleTypes[name] != nil {
                if let part = resolved(name, path, from: union.location(of: "memberTypes")) { parts.append(part) }
            } else {
                complain(
                    "unknown-type", at: union.location(of: "memberTypes"), "\(type.name) unites the unknown type \"\(member)\"",
                    hint: typeHint(name, declarations.simpleTypes.keys, otherwise: "unite scalars and simple types"))
            }
        }
        for inline in union.children where inline.name == "simpleType" {
            parts.append(simple(inline, named: type.name, documentation: "", path))
        }
        if parts.isEmpty, union["memberTypes"]?.allSatisfy(\.isWhitespace) ?? true {
            diagnostics.error(
                "bad-union", at: union.location, "\(type.name) unites nothing",
                hint: "name the types in memberTypes=\"…\", or put xs:simpleType inside")
        }
        // Enumerations alone make an enumeration; beside anything else their values are one pattern among others.
        if parts.allSatisfy({ $0.isEnumeration && $0.unionScalars.isEmpty && $0.patterns.isEmpty }) {
            var seen: Set<String> = []
            for value in parts.flatMap(\.enumeration) where seen.insert(value.value).inserted { type.enumeration.append(value) }
            return
        }
        var seen: Set<String> = []
        for part in parts {
            if part.minimum ?? part.maximum ?? part.minimumLength ?? part.maximumLength != nil {
                complain(
                    "unsupported", at: union.location, "\(type.name) unites \(part.name), which has bounds",
                    hint: "bound it with a pattern such as [0-9]{1,3}")
            }
            let patterns = part.patterns + (part.isEnumeration ? [PatternSyntax.alternatives(part.enumeration.map(\.value))] : [])
            // Each once, since unions of unions may lead to one part on many ways.
            type.patterns += patterns.filter { seen.insert($0).inserted }
            let scalars = part.patterns.isEmpty && !part.isEnumeration && part.unionScalars.isEmpty ? [part.base] : part.unionScalars
            for scalar in scalars where !type.unionScalars.contains(scalar) { type.unionScalars.append(scalar) }
        }
    }
}

extension PatternSyntax {
    /// A pattern that matches exactly these values.
    static func alternatives(_ values: [String]) -> String {
        values.map { value in
            var pattern = ""
            for scalar in value.unicodeScalars {
                if "\\|.-^?*+{}()[]".unicodeScalars.contains(scalar) { pattern += "\\" }
                pattern.unicodeScalars.append(scalar)
            }
            return pattern
        }.joined(separator: "|")
    }
}
