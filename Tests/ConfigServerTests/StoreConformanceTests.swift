// What any storage engine must do, run on every engine there is; and what the embedded one does with files that are not its own. An engine
// whose peer is not installed is left out: `Scripts/install test` installs it.

import Coding
import ConfigServerCore
import Foundation
import NetworkTypes
import Testing

@testable import ConfigServer

/// An engine under test: opens its store anew on the same data each time.
struct StoreUnderTest: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let open: @Sendable (TemporaryFolder) throws -> any Store

    /// How many revisions the log goes back.
    static let heldChanges = 6

    static let all =
        [
            StoreUnderTest(testDescription: "sqlite") { try SQLiteStore(path: $0.path + "/configuration.db", heldChanges: heldChanges) }
        ] + shared

    /// Engines that several servers may have open at once.
    static let shared = EtcdProcess.isInstalled ? [StoreUnderTest(testDescription: "etcd", open: openEtcd)] : []

    private static func openEtcd(_ folder: TemporaryFolder) throws -> any Store {
        let etcd = try EtcdProcess.common.get()
        let prefix = "/" + (folder.path.split(separator: "/").last ?? "")
        return EtcdStore([etcd.address], prefix: prefix, heldChanges: heldChanges)
    }
}

/// A store as its one user has it: where it is, and nobody else writing.
private struct OpenStore {
    let store: any Store
    var position = StorePosition()

    init(_ engine: StoreUnderTest, _ folder: TemporaryFolder) throws {
        store = try engine.open(folder)
        position = try store.load(object: { _ in }, value: { _, _ in }, change: { _ in })
    }

    /// Stores rows; those that change objects get lines in the log, as the engine gives them.
    mutating func apply(_ rows: [RowChange]) throws {
        try append(Commit(rows: rows, log: logLines(rows, after: position.revision)))
    }

    mutating func append(_ commit: Commit) throws {
        guard case .stored = try store.append(commit, after: position) else {
            throw StoreError(.failed, "overtaken where nobody else writes")
        }
        position = position.after(commit)
    }
}

/// A line for each row that changes an object.
private func logLines(_ rows: [RowChange], after revision: UInt64) -> [ChangeRow] {
    var lines: [ChangeRow] = []
    for change in rows {
        let next = revision + UInt64(lines.count) + 1
        switch change {
        case .put(let row): lines.append(ChangeRow(revision: next, kind: "update", uuid: row.uuid, type: row.type, name: row.name))
        case .remove: lines.append(ChangeRow(revision: next, kind: "delete", uuid: .zero, type: "tag", name: Array("[\"é\"]".utf8)))
        case .setValue, .removeValue: break
        }
    }
    return lines
}

/// A folder that goes with the value.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "tungsten-test-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }

    deinit {
        // What stays behind lies in the folder for temporary files.
        try? FileManager.default.removeItem(atPath: path)
    }
}

private func row(_ number: UInt64, _ name: String = "x", details: String? = nil) -> ObjectRow {
    ObjectRow(
        number: number, uuid: UUIDValue(high: number, low: .max), type: "virtual-network", name: Array("[\"\(name)\"]".utf8),
        parent: number % 2 == 0 ? UUIDValue(high: 7, low: number) : nil, properties: Array("{\"display_name\":\"é\\u0000\"}".utf8),
        references: Array("[]".utf8), details: details.map { Array($0.utf8) })
}

private func contents(_ store: any Store) throws -> (rows: [ObjectRow], values: [String: [UInt8]]) {
    var rows: [ObjectRow] = []
    var values: [String: [UInt8]] = [:]
    _ = try store.load(object: { rows.append($0) }, value: { values[$0] = $1 }, change: { _ in })
    return (rows, values)
}

private func log(_ store: any Store) throws -> [ChangeRow] {
    var log: [ChangeRow] = []
    _ = try store.load(object: { _ in }, value: { _, _ in }, change: { log.append($0) })
    return log
}

@Suite struct StoreConformanceTests {
    @Test(arguments: StoreUnderTest.all) func beginsEmpty(engine: StoreUnderTest) throws {
        let folder = try TemporaryFolder()
        let store = try engine.open(folder)
        defer { store.close() }
        #expect(try contents(store).rows.isEmpty && contents(store).values.isEmpty)
    }

    @Test(arguments: StoreUnderTest.all) func keepsRowsInTheOrderOfTheirNumbers(engine: StoreUnderTest) throws {
        let folder = try TemporaryFolder()
        var open = try OpenStore(engine, folder)
        let rows = [row(3), row(1, details: "{\"a\":1}"), row(UInt64(Int64.max), "é\u{1F600}"), row(2)]
        try open.apply(rows.map(RowChange.put))
        #expect(try contents(open.store).rows == rows.sorted { $0.number < $1.number })
        open.store.close()
        let reopened = try engine.open(folder)
        defer { reopened.close() }
        #expect(try contents(reopened).rows == rows.sorted { $0.number < $1.number })
    }

