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
    /// Adds to the log of changes.
    case log(ChangeRow)
    /// Drops what the log has up to a revision.
    case trimLog(through: UInt64)
}

/// Why the store could not do what it was asked for.
public struct StoreError: Error, CustomStringConvertible, Sendable {
    /// What programs decide on.
    public enum Kind: Sendable {
        /// The file is not a store of ours, or is damaged: nothing to retry.
        case unusable
        /// Another process has it.
        case busy
        /// It did not work this time: the disk is full, or fails.
        case failed
    }

    public let kind: Kind
    public let message: String

    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    public var description: String { message }
}

/// A place that keeps rows through crashes and power cuts.
///
/// One thread at a time calls it.
public protocol Store: Sendable {
    /// Makes all changes, in order, or none of them, and returns when they will survive whatever happens next. One call, one wait for the
    /// disk: callers put together what can wait together.
    func apply(_ changes: [RowChange]) throws(StoreError)

    /// Hands over every object in the order of creation, then every value, then the log of changes in the order of their revisions.
    func load(
        object: (ObjectRow) throws(StoreError) -> Void, value: (_ key: String, _ value: [UInt8]) throws(StoreError) -> Void,
        change: (ChangeRow) throws(StoreError) -> Void
    ) throws(StoreError)

    /// Lets go of the files. Nothing may be called afterwards.
    func close()
}
