// Conditions of requests (RFC 9110 §13.1): lists of entity tags, held against that of an object.

/// The value of If-Match or If-None-Match.
struct EntityTags {
    private let listed: [String]

    init(_ text: String) { listed = text.split(separator: ",").map { String($0).trimmingBlanks } }

    /// Whether one of them is `tag`, or a star. The older platform's clients also send the tag without quotes.
    ///
    /// - Parameter weakly: a weak tag counts as well, which If-None-Match allows and If-Match does not.
    func include(_ tag: String, weakly: Bool) -> Bool {
        listed.contains { entry in
            let entry = weakly && entry.hasPrefix("W/") ? String(entry.dropFirst(2)) : entry
            return entry == "*" || entry == tag || entry == "\"\(tag)\""
        }
    }
}
