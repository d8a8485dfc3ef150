// Watching the objects of one type, each as the value that the schema makes of it. Stands on the watch of everything; what that promises of
// broken connections and of lists, this promises as well.

import Coding
import Resources

/// What happens to the objects of one type; `WatchEvent` says what each case means.
public enum ObjectEvent<Object: ConfigurationObject>: Sendable {
    case listing
    case listed(Object)
    case synchronized(revision: UInt64)
    case created(Object, revision: UInt64)
    case updated(Object, revision: UInt64)
    /// Of the object there are only its names.
    case deleted(ObjectIdentity, revision: UInt64)
    case disconnected(ClientError)
    case resumed

    /// The object as it is now; nil when the event shows none.
    public var object: Object? {
        switch self {
        case .listed(let object), .created(let object, _), .updated(let object, _): object
        case .listing, .synchronized, .deleted, .disconnected, .resumed: nil
        }
    }

    init(_ event: WatchEvent) throws(ClientError) {
        self =
            switch event {
            case .listing: .listing
            case .listed(let object): .listed(try object.value())
            case .synchronized(let revision): .synchronized(revision: revision)
            case .created(let object, let revision): .created(try object.value(), revision: revision)
            case .updated(let object, let revision): .updated(try object.value(), revision: revision)
            case .deleted(let object, let revision): .deleted(object.identity, revision: revision)
            case .disconnected(let error): .disconnected(error)
            case .resumed: .resumed
            }
    }
}

extension Collection {
    /// Watches the objects of this type: first those that there are, then every change, for as long as the task runs.
    ///
    /// - Parameter revision: where to go on, as an earlier watch heard it; nil: begin with a list.
    public func watch(after revision: UInt64? = nil, pauses: WatchPauses = WatchPauses()) -> ObjectWatch<Object> {
        ObjectWatch(base: client.watch([Object.typeName], after: revision, pauses: pauses))
    }
}

/// The events of the objects of one type. Iterate once.
public struct ObjectWatch<Object: ConfigurationObject>: AsyncSequence, Sendable {
    public typealias Element = ObjectEvent<Object>
    public typealias Failure = ClientError

    let base: ConfigurationWatch

    public func makeAsyncIterator() -> Iterator { Iterator(base: base.makeAsyncIterator()) }

    public struct Iterator: AsyncIteratorProtocol, Sendable {
        var base: ConfigurationWatch.Iterator

        /// The next event; nil when the task is cancelled.
        ///
        /// - Throws: when asking again would not help: the server refuses, or an object is not as the schema says.
        public nonisolated(nonsending) mutating func next() async throws(ClientError) -> ObjectEvent<Object>? {
            guard let event = try await base.next() else { return nil }
            return try ObjectEvent(event)
        }

        public mutating func next(isolation actor: isolated (any Actor)?) async throws(ClientError) -> ObjectEvent<Object>? {
            try await next()
        }
    }
}

extension WatchedObject {
    var identity: ObjectIdentity {
        var identity = ObjectIdentity(fullyQualifiedName, parentType: parentType)
        identity.uuid = uuid
        identity.parentUUID = parentUUID
        return identity
    }

    /// The object as the type that the schema has for it. Members that a newer server may add are passed over.
    func value<Object: ConfigurationObject>() throws(ClientError) -> Object {
        var writer = JSONWriter()
        writer.beginObject()
        identity.encode(to: &writer)
        for (member, value) in properties {
            writer.key(member)
            writer.raw(value)
        }
        for (member, references) in Dictionary(grouping: references, by: \.member) {
            writer.key(member)
            writer.beginArray()
            for reference in references { reference.encode(to: &writer) }
            writer.endArray()
        }
        writer.endObject()
        do {
            return try JSONReader.read(writer.finish(), unknownMembers: .skip) { reader throws(CodingError) in try Object(from: &reader) }
        } catch {
            throw ClientError(.malformedReply, "\(type) \(uuid) of the server cannot be read: \(error)")
        }
    }
}

extension WatchedObject.Reference {
    fileprivate func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("to", to)
        writer.member("uuid", uuid)
        if let data {
            writer.key("attr")
            writer.raw(data)
        }
        writer.endObject()
    }
}
