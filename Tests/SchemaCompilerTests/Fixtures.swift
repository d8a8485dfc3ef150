// What several suites need: where the repository lies, schemas held in memory, and a difference of two texts that can be read.

import Foundation
import SchemaCompiler
import Testing

let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

/// Files held in memory, by path.
struct TextSource: FileSource {
    var files: [String: String]

    func contents(of path: String) throws(FileFailure) -> [UInt8] {
        guard let text = files[path] else { throw FileFailure(reason: "No such file or directory") }
        return Array(text.utf8)
    }
}

/// The files below a folder, by their paths relative to it, so that what is said about them does not depend on the machine.
struct FolderSource: FileSource {
    let folder: URL

    func contents(of path: String) throws(FileFailure) -> [UInt8] {
        try DiskFileSource().contents(of: folder.appending(path: path).path)
    }
}

/// Our own dialect around some declarations.
func schema(_ declarations: String) -> String {
    """
    <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:tungsten:annotations">
    \(declarations)
    </xs:schema>

    """
}

/// The older dialect around some declarations and comments.
func olderSchema(_ declarations: String) -> String {
    """
    <xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema">
    \(declarations)
    </xsd:schema>

    """
}

/// The model of one file held in memory, and what was said about it.
func lowered(_ text: String, path: String = "net.xsd") -> (model: Model, findings: String) {
    let compiler = Compiler(source: TextSource(files: [path: text]))
    let model = compiler.configurationModel(files: [path])
    return (model, compiler.diagnostics.rendered())
}

/// The lines in which two texts differ, each with its number: `-` stands before what was expected, `+` before what came.
func difference(expected: String, actual: String) -> String {
    let old = expected.split(separator: "\n", omittingEmptySubsequences: false)
    let new = actual.split(separator: "\n", omittingEmptySubsequences: false)
    let lines = new.difference(from: old).map { change in
        switch change {
        case .remove(let offset, let line, _): (offset, 0, "  - \(offset + 1): \(line)")
        case .insert(let offset, let line, _): (offset, 1, "  + \(offset + 1): \(line)")
        }
    }
    return lines.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2).joined(separator: "\n")
}

/// Compares a text with the one kept in a file. With SCHEMAC_RECORD=1 the file is written anew, and the test fails all the same: a text
/// that nobody has read proves nothing.
func expectText(_ actual: String, in file: URL, sourceLocation: Testing.SourceLocation = #_sourceLocation) throws {
    if ProcessInfo.processInfo.environment["SCHEMAC_RECORD"] == "1" {
        let old = try? String(contentsOf: file, encoding: .utf8)
        if old != actual { try actual.write(to: file, atomically: true, encoding: .utf8) }
        Issue.record(
            "\(old == actual ? "kept" : "recorded") \(file.lastPathComponent): read it, and run again without SCHEMAC_RECORD",
            sourceLocation: sourceLocation)
        return
    }
    let expected = try String(contentsOf: file, encoding: .utf8)
    if actual != expected {
        Issue.record(
            """
            \(file.lastPathComponent) differs (- expected, + what came; SCHEMAC_RECORD=1 writes it anew):
            \(difference(expected: expected, actual: actual))
            """, sourceLocation: sourceLocation)
    }
}
