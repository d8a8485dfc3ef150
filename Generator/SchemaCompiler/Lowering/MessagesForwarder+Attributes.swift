// The attributes of structures and messages: their types, bounds and sizes.

extension ForwarderLowering {
    /// Structures nest this deep at most: a codec calls itself for each level, on a kernel's small stack.
    static let maximumDepth = 4

    mutating func attributeSet(_ declaration: Declared, _ name: String, command: UInt8?, path: [String]) -> AttributeSet {
        let element = declaration.element
        let retired = reader.retiredNumbers(element, of: name)
        var attributes: [Attribute] = []
        for child in reader.children(element, "attribute", "list") {
            guard let attribute = attribute(child, of: name, file: declaration.file, path: path) else { continue }
            if let other = attributes.first(where: { $0.number == attribute.number }) {
                diagnostics.error(
                    "duplicate-number", at: child.location(of: "number"),
                    "\(attribute.name) has the number \(attribute.number), as has \(other.name) on line \(other.location.line)",
                    hint: nextFree(attributes, retired))
            } else if let other = attributes.first(where: { $0.name == attribute.name }) {
                diagnostics.error(
                    "duplicate", at: child.location(of: "name"), "\(name) has the attribute \(attribute.name) twice",
                    hint: "the other is on line \(other.location.line)")
            } else {
                reader.refuse(UInt64(attribute.number), retired, child, attribute.name)
                attributes.append(attribute)
            }
        }
        if attributes.isEmpty, reader.children(element, "attribute", "list").isEmpty {
            diagnostics.error(
                "empty", at: element.location, "\(name) has no attribute",
                hint: "add <attribute number=\"1\" name=\"…\" type=\"…\">…</attribute>")
        }
        var set = AttributeSet(
            name: name, command: command, attributes: attributes, documentation: reader.documentation(element, name),
            location: element.location)
        set.maximumBytes = attributes.reduce(0) { $0 + ForwarderModel.headerBytes + ForwarderModel.padded(model.maximumPayload(of: $1)) }
        if set.maximumBytes > 65535 {
            // An attribute that is too large alone was reported already.
            let isReported = attributes.contains { model.maximumPayload(of: $0) > ForwarderModel.maximumPayload }
            if !isReported {
                diagnostics.error(
                    "too-large", at: element.location,
                    "the attributes of \(name) together may take \(set.maximumBytes) bytes, more than 65535",
                    hint: "lower a maximum-count or maximum-length")
            }
            // Enough to be too large wherever it is nested, and too little for products of it to overflow.
            set.maximumBytes = 65536
        }
        return set
    }

    private func nextFree(_ attributes: [Attribute], _ retired: [UInt64: SourceLocation]) -> String {
        let taken = Set(attributes.map(\.number)).union(retired.keys.map { Int(clamping: $0) })
        guard let free = (1...64).first(where: { !taken.contains($0) }) else {
            return "all 64 numbers are taken: put some of the attributes into a structure"
        }
        return "the first free one is \(free)"
    }

    private mutating func attribute(_ element: Element, of owner: String, file: Int, path: [String]) -> Attribute? {
        let isList = element.name == "list"
        reader.check(
            element,
            attributes: [
                "number", "name", isList ? "of" : "type", isList ? "maximum-count" : "maximum-length", "presence", "minimum", "maximum",
                "unknown",
            ],
            children: [])
        let name = reader.name(of: element)
        let text = reader.prose(element, name.map { "\($0) of \(owner)" } ?? "an attribute of \(owner)")
        let number = reader.requiredNumber(
            "number", of: element, in: 1...64, "the number is also the bit in the C structure's presence bitmap")
        let type = type(of: element, isList, file, path)
        let presence = reader.choice("presence", of: element, among: ["required", "optional"], default: "optional")
        let unknown = reader.choice("unknown", of: element, among: ["skip", "refuse"], default: "skip")
        var count: Int?
        if isList { count = maximumCount(element) }
        guard let name, let number, let type else { return nil }
        if isList, count == nil { return nil }
        if Naming.cReserved.contains(Naming.cIdentifier(name)) {
            diagnostics.error(
                "reserved-name", at: element.location(of: "name"), "\(name) cannot be the name of a structure's member in C",
                hint: "choose another name")
        } else if Naming.swiftCodecReserved.contains(Naming.swiftIdentifier(name)) {
            diagnostics.error(
                "reserved-name", at: element.location(of: "name"), "\(name) is what the codecs in Swift call something of their own",
                hint: "choose another name")
        }
        if type == .flag, presence == "required" {
            diagnostics.error(
                "bad-value", at: element.location(of: "presence"), "a flag that must always be there says nothing",
                hint: "leave presence out")
        }
        let attribute = Attribute(
            name: name, number: Int(number), type: type, maximumCount: count, isRequired: presence == "required",
            refusesWhenUnknown: unknown == "refuse", range: range(element, type), documentation: text, location: element.location)
        let payload = model.maximumPayload(of: attribute)
        if payload > ForwarderModel.maximumPayload {
            diagnostics.error(
                "too-large", at: element.location,
                "\(name) may take \(payload) bytes, and an attribute holds \(ForwarderModel.maximumPayload) at most",
                hint: "lower maximum-count, or the maxima of what the structure holds")
        }
        return attribute
    }

