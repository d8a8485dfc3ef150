// Spellings of what message definitions declare. The same rules as for the data model, plus what messages alone need.

extension Naming {
    // MARK: Forwarder messages in Swift

    /// `next-hop` → `NextHopMessage`: the value that travels, as against the next hop itself.
    public static func swiftMessage(_ noun: String) -> String { swiftType(noun) + "Message" }

    /// `vrouter` → `VrouterFamily`: what is generated about all messages together.
    public static func swiftFamily(_ noun: String) -> String { swiftType(noun) + "Family" }

    // MARK: Forwarder messages in C

    /// `next-hop` → `vrouter_next_hop`: the tag of a structure or enumeration and the beginning of its functions.
    public static func cType(_ noun: String, prefix: String) -> String { cIdentifier(prefix) + "_" + cIdentifier(noun) }

    /// `next-hop`, `label` → `VROUTER_NEXT_HOP_LABEL`.
    public static func cConstant(_ nouns: String..., prefix: String) -> String {
        ([prefix] + nouns).map(cConstant).joined(separator: "_")
    }

    /// The number of elements of a list, beside it in the structure.
    public static func cCount(_ noun: String) -> String { cIdentifier(noun) + "_count" }

    /// The number of bytes in use, beside them in the structure.
    public static func cLength(_ noun: String) -> String { cIdentifier(noun) + "_length" }

    /// Words that no member can be called: C11's, C23's (headers are read by C23 compilers too), and what the codecs keep in every structure.
    static let cReserved: Set<String> = [
        "auto", "break", "case", "char", "const", "continue", "default", "do", "double", "else", "enum", "extern", "float", "for", "goto",
        "if",
        "inline", "int", "long", "register", "restrict", "return", "short", "signed", "sizeof", "static", "struct", "switch", "typedef",
        "union",
        "unsigned", "void", "volatile", "while", "alignas", "alignof", "bool", "constexpr", "false", "nullptr", "static_assert",
        "thread_local",
        "true", "typeof", "asm", "linux", "unix", "present", "fault",
    ]

    /// What generated decoders and encoders call things of their own.
    static let swiftCodecReserved: Set<String> = ["reader", "writer", "wireNumber", "wireField"]

    // MARK: Sandesh in Swift

    /// `name` → `nameTable`: the object table of a key whose table the sender chooses.
    public static func sandeshTable(_ field: String) -> String { swiftIdentifier(field) + "Table" }

    /// Every member that a field needs.
    static func sandeshMembers(_ field: SandeshField) -> [String] {
        [swiftIdentifier(field.name)] + (field.key == "*" ? [sandeshTable(field.name)] : [])
    }
}
