// An address of either family.

/// An IPv4 or IPv6 address. All IPv4 addresses come before all IPv6 addresses.
public enum IPAddress: NetworkValue {
    case v4(IPv4Address)
    case v6(IPv6Address)

    /// 32 or 128.
    public var bitCount: Int {
        switch self {
        case .v4: IPv4Address.bitCount
        case .v6: IPv6Address.bitCount
        }
    }

    public var isUnspecified: Bool {
        switch self {
        case .v4(let address): address.isUnspecified
        case .v6(let address): address.isUnspecified
        }
    }

    public var isMulticast: Bool {
        switch self {
        case .v4(let address): address.isMulticast
        case .v6(let address): address.isMulticast
        }
    }

    public var isLinkLocal: Bool {
        switch self {
        case .v4(let address): address.isLinkLocal
        case .v6(let address): address.isLinkLocal
        }
    }

    public var isLoopback: Bool {
        switch self {
        case .v4(let address): address.isLoopback
        case .v6(let address): address.isLoopback
        }
    }

    /// The address so many further on; nil outside the address space.
    public func advanced(by distance: Int) -> IPAddress? {
        switch self {
        case .v4(let address): address.advanced(by: distance).map { .v4($0) }
        case .v6(let address): address.advanced(by: distance).map { .v6($0) }
        }
    }

    public static func < (left: IPAddress, right: IPAddress) -> Bool {
        switch (left, right) {
        case (.v4(let left), .v4(let right)): left < right
        case (.v6(let left), .v6(let right)): left < right
        case (.v4, .v6): true
        case (.v6, .v4): false
        }
    }

    // MARK: Text

    public static let notation = Notation("an IP address", form: "an IPv4 or IPv6 address", example: "192.0.2.1 or 2001:db8::1")

    public init(parsing text: String) throws(NotationError) {
        self = try Self.notation.parse(text) { bytes throws(NotationProblem) in try Self.parse(bytes) }
    }

    /// A colon makes it an IPv6 address.
    static func parse(_ text: ArraySlice<UInt8>) throws(NotationProblem) -> IPAddress {
        text.contains(NumberNotation.colon) ? .v6(try IPv6Address.parse(text)) : .v4(try IPv4Address.parse(text))
    }

    public var description: String {
        switch self {
        case .v4(let address): address.description
        case .v6(let address): address.description
        }
    }

    // MARK: Bytes

    /// Four bytes are an IPv4 address, sixteen an IPv6 address; nil for any other number.
    public init?(bytes: some Collection<UInt8>) {
        if let address = IPv4Address(bytes: bytes) {
            self = .v4(address)
        } else if let address = IPv6Address(bytes: bytes) {
            self = .v6(address)
        } else {
            return nil
        }
    }

    /// Four or sixteen bytes.
    public var bytes: [UInt8] {
        switch self {
        case .v4(let address): address.bytes
        case .v6(let address): address.bytes
        }
    }
}
