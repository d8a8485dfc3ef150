// How a field is spelled in Swift: its type, the calls that read and write it.

/// One field in Swift.
struct SwiftSandeshField {
    let source: SandeshField
    /// With backquotes where the language reserves the word.
    let member: String
    let label: String
    /// Without the question mark of an optional one.
    let type: String
    /// The property with the object table of a key whose table the sender chooses.
    let table: String?
    private let method: String

    init(_ source: SandeshField, _ model: SandeshModel) {
        self.source = source
        member = Naming.swiftMember(source.name)
        label = Naming.swiftIdentifier(source.name)
        table = source.key == "*" ? Naming.sandeshTable(source.name) : nil
        let single =
            switch source.type {
            case .scalar(let scalar): Self.swiftType(scalar)
            case .enumeration(let index): Naming.swiftType(model.enumerations[index].name)
            case .structure(let index): Naming.swiftType(model.structures[index].name)
            }
        switch source.cardinality {
        case .single: (type, method) = (single, "sandeshField")
        case .list: (type, method) = ("[\(single)]", "sandeshList")
        case .set: (type, method) = ("Set<\(single)>", "sandeshSet")
        case .map(let key): (type, method) = ("[\(Self.swiftType(key)): \(single)]", "sandeshMap")
        }
    }

    static func swiftType(_ scalar: SandeshScalar) -> String {
        switch scalar {
        case .bool: "Bool"
        case .byte: "Int8"
        case .u16: "UInt16"
        case .i16: "Int16"
        case .i32: "Int32"
        case .u32: "UInt32"
        case .i64: "Int64"
        case .u64: "UInt64"
        case .double: "Double"
        case .string: "String"
        case .ipv4: "IPv4Address"
        case .ipaddr: "IPAddress"
        case .xml: "SandeshXML"
        case .uuid: "UUIDValue"
        }
    }

    /// Whether its type is one of NetworkTypes.
    var isNetworkValue: Bool {
        switch source.type {
        case .scalar(.ipv4), .scalar(.ipaddr), .scalar(.uuid): true
        default: false
        }
    }

    /// The properties, and the parameters of the initialiser, in order.
    var properties: [(member: String, label: String, type: String, defaultValue: String?, documentation: String)] {
        var properties = [
            (member, label, source.isOptional ? type + "?" : type, source.isOptional ? "nil" : nil as String?, source.documentation)
        ]
        if let table {
            properties.append(
                (table, table, "String", nil, "The table of the object that `\(source.name)` names, such as `ObjectVNTable`."))
        }
        return properties
    }

    var read: String { "try reader.\(method)()" }

    var write: String {
        var arguments = [SwiftLiteral.string(source.name), "\(source.number)", member]
        if !source.annotations.isEmpty {
            let pairs = source.annotations.map { annotation in
                let value =
                    annotation.name == "key" ? table ?? SwiftLiteral.string(annotation.value) : SwiftLiteral.string(annotation.value)
                return "\(SwiftLiteral.string(annotation.name)): \(value)"
            }
            arguments.append("[\(pairs.joined(separator: ", "))]")
        }
        return "writer.\(method)(\(arguments.joined(separator: ", ")))"
    }
}
