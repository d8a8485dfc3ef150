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

    /// Reads the store as it is at one moment.
    private func read(
        object: (ObjectRow) throws(StoreError) -> Void, value: (_ key: String, _ value: [UInt8]) throws(StoreError) -> Void
    ) throws(StoreError) -> StorePosition {
        let store = try openForReading()
        defer { store.close() }
        return try store.load(object: object, value: value, change: { _ in })
    }

    private func openForReading() throws(StoreError) -> any Store {
        switch choice {
        case .sqlite: try SQLiteStore(reading: DataDirectory.database(in: dataDirectory))
        case .etcd(let addresses, let prefix, let access): EtcdStore(addresses, prefix: prefix, access: access, isMade: false)
        }
    }

    /// Writes an export, piece by piece.
    ///
    /// - Returns: the revision that it shows, and how many objects it has.
    public func export(_ write: ([UInt8]) throws(StoreError) -> Void) throws(StoreError) -> (revision: UInt64, objects: Int) {
        // The revision comes first in the document and last from the store.
        var archive = ConfigurationArchive()
        archive.revision = try read(
            object: { archive.rows.append($0) }, value: { archive.values.append(($0, $1)) }
        ).revision
        try write(ConfigurationArchive.beginning(revision: archive.revision))
        for (index, row) in archive.rows.enumerated() {
            guard row.isText else {
                throw StoreError(.unusable, "the \(row.type) \(row.uuid) is damaged; run `tungsten db check`")
            }
            try write(ConfigurationArchive.line(row, isFirst: index == 0))
        }
        try write(ConfigurationArchive.middle)
        for (index, value) in archive.values.enumerated() {
            try write(ConfigurationArchive.line(value.key, value.value, isFirst: index == 0))
        }
        try write(ConfigurationArchive.end)
        return (archive.revision, archive.rows.count)
    }

    /// What is wrong with the store, and how many objects were looked at.
    public func check() throws(StoreError) -> (findings: [ConfigurationFinding], objects: Int) {
        var check = ConfigurationCheck(service)
        var count = 0
        _ = try read(
            object: { row in
                check.add(row)
                count += 1
            }, value: { check.addValue($0, $1) })
        return (check.finish(), count)
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

    /// Puts a document into the store: an export of this platform or of the older one. All of it or nothing.
    public func importing(_ text: consuming [UInt8], _ options: ImportOptions) throws(StoreError) -> ImportReport {
        var report = ImportReport()
        let archive = try archive(consume text, options, &report)
        let (store, directory) = try openForWriting()
        defer {
            store.close()
            directory?.release()
        }
        while true {
            var present = ConfigurationArchive()
            let position = try store.load(
                object: { present.rows.append($0) }, value: { present.values.append(($0, $1)) }, change: { _ in })
            guard options.replaces || present.rows.isEmpty && present.values.isEmpty else {
                throw StoreError(
                    .busy,
                    "the store is not empty: it has \(present.rows.count) objects; --replace removes them in the same step. "
                        + "Export them first")
            }
            let commit = archive.commit(replacing: present, at: position)
            guard case .stored = try store.append(commit, after: position) else { continue }
            report.objects = archive.rows.count
            report.removed = present.rows.count
            report.revision = position.after(commit).revision
            return report
        }
    }

    private func archive(
        _ text: consuming [UInt8], _ options: ImportOptions, _ report: inout ImportReport
    ) throws(StoreError) -> ConfigurationArchive {
        // The text, which is as large as everything, is gone before what it says is looked at.
        let archive = try parsed(consume text, options, &report)
        // What no server could load is not stored.
        var check = ConfigurationCheck(service)
        for row in archive.rows { check.add(row) }
        for (key, value) in archive.values { check.addValue(key, value) }
        let findings = check.finish()
        let errors = findings.filter { !$0.isHarmless }
        guard errors.isEmpty else { throw Self.refusal(errors.map { "\($0.subject): \($0.problem)" }) }
        report.notes += findings.map { "\($0.subject): \($0.problem)" }
        return archive
    }

    private func parsed(
        _ text: [UInt8], _ options: ImportOptions, _ report: inout ImportReport
    ) throws(StoreError) -> ConfigurationArchive {
        do {
            if OlderExport.isOne(text) {
                let older = try OlderExport(parsing: text, service)
                report.notes = older.problems
                guard older.problems.isEmpty || options.leavesOut else { throw Self.refusal(older.problems) }
                return older.archive
            } else {
                return try ConfigurationArchive(parsing: text)
            }
        } catch let error as CodingError {
            let place = error.path.isEmpty ? "" : error.path + ": "
            throw StoreError(.unusable, "the file cannot be read: \(place)\(error.message)")
        } catch let error as StoreError {
            throw error
        } catch {
            throw StoreError(.unusable, "\(error)")
        }
    }

    private static func refusal(_ problems: [String]) -> StoreError {
        let shown = problems.prefix(20).joined(separator: "\n  ")
        let rest = problems.count > 20 ? "\n  and \(problems.count - 20) more" : ""
        return StoreError(.unusable, "nothing was imported:\n  \(shown)\(rest)")
    }

    private func openForWriting() throws(StoreError) -> (any Store, DataDirectory?) {
        guard case .sqlite = choice else { return (try choice.open(nil, heldChanges: ConfigServer.standardHeldChanges), nil) }
        let directory = try DataDirectory(dataDirectory)
        do throws(StoreError) {
            return (try choice.open(directory, heldChanges: ConfigServer.standardHeldChanges), directory)
        } catch {
            directory.release()
            throw error
        }
    }
}
