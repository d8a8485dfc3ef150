// Files of rows: Tests/Vectors/packets/README.md describes them. A row is its lines; a header of a packet belongs to the line above it.

/// What is wrong with a line.
public struct RowError: Error, CustomStringConvertible {
    public var description: String

    init(_ description: String) { self.description = description }
}

public struct RowFile {
    public struct Line: Sendable {
        public var number: Int
        /// Without comment; "says" keeps its sentence in `words` too.
        public var words: [String]
        /// The headers of a packet.
        public var headers: [Line] = []
    }

    public struct Row: Sendable, CustomStringConvertible {
        public var name: String
        public var line: Int
        public var lines: [Line]

        public var description: String { name }
    }

    public private(set) var rows: [Row] = []
    /// Lines that rows take with "tables NAME".
    public private(set) var setUps: [String: [Line]] = [:]

    public init(_ text: String) throws {
        var title: (kind: String, name: String, line: Int)?
        var lines: [Line] = []
        func finish(_ file: inout RowFile) {
            guard let title else { return }
            if title.kind == "row" {
                file.rows.append(Row(name: title.name, line: title.line, lines: lines))
            } else {
                file.setUps[title.name] = lines
            }
            lines = []
        }
        for (index, whole) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let indentation = whole.prefix { $0 == " " }.count
            let words = whole.split(separator: " ").prefix { !$0.hasPrefix("#") }.map(String.init)
            guard !words.isEmpty else { continue }
            switch indentation {
            case 0:
                finish(&self)
                guard words.count > 1, ["row", "set-up"].contains(words[0]) else {
                    throw RowError("line \(index + 1): neither a row nor a set-up")
                }
                title = (words[0], words.dropFirst().joined(separator: " "), index + 1)
            case 4...:
                guard !lines.isEmpty else { throw RowError("line \(index + 1): a header without a packet") }
                lines[lines.count - 1].headers.append(Line(number: index + 1, words: words))
            default: lines.append(Line(number: index + 1, words: words))
            }
        }
        finish(&self)
    }
}

/// The words behind a line's first ones, as pairs of a name and what follows it.
struct Options {
    private var values: [String: String] = [:]

    /// `flags`: words that stand alone.
    init(_ words: some Sequence<String>, known: Set<String>, flags: Set<String> = []) throws(RowError) {
        var name: String?
        for word in words {
            if let last = name {
                values[last] = word
                name = nil
            } else if flags.contains(word) {
                values[word] = ""
            } else {
                guard known.contains(word) else {
                    throw RowError("\(word) is none of \(known.union(flags).sorted().joined(separator: ", "))")
                }
                name = word
            }
        }
        if let name { throw RowError("nothing follows \(name)") }
    }

    func has(_ name: String) -> Bool { values[name] != nil }

    func text(_ name: String) -> String? { values[name] }

    func number(_ name: String) throws(RowError) -> UInt32? {
        guard let text = values[name] else { return nil }
        return try parseNumber(text)
    }

    func list(_ name: String) -> [String] { (values[name] ?? "").split(separator: ",").map(String.init) }

    func names<Name: RawRepresentable<String>>(_ name: String, of: Name.Type) throws(RowError) -> Set<Name> {
        var found: Set<Name> = []
        for word in list(name) {
            guard let value = Name(rawValue: word) else { throw RowError("\(word) is no \(Name.self)") }
            found.insert(value)
        }
        return found
    }
}

/// A number in decimal or, after 0x, hexadecimal.
func parseNumber(_ text: String) throws(RowError) -> UInt32 {
    let value = text.hasPrefix("0x") ? UInt32(text.dropFirst(2), radix: 16) : UInt32(text)
    guard let value else { throw RowError("\(text) is no number") }
    return value
}
