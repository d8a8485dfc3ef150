// Types in words: the short form that stands in a table, and the section that explains a structured or simple type.

extension ManualPrinter {
    /// `integer, 0–255`, `list of [RouteType](…)`.
    func typeText(_ type: TypeReference, isMany: Bool = false, in model: Model) -> Text {
        let text: Text
        switch type {
        case .scalar(let scalar): text = Text(scalar.inWords)
        case .structure(let name): text = typeLink(name)
        case .simple(let name):
            guard let simple = model.simpleType(name) else { return "string" }
            let rule = simple.ruleInWords
            if simple.isAnonymous { text = Text(rule) } else { text = simple.isRange ? "\(typeLink(name)), \(rule)" : typeLink(name) }
        }
        return isMany ? "list of \(text)" : text
    }

    func typeText(_ property: Property, in model: Model) -> Text {
        guard case .structure(let name) = property.type else { return typeText(property.type, in: model) }
        switch property.collection {
        case .single: return typeLink(name)
        case .list: return "list in \(typeLink(name))"
        case .map(_, let key): return "map by `\(Naming.jsonKey(key))` in \(typeLink(name))"
        }
    }

    // MARK: Sections

    mutating func section(aboutType name: String, plan: ManualPlan, listingUsers: Bool) {
        if let structure = plan.model.structure(name) {
            heading(3, name)
            prose(structure.documentation, about: name)
            if listingUsers { self.users(of: name, plan) }
            members(of: structure, plan.model)
            facts(["`\(structure.location.reference)`", "Python `vnc_api.\(Naming.pythonType(name))`", "Swift `\(Naming.swiftType(name))`"])
        } else if let simple = plan.model.simpleType(name) {
            heading(3, name)
            prose(simple.documentation, about: name)
            if listingUsers { self.users(of: name, plan) }
            rule(of: simple)
            let swift: [Text] = simple.isEnumeration && !simple.base.isNumeric ? ["Swift `\(Naming.swiftType(name))`"] : []
            facts(["`\(simple.location.reference)`"] + swift)
        }
    }

    private mutating func members(of structure: StructuredType, _ model: Model) {
        if structure.members.isEmpty {
            block("It has no members.")
            return
        }
        let choices = Set(structure.members.compactMap(\.choice))
        if structure.members.contains(where: { $0.presence == .exclusive }) || !choices.isEmpty {
            block("Of the members marked *one of* exactly one is set.")
        }
        table("Member", "Type", "Meaning")
        for member in structure.members {
            var type = typeText(member.type, isMany: member.isMany, in: model)
            if case .many(_, .some(let maximum)) = member.cardinality { type = "\(type), at most \(maximum)" }
            if let value = member.defaultValue { type = "\(type); default `\(value)`" }
            var notes: [Text] = []
            if member.presence == .exclusive || member.choice != nil { notes.append("*One of.*") }
            if member.presence == .required || (member.presence == nil && member.cardinality == .required) { notes.append("*Required.*") }
            if member.presence == .systemOnly { notes.append("*Written by the system.*") }
            if member.presence == .adminOnly { notes.append("*Written by administrators.*") }
            let text = cell(member.documentation, in: structure)
            if !text.isEmpty { notes.append(text) }
            row("`\(Naming.jsonKey(member.name))`", type, notes.joined(separator: " "))
        }
    }

    private mutating func rule(of simple: SimpleType) {
        guard simple.isEnumeration else {
            block("\(simple.ruleInWords.capitalisedFirst).")
            return
        }
        if simple.enumeration.contains(where: { !$0.documentation.isEmpty }) {
            table("Value", "Meaning")
            for value in simple.enumeration { row("`\(value.value)`", cell(value.documentation)) }
        } else {
            block("One of \(simple.enumeration.map { "`\($0.value)`" as Text }.joined(separator: ", ")).")
        }
    }

    /// Who uses a type that stands by itself.
    private mutating func users(of type: String, _ plan: ManualPlan) {
        let users = plan.users[type, default: []]
        guard !users.isEmpty else { return }
        let shown = users.prefix(Self.userCount).map { plan.objectPages[$0] != nil ? objectLink($0) : typeLink($0) }
        let rest = users.count - shown.count
        block("Used by \(shown.joined(separator: ", "))\(rest > 0 ? " and \(rest) more" : "").")
    }

    private static let userCount = 12

    /// Short facts on one line.
    mutating func facts(_ facts: [Text]) { block(facts.joined(separator: " · ")) }
}

extension Scalar {
    var inWords: String {
        switch self {
        case .string: "string"
        case .integer: "integer"
        case .unsignedInt: "integer, 0–4294967295"
        case .unsignedShort: "integer, 0–65535"
        case .unsignedLong: "integer of 64 bits, not negative"
        case .boolean: "boolean"
        case .dateTime: "date and time"
        case .time: "time of day"
        }
    }
}

extension SimpleType {
    /// A number with bounds: short enough to say wherever the type is used.
    var isRange: Bool { base.isNumeric && unionScalars.isEmpty && enumeration.isEmpty && (minimum != nil || maximum != nil) }

    /// What values the type has, without a stop.
    var ruleInWords: String {
        if isEnumeration { return "one of \(enumeration.map { "`\($0.value)`" }.joined(separator: ", "))" }
        if base.isNumeric, unionScalars.isEmpty {
            switch (minimum, maximum) {
            case (let low?, let high?): return "integer, \(low)–\(high)".replacingMinus(low)
            case (let low?, nil): return "integer, at least \(low)"
            case (nil, let high?): return "integer, at most \(high)"
            case (nil, nil): return base.inWords
            }
        }
        var alternatives = patterns.map { "text that matches `\($0)`" }
        for scalar in unionScalars { alternatives.append(scalar.isNumeric ? "an integer" : scalar.inWords) }
        if !alternatives.isEmpty { return alternatives.joined(separator: ", or ") }
        switch (minimumLength, maximumLength) {
        case (let low?, let high?): return "string of \(low) to \(high) characters"
        case (let low?, nil): return "string of at least \(low) characters"
        case (nil, let high?): return "string of at most \(high) characters"
        case (nil, nil): return base.inWords
        }
    }
}

extension String {
    var capitalisedFirst: String { prefix(1).uppercased() + dropFirst() }

    /// A range that begins below zero reads badly with a dash.
    fileprivate func replacingMinus(_ low: Int) -> String {
        guard low < 0, let dash = lastIndex(of: "–") else { return self }
        return self[..<dash] + " to " + self[index(after: dash)...]
    }
}
