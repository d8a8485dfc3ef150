// Message definitions through the compiler: the project's own, wrong ones with the text that they are answered with, and damaged ones.

import Foundation
import SchemaCompiler
import Testing

private let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

/// The files below a folder, by their paths relative to it.
private struct FolderSource: FileSource {
    let folder: URL
    /// Contents in place of a file's own.
    var replaced: [String: [UInt8]] = [:]

    func contents(of path: String) throws(FileFailure) -> [UInt8] {
        if let bytes = replaced[path] { return bytes }
        do { return Array(try Data(contentsOf: folder.appending(path: path))) } catch {
            throw FileFailure(reason: "No such file or directory")
        }
    }
}

private func definitions(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: repository.appending(path: "Schema/\(folder)").path).filter { $0.hasSuffix(".xml") }
        .sorted()
}

private func outputs(_ backends: [String], _ folder: String, source: FolderSource? = nil) throws -> [OutputFile] {
    let compiler = Compiler(source: source ?? FolderSource(folder: repository.appending(path: "Schema/\(folder)")))
    let outputs = compiler.outputs(of: try backends.map { try #require(Backend.named($0)) }, files: try definitions(folder))
    #expect(compiler.diagnostics.rendered() == "")
    return try #require(outputs)
}

@Suite struct MessageDefinitionTests {
    // MARK: The project's own

    @Test func theCommittedCIsWhatTheSchemaGives() throws {
        let folder = repository.appending(path: "Runtime/Forwarder/messages")
        let made = try outputs(["c-forwarder"], "Forwarder")
        for file in made {
            let committed = try Data(contentsOf: folder.appending(path: file.path))
            #expect(
                file.bytes.elementsEqual(committed),
                "\(file.path) is stale: schemac compile --backend c-forwarder --out Runtime/Forwarder/messages Schema/Forwarder")
        }
        let there = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(there == made.map(\.path).sorted())
    }

    @Test(arguments: [("swift-sandesh", "Messages", "+Sandesh.swift"), ("swift-forwarder", "Forwarder", "+Forwarder.swift")])
    func thereIsOneSwiftFileForEachDefinitionFile(_ backend: String, _ folder: String, _ suffix: String) throws {
        let expected = try definitions(folder).map { $0.dropLast(4) + suffix }
        #expect(try outputs([backend], folder).map(\.path).sorted() == expected.map { String($0) })
    }

    /// Nothing but what is written in the files may decide what is made of them: not where they lie, nor in which order they are named.
    @Test func outputDependsOnTheBytesOfTheFilesAlone() throws {
        let source = FolderSource(folder: repository.appending(path: "Schema/Forwarder"))
        let names = try definitions("Forwarder")
        func made(_ names: [String], _ prefix: String) throws -> [String: Bytes] {
            var moved = FolderSource(folder: source.folder)
            for name in try definitions("Forwarder") { moved.replaced[prefix + name] = try source.contents(of: name) }
            let compiler = Compiler(source: moved)
            let backends = ["c-forwarder", "swift-forwarder"].compactMap(Backend.named)
            let outputs = try #require(compiler.outputs(of: backends, files: names.map { prefix + $0 }))
            return Dictionary(uniqueKeysWithValues: outputs.map { ($0.path, $0.bytes) })
        }
        let once = try made(names, "")
        #expect(try made(names, "some/where/else/") == once)
        let backwards = try made(names.reversed(), "")
        for (path, bytes) in once where !path.contains("family") { #expect(backwards[path] == bytes, "\(path)") }
    }

    @Test func definitionsOfTheOtherKindAreRefused() throws {
        let compiler = Compiler(source: FolderSource(folder: repository.appending(path: "Schema/Messages")))
        #expect(compiler.outputs(of: [try #require(Backend.named("c-forwarder"))], files: ["process.xml"]) == nil)
        #expect(compiler.diagnostics.rendered().contains("[not-a-definition]"))
    }

    @Test func aVersionSignatureFollowsWhatIsSentAndNothingElse() throws {
        func signature(_ text: String) throws -> Int32 {
            let source = FolderSource(folder: repository, replaced: ["a.xml": Array(text.utf8)])
            let compiler = Compiler(source: source)
            let model = compiler.sandeshModel(files: ["a.xml"])
            #expect(compiler.diagnostics.rendered() == "")
            return try #require(model.messages.first).versionSignature
        }
        func text(_ fields: String, _ prose: String = "Prose.") -> String {
            """
            <messages xmlns="urn:tungsten:messages"><documentation>\(prose)</documentation>
            <structure name="S"><documentation>S.</documentation>\(fields)</structure>
            <message name="M" kind="request"><documentation>\(prose)</documentation>
            <field number="1" name="s" type="S">\(prose)</field></message></messages>
            """
        }
        let field = "<field number=\"1\" name=\"a\" type=\"i32\">A.</field>"
        let base = try signature(text(field))
        #expect(try signature(text(field, "Other prose, in\nanother shape.")) == base)
        let others = [
            field.replacing("i32", with: "i64"), field.replacing("\"a\"", with: "\"b\""), field.replacing("\"1\"", with: "\"2\""),
            field.replacing("type", with: "presence=\"optional\" type"), field.replacing("type", with: "aggtype=\"sum\" type"),
            field + field.replacing("a\"", with: "b\"").replacing("\"1\"", with: "\"2\""),
        ]
        let signatures = try others.map { try signature(text($0)) }
        #expect(Set(signatures + [base]).count == others.count + 1)
    }

    // MARK: Wrong ones

    private static let wrong = repository.appending(path: "Tests/SchemaCompilerTests/Wrong/messages")

    private static var wrongNames: [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: wrong.path).filter { $0.hasSuffix(".xml") }.sorted()
        } catch {
            return ["\(error)"]
        }
    }

    /// Each wrong file is answered with the text beside it. With SCHEMAC_RECORD=1 the text is written anew, and the test fails all the same.
    @Test(arguments: wrongNames) func aWrongDefinitionIsAnsweredAsExpected(_ name: String) throws {
        let compiler = Compiler(source: FolderSource(folder: Self.wrong))
        _ = compiler.messageModels(files: [name])
        let text = Self.wrong.appending(path: name.dropLast(4) + ".txt")
        let rendered = compiler.diagnostics.rendered()
        if ProcessInfo.processInfo.environment["SCHEMAC_RECORD"] == "1" {
            try rendered.write(to: text, atomically: true, encoding: .utf8)
            Issue.record("recorded \(text.lastPathComponent): read it, and run again without SCHEMAC_RECORD")
        }
        #expect(compiler.diagnostics.failed, "\(name) was accepted")
        #expect(rendered == (try String(contentsOf: text, encoding: .utf8)))
    }

    /// Definitions with a few bytes changed: any outcome is good but a crash, and what is accepted can be compiled.
    @Test(arguments: [("Forwarder", ["c-forwarder", "swift-forwarder"]), ("Messages", ["swift-sandesh"])])
    func damagedDefinitionsAreRefusedOrCompiled(_ folder: String, _ backends: [String]) throws {
        var state: UInt64 = 0x5EED
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        let source = FolderSource(folder: repository.appending(path: "Schema/\(folder)"))
        let names = try definitions(folder)
        let words = ["u8", "0", "64", "65535", "4294967296", "structure", "</list>", "\"\"", "<retired number=\"1\">x</retired>", "-", "é"]
        var accepted = 0
        for _ in 0..<600 {
            let name = names[random(names.count)]
            var bytes = try source.contents(of: name)
            for _ in 0...random(3) {
                let place = random(bytes.count)
                switch random(4) {
                case 0: bytes[place] = UInt8(random(256))
                case 1: bytes.removeSubrange(place..<min(bytes.count, place + 1 + random(20)))
                case 2: bytes.insert(contentsOf: words[random(words.count)].utf8, at: place)
                default:
                    let start = random(bytes.count)
                    bytes.insert(contentsOf: bytes[start..<min(bytes.count, start + random(200))], at: place)
                }
            }
            var damaged = source
            damaged.replaced[name] = bytes
            let compiler = Compiler(source: damaged)
            let made = compiler.outputs(of: backends.compactMap(Backend.named), files: names)
            #expect((made == nil) == compiler.diagnostics.failed)
            if made != nil { accepted += 1 }
        }
        #expect(accepted > 0)
    }
}
