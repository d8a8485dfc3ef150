// Lists: which objects a query means, in which order, and the reply. Without an anchor a list is in the order of names, below a parent or
// behind a reference in the order of creation; pages of an anchored list are in the order of UUIDs, so that the next page can be found
// after any object of this one has gone.

import Coding
import NetworkTypes
import Resources

struct ListReading {
    let query: ListQuery
    let image: Image
    let types: TypeTable
    let permissions: ObjectPermissions
    private let parents: Set<UUIDValue>?
    private let backReferences: Set<UUIDValue>?
    private let objects: [UUIDValue]?

    init(_ query: ListQuery, _ image: Image, _ types: TypeTable, for permissions: ObjectPermissions) throws(Refusal) {
        self.query = query
        self.image = image
        self.types = types
        self.permissions = permissions
        var parents = query.parents?.compactMap(UUIDValue.init(anySpelling:))
        if let name = query.parentName {
            let parent = try Self.parent(named: name, query, image, types)
            parents = (parents ?? []) + [parent.uuid]
        }
        self.parents = parents.map(Set.init)
        backReferences = query.backReferences.map { Set($0.compactMap(UUIDValue.init(anySpelling:))) }
        objects = query.objects?.compactMap(UUIDValue.init(anySpelling:))
    }

    private static func parent(
        named name: String, _ query: ListQuery, _ image: Image, _ types: TypeTable
    ) throws(Refusal) -> Identity {
        let candidates = query.type.parents.compactMap(\.type).map { types[$0] }
        let chosen = query.parentType.map { wanted in candidates.filter { $0.name == types.type(named: wanted)?.name } } ?? candidates
        guard chosen.count == 1, let type = chosen.first else {
            let names = candidates.map(\.name).joined(separator: ", ")
            throw Refusal(400, "Bad Request, parent_fq_name_str needs a parent_type for \(query.type.name), one of: \(names)")
        }
        let elements = FullyQualifiedName.split(name, of: type)
        guard let parent = image.identity(type.number, named: FullyQualifiedName.json(elements)) else {
            throw .unknownName(type.name, name)
        }
        return parent
    }

    // MARK: Reply

    func reply(base: String) throws(Refusal) -> Reply {
        let collection = query.type.resource.collection
        if query.counts {
            let count = try count()
            return .object { writer in
                writer.key(collection)
                writer.beginObject()
                writer.key("count")
                writer.value(count)
                writer.endObject()
            }
        }
        var writer = ReplyWriter(
            types, image, base: base, hasLocations: query.hasLocations, for: permissions, reserving: 65_536)
        writer.json.beginObject()
        writer.json.key(collection)
        writer.json.beginArray()
        let selection = Selection(fields: query.fields)
        let marker = try forEachOfPage { identity in
            if query.isDetailed {
                if let state = image.state(identity.uuid) { writer.object(state, selection) }
            } else {
                writer.summary(identity, fields: query.fields)
            }
        }
        writer.json.endArray()
        if query.isPaged {
            writer.json.key("marker")
            if let marker { writer.json.value(marker) } else { writer.json.null() }
        }
        writer.json.endObject()
        return Reply(body: writer.finish())
    }

    private func count() throws(Refusal) -> Int {
        if parents == nil, backReferences == nil, objects == nil, query.names == nil, query.filters.isEmpty, !query.isPaged,
            permissions.readsAll
        {
            return image.objectCount(of: query.type.number)
        }
        var count = 0
        _ = try forEachOfPage { _ in count += 1 }
        return count
    }

    // MARK: Pages

    /// Calls `body` with the objects of the page, or all of them when the query is not paged. Returns the marker of the next page.
    private func forEachOfPage(_ body: (Identity) -> Void) throws(Refusal) -> String? {
        guard query.isPaged else {
            try forEachMatch(after: nil) { identity in
                body(identity)
                return true
            }
            return nil
        }
        let limit = query.pageLimit ?? ListQuery.defaultPageLimit
        let isAnchored = parents != nil || backReferences != nil || objects != nil || query.names != nil
        let page = isAnchored ? try anchoredPage(limit + 1) : try unanchoredPage(limit + 1)
        for identity in page.prefix(limit) { body(identity) }
        guard page.count > limit else { return nil }
        let last = page[limit - 1]
        return isAnchored ? last.uuid.description : "\(last.joinedName):\(last.uuid)"
    }

    private func unanchoredPage(_ limit: Int) throws(Refusal) -> [Identity] {
        var page: [Identity] = []
        try forEachMatch(after: try query.pageMarker.map(markedName)) { identity in
            page.append(identity)
            return page.count < limit
        }
        return page
    }

