// Inputs too large or too deep to be kept as files. Each is refused early, with a text that says what to do, or read in bounded time.

import Foundation
import Testing

@testable import SchemaCompiler

@Suite(.timeLimit(.minutes(5))) struct UnusualInputTests {
    /// What is said about `files`, of which `root` is compiled.
    private func findings(_ files: [String: String], _ root: String = "net.xsd") -> String {
        let compiler = Compiler(source: TextSource(files: files))
        _ = compiler.configurationModel(files: [root])
        return compiler.diagnostics.rendered()
    }

    private func findings(_ text: String) -> String { findings(["net.xsd": text]) }

    @Test func aFileOfAHundredMegabytesIsNotReadToItsEnd() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).xsd").path
        #expect(FileManager.default.createFile(atPath: path, contents: Data(schema("").utf8)))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let handle = try #require(FileHandle(forWritingAtPath: path))
        try handle.truncate(atOffset: 100 << 20)
        try handle.close()
        let bytes = try DiskFileSource().contents(of: path)
        #expect(bytes.count == DocumentReader.maximumBytes + 1)
        let compiler = Compiler()
        _ = compiler.configurationModel(files: [path])
        #expect(
            compiler.diagnostics.rendered() == """
                \(path):1:1: error: the file is larger than 8 MiB [file-too-large]
                    <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:tungsten:annotations">
                    ^
                    hint: split the schema into files of related types and include them

                """)
    }

    @Test func aSchemaOfManyLargeFilesIsRefused() throws {
        let padding = "<!-- \(String(repeating: "x", count: 7 << 20)) -->"
        var files: [String: String] = [:]
        for index in 0..<20 { files["f\(index).xsd"] = schema(padding) }
        files["net.xsd"] = schema((0..<20).map { "<xs:include schemaLocation=\"f\($0).xsd\"/>\n" }.joined())
        #expect(
            findings(files) == """
                net.xsd:11:13: error: with f9.xsd the files are larger than 64 MiB together [schema-too-large]
                    <xs:include schemaLocation="f9.xsd"/>
                                ^
                    hint: name the files of one schema only

                """)
    }

    @Test(arguments: [101, 10_000, 1_000_000]) func deepNestingIsRefused(_ depth: Int) {
        let text = findings(schema(String(repeating: "<a>", count: depth)))
        #expect(
            text.hasPrefix("net.xsd:2:298: error: elements are nested more than 100 deep [too-deep]\n"), "\(text)")
        #expect(text.hasSuffix("    hint: a schema needs about ten levels\n"))
    }

    @Test(arguments: [65, 2_000]) func aDeepChainOfIncludesIsRefused(_ depth: Int) {
        var files: [String: String] = [:]
        for index in 0..<depth { files["f\(index).xsd"] = schema("<xs:include schemaLocation=\"f\(index + 1).xsd\"/>") }
        files["f\(depth).xsd"] = schema("")
        #expect(
            findings(files, "f0.xsd") == """
                f63.xsd:2:13: error: files include each other more than 64 deep [include-depth]
                    <xs:include schemaLocation="f64.xsd"/>
                                ^
                    hint: include the innermost files from the outermost one

                """)
    }

    /// Every file includes every later one: 2^60 paths, 60 files.
    @Test func aFileIsReadOnceHoweverManyWaysLeadToIt() {
        var files: [String: String] = [:]
        for index in 0..<60 {
            files["f\(index).xsd"] = schema((index + 1..<60).map { "<xs:include schemaLocation=\"f\($0).xsd\"/>" }.joined())
        }
        #expect(findings(files, "f0.xsd") == "")
    }

    @Test func anElementOfManyAttributesIsRefusedBeforeTheParserComparesThemAll() {
        let attributes = (0..<500_000).map { " a\($0)='='" }.joined()
        #expect(
            findings(schema("<xs:element\(attributes)/>")) == """
                net.xsd:2:1: error: an element has more than 100 attributes [too-many-attributes]
                    hint: a schema needs about ten; is a quotation mark missing?

                """)
        // Equals signs elsewhere are no attributes.
        let signs = String(repeating: "a=b ", count: 200)
        #expect(findings(schema("<!-- <a \(signs) -->")) == "")
        #expect(
            findings(schema("<xs:annotation><xs:documentation>\(signs)<![CDATA[<a \(signs)]]></xs:documentation></xs:annotation>")) == "")
    }

    @Test func thousandsOfUnknownNamesAreAnsweredInTime() {
        let objects = (0..<10_000).map { "<xs:element name=\"o\($0)\" type=\"IdentityType\"/>" }.joined(separator: "\n")
        let wrong = (0..<5_000).map {
            "<xs:element name=\"p\($0)\" type=\"Typ\($0)\"><xs:annotation><xs:appinfo><t:property of=\"q\($0)\"/></xs:appinfo></xs:annotation></xs:element>"
        }
        let text = findings(schema(objects + wrong.joined(separator: "\n")))
        #expect(text.contains("net.xsd:10001:"))
        #expect(text.hasSuffix(" more errors are not shown\nschemac: note: 14800 more warnings are not shown\n"), "\(text.suffix(200))")
        #expect(text.utf8.count < 200_000)
    }

    /// Unions that lead to one part on 2^40 ways.
    @Test func unionsOfUnionsDoNotMultiply() throws {
        let unions = (0..<30).map {
            "<xs:simpleType name=\"U\($0)\"><xs:union memberTypes=\"U\($0 + 1) U\($0 + 1) xs:integer\"/></xs:simpleType>"
        }
        let last =
            "<xs:simpleType name=\"U30\"><xs:restriction base=\"xs:string\"><xs:pattern value=\"a\"/></xs:restriction></xs:simpleType>"
        let (model, _) = lowered(schema(unions.joined(separator: "\n") + last))
        let union = try #require(model.simpleType("U0"))
        #expect(union.patterns == ["a"])
        #expect(union.unionScalars == [.integer])
    }

    @Test func backendsThatMakeTheSameFileAreRefused() {
        let compiler = Compiler(source: TextSource(files: ["net.xsd": schema("")]))
        let twice = [Backend.named("swift-graph"), Backend.named("swift-graph")].compactMap { $0 }
        #expect(compiler.outputs(of: twice, files: ["net.xsd"]) == nil)
        #expect(compiler.diagnostics.rendered().contains("[duplicate-output]\n    hint: compile them into different folders\n"))
    }
}
