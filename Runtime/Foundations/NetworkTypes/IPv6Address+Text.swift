// The text of IPv6 addresses: reads all forms of RFC 4291 §2.2, writes the one of RFC 5952: lower case, no leading zeros, `::` for the
// longest run of at least two zero groups (the first of equals), and dotted decimal at the end of IPv4-mapped addresses only. Zones
// (`%eth0`) name an interface of one host, not an address, and are refused.

extension IPv6Address {
    public static let notation = Notation(
        "an IPv6 address", form: "eight groups of up to four hexadecimal digits, zero groups as '::' at most once", example: "2001:db8::1")

    public init(parsing text: String) throws(NotationError) {
        self = try Self.notation.parse(text) { bytes throws(NotationProblem) in try Self.parse(bytes) }
    }

    static func parse(_ text: ArraySlice<UInt8>) throws(NotationProblem) -> IPv6Address {
        try refuseForeignSigns(text)
        let (groups, gap) = try groups(text)
        guard let gap else {
            guard groups.count == 8 else {
                throw NotationProblem("it has \(groups.count) group\(groups.count == 1 ? "" : "s") instead of 8, and no '::'")
            }
            return IPv6Address(groups)
        }
        guard groups.count < 8 else {
            throw NotationProblem("the '::' stands for no group", hint: "leave it out, or leave out a zero group")
        }
        let zeros = [UInt16](repeating: 0, count: 8 - groups.count)
        return IPv6Address(groups[..<gap] + zeros + groups[gap...])
    }

    /// Signs of notations that contain an address but are none.
    private static func refuseForeignSigns(_ text: ArraySlice<UInt8>) throws(NotationProblem) {
        if text.contains(UInt8(ascii: "%")) { throw NotationProblem("it has a zone", hint: "leave out the '%' and what follows") }
        if text.contains(NumberNotation.slash) {
            throw NotationProblem("it has a prefix length", hint: "leave out the '/' and what follows")
        }
        if text.contains(UInt8(ascii: "[")) { throw NotationProblem("it stands in brackets", hint: "leave out the brackets") }
    }

    /// The groups that are written, and before which of them the `::` stands.
    private static func groups(_ text: ArraySlice<UInt8>) throws(NotationProblem) -> ([UInt16], gap: Int?) {
        let colon = NumberNotation.colon
        var groups: [UInt16] = []
        var gap: Int?
        var rest = text
        while !rest.isEmpty {
            if rest.starts(with: [colon, colon]) {
                guard gap == nil else { throw NotationProblem("'::' occurs twice", hint: "write the shorter run of zeros as groups") }
                gap = groups.count
                rest = rest.dropFirst(2)
                if rest.isEmpty { break }
            } else if rest.first == colon {
                guard !groups.isEmpty else { throw NotationProblem("it begins with a single ':'") }
                rest = rest.dropFirst()
                guard !rest.isEmpty else { throw NotationProblem("it ends with a single ':'") }
            }
            let part = rest.prefix { $0 != colon }
            rest = rest.dropFirst(part.count)
            guard groups.count < 8 else { throw NotationProblem("it has more than 8 groups") }
            guard part.contains(NumberNotation.dot) else {
                groups.append(try group(part))
                continue
            }
            guard rest.isEmpty, groups.count <= 6 else {
                throw NotationProblem("dotted decimal can stand only for the last two groups")
            }
            let address = try IPv4Address.parse(part).rawValue
            groups += [UInt16(truncatingIfNeeded: address >> 16), UInt16(truncatingIfNeeded: address)]
        }
        return (groups, gap)
    }

    private static func group(_ text: ArraySlice<UInt8>) throws(NotationProblem) -> UInt16 {
        guard !text.isEmpty else { throw NotationProblem("':::' or an empty group") }
        var value: UInt16 = 0
        for byte in text {
            guard let digit = NumberNotation.hexadecimalDigit(byte), text.count <= 4 else {
                throw NotationProblem("the group \(NotationProblem.quoted(text)) is not one to four hexadecimal digits")
            }
            value = value << 4 | UInt16(digit)
        }
        return value
    }

    /// - Precondition: there are eight groups.
    private init(_ groups: some Sequence<UInt16>) {
        var high: UInt64 = 0
        var low: UInt64 = 0
        for group in groups {
            high = high << 16 | low >> 48
            low = low << 16 | UInt64(group)
        }
        self.init(high: high, low: low)
    }

    public var description: String {
        if let mapped = mappedIPv4Address { return "::ffff:\(mapped)" }
        let zeros = longestZeroRun
        var text = ""
        var index = 0
        while index < 8 {
            if index == zeros.lowerBound, !zeros.isEmpty {
                text += "::"
                index = zeros.upperBound
                continue
            }
            if index > 0, index != zeros.upperBound || zeros.isEmpty { text += ":" }
            text += String(group(index), radix: 16)
            index += 1
        }
        return text
    }

    /// The groups that `::` replaces; empty when no two zero groups follow each other.
    private var longestZeroRun: Range<Int> {
        var longest = 0..<0
        var start = 0
        for index in 0...8 where index == 8 || group(index) != 0 {
            if index - start > max(longest.count, 1) { longest = start..<index }
            start = index + 1
        }
        return longest
    }
}
