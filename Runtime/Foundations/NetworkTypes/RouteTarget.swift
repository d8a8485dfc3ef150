// Route targets (RFC 4360 §4, RFC 5668): the extended communities that say which VPNs a route belongs to.

/// A mark on routes by which routing tables import and export them.
public struct RouteTarget: FixedWidthNetworkValue {
    public let number: AdministeredNumber

    public init(_ number: AdministeredNumber) { self.number = number }

    /// The shape that the AS number calls for: numbers above 65535 need four bytes and leave two for `number`.
    ///
    /// Nil when `number` does not fit.
    public init?(_ system: ASNumber, _ number: UInt32) {
        if let short = UInt16(exactly: system.rawValue) {
            self.number = .autonomousSystem2(short, number)
        } else if let short = UInt16(exactly: number) {
            self.number = .autonomousSystem4(system, short)
        } else {
            return nil
        }
    }

    /// The eight bytes as a number: type, sub-type 2, six of value.
    public var rawValue: UInt64 { UInt64(number.type) << 56 | 0x02 << 48 | number.value }

    /// By the bytes on the wire.
    public static func < (left: RouteTarget, right: RouteTarget) -> Bool { left.rawValue < right.rawValue }

    // MARK: Text

    public static let notation = Notation(
        "a route target", form: "'target:', an AS number or IPv4 address, ':' and a number", example: "target:64512:8000000")

    public init(parsing text: String) throws(NotationError) {
        self = try Self.notation.parse(text) { bytes throws(NotationProblem) in
            guard bytes.starts(with: "target:".utf8) else { throw NotationProblem("it does not begin with 'target:'") }
            return RouteTarget(try AdministeredNumber.parse(bytes.dropFirst(7)))
        }
    }

    public var description: String { "target:\(number)" }

    // MARK: Bytes

    public static let byteCount = 8

    /// Nil also for extended communities that are no route targets.
    public init?(bytes: some Collection<UInt8>) {
        guard let value: UInt64 = BigEndian.integer(bytes) else { return nil }
        self.init(rawValue: value)
    }

    /// Nil for extended communities that are no route targets.
    public init?(rawValue: UInt64) {
        guard rawValue >> 48 & 0xFF == 0x02,
            let number = AdministeredNumber(type: UInt8(truncatingIfNeeded: rawValue >> 56), value: rawValue & 0xFFFF_FFFF_FFFF)
        else { return nil }
        self.number = number
    }

    public func append(to bytes: inout [UInt8]) { BigEndian.append(rawValue, to: &bytes) }
}
