// Every spelling that is derived from a schema noun is derived here, and nowhere else. A backend asks; it never mangles.
//
// Compatible spellings (JSON keys, paths, reference fields, Python classes) follow the rules that clients of the older platform rely
// on; the Swift and C ones follow the guidelines of their language. Backends ask for some spelling of every noun many times, so all work
// is on bytes; the front end has made sure that nouns are ASCII.

/// Derives the spellings of schema nouns.
public enum Naming {
    /// The words of a schema noun: `virtual-DNS_record` is virtual, DNS, record; `VirtualNetworkType` is one word.
    static func words(_ noun: String) -> [Substring] { noun.split { $0 == "-" || $0 == "_" } }

    // MARK: REST and JSON

    /// `virtual-network-properties` → `virtual_network_properties`: members of JSON objects. Case is kept.
    public static func jsonKey(_ noun: String) -> String { replacing(UInt8(ascii: "-"), by: UInt8(ascii: "_"), in: noun) }

    /// `network-policy` → `network-policys`: always a plain `s`, as every existing client builds it.
    public static func collection(_ object: String) -> String { object + "s" }

    /// `network-ipam` → `network_ipam_refs`.
    public static func referenceField(to object: String) -> String { jsonKey(object) + "_refs" }

    /// `virtual-network` → `virtual_network_back_refs`.
    public static func backReferenceField(from object: String) -> String { jsonKey(object) + "_back_refs" }

    /// `virtual-network` → `virtual_networks`.
    public static func childField(_ object: String) -> String { jsonKey(object) + "s" }

    /// Keys that the JSON of every object has besides its properties.
    static let envelopeKeys: Set<String> = ["uuid", "name", "fq_name", "href", "parent_type", "parent_uuid", "parent_href"]

    // MARK: Swift

    /// `virtual-DNS-record` → `VirtualDnsRecord`; a noun of one word keeps its capitals (`VirtualNetworkType`).
    public static func swiftType(_ noun: String) -> String {
        spelled(noun) { words, spelling in
            let keepsCapitals = words.isSingle && words.hasCapital
            words.forEach { _, word in spelling.capitalise(word, loweringRest: !keepsCapitals) }
        }
    }

    /// `forwarding-mode` → `forwardingMode`, with backquotes where the language reserves the word.
    public static func swiftMember(_ noun: String) -> String { quotedForSwift(swiftIdentifier(noun)) }

    /// As `swiftMember`, for places such as argument labels where no word is reserved.
    public static func swiftIdentifier(_ noun: String) -> String {
        spelled(noun) { words, spelling in
            words.forEach { index, word in
                if index > 0 {
                    spelling.capitalise(word, loweringRest: word.allSatisfy(\.isCapital))
                } else if word.allSatisfy({ $0.isCapital || $0.isDigit }) {
                    for byte in word { spelling.append(byte.lowered) }
                } else {
                    spelling.append(word[word.startIndex].lowered)
                    spelling.append(contentsOf: word.dropFirst())
                }
            }
        }
    }

    /// `virtual-network` → `virtualNetworks`: the accessor of a collection.
    public static func swiftCollection(_ object: String) -> String { swiftIdentifier(object) + "s" }

    /// The Swift name of an enumeration value. Values are free text (`<>`, `not in`, `10.1`), so signs are spoken.
    public static func swiftCase(_ value: String) -> String {
        var noun = ""
        for scalar in value.unicodeScalars {
            if scalar.isASCII, UInt8(truncatingIfNeeded: scalar.value).isNameByte {
                noun.unicodeScalars.append(scalar)
            } else if let spoken = spokenSigns[scalar] {
                noun += "-\(spoken)-"
            } else {
                noun += scalar.isASCII ? "-" : "-u\(String(scalar.value, radix: 16))-"
            }
        }
        let name = swiftIdentifier(noun)
        return quotedForSwift(name == "_" ? "empty" : name == "init" ? "initial" : name)
    }

    private static let spokenSigns: [Unicode.Scalar: String] = [
        "<": "less", ">": "greater", "=": "equal", "!": "not", "*": "any", "+": "plus", "&": "and", "|": "or", "%": "percent",
        "#": "number",
        "/": "slash",
    ]

    /// Names of types that generated Swift uses unqualified, or that the language does not let a program declare.
    static func isSwiftTypeTaken(_ spelling: String) -> Bool { swiftTypes.contains(spelling) }

