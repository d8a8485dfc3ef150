// The list that a stream of events begins with. Made part by part from one image, so that a large configuration is never in memory as text
// at once, and so that what follows can follow on exactly that image.

import Coding
import Resources

/// Everything there is, as the `init` events that a stream begins with: one or more for each type, `{"virtual-networks":[…]}`. The last one
/// carries the revision that all of them show.
public struct InitialEvents: Sendable {
    private let types: TypeTable
    private let image: Image
    private let query: WatchQuery
    private let revision: UInt64
    private var waiting: ArraySlice<TypeNumber>
    /// Where to go on in the first of them.
    private var name: [UInt8] = []

    public init(_ query: WatchQuery, _ service: ConfigurationService, _ image: Image, revision: UInt64) {
        types = service.types
        self.image = image
        self.query = query
        self.revision = revision
        if let wanted = query.types {
            waiting = wanted[...]
        } else {
            let present = types.entries.map(\.number).filter { image.objectCount(of: $0) > 0 }
            waiting = present.isEmpty ? types.entries.prefix(1).map(\.number)[...] : present[...]
        }
    }

    /// The next event, and whether it is the last one; nil when there are no more.
    public mutating func next() -> (text: [UInt8], isLast: Bool)? {
        guard let number = waiting.first else { return nil }
        let type = types[number]
        let limit = query.listLimit ?? .max
        let selection = query.selection(number)
        var writer = ReplyWriter(types, image, base: "", hasLocations: false, reserving: 64 * 1024)
        writer.json.beginObject()
        writer.json.key(type.resource.collection)
        writer.json.beginArray()
        var count = 0
        var rest: [UInt8]?
        image.forEachObject(of: number, from: name) { identity in
            guard count < limit else {
                rest = identity.name
                return false
            }
            guard let state = image.state(identity.uuid), query.permissions.mayRead(state) else { return true }
            count += 1
            writer.object(state, selection)
            return true
        }
        writer.json.endArray()
        writer.json.endObject()
        name = rest ?? []
        if rest == nil { waiting = waiting.dropFirst() }
        let isLast = waiting.isEmpty
        return (EventText.event("init", data: writer.finish(), revision: isLast ? revision : nil), isLast)
    }
}
