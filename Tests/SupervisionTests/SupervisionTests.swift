// When processes are started again, and that they really are.

import Foundation
import Synchronization
import Testing

@testable import Supervision

@Suite struct RestartPolicyTests {
    @Test func aFirstAccidentIsForgivenAtOnce() {
        var policy = RestartPolicy()
        #expect(policy.ended(afterMilliseconds: 60_000) == .restart(afterMilliseconds: 0))
        #expect(policy.ended(afterMilliseconds: 60_000) == .restart(afterMilliseconds: 0))
    }

    @Test func whatEndsAtOnceIsTriedLessAndLessOften() {
        var policy = RestartPolicy()
        let actions = (0..<7).map { _ in policy.ended(afterMilliseconds: 5) }
        #expect(
            actions
                == [0, 200, 400, 800, 1600, 3200].map { RestartPolicy.Action.restart(afterMilliseconds: $0) } + [.giveUp])
    }

    @Test func healthIsRemembered() {
        var policy = RestartPolicy()
        for _ in 0..<5 { _ = policy.ended(afterMilliseconds: 5) }
        #expect(policy.ended(afterMilliseconds: RestartPolicy.healthyMilliseconds) == .restart(afterMilliseconds: 0))
    }
}

@Suite struct LineSplitterTests {
    @Test func linesComeWhole() {
        let splitter = LineSplitter()
        #expect(splitter.add(Data("one\ntw".utf8)) == ["one"])
        #expect(splitter.add(Data("o\n\nthree".utf8)) == ["two", ""])
        #expect(splitter.add(Data("\n".utf8)) == ["three"])
    }
}

@Suite struct SupervisorTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "supervisor-\(UUID().uuidString)").path

    private func shell(_ name: String, _ script: String) -> Role {
        Role(name, program: "/bin/sh", arguments: ["-c", script], announcement: "ready")
    }

    @Test func aRoleThatIsKilledComesBack() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let reports = Mutex<[String]>([])
        let records = folder + "/roles.json"
        #expect(try RoleRecord.read(from: records) == [])
        let supervisor = try Supervisor(logFolder: folder, recordFile: records) { line in reports.withLock { $0.append(line) } }
        let line = try await supervisor.start(shell("sleeper", "echo ready at $$; exec cat"))
        let first = try #require(Int32(line.split(separator: " ").last ?? ""))
        #expect(await supervisor.running == ["sleeper": first])
        #expect(
            try RoleRecord.read(from: records) == [.init(role: "sleeper", state: .running, process: first, restarts: 0, lastEnd: nil)])
        kill(first, SIGKILL)
        let deadline = ContinuousClock.now + .seconds(30)
        var second = first
        while second == first, ContinuousClock.now < deadline {
            second = await supervisor.running["sleeper"] ?? first
            await Task.yield()
        }
        #expect(second != first)
        #expect(reports.withLock { $0 }.first?.contains("was ended by signal 9 and is started again") == true)
        #expect(
            try RoleRecord.read(from: records)
                == [.init(role: "sleeper", state: .running, process: second, restarts: 1, lastEnd: "was ended by signal 9")])
        await supervisor.stop()
        #expect(kill(second, 0) == -1)
    }

    @Test func recordsThatCannotBeWrittenOrReadAreSaid() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let reports = Mutex<[String]>([])
        // A folder stands where the file would.
        let records = folder + "/roles.json"
        try FileManager.default.createDirectory(atPath: records + "/taken", withIntermediateDirectories: true)
        let supervisor = try Supervisor(logFolder: folder, recordFile: records) { line in reports.withLock { $0.append(line) } }
        try await supervisor.start(shell("sleeper", "echo ready; exec cat"))
        #expect(reports.withLock { $0 }.first?.hasPrefix("cannot write \(records), ") == true)
        #expect(throws: (any Error).self) { try RoleRecord.read(from: records) }
        await supervisor.stop()
    }

    @Test func aRoleThatIsNeverReadyIsAnErrorWithItsLog() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let supervisor = try Supervisor(logFolder: folder) { _ in }
        await #expect {
            try await supervisor.start(shell("broken", "echo the port is in use >&2; exit 3"))
        } throws: {
            "\($0)" == "broken ended with status 3 before it was ready:\n  the port is in use"
        }
        #expect(await supervisor.running == [:])
    }

    @Test func aProgramThatIsNotThereIsAnError() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let supervisor = try Supervisor(logFolder: folder) { _ in }
        let role = Role("none", program: "/nowhere/program", arguments: [], announcement: "ready")
        await #expect(throws: SupervisorError.self) { try await supervisor.start(role) }
    }
}