    private static let swiftTypes: Set<String> = [
        "Any", "AnyObject", "Array", "Bool", "Character", "Collection", "Dictionary", "Double", "Error", "Float", "Hashable", "Int",
        "Never",
        "Optional", "Protocol", "Result", "Self", "Sendable", "Sequence", "Set", "StaticString", "String", "Type", "UInt64", "UInt8",
        "Void",
        "JSONReader", "JSONWriter", "XMLReader", "XMLWriter", "CodingError", "MemberTable", "OpenEnumeration", "Pattern", "SchemaValue",
        "NoData", "Reference",
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
    public static func pythonClass(_ object: String) -> String {
        spelled(object) { words, spelling in words.forEach { _, word in spelling.capitalise(word, loweringRest: true) } }
    }

    // MARK: Shared

    private static func replacing(_ old: UInt8, by new: UInt8, in text: String) -> String {
        var source = text
        return source.withUTF8 { bytes in
            guard bytes.contains(old) else { return text }
            return String(unsafeUninitializedCapacity: bytes.count) { buffer in
                for index in bytes.indices { buffer[index] = bytes[index] == old ? new : bytes[index] }
                return bytes.count
            }
        }
    }

    /// Lets `body` spell a noun word by word. A spelling that would begin with a digit, or be empty, gets a low line in front.
    private static func spelled(_ noun: String, _ body: (Words, inout SpellingBuilder) -> Void) -> String {
        var noun = noun
        return noun.withUTF8 { bytes in
            String(unsafeUninitializedCapacity: bytes.count + 1) { buffer in
                var spelling = SpellingBuilder(buffer: buffer)
                let words = Words(bytes: bytes)
                if words.beginWithDigit { spelling.append(UInt8(ascii: "_")) }
                body(words, &spelling)
                return spelling.count
            }
        }
    }
}

/// The words of a noun as slices of its bytes.
private struct Words {
    let bytes: UnsafeBufferPointer<UInt8>

    func forEach(_ body: (Int, Slice<UnsafeBufferPointer<UInt8>>) -> Void) {
        var index = 0
        var start = 0
        while start < bytes.count {
            guard !bytes[start].isSeparator else {
                start += 1
                continue
            }
            var end = start + 1
            while end < bytes.count, !bytes[end].isSeparator { end += 1 }
            body(index, bytes[start..<end])
            index += 1
            start = end
        }
    }

    var isSingle: Bool {
        var count = 0
        forEach { _, _ in count += 1 }
        return count == 1
    }

    var hasCapital: Bool { bytes.contains { $0.isCapital } }

    /// Also true when there is no word at all.
    var beginWithDigit: Bool { bytes.first { !$0.isSeparator }?.isDigit ?? true }
}

/// Collects the bytes of one spelling. It never holds more than the noun has, plus one.
private struct SpellingBuilder {
    let buffer: UnsafeMutableBufferPointer<UInt8>
    private(set) var count = 0

    init(buffer: UnsafeMutableBufferPointer<UInt8>) { self.buffer = buffer }

    mutating func append(_ byte: UInt8) {
        buffer[count] = byte
        count += 1
    }

    mutating func append(contentsOf bytes: Slice<UnsafeBufferPointer<UInt8>>) { for byte in bytes { append(byte) } }

    mutating func capitalise(_ word: Slice<UnsafeBufferPointer<UInt8>>, loweringRest: Bool) {
        for (index, byte) in word.enumerated() { append(index == 0 ? byte.raised : loweringRest ? byte.lowered : byte) }
    }
}

extension UInt8 {
    fileprivate var isSeparator: Bool { self == UInt8(ascii: "-") || self == UInt8(ascii: "_") }
    fileprivate var isCapital: Bool { self >= UInt8(ascii: "A") && self <= UInt8(ascii: "Z") }
    fileprivate var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }
    fileprivate var lowered: UInt8 { isCapital ? self + 32 : self }
    fileprivate var raised: UInt8 { self >= UInt8(ascii: "a") && self <= UInt8(ascii: "z") ? self - 32 : self }

    /// May stand in a name: a letter, a digit, `-` or `_`.
    var isNameByte: Bool { isSeparator || isDigit || isCapital || raised.isCapital }
    /// May begin a name.
    var isNameStart: Bool { raised.isCapital }
}
