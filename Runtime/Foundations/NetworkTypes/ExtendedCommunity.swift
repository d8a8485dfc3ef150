// BGP extended communities (RFC 4360): eight bytes whose first two say what the other six mean. Any eight bytes are a value, as routers
// must pass on what they do not know. Known here are those that VPNs need everywhere; what only one service uses is read there from
// `rawValue`.
//
//     00 02, 01 02, 02 02   route target
//     00 03, 01 03, 02 03   route origin, which marks the site that a route came from
//     03 0c                 encapsulation: four bytes reserved, two of tunnel type (RFC 9012 §4.1)
//     03 0d                 default gateway: the MAC address of this route is the gateway's (RFC 7432 §7.8)
//     06 00                 MAC mobility: flags, one byte reserved, a sequence number of four (RFC 7432 §7.7)

/// A mark on a BGP route.
public struct ExtendedCommunity: FixedWidthNetworkValue {
    /// The meaning of a community whose type is known.
    public enum Meaning: Hashable, Sendable {
        case routeTarget(RouteTarget)
        case routeOrigin(AdministeredNumber)
        case encapsulation(TunnelType)
        case defaultGateway
        /// The greater sequence number is the newer place of a MAC address; a sticky address does not move.
        case macMobility(sequence: UInt32, isSticky: Bool)
    }

    /// The eight bytes as a number.
    public let rawValue: UInt64

    public init(rawValue: UInt64) { self.rawValue = rawValue }

    public init(_ meaning: Meaning) {
        switch meaning {
        case .routeTarget(let target): rawValue = target.rawValue
        case .routeOrigin(let number): rawValue = UInt64(number.type) << 56 | 0x03 << 48 | number.value
        case .encapsulation(let type): rawValue = 0x030C << 48 | UInt64(type.rawValue)
        case .defaultGateway: rawValue = 0x030D << 48
        case .macMobility(let sequence, let isSticky): rawValue = 0x0600 << 48 | (isSticky ? 1 << 40 : 0) | UInt64(sequence)
        }
    }

    /// What the community says; nil when its type is not known here. Reserved bits do not count.
    public var meaning: Meaning? {
        let value = rawValue & 0xFFFF_FFFF_FFFF
        switch UInt16(truncatingIfNeeded: rawValue >> 48) {
        case 0x0002, 0x0102, 0x0202: return RouteTarget(rawValue: rawValue).map { .routeTarget($0) }
        case 0x0003, 0x0103, 0x0203:
            return AdministeredNumber(type: UInt8(truncatingIfNeeded: rawValue >> 56), value: value).map { .routeOrigin($0) }
        case 0x030C: return .encapsulation(TunnelType(rawValue: UInt16(truncatingIfNeeded: value)))
        case 0x030D: return .defaultGateway
        case 0x0600: return .macMobility(sequence: UInt32(truncatingIfNeeded: value), isSticky: value >> 40 & 1 != 0)
        default: return nil
        }
    }

    /// Whether the community crosses from one autonomous system to the next.
    public var isTransitive: Bool { rawValue >> 62 & 1 == 0 }

    public static func < (left: ExtendedCommunity, right: ExtendedCommunity) -> Bool { left.rawValue < right.rawValue }

    // MARK: Text

    public static let notation = Notation(
        "an extended community", form: "a kind, ':' and its value, or 0x and 16 hexadecimal digits",
        example: "target:64512:5, origin:64512:5, encapsulation:vxlan, default-gateway, mac-mobility:7 or mac-mobility:7:sticky")

    public init(parsing text: String) throws(NotationError) {
        self = try Self.notation.parse(text) { bytes throws(NotationProblem) in
            if let raw = try RawHexadecimal.parse(bytes) { return ExtendedCommunity(rawValue: raw) }
            return ExtendedCommunity(try Self.meaning(bytes))
        }
    }

    private static func meaning(_ text: ArraySlice<UInt8>) throws(NotationProblem) -> Meaning {
        if text.elementsEqual("default-gateway".utf8) { return .defaultGateway }
        guard let (kind, value) = NumberNotation.divide(text, at: NumberNotation.colon) else {
            throw NotationProblem("\(NotationProblem.quoted(text)) has no ':' between kind and value")
        }
        switch String(decoding: kind, as: UTF8.self) {
        case "target": return .routeTarget(RouteTarget(try AdministeredNumber.parse(value)))
        case "origin": return .routeOrigin(try AdministeredNumber.parse(value))
        case "encapsulation": return .encapsulation(try TunnelType.parse(value))
        case "mac-mobility":
            let (number, mark) = NumberNotation.divide(value, at: NumberNotation.colon) ?? (value, [])
            guard mark.isEmpty && number.endIndex == value.endIndex || mark.elementsEqual("sticky".utf8) else {
                throw NotationProblem("\(NotationProblem.quoted(mark)) is not 'sticky'")
            }
            let sequence = try NumberNotation.decimal(number, maximum: UInt64(UInt32.max), "sequence number")
            return .macMobility(sequence: UInt32(sequence), isSticky: !mark.isEmpty)
        default: throw NotationProblem("\(NotationProblem.quoted(kind)) is not a kind of extended community")
        }
    }

    /// A name only where it says everything: communities with reserved bits set are written as a number.
    public var description: String {
        guard let meaning, ExtendedCommunity(meaning) == self else { return RawHexadecimal.text(rawValue) }
        switch meaning {
        case .routeTarget(let target): return target.description
        case .routeOrigin(let number): return "origin:\(number)"
        case .encapsulation(let type): return "encapsulation:\(type)"
        case .defaultGateway: return "default-gateway"
        case .macMobility(let sequence, let isSticky): return "mac-mobility:\(sequence)\(isSticky ? ":sticky" : "")"
        }
    }

    // MARK: Bytes

    public static let byteCount = 8

    public init?(bytes: some Collection<UInt8>) {
        guard let value: UInt64 = BigEndian.integer(bytes) else { return nil }
        rawValue = value
    }

    public func append(to bytes: inout [UInt8]) { BigEndian.append(rawValue, to: &bytes) }
}
