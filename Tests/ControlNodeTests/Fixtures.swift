// What the tests of the control node have in common: values in short notation, and numbers that a seed decides.

import NetworkTypes
import Testing

@testable import ControlNodeCore

/// SplitMix64: a failing test prints its seed, and the seed repeats it.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }

    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }
}

func inet(_ text: String) throws -> RoutePrefix { .inet(try IPv4Prefix(parsing: text)) }

func target(_ number: UInt32) -> RouteTarget { RouteTarget(.autonomousSystem2(64512, number)) }

func hop(_ last: UInt8) -> IPAddress { .v4(IPv4Address(10, 0, 0, last)) }

/// Hexadecimal digits; spaces and what stands behind `#` on a line do not count.
func hex(_ text: String) -> [UInt8] {
    var digits: [UInt8] = []
    for line in text.split(separator: "\n") {
        digits += line.prefix { $0 != "#" }.compactMap { $0.hexDigitValue.map(UInt8.init) }
    }
    return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}
