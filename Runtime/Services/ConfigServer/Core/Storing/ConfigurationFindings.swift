// What a look at a stored configuration found (ConfigurationCheck), in words for whoever looks after it.

/// Something that is wrong with a stored configuration.
public struct ConfigurationFinding: Sendable, Equatable, CustomStringConvertible {
    /// What it is about: `virtual-network 6ba7b810-… (default-domain:default-project:red)`.
    public var subject: String
    public var problem: String
    /// What to do.
    public var mend: String
    /// The server starts and works all the same.
    public var isHarmless = false

    public var description: String { "\(isHarmless ? "warning" : "error"): \(subject): \(problem); \(mend)" }
}

/// What a check found.
public struct ConfigurationFindings: Sendable {
    /// Of a damaged store there may be as many as objects: this many of each kind are told, and the rest is counted.
    public static let greatest = 1000

    /// Errors first, and the objects in the order in which they came.
    public internal(set) var all: [ConfigurationFinding] = []
    public internal(set) var errors = 0
    public internal(set) var warnings = 0

    public init() {}
}
