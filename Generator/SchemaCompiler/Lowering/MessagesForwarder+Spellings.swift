// Names that differ in the schema and meet once they are spelled in C or Swift.

extension ForwarderLowering {
    /// Two names that differ in the schema may meet once they are spelled in C or Swift.
    func checkSpellings() {
        var claimed: [String: String] = [:]
        func claim(_ spelling: String, _ name: String, _ location: SourceLocation, _ language: String) {
            if let other = claimed[spelling] {
                if other == name { return }
                diagnostics.error(
                    "duplicate-spelling", at: location, "\(name) and \(other) are both spelled \(spelling) in \(language)",
                    hint: "rename one of them")
            } else {
                claimed[spelling] = name
            }
        }
        if let family = model.family {
            claim(Naming.swiftFamily(family.name), "the family", family.location, "Swift")
            for words in [["family", "name"], ["family", "version"], ["maximum", "bytes"]] {
                claim(Naming.cConstant(words.joined(separator: "-"), prefix: model.prefix), "the family", family.location, "C")
            }
        }
        for enumeration in model.enumerations {
            claim(Naming.swiftType(enumeration.name), enumeration.name, enumeration.location, "Swift")
            claim(Naming.cConstant(enumeration.name, "limit", prefix: model.prefix), enumeration.name, enumeration.location, "C")
            for value in enumeration.values {
                let spelling = Naming.cConstant(enumeration.name, value.name, prefix: model.prefix)
                claim(spelling, "\(value.name) of \(enumeration.name)", value.location, "C")
                if ["named", "allCases"].contains(Naming.swiftCase(value.name)) {
                    diagnostics.error(
                        "reserved-name", at: value.location, "\(value.name) is what every enumeration in Swift calls its list of values",
                        hint: "choose another name")
                }
            }
        }
        for set in model.structures + model.messages {
            let type = set.command == nil ? Naming.swiftType(set.name) : Naming.swiftMessage(set.name)
            claim(type, set.name, set.location, "Swift")
            if set.command != nil {
                claim(Naming.cConstant("command", set.name, prefix: model.prefix), set.name, set.location, "C")
                claim(Naming.cConstant(set.name, "maximum", "bytes", prefix: model.prefix), set.name, set.location, "C")
            }
            var members: [String: String] = [:]
            for attribute in set.attributes {
                for word in ["attribute", "has", "maximum"] {
                    claim(
                        Naming.cConstant(set.name, word, attribute.name, prefix: model.prefix), "\(attribute.name) of \(set.name)",
                        attribute.location, "C")
                }
                for member in cMembers(attribute) {
                    if let other = members.updateValue(attribute.name, forKey: member), other != attribute.name {
                        diagnostics.error(
                            "duplicate-spelling", at: attribute.location,
                            "\(other) and \(attribute.name) of \(set.name) both need the member \(member) in C",
                            hint: "rename one of them")
                    }
                }
            }
        }
    }

    private func cMembers(_ attribute: Attribute) -> [String] {
        let name = Naming.cIdentifier(attribute.name)
        if attribute.maximumCount != nil { return [name, Naming.cCount(attribute.name)] }
        switch attribute.type {
        case .bytes: return [name, Naming.cLength(attribute.name)]
        case .flag: return []
        default: return [name]
        }
    }
}
