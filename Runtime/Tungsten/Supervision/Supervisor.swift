// Runs roles as processes of their own, so that each can crash, be killed and be replaced without the others. Promises that a role that
// ends is started again as RestartPolicy says, that what it logged is in a file, and that `stop` leaves none behind.
//
// A child's standard input is a pipe that nobody writes to: when it ends, however this process died, the child knows that it is alone.

import Dispatch
import Foundation
import Glibc

public actor Supervisor {
    private final class Child {
        var role: Role
        var process: SpawnedProcess?
        var policy = RestartPolicy()
        var started = DispatchTime.now()
        var waiting: [CheckedContinuation<String, any Error>] = []
        var record: RoleRecord

        init(_ role: Role) {
            self.role = role
            record = RoleRecord(role: role.name, state: .running, process: nil, restarts: 0, lastEnd: nil)
        }
    }

    private let logFolder: String
    private let recordFile: String?
    private let report: @Sendable (String) -> Void
    private var children: [Child] = []
    private var isStopping = false

    /// - Parameters:
    ///   - logFolder: where each role's standard error goes, in a file named after it; made if it is missing.
    ///   - recordFile: where RoleRecord.read finds how each role is doing; nil: nowhere.
    ///   - report: takes a line for people: a role ended, and what is done about it.
    public init(logFolder: String, recordFile: String? = nil, report: @escaping @Sendable (String) -> Void) throws {
        self.logFolder = logFolder
        self.recordFile = recordFile
        self.report = report
        try FileManager.default.createDirectory(atPath: logFolder, withIntermediateDirectories: true)
    }

    /// Starts a role and returns its announcement, once it is made.
    /// - Throws: SupervisorError when it ends before, with the last lines that it logged.
    @discardableResult
    public func start(_ role: Role) async throws -> String {
        guard !isStopping else { throw SupervisorError(message: "\(role.name) is not started, as everything stops") }
        let child = Child(role)
        children.append(child)
        try launch(child)
        guard role.announcement != nil else { return "" }
        return try await withCheckedThrowingContinuation { child.waiting.append($0) }
    }

    /// Changes how a role is started the next time: a port that was chosen freely is kept.
    public func setArguments(of name: String, to arguments: [String]) {
        for child in children where child.role.name == name { child.role.arguments = arguments }
    }

    /// The process identifiers of the roles that run, by name.
    public var running: [String: Int32] {
        Dictionary(
            children.compactMap { child in child.process.flatMap { $0.isRunning ? (child.role.name, $0.identifier) : nil } },
            uniquingKeysWith: { first, _ in first })
    }

    /// Asks the roles to stop, the last started first, and ends those that have not after `patience`.
    public func stop(patience: Duration = .seconds(10)) async {
        isStopping = true
        for child in children {
            for waiter in child.waiting {
                waiter.resume(throwing: SupervisorError(message: "\(child.role.name) was stopped while it started"))
            }
            child.waiting = []
        }
        for child in children.reversed() {
            guard let process = child.process, process.isRunning else { continue }
            process.signal(SIGTERM)
            if await !hasEnded(process, within: patience) {
                report("\(child.role.name) does not stop and is killed")
                process.signal(SIGKILL)
                _ = await hasEnded(process, within: patience)
            }
        }
    }

    private func hasEnded(_ process: SpawnedProcess, within patience: Duration) async -> Bool {
        let deadline = ContinuousClock.now + patience
        while process.isRunning {
            if ContinuousClock.now > deadline { return false }
            // Stopping is rare: asking now and then is simpler than being told.
            try? await Task.sleep(for: .milliseconds(5))
        }
        return true
    }

    // MARK: Records

    /// Replaced in one step, so that a reader sees all roles or all as they were. That it cannot be written is no reason to stop.
    private func writeRecords() {
        guard let recordFile else { return }
        do {
            try JSONEncoder().encode(children.map(\.record)).write(to: URL(fileURLWithPath: recordFile), options: .atomic)
        } catch {
            report("cannot write \(recordFile), from which `tungsten status` knows the roles: \(error.localizedDescription)")
        }
    }

    // MARK: One child

    private func logFile(_ role: Role) -> String { "\(logFolder)/\(role.name).log" }

    private func launch(_ child: Child) throws {
        let name = child.role.name
        let announcement = child.role.announcement
        let lines = LineSplitter()
        let log = open(logFile(child.role), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard log >= 0 else {
            throw SupervisorError(message: "cannot write the log \(logFile(child.role)): \(String(cString: strerror(errno)))")
        }
        defer { close(log) }
        child.started = .now()
        child.process = try SpawnedProcess(
            child.role.program, child.role.arguments, environment: child.role.environment, log: log,
            output: { [weak self] data in
                for line in lines.add(data) where announcement.map(line.contains) ?? false {
                    Task { await self?.announced(name, line) }
                }
            },
            ended: { [weak self] process, end in
                Task { await self?.ended(name, process, end) }
            })
        child.record.state = .running
        child.record.process = child.process?.identifier
        writeRecords()
    }

    private func announced(_ name: String, _ line: String) {
        for child in children where child.role.name == name {
            for waiter in child.waiting { waiter.resume(returning: line) }
            child.waiting = []
        }
    }

    private func ended(_ name: String, _ process: SpawnedProcess, _ end: SpawnedProcess.End) async {
        guard !isStopping, let child = children.first(where: { $0.process === process }) else { return }
        let how =
            switch end {
            case .status(let status): "ended with status \(status)"
            case .signal(let signal): "was ended by signal \(signal)"
            }
        guard child.waiting.isEmpty else {
            let error = SupervisorError(message: "\(name) \(how) before it was ready:\n\(tail(of: logFile(child.role)))")
            for waiter in child.waiting { waiter.resume(throwing: error) }
            child.waiting = []
            children.removeAll { $0 === child }
            writeRecords()
            return
        }
        child.record.process = nil
        child.record.lastEnd = how
        let uptime = Int((DispatchTime.now().uptimeNanoseconds - child.started.uptimeNanoseconds) / 1_000_000)
        switch child.policy.ended(afterMilliseconds: uptime) {
        case .giveUp:
            child.record.state = .stopped
            writeRecords()
            report("\(name) \(how) again and is not started any more; its log is \(logFile(child.role))")
        case .restart(let delay):
            child.record.state = .restarting
            child.record.restarts += 1
            writeRecords()
            report("\(name) \(how) and is started again; its log is \(logFile(child.role))")
            if delay > 0 { try? await Task.sleep(for: .milliseconds(delay)) }
            guard !isStopping else { return }
            do {
                try launch(child)
            } catch {
                child.record.state = .stopped
                writeRecords()
                report("\(error)")
            }
        }
    }

    private func tail(of path: String) -> String {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return "" }
        return text.split(separator: "\n").suffix(12).map { "  \($0)" }.joined(separator: "\n")
    }
}
