// IPv4 addresses (RFC 791). The text is four decimal numbers and nothing else: the shorter, octal and hexadecimal forms that inet_aton
// accepts are refused, as programs disagree about them.

/// An IPv4 address.
public struct IPv4Address: FixedWidthNetworkValue {
    /// The address as a number: 0xC0000201 for 192.0.2.1.
    public let rawValue: UInt32

    public init(rawValue: UInt32) { self.rawValue = rawValue }

    public init(_ first: UInt8, _ second: UInt8, _ third: UInt8, _ fourth: UInt8) {
        rawValue = UInt32(first) << 24 | UInt32(second) << 16 | UInt32(third) << 8 | UInt32(fourth)
    }

    /// 0.0.0.0.
    public static let any = IPv4Address(rawValue: 0)
    /// 127.0.0.1.
    public static let loopback = IPv4Address(127, 0, 0, 1)
    /// 255.255.255.255: all hosts of the local network.
    public static let broadcast = IPv4Address(rawValue: .max)

    public var isUnspecified: Bool { rawValue == 0 }
    /// 127.0.0.0/8.
    public var isLoopback: Bool { rawValue >> 24 == 127 }
    /// 169.254.0.0/16 (RFC 3927).
    public var isLinkLocal: Bool { rawValue >> 16 == 0xA9FE }
    /// 224.0.0.0/4 (RFC 5771).
    public var isMulticast: Bool { rawValue >> 28 == 0xE }
    public var isBroadcast: Bool { rawValue == .max }
    /// 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16 (RFC 1918).
    public var isPrivate: Bool { rawValue >> 24 == 10 || rawValue >> 20 == 0xAC1 || rawValue >> 16 == 0xC0A8 }

    /// The address so many further on; nil outside the address space.
    public func advanced(by distance: Int) -> IPv4Address? {
        let (sum, overflow) = Int(rawValue).addingReportingOverflow(distance)
        return overflow ? nil : UInt32(exactly: sum).map { IPv4Address(rawValue: $0) }
    }

    public static func < (left: IPv4Address, right: IPv4Address) -> Bool { left.rawValue < right.rawValue }

    // MARK: Text

    public static let notation = Notation(
        "an IPv4 address", form: "four decimal numbers from 0 to 255 with dots between them", example: "192.0.2.1")

    public init(parsing text: String) throws(NotationError) {
        self = try Self.notation.parse(text) { bytes throws(NotationProblem) in try Self.parse(bytes) }
    }

    static func parse(_ text: ArraySlice<UInt8>) throws(NotationProblem) -> IPv4Address {
        if text.contains(NumberNotation.slash) {
            throw NotationProblem("it has a prefix length", hint: "leave out the '/' and what follows")
        }
        var value: UInt32 = 0
        var count = 0
        var rest = text
        while true {
            let part = rest.prefix { $0 != NumberNotation.dot }
            guard count < 4 else { throw NotationProblem("it has more than 4 numbers") }
            value = value << 8 | UInt32(truncatingIfNeeded: try NumberNotation.decimal(part, maximum: 255))
            count += 1
            rest = rest.dropFirst(part.count)
            if rest.isEmpty { break }
            rest = rest.dropFirst()
        }
        guard count == 4 else { throw NotationProblem("it has \(count) number\(count == 1 ? "" : "s") instead of 4") }
        return IPv4Address(rawValue: value)
    }

    public var description: String {
        "\(rawValue >> 24).\(rawValue >> 16 & 255).\(rawValue >> 8 & 255).\(rawValue & 255)"
    }

    // MARK: Bytes

    public static let byteCount = 4

    public init?(bytes: some Collection<UInt8>) {
        guard let value: UInt32 = BigEndian.integer(bytes) else { return nil }
        rawValue = value
    }

    public func append(to bytes: inout [UInt8]) { BigEndian.append(rawValue, to: &bytes) }
}
