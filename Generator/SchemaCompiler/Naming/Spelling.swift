// Guesses what was meant by a name that does not exist. Used by every message that could say "did you mean".

/// How far two spellings are apart, for suggesting the name that was meant.
public enum Spelling {
    /// "did you mean …?", when a known name is close enough to be a slip.
    public static func suggestion(for name: String, in candidates: [String]) -> String? {
        nearest(name, in: candidates).map { "did you mean \($0)?" }
    }

    /// The candidate closest to `name`; nil when none is close enough to be a slip. Of equally close ones the first in the alphabet.
    public static func nearest(_ name: String, in candidates: [String]) -> String? {
        let limit = max(1, name.utf8.count / 4)
        // A schema may have a hundred thousand names, few of them about as long as the one that was written. Among more than this many the
        // nearest is likely no more what was meant than the next, and the search takes long.
        let similar = candidates.filter { abs($0.utf8.count - name.utf8.count) <= limit }
        guard similar.count <= 2_000 else { return nil }
        let close = similar.map { (distance($0, name), $0) }.min { $0 < $1 }
        guard let close, close.0 <= limit else { return nil }
        return close.1
    }

    /// The number of insertions, deletions, replacements and exchanges of neighbours between two names, ignoring case.
    static func distance(_ a: String, _ b: String) -> Int {
        let a = Array(a.lowercased().utf8.prefix(80))
        let b = Array(b.lowercased().utf8.prefix(80))
        var beforeLast: [Int] = []
        var last = Array(0...b.count)
        var row = last
        for i in a.indices {
            row[0] = i + 1
            for j in b.indices {
                row[j + 1] = a[i] == b[j] ? last[j] : 1 + min(last[j], last[j + 1], row[j])
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { row[j + 1] = min(row[j + 1], beforeLast[j - 1] + 1) }
            }
            beforeLast = last
            last = row
        }
        return last[b.count]
    }
}
