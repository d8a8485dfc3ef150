// Forwarder messages as C sees them: every name spelled, every member and table entry decided. Printing only writes it down.

/// The declarations of one definition file in C.
struct CForwarderPlan {
    struct Enumeration {
        let source: ForwarderEnumeration
        /// `vrouter_next_hop_type`: the tag, and the beginning of its functions' names.
        let tag: String
        let constants: [(name: String, value: NamedNumber)]
        /// One more than the greatest number, for arrays; nil for flags and for enumerations too sparse to index by.
        let limit: (name: String, value: UInt64)?
        /// What the values are kept in.
        let type: String
    }
    struct Set {
        let source: AttributeSet
        /// `vrouter_next_hop`.
        let tag: String
        /// `VROUTER_NEXT_HOP`, in front of its constants.
        let constant: String
        let attributes: [AttributePlan]
        var isMessage: Bool { source.command != nil }
    }
    struct AttributePlan {
        let source: Attribute
        let member: String
        /// `VROUTER_NEXT_HOP_HAS_LABEL` and `VROUTER_NEXT_HOP_ATTRIBUTE_LABEL`.
        let has: String
        let number: String
        /// The most elements, bytes or characters, where there is such a limit.
        let maximum: (name: String, value: Int)?
        /// Members of the structure, in order; none for a flag.
        let members: [String]
        /// What else there is to say of the member than its prose.
        let remark: String?
        /// The designated initialisers of the table entry.
        let entry: [(field: String, value: String)]
    }

    let prefix: String
    let enumerations: [Enumeration]
    let structures: [Set]
    let messages: [Set]

    init(_ model: ForwarderModel, file: MessageFile) {
        let prefix = model.prefix
        self.prefix = prefix
        enumerations = file.enumerations.map { Self.enumeration(model.enumerations[$0], prefix) }
        structures = file.structures.map { Self.set(model.structures[$0], model) }
        messages = file.messages.map { Self.set(model.messages[$0], model) }
    }

    private static func enumeration(_ source: ForwarderEnumeration, _ prefix: String) -> Enumeration {
        let greatest = source.values.map(\.number).max() ?? 0
        return Enumeration(
            source: source, tag: Naming.cType(source.name, prefix: prefix),
            constants: source.values.map { (Naming.cConstant(source.name, $0.name, prefix: prefix), $0) },
            limit: source.isFlags || greatest > 4096 ? nil : (Naming.cConstant(source.name, "limit", prefix: prefix), greatest + 1),
            type: cType(source.base))
    }

    static func cType(_ scalar: AttributeScalar) -> String {
        switch scalar {
        case .u8, .ipv6, .mac, .uuid: "uint8_t"
        case .u16: "uint16_t"
        case .u32: "uint32_t"
        case .u64: "uint64_t"
        case .be16: "vrouter_be16"
        case .be32, .ipv4: "vrouter_be32"
        }
    }

    private static func set(_ source: AttributeSet, _ model: ForwarderModel) -> Set {
        let tag = Naming.cType(source.name, prefix: model.prefix)
        return Set(
            source: source, tag: tag, constant: Naming.cConstant(source.name, prefix: model.prefix),
            attributes: source.attributes.map { attribute($0, of: source, tag, model) })
    }

    // MARK: Attributes

