// A message as the line of values that vectors have. The schema's own model says which property holds which attribute, so that the line does
// not depend on the code that it checks.

import Attributes
import Foundation
import ForwarderMessages
import NetworkTypes
import SchemaCompiler

struct MessageDescription {
    let model: ForwarderModel

    /// The model of Schema/Forwarder.
    init() {
        let compiler = Compiler()
        model = compiler.forwarderModel(
            files: SchemaFolder.expand([repository.appending(path: "Schema/Forwarder").path], compiler.diagnostics))
        precondition(!compiler.diagnostics.failed, compiler.diagnostics.rendered())
    }

    func set(named name: String) -> AttributeSet? { model.messages.first { $0.name == name } }

    func text(of value: Any, _ set: AttributeSet) -> String {
        let properties = Dictionary(uniqueKeysWithValues: Mirror(reflecting: value).children.map { ($0.label ?? "", $0.value) })
        var words: [String] = []
        for attribute in set.attributes {
            guard let property = properties[Naming.swiftIdentifier(attribute.name)] else {
                words.append("\(attribute.name) is no property")
                continue
            }
            if let flag = property as? Bool {
                if flag { words.append(attribute.name) }
            } else if let present = Self.unwrapped(property) {
                words.append("\(attribute.name)=\(text(of: present, attribute))")
            }
        }
        return words.joined(separator: " ")
    }

    private static func unwrapped(_ value: Any) -> Any? {
        let mirror = Mirror(reflecting: value)
        return mirror.displayStyle == .optional ? mirror.children.first?.value : value
    }

    private func text(of value: Any, _ attribute: Attribute) -> String {
        guard attribute.maximumCount != nil, let list = value as? [Any] else { return single(value, attribute) }
        return "[\(list.map { single($0, attribute) }.joined(separator: " "))]"
    }

    private func single(_ value: Any, _ attribute: Attribute) -> String {
        switch value {
        case let value as any AttributeEnumeration: return Self.number(value)
        case let value as any FixedWidthNetworkValue: return Self.hex(value.bytes)
        case let value as String: return "\"\(value)\""
        case let value as [UInt8]: return Self.hex(value)
        default: break
        }
        if case .structure(let index) = attribute.type { return "{\(text(of: value, model.structures[index]))}" }
        return "\(value)"
    }

    private static func number(_ value: some AttributeEnumeration) -> String { "\(value.rawValue)" }

    private static func hex(_ bytes: [UInt8]) -> String {
        "<\(bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())>"
    }
}

/// What the Swift codec makes of bytes, as a vector's last lines have it.
struct SwiftVerdict {
    let description = MessageDescription()

    private static let reasons = ["none", "truncated", "length", "value", "text", "repeated", "missing", "unknown", "too-many"]

    func type(of message: String) -> (any AttributeMessage.Type)? {
        (0...255).lazy.compactMap { VrouterFamily.message(command: $0) }.first { "\($0.attributeSet)" == message }
    }

    /// The result line and, when the bytes are accepted, what is written for what was read.
    func result(of bytes: [UInt8], as type: any AttributeMessage.Type) throws -> (line: String, written: [UInt8]?) {
        do {
            let message = try type.init(attributes: bytes)
            guard let set = description.set(named: "\(type.attributeSet)") else { return ("no such message in the schema", nil) }
            let text = description.text(of: message, set)
            return (text.isEmpty ? "=" : "= \(text)", try message.attributes())
        } catch {
            return (
                "! \(Self.reasons[Int(error.reason.rawValue)]) \(error.set) \(error.attribute ?? "-") \(error.number) \(error.offset)", nil
            )
        }
    }
}
