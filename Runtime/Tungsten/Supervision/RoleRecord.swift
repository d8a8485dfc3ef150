// What a supervisor writes down of each role, for those who ask from another process: `tungsten status`.

import Foundation

/// How one role is doing, as of the last change.
public struct RoleRecord: Codable, Equatable, Sendable {
    public enum State: String, Codable, Sendable {
        /// Its process is there, though it need not have announced itself yet.
        case running
        /// It ended, and is about to be started again.
        case restarting
        /// It ended too often and is left alone.
        case stopped
    }

    public var role: String
    public var state: State
    /// The process; nil when there is none.
    public var process: Int32?
    /// How often it was started after the first time.
    public var restarts: Int
    /// How it ended the last time: `was ended by signal 9`. Nil: it never did.
    public var lastEnd: String?

    enum CodingKeys: String, CodingKey {
        case role, state, process, restarts
        case lastEnd = "last-end"
    }

    public init(role: String, state: State, process: Int32?, restarts: Int, lastEnd: String?) {
        (self.role, self.state, self.process, self.restarts, self.lastEnd) = (role, state, process, restarts, lastEnd)
    }

    /// The records in a file that a supervisor keeps; none when there is no such file.
    /// - Throws: when the file cannot be read, or is none of a supervisor's.
    public static func read(from path: String) throws -> [RoleRecord] {
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        return try JSONDecoder().decode([RoleRecord].self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    }
}
