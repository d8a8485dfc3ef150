// The model's values in words.

extension Explainer {
    func typeName(_ type: TypeReference) -> String {
        switch type {
        case .scalar(let scalar): scalar.rawValue
        case .simple(let name), .structure(let name): name
        }
    }

    /// `optional CRUD`, as a column.
    func rights(_ presence: Presence, _ operations: Operations) -> String { "\(presence.rawValue) \(operations.letters)" }

    static func sentence(_ presence: Presence) -> String {
        switch presence {
        case .required: "required"
        case .optional: "optional"
        case .systemOnly: "system-only: written by the system, read by users"
        case .adminOnly: "admin-only: written by administrators"
        case .exclusive: "exclusive: set this or one of the others, not several"
        }
    }

    static func sentence(_ cardinality: Member.Cardinality) -> String {
        switch cardinality {
        case .optional: "optional"
        case .required: "once"
        case .many(let minimum, let maximum):
            "\(minimum == 0 ? "any number" : "at least \(minimum)") of times" + (maximum.map { ", at most \($0)" } ?? "")
        }
    }

    static func words(_ operations: Operations) -> String {
        let names: [(Operations, String)] = [(.create, "create"), (.read, "read"), (.update, "update"), (.delete, "delete")]
        return names.filter { operations.contains($0.0) }.map(\.1).joined(separator: ", ")
    }

    static func range(of scalar: Scalar) -> String {
        switch scalar {
        case .string: "any text"
        case .integer: "whole numbers"
        case .unsignedInt: "whole numbers from 0 to 4294967295"
        case .unsignedShort: "whole numbers from 0 to 65535"
        case .unsignedLong: "whole numbers from 0 to 18446744073709551615"
        case .boolean: "true or false"
        case .dateTime: "a date and time in ISO 8601, such as 2024-03-26T09:30:00"
        case .time: "a time of day, such as 09:30:00"
        }
    }

    static func range(of type: SimpleType) -> String {
        var parts: [String] = []
        if type.isEnumeration { parts.append("one of \(type.enumeration.map(\.value).joined(separator: ", "))") }
        if type.minimum != nil || type.maximum != nil {
            let least = type.minimum.map { "from \($0)" }
            let most = type.maximum.map { "to \($0)" }
            parts.append((["whole numbers"] + [least, most].compactMap { $0 }).joined(separator: " "))
        }
        switch (type.minimumLength, type.maximumLength) {
        case (nil, nil): break
        case (let least?, nil): parts.append("text of at least \(least) characters")
        case (nil, let most?): parts.append("text of at most \(most) characters")
        case (let least?, let most?): parts.append(least == most ? "text of \(least) characters" : "text of \(least) to \(most) characters")
        }
        if !type.unionScalars.isEmpty { parts.append(type.unionScalars.map(range).joined(separator: ", or ")) }
        if !type.patterns.isEmpty {
            parts.append(
                (type.unionScalars.isEmpty ? "text that matches " : "or text that matches ") + type.patterns.joined(separator: " or "))
        }
        return parts.isEmpty ? range(of: type.base) : parts.joined(separator: ", ")
    }
}
