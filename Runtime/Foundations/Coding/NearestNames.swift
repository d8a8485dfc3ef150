// "Did you mean": the known names that a mistyped one is closest to. Runs only while an error is being made.

public enum NearestNames {
    /// A hint about `name`: the nearest of `known`, or all of them when none is near and they are few.
    public static func hint(for name: String, known: [String], noun: String) -> String {
        let near = nearest(to: name, in: known)
        if !near.isEmpty { return "did you mean \(Excerpt.list(near))?" }
        return known.isEmpty ? "no \(noun) is allowed here" : "known: \(Excerpt.list(known))"
    }

    /// At most three names, nearest first. Case and the choice between `-` and `_` do not count as differences.
    public static func nearest(to name: String, in known: [String]) -> [String] {
        let wanted = folded(name)
        let limit = max(1, wanted.count / 3)
        return
            known
            .map { (name: $0, distance: distance(wanted, folded($0), limit: limit)) }
            .filter { $0.distance <= limit }
            .sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }
            .prefix(3).map(\.name)
    }

    private static func folded(_ name: String) -> [UInt8] {
        name.utf8.prefix(96).map { byte in
            switch byte {
            case UInt8(ascii: "-"): UInt8(ascii: "_")
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
            default: byte
            }
        }
    }

    /// Insertions, deletions, replacements and swaps of neighbours between two names (optimal string alignment).
    private static func distance(_ left: [UInt8], _ right: [UInt8], limit: Int) -> Int {
        if abs(left.count - right.count) > limit { return limit + 1 }
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for row in 0..<left.count {
            var current = [row + 1]
            current.reserveCapacity(right.count + 1)
            for column in 0..<right.count {
                var best = min(current[column] + 1, last[column + 1] + 1, last[column] + (left[row] == right[column] ? 0 : 1))
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    best = min(best, beforeLast[column - 1] + 1)
                }
                current.append(best)
            }
            beforeLast = last
            last = current
        }
        return last[right.count]
    }
}
