// When a process that ended is started again. Decides; Supervisor acts. No clock here: times come with the events.

/// How often and how soon one process may be started again.
public struct RestartPolicy: Sendable {
    public enum Action: Equatable, Sendable {
        /// Start it after so many milliseconds.
        case restart(afterMilliseconds: Int)
        /// It ends as often as it is started: leave it.
        case giveUp
    }

    /// A process that lived this long is taken for a healthy one that met with an accident.
    public static let healthyMilliseconds = 10_000
    /// So many ends in a row, each within that time, and there is no point in going on.
    public static let mostFailures = 6
    private static let longestDelay = 5_000

    private var failures = 0

    public init() {}

    /// The process ended `uptime` milliseconds after it was started.
    public mutating func ended(afterMilliseconds uptime: Int) -> Action {
        if uptime >= Self.healthyMilliseconds { failures = 0 }
        failures += 1
        guard failures <= Self.mostFailures else { return .giveUp }
        // At once the first time, as somebody may be waiting; then 200 ms, doubled each time.
        return .restart(afterMilliseconds: failures == 1 ? 0 : min(Self.longestDelay, 100 << (failures - 1)))
    }
}
