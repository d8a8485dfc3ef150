// Has files written on a thread of its own, and remembers what the disk refused until it has taken it: the engine's state and the disk must
// not go apart for longer than the disk's trouble lasts.

import Logging
import NIOCore
import NIOPosix

/// Not Sendable: of the agent's event loop.
final class FileKeeper {
    private let store: FileStore
    private let loop: any EventLoop
    private let thread: NIOThreadPool
    private let logger: Logger
    /// What is still to be done, by name: the last change of each file.
    private var owed: [String: FileStore.Failure] = [:]

    init(_ store: FileStore, _ thread: NIOThreadPool, on loop: any EventLoop, _ logger: Logger) {
        self.store = store
        self.thread = thread
        self.loop = loop
        self.logger = logger
    }

    var owesAnything: Bool { !owed.isEmpty }
    /// What the disk refused, in words.
    var refusals: [String] { owed.values.map { "\($0.change.name): \($0.reason)" }.sorted() }

    /// Why the disk does not have what it should below a folder; nil: it has.
    func refusal(below folder: String) -> String? {
        owed.filter { $0.key.hasPrefix(folder) }.min { $0.key < $1.key }?.value.reason
    }

    /// Carries out the changes in order, and what is owed. `done` is called on the loop when they are on disk or have failed.
    func apply(_ changes: [FileStore.Change], done: @escaping () -> Void) {
        let newer = Set(changes.map(\.name))
        let all = owed.values.map(\.change).filter { !newer.contains($0.name) } + changes
        let store = store
        thread.runIfActive(eventLoop: loop) { store.apply(all) }.assumeIsolated().whenComplete { result in
            switch result {
            case .success(let failures): self.note(failures, of: all)
            case .failure(let error): self.note(all.map { FileStore.Failure(change: $0, reason: "\(error)") }, of: all)
            }
            done()
        }
    }

    private func note(_ failures: [FileStore.Failure], of changes: [FileStore.Change]) {
        let hadFailed = owed
        for change in changes { owed[change.name] = nil }
        for failure in failures {
            owed[failure.change.name] = failure
            if hadFailed[failure.change.name]?.reason != failure.reason {
                logger.error("\(failure.change.name) is not on disk as it should be: \(failure.reason)")
            }
        }
        if !hadFailed.isEmpty, owed.isEmpty { logger.notice("everything is on disk again") }
    }
}
