// What any storage engine must do, run on every engine there is; and what the embedded one does with files that are not its own.

import ConfigServerCore
import Foundation
import NetworkTypes
import Testing

@testable import ConfigServer

/// An engine under test: opens its store anew on the same data each time.
struct StoreUnderTest: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let open: @Sendable (TemporaryFolder) throws -> any Store

    static let all = [StoreUnderTest(testDescription: "sqlite") { try SQLiteStore(path: $0.path + "/configuration.db") }]
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
    try store.load(object: { rows.append($0) }, value: { values[$0] = $1 }, change: { _ in })
    return (rows, values)
}

private func log(_ store: any Store) throws -> [ChangeRow] {
    var log: [ChangeRow] = []
    try store.load(object: { _ in }, value: { _, _ in }, change: { log.append($0) })
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
        let store = try engine.open(folder)
        let rows = [row(3), row(1, details: "{\"a\":1}"), row(UInt64(Int64.max), "é\u{1F600}"), row(2)]
        try store.apply(rows.map(RowChange.put))
        #expect(try contents(store).rows == rows.sorted { $0.number < $1.number })
        store.close()
        let reopened = try engine.open(folder)
        defer { reopened.close() }
        #expect(try contents(reopened).rows == rows.sorted { $0.number < $1.number })
    }

    @Test(arguments: StoreUnderTest.all) func appliesChangesInTheirOrder(engine: StoreUnderTest) throws {
        let folder = try TemporaryFolder()
        let store = try engine.open(folder)
        defer { store.close() }
        try store.apply([
            .put(row(1)), .put(row(1, "y")), .put(row(2)), .remove(number: 2), .remove(number: 9), .put(row(3)), .remove(number: 3),
            .put(row(3, "z")),
        ])
        #expect(try contents(store).rows == [row(1, "y"), row(3, "z")])
        try store.apply([.put(row(1, "again", details: "{}"))])
        try store.apply([])
        #expect(try contents(store).rows == [row(1, "again", details: "{}"), row(3, "z")])
    }

    @Test(arguments: StoreUnderTest.all) func keepsValues(engine: StoreUnderTest) throws {
        let folder = try TemporaryFolder()
        let store = try engine.open(folder)
        try store.apply([
            .setValue(key: "a", value: Array("1".utf8)), .setValue(key: "é'\"", value: Array("\"x\"".utf8)), .setValue(key: "a", value: []),
        ])
        store.close()
        let reopened = try engine.open(folder)
        defer { reopened.close() }
        #expect(try contents(reopened).values == ["a": [], "é'\"": Array("\"x\"".utf8)])
        try reopened.apply([.removeValue(key: "a"), .removeValue(key: "none")])
        #expect(try contents(reopened).values.keys.sorted() == ["é'\""])
    }

    @Test(arguments: StoreUnderTest.all) func keepsMuch(engine: StoreUnderTest) throws {
        let folder = try TemporaryFolder()
        let store = try engine.open(folder)
        defer { store.close() }
        var large = row(1)
        large.properties = Array("{\"x\":\"".utf8) + [UInt8](repeating: UInt8(ascii: "y"), count: 3_000_000) + Array("\"}".utf8)
        try store.apply([.put(large)] + (2...20_000).map { .put(row($0)) })
        let rows = try contents(store).rows
        #expect(rows.count == 20_000 && rows.first == large)
    }

    @Test(arguments: StoreUnderTest.all) func keepsTheLogInTheOrderOfItsRevisions(engine: StoreUnderTest) throws {
        let folder = try TemporaryFolder()
        let store = try engine.open(folder)
        let rows = (1...9).map { number in
            ChangeRow(
                revision: number, kind: "update", uuid: UUIDValue(high: number, low: 1), type: "tag", name: Array("[\"é\(number)\"]".utf8))
        }
        try store.apply(rows.shuffled().map(RowChange.log))
        try store.apply([.trimLog(through: 0), .trimLog(through: 6)])
        #expect(try log(store) == Array(rows.suffix(3)))
        // A revision is given once: the second is refused, and with it everything it came with.
        #expect(throws: StoreError.self) { try store.apply([.put(row(1)), .log(rows[8])]) }
        store.close()
        let reopened = try engine.open(folder)
        defer { reopened.close() }
        #expect(try log(reopened) == Array(rows.suffix(3)))
        #expect(try contents(reopened).rows.isEmpty)
    }

    @Test(arguments: StoreUnderTest.all) func refusesWorkAfterItsEnd(engine: StoreUnderTest) throws {
        let folder = try TemporaryFolder()
        let store = try engine.open(folder)
        store.close()
        store.close()
        #expect(throws: StoreError.self) { try store.apply([.put(row(1))]) }
        #expect(throws: StoreError.self) { try contents(store) }
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

    @Test func saysThatAFileIsDamaged() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/configuration.db"
        let store = try SQLiteStore(path: path)
        try store.apply((1...5_000).map { .put(row($0)) })
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

@Suite struct ImageLoaderTests {
    private let types = TestServer().service.types

    private func failure(_ rows: [ObjectRow]) throws -> String? {
        var loader = ImageLoader(types)
        do throws(StoreError) {
            for row in rows { try loader.add(row) }
            _ = try loader.finish()
            return nil
        } catch {
            #expect(error.kind == .unusable)
            return error.message
        }
    }

    private func root(_ number: UInt64, _ type: String = "virtual-machine") -> ObjectRow {
        var made = row(number, "n\(number)")
        made.type = type
        made.parent = nil
        return made
    }

    @Test func namesWhatIsDamaged() throws {
        var orphan = root(1)
        orphan.parent = .zero
        #expect(try failure([orphan])?.contains("its parent 00000000-0000-0000-0000-000000000000 is missing") == true)
        var twin = root(2)
        twin.uuid = root(1).uuid
        #expect(try failure([root(1), twin])?.contains("its UUID occurs twice") == true)
        var namesake = root(2)
        namesake.name = root(1).name
        #expect(try failure([root(1), namesake])?.contains("two objects have the name [\"n1\"]") == true)
        for references in [
            "[[", "[[1]]", #"[["tag","zz",1,false,null]]"#, #"[["tag","00000000-0000-0000-0000-000000000000",1,false,null]]"#, "{}x",
        ] {
            var broken = root(1)
            broken.references = Array(references.utf8)
            #expect(try failure([broken])?.contains("is damaged: ") == true, "\(references)")
        }
        var broken = root(1)
        broken.details = Array("{".utf8)
        #expect(try failure([broken]) != nil)
        broken = root(1)
        broken.properties = Array("[]x".utf8)
        #expect(try failure([broken])?.contains("not a JSON object") == true)
    }

    /// A schema that lost a type leaves its objects, and what is below them, where they are.
    @Test func typesThatTheSchemaLostStayUnseen() throws {
        var child = root(2)
        child.parent = root(1).uuid
        var referrer = root(3)
        referrer.references = Array("[[\"lost\",\"\(root(1).uuid)\",4,false,null]]".utf8)
        var loader = ImageLoader(types)
        for row in [root(1, "lost"), child, referrer, root(9, "lost")] { try loader.add(row) }
        #expect(loader.unknownTypes == ["lost": 2])
        #expect(try loader.finish().objectCount == 1)
    }
}
