// What the server needs from a storage engine, and the rows they exchange. A row is text and numbers that mean the same in ten years:
// names instead of type numbers, JSON instead of layouts. Any engine that passes the conformance suite of the tests can stand here.

import Coding
import NetworkTypes

/// One object as it is stored.
public struct ObjectRow: Sendable, Equatable {
    /// The order of creation; the row's key.
    public var number: UInt64
    public var uuid: UUIDValue
    /// The schema's noun: `virtual-network`.
    public var type: String
    /// The fully qualified name, a JSON array.
    public var name: [UInt8]
    public var parent: UUIDValue?
    /// The properties, a JSON object.
    public var properties: [UInt8]
    /// A JSON array of references: `[[type, uuid, number, is relaxed, data], …]`.
    public var references: [UInt8]
    /// What else belongs to the object, a JSON object, or nil: positions of list elements, numbers allocated to it.
    public var details: [UInt8]?

    public init(
        number: UInt64, uuid: UUIDValue, type: String, name: [UInt8], parent: UUIDValue?, properties: [UInt8], references: [UInt8],
        details: [UInt8]?
    ) {
        self.number = number
        self.uuid = uuid
        self.type = type
        self.name = name
        self.parent = parent
        self.properties = properties
        self.references = references
        self.details = details
    }
}

/// A change to what is stored.
public enum RowChange: Sendable, Equatable {
    case put(ObjectRow)
    case remove(number: UInt64)
    case setValue(key: String, value: [UInt8])
    case removeValue(key: String)
}

/// What is stored together or not at all.
public struct Commit: Sendable, Equatable {
    /// In the order in which they take effect.
    public var rows: [RowChange]
    /// What the rows do to objects, for the log of changes, in ascending revisions: one for each `put` and `remove`, in their order.
    public var log: [ChangeRow]

    public init(rows: [RowChange] = [], log: [ChangeRow] = []) {
        self.rows = rows
        self.log = log
    }
}

/// A place in the history of a store: after so many commits, the latest change of which has this revision.
public struct StorePosition: Sendable, Equatable {
    public var commit: UInt64
    public var revision: UInt64

    public init(commit: UInt64 = 0, revision: UInt64 = 0) {
        self.commit = commit
        self.revision = revision
    }

    /// Where a store is that had been here and has then stored a commit.
    public func after(_ commit: Commit) -> StorePosition {
        StorePosition(commit: self.commit + 1, revision: commit.log.last?.revision ?? revision)
    }
}

/// What became of a commit.
public enum StoreOutcome: Sendable {
    case stored
    /// Nothing was stored: others had stored these commits, and perhaps more, before. Whoever wants to store something decides again on
    /// what they made of the configuration.
    case overtaken(by: [Commit])
}

/// Why the store could not do what it was asked for.
public struct StoreError: Error, CustomStringConvertible, Sendable {
    /// What programs decide on.
    public enum Kind: Sendable {
        /// The data are not a store of ours, or are damaged: nothing to retry.
        case unusable
        /// Another process has it.
        case busy
        /// The engine does not let this program in, or not where it wants to: nothing was stored, and somebody has to change that.
        case forbidden
        /// It did not work this time, and nothing was stored: the disk is full, or fails; the engine is out of reach.
        case failed
        /// It did not work this time, and whether a commit was stored will only be known later: the connection broke before the answer.
        case inDoubt
        /// The store does not have the history after the position given: everything must be loaded again.
        case forgotten
    }

    public let kind: Kind
    public let message: String

    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    public var description: String { message }
}

/// A place that keeps rows through crashes and power cuts. One server may have it to itself, or several may share it: they all see the same
/// commits in the same order, and a commit is stored only by one who knows all commits before it.
///
/// `load`, `append`, `commits` and `confirm` are called by one thread at a time, and may block it.
public protocol Store: Sendable {
    /// Hands over every object in the order of creation, then every value, then the log of changes in the order of their revisions: the
    /// store as it was at the position returned.
    func load(
        object: (ObjectRow) throws(StoreError) -> Void, value: (_ key: String, _ value: [UInt8]) throws(StoreError) -> Void,
        change: (ChangeRow) throws(StoreError) -> Void
    ) throws(StoreError) -> StorePosition

    /// Stores a commit after the one that `position` names, and returns when it will survive whatever happens next. One call, one wait for
    /// the disk: callers put together what can wait together.
    func append(_ commit: Commit, after position: StorePosition) throws(StoreError) -> StoreOutcome

    /// Commits after a position, oldest first: all that were stored when this was called, and perhaps later ones.
    func commits(after position: StorePosition) throws(StoreError) -> [Commit]

    /// Whether others may store commits as well.
    var isShared: Bool { get }

    /// Calls `wake`, on any thread, whenever others may have stored something, and when the store is out of reach or back. At most once.
    func follow(_ wake: @escaping @Sendable () -> Void)

    /// Why nothing can be stored at the moment, in words for whoever looks after the server; nil when all is well.
    var trouble: String? { get }

    /// Lets go of files and connections. Nothing may be called afterwards.
    func close()
}
