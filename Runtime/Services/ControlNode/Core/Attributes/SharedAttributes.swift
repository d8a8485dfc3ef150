// Interned attributes: most paths of a peer say the same of themselves, so each set of attributes is kept once and paths refer to it. What
// decisions need of a set is read from it once, when it is interned.

import NetworkTypes

/// A set of attributes that many paths share. Immutable.
@dynamicMemberLookup
public final class SharedAttributes: Sendable, Hashable {
    public let value: PathAttributes

    /// What route selection asks for, and replication; all of it follows from `value`.
    public let localPreference: UInt32
    public let asPathLength: Int
    public let neighbour: ASNumber?
    public let routeTargets: [RouteTarget]
    /// How packets may be wrapped, in the order of their numbers. Empty: nothing is said.
    public let encapsulations: [TunnelType]
    /// Of the MAC address (RFC 7432 §7.7), or of an address that moves between hosts. 0 when nothing is said.
    public let mobilitySequence: UInt32
    public let isSticky: Bool
    public let isETreeLeaf: Bool
    public let isLongLivedStale: Bool
    /// The number of the virtual network that the route came from.
    public let originNetwork: PlatformNumber?
    private let hash: Int

    public init(_ value: PathAttributes) {
        var hasher = Hasher()
        value.hash(into: &hasher)
        self.value = value
        hash = hasher.finalize()
        localPreference = value.localPreference ?? PathAttributes.defaultLocalPreference
        asPathLength = value.asPath.length
        neighbour = value.asPath.neighbour
        isLongLivedStale = value.communities.contains(.longLivedStale)
        var targets: [RouteTarget] = []
        var tunnels: [TunnelType] = []
        var sequence: UInt32 = 0
        var sticky = false
        var leaf = false
        var network: PlatformNumber?
        for community in value.extendedCommunities {
            switch community.meaning {
            case .routeTarget(let target): targets.append(target)
            case .encapsulation(let tunnel): if !tunnels.contains(tunnel) { tunnels.append(tunnel) }
            case .macMobility(let number, let isSticky): (sequence, sticky) = (number, isSticky)
            default:
                if community.isETreeLeaf { leaf = true }
                if let number = community.platformNumber(.originNetwork) { network = number }
            }
        }
        routeTargets = targets
        encapsulations = tunnels.sorted()
        mobilitySequence = sequence
        isSticky = sticky
        isETreeLeaf = leaf
        originNetwork = network
    }

    public subscript<Member>(dynamicMember path: KeyPath<PathAttributes, Member>) -> Member { value[keyPath: path] }

    public var nextHop: IPAddress { value.nextHop }

    /// Whether the label field holds a VXLAN network identifier.
    public var usesVXLAN: Bool { encapsulations.contains(.vxlan) }

    /// The numbers of a kind that the path is marked with: security groups, tags.
    public func numbers(_ kind: ExtendedCommunity.PlatformKind) -> [PlatformNumber] {
        value.extendedCommunities.compactMap { $0.platformNumber(kind) }
    }

    public static func == (left: SharedAttributes, right: SharedAttributes) -> Bool {
        left === right || left.hash == right.hash && left.value == right.value
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(hash) }
}

/// Keeps one `SharedAttributes` for each value.
public struct AttributeInterner: Sendable {
    private var known: Set<SharedAttributes> = []
    /// When to look for sets that nobody refers to any more.
    private var sweepAt = 1024

    public init() {}

    public var count: Int { known.count }

    public mutating func intern(_ value: PathAttributes) -> SharedAttributes { intern(SharedAttributes(value)) }

    public mutating func intern(_ candidate: SharedAttributes) -> SharedAttributes {
        let (inserted, member) = known.insert(candidate)
        if inserted, known.count >= sweepAt {
            sweep(keeping: candidate)
            // Doubling keeps the cost of sweeping in proportion to what was interned in between.
            sweepAt = max(1024, known.count * 2)
        }
        return member
    }

    /// Forgets the sets that only the interner itself refers to.
    private mutating func sweep(keeping newest: SharedAttributes) {
        var kept: Set<SharedAttributes> = []
        while var attributes = known.popFirst() {
            if !isKnownUniquelyReferenced(&attributes) || attributes === newest { kept.insert(attributes) }
        }
        known = kept
    }
}
