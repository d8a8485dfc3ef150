// The autonomous systems that a route went through (RFC 4271 §5.1.2), always as four-byte numbers (RFC 6793); sessions with speakers that
// know only two bytes translate at their edge. Confederation segments (RFC 5065) are kept but not counted.

import NetworkTypes

/// An AS path: segments, nearest first.
public struct ASPath: Hashable, Sendable, CustomStringConvertible {
    public enum SegmentKind: UInt8, Sendable {
        /// Numbers without an order, from aggregation.
        case set = 1
        case sequence = 2
        case confederationSequence = 3
        case confederationSet = 4
    }

    public struct Segment: Hashable, Sendable {
        public var kind: SegmentKind
        public var systems: [ASNumber]

        public init(_ kind: SegmentKind, _ systems: [ASNumber]) {
            self.kind = kind
            self.systems = systems
        }
    }

    public var segments: [Segment]

    public init(_ segments: [Segment] = []) { self.segments = segments }

    /// A path of one sequence.
    public init(sequence systems: [ASNumber]) { segments = systems.isEmpty ? [] : [Segment(.sequence, systems)] }

    /// How long the path counts as: a set is one step, confederations are none (RFC 4271 §9.1.2.2, RFC 5065 §5.3).
    public var length: Int {
        segments.reduce(0) { sum, segment in
            switch segment.kind {
            case .sequence: sum + segment.systems.count
            case .set: sum + 1
            case .confederationSequence, .confederationSet: sum
            }
        }
    }

    public var isEmpty: Bool { segments.isEmpty }

    /// The system that the route was received from; nil for routes of this one, and after an aggregate's set.
    public var neighbour: ASNumber? {
        guard let first = segments.first(where: { $0.kind == .sequence || $0.kind == .set }), first.kind == .sequence else { return nil }
        return first.systems.first
    }

    public func contains(_ system: ASNumber) -> Bool { segments.contains { $0.systems.contains(system) } }

    /// How often a system is in the path.
    public func count(of system: ASNumber) -> Int { segments.reduce(0) { $0 + $1.systems.count { $0 == system } } }

    /// The path as it leaves a system: a segment holds no more than 255 numbers (RFC 4271 §5.1.2).
    public func prepending(_ system: ASNumber) -> ASPath {
        var path = self
        path.segments.removeAll { $0.kind == .confederationSequence || $0.kind == .confederationSet }
        if let first = path.segments.first, first.kind == .sequence, first.systems.count < 255 {
            path.segments[0].systems.insert(system, at: 0)
        } else {
            path.segments.insert(Segment(.sequence, [system]), at: 0)
        }
        return path
    }

    /// `64512 64513 {64514,64515}`.
    public var description: String {
        segments.map { segment in
            let systems = segment.systems.map(\.description)
            return switch segment.kind {
            case .sequence: systems.joined(separator: " ")
            case .set: "{\(systems.joined(separator: ","))}"
            case .confederationSequence: "(\(systems.joined(separator: " ")))"
            case .confederationSet: "[\(systems.joined(separator: ","))]"
            }
        }.joined(separator: " ")
    }
}

/// A community of RFC 1997, with the names that mean something to speakers.
public struct Community: RawRepresentable, Hashable, Sendable, Comparable, CustomStringConvertible {
    public let rawValue: UInt32

    public init(rawValue: UInt32) { self.rawValue = rawValue }

    public static let acceptOwn = Community(rawValue: 0xFFFF_0001)
    /// The path is kept beyond its session's end (RFC 9494), and is better than none.
    public static let longLivedStale = Community(rawValue: 0xFFFF_0006)
    public static let noLongLivedStale = Community(rawValue: 0xFFFF_0007)
    public static let acceptOwnNextHop = Community(rawValue: 0xFFFF_0008)
    public static let noReoriginate = Community(rawValue: 0xFFFF_F000)
    public static let noExport = Community(rawValue: 0xFFFF_FF01)
    public static let noAdvertise = Community(rawValue: 0xFFFF_FF02)
    public static let noExportSubconfederation = Community(rawValue: 0xFFFF_FF03)

    private static let names: [(community: Community, name: String)] = [
        (.acceptOwn, "accept-own"), (.longLivedStale, "llgr-stale"), (.noLongLivedStale, "no-llgr"),
        (.acceptOwnNextHop, "accept-own-nexthop"), (.noReoriginate, "no-reoriginate"), (.noExport, "no-export"),
        (.noAdvertise, "no-advertise"), (.noExportSubconfederation, "no-export-subconfed"),
    ]

    /// A name, or two numbers from 0 to 65535 with a colon between them. Nil for anything else.
    public init?(_ text: String) {
        if let known = Self.names.first(where: { $0.name == text }) {
            self = known.community
            return
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let high = UInt16(parts[0]), let low = UInt16(parts[1]) else { return nil }
        rawValue = UInt32(high) << 16 | UInt32(low)
    }

    public var description: String {
        Self.names.first { $0.community == self }?.name ?? "\(rawValue >> 16):\(rawValue & 0xFFFF)"
    }

    public static func < (left: Community, right: Community) -> Bool { left.rawValue < right.rawValue }
}
