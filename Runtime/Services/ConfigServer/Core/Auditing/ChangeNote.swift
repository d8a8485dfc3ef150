// Who changed what, when, by which request, and how it was before: written with every change into the log that watchers are served from, in
// the same transaction, so that there is no change without its note and no note of a change that did not happen.
//
//     {"time": "…", "user": "red", "project": "blue", "address": "10.0.0.9", "request": "…", "call": "PUT /virtual-network/…",
//      "before": {members that changed}, "after": {…}}

import Coding
import ConfigurationModel
import NetworkTypes
import Resources

/// What is known of the cause of a change.
public struct ChangeNote: Sendable, Equatable {
    public var time: Timestamp
    /// Method and path.
    public var call: String
    /// nil where nobody is asked who they are.
    public var user: String?
    public var project: String?
    /// Where the request came from.
    public var address: String?
    /// The request's identifier, as its reply and the log of the server have it.
    public var request: String?

    public init(time: Timestamp, call: String) {
        self.time = time
        self.call = call
    }

    public init(_ operation: Operation, at time: Timestamp) {
        let request = operation.request
        self.init(time: time, call: request.method.rawValue + " /" + request.target.segments.joined(separator: "/"))
        user = request.access.caller?.user
        project = request.access.caller?.project?.name
        address = request.address
        self.request = request.id
    }

    /// The note on one change; `before` is nil for a new object, `after` for one that is gone.
    func text(before: ObjectState?, after: ObjectState?, _ types: TypeTable) -> [UInt8] {
        var writer = JSONWriter(reservingCapacity: 256 + (before?.properties.text.count ?? 0) + (after?.properties.text.count ?? 0))
        writer.beginObject()
        writer.member("time", time.text)
        writer.member("user", user)
        writer.member("project", project)
        writer.member("address", address)
        writer.member("request", request)
        writer.member("call", call)
        writer.changed("before", before, unlike: after, types)
        writer.changed("after", after, unlike: before, types)
        writer.endObject()
        return writer.finish()
    }
}

extension JSONWriter {
    /// The members of one version that are not the same in the other.
    fileprivate mutating func changed(_ name: StaticString, _ state: ObjectState?, unlike other: ObjectState?, _ types: TypeTable) {
        guard let state else { return }
        let type = types[state.identity.type]
        key(name)
        beginObject()
        let theirs = Dictionary((other?.properties.all ?? []).map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
        for (member, value) in state.properties.all {
            if let their = theirs[member], their == value || Self.differInTimeOnly(member, their, value) { continue }
            key(member)
            raw(value)
        }
        for (index, reference) in type.references.enumerated() where type.referenceByTarget[reference.target] == index {
            let own = state.references.filter { $0.target.type == reference.target }
            let their = other?.references.filter { $0.target.type == reference.target } ?? []
            let isSame = own.count == their.count && zip(own, their).allSatisfy { $0.number == $1.number && $0.data == $1.data }
            guard !isSame, !own.isEmpty else { continue }
            key(reference.descriptor.key)
            beginArray()
            for reference in own {
                beginObject()
                key("to")
                raw(reference.target.name)
                member("uuid", reference.target.uuid.description)
                if let data = reference.data {
                    key("attr")
                    raw(data)
                }
                endObject()
            }
            endArray()
        }
        endObject()
    }

    /// Every change moves `id_perms.last_modified`; that alone is no news.
    private static func differInTimeOnly(_ member: String, _ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard member == IdPermsType.key else { return false }
        let (left, right) = (PropertySet(text: left).all, PropertySet(text: right).all)
        return left.count == right.count
            && zip(left, right).allSatisfy { $0.key == $1.key && ($0.value == $1.value || $0.key == "last_modified") }
    }
}
