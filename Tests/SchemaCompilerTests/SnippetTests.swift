// Small schemas, and all that each backend makes of them. Snippets/NAME.xsd is compiled; the files that a backend makes are kept, one below
// the other, as Snippets/NAME.BACKEND.txt.

import Foundation
import Testing

@testable import SchemaCompiler

@Suite struct SnippetTests {
    private static let folder = repository.appending(path: "Tests/SchemaCompilerTests/Snippets")
    private static let names = ["objects", "types", "names", "older"]
    private static let backends = ["swift-model", "swift-rest", "swift-client", "swift-graph", "swift-dictionary", "python"]

    @Test(arguments: names, backends) func aSchemaBecomesTheExpectedText(_ name: String, _ backend: String) throws {
        let compiler = Compiler(source: FolderSource(folder: Self.folder))
        let outputs = compiler.outputs(of: [try #require(Backend.named(backend))], files: ["\(name).xsd"])
        #expect(compiler.diagnostics.rendered() == "")
        var text = ""
        for output in try #require(outputs).sorted(by: { $0.path < $1.path }) {
            text += "======== \(output.path)\n\(String(decoding: output.bytes, as: UTF8.self))"
        }
        try expectText(text, in: Self.folder.appending(path: "\(name).\(backend).txt"))
    }

    @Test func everyTextBelongsToASchemaAndABackend() throws {
        let expected = Self.names.flatMap { name in ["\(name).xsd"] + Self.backends.map { "\(name).\($0).txt" } }
        #expect(try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).sorted() == expected.sorted())
    }
}
