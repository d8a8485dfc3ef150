// The conversation of a watcher with a server, without the connection: which request comes next, and what the server's events mean. A value
// that takes what happened and says what follows, so that every turn of it can be tested.

import Coding

struct WatchConversation {
    /// What to do when a stream did not begin, or has ended.
    enum Turn: Equatable {
        /// Ask again at once.
        case again
        /// Ask again after a while.
        case later
        /// Nothing will change by asking again.
        case fail(ClientError)
    }

    private let types: [String]
    private let fields: [String: [String]]
    /// The revision up to which the consumer has heard everything; nil when it needs a list.
    private(set) var revision: UInt64?
    /// A list has begun and not ended.
    private var isListing = false

    /// So many objects in one event: large enough to be cheap, small enough to be held.
    private static let listLimit = 500

    init(types: [String], fields: [String: [String]], revision: UInt64?) {
        self.types = types
        self.fields = fields
        self.revision = revision
    }

    /// The request that continues from here.
    var path: String {
        var items: [String] = []
        if !types.isEmpty { items.append("resource_type=" + types.joined(separator: ",")) }
        for (type, members) in fields.sorted(by: { $0.key < $1.key }) {
            items.append("\(String(type.map { $0 == "-" ? "_" : $0 }))_fields=" + members.joined(separator: ","))
        }
        if let revision { items.append("revision=\(revision)") } else { items.append("init_limit=\(Self.listLimit)") }
        return "/watch?" + items.joined(separator: "&")
    }

    /// The server's answer to the request. nil: the stream begins.
    mutating func answered(status: Int, body: [UInt8]) -> Turn? {
        switch status {
        case 200:
            return nil
        case 410:
            revision = nil
            return .again
        case 408, 425, 429, 500...599:
            return .later
        default:
            return .fail(ClientError(ClientReply(status: status, body: body)))
        }
    }

    /// A stream begins. Without a revision it begins with a list, with one it goes on.
    mutating func began() -> [WatchEvent] {
        isListing = revision == nil
        return [isListing ? .listing : .resumed]
    }

    /// What an event of the stream means.
    mutating func received(_ event: ServerSentEvent) throws(ClientError) -> [WatchEvent] {
        do throws(CodingError) {
            switch event.type {
            case "init": return try listed(event)
            case "create", "update", "delete": return try changed(event)
            case "stop":
                if try Self.reason(event) == "behind" { revision = nil }
                return []
            default: return []
            }
        } catch {
            throw ClientError(.malformedReply, "an event '\(event.type)' of the server cannot be read: \(error)")
        }
    }

    private mutating func listed(_ event: ServerSentEvent) throws(CodingError) -> [WatchEvent] {
        var events: [WatchEvent] = []
        try JSONReader.read(event.data) { reader throws(CodingError) in
            try reader.beginObject()
            while try reader.nextMember() != nil {
                try reader.beginArray()
                while try reader.nextElement() { events.append(.listed(try Self.object(&reader))) }
            }
        }
        if isListing, let revision = event.lastEventID.flatMap({ UInt64($0) }) {
            isListing = false
            self.revision = revision
            events.append(.synchronized(revision: revision))
        }
        return events
    }

    private mutating func changed(_ event: ServerSentEvent) throws(CodingError) -> [WatchEvent] {
        let object = try JSONReader.read(event.data) { reader throws(CodingError) in try Self.object(&reader) }
        guard let revision = event.lastEventID.flatMap({ UInt64($0) }) else {
            throw CodingError(.missingMember, "it has no id")
        }
        // The server sends each change once; who hears one again has heard it already.
        if let known = self.revision, revision <= known { return [] }
        self.revision = revision
        switch event.type {
        case "create": return [.created(object, revision: revision)]
        case "update": return [.updated(object, revision: revision)]
        default: return [.deleted(object, revision: revision)]
        }
    }

    /// `{"virtual-network":{…}}`.
    private static func object(_ reader: inout JSONReader) throws(CodingError) -> WatchedObject {
        try reader.beginObject()
        guard let type = try reader.nextMember() else { throw CodingError(.missingMember, "an object without its type") }
        let object = try WatchedObject(type: type, from: &reader)
        while try reader.nextMember() != nil { try reader.skipValue() }
        return object
    }

    private static func reason(_ event: ServerSentEvent) throws(CodingError) -> String {
        try JSONReader.read(event.data) { reader throws(CodingError) in
            var reason = ""
            try reader.beginObject()
            while let member = try reader.nextMember() {
                if member == "reason" { reason = try reader.string() } else { try reader.skipValue() }
            }
            return reason
        }
    }
}