    @Test(arguments: StoreUnderTest.all) func appliesChangesInTheirOrder(engine: StoreUnderTest) throws {
        let folder = try TemporaryFolder()
        var open = try OpenStore(engine, folder)
        defer { open.store.close() }
        try open.apply([
            .put(row(1)), .put(row(1, "y")), .put(row(2)), .remove(number: 2), .remove(number: 9), .put(row(3)), .remove(number: 3),
            .put(row(3, "z")),
        ])
        #expect(try contents(open.store).rows == [row(1, "y"), row(3, "z")])
        try open.apply([.put(row(1, "again", details: "{}"))])
        try open.apply([])
        #expect(try contents(open.store).rows == [row(1, "again", details: "{}"), row(3, "z")])
    }

    @Test(arguments: StoreUnderTest.all) func keepsValues(engine: StoreUnderTest) throws {
        let folder = try TemporaryFolder()
        var open = try OpenStore(engine, folder)
        try open.apply([
            .setValue(key: "a", value: Array("1".utf8)), .setValue(key: "é'\"", value: Array("\"x\"".utf8)), .setValue(key: "a", value: []),
        ])
        open.store.close()
        var reopened = try OpenStore(engine, folder)
        defer { reopened.store.close() }
        #expect(try contents(reopened.store).values == ["a": [], "é'\"": Array("\"x\"".utf8)])
        try reopened.apply([.removeValue(key: "a"), .removeValue(key: "none")])
        #expect(try contents(reopened.store).values.keys.sorted() == ["é'\""])
    }

    /// Also one row, and one transaction, larger than an engine takes in one piece.
    @Test(arguments: StoreUnderTest.all) func keepsMuch(engine: StoreUnderTest) throws {
        let folder = try TemporaryFolder()
        var open = try OpenStore(engine, folder)
        var large = row(1)
        large.properties = Array("{\"x\":\"".utf8) + [UInt8](repeating: UInt8(ascii: "y"), count: 3_000_000) + Array("\"}".utf8)
        try open.apply([.put(large)] + (2...3000).map { .put(row($0)) })
        let rows = try contents(open.store).rows
        #expect(rows.count == 3000 && rows.first == large)
        (open.store as? EtcdStore)?.keep()
        large.properties[10] = UInt8(ascii: "z")
        try open.apply([.put(large), .remove(number: 2)])
        open.store.close()
        let reopened = try engine.open(folder)
        defer { reopened.close() }
        let later = try contents(reopened).rows
        #expect(later.count == 2999 && later.first == large)
    }

    @Test(arguments: StoreUnderTest.all) func keepsTheLogInTheOrderOfItsRevisions(engine: StoreUnderTest) throws {
        let folder = try TemporaryFolder()
        var open = try OpenStore(engine, folder)
        var rows: [ChangeRow] = []
        for number in 1...9 as ClosedRange<UInt64> {
            let changes = [RowChange.put(row(number, "é\(number)"))]
            rows += logLines(changes, after: open.position.revision)
            try open.apply(changes)
        }
        (open.store as? EtcdStore)?.keep()
        #expect(try log(open.store) == Array(rows.suffix(StoreUnderTest.heldChanges)))
        open.store.close()
        let reopened = try OpenStore(engine, folder)
        defer { reopened.store.close() }
        #expect(try log(reopened.store) == Array(rows.suffix(StoreUnderTest.heldChanges)))
        #expect(reopened.position.revision == 9)
        #expect(try contents(reopened.store).rows.count == 9)
    }

    /// Who does not know the latest commit stores nothing.
    @Test(arguments: StoreUnderTest.all) func refusesACommitThatDoesNotFollow(engine: StoreUnderTest) throws {
        let folder = try TemporaryFolder()
        var open = try OpenStore(engine, folder)
        defer { open.store.close() }
        let old = open.position
        try open.apply([.put(row(1))])
        guard case .overtaken = try open.store.append(Commit(rows: [.setValue(key: "a", value: [])]), after: old) else {
            Issue.record("a commit was stored after another one than it was decided on")
            return
        }
        #expect(try contents(open.store).values.isEmpty)
        #expect(try open.store.commits(after: open.position).isEmpty)
    }

    @Test(arguments: StoreUnderTest.all) func refusesWorkAfterItsEnd(engine: StoreUnderTest) throws {
        let folder = try TemporaryFolder()
        let store = try engine.open(folder)
        store.close()
        store.close()
        #expect(throws: StoreError.self) { try store.append(Commit(rows: [.put(row(1))]), after: StorePosition()) }
        #expect(throws: StoreError.self) { try contents(store) }
    }

    // MARK: Shared engines

