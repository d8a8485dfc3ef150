// Files are replaced as a whole or not at all, names stay inside the folder, and what the disk refuses is neither lost nor fatal.

import Foundation
import Glibc
import NIOPosix
import Synchronization
import Testing

@testable import Agent

@Suite struct FileStoreTests {
    private let folder = TemporaryFolder()

    private func content(_ store: FileStore) -> [String: [UInt8]] {
        store.load().reduce(into: [:]) { $0[$1.name] = try? $1.content.get() }
    }

    @Test func whatIsWrittenIsReadByTheNextAgent() throws {
        let first = try FileStore(folder.path + "/made/on/the/way")
        #expect(
            first.apply([
                .write(name: "numbers.json", [1]), .write(name: "ports/a", [2]), .write(name: "ports/vm/b", [3]),
                .write(name: "ports/c", [4]), .write(name: "numbers.json", [5]), .remove(name: "ports/c"), .remove(name: "ports/d"),
                .remove(name: "nowhere/e"),
            ]) == [])
        first.release()
        let second = try FileStore(folder.path + "/made/on/the/way")
        #expect(content(second) == ["numbers.json": [5], "ports/a": [2], "ports/vm/b": [3]])
        second.release()
    }

    @Test(arguments: ["", ".", "..", "../x", "a/../b", "/etc/x", "a//b", "a/", ".hidden", "ports/.x.tmp", "a b", "a\u{0}b", "ä"])
    func namesThatCouldLeadElsewhereAreRefused(name: String) throws {
        let store = try FileStore(folder.path + "/data")
        defer { store.release() }
        let failures = store.apply([.write(name: name, [1]), .remove(name: name), .write(name: "fine", [2])])
        #expect(failures.map(\.change) == [.write(name: name, [1]), .remove(name: name)])
        #expect(content(store) == ["fine": [2]])
        #expect(folder.names() == ["data"])
    }

    @Test func whatACrashLeftHalfWrittenGoesAtTheNextStart() throws {
        let first = try FileStore(folder.path)
        #expect(first.apply([.write(name: "ports/a", [1])]) == [])
        first.release()
        for name in ["/.numbers.json.tmp", "/ports/.a.tmp", "/ports/.b.tmp"] {
            #expect(FileManager.default.createFile(atPath: folder.path + name, contents: Data([9])))
        }
        let second = try FileStore(folder.path)
        defer { second.release() }
        #expect(content(second) == ["ports/a": [1]])
        #expect(folder.names() == ["agent.lock", "ports"])
        #expect(folder.names(in: "ports") == ["a"])
    }

    @Test func aReaderNeverSeesHalfAFile() async throws {
        let store = try FileStore(folder.path)
        defer { store.release() }
        let versions = (0..<2).map { [UInt8](repeating: $0, count: 100_000 + Int($0) * 50_000) }
        #expect(store.apply([.write(name: "a", versions[0])]) == [])
        let isOver = Atomic(false)
        let path = folder.path + "/a"
        let reader = Task.detached {
            var seen: Set<[UInt8]> = []
            while !isOver.load(ordering: .relaxed) { seen.insert(FileManager.default.contents(atPath: path).map { Array($0) } ?? []) }
            return seen
        }
        for round in 1...200 { #expect(store.apply([.write(name: "a", versions[round % 2])]) == []) }
        isOver.store(true, ordering: .relaxed)
        #expect(await reader.value.isSubset(of: Set(versions)))
    }

    @Test func aFileThatCannotBeReplacedStays() throws {
        let store = try FileStore(folder.path)
        defer { store.release() }
        #expect(store.apply([.write(name: "ports/a/b", [1])]) == [])
        let failures = store.apply([.write(name: "ports/a", [2]), .write(name: "ports/c", [3]), .remove(name: "ports/a")])
        #expect(failures.map(\.change) == [.write(name: "ports/a", [2]), .remove(name: "ports/a")])
        #expect(failures[0].reason.contains("Is a directory"))
        #expect(content(store) == ["ports/a/b": [1], "ports/c": [3]])
        #expect(folder.names(in: "ports") == ["a", "c"])
    }

    @Test func whatIsNoFileOfOursIsReportedAndLeft() throws {
        try FileManager.default.createSymbolicLink(atPath: folder.path + "/link", withDestinationPath: "/etc/passwd")
        #expect(mkfifo(folder.path + "/pipe", 0o600) == 0)
        #expect(FileManager.default.createFile(atPath: folder.path + "/a name", contents: Data([1])))
        let store = try FileStore(folder.path)
        defer { store.release() }
        let loaded = store.load()
        #expect(loaded.map(\.name) == ["a name", "link", "pipe"])
        for file in loaded { #expect((try? file.content.get()) == nil) }
        #expect(folder.names() == ["a name", "agent.lock", "link", "pipe"])
    }

    @Test func aFolderIsForOneAgent() throws {
        let first = try FileStore(folder.path)
        #expect { try FileStore(folder.path) } throws: { "\($0)".contains("in use by another agent") }
        first.release()
        try FileStore(folder.path).release()
    }

    @Test func aFileInTheWayOfTheFolderIsNamed() throws {
        #expect(FileManager.default.createFile(atPath: folder.path + "/file", contents: nil))
        #expect { try FileStore(folder.path + "/file") } throws: { "\($0)".contains("is not a folder") }
    }
}

@Suite struct FileKeeperTests {
    @Test func whatTheDiskRefusedIsOwedUntilItTakesIt() async throws {
        let folder = TemporaryFolder()
        let store = try FileStore(folder.path)
        let thread = NIOThreadPool(numberOfThreads: 1)
        thread.start()
        let keeper = try await OnLoop { FileKeeper(store, thread, on: $0, quiet) }
        func apply(_ changes: [FileStore.Change]) async throws {
            let isDone = Atomic(false)
            try await keeper.run { keeper in keeper.apply(changes) { isDone.store(true, ordering: .relaxed) } }
            try await eventually("the files are dealt with") { isDone.load(ordering: .relaxed) }
        }
        // A file where the folder should be: nothing can be written below it.
        #expect(FileManager.default.createFile(atPath: folder.path + "/ports", contents: nil))
        try await apply([.write(name: "ports/a", [1]), .write(name: "ports/b", [1]), .write(name: "numbers.json", [1])])
        #expect(try await keeper.run { $0.owesAnything })
        #expect(try await keeper.run { $0.refusal(below: "ports/")?.contains("is not a folder") } == true)
        #expect(try await keeper.run { $0.refusal(below: "numbers") } == nil)
        #expect(folder.bytes("numbers.json") == [1])
        // Of what is owed the last counts.
        try await apply([.write(name: "ports/a", [2]), .remove(name: "ports/b")])
        #expect(try await keeper.run { $0.owesAnything })
        try FileManager.default.removeItem(atPath: folder.path + "/ports")
        try await apply([])
        #expect(try await !keeper.run { $0.owesAnything })
        #expect(folder.names(in: "ports") == ["a"])
        #expect(folder.bytes("ports/a") == [2])
        try await thread.shutdownGracefully()
        store.release()
    }
}
