// Every spelling that is derived from a schema noun is derived here, and nowhere else. A backend asks; it never mangles.
//
// Compatible spellings (JSON keys, paths, reference fields, Python classes) follow the rules that clients of the older platform rely
// on; the Swift and C ones follow the guidelines of their language.

/// Derives the spellings of schema nouns.
public enum Naming {
    /// The words of a schema noun: `virtual-DNS_record` is virtual, DNS, record; `VirtualNetworkType` is one word.
    static func words(_ noun: String) -> [Substring] { noun.split { $0 == "-" || $0 == "_" } }

    private static func capitalised(_ word: Substring) -> String { word.prefix(1).uppercased() + word.dropFirst().lowercased() }

    // MARK: REST and JSON

    /// `virtual-network-properties` → `virtual_network_properties`: members of JSON objects. Case is kept.
    public static func jsonKey(_ noun: String) -> String { replacing("-", by: "_", in: noun) }

    /// `network-policy` → `network-policys`: always a plain `s`, as every existing client builds it.
    public static func collection(_ object: String) -> String { object + "s" }

    /// `network-ipam` → `network_ipam_refs`.
    public static func referenceField(to object: String) -> String { jsonKey(object) + "_refs" }

    /// `virtual-network` → `virtual_network_back_refs`.
    public static func backReferenceField(from object: String) -> String { jsonKey(object) + "_back_refs" }

    /// `virtual-network` → `virtual_networks`.
    public static func childField(_ object: String) -> String { jsonKey(object) + "s" }

    // MARK: Swift

    /// `virtual-DNS-record` → `VirtualDnsRecord`; a noun of one word keeps its capitals (`VirtualNetworkType`).
    public static func swiftType(_ noun: String) -> String {
        let parts = words(noun)
        let joined =
            parts.count == 1 && noun.contains(where: \.isUppercase)
            ? noun.prefix(1).uppercased() + noun.dropFirst() : parts.map(capitalised).joined()
        return startsWithDigit(joined) ? "_" + joined : joined
    }

    /// `forwarding-mode` → `forwardingMode`, with backquotes where the language reserves the word.
    public static func swiftMember(_ noun: String) -> String { quotedForSwift(swiftIdentifier(noun)) }

    /// As `swiftMember`, for places such as argument labels where no word is reserved.
    public static func swiftIdentifier(_ noun: String) -> String {
        let parts = words(noun)
        guard let first = parts.first else { return "_" }
        let head =
            first.allSatisfy { $0.isUppercase || $0.isNumber } ? first.lowercased() : first.prefix(1).lowercased() + first.dropFirst()
        let joined =
            head
            + parts.dropFirst().map { $0.allSatisfy(\.isUppercase) ? capitalised($0) : $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
        return startsWithDigit(joined) ? "_" + joined : joined
    }

    /// `virtual-network` → `virtualNetworks`: the accessor of a collection.
    public static func swiftCollection(_ object: String) -> String { swiftIdentifier(object) + "s" }

    /// The Swift name of an enumeration value. Values are free text (`<>`, `not in`, `10.1`), so signs are spoken.
    public static func swiftCase(_ value: String) -> String {
        var noun = ""
        for character in value {
            if character.isLetter || character.isNumber || character == "_" || character == "-" {
                noun.append(character)
            } else if let spoken = spokenSigns[character] {
                noun += "-" + spoken + "-"
            } else {
                noun += "-"
            }
        }
        let name = swiftIdentifier(noun)
        return quotedForSwift(name == "_" ? "empty" : name == "init" ? "initial" : name)
    }

    private static let spokenSigns: [Character: String] = [
        "<": "less", ">": "greater", "=": "equal", "!": "not", "*": "any", "+": "plus", "&": "and", "|": "or", "%": "percent",
        "#": "number",
        "/": "slash",
    ]

    static func quotedForSwift(_ name: String) -> String { swiftReserved.contains(name) ? "`\(name)`" : name }

    private static let swiftReserved: Set<String> = [
        "associatedtype", "class", "deinit", "enum", "extension", "fileprivate", "func", "import", "init", "inout", "internal", "let",
        "open",
        "operator", "private", "protocol", "public", "rethrows", "static", "struct", "subscript", "typealias", "var", "break", "case",
        "continue", "default", "defer", "do", "else", "fallthrough", "for", "guard", "if", "in", "repeat", "return", "switch", "where",
        "while",
        "as", "catch", "false", "is", "nil", "super", "self", "Self", "throw", "throws", "true", "try", "Any", "Type", "Protocol",
    ]

    // MARK: C

    /// `next-hop` → `next_hop`: members and, with a prefix, functions and types.
    public static func cIdentifier(_ noun: String) -> String { words(noun).map { $0.lowercased() }.joined(separator: "_") }

    /// `next-hop` → `NEXT_HOP`: constants.
    public static func cConstant(_ noun: String) -> String { words(noun).map { $0.uppercased() }.joined(separator: "_") }

    // MARK: Python

    /// The class of an object in Python: `virtual-DNS` → `VirtualDns`, as the published package spells it.
    public static func pythonClass(_ object: String) -> String { words(object).map(capitalised).joined() }

    // MARK: Shared

    private static func startsWithDigit(_ text: String) -> Bool { text.first.map { $0.isNumber } ?? false }

    private static func replacing(_ old: Unicode.Scalar, by new: Unicode.Scalar, in text: String) -> String {
        guard text.unicodeScalars.contains(old) else { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { result.append(scalar == old ? new : scalar) }
        return String(result)
    }
}
