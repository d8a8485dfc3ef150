// How an attribute is spelled in Swift: its type, the calls that read and write it.

/// One attribute in Swift.
struct SwiftAttributePlan {
    let source: Attribute
    /// With backquotes where the language reserves the word.
    let member: String
    let label: String
    /// Without the question mark of an optional one.
    let type: String
    let isFlag: Bool
    /// The method of AttributeReader and AttributeWriter, and the arguments after the value.
    private let method: String
    private let bounds: [String]

    init(_ source: Attribute, _ model: ForwarderModel) {
        self.source = source
        member = Naming.swiftMember(source.name)
        label = Naming.swiftIdentifier(source.name)
        isFlag = source.type == .flag
        let isList = source.maximumCount != nil
        var bounds: [String] = []
        if let count = source.maximumCount { bounds.append("atMost: \(count)") }
        let single: String
        switch source.type {
        case .scalar(let scalar):
            single = Self.swiftType(scalar)
            switch scalar {
            case .u8, .u16, .u32, .u64: method = isList ? "numbers" : "number"
            case .be16, .be32: method = isList ? "bigEndians" : "bigEndian"
            case .ipv4, .ipv6, .mac, .uuid: method = isList ? "values" : "value"
            }
        case .enumeration(let index):
            single = Naming.swiftType(model.enumerations[index].name)
            method = isList ? "enumerations" : "enumeration"
        case .string(let length):
            single = "String"
            method = "string"
            bounds.append("atMost: \(length)")
        case .bytes(let length):
            single = "[UInt8]"
            method = "bytes"
            bounds.append("atMost: \(length)")
        case .flag:
            single = "Bool"
            method = "flag"
        case .structure(let index):
            single = Naming.swiftType(model.structures[index].name)
            method = isList ? "structures" : "structure"
        }
        if let range = source.range { bounds.append("in: \(range.lowerBound)...\(range.upperBound)") }
        type = isList ? "[\(single)]" : single
        self.bounds = bounds
    }

    static func swiftType(_ scalar: AttributeScalar) -> String {
        switch scalar {
        case .u8: "UInt8"
        case .u16, .be16: "UInt16"
        case .u32, .be32: "UInt32"
        case .u64: "UInt64"
        case .ipv4: "IPv4Address"
        case .ipv6: "IPv6Address"
        case .mac: "MACAddress"
        case .uuid: "UUIDValue"
        }
    }

    /// As the property and the parameter of the initialiser are declared.
    var declaredType: String { source.isRequired || isFlag ? type : type + "?" }
    var defaultValue: String { source.isRequired ? "" : isFlag ? " = false" : " = nil" }

    var read: String { "try reader.\(method)(\(arguments([])))" }

    var write: String {
        let number = source.refusesWhenUnknown ? ".mustUnderstand(\(source.number))" : "\(source.number)"
        return "try writer.\(method)(\(number), \(arguments([member])))"
    }

    private func arguments(_ value: [String]) -> String { ([SwiftLiteral.string(source.name)] + value + bounds).joined(separator: ", ") }

    /// Whether its type is one of NetworkTypes.
    var isAddress: Bool {
        if case .scalar(let scalar) = source.type { !scalar.isNumber } else { false }
    }
}