    @Test(arguments: StoreUnderTest.shared) func othersSeeWhatOneStores(engine: StoreUnderTest) throws {
        let folder = try TemporaryFolder()
        var (a, b) = (try OpenStore(engine, folder), try OpenStore(engine, folder))
        defer {
            a.store.close()
            b.store.close()
        }
        var commits: [Commit] = []
        for number in 1...40 as ClosedRange<UInt64> {
            let rows: [RowChange] = number % 3 == 0 ? [.setValue(key: "k", value: Array("\(number)".utf8))] : [.put(row(number))]
            let commit = Commit(rows: rows, log: logLines(rows, after: a.position.revision))
            commits.append(commit)
            try a.append(commit)
        }
        guard case .overtaken(let first) = try b.store.append(Commit(rows: [.put(row(1))], log: []), after: b.position) else {
            Issue.record("stored although another one had stored before")
            return
        }
        var seen = first
        for commit in first { b.position = b.position.after(commit) }
        while case let more = try b.store.commits(after: b.position), !more.isEmpty {
            for commit in more { b.position = b.position.after(commit) }
            seen += more
        }
        #expect(seen == commits && b.position == a.position)
        let more = Commit(rows: [.remove(number: 1)], log: logLines([.remove(number: 1)], after: b.position.revision))
        try b.append(more)
        #expect(try a.store.commits(after: a.position) == [more])
        // What comes into the checkpoint, and what is dropped of the log, changes nothing of what is loaded.
        let before = try contents(a.store)
        (b.store as? EtcdStore)?.keep()
        let after = try contents(a.store)
        #expect(before.rows == after.rows && before.values == after.values && !after.rows.isEmpty)
        do throws(StoreError) {
            _ = try a.store.commits(after: StorePosition())
            Issue.record("commits that were dropped are not missed")
        } catch {
            #expect(error.kind == .forgotten)
        }
    }

    /// Texts too large for one pair that were replaced, that belong to a commit that somebody else came before, or whose writer died.
    @Test(.enabled(if: EtcdProcess.isInstalled)) func largeTextsThatNothingNamesAreCollected() throws {
        let engine = try #require(StoreUnderTest.shared.first)
        let folder = try TemporaryFolder()
        var (a, b) = (try OpenStore(engine, folder), try OpenStore(engine, folder))
        defer {
            a.store.close()
            b.store.close()
        }
        let etcd = try #require(a.store as? EtcdStore)
        func large(_ letter: String) -> ObjectRow {
            var made = row(1)
            made.properties = Array("{\"x\":\"\(String(repeating: letter, count: 2_000_000))\"}".utf8)
            return made
        }
        func keys(_ place: String) throws -> [String] {
            let all = etcd.layout.all(place)
            let pairs = try etcd.call(EtcdRange(all.start, end: all.end, keysOnly: true).request).pairs
            return pairs.map { String(decoding: $0.key.dropFirst(etcd.layout.prefix.count), as: UTF8.self) }
        }
        try a.apply([.put(large("a"))])
        guard case .overtaken(let missed) = try b.store.append(Commit(rows: [.put(large("b"))]), after: b.position) else {
            Issue.record("two commits follow on the same one")
            return
        }
        for commit in missed { b.position = b.position.after(commit) }
        // A fold and a commit that were cut off: what they had written until then.
        let places = [etcd.layout.pieces(77, 1).start, etcd.layout.parts(1, "dead-1").start]
        for orphan in places.flatMap({ EtcdLayout.split([1], below: $0) }) {
            _ = try etcd.call(EtcdTransaction(if: [], then: [.put(orphan)]).request)
        }
        // Somebody is about to store the next commit.
        let next = EtcdLayout.split([1], below: etcd.layout.parts(2, "alive-1").start)
        for part in next { _ = try etcd.call(EtcdTransaction(if: [], then: [.put(part)]).request) }
        etcd.keep()
        let own = "/\(EtcdLayout.digits(1))/\(EtcdLayout.digits(1))/"
        #expect(try keys("pieces/").count == 3 && keys("pieces/").allSatisfy { $0.contains(own) })
        #expect(try keys("parts/").count == 4 && keys("parts/").filter { $0.contains("alive-1") }.count == 1)
        #expect(try contents(b.store).rows == [large("a")])
        // Replaced by one as large, then by a small one.
        try a.apply([.put(large("c"))])
        etcd.keep()
        #expect(try keys("pieces/").count == 3 && contents(b.store).rows == [large("c")])
        try a.apply([.put(row(1))])
        etcd.keep()
        #expect(try keys("pieces/").isEmpty && contents(b.store).rows == [row(1)])
        #expect(try keys("parts/").allSatisfy { !$0.contains("alive-1") })
    }

