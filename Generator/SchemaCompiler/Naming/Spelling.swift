// Guesses what was meant by a name that does not exist. Used by every message that could say "did you mean".

/// How far two spellings are apart, for suggesting the name that was meant.
public enum Spelling {
    /// "did you mean …?", when a known name is close enough to be a slip.
    public static func suggestion(for name: String, in candidates: [String]) -> String? {
        nearest(name, in: candidates).map { "did you mean \($0)?" }
    }

    /// The candidate closest to `name`; nil when none is close enough to be a slip. Of equally close ones the first in the alphabet.
    public static func nearest(_ name: String, in candidates: [String]) -> String? {
        let close = candidates.map { (distance($0, name), $0) }.min { $0 < $1 }
        guard let close, close.0 <= max(1, name.count / 4) else { return nil }
        return close.1
    }

    /// The number of insertions, deletions and replacements between two names, ignoring case.
    static func distance(_ a: String, _ b: String) -> Int {
        let a = Array(a.lowercased().utf8.prefix(80))
        let b = Array(b.lowercased().utf8.prefix(80))
        var row = Array(0...b.count)
        for i in a.indices {
            var diagonal = row[0]
            row[0] = i + 1
            for j in b.indices {
                let above = row[j + 1]
                row[j + 1] = a[i] == b[j] ? diagonal : 1 + min(diagonal, above, row[j])
                diagonal = above
            }
        }
        return row[b.count]
    }
}
