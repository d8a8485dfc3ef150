// The little of libsqlite3 that the store needs, with errors that say what to do. One thread at a time uses a database.

import CSQLite
import ConfigServerCore

/// An open database file.
///
/// Not Sendable, and SQLite takes no locks for it: the store sees to it that one thread uses it at a time.
final class SQLiteDatabase {
    private let handle: OpaquePointer
    private let path: String

    init(path: String, isReadOnly: Bool = false) throws(StoreError) {
        var handle: OpaquePointer?
        let access = isReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
        let flags = access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW
        let status = sqlite3_open_v2(path, &handle, flags, nil)
        guard status == SQLITE_OK, let handle else {
            let message = handle.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
            sqlite3_close_v2(handle)
            throw Self.error(status, "\(path) cannot be opened", message)
        }
        self.handle = handle
        self.path = path
        sqlite3_extended_result_codes(handle, 1)
    }

    func close() { sqlite3_close_v2(handle) }

    func execute(_ sql: String) throws(StoreError) {
        let status = sqlite3_exec(handle, sql, nil, nil, nil)
        guard status == SQLITE_OK else { throw error(status) }
    }

    func prepare(_ sql: String) throws(StoreError) -> SQLiteStatement {
        var statement: OpaquePointer?
        let status = sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
        guard status == SQLITE_OK, let statement else { throw error(status) }
        return SQLiteStatement(statement, self)
    }

    /// The one integer that a query gives.
    func integer(_ sql: String) throws(StoreError) -> Int64 {
        let statement = try prepare(sql)
        defer { statement.finalize() }
        return try statement.step() ? statement.integer(0) : 0
    }

    func error(_ status: Int32) -> StoreError {
        Self.error(status, path, String(cString: sqlite3_errmsg(handle)))
    }

    /// SQLITE_IOERR_FSYNC, an expression that is not imported.
    private static let syncFailure = SQLITE_IOERR | 4 << 8

    private static func error(_ status: Int32, _ subject: String, _ message: String) -> StoreError {
        switch status & 0xFF {
        case SQLITE_NOTADB:
            StoreError(.unusable, "\(subject): not a database; restore a backup, or move the file away to start with nothing")
        case SQLITE_CORRUPT:
            StoreError(.unusable, "\(subject): the database is damaged (\(message)); restore a backup")
        case SQLITE_BUSY, SQLITE_LOCKED:
            StoreError(.busy, "\(subject): another program is using the database; stop it and try again")
        case SQLITE_FULL:
            StoreError(.failed, "\(subject): the disk is full; make room and try again")
        case SQLITE_IOERR where status == syncFailure:
            // The bytes may reach the disk all the same, and be found there after a crash.
            StoreError(.inDoubt, "\(subject): the disk fails: \(message) (SQLite status \(status))")
        case SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_READONLY, SQLITE_AUTH:
            StoreError(.unusable, "\(subject): \(message); check the permissions of the file and its folder")
        default:
            StoreError(.failed, "\(subject): \(message) (SQLite status \(status))")
        }
    }
}

/// A prepared statement.
final class SQLiteStatement {
    private let statement: OpaquePointer
    /// Keeps the connection open, and has the text of errors.
    private let database: SQLiteDatabase

    fileprivate init(_ statement: OpaquePointer, _ database: SQLiteDatabase) {
        self.statement = statement
        self.database = database
    }

    func finalize() { sqlite3_finalize(statement) }

    // MARK: Parameters, numbered from 1. Bytes are copied.

    func bind(_ index: Int32, _ value: Int64) throws(StoreError) { try check(sqlite3_bind_int64(statement, index, value)) }

    func bind(_ index: Int32, text: [UInt8]?) throws(StoreError) {
        guard let text else { return try check(sqlite3_bind_null(statement, index)) }
        try check(
            text.withUnsafeBufferPointer { bytes in
                bytes.withMemoryRebound(to: CChar.self) { characters in
                    // SQLite takes a null pointer for NULL, and an empty array may have one.
                    characters.baseAddress.map { tungsten_sqlite3_bind_text(statement, index, $0, UInt64(characters.count)) }
                        ?? tungsten_sqlite3_bind_text(statement, index, "", 0)
                }
            })
    }

    func bind(_ index: Int32, text: String?) throws(StoreError) { try bind(index, text: text.map { Array($0.utf8) }) }

    // MARK: Running

    /// Runs a statement that gives no rows, and makes it ready to run again.
    func run() throws(StoreError) {
        defer { sqlite3_reset(statement) }
        let status = sqlite3_step(statement)
        guard status == SQLITE_DONE || status == SQLITE_ROW else { throw database.error(status) }
    }

    /// Makes a statement that gave rows ready to run again.
    func reset() { sqlite3_reset(statement) }

    /// Moves to the next row; false when there is none.
    func step() throws(StoreError) -> Bool {
        switch sqlite3_step(statement) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let status: throw database.error(status)
        }
    }

    // MARK: Columns of the current row, numbered from 0

    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(statement, column) }

    /// nil for NULL.
    func bytes(_ column: Int32) -> [UInt8]? {
        guard sqlite3_column_type(statement, column) != SQLITE_NULL else { return nil }
        guard let start = sqlite3_column_blob(statement, column) else { return [] }
        return Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, column))))
    }

    /// Calls `body` with the bytes of a column; nil for NULL.
    func withBytes<Result>(_ column: Int32, _ body: (UnsafeBufferPointer<UInt8>) -> Result?) -> Result? {
        guard sqlite3_column_type(statement, column) != SQLITE_NULL else { return nil }
        guard let start = sqlite3_column_blob(statement, column) else { return body(UnsafeBufferPointer(start: nil, count: 0)) }
        return UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, column)))
            .withMemoryRebound(to: UInt8.self) { body($0) }
    }

    func text(_ column: Int32) -> String? { bytes(column).map { String(decoding: $0, as: UTF8.self) } }

    private func check(_ status: Int32) throws(StoreError) {
        guard status == SQLITE_OK else { throw database.error(status) }
    }
}
