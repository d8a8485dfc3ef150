// The house's arrows, held by a test: SwiftPM refuses an import outside a target's dependency tree but lets a transitive one through.

import Foundation
import Testing

private let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

/// The modules that the Swift files below a folder import, each with a file that does.
private func imports(below folder: String) throws -> [String: String] {
    var found: [String: String] = [:]
    let base = root.appending(path: folder)
    guard let files = FileManager.default.enumerator(atPath: base.path) else { return found }
    for case let name as String in files where name.hasSuffix(".swift") {
        for line in try String(contentsOf: base.appending(path: name), encoding: .utf8).split(separator: "\n") {
            let words = line.split(separator: " ")
            guard let index = words.firstIndex(of: "import"), index + 1 < words.count,
                words[..<index].allSatisfy({ $0.hasPrefix("@") || $0 == "internal" || $0 == "public" })
            else {
                continue
            }
            found[String(words[index + 1].split(separator: ".")[0])] = "\(folder)/\(name)"
        }
    }
    return found
}

@Suite struct ImportTests {
    /// What each room may import. A room that is not listed has no rule yet and fails the last test.
    static let rooms: [(folder: String, allowed: Set<String>)] = [
        ("Generator/SchemaCompiler", ["CLibXML2", "Glibc"]),
        ("Generator/schemac", ["SchemaCompiler", "ArgumentParser", "Glibc"]),
        ("Runtime/Foundations/Coding", []),
        ("Runtime/Foundations/NetworkTypes", []),
        ("Runtime/Foundations/Attributes", ["NetworkTypes"]),
        ("Runtime/Foundations/Sandesh", ["Coding", "NetworkTypes"]),
        ("Runtime/Foundations/Resources", ["Coding", "Synchronization"]),
        ("Runtime/Foundations/Graph", ["Coding"]),
        ("Runtime/Foundations/Client", ["Coding", "Resources", "Synchronization"]),
        ("Runtime/Foundations/NIOTransport", ["Client", "NIOCore", "NIOHTTP1", "NIOPosix", "NIOSSL", "Synchronization"]),
        ("Runtime/Foundations/GraphFeed", ["Client", "Coding", "Graph"]),
        ("Runtime/Foundations/XMPP", ["Coding", "Graph"]),
        (
            "Runtime/Services/Agent/Core",
            ["Attributes", "Coding", "ConfigurationModel", "ForwarderMessages", "Graph", "NetworkTypes", "RouteMessages", "XMPP"]
        ),
        ("Runtime/Services/SchemaTransformer/Core", ["Coding", "ConfigurationModel", "Graph", "NetworkTypes"]),
        ("Runtime/Services/ControlNode/Core", ["Coding", "ConfigurationModel", "Graph", "NetworkTypes", "RouteMessages", "XMPP"]),
    ]

    @Test(arguments: rooms) func aRoomImportsOnlyWhatItMay(folder: String, allowed: Set<String>) throws {
        for (module, file) in try imports(below: folder) { #expect(allowed.contains(module), "\(file) imports \(module)") }
    }

    @Test func foundationsKnowNoGeneratedModule() throws {
        let generated = try FileManager.default.contentsOfDirectory(atPath: root.appending(path: "Generated").path)
        for (module, file) in try imports(below: "Runtime/Foundations") {
            #expect(!generated.contains(module), "\(file) imports \(module)")
        }
    }

    @Test func everyRoomOfFoundationsHasARule() throws {
        let listed = Set(Self.rooms.map(\.folder))
        for room in try FileManager.default.contentsOfDirectory(atPath: root.appending(path: "Runtime/Foundations").path) {
            #expect(listed.contains("Runtime/Foundations/\(room)"), "Runtime/Foundations/\(room) has no rule: add one to ImportTests.rooms")
        }
    }
}
