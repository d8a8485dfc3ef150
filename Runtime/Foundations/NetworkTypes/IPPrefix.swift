// A prefix of either family.

/// An IPv4 or IPv6 prefix. All IPv4 prefixes come before all IPv6 prefixes.
public enum IPPrefix: NetworkValue {
    case v4(IPv4Prefix)
    case v6(IPv6Prefix)

    /// The prefix of some length that contains an address; bits behind the length are dropped.
    ///
    /// - Precondition: the length is from 0 to the address's number of bits.
    public init(_ address: IPAddress, length: Int) {
        switch address {
        case .v4(let address): self = .v4(IPv4Prefix(address, length: length))
        case .v6(let address): self = .v6(IPv6Prefix(address, length: length))
        }
    }

    /// The prefix that contains one address only.
    public init(host address: IPAddress) { self.init(address, length: address.bitCount) }

    public var network: IPAddress {
        switch self {
        case .v4(let prefix): .v4(prefix.network)
        case .v6(let prefix): .v6(prefix.network)
        }
    }

    public var length: Int {
        switch self {
        case .v4(let prefix): prefix.length
        case .v6(let prefix): prefix.length
        }
    }

    public var isHost: Bool { length == network.bitCount }

    public var first: IPAddress { network }

    public var last: IPAddress {
        switch self {
        case .v4(let prefix): .v4(prefix.last)
        case .v6(let prefix): .v6(prefix.last)
        }
    }

    /// Addresses of the other family are in no prefix of this one.
    public func contains(_ address: IPAddress) -> Bool {
        switch (self, address) {
        case (.v4(let prefix), .v4(let address)): prefix.contains(address)
        case (.v6(let prefix), .v6(let address)): prefix.contains(address)
        default: false
        }
    }

    /// Whether all addresses of the other are in this one. A prefix contains itself.
    public func contains(_ other: IPPrefix) -> Bool {
        switch (self, other) {
        case (.v4(let prefix), .v4(let other)): prefix.contains(other)
        case (.v6(let prefix), .v6(let other)): prefix.contains(other)
        default: false
        }
    }

    /// Whether any address is in both.
    public func overlaps(_ other: IPPrefix) -> Bool { contains(other) || other.contains(self) }

    public static func < (left: IPPrefix, right: IPPrefix) -> Bool {
        switch (left, right) {
        case (.v4(let left), .v4(let right)): left < right
        case (.v6(let left), .v6(let right)): left < right
        case (.v4, .v6): true
        case (.v6, .v4): false
        }
    }

    // MARK: Text

    public static let notation = Notation(
        "an IP prefix", form: "an IP address, '/' and a length", example: "192.0.2.0/24 or 2001:db8::/32")

    /// Bits behind the length are dropped. A colon makes it an IPv6 prefix.
    public init(parsing text: String) throws(NotationError) {
        self = try Self.notation.parse(text) { bytes throws(NotationProblem) in
            bytes.contains(NumberNotation.colon) ? .v6(try IPv6Prefix.parse(bytes)) : .v4(try IPv4Prefix.parse(bytes))
        }
    }

    public var description: String {
        switch self {
        case .v4(let prefix): prefix.description
        case .v6(let prefix): prefix.description
        }
    }
}
