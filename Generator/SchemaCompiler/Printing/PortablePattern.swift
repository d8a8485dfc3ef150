// Patterns of the schema in the notation of JSON Schema. XSD regular expressions (XML Schema Part 2, appendix F) are anchored and have
// escapes of their own; a JSON Schema pattern is searched for, and is read by the engines of ECMAScript, Python and Rust alike, so only
// what these agree on is written. The reader has checked that the expression is well formed.

enum PortablePattern {
    /// One expression for a value that matches any of the patterns. The empty text matches as well, since servers do not check it.
    static func anchored(_ patterns: [String]) -> String {
        if patterns.count == 1, let pattern = patterns.first { return "^(?:\(translated(pattern)))?$" }
        return "^(?:\(patterns.map { "(?:\(translated($0)))" }.joined(separator: "|")))?$"
    }

    static func translated(_ pattern: String) -> String {
        var result = ""
        var isInClass = false
        var scalars = pattern.unicodeScalars.makeIterator()
        while let scalar = scalars.next() {
            switch scalar {
            case "\\":
                guard let escaped = scalars.next() else { return result }
                if escaped == "p" || escaped == "P" {
                    // A category or block in braces is passed on: engines with Unicode support spell it alike.
                    result += "\\\(escaped)"
                } else {
                    result += escape(escaped, isInClass)
                }
            case "[" where !isInClass:
                isInClass = true
                result += "["
            case "]" where isInClass:
                isInClass = false
                result += "]"
            case "[" where isInClass: result += "\\["
            // Ordinary characters in XSD, anchors elsewhere. In a class ^ keeps its meaning and $ has none.
            case "^" where !isInClass: result += "\\^"
            case "$" where !isInClass: result += "\\$"
            case "." where !isInClass: result += "[^\\n\\r]"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func escape(_ escaped: Unicode.Scalar, _ isInClass: Bool) -> String {
        func classed(_ members: String) -> String { isInClass ? members : "[\(members)]" }
        switch escaped {
        case "d": return classed("0-9")
        case "s": return classed(" \\t\\n\\r")
        case "i": return classed("A-Za-z_:")
        case "c": return classed("A-Za-z0-9._:\\-")
        case "D": return isInClass ? "\\D" : "[^0-9]"
        case "S": return isInClass ? "\\S" : "[^ \\t\\n\\r]"
        case "I": return isInClass ? "\\I" : "[^A-Za-z_:]"
        case "C": return isInClass ? "\\C" : "[^A-Za-z0-9._:\\-]"
        // Outside a class a hyphen needs no escape, and engines in Unicode mode refuse one.
        case "-": return isInClass ? "\\-" : "-"
        default: return "\\\(escaped)"
        }
    }
}
