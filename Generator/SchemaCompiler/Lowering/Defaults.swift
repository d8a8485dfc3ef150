// Defaults. One that its own type refuses would be refused by the server in every client's first request, so it is refused here.

import CLibXML2

extension Lowering {
    /// - Parameter cardinality: of the member that has the default; nil for a property.
    func checkDefault(_ value: String, of type: TypeReference, _ cardinality: Member.Cardinality?, at location: SourceLocation) {
        if case .many = cardinality {
            complain(
                "bad-default", at: location, "a repeated member has no default", hint: "leave it out: without elements the list is empty")
            return
        }
        switch type {
        case .structure(let name):
            diagnostics.error("bad-default", at: location, "\(name) is structured and has no default", hint: "give its members defaults")
        case .scalar(let scalar):
            if !scalar.reads(value) { refuse(value, scalar.rawValue, hint: scalar.form, at: location) }
        case .simple(let name):
            if let simple = model.simpleType(name) { checkDefault(value, of: simple, at: location) }
        }
    }

    private func checkDefault(_ value: String, of type: SimpleType, at location: SourceLocation) {
        guard type.base.reads(value) else {
            refuse(value, type.name, hint: type.base.form, at: location)
            return
        }
        if type.isEnumeration, !type.enumeration.contains(where: { $0.value == value }) {
            let names = type.enumeration.map(\.value)
            refuse(
                value, type.name, hint: Spelling.suggestion(for: value, in: names) ?? "it has \(names.joined(separator: ", "))",
                at: location)
        }
        if let number = Int(value), type.base.isNumeric, number < type.minimum ?? .min || number > type.maximum ?? .max {
            let least = type.minimum.map { "from \($0)" } ?? ""
            let most = type.maximum.map { "to \($0)" } ?? ""
            complain(
                "bad-default", at: location, "\(value) is outside the range of \(type.name)",
                hint: "choose a number \([least, most].filter { !$0.isEmpty }.joined(separator: " "))")
        }
        let length = value.unicodeScalars.count
        if length < type.minimumLength ?? 0 || length > type.maximumLength ?? .max {
            complain(
                "bad-default", at: location, "\"\(value)\" has \(length) characters, which \(type.name) does not allow",
                hint: "choose a text of \(type.minimumLength ?? 0) to \(type.maximumLength.map(String.init) ?? "any number of") characters")
        }
        if !type.patterns.isEmpty, type.unionScalars.isEmpty, !type.patterns.contains(where: { Self.matches(value, $0) }) {
            complain(
                "bad-default", at: location, "\"\(value)\" does not match the pattern of \(type.name)",
                hint: "it must match \(type.patterns.joined(separator: " or "))")
        }
    }

    private func refuse(_ value: String, _ name: String, hint: String, at location: SourceLocation) {
        complain("bad-default", at: location, "\"\(value)\" is not a value of \(name)", hint: hint)
    }

    /// Whether the whole value matches. A pattern that libxml2 does not take counts as matched; its syntax has been checked elsewhere.
    private static func matches(_ value: String, _ pattern: String) -> Bool {
        guard let compiled = xmlRegexpCompile(pattern) else { return true }
        defer { xmlRegFreeRegexp(compiled) }
        return xmlRegexpExec(compiled, value) != 0
    }
}

extension Scalar {
    /// Is this text a value of the scalar?
    func reads(_ text: String) -> Bool {
        switch self {
        case .unsignedLong: UInt64(text) != nil
        case .integer, .unsignedInt, .unsignedShort: Int(text).map { range?.contains($0) ?? false } ?? false
        case .boolean: text == "true" || text == "false"
        case .string, .dateTime, .time: true
        }
    }

    /// What its values look like, for a hint.
    var form: String {
        switch self {
        case .integer: "write a whole number"
        case .unsignedInt: "write a whole number from 0 to 4294967295"
        case .unsignedShort: "write a whole number from 0 to 65535"
        case .unsignedLong: "write a whole number from 0 to 18446744073709551615"
        case .boolean: "write true or false"
        case .string, .dateTime, .time: "write text"
        }
    }
}