    private static func attribute(_ source: Attribute, of set: AttributeSet, _ tag: String, _ model: ForwarderModel) -> AttributePlan {
        let member = Naming.cIdentifier(source.name)
        let constant = Naming.cConstant(set.name, "maximum", source.name, prefix: model.prefix)
        var maximum: (name: String, value: Int)?
        var members: [String] = []
        // The type before the member's name, and the brackets after it, of one value.
        var type = ""
        var brackets = ""
        var remark: String?
        var kind = ""
        var bounds = (low: 0, high: 0)
        var structure: String?
        switch source.type {
        case .scalar(let scalar):
            type = cType(scalar)
            bounds = (scalar.bytes, scalar.bytes)
            switch scalar {
            case .u8, .u16, .u32, .u64: kind = "VROUTER_KIND_NUMBER"
            case .be16, .be32: kind = "VROUTER_KIND_BIG_ENDIAN"
            case .ipv4: kind = "VROUTER_KIND_FIXED"
            case .ipv6, .mac, .uuid:
                kind = "VROUTER_KIND_FIXED"
                brackets = "[\(scalar.bytes)]"
            }
        case .enumeration(let index):
            let enumeration = model.enumerations[index]
            let name = Naming.cType(enumeration.name, prefix: model.prefix)
            kind = "VROUTER_KIND_NUMBER"
            type = cType(enumeration.base)
            bounds = (enumeration.base.bytes, enumeration.base.bytes)
            remark = enumeration.isFlags ? "Bits \(Naming.cConstant(enumeration.name, prefix: model.prefix))_…" : "An enum \(name)."
        case .string(let length):
            kind = "VROUTER_KIND_STRING"
            type = "char"
            maximum = (constant, length)
            brackets = "[\(constant) + 1]"
            bounds = (0, length)
        case .bytes(let length):
            kind = "VROUTER_KIND_BYTES"
            type = "uint8_t"
            maximum = (constant, length)
            brackets = "[\(constant)]"
            bounds = (0, length)
        case .flag: kind = "VROUTER_KIND_FLAG"
        case .structure(let index):
            let name = Naming.cType(model.structures[index].name, prefix: model.prefix)
            kind = "VROUTER_KIND_STRUCTURE"
            type = "struct \(name)"
            structure = name
        }
        var counter: String?
        if let count = source.maximumCount {
            maximum = (constant, count)
            brackets = "[\(constant)]" + brackets
            let name = Naming.cCount(source.name)
            counter = name
            members.append("uint32_t \(name);")
        } else if case .bytes = source.type {
            let name = Naming.cLength(source.name)
            counter = name
            members.append("uint16_t \(name);")
        }
        if source.type != .flag { members.append("\(type) \(member)\(brackets);") }

        var entry: [(String, String)] = [(".name", CLiteral.string(source.name)), (".number", "\(source.number)"), (".kind", kind)]
        let check = check(source, model)
        if let check { entry.append((".check", check.kind)) }
        if source.isRequired { entry.append((".required", "true")) }
        if source.refusesWhenUnknown { entry.append((".must_understand", "true")) }
        if bounds.low > 0 { entry.append((".minimum_length", "\(bounds.low)")) }
        if bounds.high > 0 { entry.append((".maximum_length", "\(bounds.high)")) }
        if source.maximumCount != nil { entry.append((".maximum_count", constant)) }
        if source.type != .flag {
            let size = source.maximumCount == nil ? member : "\(member)[0]"
            entry.append((".offset", "offsetof(struct \(tag), \(member))"))
            entry.append((".size", "sizeof(((struct \(tag) *)0)->\(size))"))
        }
        if let counter { entry.append((".count_offset", "offsetof(struct \(tag), \(counter))")) }
        if let check {
            if check.low > 0 { entry.append((".low", "\(check.low)u")) }
            entry.append((".high", check.kind == "VROUTER_CHECK_RANGE" ? "\(check.high)u" : "0x\(String(check.high, radix: 16))ull"))
        }
        if let structure { entry.append((".structure", "&\(structure)_layout")) }
        return AttributePlan(
            source: source, member: member, has: Naming.cConstant(set.name, "has", source.name, prefix: model.prefix),
            number: Naming.cConstant(set.name, "attribute", source.name, prefix: model.prefix), maximum: maximum, members: members,
            remark: remark,
            entry: entry)
    }

    private static func check(_ attribute: Attribute, _ model: ForwarderModel) -> (kind: String, low: UInt64, high: UInt64)? {
        if let range = attribute.range { return ("VROUTER_CHECK_RANGE", range.lowerBound, range.upperBound) }
        guard case .enumeration(let index) = attribute.type, !model.enumerations[index].isExtensible else { return nil }
        let enumeration = model.enumerations[index]
        return (enumeration.isFlags ? "VROUTER_CHECK_MASK" : "VROUTER_CHECK_MEMBER", 0, enumeration.mask)
    }
}
