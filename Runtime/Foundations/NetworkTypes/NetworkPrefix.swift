// Prefixes: the addresses that agree in their first bits. One body for both families; IPv4Prefix and IPv6Prefix are its two forms, IPPrefix
// is either. A prefix is always in its normal form, with zeros behind the length, so that equal prefixes are equal values.

/// What a prefix needs to know of its addresses.
public protocol PrefixableAddress: FixedWidthNetworkValue {
    /// The greatest prefix length.
    static var bitCount: Int { get }
    /// The address whose bits are all zero.
    static var any: Self { get }
    /// How prefixes of these addresses are written.
    static var prefixNotation: Notation { get }
    /// The address with all bits behind the first `count` cleared.
    func clearingBits(after count: Int) -> Self
    /// The address with all bits behind the first `count` set.
    func settingBits(after count: Int) -> Self
}

/// A network address and the number of its bits that count.
public struct NetworkPrefix<Address: PrefixableAddress>: NetworkValue {
    /// The first address, whose bits behind the length are zero.
    public let network: Address
    /// How many bits the prefix's addresses have in common.
    public let length: Int

    /// The prefix of some length that contains an address; bits behind the length are dropped.
    ///
    /// - Precondition: the length is from 0 to the address's number of bits.
    public init(_ address: Address, length: Int) {
        precondition((0...Address.bitCount).contains(length), "a prefix length is 0 to \(Address.bitCount), not \(length)")
        network = address.clearingBits(after: length)
        self.length = length
    }

    /// The prefix that contains one address only.
    public init(host address: Address) { self.init(address, length: Address.bitCount) }

    /// The prefix of all addresses.
    public static var all: NetworkPrefix { NetworkPrefix(Address.any, length: 0) }

    public var isHost: Bool { length == Address.bitCount }

    public var first: Address { network }

    public var last: Address { network.settingBits(after: length) }

    /// How many addresses there are; nil when that is 2⁶⁴ or more.
    public var addressCount: UInt64? {
        let hostBits = Address.bitCount - length
        return hostBits < 64 ? 1 << UInt64(hostBits) : nil
    }

    /// The bits that count, as an address: 255.255.255.0 for a length of 24.
    public var mask: Address { Address.any.settingBits(after: 0).clearingBits(after: length) }

    public func contains(_ address: Address) -> Bool { address.clearingBits(after: length) == network }

    /// Whether all addresses of the other are in this one. A prefix contains itself.
    public func contains(_ other: NetworkPrefix) -> Bool { other.length >= length && contains(other.network) }

    /// Whether any address is in both, which means that one contains the other.
    public func overlaps(_ other: NetworkPrefix) -> Bool { contains(other) || other.contains(self) }

    /// By network, then the shorter first: a prefix stands before those that it contains.
    public static func < (left: NetworkPrefix, right: NetworkPrefix) -> Bool {
        (left.network, left.length) < (right.network, right.length)
    }

    // MARK: Text

    public static var notation: Notation { Address.prefixNotation }

    /// Bits behind the length are dropped: `10.1.2.3/8` is `10.0.0.0/8`.
    public init(parsing text: String) throws(NotationError) {
        self = try Self.notation.parse(text) { bytes throws(NotationProblem) in
            try Self.parse(bytes)
        }
    }

    static func parse(_ text: ArraySlice<UInt8>) throws(NotationProblem) -> NetworkPrefix {
        guard let (address, length) = NumberNotation.divide(text, at: NumberNotation.slash) else {
            throw NotationProblem("it has no prefix length", hint: "append one; /\(Address.bitCount) means a single address")
        }
        let bits = try NumberNotation.decimal(length, maximum: UInt64(Address.bitCount), "prefix length")
        do throws(NotationError) {
            return NetworkPrefix(try Address(parsing: String(decoding: address, as: UTF8.self)), length: Int(bits))
        } catch {
            throw NotationProblem("\(NotationProblem.quoted(address)) is not \(error.expected): \(error.problem)", hint: error.hint)
        }
    }

    public var description: String { "\(network)/\(length)" }

    // MARK: Bytes

    /// Network layer reachability information (RFC 4271 §4.3): the length, and as many bytes as it needs.
    public var bytes: [UInt8] { [UInt8(length)] + network.bytes.prefix((length + 7) / 8) }

    /// Nil when the length is too great or does not fit the number of bytes. Bits behind the length do not count, as the RFC says.
    public init?(bytes: some Collection<UInt8>) {
        guard let length = bytes.first.map({ Int($0) }), length <= Address.bitCount, bytes.count == 1 + (length + 7) / 8 else { return nil }
        let padding = [UInt8](repeating: 0, count: Address.byteCount + 1 - bytes.count)
        guard let address = Address(bytes: Array(bytes.dropFirst()) + padding) else { return nil }
        self.init(address, length: length)
    }
}
