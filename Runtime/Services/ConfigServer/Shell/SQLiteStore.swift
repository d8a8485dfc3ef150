// The embedded store: one SQLite file. Write-ahead log with a full sync at every commit, so that what was acknowledged survives a power
// cut. Everything in it is text that the `sqlite3` command shows, as the one who needs to look is in no mood for decoding.
//
//     objects  number, uuid, type, name, parent, properties, "references", details      one row an object
//     pairs    key, value                                                                 what clients keep for themselves
//     changes  revision, kind, uuid, type, name, note                                     which objects changed lately, and who did it

import ConfigServerCore
import Glibc
import NetworkTypes
import Synchronization

/// Rows in a SQLite database.
public final class SQLiteStore: Store {
    /// "TUNG": tells our files from those of other programs.
    private static let applicationIdentifier: Int64 = 0x5455_4E47
    /// Raised when a version of the program can no longer read what an older one wrote, or the other way round. 2: the log of changes,
    /// which a program that does not know it would leave with a gap. 3: who changed something.
    private static let formatVersion: Int64 = 3

    private struct Connection {
        let database: SQLiteDatabase
        let begin: SQLiteStatement
        let commit: SQLiteStatement
        let rollback: SQLiteStatement
        let putObject: SQLiteStatement
        let removeObject: SQLiteStatement
        let setValue: SQLiteStatement
        let removeValue: SQLiteStatement
        let logChange: SQLiteStatement
        let trimLog: SQLiteStatement
        /// Counts the commits since the file was opened: nobody else can have made one.
        var position = StorePosition()
        var isClosed = false

        var statements: [SQLiteStatement] {
            [begin, commit, rollback, putObject, removeObject, setValue, removeValue, logChange, trimLog]
        }
    }

    static let putObject = "INSERT OR REPLACE INTO objects VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"
    static let setValue = "INSERT OR REPLACE INTO pairs VALUES (?1, ?2)"

    /// The lock is what makes the connection safe to pass between threads: nothing reaches it in another way.
    private let connection: Mutex<Connection>
    /// How many revisions the log of changes goes back.
    private let heldChanges: UInt64

    public init(path: String, heldChanges: Int = 16_384) throws(StoreError) {
        self.heldChanges = UInt64(max(heldChanges, 1))
        let database = try SQLiteDatabase(path: path)
        do throws(StoreError) {
            try Self.prepare(database, path, isReadOnly: false)
            connection = Mutex(
                Connection(
                    database: database, begin: try database.prepare("BEGIN IMMEDIATE"), commit: try database.prepare("COMMIT"),
                    rollback: try database.prepare("ROLLBACK"),
                    putObject: try database.prepare(Self.putObject),
                    removeObject: try database.prepare("DELETE FROM objects WHERE number = ?1"),
                    setValue: try database.prepare(Self.setValue),
                    removeValue: try database.prepare("DELETE FROM pairs WHERE key = ?1"),
                    logChange: try database.prepare("INSERT INTO changes VALUES (?1, ?2, ?3, ?4, ?5, ?6)"),
                    trimLog: try database.prepare("DELETE FROM changes WHERE revision <= ?1")))
        } catch {
            database.close()
            throw error
        }
    }

