// Differences as lines with - and +, as people read them elsewhere: the YAML of what is and of what shall be.

import Coding

public enum DifferenceText {
    /// - Parameter colour: codes for a terminal.
    public static func text(_ difference: ObjectDifference, colour: Bool) throws(CommandError) -> String {
        let document = difference.document
        func marked(_ line: String, _ code: Int) -> String { colour ? "\u{1B}[\(code)m\(line)\u{1B}[0m\n" : line + "\n" }
        var text = marked("\(document.title)\(difference.exists ? "" : " (new)")", 1)
        for change in difference.changes {
            let before = change.before == .null ? [] : try lines(change.key, change.before)
            let after = change.after == .null ? [] : try lines(change.key, change.after)
            for step in steps(before, after) {
                switch step {
                case .keep(let line): text += "  \(line)\n"
                case .remove(let line): text += marked("- " + line, 31)
                case .add(let line): text += marked("+ " + line, 32)
                }
            }
        }
        return text
    }

    private static func lines(_ key: String, _ value: JSONValue) throws(CommandError) -> [String] {
        try ObjectText.yaml(.object([.init(key: key, value: withoutIdentifiers(value))])).split(separator: "\n").map(String.init)
    }

    /// References by name alone: their UUIDs and addresses are the server's business.
    private static func withoutIdentifiers(_ value: JSONValue) -> JSONValue {
        guard case .array(let elements) = value, elements.allSatisfy({ $0["to"] != nil }) else { return value }
        return .array(
            elements.map { element in
                var result = element
                for key in ["uuid", "href"] { result[key] = nil }
                if result["attr"] == .null { result["attr"] = nil }
                return result
            })
    }

    enum Step: Equatable {
        case keep(String)
        case remove(String)
        case add(String)
    }

    static func steps(_ before: [String], _ after: [String]) -> [Step] {
        let difference = after.difference(from: before)
        var removed: Set<Int> = []
        var added: Set<Int> = []
        for change in difference {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): added.insert(offset)
            }
        }
        var steps: [Step] = []
        var (old, new) = (0, 0)
        while old < before.count || new < after.count {
            if old < before.count, removed.contains(old) {
                steps.append(.remove(before[old]))
                old += 1
            } else if new < after.count, added.contains(new) {
                steps.append(.add(after[new]))
                new += 1
            } else if old < before.count {
                steps.append(.keep(before[old]))
                old += 1
                new += 1
            } else {
                break
            }
        }
        return steps
    }
}
