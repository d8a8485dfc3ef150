// Makes JSON values from the schema itself: valid ones, and ones that are wrong in one known place. The generated codecs are tested against
// what the schema says rather than against examples that somebody thought of.

import SchemaCompiler

/// Draws values of the types of a model.
struct ValueGenerator {
    let model: Model
    var random: SplitMix

    /// A valid value of a type as JSON text. Structures leave members out at random.
    mutating func value(of type: TypeReference, depth: Int = 0) -> String {
        switch type {
        case .scalar(let scalar): self.scalar(scalar)
        case .simple(let name): model.simpleType(name).map { simple($0) } ?? "\"\""
        case .structure(let name): structure(name, depth)
        }
    }

    private mutating func structure(_ name: String, _ depth: Int) -> String {
        guard let structure = model.structure(name) else { return "{}" }
        var members: [String] = []
        for member in structure.members.shuffled(using: &random) {
            guard depth < 6, random.next() % 4 != 0 else { continue }
            let text: String
            if member.isMany {
                let count = Int(random.next() % 4)
                var items: [String] = []
                for _ in 0..<count { items.append(value(of: member.type, depth: depth + 1)) }
                text = "[" + items.joined(separator: blank()) + "]"
            } else {
                text = random.next() % 12 == 0 ? "null" : value(of: member.type, depth: depth + 1)
            }
            members.append("\"\(Naming.jsonKey(member.name))\"\(blank(":"))\(text)")
        }
        return "{" + members.joined(separator: blank()) + "}"
    }

    private mutating func simple(_ type: SimpleType) -> String {
        if let value = type.enumeration.randomElement(using: &random) {
            return type.base.isNumber ? value.value : quoted(value.value)
        }
        if let sample = PatternSamples.samples[type.name] { return quoted(sample.randomElement(using: &random) ?? "") }
        guard type.base.isNumber else { return scalar(type.base) }
        let low = max(type.minimum ?? 0, -1_000_000)
        let high = max(low, min(type.maximum ?? 1_000_000, low + 1_000_000))
        let number = Int.random(in: low...high, using: &random)
        // Integers arrive as text from some clients.
        return random.next() % 5 == 0 ? "\"\(number)\"" : "\(number)"
    }

    private mutating func scalar(_ scalar: Scalar) -> String {
        switch scalar {
        case .boolean: random.next() % 2 == 0 ? "true" : "false"
        case .integer: "\(Int64(truncatingIfNeeded: random.next()) >> 20)"
        case .unsignedInt, .unsignedShort: "\(random.next() % 65536)"
        case .unsignedLong: "\(random.next())"
        case .dateTime, .time: quoted("2026-11-24T03:01:06.123456")
        case .string: text()
        }
    }

    /// Text with everything JSON has to escape and characters of every UTF-8 length.
    private mutating func text() -> String {
        let pieces = [
            "a", "blue", " ", "é", "日本", "😀", "\\n", "\\\"", "\\\\", "\\u00e9", "\\ud83d\\ude00", "/", "\\/", "\u{7f}", "\\u0001", "0", "-",
        ]
        var text = ""
        for _ in 0..<(random.next() % 6) { text += pieces.randomElement(using: &random) ?? "" }
        return "\"\(text)\""
    }

    private func quoted(_ text: String) -> String { "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\"" }

    /// White space around a separator, as documents written by people have it.
    private mutating func blank(_ separator: String = ",") -> String {
        switch random.next() % 6 {
        case 0: "\(separator) "
        case 1: " \(separator)\n\t"
        default: separator
        }
    }
}

/// Texts that match the patterns of the schema. A pattern without samples fails the test that counts them.
enum PatternSamples {
    /// By the name of the simple type.
    static let samples: [String: [String]] = [
        "IpAddress": ["0.0.0.0", "10.1.0.254", "255.255.255.255", "::", "2001:db8::1", "fe80:0:0:0:0:0:0:1", "::ffff:192.0.2.1"],
        "ObjectIdentifier": ["1.3.6.1.2.1.1", "0.0"],
        "ServiceInterfaceType": ["management", "left", "right", "other", "other17"],
        "U16BitHexInt": ["0x00ff", "0xABCD", "17"],
        "U32BitHexInt": ["0x00010001", "65537"],
        "UuidStringType": ["3b1f5a64-90a5-4bd0-8f4b-37a0d3c1a001"],
    ]
}

extension Scalar {
    var isNumber: Bool {
        switch self {
        case .integer, .unsignedInt, .unsignedShort, .unsignedLong: true
        case .string, .boolean, .dateTime, .time: false
        }
    }
}

/// A small generator with a seed, so that a failure can be repeated.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
