// The table of packets, Tests/Vectors/packets, through the model: the same rows that the core, the process and the kernel module are held to.

import Foundation
import ForwarderModel
import Testing

private let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Vectors/packets")

@Suite struct PacketTableTests {
    static let files = ["fabric.txt", "flow.txt", "workload.txt"]

    @Test(arguments: files) func theModelDoesWhatEveryRowSays(name: String) throws {
        let file = try RowFile(String(contentsOf: folder.appending(path: name), encoding: .utf8))
        #expect(!file.rows.isEmpty)
        for row in file.rows {
            for problem in RowRun.problems(of: row, in: file) { Issue.record("\(name):\(row.line): \(row.name): \(problem)") }
        }
    }

    @Test func noFileOfTheTableIsForgotten() throws {
        let there = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".txt") }
        #expect(there.sorted() == Self.files)
    }

    /// The table is meant to be one of size: a file that lost its rows would pass otherwise.
    @Test func theTableIsLarge() throws {
        let rows = try Self.files.map { try RowFile(String(contentsOf: folder.appending(path: $0), encoding: .utf8)).rows.count }
        #expect(rows.reduce(0, +) >= 120)
    }

    /// What these tests are worth depends on it.
    @Test(arguments: [
        ("  drop discard", "dropped for"),
        ("  drop discard", "not expected"), ("  out 3\n  drop no-bridge-entry", "left on interface 4"),
        ("  out 4\n    eth 02:00:00:00:01:04 02:00:00:00:01:03 type 0x88cc\n    hex 0001\n  drop no-bridge-entry", "expected"),
        ("  out 4\n  out 4\n  drop no-bridge-entry", "nothing left"),
    ])
    func aRowThatIsNotSoIsNoticed(says: String, complaint: String) throws {
        let file = try RowFile(
            """
            row of a test
              vrf 1
              interface 3 virtual vrf 1 flags l2
              interface 4 virtual vrf 1 flags l2
              next-hop 4 encapsulate if 4 family bridge
              bridge 1 02:00:00:00:01:04 nh 4
              in 3
                eth 02:00:00:00:01:05 02:00:00:00:01:03 type 0x88cc
              drop no-bridge-entry
              in 3
                eth 02:00:00:00:01:04 02:00:00:00:01:03 type 0x88cc
                hex 0000
            \(says)
            """)
        let row = try #require(file.rows.first)
        let problems = RowRun.problems(of: row, in: file)
        #expect(problems.contains { $0.contains(complaint) }, "\(problems)")
    }

    /// The same seed gives the same row, or a failure could not be repeated.
    @Test func aSeedIsARow() throws {
        #expect(RandomRow.text(seed: 7) == RandomRow.text(seed: 7))
        #expect(RandomRow.text(seed: 7) != RandomRow.text(seed: 8))
        // The model agrees with what it wrote down.
        for seed in UInt64(1)...20 {
            let file = try RowFile(RandomRow.text(seed: seed))
            let row = try #require(file.rows.first)
            #expect(RowRun.problems(of: row, in: file).isEmpty)
        }
    }
}
