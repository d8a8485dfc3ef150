// The output is a function of the bytes of the schema: not of where its files lie, of the order in which they are named, or of the run.

import Foundation
import Testing

@testable import SchemaCompiler

@Suite struct DeterminismTests {
    private static let backends = Backend.all.filter { if case .configuration = $0.generate { true } else { false } }

    /// The project's own schema, by file name.
    private func files() throws -> [String: String] {
        let folder = repository.appending(path: "Schema/Configuration")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".xsd") }
        return try Dictionary(uniqueKeysWithValues: names.map { ($0, try String(contentsOf: folder.appending(path: $0), encoding: .utf8)) })
    }

    private func made(_ files: [String: String], _ order: [String], below folder: String = "") throws -> [String: Bytes] {
        let moved = Dictionary(uniqueKeysWithValues: files.map { (folder + $0.key, $0.value) })
        let compiler = Compiler(source: TextSource(files: moved))
        let outputs = try #require(compiler.outputs(of: Self.backends, files: order.map { folder + $0 }))
        #expect(outputs.count > 100)
        return Dictionary(uniqueKeysWithValues: outputs.map { ($0.path, $0.bytes) })
    }

    private func expectSame(_ one: [String: Bytes], _ other: [String: Bytes]) {
        #expect(one.keys.sorted() == other.keys.sorted())
        for (path, bytes) in one.sorted(by: { $0.key < $1.key }) where other[path] != bytes {
            Issue.record(
                "\(path) differs:\n\(difference(expected: String(decoding: bytes, as: UTF8.self), actual: String(decoding: other[path] ?? Bytes(), as: UTF8.self)).prefix(2_000))"
            )
            return
        }
    }

    @Test func outputDependsOnTheBytesOfTheSchemaAlone() throws {
        let files = try files()
        let names = files.keys.sorted()
        expectSame(try made(files, names), try made(files, names.reversed() + names, below: "/some/where/else/"))
    }

    @Test func findingsDoNotDependOnTheOrderOfFilesEither() {
        let files = [
            "a.xsd": schema("<xs:element name=\"network\" type=\"IdentityType\"/>"),
            "b.xsd": schema("<xs:include schemaLocation=\"c.xsd\"/><xs:element name=\"network\" type=\"IdentityType\"/>"),
            "c.xsd": schema("<xs:element name=\"mtu\" type=\"xs:integr\"/>"),
        ]
        let orders = [["a.xsd", "b.xsd"], ["b.xsd", "a.xsd"], ["c.xsd", "b.xsd", "a.xsd"]]
        let findings = orders.map { order in
            let compiler = Compiler(source: TextSource(files: files))
            _ = compiler.configurationModel(files: order)
            return compiler.diagnostics.rendered()
        }
        #expect(findings[0].contains("b.xsd:2:49: error: network is declared twice [duplicate]"), "\(findings[0])")
        #expect(findings[1] == findings[0])
        #expect(findings[2] == findings[0])
    }

    /// What a schema's files are called in the middle of a path must not matter either.
    @Test func aFileIsReadOnceUnderAllItsNames() throws {
        let files = ["a/net.xsd": schema("<xs:include schemaLocation=\"../b/./../b/types.xsd\"/>"), "b/types.xsd": schema("")]
        let compiler = Compiler(source: TextSource(files: files))
        let model = compiler.configurationModel(files: ["./a//net.xsd", "b/types.xsd", "a/../a/net.xsd"])
        #expect(compiler.diagnostics.rendered() == "")
        #expect(model.files.map(\.name).sorted() == ["net", "types"])
    }
}
