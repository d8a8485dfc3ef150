// The store as whoever looks after it works with it, beside the servers: copied into a file, filled from one, looked over. Reading takes
// one moment of the store and disturbs no server. Writing an embedded store needs its server stopped; servers on an etcd follow.

import Coding
import ConfigServerCore
import Resources

public struct ConfigurationDatabase: Sendable {
    private let choice: StoreChoice
    private let dataDirectory: String
    private let service: ConfigurationService

    public init(_ choice: StoreChoice, dataDirectory: String, _ catalogue: ResourceCatalogue) {
        self.choice = choice
        self.dataDirectory = dataDirectory
        service = ConfigurationService(catalogue)
    }

    // MARK: Reading

    /// Writes an export, piece by piece.
    ///
    /// - Returns: the revision that it shows, and how many objects it has.
    public func export(_ write: ([UInt8]) throws(StoreError) -> Void) throws(StoreError) -> (revision: UInt64, objects: Int) {
        var revision: UInt64 = 0
        var objects = 0
        var values = 0
        // A write for every line would cost more than the line.
        var piece: [UInt8] = []
        func add(_ text: [UInt8]) throws(StoreError) {
            piece += text
            guard piece.count >= Self.piece else { return }
            try write(piece)
            piece.removeAll(keepingCapacity: true)
        }
        let store = try openForReading()
        defer { store.close() }
        try store.read { position, rows throws(StoreError) in
            revision = position.revision
            try add(ConfigurationArchive.beginning(revision: revision))
            try rows.forEachObject { row throws(StoreError) in
                guard row.isText else {
                    throw StoreError(.unusable, "the \(row.type) \(row.uuid) is damaged; run `tungsten db check`")
                }
                try add(ConfigurationArchive.line(row, isFirst: objects == 0))
                objects += 1
            }
            try add(ConfigurationArchive.middle)
            try rows.forEachValue { key, value throws(StoreError) in
                try add(ConfigurationArchive.line(key, value, isFirst: values == 0))
                values += 1
            }
            try add(ConfigurationArchive.end)
        }
        try write(piece)
        return (revision, objects)
    }

    private static let piece = 256 << 10

    /// What is wrong with the store, and how many objects were looked at.
    public func check() throws(StoreError) -> (findings: ConfigurationFindings, objects: Int) {
        var findings = ConfigurationFindings()
        var objects = 0
        let store = try openForReading()
        defer { store.close() }
        try store.read { _, rows throws(StoreError) in
            var check = ConfigurationCheck(service)
            try rows.forEachObject { check.add($0) }
            try rows.forEachValue { check.addValue($0, $1) }
            objects = check.count
            findings = try check.finish(rows)
        }
        return (findings, objects)
    }

    private func openForReading() throws(StoreError) -> any WholeStore {
        switch choice {
        case .sqlite: try SQLiteRows(path: DataDirectory.database(in: dataDirectory), heldChanges: nil)
        case .etcd(let addresses, let prefix, let access):
            EtcdWholeStore(store: EtcdStore(addresses, prefix: prefix, access: access, isMade: false))
        }
    }

    // MARK: Writing

    public struct ImportOptions: Sendable {
        /// What the store holds is removed in the same transaction.
        public var replaces = false
        /// What cannot be taken over is left out instead of refusing everything.
        public var leavesOut = false

        public init() {}
    }

    public struct ImportReport: Sendable {
        public var objects = 0
        public var removed = 0
        public var revision: UInt64 = 0
        /// What was left out, and what is odd.
        public var notes: [String] = []
    }

    /// Puts a document into the store: an export of this platform or of the older one. All of it or nothing: rows are written as they are
    /// read, and count when all of them were found to be well.
    public func importing(_ source: @escaping DocumentReader.Source, _ options: ImportOptions) throws(StoreError) -> ImportReport {
        var report = ImportReport()
        let (store, directory) = try openForWriting()
        defer {
            store.close()
            directory?.release()
        }
        let (position, removed) = try store.fill(replaces: options.replaces) { rows throws(StoreError) in
            var check = ConfigurationCheck(service)
            try ImportedDocument.read(
                source, service,
                refuse: { problems throws(StoreError) in
                    report.notes += problems
                    guard options.leavesOut else { throw Self.refusal(problems, problems.count) }
                },
                object: { row throws(StoreError) in
                    check.add(row)
                    try rows.add(row)
                },
                value: { key, value throws(StoreError) in
                    check.addValue(key, value)
                    try rows.addValue(key, value)
                })
            report.objects = check.count
            // What no server could load is not stored.
            let findings = try check.finish(rows)
            let errors = findings.all.filter { !$0.isHarmless }
            guard errors.isEmpty else { throw Self.refusal(errors.map { "\($0.subject): \($0.problem)" }, findings.errors) }
            report.notes += findings.all.map { "\($0.subject): \($0.problem)" }
            let untold = findings.warnings - findings.all.count
            if untold > 0 { report.notes.append("and \(untold) more") }
        }
        report.removed = removed
        report.revision = position.revision
        return report
    }

    private static func refusal(_ problems: [String], _ count: Int) -> StoreError {
        let shown = problems.prefix(ConfigurationFindings.greatest)
        let rest = count > shown.count ? "\n  and \(count - shown.count) more" : ""
        return StoreError(.unusable, "nothing was imported:\n  \(shown.joined(separator: "\n  "))\(rest)")
    }

    private func openForWriting() throws(StoreError) -> (any WholeStore, DataDirectory?) {
        let heldChanges = ConfigServer.standardHeldChanges
        switch choice {
        case .etcd(let addresses, let prefix, let access):
            return (EtcdWholeStore(store: EtcdStore(addresses, prefix: prefix, access: access, heldChanges: heldChanges)), nil)
        case .sqlite:
            let directory = try DataDirectory(dataDirectory)
            do throws(StoreError) {
                return (try SQLiteRows(path: directory.database, heldChanges: heldChanges), directory)
            } catch {
                directory.release()
                throw error
            }
        }
    }
}
