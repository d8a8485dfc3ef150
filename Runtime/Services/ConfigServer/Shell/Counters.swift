// Counting what the server does. Every request counts once, on whatever thread it is answered, so the counters are one lock that is held
// for an addition.

import ConfigServerCore
import Glibc
import Synchronization

final class Counters: Sendable {
    private let metrics = Mutex(Metrics())
    private let start = Counters.now()

    /// Seconds of a clock that only goes forward.
    static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    func answered(_ method: String, _ status: Int) {
        metrics.withLock { $0.requests[.init(method: method, statusClass: status / 100), default: 0] += 1 }
    }

    /// - Parameter seconds: how long the store took.
    func stored(changes: Int, in seconds: Double, isFailure: Bool) {
        metrics.withLock { metrics in
            metrics.storeSeconds += seconds
            if isFailure {
                metrics.storeFailures += 1
            } else {
                metrics.commits += 1
                metrics.changes += UInt64(changes)
            }
        }
    }

    func overtaken() { metrics.withLock { $0.overtaken += 1 } }

    func opened() { metrics.withLock { $0.connections += 1 } }

    func closed() { metrics.withLock { $0.connections -= 1 } }

    func read() -> Metrics {
        var reading = metrics.withLock { $0 }
        reading.uptime = Self.now() - start
        return reading
    }
}