    static func prepare(_ database: SQLiteDatabase, _ path: String, isReadOnly: Bool) throws(StoreError) {
        let application = try database.integer("PRAGMA application_id")
        let isEmpty = try database.integer("SELECT count(*) FROM sqlite_master") == 0
        guard isEmpty || application == applicationIdentifier else {
            throw StoreError(.unusable, "\(path): a database of another program; name another data folder")
        }
        let version = try database.integer("PRAGMA user_version")
        guard version <= formatVersion else {
            throw StoreError(.unusable, "\(path): written by a newer version of this program (format \(version)); run that version")
        }
        guard !isReadOnly else {
            guard version == formatVersion else {
                throw StoreError(.unusable, "\(path): \(isEmpty ? "empty" : "of an older format"); start the server on it once")
            }
            return
        }
        if version == 2 {
            // The column and the number that tells of it come together: whatever cuts this off, the next start goes on from one of both.
            try database.execute("BEGIN; ALTER TABLE changes ADD COLUMN note TEXT; PRAGMA user_version = 3; COMMIT")
        }
        try database.execute(
            """
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = FULL;
            PRAGMA wal_autocheckpoint = 4000;
            PRAGMA busy_timeout = 5000;
            PRAGMA application_id = \(applicationIdentifier);
            PRAGMA user_version = \(formatVersion);
            CREATE TABLE IF NOT EXISTS objects (
                number INTEGER PRIMARY KEY, uuid TEXT NOT NULL, type TEXT NOT NULL, name TEXT NOT NULL, parent TEXT,
                properties TEXT NOT NULL, "references" TEXT NOT NULL, details TEXT
            );
            CREATE TABLE IF NOT EXISTS pairs (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
            CREATE TABLE IF NOT EXISTS changes (
                revision INTEGER PRIMARY KEY, kind TEXT NOT NULL, uuid TEXT NOT NULL, type TEXT NOT NULL, name TEXT NOT NULL,
                note TEXT
            );
            """)
    }

    // MARK: Writing

    public func append(_ commit: Commit, after position: StorePosition) throws(StoreError) -> StoreOutcome {
        try connection.withLock { connection throws(StoreError) in
            try Self.checkOpen(connection)
            guard position == connection.position else { return .overtaken(by: []) }
            try connection.begin.run()
            do throws(StoreError) {
                for change in commit.rows { try Self.apply(change, connection) }
                for row in commit.log { try Self.log(row, connection) }
                if let revision = commit.log.last?.revision, revision > heldChanges {
                    try connection.trimLog.bind(1, Int64(bitPattern: revision - heldChanges))
                    try connection.trimLog.run()
                }
                try connection.commit.run()
            } catch {
                // SQLite has rolled back by itself after some failures, and then says that there is nothing to roll back.
                do { try connection.rollback.run() } catch {}
                throw error
            }
            connection.position = position.after(commit)
            return .stored
        }
    }

    // MARK: Others: there are none

    public var isShared: Bool { false }
    public var trouble: String? { nil }
    public func commits(after position: StorePosition) throws(StoreError) -> [Commit] { [] }
    public func follow(_ wake: @escaping @Sendable () -> Void) {}

    private static func apply(_ change: RowChange, _ connection: Connection) throws(StoreError) {
        switch change {
        case .put(let row): try put(row, connection.putObject)
        case .remove(let number):
            try connection.removeObject.bind(1, Int64(bitPattern: number))
            try connection.removeObject.run()
        case .setValue(let key, let value):
            try connection.setValue.bind(1, text: key)
            try connection.setValue.bind(2, text: value)
            try connection.setValue.run()
        case .removeValue(let key):
            try connection.removeValue.bind(1, text: key)
            try connection.removeValue.run()
        }
    }

    static func put(_ row: ObjectRow, _ statement: SQLiteStatement) throws(StoreError) {
        try statement.bind(1, Int64(bitPattern: row.number))
        try statement.bind(2, text: row.uuid.description)
        try statement.bind(3, text: row.type)
        try statement.bind(4, text: row.name)
        try statement.bind(5, text: row.parent?.description)
        try statement.bind(6, text: row.properties)
        try statement.bind(7, text: row.references)
        try statement.bind(8, text: row.details)
        try statement.run()
    }

    private static func log(_ row: ChangeRow, _ connection: Connection) throws(StoreError) {
        let statement = connection.logChange
        try statement.bind(1, Int64(bitPattern: row.revision))
        try statement.bind(2, text: row.kind)
        try statement.bind(3, text: row.uuid.description)
        try statement.bind(4, text: row.type)
        try statement.bind(5, text: row.name)
        try statement.bind(6, text: row.note)
        try statement.run()
    }

