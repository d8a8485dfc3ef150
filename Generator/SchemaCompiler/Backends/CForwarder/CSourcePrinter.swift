// The source file of one definition file: names of numbers, and the tables by which messages are read and written.

/// Prints a source file.
struct CSourcePrinter {
    let model: ForwarderModel
    let file: MessageFile
    let plan: CForwarderPlan
    let isFamilyFile: Bool

    func print(to out: inout CodePrinter) {
        out.cForwarderHead(file, about: "Names of numbers, and the tables by which core/vrouter_attributes.c reads and writes messages.")
        out.line("#include \"\(CForwarderBackend.path(file, model)).h\"")
        if isFamilyFile {
            // Only the table of all messages needs every header, and only here: the header of this file stays at the bottom.
            for other in model.files where other.name != file.name && !other.messages.isEmpty {
                out.line("#include \"\(CForwarderBackend.path(other, model)).h\"")
            }
        }
        for enumeration in plan.enumerations {
            names(enumeration.tag + "_name", enumeration.source.isFlags ? "bit" : "value", enumeration, &out) { $0.name }
            if enumeration.source.hasSentences {
                names(enumeration.tag + "_sentence", "value", enumeration, &out) { Prose.summary($0.documentation) }
            }
        }
        for structure in plan.structures { table(structure, &out) }
        for message in plan.messages { table(message, &out) }
        if isFamilyFile { index(&out) }
    }

    private func names(
        _ function: String, _ parameter: String, _ plan: CForwarderPlan.Enumeration, _ out: inout CodePrinter,
        _ text: (NamedNumber) -> String
    ) {
        out.blank()
        out.line("const char *\(function)(uint32_t \(parameter))")
        out.line("{")
        out.indented { out in
            out.line("switch (\(parameter)) {")
            for (name, value) in plan.constants {
                out.line("case \(plan.source.isFlags ? "\(value.number)" : name):")
                out.indented { $0.line("return \(CLiteral.string(text(value)));") }
            }
            out.line("default:")
            out.indented { $0.line("return NULL;") }
            out.line("}")
        }
        out.line("}")
    }

    private func table(_ plan: CForwarderPlan.Set, _ out: inout CodePrinter) {
        out.blank()
        out.block("static const struct vrouter_attribute \(plan.tag)_attributes[] = {", "};") { out in
            for attribute in plan.attributes {
                out.block("{", "},") { out in
                    for line in Self.packed(attribute.entry.map { "\($0.field) = \($0.value)," }, width: 120) { out.line(Text(line)) }
                }
            }
        }
        out.blank()
        out.block("const struct vrouter_layout \(plan.tag)_layout = {", "};") { out in
            out.line(".name = \(CLiteral.string(plan.source.name)),")
            out.line(".attributes = \(plan.tag)_attributes,")
            out.line(".attribute_count = \(plan.attributes.count),")
            out.line(".size = sizeof(struct \(plan.tag)),")
            out.line(".maximum_bytes = \(plan.isMessage ? "\(plan.constant)_MAXIMUM_BYTES" : "\(plan.source.maximumBytes)"),")
        }
        guard plan.isMessage else { return }
        out.blank()
        out.line("int \(plan.tag)_decode(struct \(plan.tag) *message, const void *bytes, size_t length)")
        out.line("{")
        out.indented { $0.line("return vrouter_attributes_decode(&\(plan.tag)_layout, message, bytes, length, &message->fault);") }
        out.line("}")
        out.blank()
        out.line("int \(plan.tag)_encode(const struct \(plan.tag) *message, void *bytes, size_t capacity)")
        out.line("{")
        out.indented { $0.line("return vrouter_attributes_encode(&\(plan.tag)_layout, message, bytes, capacity);") }
        out.line("}")
    }

    private func index(_ out: inout CodePrinter) {
        out.blank()
        out.line("const struct vrouter_layout *\(Naming.cIdentifier(model.prefix))_layout_of(uint8_t command)")
        out.line("{")
        out.indented { out in
            out.line("switch (command) {")
            for message in model.messages.sorted(by: { ($0.command ?? 0) < ($1.command ?? 0) }) {
                out.line("case \(Naming.cConstant("command", message.name, prefix: model.prefix)):")
                out.indented { $0.line("return &\(Naming.cType(message.name, prefix: model.prefix))_layout;") }
            }
            out.line("default:")
            out.indented { $0.line("return NULL;") }
            out.line("}")
        }
        out.line("}")
    }

    /// Pieces joined with blanks into lines of at most `width` bytes.
    private static func packed(_ pieces: [String], width: Int) -> [String] {
        var lines: [String] = []
        for piece in pieces {
            if let last = lines.last, last.utf8.count + 1 + piece.utf8.count <= width {
                lines[lines.count - 1] = last + " " + piece
            } else {
                lines.append(piece)
            }
        }
        return lines
    }
}
