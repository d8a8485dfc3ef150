// Forwarder messages in C11: a header and a source file for each definition file, usable in a kernel module. What is made is data (attribute
// numbers, structures, tables of what each attribute must look like) and names; reading and writing by those tables is hand-written, in
// Runtime/Forwarder/core/vrouter_attributes.c.

/// Makes C out of forwarder messages.
public struct CForwarderBackend {
    private let model: ForwarderModel

    public init(model: ForwarderModel) { self.model = model }

    /// The files made from all definition files.
    public func files() -> [OutputFile] { model.files.indices.flatMap(generate(file:)) }

    /// The header and the source file made from one definition file.
    public func generate(file index: Int) -> [OutputFile] {
        let file = model.files[index]
        let plan = CForwarderPlan(model, file: file)
        var header = CodePrinter(indentation: "    ")
        CHeaderPrinter(model: model, file: file, plan: plan, isFamilyFile: model.family?.file == index).print(to: &header)
        var source = CodePrinter(indentation: "    ")
        CSourcePrinter(model: model, file: file, plan: plan, isFamilyFile: model.family?.file == index).print(to: &source)
        return [
            OutputFile(path: Self.path(file, model) + ".h", bytes: header.bytes),
            OutputFile(path: Self.path(file, model) + ".c", bytes: source.bytes),
        ]
    }

    /// `vrouter_next_hop` for `next-hop.xml`.
    static func path(_ file: MessageFile, _ model: ForwarderModel) -> String { Naming.cType(file.name, prefix: model.prefix) }
}

extension CodePrinter {
    /// The first lines of both files.
    mutating func cForwarderHead(_ file: MessageFile, about text: String) {
        line("/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */")
        line("/*")
        line(" * Made by schemac from \(file.name).xml. Change the schema, not this file; to make it again:")
        line(" * schemac compile --backend c-forwarder --out Runtime/Forwarder/messages Schema/Forwarder")
        line(" *")
        prose(text, prefix: " * ")
        line(" */")
    }
}