    /// The name in a marker `fq_name:uuid`, or that of the object whose UUID the marker is.
    private func markedName(_ marker: String) throws(Refusal) -> [UInt8] {
        if let uuid = UUIDValue(anySpelling: marker), let state = image.state(uuid) { return state.identity.name }
        guard let colon = marker.lastIndex(of: ":"), UUIDValue(anySpelling: String(marker[marker.index(after: colon)...])) != nil else {
            throw Refusal(400, "Bad Request, page_marker '\(marker)' is no marker of a list of \(query.type.name); start without one")
        }
        return FullyQualifiedName.json(FullyQualifiedName.split(String(marker[..<colon]), of: query.type))
    }

    /// The objects with the smallest UUIDs behind the marker, in one pass and without sorting the rest.
    private func anchoredPage(_ limit: Int) throws(Refusal) -> [Identity] {
        var marker: UUIDValue?
        if let text = query.pageMarker {
            marker = UUIDValue(anySpelling: text)
            guard marker != nil else { throw Refusal(400, "Bad Request, page_marker '\(text)' is not a UUID; start again without one") }
        }
        var page: [Identity] = []
        try forEachMatch(after: nil) { identity in
            if let marker, identity.uuid <= marker { return true }
            if page.count == limit, let last = page.last, last.uuid <= identity.uuid { return true }
            let index = page.partitioningIndex { $0.uuid < identity.uuid }
            page.insert(identity, at: index)
            if page.count > limit { page.removeLast() }
            return true
        }
        return page
    }

    // MARK: Matches

    /// Calls `body` with every object that the query means, from the narrowest anchor it has, until it returns false.
    private func forEachMatch(after name: [UInt8]?, _ body: (Identity) -> Bool) throws(Refusal) {
        let type = query.type.number
        func visit(_ identity: Identity) -> Bool { matches(identity) ? body(identity) : true }
        if let names = query.names {
            for name in names {
                let elements = FullyQualifiedName.split(name, of: query.type)
                guard let identity = image.identity(type, named: FullyQualifiedName.json(elements)) else { continue }
                guard visit(identity) else { return }
            }
        } else if let objects {
            for uuid in objects {
                guard let state = image.state(uuid), state.identity.type == type else { continue }
                guard visit(state.identity) else { return }
            }
        } else if let parents {
            for parent in parents.sorted() {
                guard let owner = image.state(parent)?.identity else { continue }
                guard image.allRelatives(of: owner, .children(type), visit) else { return }
            }
        } else if let backReferences {
            for target in backReferences.sorted() {
                guard let owner = image.state(target) else { continue }
                if owner.identity.type == type {
                    // References between objects of one type are held by both.
                    for reference in owner.references where reference.target.type == type {
                        guard visit(reference.target) else { return }
                    }
                } else {
                    guard image.allRelatives(of: owner.identity, .backReferences(type), visit) else { return }
                }
            }
        } else {
            image.forEachObject(of: type, from: name ?? []) { identity in
                identity.name == name ? true : visit(identity)
            }
        }
    }

    private func matches(_ identity: Identity) -> Bool {
        if let parents {
            guard let parent = identity.parent, parents.contains(parent.uuid) else { return false }
        }
        if let objects, query.names != nil, !objects.contains(identity.uuid) { return false }
        guard backReferences != nil || !query.filters.isEmpty || !permissions.readsAll else { return true }
        guard let state = image.state(identity.uuid), permissions.mayRead(state) else { return false }
        if let backReferences, !state.references.contains(where: { backReferences.contains($0.target.uuid) }) { return false }
        return query.filters.allSatisfy { filter in value(filter.key, of: state).map(filter.matches) ?? false }
    }

    /// The value that a filter looks at.
    private func value(_ key: String, of state: ObjectState) -> JSONValue? {
        let identity = state.identity
        switch query.type.members[key] {
        case .property:
            guard let bytes = state.properties[key] else { return nil }
            // What is stored was read before; if it no longer is JSON, it matches nothing.
            do { return try JSONValue(parsing: bytes) } catch { return nil }
        case .uuid: return .string(identity.uuid.description)
        case .fullyQualifiedName: return .array(identity.elements.map { .string($0) })
        case .parentType: return identity.parent.map { .string(types[$0.type].name) }
        case .parentUUID: return identity.parent.map { .string($0.uuid.description) }
        case .derived where key == "name": return .string(identity.shortName)
        case .reference, .children, .backReferences, .derived, nil: return nil
        }
    }
}

extension Image {
    /// As `forEachRelative`; false when `body` stopped it.
    func allRelatives(of owner: Identity, _ kind: Relation.Kind, _ body: (Identity) -> Bool) -> Bool {
        var goesOn = true
        forEachRelative(of: owner, kind) { relative in
            goesOn = body(relative)
            return goesOn
        }
        return goesOn
    }
}

extension Array {
    /// The first index whose element is not before the point; elements are in order.
    func partitioningIndex(_ isBefore: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if isBefore(self[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
