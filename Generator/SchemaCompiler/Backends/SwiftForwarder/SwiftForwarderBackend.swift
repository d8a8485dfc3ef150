// Forwarder messages in Swift: a file for each definition file, with value types that read and write the same bytes as the C. What does
// not differ between two messages is in the module Attributes.

/// Makes Swift out of forwarder messages.
public struct SwiftForwarderBackend {
    private let model: ForwarderModel

    public init(model: ForwarderModel) { self.model = model }

    /// The files made from all definition files.
    public func files() -> [OutputFile] { model.files.indices.flatMap(generate(file:)) }

    /// The file made from one definition file.
    public func generate(file index: Int) -> [OutputFile] {
        let file = model.files[index]
        let sets = file.structures.map { model.structures[$0] } + file.messages.map { model.messages[$0] }
        let plans = sets.map { set in set.attributes.map { SwiftAttributePlan($0, model) } }
        let usesAddresses = plans.contains { $0.contains(where: \.isAddress) }
        var out = CodePrinter()
        out.swiftHeader(from: "\(file.name).xml", imports: ["Attributes"] + (usesAddresses ? ["NetworkTypes"] : []))
        if model.family?.file == index { family(&out) }
        for enumeration in file.enumerations { self.enumeration(model.enumerations[enumeration], &out) }
        for (set, plan) in zip(sets, plans) { self.set(set, plan, &out) }
        return [OutputFile(path: "\(file.name)+Forwarder.swift", bytes: out.bytes)]
    }

    // MARK: The family

    private func family(_ out: inout CodePrinter) {
        guard let family = model.family else { return }
        out.blank()
        out.swiftDocumentation(family.documentation, family.location)
        out.block("public enum \(Naming.swiftFamily(family.name)) {") { out in
            out.line("public static var name: String { \(SwiftLiteral.string(family.name)) }")
            out.line("public static var version: UInt8 { \(family.version) }")
            out.blank()
            out.line("/// The type of the message with a command; nil if there is none.")
            out.block("public static func message(command: UInt8) -> (any AttributeMessage.Type)? {") { out in
                out.line("switch command {")
                for message in model.messages.sorted(by: { ($0.command ?? 0) < ($1.command ?? 0) }) {
                    out.line("case \(message.command ?? 0): \(Naming.swiftMessage(message.name)).self")
                }
                out.line("default: nil")
                out.line("}")
            }
        }
    }

    // MARK: Enumerations and flags

    private func enumeration(_ enumeration: ForwarderEnumeration, _ out: inout CodePrinter) {
        let type = Naming.swiftType(enumeration.name)
        let raw = SwiftAttributePlan.swiftType(enumeration.base)
        out.blank()
        out.swiftDocumentation(enumeration.documentation, enumeration.location)
        if enumeration.isFlags {
            out.block("public struct \(type): OptionSet, AttributeEnumeration, Hashable {") { out in
                openStruct(raw, enumeration, &out)
                for value in enumeration.values {
                    out.swiftDocumentation(value.documentation, nil)
                    out.line("public static var \(Naming.swiftCase(value.name)): Self { Self(rawValue: 1 << \(value.number)) }")
                }
                named(enumeration, &out)
            }
        } else if enumeration.isExtensible {
            out.block("public struct \(type): AttributeEnumeration, Hashable {") { out in
                openStruct(raw, enumeration, &out)
                for value in enumeration.values {
                    out.swiftDocumentation(value.documentation, nil)
                    out.line("public static var \(Naming.swiftCase(value.name)): Self { Self(rawValue: \(value.number)) }")
                }
                named(enumeration, &out)
            }
        } else {
            out.block("public enum \(type): \(raw), AttributeEnumeration, CaseIterable {") { out in
                for value in enumeration.values {
                    out.swiftDocumentation(value.documentation, nil)
                    out.line("case \(Naming.swiftCase(value.name)) = \(value.number)")
                }
                out.blank()
                out.line("public init?(checking rawValue: \(raw)) { self.init(rawValue: rawValue) }")
                named(enumeration, &out)
            }
        }
    }

