// What a watcher of the configuration hears. Objects come as the members of their JSON, apart: a consumer that knows the schema reads a
// property with the type that belongs to it, one that does not passes it on.

import Coding

/// An object as a watcher sees it.
public struct WatchedObject: Sendable, Equatable {
    /// A reference to another object.
    public struct Reference: Sendable, Equatable {
        /// The JSON member that it stands in: `network_ipam_refs`.
        public var member: String
        /// The fully qualified name of the target.
        public var to: [String]
        public var uuid: String
        /// The data of the reference as JSON; nil when it has none.
        public var data: [UInt8]?

        public init(member: String, to: [String], uuid: String, data: [UInt8]? = nil) {
            self.member = member
            self.to = to
            self.uuid = uuid
            self.data = data
        }
    }

    /// The schema's noun: `virtual-network`.
    public var type: String
    public var uuid: String
    public var fullyQualifiedName: [String]
    /// nil: directly below the root.
    public var parentType: String?
    public var parentUUID: String?
    /// By JSON member, each as JSON: `display_name` is `"blue"`, with its quotes.
    public var properties: [String: [UInt8]] = [:]
    public var references: [Reference] = []

    public init(type: String, uuid: String, fullyQualifiedName: [String], parentType: String? = nil, parentUUID: String? = nil) {
        self.type = type
        self.uuid = uuid
        self.fullyQualifiedName = fullyQualifiedName
        self.parentType = parentType
        self.parentUUID = parentUUID
    }

    /// Reads an object without its envelope, `{"uuid":…,"fq_name":…,…}`.
    init(type: String, from reader: inout JSONReader) throws(CodingError) {
        self.init(type: type, uuid: "", fullyQualifiedName: [])
        try reader.beginObject()
        while let member = try reader.nextMember() {
            switch member {
            case "uuid": uuid = try reader.string()
            case "fq_name": fullyQualifiedName = try reader.array()
            case "parent_type": parentType = try reader.optional()
            case "parent_uuid": parentUUID = try reader.optional()
            case "name", "href", "parent_href": try reader.skipValue()
            case _ where member.hasSuffix("_back_refs"): try reader.skipValue()
            case _ where member.hasSuffix("_refs"): try readReferences(member, from: &reader)
            default: properties[member] = reader.bytes(in: try reader.rawValue())
            }
        }
        guard !uuid.isEmpty, !fullyQualifiedName.isEmpty else {
            throw CodingError(.missingMember, "a watched \(type) has neither uuid nor fq_name")
        }
    }

    private mutating func readReferences(_ member: String, from reader: inout JSONReader) throws(CodingError) {
        if try reader.readNull() { return }
        try reader.beginArray()
        while try reader.nextElement() {
            var reference = Reference(member: member, to: [], uuid: "")
            try reader.beginObject()
            while let member = try reader.nextMember() {
                switch member {
                case "to": reference.to = try reader.array()
                case "uuid": reference.uuid = try reader.string()
                case "attr": if try !reader.readNull() { reference.data = reader.bytes(in: try reader.rawValue()) }
                default: try reader.skipValue()
                }
            }
            references.append(reference)
        }
    }
}

/// What a watcher hears, in order.
///
/// A watch begins with a list: `listing`, a `listed` for each object, `synchronized`. Then every change follows. When the server no longer
/// holds the changes that come next, because the watcher was away for too long or read too slowly, there is a list again, and what the
/// watcher knew of and the list does not have is gone.
public enum WatchEvent: Sendable, Equatable {
    /// A list begins; one that had begun and did not end is void.
    case listing
    case listed(WatchedObject)
    /// The list is complete, and as of this revision.
    case synchronized(revision: UInt64)
    case created(WatchedObject, revision: UInt64)
    case updated(WatchedObject, revision: UInt64)
    /// Of the object there are only its names.
    case deleted(WatchedObject, revision: UInt64)
    /// The connection broke, or could not be made; it is tried again. For logs: nothing follows from it.
    case disconnected(ClientError)
    /// There is a connection again, and everything that happened meanwhile follows. For logs as well.
    case resumed
}
