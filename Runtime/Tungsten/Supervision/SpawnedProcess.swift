// A child process. Foundation's Process would do, but a child that it starts from a worker thread inherits that thread's blocked signals and
// does not hear SIGTERM. Here a child begins with no signal blocked or ignored, in a process group of its own (Ctrl-C in the terminal
// reaches the supervisor alone, which stops its roles in order), and with no descriptor but its three standard ones.

import Foundation
import Glibc
import Synchronization

/// A child that was started. It is waited for by a thread of its own, so its identifier is not used again before `isRunning` is false.
final class SpawnedProcess: Sendable {
    enum End: Sendable, Equatable {
        case status(Int32)
        case signal(Int32)
    }

    let identifier: pid_t
    /// The write end of the child's standard input.
    private let input: Int32
    private let end = Mutex<End?>(nil)

    /// In seconds.
    private static let outputPatience = 2.0

    var isRunning: Bool { end.withLock { $0 == nil } }

    /// - Parameters:
    ///   - environment: nil: that of this process.
    ///   - log: a descriptor for standard error; still the caller's.
    ///   - output: called with pieces of standard output, on a thread of its own.
    ///   - awaitsOutput: `ended` comes after the last piece of output. Other processes to which the child left its output can put that off,
    ///     by `outputPatience` at the most.
    ///   - ended: called once, after the child was reaped.
    init(
        _ program: String, _ arguments: [String], environment: [String: String]? = nil, log: Int32,
        output: @escaping @Sendable (Data) -> Void, awaitsOutput: Bool = false,
        ended: @escaping @Sendable (SpawnedProcess, End) -> Void
    ) throws(SupervisorError) {
        let (childInput, input) = try Self.pipe()
        let (outputEnd, childOutput) = try Self.pipe()
        defer {
            close(childInput)
            close(childOutput)
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (descriptor, standard) in [(childInput, Int32(0)), (childOutput, 1), (log, 2)] {
            posix_spawn_file_actions_adddup2(&actions, descriptor, standard)
        }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))

        var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
        defer { words.forEach { free($0) } }
        var variables = environment.map { $0.map { strdup("\($0.key)=\($0.value)") } + [nil] } ?? []
        defer { variables.forEach { free($0) } }
        var child = pid_t()
        let failure = variables.withUnsafeMutableBufferPointer { own in
            posix_spawn(&child, program, &actions, &attributes, &words, environment == nil ? environ : own.baseAddress)
        }
        guard failure == 0 else {
            close(input)
            close(outputEnd)
            throw SupervisorError(message: "cannot run \(program): \(String(cString: strerror(failure)))")
        }
        let identifier = child
        self.identifier = identifier
        self.input = input

        let hasRead = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            var bytes = [UInt8](repeating: 0, count: 4096)
            while true {
                let count = read(outputEnd, &bytes, bytes.count)
                if count > 0 { output(Data(bytes[..<count])) } else if count == 0 || errno != EINTR { break }
            }
            close(outputEnd)
            hasRead.signal()
        }
        Thread.detachNewThread { [self] in
            var status: Int32 = 0
            while waitpid(identifier, &status, 0) < 0, errno == EINTR {}
            // <sys/wait.h>: the low seven bits name the signal, the next eight are the exit status.
            let end: End = status & 0x7F == 0 ? .status(status >> 8 & 0xFF) : .signal(status & 0x7F)
            self.end.withLock { $0 = end }
            close(input)
            if awaitsOutput { _ = hasRead.wait(timeout: .now() + Self.outputPatience) }
            ended(self, end)
        }
    }

    /// Sends a signal, unless the child has ended.
    func signal(_ number: Int32) {
        end.withLock { end in
            if end == nil { _ = kill(identifier, number) }
        }
    }

    /// The read end and the write end; neither survives an exec. Children are started one at a time, so none sees a pipe of another before
    /// it is marked.
    private static func pipe() throws(SupervisorError) -> (read: Int32, write: Int32) {
        var ends: [Int32] = [0, 0]
        guard Glibc.pipe(&ends) == 0, ends.allSatisfy({ fcntl($0, F_SETFD, FD_CLOEXEC) == 0 }) else {
            throw SupervisorError(message: "cannot make a pipe: \(String(cString: strerror(errno)))")
        }
        return (ends[0], ends[1])
    }
}