    private func openStruct(_ raw: String, _ enumeration: ForwarderEnumeration, _ out: inout CodePrinter) {
        out.line("public let rawValue: \(raw)")
        out.line("public init(rawValue: \(raw)) { self.rawValue = rawValue }")
        if enumeration.isExtensible {
            out.line("public init?(checking rawValue: \(raw)) { self.init(rawValue: rawValue) }")
        } else {
            out.block("public init?(checking rawValue: \(raw)) {") { out in
                out.line("guard rawValue & ~0x\(String(enumeration.mask, radix: 16)) == 0 else { return nil }")
                out.line("self.init(rawValue: rawValue)")
            }
        }
        out.blank()
    }

    private func named(_ enumeration: ForwarderEnumeration, _ out: inout CodePrinter) {
        out.blank()
        out.block("public static let named: [AttributeName<Self>] = [", "]") { out in
            for value in enumeration.values {
                let sentence = enumeration.hasSentences ? ", \(SwiftLiteral.string(Prose.summary(value.documentation)))" : ""
                out.line("AttributeName(.\(Naming.swiftCase(value.name)), \(SwiftLiteral.string(value.name))\(sentence)),")
            }
        }
    }

    // MARK: Structures and messages

    private func set(_ set: AttributeSet, _ plans: [SwiftAttributePlan], _ out: inout CodePrinter) {
        let type = set.command == nil ? Naming.swiftType(set.name) : Naming.swiftMessage(set.name)
        out.blank()
        out.swiftDocumentation(set.documentation, set.location)
        out.block("public struct \(type): \(set.command == nil ? "AttributeCodable" : "AttributeMessage") {") { out in
            out.line("public static var attributeSet: StaticString { \(SwiftLiteral.string(set.name)) }")
            if let command = set.command {
                out.line("public static var command: UInt8 { \(command) }")
                out.line("public static var maximumBytes: Int { \(set.maximumBytes) }")
            }
            out.blank()
            for plan in plans {
                out.swiftDocumentation(plan.source.documentation, nil)
                out.line("public var \(plan.member): \(plan.declaredType)\(plan.isFlag ? " = false" : "")")
            }
            out.blank()
            memberwise(plans, &out)
            out.blank()
            decode(plans, &out)
            out.blank()
            out.block("public func encode(to writer: inout AttributeWriter) throws(AttributeError) {") { out in
                for plan in plans { out.line(Text(plan.write)) }
            }
        }
    }

    private func memberwise(_ plans: [SwiftAttributePlan], _ out: inout CodePrinter) {
        let parameters = plans.map { "\($0.label): \($0.declaredType)\($0.defaultValue)" }
        if parameters.reduce(0, { $0 + $1.utf8.count + 2 }) <= 110 {
            out.line("public init(\(parameters.joined(separator: ", "))) {")
        } else {
            out.block("public init(", ") {") { out in
                for (index, parameter) in parameters.enumerated() { out.line("\(parameter)\(index + 1 < parameters.count ? "," : "")") }
            }
        }
        out.indented { out in
            for plan in plans { out.line("self.\(plan.member) = \(plan.member)") }
        }
        out.line("}")
    }

    private func decode(_ plans: [SwiftAttributePlan], _ out: inout CodePrinter) {
        let required = plans.filter(\.source.isRequired)
        out.block("public init(from reader: inout AttributeReader) throws(AttributeError) {") { out in
            // Optional properties begin as nil; only what must be there has to wait until all was read.
            for plan in required { out.line("var \(plan.member): \(plan.type)?") }
            out.block("while let wireNumber = try reader.next() {") { out in
                out.line("switch wireNumber {")
                for plan in plans {
                    out.line("case \(plan.source.number): \(plan.source.isRequired ? "" : "self.")\(plan.member) = \(plan.read)")
                }
                out.line("default: try reader.skip()")
                out.line("}")
            }
            for plan in required {
                out.line(
                    "self.\(plan.member) = try reader.required(\(plan.member), \(plan.source.number), \(SwiftLiteral.string(plan.source.name)))"
                )
            }
        }
    }
}
