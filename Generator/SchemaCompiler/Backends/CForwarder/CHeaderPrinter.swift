// The header of one definition file: constants, structures, functions.

/// Prints a header.
struct CHeaderPrinter {
    let model: ForwarderModel
    let file: MessageFile
    let plan: CForwarderPlan
    let isFamilyFile: Bool

    func print(to out: inout CodePrinter) {
        let guardName = Naming.cConstant("messages", file.name, "h", prefix: model.prefix)
        out.cForwarderHead(file, about: file.documentation)
        out.line("#ifndef \(guardName)")
        out.line("#define \(guardName)")
        out.blank()
        out.line("#include \"vrouter_attributes.h\"")
        for include in file.includes { out.line("#include \"\(CForwarderBackend.path(model.files[include], model)).h\"") }
        if isFamilyFile { family(&out) }
        commands(&out)
        for enumeration in plan.enumerations { self.enumeration(enumeration, &out) }
        for structure in plan.structures { set(structure, &out) }
        for message in plan.messages { set(message, &out) }
        out.blank()
        out.line("#endif")
    }

    private func family(_ out: inout CodePrinter) {
        guard let family = model.family else { return }
        let prefix = model.prefix
        out.blank()
        out.cComment(family.documentation)
        out.line("#define \(Naming.cConstant("family", "name", prefix: prefix)) \(CLiteral.string(family.name))")
        out.line("#define \(Naming.cConstant("family", "version", prefix: prefix)) \(family.version)")
        out.blank()
        out.cComment("The table of the message with a command; NULL if there is none.")
        out.line("const struct vrouter_layout *\(Naming.cIdentifier(prefix))_layout_of(uint8_t command);")
        out.blank()
        out.cComment("The most bytes that the attributes of any message take: room for this many is room for every message.")
        out.line("#define \(Naming.cConstant("maximum", "bytes", prefix: prefix)) \(model.messages.map(\.maximumBytes).max() ?? 0)")
    }

    private func commands(_ out: inout CodePrinter) {
        guard !plan.messages.isEmpty else { return }
        out.blank()
        out.cComment("Commands in the generic netlink header, by message.")
        out.block("enum {", "};") { out in
            for message in plan.messages {
                out.line("\(Naming.cConstant("command", message.source.name, prefix: model.prefix)) = \(message.source.command ?? 0),")
            }
        }
    }

    private func enumeration(_ plan: CForwarderPlan.Enumeration, _ out: inout CodePrinter) {
        out.blank()
        out.cComment(plan.source.documentation + "\n\nSchema: \(plan.source.location.reference)")
        if plan.source.isFlags {
            // Constants of an enum are ints, which have no room for bit 31.
            for (name, value) in plan.constants {
                out.cComment(value.documentation)
                out.line("#define \(name) ((\(plan.type))1 << \(value.number))")
            }
        } else {
            out.block("enum \(plan.tag) {", "};") { out in
                for (name, value) in plan.constants {
                    out.cComment(value.documentation)
                    out.line("\(name) = \(value.number),")
                }
            }
        }
        if let limit = plan.limit {
            out.blank()
            out.cComment("One more than the greatest number with a name: the size of an array that is indexed by it.")
            out.line("#define \(limit.name) \(limit.value)")
        }
        out.blank()
        out.cComment(
            plan.source.isFlags
                ? "The name of a bit, by its number, as the schema spells it; NULL for a bit without one."
                : "The name of a number, as the schema spells it; NULL for a number without one.")
        out.line("const char *\(plan.tag)_name(uint32_t \(plan.source.isFlags ? "bit" : "value"));")
        if plan.source.hasSentences {
            out.cComment("What a number means, in a sentence for people; NULL for a number without a name.")
            out.line("const char *\(plan.tag)_sentence(uint32_t value);")
        }
    }

    private func set(_ plan: CForwarderPlan.Set, _ out: inout CodePrinter) {
        out.blank()
        out.line("/* ---- \(plan.source.name) ---- */")
        out.blank()
        out.cComment(plan.isMessage ? "Numbers of the attributes, in the order in which they are written." : "Numbers of the attributes.")
        out.block("enum {", "};") { out in
            for attribute in plan.attributes { out.line("\(attribute.number) = \(attribute.source.number),") }
        }
        out.blank()
        out.cComment("Bits of `present`.")
        for attribute in plan.attributes { out.line("#define \(attribute.has) ((uint64_t)1 << \(attribute.source.number - 1))") }
        let maxima = plan.attributes.compactMap(\.maximum)
        if !maxima.isEmpty {
            out.blank()
            out.cComment("The most elements of lists, and the most bytes of strings and byte strings.")
            for maximum in maxima { out.line("#define \(maximum.name) \(maximum.value)") }
        }
        if plan.isMessage {
            out.blank()
            out.cComment("The most bytes that the attributes take when written.")
            out.line("#define \(plan.constant)_MAXIMUM_BYTES \(plan.source.maximumBytes)")
        }
        out.blank()
        out.cComment(plan.source.documentation + "\n\nSchema: \(plan.source.location.reference)")
        out.block("struct \(plan.tag) {", "};") { out in
            out.cComment("Which attributes there are.")
            out.line("uint64_t present;")
            if plan.isMessage {
                out.cComment("After a decode that failed: what was refused, and why.")
                out.line("struct vrouter_fault fault;")
            }
            for attribute in plan.attributes where !attribute.members.isEmpty {
                out.cComment([attribute.source.documentation, attribute.remark].compactMap { $0 }.joined(separator: " "))
                for member in attribute.members { out.line(Text(member)) }
            }
        }
        out.blank()
        out.line("extern const struct vrouter_layout \(plan.tag)_layout;")
        guard plan.isMessage else { return }
        out.blank()
        out.cComment(
            "Reads the attributes of a message. 0, or a negative errno with the reason in message->fault; vrouter_attributes_decode says more."
        )
        out.line("int \(plan.tag)_decode(struct \(plan.tag) *message, const void *bytes, size_t length);")
        out.cComment("Writes them. The number of bytes, or a negative errno; vrouter_attributes_encode says more.")
        out.line("int \(plan.tag)_encode(const struct \(plan.tag) *message, void *bytes, size_t capacity);")
    }
}
