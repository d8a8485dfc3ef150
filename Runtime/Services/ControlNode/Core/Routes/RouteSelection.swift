// Route selection: which paths of a route are used. RFC 4271 §9.1.2.2 with the platform's additions, in this order:
//
//     1 can be used                        8 the shorter AS path, unless both came through service chains
//     2 the greater local preference       9 the lower origin
//     3 the root of an E-tree             10 the lower MED, among paths from the same neighbouring AS
//     4 a sticky MAC address              -- paths that are equal so far share the traffic --
//     5 the greater mobility sequence     11 not through a service chain's longer way
//     6 not stale                         12 the kind of source: the own first, then agents, then external, then internal BGP
//     7 not long-lived stale              13 lower originator or router id, 14 shorter cluster list, 15 lower peer
//
// Steps 8 and 10 compare only some pairs of paths, so they are no order: which of three paths wins could depend on which came first. They
// are therefore done as the RFC words them, by removing from the candidates those that another candidate beats; the outcome is a function
// of the set of paths.

import NetworkTypes

public enum RouteSelection {
    /// The paths, best first, and how many of them are equally good.
    ///
    /// - Precondition: there is at least one path.
    public static func rank(_ paths: [Path]) -> (sorted: [Path], equalCount: Int) {
        guard paths.count > 1 else { return (paths, paths[0].isFeasible ? 1 : 0) }
        var candidates = paths.filter(\.isFeasible)
        var losers = paths.filter { !$0.isFeasible }
        guard !candidates.isEmpty else { return (paths.sorted(by: isBetterLoser), 0) }

        func keep(_ stays: (Path) -> Bool) {
            let split = candidates.partition { !stays($0) }
            losers.append(contentsOf: candidates[split...])
            candidates.removeSubrange(split...)
        }
        func keepLeast<Value: Comparable>(_ value: (Path) -> Value) {
            guard candidates.count > 1, let least = candidates.lazy.map(value).min() else { return }
            keep { value($0) == least }
        }
        keepLeast { UInt32.max - $0.attributes.localPreference }
        keepLeast { $0.attributes.isETreeLeaf ? 1 : 0 }
        keepLeast { $0.attributes.isSticky ? 0 : 1 }
        keepLeast { UInt32.max - $0.attributes.mobilitySequence }
        keepLeast { $0.isStale ? 1 : 0 }
        keepLeast { $0.attributes.isLongLivedStale ? 1 : 0 }
        if candidates.count > 1 {
            let shortest = candidates.lazy.map(\.attributes.asPathLength).min() ?? 0
            let shortestUnchained = candidates.lazy.filter { !isChained($0) }.map(\.attributes.asPathLength).min() ?? Int.max
            keep { isChained($0) ? $0.attributes.asPathLength <= shortestUnchained : $0.attributes.asPathLength == shortest }
        }
        keepLeast { $0.attributes.value.origin }
        if candidates.count > 1 {
            var least: [ASNumber?: UInt32] = [:]
            for path in candidates { least[path.attributes.neighbour] = min(least[path.attributes.neighbour] ?? .max, med(path)) }
            keep { med($0) == least[$0.attributes.neighbour] }
        }
        candidates.sort(by: isBetterEqual)
        losers.sort(by: isBetterLoser)
        return (candidates + losers, candidates.count)
    }

    /// A missing MED counts as the best (RFC 4271 §9.1.2.2 c).
    private static func med(_ path: Path) -> UInt32 { path.attributes.value.med ?? 0 }

    private static func isChained(_ path: Path) -> Bool { !path.attributes.value.originNetworkPath.isEmpty }

    /// Steps 11 to 15. Ends in the path's identity, so that no two paths are alike.
    private static func isBetterEqual(_ left: Path, _ right: Path) -> Bool {
        if left.attributes.asPathLength != right.attributes.asPathLength {
            return left.attributes.asPathLength < right.attributes.asPathLength
        }
        if left.source.kind != right.source.kind { return left.source.kind < right.source.kind }
        let router = left.attributes.value.originatorID ?? left.source.routerID
        let otherRouter = right.attributes.value.originatorID ?? right.source.routerID
        if router != otherRouter { return router < otherRouter }
        if left.attributes.value.clusterList.count != right.attributes.value.clusterList.count {
            return left.attributes.value.clusterList.count < right.attributes.value.clusterList.count
        }
        return left.id < right.id
    }

    /// An order for people to read: those that nearly made it first.
    private static func isBetterLoser(_ left: Path, _ right: Path) -> Bool {
        if left.isFeasible != right.isFeasible { return left.isFeasible }
        if left.attributes.localPreference != right.attributes.localPreference {
            return left.attributes.localPreference > right.attributes.localPreference
        }
        if left.isStale != right.isStale { return right.isStale }
        return isBetterEqual(left, right)
    }
}
