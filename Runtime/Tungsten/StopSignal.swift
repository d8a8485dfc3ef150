// Ctrl-C and the service manager's wish to stop. The first asks for an orderly stop, the second does not wait for it.

import Dispatch
import Foundation
import Glibc
import Synchronization

/// Takes over SIGINT and SIGTERM from when it is made.
final class StopSignal {
    private let request: Task<Void, Never>
    private let sources: [any DispatchSourceSignal]

    /// - Parameter followingInput: also stop when standard input ends. `tungsten up` holds its end of the pipe for as long as it lives, so its
    ///   roles do not outlive it, however it ends.
    init(followingInput: Bool = false) {
        let (requests, continuation) = AsyncStream.makeStream(of: Void.self)
        request = Task { for await _ in requests { return } }
        let count = SignalCount()
        let queue = DispatchQueue(label: "stop-signals")
        sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler {
                if count.isFirst() { continuation.yield() } else { _exit(130) }
            }
            source.resume()
            return source
        }
        if followingInput {
            Thread.detachNewThread {
                Self.waitForEndOfInput()
                if count.isFirst() { continuation.yield() }
            }
        }
    }

    private static func waitForEndOfInput() {
        var byte: UInt8 = 0
        while true {
            let count = read(STDIN_FILENO, &byte, 1)
            if count == 0 || (count < 0 && errno != EINTR) { return }
        }
    }

    /// Returns when the process has been asked to stop.
    func requested() async { await request.value }

    /// Does the work of a role until it fails, or the process has been asked to stop: then its task is cancelled.
    func run(_ work: @escaping @Sendable () async throws -> Void) async throws {
        let task = Task { try await work() }
        whenRequested { task.cancel() }
        try await task.value
    }

    /// Calls something when the process has been asked to stop.
    func whenRequested(_ body: @escaping @Sendable () -> Void) {
        let request = request
        Task {
            await request.value
            body()
        }
    }
}

private final class SignalCount: Sendable {
    private let count = Atomic(0)

    func isFirst() -> Bool { count.add(1, ordering: .relaxed).newValue == 1 }
}
