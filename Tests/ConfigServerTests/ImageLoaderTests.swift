// How an image comes out of rows: the same whatever their spelling, and with an error that names the object where they are damaged.

import Coding
import NetworkTypes
import Testing

@testable import ConfigServer
@testable import ConfigServerCore

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
        ObjectRow(
            number: number, uuid: UUIDValue(high: number, low: .max), type: type, name: Array("[\"n\(number)\"]".utf8), parent: nil,
            properties: Array("{}".utf8), references: Array("[]".utf8), details: nil)
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

    // MARK: References

    /// How the written spelling is read, and any other: the same references come of it.
    @Test func everySpellingOfReferencesReadsTheSame() throws {
        let target = Identity(uuid: root(7).uuid, type: 3, name: root(7).name, parent: nil, number: 7)
        let uuid = target.uuid.description
        let written = #"[["tag","\#(uuid)",12,false,null],["tag","\#(uuid)",1234567890123456789,true,{"a":[1,"]}",{}],"b":"\""}]]"#
        let spellings = [
            written, written.replacing(",", with: " , "), written.replacing("[[", with: "[ [").replacing("tag", with: "\\u0074ag"),
            written.replacing(uuid, with: uuid.uppercased()), written.replacing(uuid, with: uuid.replacing("-", with: "")),
        ]
        for spelling in spellings {
            var stored = root(1)
            stored.references = Array(spelling.utf8)
            let references = try stored.references { $0 == target.uuid ? .object(target) : .missing }
            #expect(references.map(\.number) == [12, 1_234_567_890_123_456_789], "\(spelling)")
            #expect(references.map(\.isRelaxed) == [false, true])
            #expect(references.allSatisfy { $0.target === target })
            #expect(references.first?.data == nil)
            let data = references.last?.data.map { String(decoding: $0, as: UTF8.self) }
            #expect(data?.replacing(" , ", with: ",").replacing(" ", with: "") == #"{"a":[1,"]}",{}],"b":"\""}"#)
            #expect(try stored.references { _ in .unseen }.isEmpty)
            #expect(throws: StoreError.self) { try stored.references { _ in .missing } }
        }
    }

    /// Text that was cut off or changed anywhere is an error, or references that it does say; never a crash.
    @Test func damagedReferencesEndInAnError() {
        let target = Identity(uuid: root(7).uuid, type: 3, name: root(7).name, parent: nil, number: 7)
        let written = Array(#"[["tag","\#(target.uuid)",12,false,{"a":"b"}],["tag","\#(target.uuid)",13,true,null]]"#.utf8)
        for end in 1..<written.count {
            var stored = root(1)
            stored.references = Array(written[..<end])
            #expect(throws: StoreError.self) { try stored.references { _ in .object(target) } }
            for byte in [UInt8(ascii: "\""), UInt8(ascii: "["), 0, 0xFF] {
                stored.references = written
                stored.references[end] = byte
                _ = try? stored.references { _ in .object(target) }
                _ = try? stored.checkedReferences { _, _ in .object(target) }
            }
        }
    }

    /// One that comes later is found all the same.
    @Test func referencesMayLeadToWhatComesLater() throws {
        var early = root(1)
        early.references = Array(#"[["virtual-machine","\#(root(5).uuid)",6,false,null]]"#.utf8)
        var loader = ImageLoader(types)
        for row in [early, root(5)] { try loader.add(row) }
        let image = try loader.finish()
        #expect(image.state(early.uuid)?.references.map(\.target.number) == [5])
        #expect(image.lastNumber == 6)
    }

    // MARK: Tables and order

    @Test func theTableFindsWhatWentIn() {
        var table = IdentityTable()
        func identity(_ number: UInt64) -> Identity {
            // Neighbours that differ in few bits, as UUIDs made by counting do.
            Identity(uuid: UUIDValue(high: number / 4, low: number % 4), type: 0, name: [], parent: nil, number: number)
        }
        var inserted = 0
        for number in 1...5000 as ClosedRange<UInt64> where table.insert(identity(number)) { inserted += 1 }
        #expect(inserted == 5000)
        for number in 1...5000 as ClosedRange<UInt64> {
            #expect(table[identity(number).uuid]?.number == number)
            if table.insert(identity(number)) { inserted += 1 }
        }
        #expect(inserted == 5000)
        #expect(table.count == 5000)
        #expect(table[UUIDValue(high: .max, low: 0)] == nil)
        #expect(table[.zero] == nil)
    }

    /// Names that begin alike, one of which another begins with, and types in between.
    @Test func shortKeysOrderNamesAsTheirBytesDo() throws {
        var random = SequenceGenerator(seed: 7)
        let words = ["a", "ab", "network", "network-1", "network-10", "network-2", "\u{e9}", ""]
        var entries: [NameEntry] = []
        for number in 1...3000 as ClosedRange<UInt64> {
            let name = (0..<3).map { _ in words.randomElement(using: &random) ?? "" } + ["\(number % 977)"]
            entries.append(
                NameEntry(
                    identity: Identity(
                        uuid: .zero, type: TypeNumber(number % 3), name: FullyQualifiedName.json(["domain"] + name), parent: nil,
                        number: number)))
        }
        var unique: [NameEntry] = []
        for entry in entries.sorted() where unique.last != entry { unique.append(entry) }
        let index = try SortedIndex(unique.shuffled(using: &random)) { _ in "twice" }
        var sorted: [NameEntry] = []
        index.forEach { entry in
            sorted.append(entry)
            return true
        }
        #expect(sorted.map(\.identity.number) == unique.map(\.identity.number))
        #expect(throws: StoreError.self) { try SortedIndex(unique + unique.prefix(1)) { _ in "twice" } }
    }

    // MARK: Two threads

    @Test func theLineEndsWithTheFirstErrorOfEitherSide() throws {
        func load(_ count: UInt64, _ failing: UInt64? = nil, damaged: UInt64? = nil) throws -> Image {
            try LoadingLine.load(types) { object, value throws(StoreError) in
                for number in 1...count {
                    if number == failing { throw StoreError(.failed, "the disk is gone") }
                    var row = root(number)
                    if number == damaged { row.properties = [] }
                    try object(row)
                }
                try value("key", Array("1".utf8))
            }.image
        }
        let image = try load(5000)
        #expect(image.objectCount == 5000)
        #expect(image.value("key") == Array("1".utf8))
        #expect(throws: StoreError.self) { try load(5000, 1) }
        #expect(throws: StoreError.self) { try load(5000, 4000) }
        for damaged in [1, 2, 4999, 5000] as [UInt64] {
            do {
                _ = try load(5000, damaged: damaged)
                Issue.record("a damaged row was taken")
            } catch { #expect("\(error)".contains("not a JSON object")) }
        }
    }
}
