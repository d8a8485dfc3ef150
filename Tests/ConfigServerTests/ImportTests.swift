// What an import promises while it reads a file larger than the memory: all of it or nothing, whatever the file is and whenever it ends;
// and words that say where in the file the trouble is.

import Coding
import ConfigurationREST
import Foundation
import NetworkTypes
import Testing

@testable import ConfigServer
@testable import ConfigServerCore

private let replacing = {
    var options = ConfigurationDatabase.ImportOptions()
    options.replaces = true
    return options
}()

private func document(_ objects: [String], values: String = "") -> [UInt8] {
    Array(
        ("{\"format\": \"tungsten-configuration\", \"version\": 1, \"objects\": [\n"
            + "\(objects.joined(separator: ",\n"))\n], \"values\": [\(values)]}\n").utf8)
}

private func uuid(_ number: Int) -> String { String(format: "11111111-1111-4111-8111-%012d", number) }

private func machine(_ number: Int, references: String = "[]", more: String = "") -> String {
    "{\"number\": \(number), \"uuid\": \"\(uuid(number))\", \"type\": \"virtual-machine\", \"fq_name\": [\"m\(number)\"], "
        + "\"properties\": {}, \"references\": \(references)\(more)}"
}

@Suite struct ImportTests {
    @Test(arguments: [1, 7, 64, 1 << 20]) func piecesMayEndAnywhere(size: Int) throws {
        let folder = try TemporaryFolder()
        let database = try DatabaseUnderTest.sqlite.database(folder)
        let server = busyServer()
        let report = try database.importing(archive(server), pieces: size, .init())
        #expect(report.objects == server.rows.count && report.notes == [])
        let exported = try ConfigurationArchive(parsing: try database.exported())
        #expect(exported.rows == server.rows.sorted { $0.key < $1.key }.map(\.value))
    }

    /// Lines may have been sorted by hand.
    @Test(arguments: DatabaseUnderTest.all) func objectsMayComeInAnyOrder(engine: DatabaseUnderTest) throws {
        let server = busyServer()
        var lines = String(decoding: archive(server), as: UTF8.self).split(separator: "\n").map(String.init)
        let objects = lines.indices.filter { lines[$0].hasPrefix("{\"number\"") }
        let bare = objects.map { lines[$0].hasSuffix(",") ? String(lines[$0].dropLast()) : lines[$0] }
        for (index, text) in zip(objects, bare.reversed()) { lines[index] = text + (index == objects.last ? "" : ",") }
        let folder = try TemporaryFolder()
        let database = try engine.database(folder)
        let report = try database.importing(Array(lines.joined(separator: "\n").utf8), .init())
        #expect(report.objects == server.rows.count && report.notes == [], "\(report.notes)")
        let exported = try ConfigurationArchive(parsing: try database.exported())
        #expect(exported.rows == server.rows.sorted { $0.key < $1.key }.map(\.value))
    }

    @Test(arguments: DatabaseUnderTest.all) func aTornFileChangesNothing(engine: DatabaseUnderTest) throws {
        let folder = try TemporaryFolder()
        let database = try engine.database(folder)
        _ = try database.importing(archive(busyServer()), .init())
        let before = try database.exported()
        let text = document((1...40).map { machine($0) }, values: "[\"a\", \"b\"]")
        let step = engine.testDescription == "sqlite" ? 61 : 577
        for length in stride(from: 0, to: text.count - 2, by: step) {
            let refusal = database.refusal(importing: Array(text[..<length]), pieces: 97, replacing)
            #expect(refusal?.contains("the file cannot be read: line ") == true, "\(length): \(refusal ?? "imported")")
        }
        #expect(try database.exported() == before)
        #expect(try database.importing(text, replacing).objects == 40)
    }

