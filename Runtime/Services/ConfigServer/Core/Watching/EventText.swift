// Changes as Server-Sent Events (WHATWG HTML §9.2.6): `event: update`, one line of JSON as `data:`, and the revision as `id:`, by which a
// client that was cut off says where to go on. The names of the events and the shape of their data are the older platform's.
//
// Events hold no addresses (`href`): those depend on the name by which a client knows the server, and one text serves all clients.

import Coding

public enum EventText {
    /// A line that says nothing, to keep the connection from looking dead.
    public static let keepAlive = Array(":\n\n".utf8)

    /// The last event of a stream that the server ends.
    ///
    /// - Parameter reason: `behind`: the changes that come next are no longer held, list again; `stopping`: connect again and go on.
    public static func stop(reason: String, _ message: String) -> [UInt8] {
        var writer = JSONWriter(reservingCapacity: 256)
        writer.beginObject()
        writer.member("reason", reason)
        writer.member("message", message)
        writer.endObject()
        return event("stop", data: writer.finish(), revision: nil)
    }

    static func event(_ name: String, data: [UInt8], revision: UInt64?) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(data.count + 64)
        text.append(contentsOf: "event: \(name)\ndata: ".utf8)
        text.append(contentsOf: data)
        if let revision { text.append(contentsOf: "\nid: \(revision)".utf8) }
        text.append(contentsOf: "\n\n".utf8)
        return text
    }
}

extension ConfigurationService {
    /// A change as everybody sees it.
    public func eventText(_ change: ObjectChange) -> [UInt8] { eventText(change, Selection()) }

    /// A change as one watcher wants to see it.
    public func eventText(_ change: ObjectChange, for query: WatchQuery) -> [UInt8] {
        eventText(change, query.selection(change.identity.type))
    }

    private func eventText(_ change: ObjectChange, _ selection: Selection) -> [UInt8] {
        var writer = ReplyWriter(types, Image(), base: "", hasLocations: false, reserving: change.weight)
        if let state = change.state { writer.object(state, selection) } else { writer.removed(change.identity) }
        return EventText.event(change.kind.rawValue, data: writer.finish(), revision: change.revision)
    }
}

extension ReplyWriter {
    /// What there is to say of an object that is gone.
    fileprivate mutating func removed(_ identity: Identity) {
        let noun = typeName(identity)
        json.beginObject()
        json.key(noun)
        json.beginObject()
        json.key("uuid")
        uuid(identity.uuid)
        json.key("name")
        json.raw(FullyQualifiedName.lastElement(identity.name))
        json.key("fq_name")
        json.raw(identity.name)
        json.endObject()
        json.endObject()
    }
}
