// A difference between two versions of a schema, and what it means to those who rely on the older one.

/// One change.
public struct SchemaChange {
    /// Whom it hurts. The order is the order of harm, and the raw value is the exit status of `schemac diff`.
    public enum Impact: Int, Comparable, CaseIterable, Sendable {
        /// Deployed clients and stored objects go on as before.
        case compatible = 0
        /// A program written for the older schema may fail or misread, although nothing is lost.
        case breaksClients = 1
        /// Objects stored under the older schema no longer fit, or part of what they hold is no longer read.
        case breaksStoredData = 2

        public static func < (a: Impact, b: Impact) -> Bool { a.rawValue < b.rawValue }

        /// As JSON spells it.
        var name: String {
            switch self {
            case .compatible: "compatible"
            case .breaksClients: "breaks-clients"
            case .breaksStoredData: "breaks-stored-data"
            }
        }

        var heading: String {
            switch self {
            case .compatible: "Compatible"
            case .breaksClients: "Breaking for clients"
            case .breaksStoredData: "Breaking for stored data"
            }
        }
    }

    public let impact: Impact
    /// `virtual-network.virtual-network-properties`, `SubnetType.ip-prefix`.
    public let path: String
    /// What changed, and where it is not plain, why it matters.
    public let message: String
    /// In the newer schema; in the older one for what is gone.
    public let location: SourceLocation
}

/// All changes between two versions of a schema.
public struct SchemaComparison {
    public let changes: [SchemaChange]

    /// The worst that any change does.
    public var impact: SchemaChange.Impact { changes.map(\.impact).max() ?? .compatible }

    public init(from old: Model, to new: Model) {
        var comparer = Comparer(old: old, new: new)
        comparer.compare()
        changes = comparer.changes
    }

    /// The worst first; within one impact, in the order of the schema.
    public func text() -> String {
        guard !changes.isEmpty else { return "no differences\n" }
        var text = ""
        for impact in SchemaChange.Impact.allCases.reversed() {
            let group = changes.filter { $0.impact == impact }
            guard !group.isEmpty else { continue }
            text += "\(impact.heading)\n"
            for change in group { text += "  \(change.location.reference): \(change.path): \(change.message)\n" }
            text += "\n"
        }
        let counts = SchemaChange.Impact.allCases.reversed().map { impact in changes.count { $0.impact == impact } }
        return text + "\(counts[0]) breaking for stored data, \(counts[1]) breaking for clients, \(counts[2]) compatible\n"
    }

    /// An array of objects, one a line, in the order of the schema.
    public func json() -> String {
        JSONText.array(
            changes.map { change in
                [
                    ("impact", JSONText.string(change.impact.name)), ("path", JSONText.string(change.path)),
                    ("change", JSONText.string(change.message)), ("schema", JSONText.string(change.location.reference)),
                ]
            })
    }
}
