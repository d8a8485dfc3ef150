// Universally unique identifiers (RFC 9562), which name every object of the configuration. Written in lower case with dashes; read in
// either case, and without dashes, as identity services write them. Without Foundation, whose type is slow to load.

/// A UUID.
public struct UUIDValue: FixedWidthNetworkValue {
    /// The first 64 bits.
    public let high: UInt64
    /// The last 64 bits.
    public let low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// All zeros.
    public static let zero = UUIDValue(high: 0, low: 0)

    /// A random UUID (version 4), from a generator that the caller owns.
    public static func random(using generator: inout some RandomNumberGenerator) -> UUIDValue {
        UUIDValue(
            high: generator.next() & ~0xF000 | 0x4000,
            low: generator.next() & ~(0b11 << 62) | 0b10 << 62)
    }

    /// How the UUID was made: 4 means at random.
    public var version: UInt8 { UInt8(truncatingIfNeeded: high >> 12 & 0xF) }

    public static func < (left: UUIDValue, right: UUIDValue) -> Bool { (left.high, left.low) < (right.high, right.low) }

    // MARK: Text

    public static let notation = Notation(
        "a UUID", form: "32 hexadecimal digits in groups of 8, 4, 4, 4 and 12 with dashes between them",
        example: "6ba7b810-9dad-41d1-80b4-00c04fd430c8")

    public init(parsing text: String) throws(NotationError) {
        self = try Self.notation.parse(text) { bytes throws(NotationProblem) in try Self.parse(bytes) }
    }

    private static func parse(_ text: ArraySlice<UInt8>) throws(NotationProblem) -> UUIDValue {
        let hasDashes = text.contains(NumberNotation.dash)
        if hasDashes, text.count != 36 { throw NotationProblem("it has \(text.count) characters instead of 36") }
        var high: UInt64 = 0
        var low: UInt64 = 0
        var count = 0
        for (index, byte) in text.enumerated() {
            if hasDashes, index == 8 || index == 13 || index == 18 || index == 23 {
                guard byte == NumberNotation.dash else { throw NotationProblem("a dash is missing at position \(index + 1)") }
                continue
            }
            guard let digit = NumberNotation.hexadecimalDigit(byte) else {
                let found = NotationProblem.quoted(text[(text.startIndex + index)...].prefix(1))
                throw NotationProblem("\(found) at position \(index + 1) is not a hexadecimal digit")
            }
            count += 1
            high = high << 4 | low >> 60
            low = low << 4 | UInt64(digit)
        }
        guard count == 32 else { throw NotationProblem("it has \(count) hexadecimal digits instead of 32") }
        return UUIDValue(high: high, low: low)
    }

    public var description: String {
        var text: [UInt8] = []
        text.reserveCapacity(36)
        for index in 0..<32 {
            if index == 8 || index == 12 || index == 16 || index == 20 { text.append(NumberNotation.dash) }
            let half = index < 16 ? high : low
            text.append(NumberNotation.lowerDigit(UInt8(truncatingIfNeeded: half >> UInt64(60 - 4 * (index % 16))) & 0xF))
        }
        return String(decoding: text, as: UTF8.self)
    }

    // MARK: Bytes

    public static let byteCount = 16

    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 16, let high: UInt64 = BigEndian.integer(bytes.prefix(8)),
            let low: UInt64 = BigEndian.integer(bytes.dropFirst(8))
        else { return nil }
        self.init(high: high, low: low)
    }

    public func append(to bytes: inout [UInt8]) {
        BigEndian.append(high, to: &bytes)
        BigEndian.append(low, to: &bytes)
    }
}
