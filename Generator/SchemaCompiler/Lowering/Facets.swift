// The facets of a restriction: what each may stand on, and what its value may be.

/// What a restriction has said so far.
struct SeenFacets {
    /// A restriction may list many values and several patterns, but has one bound of a kind.
    var names: Set<String> = []
    var values: Set<String> = []
}

extension Lowering {
    func apply(_ facet: Element, to type: inout SimpleType, _ seen: inout SeenFacets) {
        guard let value = facet["value"] else {
            diagnostics.error("missing-attribute", at: facet.location, "<\(facet.name)> without a value", hint: "add value=\"…\"")
            return
        }
        if facet.name != "enumeration", facet.name != "pattern", !seen.names.insert(facet.name).inserted {
            complain("duplicate", at: facet.location, "\(type.name) has a second <\(facet.name)>", hint: "remove one of them")
        }
        switch facet.name {
        case "enumeration":
            if isOnText(facet, type, hint: "bound a number with minInclusive and maxInclusive, or restrict xs:string") {
                addValue(value, facet, to: &type, &seen)
            }
        case "minInclusive": type.minimum = bound(value, facet, type) ?? type.minimum
        case "maxInclusive": type.maximum = bound(value, facet, type) ?? type.maximum
        case "minExclusive": type.minimum = bound(value, facet, type).map { $0 &+ 1 } ?? type.minimum
        case "maxExclusive": type.maximum = bound(value, facet, type).map { $0 &- 1 } ?? type.maximum
        case "minLength": type.minimumLength = length(value, facet, type) ?? type.minimumLength
        case "maxLength": type.maximumLength = length(value, facet, type) ?? type.maximumLength
        case "length":
            type.minimumLength = length(value, facet, type) ?? type.minimumLength
            type.maximumLength = type.minimumLength
        case "pattern":
            if isOnText(facet, type, hint: "bound a number with minInclusive and maxInclusive, or restrict xs:string") {
                addPattern(value, at: facet, to: &type)
            }
        case "whiteSpace": break
        default:
            passOver(
                "unsupported", at: facet.location, "facet <\(facet.name)> is not supported",
                hint: "use enumeration, bounds, lengths or pattern")
        }
    }

    private func isOnText(_ facet: Element, _ type: SimpleType, hint: String) -> Bool {
        if type.base.isText { return true }
        complain("bad-facet", at: facet.location, "\(type.name) restricts \(type.base.rawValue), which takes no \(facet.name)", hint: hint)
        return false
    }

    /// A bound of a number: whole, and within what the scalar holds.
    private func bound(_ text: String, _ facet: Element, _ type: SimpleType) -> Int? {
        guard let range = type.base.range else {
            diagnostics.error(
                "bad-facet", at: facet.location, "\(type.name) restricts \(type.base.rawValue), which takes no \(facet.name)",
                hint: type.base.isText ? "bound its length with maxLength, or restrict xs:integer" : "a boolean has no restrictions")
            return nil
        }
        guard let number = Int(text) else {
            diagnostics.error(
                "bad-range", at: facet.location(of: "value"), "\(facet.name) of \(type.name) is \"\(text)\"",
                hint: "write a whole number below 2^63")
            return nil
        }
        let isExclusive = facet.name.hasSuffix("Exclusive")
        if !range.contains(number) || isExclusive && (number == .max || number == .min) {
            complain(
                "bad-range", at: facet.location(of: "value"), "\(facet.name) \(number) does not fit \(type.base.rawValue)",
                hint: "it holds numbers from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    private func length(_ text: String, _ facet: Element, _ type: SimpleType) -> Int? {
        guard isOnText(facet, type, hint: "only text has a length") else { return nil }
        if let number = Int(text), number >= 0 { return number }
        diagnostics.error(
            "bad-range", at: facet.location(of: "value"), "\(facet.name) of \(type.name) is \"\(text)\"",
            hint: "write a whole number from 0")
        return nil
    }

    private func addValue(_ value: String, _ facet: Element, to type: inout SimpleType, _ seen: inout SeenFacets) {
        if seen.values.insert(value).inserted {
            type.enumeration.append(
                SimpleType.EnumerationValue(value: value, documentation: Self.documentation(of: facet), location: facet.location))
        } else {
            complain("duplicate", at: facet.location(of: "value"), "\(type.name) lists \"\(value)\" twice", hint: "remove one")
        }
    }

    private func addPattern(_ written: String, at facet: Element, to type: inout SimpleType) {
        // The older schema breaks long patterns over lines; its reader matched without the layout.
        let pattern = isLegacy ? written.filter { !$0.isWhitespace } : written
        do throws(PatternSyntax.Failure) {
            try PatternSyntax.check(pattern)
            type.patterns.append(pattern)
        } catch {
            diagnostics.error(
                "bad-pattern", at: facet.location(of: "value"),
                "the pattern of \(type.name) is wrong at character \(error.character): \(error.message)",
                hint: error.hint)
        }
    }
}

extension Scalar {
    static let names = allCases.map(\.rawValue)

    /// What to use in place of a type that XSD has and the model has not.
    static func substitute(for name: String) -> String? {
        switch name {
        case "int", "long", "short", "byte", "negativeInteger", "nonPositiveInteger": "use integer, and bound it in a simple type"
        case "unsignedByte", "positiveInteger", "nonNegativeInteger": "use unsignedInt, and bound it in a simple type"
        case "decimal", "float", "double": "there are no fractions: use integer, and choose a smaller unit"
        case "token", "normalizedString", "anyURI", "NMTOKEN", "Name", "NCName", "ID", "IDREF", "QName", "language":
            "use string, and say more with a pattern in a simple type"
        case "date", "duration", "gYear", "gMonth", "gDay", "gYearMonth", "gMonthDay": "use dateTime, or string with a pattern"
        case "base64Binary", "hexBinary": "use string, and say in its documentation how the bytes are written"
        case "anyType", "anySimpleType", "anyAtomicType": "say what it holds: a scalar or a declared type"
        default: nil
        }
    }

    var isNumeric: Bool { range != nil }

    var isText: Bool {
        switch self {
        case .string, .dateTime, .time: true
        case .integer, .unsignedInt, .unsignedShort, .unsignedLong, .boolean: false
        }
    }

    /// The numbers that a bound may name; nil for what is no number.
    var range: ClosedRange<Int>? {
        switch self {
        case .integer: .min ... .max
        case .unsignedInt: 0...Int(UInt32.max)
        case .unsignedShort: 0...Int(UInt16.max)
        case .unsignedLong: 0 ... .max
        case .string, .dateTime, .time, .boolean: nil
        }
    }
}
