// The names of routes on the agent channel: `AF/SAFI/VRF/PREFIX[/NATIVE-VRF-ID]`, as in `1/1/default-domain:admin:blue:blue/10.1.1.3/32`.
// A publication and the association that completes it are matched by this text, byte for byte, so a name that was read writes itself as it
// was. The numbers are those of the agent channel, not of BGP.

/// The families of routes on the agent channel.
public enum RouteFamily: UInt8, Hashable, Sendable, CaseIterable {
    case inet
    case inetLabeled
    case inetMulticastVPN
    case multicast
    case inet6
    case ethernet

    /// AF and SAFI.
    public var numbers: (af: Int, safi: Int) {
        switch self {
        case .inet: (1, 1)
        case .inetLabeled: (1, 4)
        case .inetMulticastVPN: (1, 5)
        case .multicast: (1, 241)
        case .inet6: (2, 1)
        case .ethernet: (25, 242)
        }
    }

    public init?(af: Int, safi: Int) {
        guard let family = Self.allCases.first(where: { $0.numbers == (af, safi) }) else { return nil }
        self = family
    }

    /// How many parts a prefix of the family has between slashes: an address and its length, or a single name.
    var partsOfPrefix: Int {
        switch self {
        case .inet, .inetLabeled, .inet6, .ethernet: 2
        case .multicast, .inetMulticastVPN: 1
        }
    }
}

/// A table of a routing instance on the agent channel: `AF/SAFI/VRF`, which names the table in events.
public struct TableNode: Hashable, Sendable, CustomStringConvertible {
    public var family: RouteFamily
    /// The fully qualified name of the routing instance, joined with colons.
    public var instance: String

    public init(family: RouteFamily, instance: String) {
        self.family = family
        self.instance = instance
    }

    /// Reads `AF/SAFI/VRF`. Nil when it is none, or of an unknown family.
    public init?(_ text: String) {
        guard let (family, rest) = Self.split(text), !rest.isEmpty else { return nil }
        self.init(family: family, instance: String(rest))
    }

    public var description: String { "\(family.numbers.af)/\(family.numbers.safi)/\(instance)" }

    /// The family in front, and what follows it.
    static func split(_ text: String) -> (RouteFamily, Substring)? {
        let parts = text.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let af = number(parts[0]), let safi = number(parts[1]), let family = RouteFamily(af: af, safi: safi) else {
            return nil
        }
        return (family, parts[2])
    }

    /// Digits in the one form in which they are written again.
    static func number(_ text: Substring) -> Int? {
        guard let value = Int(text), "\(value)" == text, value >= 0 else { return nil }
        return value
    }
}

/// The name of a route.
public struct RouteNode: Hashable, Sendable, CustomStringConvertible {
    public var table: TableNode
    /// As the sender wrote it: `10.1.1.3/32`, `02:00:00:00:00:01,10.1.1.3/32`.
    public var prefix: String
    /// The sender's index of the routing instance from which the route was leaked into this one.
    public var nativeInstance: UInt32?

    public init(table: TableNode, prefix: String, nativeInstance: UInt32? = nil) {
        self.table = table
        self.prefix = prefix
        self.nativeInstance = nativeInstance
    }

    /// Reads a name. Nil when it is none.
    ///
    /// - Parameter instance: the routing instance, where it is known from elsewhere. Without it the instance ends at the first slash, which
    ///   is wrong for one that has a slash in its name.
    public init?(_ text: String, instance: String? = nil) {
        guard let (family, rest) = TableNode.split(text) else { return nil }
        let prefix: Substring
        let name: String
        if let instance {
            guard rest.hasPrefix(instance + "/") else { return nil }
            name = instance
            prefix = rest.dropFirst(instance.count + 1)
        } else {
            guard let slash = rest.firstIndex(of: "/") else { return nil }
            name = String(rest[..<slash])
            prefix = rest[rest.index(after: slash)...]
        }
        let parts = prefix.split(separator: "/", omittingEmptySubsequences: false)
        guard !name.isEmpty, parts.allSatisfy({ !$0.isEmpty }) else { return nil }
        table = TableNode(family: family, instance: name)
        switch parts.count {
        case family.partsOfPrefix:
            self.prefix = String(prefix)
            nativeInstance = nil
        case family.partsOfPrefix + 1:
            guard let last = parts.last, let number = TableNode.number(last), let index = UInt32(exactly: number) else { return nil }
            self.prefix = String(prefix.dropLast(last.count + 1))
            nativeInstance = index
        default:
            return nil
        }
    }

    public var description: String {
        let tail = nativeInstance.map { "/\($0)" } ?? ""
        return "\(table)/\(prefix)\(tail)"
    }

    /// The name that ends the first exchange of routes after a session came up.
    public static let endOfRIB = "0/0/EndOfRib"
}
