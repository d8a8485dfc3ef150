// Signs of life. Each end sends one character three times in a hold time and gives the other up when it heard nothing at all for that
// long. One timer serves both: it ticks three times in a hold time, so a silent peer is noticed after one hold time at least and four
// thirds of one at most, and nothing has to be done for a byte that arrives but to note it.

/// Whether the other end is alive.
public struct Liveness: Hashable, Sendable {
    /// U+0200, which is nothing but a sign of life. Any byte counts as one.
    public static let sign: [UInt8] = [0xC8, 0x80]
    public static let defaultHoldSeconds = 90

    public let holdSeconds: Int
    private var silentTicks = 0
    private var hasHeard = false

    public init(holdSeconds: Int = Self.defaultHoldSeconds) { self.holdSeconds = max(holdSeconds, 1) }

    /// Seconds between two ticks.
    public var tickSeconds: Double { Double(holdSeconds) / 3 }

    /// Something arrived.
    public mutating func heard() { hasHeard = true }

    /// The timer went off. False: the other end has been silent for a hold time.
    public mutating func tick() -> Bool {
        silentTicks = hasHeard ? 0 : silentTicks + 1
        hasHeard = false
        return silentTicks < 3
    }
}