    @Test(arguments: StoreUnderTest.shared) func wakesThoseWhoFollow(engine: StoreUnderTest) async throws {
        let folder = try TemporaryFolder()
        var (a, b) = (try OpenStore(engine, folder), try OpenStore(engine, folder))
        defer {
            a.store.close()
            b.store.close()
        }
        let (wakes, continuation) = AsyncStream.makeStream(of: Void.self)
        b.store.follow { continuation.yield() }
        var seen: [Commit] = []
        var iterator = wakes.makeAsyncIterator()
        for number in 1...5 as ClosedRange<UInt64> {
            try a.apply([.put(row(number))])
            while seen.count < number {
                await iterator.next()
                for commit in try b.store.commits(after: b.position) {
                    seen.append(commit)
                    b.position = b.position.after(commit)
                }
            }
        }
        #expect(seen.flatMap(\.rows) == (1...5).map { .put(row($0)) })
    }
}

@Suite struct SQLiteStoreTests {
    private func failure(opening path: String) throws -> StoreError? {
        do throws(StoreError) {
            try SQLiteStore(path: path).close()
            return nil
        } catch {
            return error
        }
    }

    @Test func refusesFilesThatAreNotItsOwn() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/configuration.db"
        try Data("This is not a database, but it is long enough to be taken for one: \(String(repeating: "x", count: 4096))".utf8).write(
            to: URL(filePath: path))
        let garbage = try #require(try failure(opening: path))
        #expect(garbage.kind == .unusable && garbage.message.contains("not a database"))

        try FileManager.default.removeItem(atPath: path)
        let other = try SQLiteDatabase(path: path)
        try other.execute("CREATE TABLE songs (title TEXT)")
        other.close()
        let foreign = try #require(try failure(opening: path))
        #expect(foreign.kind == .unusable && foreign.message.contains("another program"))
    }

    @Test func refusesWhatANewerVersionWrote() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/configuration.db"
        try SQLiteStore(path: path).close()
        let database = try SQLiteDatabase(path: path)
        try database.execute("PRAGMA user_version = 99")
        database.close()
        let newer = try #require(try failure(opening: path))
        #expect(newer.kind == .unusable && newer.message.contains("newer version"))
    }

    /// Format 2 had no notes on who changed something.
    @Test func takesOverOlderFiles() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/configuration.db"
        let line = ChangeRow(revision: 1, kind: "create", uuid: row(1).uuid, type: "tag", name: Array("[\"a\"]".utf8))
        let old = try SQLiteStore(path: path)
        _ = try old.append(Commit(rows: [.put(row(1))], log: [line]), after: StorePosition())
        old.close()
        let database = try SQLiteDatabase(path: path)
        try database.execute("ALTER TABLE changes DROP COLUMN note; PRAGMA user_version = 2")
        database.close()
        var later = line
        (later.revision, later.note) = (2, Array("{\"user\":\"red\"}".utf8))
        for expected in [[line], [line, later]] {
            let store = try SQLiteStore(path: path)
            var lines: [ChangeRow] = []
            let position = try store.load(object: { _ in }, value: { _, _ in }, change: { lines.append($0) })
            #expect(lines == expected)
            if lines.count == 1 { _ = try store.append(Commit(rows: [.put(row(2))], log: [later]), after: position) }
            store.close()
        }
    }

    @Test func saysThatAFileIsDamaged() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/configuration.db"
        let store = try SQLiteStore(path: path)
        _ = try store.append(Commit(rows: (1...5_000).map { .put(row($0)) }), after: StorePosition())
        store.close()
        // Pages in the middle are overwritten: the head stays readable, the table does not.
        let file = try FileHandle(forUpdating: URL(filePath: path))
        for page in stride(from: 2, to: 200, by: 3) {
            try file.seek(toOffset: UInt64(page * 4096))
            try file.write(contentsOf: Data(repeating: 0xA5, count: 4096))
        }
        try file.close()
        let damaged = try SQLiteStore(path: path)
        defer { damaged.close() }
        do {
            _ = try contents(damaged)
            Issue.record("the damage was not noticed")
        } catch let error as StoreError {
            #expect(error.kind == .unusable && error.message.contains("damaged"), "\(error)")
        }
    }

    @Test func saysWhereItMayNotWrite() throws {
        let folder = try TemporaryFolder()
        let failure = try #require(try failure(opening: folder.path + "/missing/configuration.db"))
        #expect(failure.kind == .unusable && failure.message.contains("check the permissions"))
    }

    @Test func aDataFolderBelongsToOneServer() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/a/b/data"
        let directory = try DataDirectory(path)
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == 0o700)
        do {
            _ = try DataDirectory(path)
            Issue.record("two servers have one folder")
        } catch {
            #expect(error.kind == .busy && error.message.contains("in use by another server"))
        }
        directory.release()
        try DataDirectory(path).release()
        #expect(throws: StoreError.self) { try DataDirectory(directory.database) }
    }
}