    private func maximumCount(_ element: Element) -> Int? {
        guard element["maximum-count"] != nil else {
            diagnostics.error(
                "missing-maximum", at: element.location, "a list without maximum-count",
                hint: "C reserves room for the most elements: say how many")
            return nil
        }
        return reader.number("maximum-count", of: element, in: 1...16384).map { Int($0) }
    }

    // MARK: Types

    private mutating func type(of element: Element, _ isList: Bool, _ file: Int, _ path: [String]) -> AttributeType? {
        let attribute = isList ? "of" : "type"
        guard let written = reader.required(attribute, of: element) else { return nil }
        let place = element.location(of: attribute)
        switch written {
        case "string", "bytes":
            if isList {
                diagnostics.error(
                    "bad-type", at: place, "a list of \(written)", hint: "put the \(written) into a structure, and make a list of those")
                return nil
            }
            guard element["maximum-length"] != nil else {
                diagnostics.error(
                    "missing-maximum", at: element.location, "\(written) without maximum-length",
                    hint: "C reserves room for the longest: say how many bytes")
                return nil
            }
            guard let length = reader.number("maximum-length", of: element, in: 1...4096) else { return nil }
            return written == "string" ? .string(maximumLength: Int(length)) : .bytes(maximumLength: Int(length))
        case "flag":
            if isList {
                diagnostics.error("bad-type", at: place, "a list of flag", hint: "use a <flags> type")
                return nil
            }
        default: break
        }
        if element["maximum-length"] != nil {
            diagnostics.error(
                "unused-bound", at: element.location(of: "maximum-length"), "\(written) has no length to limit",
                hint: "only string and bytes have one")
        }
        if written == "flag" { return .flag }
        if let scalar = AttributeScalar(rawValue: written) { return .scalar(scalar) }
        return declaredType(written, place, file, path)
    }

    private mutating func declaredType(_ name: String, _ place: SourceLocation, _ file: Int, _ path: [String]) -> AttributeType? {
        guard let declaration = declared[name] else {
            let known = AttributeScalar.allCases.map(\.rawValue) + ["string", "bytes", "flag"]
            let types = declared.filter { $0.value.kind != .message }.map(\.key).sorted()
            diagnostics.error(
                "unknown-type", at: place, "the type \(name) is not declared",
                hint: Spelling.suggestion(for: name, in: known + types) ?? "built-in kinds are \(known.joined(separator: ", "))")
            return nil
        }
        guard files.visible[file].contains(declaration.file) else {
            let other = declaration.element.location.file.path.split(separator: "/").last.map(String.init) ?? ""
            diagnostics.error(
                "not-included", at: place, "\(name) is declared in \(other), which this file does not include",
                hint: "add <include schemaLocation=\"\(other)\"/>, or move \(name) into a file that both include")
            return nil
        }
        switch declaration.kind {
        case .enumeration: return enumerations[name].map { .enumeration($0) }
        case .message:
            diagnostics.error("bad-type", at: place, "\(name) is a message, and messages do not nest", hint: "declare a <structure>")
            return nil
        case .structure:
            if case .open? = structures[name] {
                let cycle = (path.drop { $0 != name } + [name]).joined(separator: " → ")
                diagnostics.error(
                    "recursive-type", at: place, "\(name) holds itself: \(cycle)",
                    hint: "a structure has a fixed size in C: refer to the inner one by an index")
                return nil
            }
            // A chain of a thousand structures must not be followed a thousand calls deep before it is found to be too long.
            if path.count > Self.maximumDepth * 2 {
                diagnostics.error(
                    "nested-too-deep", at: place, "\(name) is nested too deep",
                    hint: "flatten the structures: the limit is \(Self.maximumDepth) levels")
                return nil
            }
            guard let index = structure(name, path: path) else { return nil }
            if depths[index] >= Self.maximumDepth {
                diagnostics.error(
                    "nested-too-deep", at: place, "\(name) already holds structures \(depths[index]) levels deep",
                    hint: "flatten them: the limit is \(Self.maximumDepth)")
            }
            return .structure(index)
        }
    }

    private func range(_ element: Element, _ type: AttributeType) -> ClosedRange<UInt64>? {
        guard element["minimum"] != nil || element["maximum"] != nil else { return nil }
        guard case .scalar(let scalar) = type, scalar.isNumber else {
            let which = element["minimum"] != nil ? "minimum" : "maximum"
            diagnostics.error(
                "unused-bound", at: element.location(of: which), "\(which) on something that is not a number",
                hint: "only u8 to u64, be16 and be32 have a range; the values of an enumeration are its range")
            return nil
        }
        let whole = 0...scalar.greatest
        let why = "\(scalar.rawValue) has \(scalar.bytes * 8) bits"
        let low = element["minimum"] == nil ? 0 : reader.number("minimum", of: element, in: whole, why)
        let high = element["maximum"] == nil ? scalar.greatest : reader.number("maximum", of: element, in: whole, why)
        guard let low, let high else { return nil }
        if low > high {
            diagnostics.error(
                "bad-range", at: element.location(of: "minimum"), "the minimum \(low) is above the maximum \(high)", hint: "exchange them")
            return nil
        }
        return low == 0 && high == scalar.greatest ? nil : low...high
    }
}
