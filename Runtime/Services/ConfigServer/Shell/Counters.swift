// Counting what the server does. Every request counts once, on whatever thread it is answered, so the counters are one lock that is held
// for an addition.

import ConfigServerCore
import Glibc
import Synchronization

final class Counters: Sendable {
    /// What requests are counted by.
    enum Method: Int, CaseIterable {
        case get, head, post, put, patch, delete, other

        var name: String { self == .other ? "other" : "\(self)".uppercased() }
    }

    /// Statuses are counted by their hundreds: 1 to 5.
    private static let statusClasses = 6

    private let metrics = Mutex(Metrics())
    /// By method and class of status.
    private let requests = Mutex([UInt64](repeating: 0, count: Method.allCases.count * statusClasses))
    private let start = Counters.now()

    /// Seconds of a clock that only goes forward.
    static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    func answered(_ method: Method, _ status: Int) {
        let index = method.rawValue * Self.statusClasses + min(status / 100, Self.statusClasses - 1)
        requests.withLock { $0[index] += 1 }
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
        let counts = requests.withLock { $0 }
        for method in Method.allCases {
            for statusClass in 0..<Self.statusClasses {
                let count = counts[method.rawValue * Self.statusClasses + statusClass]
                if count > 0 { reading.requests[.init(method: method.name, statusClass: statusClass)] = count }
            }
        }
        reading.uptime = Self.now() - start
        return reading
    }
}
