// Every proof in the table of facts exists.

import Foundation
import Testing

@Suite struct FactsTableTests {
    private static let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()

    private struct Row {
        let section: String
        let item: String
        let proofs: [String]
    }

    private static let rows: [Row] = factsTable.split(separator: "\n").dropFirst(2).map { line in
        let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        return Row(
            section: cells.first ?? "", item: cells.count > 1 ? cells[1] : "",
            proofs: cells.count > 2 ? cells[2].components(separatedBy: ", ").filter { !$0.isEmpty } : [])
    }

    /// The names of all Swift tests, found in their sources.
    private static func swiftTests() throws -> Set<String> {
        var names: Set<String> = []
        for folder in ["ConfigServerTests", "ClientTests"] {
            let files = FileManager.default.enumerator(at: tests.appendingPathComponent(folder), includingPropertiesForKeys: nil)
            for case let file as URL in files ?? .init() where file.pathExtension == "swift" {
                let text = try String(contentsOf: file, encoding: .utf8)
                // A test's name follows its attribute, with arguments in between or not.
                for part in text.components(separatedBy: "@Test").dropFirst() {
                    guard let name = part.components(separatedBy: "func ").dropFirst().first else { continue }
                    names.insert(String(name.prefix { $0 != "(" }))
                }
            }
        }
        return names
    }

    @Test func everyProofExists() throws {
        let known = try Self.swiftTests()
        #expect(known.count > 200)
        for row in Self.rows {
            #expect(!row.section.isEmpty && !row.item.isEmpty && !row.proofs.isEmpty, "\(row.item): three cells make a row")
            guard row.proofs.first?.hasPrefix("missing: ") != true else { continue }
            for proof in row.proofs {
                guard proof.contains(".py") else {
                    #expect(known.contains(proof), "§\(row.section) \(row.item): there is no test \(proof)")
                    continue
                }
                let parts = proof.components(separatedBy: "::")
                let text = try String(contentsOf: Self.tests.appendingPathComponent(parts[0]), encoding: .utf8)
                #expect(parts.count == 1 || text.contains("def \(parts[1])("), "§\(row.section) \(row.item): there is no test \(proof)")
            }
        }
    }

    @Test func everySectionIsThere() {
        let sections = Set(Self.rows.map(\.section))
        #expect(sections == Set((1...13).map { "3.\($0)" } + ["7"]))
    }
}
