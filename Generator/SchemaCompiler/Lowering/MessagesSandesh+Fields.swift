// The fields of structures and messages: their types, and what the analytics nodes are told about them.

extension SandeshLowering {
    /// Structures nest this deep at most; readers bound the depth of a message's XML.
    static let maximumDepth = 12

    mutating func fields(_ declaration: Declared, _ name: String, path: [String]) -> [SandeshField] {
        let element = declaration.element
        let retired = reader.retiredNumbers(element, of: name)
        var fields: [SandeshField] = []
        for child in reader.children(element, "field", "list", "set", "map") {
            guard let field = field(child, of: name, file: declaration.file, path: path) else { continue }
            if let other = fields.first(where: { $0.number == field.number }) {
                let free = (fields.map(\.number) + retired.keys.map { Int(clamping: $0) }).max().map { $0 + 1 } ?? 1
                diagnostics.error(
                    "duplicate-number", at: child.location(of: "number"),
                    "\(field.name) has the number \(field.number), as has \(other.name) on line \(other.location.line)",
                    hint: "the next free one is \(free)")
            } else if let other = fields.first(where: { $0.name == field.name }) {
                diagnostics.error(
                    "duplicate", at: child.location(of: "name"), "\(name) has the field \(field.name) twice",
                    hint: "the other is on line \(other.location.line)")
            } else {
                reader.refuse(UInt64(field.number), retired, child, field.name)
                fields.append(field)
            }
        }
        return fields
    }

    /// Attributes of a field's element that are passed on to the wire, in the order in which they are written there.
    private static let analytics = ["aggtype", "hbin", "key", "link", "metric", "mstats", "period", "stats", "tags", "timeout"]

    private mutating func field(_ element: Element, of owner: String, file: Int, path: [String]) -> SandeshField? {
        let isSingle = element.name == "field"
        reader.check(
            element,
            attributes: ["number", "name", isSingle ? "type" : "of"] + (element.name == "map" ? ["key-type"] : []) + ["presence"]
                + Self.analytics,
            children: [])
        let name = reader.name(of: element)
        let text = reader.prose(element, name.map { "\($0) of \(owner)" } ?? "a field of \(owner)")
        let number = reader.requiredNumber("number", of: element, in: 1...32767, "numbers below 1 belong to file, line and more")
        let type = type(of: element, isSingle ? "type" : "of", file, path)
        let cardinality = cardinality(element)
        let presence = reader.choice("presence", of: element, among: ["required", "optional"], default: "required")
        let annotations = annotations(element)
        guard let name, let number, let type, let cardinality else { return nil }
        if cardinality == .set { checkOrdered(type, element.location(of: "of"), "elements of a set") }
        let field = SandeshField(
            name: name, number: Int(number), type: type, cardinality: cardinality, isOptional: presence == "optional",
            annotations: annotations, documentation: text, location: element.location)
        if field.key != nil, type != .scalar(.string) || cardinality != .single {
            diagnostics.error(
                "bad-key", at: element.location(of: "key"), "\(name) has a key and is not a single string",
                hint: "an object is named by one string")
        }
        return field
    }

    private func cardinality(_ element: Element) -> SandeshField.Cardinality? {
        switch element.name {
        case "list": return .list
        case "set": return .set
        case "map":
            guard let written = reader.required("key-type", of: element) else { return nil }
            guard let scalar = SandeshScalar(rawValue: written) else {
                diagnostics.error(
                    "unknown-type", at: element.location(of: "key-type"), "the key type \(written) is not known",
                    hint: Spelling.suggestion(for: written, in: SandeshScalar.allCases.map(\.rawValue))
                        ?? "keys are string or an integer type")
                return nil
            }
            checkOrdered(.scalar(scalar), element.location(of: "key-type"), "keys of a map")
            return .map(key: scalar)
        default: return .single
        }
    }

    /// The same value must always be written as the same bytes, so what has no order of its own is put in order.
    private func checkOrdered(_ type: SandeshType, _ place: SourceLocation, _ what: String) {
        if case .scalar(let scalar) = type, scalar.isOrdered { return }
        diagnostics.error(
            "bad-type", at: place, "\(what) must have an order", hint: "they are string or an integer type; use a <list> otherwise")
    }

    private func annotations(_ element: Element) -> [SandeshAnnotation] {
        var annotations: [SandeshAnnotation] = []
        for name in Self.analytics {
            guard let value = element[name] else { continue }
            if value.isEmpty {
                diagnostics.error("bad-value", at: element.location(of: name), "\(name) is empty", hint: "leave it out, or say what it is")
                continue
            }
            switch name {
            case "aggtype": _ = reader.choice(name, of: element, among: ["sum", "union", "append", "listkey"], default: "")
            case "period", "timeout": _ = reader.number(name, of: element, in: 1...UInt64(Int32.max), "it is in seconds")
            default: break
            }
            annotations.append(SandeshAnnotation(name: name, value: value))
        }
        return annotations
    }

    private mutating func type(of element: Element, _ attribute: String, _ file: Int, _ path: [String]) -> SandeshType? {
        guard let written = reader.required(attribute, of: element) else { return nil }
        if let scalar = SandeshScalar(rawValue: written) { return .scalar(scalar) }
        let place = element.location(of: attribute)
        guard let declaration = declared[written] else {
            let known = SandeshScalar.allCases.map(\.rawValue)
            let types = declared.filter { $0.value.kind != .message }.map(\.key).sorted()
            diagnostics.error(
                "unknown-type", at: place, "the type \(written) is not declared",
                hint: Spelling.suggestion(for: written, in: known + types) ?? "scalars are \(known.joined(separator: ", "))")
            return nil
        }
        guard files.visible[file].contains(declaration.file) else {
            let other = declaration.element.location.file.path.split(separator: "/").last.map(String.init) ?? ""
            diagnostics.error(
                "not-included", at: place, "\(written) is declared in \(other), which this file does not include",
                hint: "add <include schemaLocation=\"\(other)\"/>, or move \(written) into a file that both include")
            return nil
        }
        switch declaration.kind {
        case .enumeration: return enumerations[written].map { .enumeration($0) }
        case .message:
            diagnostics.error("bad-type", at: place, "\(written) is a message, and messages do not nest", hint: "declare a <structure>")
            return nil
        case .structure:
            if case .open? = structures[written] {
                let cycle = (path.drop { $0 != written } + [written]).joined(separator: " → ")
                diagnostics.error(
                    "recursive-type", at: place, "\(written) holds itself: \(cycle)", hint: "refer to the inner one by its name")
                return nil
            }
            if path.count >= Self.maximumDepth {
                diagnostics.error(
                    "nested-too-deep", at: place, "\(written) would be \(path.count) levels deep",
                    hint: "flatten the structures: the limit is \(Self.maximumDepth)")
                return nil
            }
            return structure(written, path: path).map { .structure($0) }
        }
    }
}