    // MARK: Reading

    public func load(
        object: (ObjectRow) throws(StoreError) -> Void, value: (_ key: String, _ value: [UInt8]) throws(StoreError) -> Void,
        change: (ChangeRow) throws(StoreError) -> Void
    ) throws(StoreError) -> StorePosition {
        try connection.withLock { connection throws(StoreError) in
            try Self.checkOpen(connection)
            // One moment of the database, whatever a server writes meanwhile.
            try connection.database.execute("BEGIN")
            // A transaction that has only read leaves nothing to undo.
            defer { _ = try? connection.database.execute("COMMIT") }
            let objects = try connection.database.prepare("SELECT * FROM objects ORDER BY number")
            defer { objects.finalize() }
            var type = ""
            while try objects.step() { try object(try Self.row(objects, &type)) }
            let pairs = try connection.database.prepare("SELECT key, value FROM pairs ORDER BY key")
            defer { pairs.finalize() }
            while try pairs.step() { try value(pairs.text(0) ?? "", pairs.bytes(1) ?? []) }
            let changes = try connection.database.prepare("SELECT * FROM changes ORDER BY revision")
            defer { changes.finalize() }
            while try changes.step() {
                let row = try Self.changeRow(changes)
                try change(row)
                connection.position.revision = row.revision
            }
            return connection.position
        }
    }

    private static func changeRow(_ statement: SQLiteStatement) throws(StoreError) -> ChangeRow {
        let revision = UInt64(bitPattern: statement.integer(0))
        guard let kind = statement.text(1), let uuid = statement.text(2).flatMap({ UUIDValue(anySpelling: $0) }),
            let type = statement.text(3), let name = statement.bytes(4)
        else {
            throw StoreError(
                .unusable, "row \(revision) of the table changes is damaged; restore a backup")
        }
        return ChangeRow(revision: revision, kind: kind, uuid: uuid, type: type, name: name, note: statement.bytes(5))
    }

    /// - Parameter lastType: the type of the row before this one, whose text the next one shares.
    static func row(_ statement: SQLiteStatement, _ lastType: inout String) throws(StoreError) -> ObjectRow {
        let number = UInt64(bitPattern: statement.integer(0))
        if !(statement.withBytes(2, { lastType.isEqual(to: $0) }) ?? false) { lastType = statement.text(2) ?? "" }
        guard let identifier = try uuid(statement, 1, number), !lastType.isEmpty, let name = statement.bytes(3),
            let properties = statement.bytes(5), let references = statement.bytes(6)
        else {
            throw StoreError(.unusable, "row \(number) of the table objects is damaged: a column is NULL; restore a backup")
        }
        return ObjectRow(
            number: number, uuid: identifier, type: lastType, name: name, parent: try uuid(statement, 4, number), properties: properties,
            references: references, details: statement.bytes(7))
    }

    private static func uuid(_ statement: SQLiteStatement, _ column: Int32, _ number: UInt64) throws(StoreError) -> UUIDValue? {
        if let uuid = statement.withBytes(column, { UUIDValue(anySpelling: $0) }) { return uuid }
        guard let text = statement.text(column) else { return nil }
        throw StoreError(.unusable, "row \(number) of the table objects is damaged: '\(text)' is not a UUID; restore a backup")
    }

    public func close() {
        connection.withLock { connection in
            guard !connection.isClosed else { return }
            connection.isClosed = true
            for statement in connection.statements { statement.finalize() }
            connection.database.close()
        }
    }

    private static func checkOpen(_ connection: Connection) throws(StoreError) {
        guard !connection.isClosed else { throw StoreError(.failed, "the store is closed: the server is stopping") }
    }
}

extension String {
    fileprivate mutating func isEqual(to bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        withUTF8 { own in
            guard own.count == bytes.count, let first = own.baseAddress, let other = bytes.baseAddress else {
                return own.isEmpty && bytes.isEmpty
            }
            return memcmp(first, other, own.count) == 0
        }
    }
}
