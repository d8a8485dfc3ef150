// What the supervisor runs.

/// One process of the platform.
public struct Role: Sendable {
    /// `api`: what messages and the log file are called after.
    public let name: String
    /// The path of the program.
    public let program: String
    public var arguments: [String]
    /// Its environment; nil: that of this process.
    public let environment: [String: String]?
    /// The process prints a line that contains this once it can be used; nil: it can be used at once.
    public let announcement: String?

    public init(_ name: String, program: String, arguments: [String], environment: [String: String]? = nil, announcement: String?) {
        self.name = name
        self.program = program
        self.arguments = arguments
        self.environment = environment
        self.announcement = announcement
    }
}

/// Why a role cannot be run, in words for the one who started it.
public struct SupervisorError: Error, CustomStringConvertible, Sendable {
    public let message: String
    public var description: String { message }

    public init(message: String) { self.message = message }
}
