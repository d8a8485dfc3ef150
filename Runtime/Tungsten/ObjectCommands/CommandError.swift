// Why a command about objects failed: a class that becomes the exit status, words that say what to do. Scripts decide on the status.

import Client
import Coding

/// A failure for people to read and scripts to decide on.
public struct CommandError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The raw value is the exit status of the process.
    public enum Kind: Int32, Sendable, CaseIterable {
        /// What was given is wrong, or the server refuses it.
        case invalid = 1
        /// There is no such object.
        case notFound = 3
        /// The name is taken, the object is in use, or somebody else changed it meanwhile.
        case conflict = 4
        /// Not logged in, or not allowed.
        case denied = 5
        /// No server answers, or it cannot at present.
        case unreachable = 6
    }

    public let kind: Kind
    public let message: String

    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    /// What the server, or the way to it, says, with what was being done.
    public init(_ error: ClientError, _ action: String) {
        let kind: Kind =
            switch error.code {
            case .notFound: .notFound
            case .conflict, .precondition: .conflict
            case .denied: .denied
            case .unreachable, .unavailable: .unreachable
            default: .invalid
            }
        let advice =
            switch error.code {
            case .unreachable: "\nIs the server running? `tungsten context list` shows where it is looked for; name another with --server."
            case .unavailable: "\nThe server cannot answer at present; try again."
            case .denied where error.status == 401:
                "\nLog in: `tungsten context set --user NAME`, and the password in TUNGSTEN_PASSWORD or in a file (--password-file)."
            default: ""
            }
        self.init(kind, "\(action): \(error.message.isEmpty ? error.code.rawValue : error.message)\(advice)")
    }

    public var description: String { message }

    /// The same error, said of a place: `network.yaml:7`.
    func at(_ place: String) -> CommandError { CommandError(kind, "\(place): \(message)") }
}

/// A CodingError in the words of a command: byte offsets into something that nobody has seen help nobody.
func words(_ error: CodingError, within path: String) -> String {
    let place = error.path.isEmpty ? path : path + (error.path.hasPrefix("[") ? "" : ".") + error.path
    return "\(place): \(error.message)" + (error.hint.map { "; \($0)" } ?? "")
}
