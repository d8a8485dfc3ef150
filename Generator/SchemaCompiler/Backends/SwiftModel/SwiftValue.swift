// How a value of the model is spelled and coded in Swift: the one table that the Swift backends agree on.

/// A type of the model as Swift sees it.
enum SwiftValue: Hashable {
    /// A type that codes itself: a scalar, an open enumeration or a structure, by its Swift name.
    case coded(String)
    /// An Int within the range of the named simple type.
    case bounded(String)
    /// A String that matches the pattern of the named simple type.
    case patterned(String)
    /// A String whose length lies in the range of the named simple type.
    case sized(String)
    /// A String, given as text or as a number, that matches the pattern of the named union.
    case united(String)

    init(_ type: TypeReference, in model: Model) {
        switch type {
        case .scalar(let scalar): self = .coded(Self.name(of: scalar))
        case .structure(let name): self = .coded(Naming.swiftType(name))
        case .simple(let name):
            guard let simple = model.simpleType(name) else {
                self = .coded("String")
                return
            }
            self.init(simple)
        }
    }

    init(_ simple: SimpleType) {
        let spelling = Naming.swiftType(simple.name)
        if !simple.unionScalars.isEmpty {
            self = .united(spelling)
        } else if simple.isEnumeration, !simple.base.isNumeric {
            self = .coded(spelling)
        } else if !simple.patterns.isEmpty {
            self = .patterned(spelling)
        } else if simple.minimum != nil || simple.maximum != nil, simple.base.isNumeric, simple.base != .unsignedLong {
            self = .bounded(spelling)
        } else if simple.minimumLength != nil || simple.maximumLength != nil {
            self = .sized(spelling)
        } else {
            self = .coded(Self.name(of: simple.base))
        }
    }

    static func name(of scalar: Scalar) -> String {
        switch scalar {
        case .string, .dateTime, .time: "String"
        case .integer, .unsignedInt, .unsignedShort: "Int"
        case .unsignedLong: "UInt64"
        case .boolean: "Bool"
        }
    }

    /// The Swift type of one value.
    var typeName: String {
        switch self {
        case .coded(let name): name
        case .bounded: "Int"
        case .patterned, .sized, .united: "String"
        }
    }

    /// The expression that reads one value from an XML element.
    var xmlRead: String {
        switch self {
        case .coded: "try reader.value()"
        case .bounded: "try reader.integer(\(restriction))"
        case .patterned, .sized, .united: "try reader.string(\(restriction))"
        }
    }

    /// The argument that tells a reader which restriction to check; empty when the type itself knows.
    var restriction: String {
        switch self {
        case .coded: ""
        case .bounded(let name): "in: \(name).range"
        case .patterned(let name): "pattern: \(name).pattern"
        case .sized(let name): "length: \(name).length"
        case .united(let name): "union: \(name).pattern"
        }
    }
}

extension SimpleType {
    /// The bounds as a Swift range; an open end is as far as the integer goes.
    var swiftRange: String {
        let low = minimum.map(String.init) ?? (base == .integer ? "Int.min" : "0")
        return "\(low)...\(maximum.map(String.init) ?? "Int.max")"
    }

    var swiftLength: String { "\(minimumLength ?? 0)...\(maximumLength.map(String.init) ?? "Int.max")" }

    /// All patterns as one; a union also accepts whole numbers when one of its scalars is a number.
    var combinedPattern: String {
        var alternatives = patterns
        if unionScalars.contains(where: \.isNumeric) { alternatives.append("[0-9]+") }
        return alternatives.count == 1 ? alternatives[0] : alternatives.map { "(\($0))" }.joined(separator: "|")
    }
}
