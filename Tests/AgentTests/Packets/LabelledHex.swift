// Bytes with names: each line has hexadecimal digits and, behind two spaces, what they are.

/// The bytes of a labelled vector.
func hex(_ text: String) -> [UInt8] {
    var bytes: [UInt8] = []
    for line in text.split(separator: "\n") {
        let digits = line.prefix { $0 != "#" }.split(separator: "  ").first ?? ""
        let plain = digits.filter { $0 != " " }
        precondition(plain.count % 2 == 0, "an odd number of digits: \(line)")
        var rest = plain[...]
        while !rest.isEmpty {
            guard let byte = UInt8(rest.prefix(2), radix: 16) else { preconditionFailure("not hexadecimal: \(line)") }
            bytes.append(byte)
            rest = rest.dropFirst(2)
        }
    }
    return bytes
}

/// A generator whose sequence its seed fixes (SplitMix64): a failure prints the seed, and the seed gives the failure again.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

extension UInt64 {
    /// A new seed for each run.
    static var anySeed: UInt64 { UInt64.random(in: .min ... .max) }
}
