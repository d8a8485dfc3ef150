// Conditions of requests (RFC 9110 §13.1): lists of entity tags, held against that of an object.
//
// The tag of an object is the time of its last change, and, where a reply shows relatives (children, and others that refer to it), a plus
// sign and a mark of these: `2026-03-01T12:00:00.000123+1f3a…`. A read compares all of it. A change compares the object's own part: whoever
// changes an object must not be refused because somebody attached something to it.

/// The value of If-Match or If-None-Match.
struct EntityTags {
    private enum Listed {
        case any
        case tags([(text: String, isWeak: Bool)])
    }

    private let listed: Listed

    /// Reads `*` or a list of tags. The older platform's clients also send a tag without quotes; what is neither matches nothing.
    init(_ text: String) {
        guard text.trimmingBlanks != "*" else {
            listed = .any
            return
        }
        var tags: [(text: String, isWeak: Bool)] = []
        var rest = Substring(text).utf8
        while true {
            rest = rest.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: ",") }
            guard !rest.isEmpty else { break }
            let isWeak = rest.starts(with: "W/\"".utf8)
            if isWeak { rest = rest.dropFirst(2) }
            if rest.first == UInt8(ascii: "\"") {
                // A comma may stand inside of the quotes.
                rest = rest.dropFirst()
                guard let end = rest.firstIndex(of: UInt8(ascii: "\"")) else { break }
                tags.append((String(Substring(rest[..<end])), isWeak))
                rest = rest[rest.index(after: end)...]
            } else {
                let end = rest.firstIndex(of: UInt8(ascii: ",")) ?? rest.endIndex
                tags.append((String(Substring(rest[..<end])).trimmingBlanks, false))
                rest = rest[end...]
            }
        }
        listed = .tags(tags)
    }

    /// `*`: whatever there is.
    var isAny: Bool { if case .any = listed { true } else { false } }

    /// The tag of an object that is shown with relatives; a mark of 0 stands for none.
    static func tag(_ own: String, relatives mark: UInt64) -> String { mark == 0 ? own : "\(own)+\(String(mark, radix: 16))" }

    /// Whether one of them is of an object with this own part, whatever relatives it was shown with, or a star.
    func includeOwn(_ own: String, weakly: Bool) -> Bool {
        switch listed {
        case .any: true
        case .tags(let tags):
            tags.contains { tag in
                guard weakly || !tag.isWeak, tag.text.hasPrefix(own) else { return false }
                let rest = tag.text.utf8.dropFirst(own.utf8.count)
                return rest.isEmpty || rest.first == UInt8(ascii: "+")
            }
        }
    }

    /// Whether one of them is `tag`, or a star.
    ///
    /// - Parameter weakly: a weak tag counts as well, which If-None-Match allows and If-Match does not.
    func include(_ tag: String, weakly: Bool) -> Bool {
        switch listed {
        case .any: true
        case .tags(let tags): tags.contains { $0.text == tag && (weakly || !$0.isWeak) }
        }
    }
}