    @Test(arguments: DatabaseUnderTest.all) func everythingThatIsWrongIsNamed(engine: DatabaseUnderTest) throws {
        let folder = try TemporaryFolder()
        let database = try engine.database(folder)
        _ = try database.importing(archive(busyServer()), .init())
        let before = try database.exported()
        var objects = (1...300).map { machine($0) }
        // Where the text is wrong, nothing after it is looked at.
        objects[150] = machine(151).replacing("\"m151\"", with: "\"m151")
        let torn = database.refusal(importing: document(objects), replacing)
        #expect(torn?.contains("line 152, byte ") == true, "\(torn ?? "imported")")
        objects[150] = machine(151, more: ", \"colour\": 1")
        let odd = database.refusal(importing: document(objects), replacing)
        #expect(odd?.contains("objects[150]") == true && odd?.contains("no member 'colour'") == true, "\(odd ?? "imported")")
        // Whatever else is wrong, all of it is told.
        objects[150] = machine(151, references: "[[\"tag\", \"\(uuid(999))\", 500, false, null]]")
        objects[151] = machine(152).replacing("\"m152\"", with: "\"m7\"")
        objects[152] = machine(153).replacing(uuid(153), with: uuid(9))
        objects[153] = machine(154, more: ", \"parent\": \"\(uuid(998))\"")
        objects[154] = machine(155).replacing("\"properties\": {}", with: "\"properties\": []")
        objects[155] = machine(156).replacing("\"number\": 156", with: "\"number\": 20")
        let refusal = try #require(database.refusal(importing: document(objects, values: "[\"k\", 1]"), replacing))
        for words in [
            "virtual-machine \(uuid(151)) (m151): it refers to the tag \(uuid(999)), which is missing",
            "virtual-machine \(uuid(152)) (m7): it has the name of virtual-machine \(uuid(7)) (m7)",
            "virtual-machine \(uuid(9)) (m153): it has the UUID of virtual-machine \(uuid(9)) (m9)",
            "virtual-machine \(uuid(154)) (m154): it is an orphan: its parent \(uuid(998)) is missing",
            "virtual-machine \(uuid(155)) (m155): its properties are not a JSON object", "its number 20 occurs twice",
        ] {
            #expect(refusal.contains(words), "\(words) is not in \(refusal)")
        }
        #expect(refusal.split(separator: "\n").count == 7, "\(refusal)")
        #expect(try database.exported() == before)
    }

    /// An object that refers to a later one, and one in each other's references.
    @Test func referencesMayLeadForward() throws {
        let folder = try TemporaryFolder()
        let database = try DatabaseUnderTest.sqlite.database(folder)
        let reference = "[[\"virtual-machine\", \"\(uuid(3))\", 10, false, null]]"
        let report = try database.importing(document([machine(1, references: reference), machine(2), machine(3)]), .init())
        #expect(report.objects == 3)
        // Numbers that tell references apart.
        let twice = "[[\"virtual-machine\", \"\(uuid(3))\", 10, false, null], [\"virtual-machine\", \"\(uuid(3))\", 10, false, null]]"
        let refusal = database.refusal(importing: document([machine(1, references: twice), machine(3)]), replacing)
        #expect(refusal?.contains("the number 10 of a reference is also one of") == true, "\(refusal ?? "imported")")
    }

