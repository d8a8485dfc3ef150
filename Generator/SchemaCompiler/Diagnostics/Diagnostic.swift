// What the compiler says to its user. A diagnostic is a value; nothing is printed before all of them are known and sorted.

/// One finding: where, what is wrong, and how to mend it.
public struct Diagnostic {
    public enum Severity: String, Comparable {
        case error
        case warning

        public static func < (a: Severity, b: Severity) -> Bool { a == .error && b == .warning }
    }

    /// A stable name of the kind of finding, printed in brackets: `unknown-type`. Scripts may depend on it.
    public struct Code: RawRepresentable, Hashable, ExpressibleByStringLiteral {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }
        public init(stringLiteral value: String) { rawValue = value }
    }

    public let severity: Severity
    public let code: Code
    public let location: SourceLocation?
    /// What is wrong, a sentence without the final stop.
    public let message: String
    /// How to mend it, likewise.
    public let hint: String?

    public init(
        _ severity: Severity, _ code: Code, at location: SourceLocation?, _ message: String, hint: String? = nil
    ) {
        self.severity = severity
        self.code = code
        self.location = location
        self.message = message
        self.hint = hint
    }
}

/// Collects findings. Passes go on after an error, so that one run reports everything; `failed` says whether to trust the result.
public final class Diagnostics {
    public private(set) var all: [Diagnostic] = []
    /// A schema can be wrong in thousands of places for one reason; beyond this many errors the rest is counted, not kept.
    public static let limit = 200
    private var suppressed = 0

    public init() {}

    public var failed: Bool { all.contains { $0.severity == .error } }

    public func error(_ code: Diagnostic.Code, at location: SourceLocation?, _ message: String, hint: String? = nil) {
        add(Diagnostic(.error, code, at: location, message, hint: hint))
    }

    public func warning(_ code: Diagnostic.Code, at location: SourceLocation?, _ message: String, hint: String? = nil) {
        add(Diagnostic(.warning, code, at: location, message, hint: hint))
    }

    private func add(_ diagnostic: Diagnostic) {
        if all.count < Self.limit { all.append(diagnostic) } else { suppressed += 1 }
    }

    /// All findings by file, line and column, in the form that editors and `swift build` understand, each with the line it is
    /// about: `network.xsd:12:7: error: … [unknown-type]`.
    public func rendered() -> String {
        let keyed = all.enumerated().map { index, diagnostic in
            let position = diagnostic.location.map { $0.file.position(at: $0.offset) }
            return (path: diagnostic.location?.file.path ?? "", position: position ?? (0, 0), index: index, diagnostic)
        }
        let sorted = keyed.sorted {
            ($0.path, $0.position.0, $0.position.1, $0.index) < ($1.path, $1.position.0, $1.position.1, $1.index)
        }
        var text = ""
        for (path, position, _, diagnostic) in sorted {
            if diagnostic.location != nil { text += "\(path):\(position.0):\(position.1): " } else { text += "schemac: " }
            text += "\(diagnostic.severity.rawValue): \(diagnostic.message) [\(diagnostic.code.rawValue)]\n"
            if let location = diagnostic.location {
                let line = location.file.line(position.0)
                if !line.isEmpty, line.utf8.count <= 300 {
                    let lead = String(line.unicodeScalars.prefix(position.1 - 1).map { $0 == "\t" ? "\t" : " " })
                    text += "    \(line)\n    \(lead)^\n"
                }
            }
            if let hint = diagnostic.hint { text += "    hint: \(hint)\n" }
        }
        if suppressed > 0 { text += "schemac: note: \(suppressed) more findings are not shown\n" }
        return text
    }
}
