// The embedded store for those who work on all of it: `tungsten db`. Everything happens in one transaction of SQLite, which spills what does
// not fit into its small cache to the log that it writes anyway: neither reading nor filling needs memory for more than a row.

import ConfigServerCore

/// All rows of a SQLite database. For one thread.
final class SQLiteRows: WholeStore, NewRows {
    private let database: SQLiteDatabase
    private let heldChanges: Int
    private var object: SQLiteStatement?
    private var putObject: SQLiteStatement?
    private var putValue: SQLiteStatement?

    /// - Parameter heldChanges: how many revisions the log of changes goes back; nil: only for reading, beside the server that has the file.
    init(path: String, heldChanges: Int?) throws(StoreError) {
        self.heldChanges = max(heldChanges ?? 1, 1)
        database = try SQLiteDatabase(path: path, isReadOnly: heldChanges == nil)
        do throws(StoreError) {
            try SQLiteStore.prepare(database, path, isReadOnly: heldChanges == nil)
        } catch {
            database.close()
            throw error
        }
    }

    func close() {
        finalize()
        database.close()
    }

    private func finalize() {
        for statement in [object, putObject, putValue] { statement?.finalize() }
        (object, putObject, putValue) = (nil, nil, nil)
    }

    // MARK: Transactions

    func read(_ body: (StorePosition, any StoredRows) throws(StoreError) -> Void) throws(StoreError) {
        // One moment of the database, whatever a server writes meanwhile.
        try database.execute("BEGIN")
        // A transaction that has only read leaves nothing to undo.
        defer { rollback() }
        try body(StorePosition(revision: UInt64(try lastRevision())), self)
    }

    func fill(replaces: Bool, _ body: (any NewRows) throws(StoreError) -> Void) throws(StoreError) -> (StorePosition, removed: Int) {
        try database.execute("BEGIN IMMEDIATE")
        do throws(StoreError) {
            let removed = try count("objects")
            let pairs = try count("pairs")
            guard replaces || removed + pairs == 0 else { throw StoreError.notEmpty(removed) }
            var revision = try lastRevision()
            // Children before their parents.
            try log("delete", removed, after: revision, isDescending: true)
            revision += removed
            try database.execute("DELETE FROM objects; DELETE FROM pairs")
            try body(self)
            let made = try count("objects")
            try log("create", made, after: revision, isDescending: false)
            revision += made
            try database.execute("DELETE FROM changes WHERE revision <= \(revision - heldChanges)")
            finalize()
            try database.execute("COMMIT")
            return (StorePosition(revision: UInt64(revision)), removed)
        } catch {
            rollback()
            throw error
        }
    }

    private func rollback() {
        finalize()
        // SQLite has rolled back by itself after some failures, and then says that there is nothing to roll back.
        do { try database.execute("ROLLBACK") } catch {}
    }

    private func count(_ table: String) throws(StoreError) -> Int { Int(try database.integer("SELECT count(*) FROM \(table)")) }

    private func lastRevision() throws(StoreError) -> Int { Int(try database.integer("SELECT max(revision) FROM changes")) }

    /// Lines for all objects that there are, as far as the log goes back.
    private func log(_ kind: String, _ count: Int, after revision: Int, isDescending: Bool) throws(StoreError) {
        try database.execute(
            """
            INSERT INTO changes SELECT \(revision) + place, '\(kind)', uuid, type, name, NULL FROM (
                SELECT row_number() OVER (ORDER BY number \(isDescending ? "DESC" : "ASC")) AS place, uuid, type, name FROM objects
            ) WHERE place > \(count - heldChanges)
            """)
    }

    // MARK: Rows

    func forEachObject(_ body: (ObjectRow) throws(StoreError) -> Void) throws(StoreError) {
        let objects = try database.prepare("SELECT * FROM objects ORDER BY number")
        defer { objects.finalize() }
        var type = ""
        while try objects.step() { try body(try SQLiteStore.row(objects, &type)) }
    }

    func forEachValue(_ body: (_ key: String, _ value: [UInt8]) throws(StoreError) -> Void) throws(StoreError) {
        let pairs = try database.prepare("SELECT key, value FROM pairs ORDER BY key")
        defer { pairs.finalize() }
        while try pairs.step() { try body(pairs.text(0) ?? "", pairs.bytes(1) ?? []) }
    }

    func object(_ number: UInt64) throws(StoreError) -> ObjectRow? {
        let statement = try prepared(&object, "SELECT * FROM objects WHERE number = ?1")
        defer { statement.reset() }
        try statement.bind(1, Int64(bitPattern: number))
        var type = ""
        return try statement.step() ? try SQLiteStore.row(statement, &type) : nil
    }

    func add(_ row: ObjectRow) throws(StoreError) { try SQLiteStore.put(row, try prepared(&putObject, SQLiteStore.putObject)) }

    func addValue(_ key: String, _ value: [UInt8]) throws(StoreError) {
        let statement = try prepared(&putValue, SQLiteStore.setValue)
        try statement.bind(1, text: key)
        try statement.bind(2, text: value)
        try statement.run()
    }

    private func prepared(_ statement: inout SQLiteStatement?, _ sql: String) throws(StoreError) -> SQLiteStatement {
        if let statement { return statement }
        let made = try database.prepare(sql)
        statement = made
        return made
    }
}
