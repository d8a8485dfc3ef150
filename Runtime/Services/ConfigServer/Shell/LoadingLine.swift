// Reading a store on two processors: one thread takes rows from the disk, another makes objects of them. Promises the image that one thread
// would make, and the first error of either.

import ConfigServerCore
import Dispatch
import NIOPosix
import Synchronization

/// The thread that makes objects, and the rows that are on their way to it.
final class LoadingLine: Sendable {
    private static let batch = 256
    /// More would only lie about: one thread is as slow as the other.
    private static let places = 8

    private struct State {
        var batches: [[ObjectRow]] = []
        var failure: StoreError?
    }

    private let state = Mutex(State())
    private let loader: Mutex<ImageLoader>
    private let free = DispatchSemaphore(value: places)
    private let filled = DispatchSemaphore(value: 0)
    private let done = DispatchSemaphore(value: 0)
    private let threads = NIOThreadPool(numberOfThreads: 1)

    private init(_ types: TypeTable) { loader = Mutex(ImageLoader(types)) }

    /// Makes an image of what `read` hands over.
    ///
    /// - Parameter read: is given where objects and values go.
    static func load<Result>(
        _ types: TypeTable,
        _ read: (
            _ object: (ObjectRow) throws(StoreError) -> Void, _ value: (String, [UInt8]) throws(StoreError) -> Void
        ) throws(StoreError) -> Result
    ) throws(StoreError) -> (image: Image, unknownTypes: [String: Int], result: Result) {
        let line = LoadingLine(types)
        line.threads.start()
        // Nothing waits on the thread any more, so that there is nothing that could fail.
        defer { try? line.threads.syncShutdownGracefully() }
        line.threads.submit { _ in line.work() }
        var rows: [ObjectRow] = []
        var values: [(String, [UInt8])] = []
        let read = Swift.Result { () throws(StoreError) -> Result in
            let result = try read(
                { row throws(StoreError) in
                    rows.append(row)
                    if rows.count == batch { try line.add(&rows) }
                }, { key, value throws(StoreError) in values.append((key, value)) })
            try line.add(&rows)
            return result
        }
        line.end()
        let result = try read.get()
        if let failure = line.state.withLock({ $0.failure }) { throw failure }
        var loader = line.loader.withLock { loader in
            defer { loader = ImageLoader(types) }
            return loader
        }
        for (key, value) in values { loader.addValue(key, value) }
        let unknownTypes = loader.unknownTypes
        return (try loader.finish(line.both), unknownTypes, result)
    }

    private func add(_ rows: inout [ObjectRow]) throws(StoreError) {
        free.wait()
        let failure = state.withLock { state in
            state.batches.append(rows)
            return state.failure
        }
        rows = []
        rows.reserveCapacity(Self.batch)
        filled.signal()
        if let failure { throw failure }
    }

    /// Says that there are no more rows, by a signal without any, and returns when the other thread has nothing left to do.
    private func end() {
        filled.signal()
        done.wait()
    }

    /// The other thread's work. After a failure it goes on taking rows, so that nobody waits for a place.
    private func work() {
        loader.withLock { loader in
            while true {
                filled.wait()
                guard var rows = state.withLock({ $0.batches.isEmpty ? nil : $0.batches.removeFirst() }) else { break }
                free.signal()
                rows.reverse()
                do throws(StoreError) {
                    // Each leaves the batch as it is taken: nothing is counted twice.
                    while let row = rows.popLast() { try loader.add(row) }
                } catch {
                    state.withLock { $0.failure = $0.failure ?? error }
                }
            }
        }
        done.signal()
    }

    private func both(_ one: @escaping @Sendable () -> Void, _ other: () -> Void) {
        threads.submit { _ in
            one()
            self.done.signal()
        }
        other()
        done.wait()
    }
}
