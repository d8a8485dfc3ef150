// What the kind of a message asks of its fields, the signature that tells two versions of a message apart, and names that meet in Swift.

extension SandeshLowering {
    // MARK: Kinds

    func check(_ message: SandeshMessage, _ element: Element) {
        if message.kind == .uve { checkUVE(message) }
        if message.kind == .objectLog, !message.hasKey {
            diagnostics.error(
                "missing-key", at: element.location, "\(message.name) is filed under the object that it is about, and no field names one",
                hint: "give the field with the object's name key=\"…\": the object's table")
        }
        if message.kind != .uve, !message.kind.allowsOptionalFields {
            for field in message.fields where field.isOptional {
                diagnostics.error(
                    "bad-presence", at: field.location,
                    "\(field.name) is optional, and fields of a \(message.kind.rawValue) are always written",
                    hint: "remove presence, or put what may be absent into a structure")
            }
        }
    }

    /// A UVE is the state of one object: `data`, with the object's name, whether it is gone, and attributes that are sent when they change.
    private func checkUVE(_ message: SandeshMessage) {
        guard message.fields.count == 1, let data = message.fields.first, data.name == "data", data.cardinality == .single,
            !data.isOptional,
            case .structure(let index) = data.type
        else {
            diagnostics.error(
                "bad-uve", at: message.location, "\(message.name) is a uve, so it holds exactly one field: data, a required structure",
                hint: "write <field number=\"1\" name=\"data\" type=\"…\">, and put the attributes into the structure")
            return
        }
        let structure = model.structures[index]
        let name = structure.fields.first { $0.name == "name" }
        if name == nil || name?.key == nil || name?.isOptional == true {
            diagnostics.error(
                "bad-uve", at: name?.location ?? structure.location,
                "\(structure.name) describes an object, and has no required field name with its key",
                hint: "add <field number=\"1\" name=\"name\" type=\"string\" key=\"…\">: the object's table, or * if the sender chooses it")
        }
        let deleted = structure.fields.first { $0.name == "deleted" }
        if deleted.map({ $0.type != .scalar(.bool) || $0.cardinality != .single || !$0.isOptional }) ?? true {
            diagnostics.error(
                "bad-uve", at: deleted?.location ?? structure.location, "\(structure.name) has no optional field deleted of type bool",
                hint: "add it: sending deleted as true is how a uve ends")
        }
        for field in structure.fields where field.name != "name" && field.name != "deleted" {
            if field.key != nil {
                diagnostics.error("bad-uve", at: field.location, "a uve has one key, and \(field.name) is a second", hint: "remove its key")
            }
            if !field.isOptional {
                diagnostics.error(
                    "bad-uve", at: field.location, "\(field.name) is required, and a uve repeats only what changed",
                    hint: "add presence=\"optional\"")
            }
        }
    }

    func hasKey(_ fields: [SandeshField]) -> Bool {
        fields.contains { field in
            if case .structure(let index) = field.type { return field.key != nil || facts[index].hasKey }
            return field.key != nil
        }
    }

    // MARK: Signature

    /// FNV-1a over a description of everything that reaches the wire. Prose and places do not count.
    func signature(_ what: String, _ fields: [SandeshField]) -> UInt32 {
        var hash: UInt32 = 0x811C_9DC5
        func add(_ text: String) {
            for byte in text.utf8 { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
            hash = hash &* 0x0100_0193
        }
        add(what)
        for field in fields {
            add("\(field.number) \(field.name) \(field.isOptional)")
            switch field.cardinality {
            case .single: add("one")
            case .list: add("list")
            case .set: add("set")
            case .map(let key): add("map \(key.rawValue)")
            }
            for annotation in field.annotations { add("\(annotation.name)=\(annotation.value)") }
            switch field.type {
            case .scalar(let scalar): add(scalar.rawValue)
            case .enumeration(let index):
                for value in model.enumerations[index].values { add("\(value.number)=\(value.name)") }
            case .structure(let index): add("\(facts[index].signature)")
            }
        }
        return hash
    }

    // MARK: Spellings

    /// Two names that differ on the wire may meet once they are spelled in Swift.
    func checkSpellings() {
        var types: [String: String] = [:]
        func claim(_ name: String, _ location: SourceLocation) {
            let spelling = Naming.swiftType(name)
            if let other = types.updateValue(name, forKey: spelling) {
                diagnostics.error(
                    "duplicate-spelling", at: location, "\(other) and \(name) are both spelled \(spelling) in Swift",
                    hint: "rename one of them")
            }
        }
        for enumeration in model.enumerations {
            claim(enumeration.name, enumeration.location)
            var cases: [String: String] = [:]
            for value in enumeration.values {
                if Naming.swiftCase(value.name) == "named" {
                    diagnostics.error(
                        "reserved-name", at: value.location, "\(value.name) is what every enumeration in Swift calls its list of values",
                        hint: "choose another name")
                }
                if let other = cases.updateValue(value.name, forKey: Naming.swiftCase(value.name)) {
                    diagnostics.error(
                        "duplicate-spelling", at: value.location,
                        "\(other) and \(value.name) of \(enumeration.name) are both spelled \(Naming.swiftCase(value.name)) in Swift",
                        hint: "rename one of them")
                }
            }
        }
        for structure in model.structures {
            claim(structure.name, structure.location)
            checkMembers(structure.fields, of: structure.name, reserved: [])
        }
        for message in model.messages {
            claim(message.name, message.location)
            let own = (message.kind.carriesSourcePlace ? ["file", "line"] : []) + (message.kind.carriesMore ? ["more"] : [])
            checkMembers(message.fields, of: message.name, reserved: own)
        }
    }

    private func checkMembers(_ fields: [SandeshField], of owner: String, reserved: [String]) {
        var members: [String: String] = [:]
        for field in fields {
            if reserved.contains(Naming.swiftIdentifier(field.name)) {
                diagnostics.error(
                    "reserved-name", at: field.location, "\(field.name) of \(owner) is written without being declared",
                    hint: "choose another name")
            } else if Naming.swiftCodecReserved.contains(Naming.swiftIdentifier(field.name)) {
                diagnostics.error(
                    "reserved-name", at: field.location, "\(field.name) is what the codecs in Swift call something of their own",
                    hint: "choose another name")
            }
            for member in Naming.sandeshMembers(field) {
                if let other = members.updateValue(field.name, forKey: member) {
                    diagnostics.error(
                        "duplicate-spelling", at: field.location,
                        "\(other) and \(field.name) of \(owner) both need the member \(member) in Swift",
                        hint: "rename one of them")
                }
            }
        }
    }
}
