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
    /// A schema can be wrong in thousands of places for one reason; beyond this many errors, and as many warnings, the rest is counted,
    /// not kept. Each has its own allowance, so that warnings never crowd out an error.
    public static let limit = 200
    private var errors = 0
    private var warnings = 0

    public init() {}

    public var failed: Bool { errors > 0 }
    public var warningCount: Int { warnings }

    /// The texts are made only when they are kept: a hint may search all names of the schema for a similar one.
    public func error(
        _ code: Diagnostic.Code, at location: SourceLocation?, _ message: @autoclosure () -> String, hint: @autoclosure () -> String? = nil
    ) {
        errors += 1
        if errors <= Self.limit { all.append(Diagnostic(.error, code, at: location, message(), hint: hint())) }
    }

    public func warning(
        _ code: Diagnostic.Code, at location: SourceLocation?, _ message: @autoclosure () -> String, hint: @autoclosure () -> String? = nil
    ) {
        warnings += 1
        if warnings <= Self.limit { all.append(Diagnostic(.warning, code, at: location, message(), hint: hint())) }
    }

    /// All findings by file, line and column, in the form that editors and `swift build` understand, each with the line it is
    /// about: `network.xsd:12:7: error: … [unknown-type]`.
    ///
    /// - Parameter least: `.error` leaves the warnings out.
    public func rendered(_ least: Diagnostic.Severity = .warning) -> String {
        let keyed = all.filter { $0.severity <= least }.enumerated().map { index, diagnostic in
            (path: diagnostic.location?.file.path ?? "", offset: diagnostic.location?.offset ?? 0, index: index, diagnostic)
        }
        let sorted = keyed.sorted { ($0.path, $0.offset, $0.index) < ($1.path, $1.offset, $1.index) }
        var text = ""
        for (path, offset, _, diagnostic) in sorted {
            let position = diagnostic.location?.file.position(at: offset)
            if let position { text += "\(path):\(position.line):\(position.column): " } else { text += "schemac: " }
            text += "\(diagnostic.severity.rawValue): \(diagnostic.message) [\(diagnostic.code.rawValue)]\n"
            if let location = diagnostic.location, let position, let (line, column) = location.file.excerpt(around: position) {
                let lead = String(line.unicodeScalars.prefix(column - 1).map { $0 == "\t" ? "\t" : " " })
                text += "    \(line)\n    \(lead)^\n"
            }
            if let hint = diagnostic.hint { text += "    hint: \(hint)\n" }
        }
        return text + notShown(errors, "error") + (least == .warning ? notShown(warnings, "warning") : "")
    }

    private func notShown(_ count: Int, _ what: String) -> String {
        guard count > Self.limit else { return "" }
        return "schemac: note: \(count - Self.limit) more \(what)s are not shown\n"
    }
}
