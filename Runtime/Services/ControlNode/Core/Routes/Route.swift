// A route: all paths to a destination, best first.

/// All paths to a destination. Never empty.
public struct Route: Sendable, Equatable {
    /// Kept apart from the others because most routes have one path, which then costs no array.
    public private(set) var best: Path
    private var others: [Path] = []
    /// How many paths from the beginning are equally good. 0 when no path can be used.
    public private(set) var equalCount: Int
    /// Whether consumers are yet to be told.
    var isPending = false

    init(_ path: Path) {
        best = path
        equalCount = path.isFeasible ? 1 : 0
    }

    /// Best first.
    public var paths: [Path] { [best] + others }
    public var pathCount: Int { 1 + others.count }
    public var isFeasible: Bool { equalCount > 0 }
    /// The paths that packets are spread over; empty when no path can be used.
    public var equalPaths: [Path] { equalCount > 1 ? Array(paths.prefix(equalCount)) : equalCount == 1 ? [best] : [] }

    public static func == (left: Route, right: Route) -> Bool {
        left.best == right.best && left.others == right.others && left.equalCount == right.equalCount
    }

    func first(where matches: (Path) -> Bool) -> Path? { matches(best) ? best : others.first(where: matches) }

    func forEach(_ body: (Path) -> Void) {
        body(best)
        others.forEach(body)
    }

    /// Puts the path in the place of the one with its identity. Returns the old one; and whether anything a consumer sees changed.
    mutating func put(_ path: Path) -> (old: Path?, isChanged: Bool) {
        if others.isEmpty, best.hasSameID(as: path) {
            let old = best
            best = path
            equalCount = path.isFeasible ? 1 : 0
            return (old, old != path)
        }
        var list = paths
        var old: Path?
        if let index = list.firstIndex(where: { $0.hasSameID(as: path) }) {
            old = list[index]
            list[index] = path
            if list[index] == old {
                // Same for everyone; only the notes on replicas may differ.
                set(list, equalCount)
                return (old, false)
            }
        } else {
            list.append(path)
        }
        rank(list)
        return (old, true)
    }

    /// Changes the notes on where replicas of a path are, which no consumer sees.
    mutating func setReplicas(_ tables: [TableID], of path: Path) {
        if best.hasSameID(as: path) {
            best.replicas = tables
        } else if let index = others.firstIndex(where: { $0.hasSameID(as: path) }) {
            others[index].replicas = tables
        }
    }

    enum Removal {
        case notFound
        case removed(Path)
        /// It was the last: the route is to be taken out of its table.
        case removedLast(Path)
    }

    mutating func remove(where matches: (Path) -> Bool) -> Removal {
        if others.isEmpty { return matches(best) ? .removedLast(best) : .notFound }
        var list = paths
        guard let index = list.firstIndex(where: matches) else { return .notFound }
        let old = list.remove(at: index)
        rank(list)
        return .removed(old)
    }

    private mutating func rank(_ list: [Path]) {
        let (sorted, equal) = RouteSelection.rank(list)
        set(sorted, equal)
    }

    private mutating func set(_ list: [Path], _ equal: Int) {
        best = list[0]
        others = Array(list.dropFirst())
        equalCount = equal
    }
}