    /// What the disk has in the middle of an import is what a kill at that moment leaves.
    @Test func aKillInTheMiddleLeavesTheOldData() throws {
        let folder = try TemporaryFolder()
        let database = try DatabaseUnderTest.sqlite.database(folder)
        _ = try database.importing(archive(busyServer()), .init())
        let before = try database.exported()
        // So many that SQLite's cache does not hold them.
        let name = "{\"display_name\": \"\(String(repeating: "x", count: 700))\"}"
        let text = document((1...6000).map { machine($0).replacing("{}", with: name) })
        var rest = text[...]
        var copies = 0
        let source: DocumentReader.Source = { () throws(StoreError) in
            if rest.count < text.count / 4 || rest.count < text.count / 2 && copies == 0 {
                copies += 1
                do {
                    let copy = folder.path + "/copy\(copies)"
                    try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: true)
                    for file in try FileManager.default.contentsOfDirectory(atPath: folder.path + "/data") where file.contains(".db") {
                        guard !file.hasSuffix("-shm") else { continue }
                        try FileManager.default.copyItem(atPath: folder.path + "/data/" + file, toPath: copy + "/" + file)
                    }
                } catch { throw StoreError(.failed, "\(error)") }
            }
            defer { rest = rest.dropFirst(1 << 20) }
            return Array(rest.prefix(1 << 20))
        }
        #expect(try database.importing(source, replacing).objects == 6000)
        #expect(copies > 1)
        let log = try FileManager.default.attributesOfItem(atPath: folder.path + "/copy\(copies)/configuration.db-wal")[.size] as? Int ?? 0
        #expect(log > 1 << 18, "nothing of the import was on the disk yet")
        for number in 1...copies {
            let path = folder.path + "/copy\(number)"
            // As the next start of a server does: the log is read.
            let store = try SQLiteStore(path: path + "/configuration.db")
            store.close()
            let left = ConfigurationDatabase(.sqlite, dataDirectory: path, ConfigurationResources.catalogue)
            #expect(try left.exported() == before)
        }
    }

    @Test(.enabled(if: EtcdProcess.isInstalled)) func whoReadsAnEtcdMeanwhileSeesTheOldData() throws {
        let engine = try #require(DatabaseUnderTest.all.last)
        let folder = try TemporaryFolder()
        let database = try engine.database(folder)
        _ = try database.importing(archive(busyServer()), .init())
        let before = try database.exported()
        let etcd = EtcdStore([try EtcdProcess.common.get().address], prefix: "/db" + folder.path)
        defer { etcd.close() }
        func bases() throws -> Int {
            let all = etcd.layout.bases
            return Set(try etcd.call(EtcdRange(all.start, end: all.end, keysOnly: true).request).pairs.map { etcd.layout.base(of: $0.key) })
                .count
        }
        #expect(try bases() == 1)
        let text = document((1...900).map { machine($0) })
        var rest = text[...]
        var looks = 0
        func source(_ atEnd: @escaping () throws -> [UInt8]) -> DocumentReader.Source {
            { () throws(StoreError) in
                defer { rest = rest.dropFirst(20_000) }
                do {
                    if rest.count < text.count / 2, looks < 2 {
                        looks += 1
                        #expect(try database.exported() == before)
                        #expect(try bases() == 2)
                        if looks == 2 { return try atEnd() }
                    }
                } catch let error as StoreError { throw error } catch { throw StoreError(.failed, "\(error)") }
                return Array(rest.prefix(20_000))
            }
        }
        // The file cannot be read any more: what was written is deleted.
        #expect(throws: StoreError.self) {
            _ = try database.importing(source { throw StoreError(.failed, "the disk is gone") }, replacing)
        }
        #expect(looks == 2)
        #expect(try database.exported() == before)
        #expect(try bases() == 1)
        // Another import while one is going on: the later one counts, and the earlier one says so.
        (rest, looks) = (text[...], 0)
        #expect {
            _ = try database.importing(
                source {
                    _ = try database.importing(document([machine(1), machine(2)]), replacing)
                    rest = text.suffix(4)
                    return Array(text.dropFirst(text.count - rest.count - 1).prefix(1))
                }, replacing)
        } throws: { _ in true }
        #expect(try ConfigurationArchive(parsing: try database.exported()).rows.count == 2)
        #expect(try bases() == 1)
    }

    /// Servers on an etcd find that it holds something else now.
    @Test(.enabled(if: EtcdProcess.isInstalled)) func serversFollowAnImport() async throws {
        let engine = try #require(DatabaseUnderTest.all.last)
        let folder = try TemporaryFolder()
        let choice = try engine.choice(folder)
        let running = try await RunningServer.start(in: folder) { $0.store = choice }
        let client = try running.connect()
        let database = try engine.database(folder)
        // Larger than one pair of etcd.
        let large = machine(2).replacing(
            "\"properties\": {}", with: "\"properties\": {\"display_name\": \"\(String(repeating: "é", count: 600_000))\"}")
        let report = try database.importing(document([machine(1), large]), replacing)
        #expect(report.removed > 0 && report.objects == 2)
        var status = 0
        let end = Date(timeIntervalSinceNow: 30)
        while status != 200, Date() < end {
            client.write("GET /virtual-machine/\(uuid(2)) HTTP/1.1\r\nHost: a\r\n\r\n")
            status = try client.readReply().status
            if status != 200 { try await Task.sleep(for: .milliseconds(10)) }
        }
        #expect(status == 200)
        // And goes on from there.
        let body = #"{"virtual-machine": {"fq_name": ["made-after"]}}"#
        client.write("POST /virtual-machines HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
        let reply = try client.readReply()
        #expect(reply.status == 200, "\(reply.body)")
        #expect(UInt64(reply.headers["x-configuration-revision"] ?? "") ?? 0 > report.revision)
        let shown = try ConfigurationArchive(parsing: try database.exported())
        #expect(shown.rows.count > 3 && shown.rows.last?.name == Array("[\"made-after\"]".utf8))
        #expect(try database.check().findings.all == [])
        try await running.server.stop()
    }
}
