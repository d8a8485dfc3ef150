// Programs that are run to their end.

import Supervision
import Testing

@Suite struct ToolTests {
    @Test func whatAProgramSaysAndHowItEnds() async throws {
        let result = try await Tool.run("sh", ["-c", "echo out; echo wrong >&2; exit 3"])
        #expect(result.output == "out\n")
        #expect(result.errors == "wrong\n")
        #expect(result.status == 3)
        #expect(!result.isSuccess)
    }

    /// The end of a program and the last of its output reach us on different threads.
    @Test func nothingOfALongOutputIsLost() async throws {
        for _ in 0..<20 {
            let result = try await Tool.run("sh", ["-c", "seq 1 2000"])
            #expect(result.output.hasSuffix("\n1999\n2000\n"))
        }
    }

    @Test func whoeverKeepsTheOutputIsNotWaitedForLong() async throws {
        let result = try await Tool.run("sh", ["-c", "echo out; sleep 5 & exit 0"])
        #expect(result.output == "out\n")
    }

    @Test func aProgramThatDoesNotEndIsKilled() async throws {
        let result = try await Tool.run("sleep", ["600"], patience: .milliseconds(50))
        #expect(result.status == 128 + 9)
    }

    @Test func aProgramThatIsNotThere() async throws {
        await #expect(throws: SupervisorError.self) { try await Tool.run("no-such-program", []) }
        #expect(Tool.find("sh") != nil)
    }

    @Test func nothingIsStartedWhileStopping() async throws {
        let supervisor = try Supervisor(logFolder: "/tmp/tungsten-tool-tests-\(UInt32.random(in: 0...UInt32.max))") { _ in }
        await supervisor.stop()
        await #expect(throws: SupervisorError.self) {
            try await supervisor.start(Role("late", program: "/bin/sleep", arguments: ["600"], announcement: nil))
        }
    }
}
