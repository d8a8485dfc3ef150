// A number that is unique because whoever chose it put an own number in front: the idea behind route distinguishers (RFC 4364 §4.2) and
// route targets (RFC 4360 §3, RFC 5668). Six bytes, divided in one of three ways that a type code tells apart.
//
//     type 0   AS number (2)     number (4)
//     type 1   IPv4 address (4)  number (2)
//     type 2   AS number (4)     number (2)
//
// In text, `64512:5` is type 0 and `4200000000:5` type 2. A four-byte number that would fit two bytes is written with a dot, `0.64512:5`,
// so that the text tells the types apart; `64512L:5`, as some routers write it, is read as well.

/// A number together with the one who administers it.
public enum AdministeredNumber: Hashable, Sendable, CustomStringConvertible {
    case autonomousSystem2(UInt16, UInt32)
    case address(IPv4Address, UInt16)
    case autonomousSystem4(ASNumber, UInt16)

    /// The type code.
    public var type: UInt8 {
        switch self {
        case .autonomousSystem2: 0
        case .address: 1
        case .autonomousSystem4: 2
        }
    }

    /// The six bytes behind the type code, in the lowest 48 bits.
    public var value: UInt64 {
        switch self {
        case .autonomousSystem2(let system, let number): UInt64(system) << 32 | UInt64(number)
        case .address(let address, let number): UInt64(address.rawValue) << 16 | UInt64(number)
        case .autonomousSystem4(let system, let number): UInt64(system.rawValue) << 16 | UInt64(number)
        }
    }

    /// Nil for a type code other than 0, 1 and 2. Only the lowest 48 bits of the value count.
    public init?(type: UInt8, value: UInt64) {
        let upper = UInt32(truncatingIfNeeded: value >> 16)
        let lower = UInt16(truncatingIfNeeded: value)
        switch type {
        case 0: self = .autonomousSystem2(UInt16(truncatingIfNeeded: value >> 32), UInt32(truncatingIfNeeded: value))
        case 1: self = .address(IPv4Address(rawValue: upper), lower)
        case 2: self = .autonomousSystem4(ASNumber(upper), lower)
        default: return nil
        }
    }

    /// The number behind the administrator.
    public var number: UInt32 {
        switch self {
        case .autonomousSystem2(_, let number): number
        case .address(_, let number), .autonomousSystem4(_, let number): UInt32(number)
        }
    }

    // MARK: Text

    static func parse(_ text: ArraySlice<UInt8>) throws(NotationProblem) -> AdministeredNumber {
        guard let (administrator, number) = NumberNotation.divide(text, atLast: NumberNotation.colon) else {
            throw NotationProblem("\(NotationProblem.quoted(text)) has no ':' between administrator and number")
        }
        if administrator.count(where: { $0 == NumberNotation.dot }) > 1 {
            return .address(try IPv4Address.parse(administrator), try short(number, behind: "an address"))
        }
        let isMarked = administrator.last == UInt8(ascii: "L")
        let system = try ASNumber.parse(isMarked ? administrator.dropLast() : administrator)
        if isMarked || administrator.contains(NumberNotation.dot) || !system.isTwoByte {
            return .autonomousSystem4(system, try short(number, behind: "a four-byte AS number"))
        }
        let long = try NumberNotation.decimal(number, maximum: UInt64(UInt32.max))
        return .autonomousSystem2(UInt16(system.rawValue), UInt32(long))
    }

    private static func short(_ text: ArraySlice<UInt8>, behind administrator: String) throws(NotationProblem) -> UInt16 {
        let number = try NumberNotation.decimal(text, maximum: UInt64(UInt32.max))
        guard let short = UInt16(exactly: number) else {
            throw NotationProblem(
                "the number \(number) is greater than 65535", hint: "behind \(administrator) only 16 bits are left for the number")
        }
        return short
    }

    /// `64512:5`, `192.0.2.1:5` or `4200000000:5`.
    public var description: String {
        switch self {
        case .autonomousSystem2(let system, let number): "\(system):\(number)"
        case .address(let address, let number): "\(address):\(number)"
        case .autonomousSystem4(let system, let number): "\(system.isTwoByte ? system.dotted : system.description):\(number)"
        }
    }
}
