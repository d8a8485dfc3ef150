// A program that is run to its end, for what it does or says: iproute2, a DHCP client, one of our own commands.

import Foundation
import Glibc
import Synchronization

/// What came of a program.
public struct ToolResult: Sendable {
    /// The exit status; 128 and more: the signal that ended it, as shells count.
    public let status: Int32
    /// What it wrote to standard output and to standard error.
    public let output: String
    public let errors: String

    public var isSuccess: Bool { status == 0 }
}

public enum Tool {
    /// Where the program is, of the folders in PATH and those that only administrators have in it; nil: it is not installed.
    public static func find(_ name: String) -> String? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init) + ["/usr/sbin", "/sbin"]
        return folders.lazy.map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }

    /// Runs the program and waits for its end. A program that does not end within `patience` is killed.
    public static func run(
        _ program: String, _ arguments: [String], patience: Duration = .seconds(60)
    ) async throws(SupervisorError) -> ToolResult {
        guard let path = program.contains("/") ? program : find(program) else {
            throw SupervisorError(message: "\(program) is not installed")
        }
        var name = Array((FileManager.default.temporaryDirectory.path + "/tungsten-errors-XXXXXX").utf8CString)
        let errors = mkstemp(&name)
        unlink(name)
        _ = fcntl(errors, F_SETFD, FD_CLOEXEC)
        guard errors >= 0 else { throw SupervisorError(message: "no temporary file can be made: \(String(cString: strerror(errno)))") }
        defer { close(errors) }
        let output = Mutex(Data())
        let (ends, ended) = AsyncStream.makeStream(of: SpawnedProcess.End.self)
        let process = try SpawnedProcess(
            path, arguments, log: errors, output: { data in output.withLock { $0.append(data) } }, awaitsOutput: true,
            ended: { _, end in
                ended.yield(end)
                ended.finish()
            })
        let deadline = Task {
            try await Task.sleep(for: patience)
            process.signal(SIGKILL)
        }
        defer { deadline.cancel() }
        var status: Int32 = 128 + SIGKILL
        for await end in ends {
            switch end {
            case .status(let number): status = number
            case .signal(let number): status = 128 + number
            }
        }
        return ToolResult(
            status: status, output: String(decoding: output.withLock { $0 }, as: UTF8.self), errors: Self.contents(of: errors))
    }

    private static func contents(of descriptor: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : ""
    }
}
