// Wrong schemas, and the text that each is answered with. Wrong/NAME.xsd is compiled; what the compiler says is Wrong/NAME.txt, word for
// word: where (file, line, column), what is wrong, how to mend it. A folder Wrong/NAME/ holds what it includes.

import Foundation
import Testing

@testable import SchemaCompiler

@Suite struct WrongSchemaTests {
    private static let folder = repository.appending(path: "Tests/SchemaCompilerTests/Wrong")

    /// Names without `.xsd`. An unreadable folder is a case that fails, not a suite without cases.
    private static let names: [String] = {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".xsd") }
                .map { String($0.dropLast(4)) }.sorted()
        } catch {
            return ["\(error)"]
        }
    }()

    @Test(arguments: names) func aWrongSchemaIsAnsweredAsExpected(_ name: String) throws {
        let compiler = Compiler(source: FolderSource(folder: Self.folder))
        let outputs = compiler.outputs(of: Backend.all.filter(\.isCheap), files: ["\(name).xsd"])
        let text = compiler.diagnostics.rendered()
        #expect(!text.isEmpty, "\(name).xsd was accepted without a word")
        #expect((outputs == nil) == compiler.diagnostics.failed, "nothing is made exactly when there is an error")
        try expectText(text, in: Self.folder.appending(path: "\(name).txt"))
    }

    @Test func everyTextBelongsToASchema() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        let known = Set(Self.names + [".gitattributes", "messages"])
        for file in files {
            let name = file.hasSuffix(".txt") || file.hasSuffix(".xsd") ? String(file.dropLast(4)) : file
            #expect(known.contains(name), "Wrong/\(file) belongs to no schema")
        }
    }

    /// A finding whose text nobody has seen may be unclear or point at the wrong place.
    @Test func everyKindOfFindingIsProvoked() throws {
        // Said about inputs too large to be kept; see UnusualInputTests.
        let generated: Set<String> = [
            "cannot-read", "duplicate-output", "file-too-large", "include-depth", "schema-too-large", "too-deep", "too-many-attributes",
        ]
        var shown = generated
        for text in try Self.files(below: Self.folder, ending: ".txt") {
            shown.formUnion(text.matches(of: /\[([a-z0-9-]+)\]\n/).map { String($0.1) })
        }
        var known: Set<String> = []
        for source in try Self.files(below: repository.appending(path: "Generator/SchemaCompiler"), ending: ".swift") {
            let calls = source.matches(
                of: /(?:error|warning|complain|passOver|refuse|stop|note|finding|report)\(\s*"([a-z0-9]+(?:-[a-z0-9]+)*)",/)
            known.formUnion(calls.map { String($0.1) })
        }
        #expect(known.count > 50, "the pattern no longer finds the codes")
        #expect(known.subtracting(shown).sorted() == [], "no file in Wrong/ provokes these")
    }

    private static func files(below folder: URL, ending suffix: String) throws -> [String] {
        let names = try #require(FileManager.default.enumerator(atPath: folder.path))
        return try names.compactMap { $0 as? String }.filter { $0.hasSuffix(suffix) }.map {
            try String(contentsOf: folder.appending(path: $0), encoding: .utf8)
        }
    }
}

extension Backend {
    /// One that reads configuration schemas and takes next to no time.
    fileprivate var isCheap: Bool { name == "swift-graph" }
}
